import Addressing
import BridgeCore
import Digests
import Interworking
import Logging
import MappingTables
import NIOCore
import NIOEmbedded
import OperatorFiles
import SIPChannels
import SIPMessages
import SIPTransactions
import Testing
import XMLStreams

@testable import SIMPLELegs

/// The shipped tables.
enum ShippedTables {
    struct Faulty: Error, CustomStringConvertible {
        let description: String
    }

    private static let shipped = compile([])

    /// Compiles the shipped tables, and those of a site whose neighbors have switches of their own.
    private static func compile(_ switches: [(String, String)]) -> Result<Generation, Faulty> {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let folder = MappingFolder("/" + root + "/Mappings")
        var files = folder.documents.map { TableFile(layer: .standard, root: $0.root) }
        if !switches.isEmpty {
            let set = switches.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
            let text =
                "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows:\n"
                + "  - {id: test, match: {domain: example.net}, profile: default, set: {\(set)}}\n"
            if let node = YAMLFile.read(Array(text.utf8), name: "site.yaml").root {
                files.append(TableFile(layer: .site, root: node))
            }
        }
        let result = TableCompiler.compile(files) { SHA256.hash($0).hexadecimal }
        guard let generation = result.generation else {
            let findings = (folder.diagnostics + result.diagnostics).prefix(5).map {
                "\($0.position) \($0.code): \($0.message)"
            }
            return .failure(Faulty(description: findings.joined(separator: "\n")))
        }
        return .success(generation)
    }

    /// The shipped generation, with switches set for example.net.
    static func generation(_ switches: [(String, String)] = []) throws -> Generation {
        try switches.isEmpty ? shipped.get() : compile(switches).get()
    }
}

/// The sockets of a test: what would leave.
final class Wire: MessageCarrier {
    private(set) var sent: [(bytes: [UInt8], flow: SIPFlow)] = []
    private(set) var flushes = 0

    func send(_ bytes: [UInt8], to flow: SIPFlow) { sent.append((bytes, flow)) }
    func flush() { flushes += 1 }
    func close() {}

    /// What left, as text.
    var texts: [String] { sent.map { String(decoding: $0.bytes, as: UTF8.self) } }
    /// The status codes of the responses that left.
    var statuses: [Int] {
        texts.compactMap { $0.hasPrefix("SIP/2.0 ") ? Int($0.dropFirst(8).prefix(3)) : nil }
    }
}

/// The gateway of a test: remembers what the leg tells it, and answers as it was told to.
final class ScriptedHost: SIMPLELegHost {
    var generation: Generation
    var now = Moment(monotonic: 1_000_000_000, wall: 1_772_366_400_000)
    /// What becomes of the next arrivals.
    var acceptance: Outcome<Void> = .value(())
    /// The other rendering of each item.
    var rendering: Cargo?
    var known = PeerFacts()

    private(set) var arrivals: [Arrival] = []
    private(set) var refusals: [(account: Arrival.Account, code: String)] = []
    var servesStrangers = false
    private(set) var deliveries: [(id: CrossingID, report: OutcomeReport)] = []
    private(set) var failures: [(id: CrossingID, failure: Failure)] = []
    private(set) var learnings: [(address: String, readsCPIM: Bool, shape: CPIMURIShape?)] = []
    private(set) var threads: [(thread: ThreadPair, users: [String])] = []
    private var serial = 0

    init(_ generation: Generation) { self.generation = generation }

    func accept(_ arrival: Arrival, from shore: Shore) -> Translated<Void> {
        arrivals.append(arrival)
        return Translated(outcome: acceptance, trace: .none)
    }

    func keepAddress(of user: Correspondent) {}

    func voucher(of domain: String, to contacts: String) -> (peer: String, proof: String) { (contacts, "component") }

    func refused(_ account: Arrival.Account, code: String, trace: [String]) { refusals.append((account, code)) }

    func facts(sender: String, recipient: String, from shore: Shore) -> Facts {
        var facts = Facts(now: now.wall, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        facts.servesStrangers = servesStrangers
        facts.peer = known
        return facts
    }

    func delivered(_ id: CrossingID, _ report: OutcomeReport) { deliveries.append((id, report)) }
    func failed(_ id: CrossingID, _ failure: Failure) { failures.append((id, failure)) }
    func rendering(of id: CrossingID, plainText: Bool) -> Cargo? { plainText ? rendering : nil }

    func learned(_ address: String, readsCPIM: Bool, shape: CPIMURIShape?) {
        learnings.append((address, readsCPIM, shape))
    }

    /// What correspondents named in Accept.
    private(set) var accepted: [String: [String]] = [:]
    func learned(_ address: String, accepts: [String]) { accepted[address] = accepts }

    func rememberThread(_ thread: ThreadPair, _ sender: String, _ recipient: String) {
        threads.append((thread, [sender, recipient]))
    }

    /// The leads that the leg has reserved.
    private(set) var leads: [UInt32] = []

    func tables(of id: CrossingID) -> Generation { generation }
    func reserve(sequenceLead: UInt32) { leads.append(sequenceLead) }
    func scheduleFlush() {}

    func freshToken() -> String {
        serial += 1
        return "fresh\(serial)"
    }

    /// What the leg reported of subscriptions.
    private(set) var events: [PresenceEvent] = []
    /// What the leg had stored.
    var usages: [UInt64: StoredUsage] = [:]
    /// What waits to be stored.
    var storing: [UInt64] = []
    /// What the presentities say, and who may see it.
    var parts: [WatchKey: [PresencePart]] = [:]
    var approved: Set<WatchKey> = []
    var languages: [String: String] = [:]
    var notes: [WatchKey: String] = [:]
    private(set) var records: [String] = []

    /// The leg, when its subscriptions are to be renewed without a look for the watcher.
    weak var renewing: SIMPLELeg?

    func presence(_ event: PresenceEvent) {
        if case .refreshDue(let key, _) = event, let renewing { return renewing.subscribe(key) }
        events.append(event)
    }
    func presenceParts(of key: WatchKey) -> [PresencePart] { parts[key] ?? [] }
    func saidLast(_ content: [UInt8]) -> XML.Element? { nil }
    func isPresenceApproved(_ key: WatchKey) -> Bool { approved.contains(key) }

    func language(of user: String) -> String? { languages[user] }

    /// What presentities of this shore told, and what those of the other one tell.
    var told: [(WatchKey, [PersonalItem])] = []
    var tells: [WatchKey: [PersonalItem]] = [:]

    func personal(_ items: [PersonalItem], of key: WatchKey) { told.append((key, items)) }
    func personalItems(of key: WatchKey) -> [PersonalItem] { tells[key] ?? [] }
    /// Whose presence is published to a domain no more.
    private(set) var ends: [String] = []
    func unpublished(_ user: String, to domain: String) { ends.append("\(user) \(domain)") }

    var isStopping = false

    /// Of whom a presence server told.
    var announced: [WatchKey] = []
    func announcedWatchers(of user: String) -> [WatchKey] { announced.filter { $0.presentity == user } }

    /// Watches for which there is no room.
    var roomless: Set<WatchKey> = []
    func hasPresenceRoom(for key: WatchKey) -> Bool { !roomless.contains(key) }
    func takeNote(_ key: WatchKey) -> String? { notes.removeValue(forKey: key) }
    /// Whom the leg wanted to be asked.
    private(set) var asked: [WatchKey] = []
    func ask(_ key: WatchKey) { asked.append(key) }
    func store(_ usage: StoredUsage) { usages[usage.id] = usage }
    func forget(usage id: UInt64) { usages[id] = nil }
    func whenStored(_ token: UInt64) { storing.append(token) }

    /// What was lost and tolerated in each record of presence.
    private(set) var accounts: [(losses: [String], notes: [String])] = []

    func recordPresence(
        _ event: String,
        _ account: Arrival.Account,
        trace: RuleTrace,
        notes: [String],
        isSubscription: Bool
    ) {
        records.append(event)
        accounts.append((trace.losses.map(\.lossClass.rawValue), notes))
    }

    func token(for texts: [String]) -> String {
        "t" + String(SHA256.hash(Array(texts.description.utf8)).hexadecimal.prefix(16))
    }

    /// Lets time pass on both clocks.
    func pass(seconds: Double) {
        now.monotonic += UInt64(seconds * 1_000_000_000)
        now.wall += Int64(seconds * 1_000)
    }
}

/// A leg with a scripted gateway and without sockets.
struct Stage {
    let host: ScriptedHost
    let wire = Wire()
    let leg: SIMPLELeg

    static let route = SIMPLELegSettings.Route(
        transport: "udp",
        address: "127.0.0.1",
        port: 5070,
        isCongestionSafe: false,
        largestMessage: 65_536
    )

    static func settings(_ route: SIMPLELegSettings.Route = Stage.route) -> SIMPLELegSettings {
        SIMPLELegSettings(
            gatewayName: "gw.example.org",
            listeners: [],
            routes: ["example.net": route],
            trusted: ["127.0.0.1": ["example.net"], "::1": ["example.net"]],
            xmppDomains: ["example.com"],
            largestMessage: 1 << 20,
            connections: 100,
            idleSeconds: 600
        )
    }

    init(
        _ route: SIMPLELegSettings.Route = Stage.route,
        switches: [(String, String)] = [],
        change: (inout SIMPLELegSettings) -> Void = { _ in }
    ) throws {
        var settings = Self.settings(route)
        change(&settings)
        host = ScriptedHost(try ShippedTables.generation(switches))
        leg = SIMPLELeg(
            eventLoop: EmbeddedEventLoop(),
            settings: settings,
            host: host,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        leg.carrier = wire
        host.renewing = leg
        leg.sentBy = ["udp4": "127.0.0.1:5060", "tcp4": "127.0.0.1:5062", "udp6": "[::1]:5060"]
    }

    static func flow(
        _ transport: SIPFlow.Transport = .udp,
        from address: String = "127.0.0.1",
        port: Int = 5070
    ) -> SIPFlow {
        SIPFlow(
            transport: transport,
            local: 0,
            remoteAddress: address,
            remotePort: port,
            connection: transport == .udp ? nil : 1
        )
    }

    /// Hands the leg bytes, as the sockets would.
    func receive(_ bytes: [UInt8], on flow: SIPFlow = Stage.flow()) {
        do throws(SIPError) {
            leg.received(.message(try SIPReader.read(datagram: bytes), flow))
        } catch {
            leg.received(.malformed(error, flow))
        }
        leg.received(.batchEnded)
    }

    func receive(_ text: String, on flow: SIPFlow = Stage.flow()) { receive(Array(text.utf8), on: flow) }

    /// A request of romeo@example.net to juliet@example.com; a line that begins with the name of another replaces it,
    /// and one whose value is `-` takes it away.
    static func request(
        _ method: String = "MESSAGE",
        _ changes: String...,
        uri: String = "sip:juliet@example.com",
        body: String = "hi"
    ) -> String { request(method, changed: changes, uri: uri, body: body) }

    static func request(_ method: String, changed changes: [String], uri: String, body: String) -> String {
        var lines = [
            "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKr1;rport", "Max-Forwards: 70", "To: <\(uri)>",
            "From: <sip:romeo@example.net>;tag=r", "Call-ID: c1@example.net", "CSeq: 1 \(method)",
        ]
        if !body.isEmpty { lines.append("Content-Type: text/plain") }
        for change in changes {
            let name = change.prefix { $0 != ":" } + ":"
            lines.removeAll { $0.hasPrefix(name) }
            if !change.hasSuffix(": -") { lines.append(change) }
        }
        lines.append("Content-Length: \(body.utf8.count)")
        return (["\(method) \(uri) SIP/2.0"] + lines + ["", body]).joined(separator: "\r\n")
    }
}

extension String {
    /// The values of a header field of a SIP message.
    func values(_ name: String) -> [String] {
        components.prefix { !$0.isEmpty }.filter { $0.hasPrefix(name + ":") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    /// What follows the empty line.
    var sipBody: String { components.drop { !$0.isEmpty }.dropFirst().joined(separator: "\r\n") }

    private var components: [String] {
        var parts: [String] = [""]
        for character in self {
            if character == "\r\n" { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }
}
