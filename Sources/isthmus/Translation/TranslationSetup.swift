import GatewayDaemon
import Interworking
import MappingTables
import OperatorFiles

/// The tables and the facts under which a command translates.
struct TranslationSetup {
    var generation: Generation
    var routing: Routing
    var facts: Facts
    let configuration: GatewayConfiguration?
    let directory: String
    let loaded: MappingLoader.Loaded
    /// The files that the tables come from: those of the directory, with what is tried.
    var files: [TableFile]
    /// Switches over the route of whatever neighbor it is; empty when the profile is fixed.
    private let settings: [(name: String, value: String)]
    /// The profile that the command line names, whatever the routes say.
    let profile: String?

    /// Reads what the options name.
    init(_ options: TranslationOptions) throws(Stop) {
        configuration = try options.tables.config.map { path throws(Stop) in try Configured.configuration(path) }
        if let configuration, options.tables.mappings == nil {
            directory = configuration.mappings
        } else {
            directory = try options.tables.directory()
        }
        let tables = try Configured.tables(directory)
        generation = tables.generation
        loaded = tables.loaded
        files = tables.loaded.files
        let text = try FactsInput.read(options.facts, defaults: Self.defaults(configuration))
        facts = text.facts
        settings = text.settings.map { ($0.name, $0.value) } + options.settings
        profile = options.profile
        // A switch or profile that does not exist is found before anything is read.
        let fixed = try Self.route(generation, profile ?? "default", settings)
        routing = profile == nil ? .tables : .fixed(fixed)
    }

    /// The same facts under other tables.
    func with(_ generation: Generation, files: [TableFile]? = nil) throws(Stop) -> TranslationSetup {
        var setup = self
        setup.files = files ?? self.files
        setup.generation = generation
        if let profile { setup.routing = .fixed(try Self.route(generation, profile, settings)) }
        return setup
    }

    /// The same, whose tables explain their answers to a witness.
    func observed(by witness: RuleWitness) throws(Stop) -> TranslationSetup {
        try with(generation.observed(by: witness))
    }

    /// Whether switches are set over the route of the neighbor, which an item's addresses tell.
    var dependsOnNeighbor: Bool { profile == nil && !settings.isEmpty }

    /// The same with the switches set over the route of a domain of the CPIM shore.
    func settled(for domain: String?) throws(Stop) -> TranslationSetup {
        let route = generation.route(peer: domain ?? "")
        var setup = self
        do throws(SettingFault) {
            setup.routing = .fixed(try generation.route(route, settings: settings, peer: domain))
        } catch {
            throw .usage("\(error.reason); \(Self.known(error.known, near: error.reason))")
        }
        return setup
    }

    /// What is known of the neighbor that serves a domain; what --facts says of it comes first.
    func facts(for domain: String) -> Facts {
        guard let known = configuration?.cpimDomains.first(where: { $0.name == domain }),
            facts.peer.requestLimit == PeerFacts().requestLimit, !facts.peer.isCongestionSafe
        else { return facts }
        var facts = facts
        facts.peer.isCongestionSafe = known.isCongestionSafe
        facts.peer.requestLimit = known.largestMessage
        return facts
    }

    /// The transport of a Via: that of the next hop, where a configuration names one.
    func transport(for domain: String) -> String {
        let hop = configuration?.cpimDomains.first { $0.name == domain }?.nextHop
        return hop?.transport.uppercased() ?? "TCP"
    }

    /// The route that holds for a domain of the CPIM shore.
    func route(_ domain: String) -> Route {
        switch routing {
        case .tables: generation.route(peer: domain)
        case .fixed(let route): route
        }
    }

    private static func route(
        _ generation: Generation,
        _ profile: String,
        _ settings: [(name: String, value: String)],
        peer: String? = nil
    ) throws(Stop) -> Route {
        do throws(SettingFault) {
            return try generation.route(profile: profile, settings: settings, peer: peer)
        } catch {
            throw .usage("\(error.reason); \(known(error.known, near: error.reason))")
        }
    }

    private static func known(_ words: [String], near reason: String) -> String {
        let written = reason.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first.map {
            String($0)
        }
        let nearest = Spelling.nearest(to: written ?? "", among: words).map { "did you mean \"\($0)\"? " } ?? ""
        return nearest + "known: " + words.joined(separator: ", ")
    }

    /// The facts of a configuration, or those of the examples in the conversion vectors.
    private static func defaults(_ configuration: GatewayConfiguration?) throws(Stop) -> Facts {
        guard let configuration else {
            var facts = Facts(now: StoreChange.now, gatewayDomain: "gw.example.org")
            facts.xmppDomains = ["example.com"]
            facts.cpimDomains = ["example.net"]
            return facts
        }
        var facts = Facts(configuration, now: StoreChange.now)
        facts.pairs = try StoredPairs.all(configuration)
        return facts
    }
}
