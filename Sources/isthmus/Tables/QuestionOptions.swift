import ArgumentParser
import GatewayDaemon
import Interworking
import MappingTables
import OperatorFiles

/// One value in the place of an item.
struct QuestionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The table that --value is for.", valueName: "table"))
    var table: String?

    @Option(
        name: .long,
        help: ArgumentHelp("One value, as the tests of the table write it: 'xmpp: {show: xa}'.", valueName: "yaml")
    )
    var value: String?

    @Option(
        name: .long,
        help: ArgumentHelp("One address: a JID, or a URI of scheme sip, im, pres or tel.", valueName: "address")
    )
    var address: String?

    @Option(
        name: .long,
        help: ArgumentHelp("One error: a status, timeout, transport, a condition, or a refusal.", valueName: "error")
    )
    var error: String?

    @Option(name: .long, help: ArgumentHelp("The route of one domain of the CPIM shore.", valueName: "domain"))
    var peer: String?

    /// How many values are asked for.
    var count: Int { [value, address, error, peer].count { $0 != nil } }

    /// The question; nil when an item is asked for.
    func question(_ generation: Generation) throws(Stop) -> Question? {
        if let value {
            guard let table else { throw .usage("--value needs --table, such as --table presence.show") }
            let kind = try Self.kind(of: table, generation)
            let source = Array(value.utf8)
            let (node, diagnostics) = YAMLFile.read(source, name: "--value")
            guard let node else { throw Configured.stop(DiagnosticReport(diagnostics, sources: ["--value": source])) }
            return Question(table: table, kind: kind, given: node)
        }
        if let address { return Question(address: address, generation) }
        if let error { return try Question(error: error, generation) }
        if let peer { return Question(.routes, generation, [("domain", Self.domain(peer))], peer: Self.domain(peer)) }
        return nil
    }

    private static func domain(_ text: String) -> String {
        text.last == "." ? String(text.dropLast()).lowercased() : text.lowercased()
    }

    /// The kind of a table that exists.
    static func kind(of table: String, _ generation: Generation) throws(Stop) -> TableKind {
        if let kind = generation.rows.first(where: { $0.table == table })?.kind { return kind }
        // Routes may have no row.
        if table == TableKind.routes.rawValue { return .routes }
        let known = Set(generation.rows.map(\.table)).sorted()
        throw .usage("there is no table \"\(table)\"; \(Words.known(known, near: table))")
    }
}

/// What could have been meant.
enum Words {
    static func known(_ words: [String], near word: String) -> String {
        let nearest = Spelling.nearest(to: word, among: words).map { "did you mean \"\($0)\"? " } ?? ""
        return nearest + "known: " + words.joined(separator: ", ")
    }
}

/// One value that a table is asked about.
struct Question {
    let table: String
    let kind: TableKind
    let given: MappingNode
    /// The domain of the CPIM shore by which the route is chosen; empty for that of all others.
    var peer = ""

    init(table: String, kind: TableKind, given: MappingNode) {
        self.table = table
        self.kind = kind
        self.given = given
    }

    init(_ kind: TableKind, _ generation: Generation, _ pairs: [(String, String)], peer: String = "") {
        let position = SourcePosition(file: "--\(kind.rawValue)", line: 1, column: 1)
        func scalar(_ text: String) -> MappingNode { MappingNode(.scalar(text, .plain), at: position) }
        given = MappingNode(.mapping(pairs.map { (key: scalar($0.0), value: scalar($0.1)) }), at: position)
        table = generation.rows.first { $0.kind == kind }?.table ?? kind.rawValue
        self.kind = kind
        self.peer = peer
    }

    /// An address: a URI by its scheme, else a JID.
    init(address: String, _ generation: Generation) {
        let schemes = ["sip:", "sips:", "im:", "pres:", "tel:"]
        let isURI = schemes.contains { address.lowercased().hasPrefix($0) }
        self.init(.addresses, generation, [(isURI ? "cpim" : "xmpp", address)])
    }

    /// An error by the word for it.
    init(error: String, _ generation: Generation, hasRetryAfter: Bool = false) throws(Stop) {
        let side: String
        var inner: [(String, String)]
        if let status = Int(error) {
            guard (300...699).contains(status) else {
                throw .usage("\(status) is no failure; a final status that fails is one of 300 to 699")
            }
            (side, inner) = ("sip", [("status", error)])
        } else if error == "timeout" || error == "transport" {
            (side, inner) = ("sip", [("failure", error)])
        } else if ErrorVocabulary.conditions.contains(error) {
            (side, inner) = ("xmpp", [("condition", error)])
        } else if ErrorVocabulary.refusals.contains(error) {
            self.init(.errors, generation, [("gateway", error)])
            return
        } else {
            let known = ["timeout", "transport"] + ErrorVocabulary.conditions + ErrorVocabulary.refusals
            throw .usage("\"\(error)\" is no error here: a status such as 404; \(Words.known(known, near: error))")
        }
        if hasRetryAfter { inner.append(("retry-after", "yes")) }
        let nested = Question(.errors, generation, inner)
        let position = nested.given.position
        let key = MappingNode(.scalar(side, .plain), at: position)
        self.init(
            table: nested.table,
            kind: .errors,
            given: MappingNode(.mapping([(key: key, value: nested.given)]), at: position)
        )
    }

    /// Asks, under the tables and facts of a command.
    ///
    /// - Returns: what the table says, and the route that holds.
    func ask(_ setup: TranslationSetup, to form: Form?) throws(Stop) -> TableProbe.Answer {
        let probe = TableProbe(setup.generation, setup.route(peer), facts: setup.facts)
        do throws(TableProbe.Fault) {
            return try probe.ask(table, kind, given: given, to: form.flatMap { Vocabulary(rawValue: $0.rawValue) })
        } catch {
            let word = error.reason.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first ?? ""
            let help = error.known.isEmpty ? "" : "; " + Words.known(error.known, near: String(word))
            throw .usage(error.reason + help)
        }
    }

    /// The question on one line.
    var text: String { "\(table): \(RowIndex.text(given))" }
}
