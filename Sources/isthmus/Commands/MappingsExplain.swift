import ArgumentParser
import CPIM
import Interworking
import MappingTables
import PIDF
import SIPMessages
import XMLStreams
import XMPPStanzas

/// Shows each row of the tables that an item or a value meets.
struct MappingsExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Translate an item, or one value, and show each row of the tables: matched or not, why, and what it changed.",
        discussion: """
            The item is a stanza, a SIP message, a Message/CPIM object or a presence document; its first characters tell \
            which. In its place one value can be asked for: of a table, an address, an error, or the route of a domain.

            Example: isthmus mappings explain message.xml --config gateway.yaml
            Example: isthmus mappings explain --table presence.show --value 'xmpp: {show: xa}'
            Example: isthmus mappings explain --address juliet@example.com
            Example: isthmus mappings explain --error 403 --peer acme.example
            """
    )

    @Argument(help: ArgumentHelp("The file with the item; - reads standard input.", valueName: "file"))
    var file: String?

    @Option(name: .long, help: "What is read, where the first characters do not tell.")
    var from: Form?

    @Option(name: .long, help: "What is written; the other shore's form without it.")
    var to: Form?

    @Flag(name: .long, help: "Show every row, not only those that matched or came near to it.")
    var all = false

    @OptionGroup var asked: QuestionOptions
    @OptionGroup var options: TranslationOptions
    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        var source: String?
        var middle: String?
        var question: String?
        var answer: String?
        let route: Explanation.Road
        let tables: [Explanation.Table]
        var trace: TraceView?
        var products: [ProductView] = []
    }

    func validate() throws {
        let values = [asked.value, asked.address, asked.error].count { $0 != nil }
        guard values < 2, values == 0 || file == nil else {
            throw ValidationError("name one thing: a file, --value, --address or --error")
        }
        guard file != nil || asked.count > 0 else {
            throw ValidationError(
                "name a file with the item, - for standard input, or one of --table with --value, --address, --error, --peer"
            )
        }
        if asked.table != nil, asked.value == nil {
            throw ValidationError("--table needs --value, such as --value 'xmpp: {show: xa}'")
        }
        if asked.peer != nil, file != nil {
            throw ValidationError("the item tells its neighbor; --peer goes with a value")
        }
    }

    func run() throws {
        let witness = RuleWitness()
        let plain = try TranslationSetup(options)
        let setup = try plain.observed(by: witness)
        if var question = try asked.question(setup.generation) {
            if question.kind != .routes, let peer = asked.peer { question.peer = peer.lowercased() }
            try explain(question, setup, witness)
            return
        }
        guard let file else { return }
        let name = file == "-" ? "standard input" : file
        let input = file == "-" ? try InputFile.standardInput() : try InputFile.contents(file)
        guard input.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) else {
            Output.error(
                "\(name):1:1: error: there is no item in it; give one stanza, SIP message, Message/CPIM object or presence document [empty]"
            )
            throw Stop.fault()
        }
        if from == nil, !Form.isKnown(input) {
            let reason =
                "this begins like no stanza, SIP message, Message/CPIM object or presence document; name it with --from"
            throw Place.fault(reason, code: "unknown-form", at: 0, in: input, file: name)
        }
        let from = from ?? Form(of: input)
        if let question = try failure(input, from, setup) {
            try explain(question, setup, witness, source: input)
            return
        }
        let to = to ?? from.usualTarget(of: input)
        guard from != to else { throw Stop.usage("the item is in the form \(from.rawValue) already") }
        var translation = Translation(setup: setup, file: name)
        translation.witness = witness
        let result = try translation.translate(input, from: from, to: to)
        let steps = witness.take()
        let explanation = Explanation(
            steps,
            translation.setup,
            peer: result.domain ?? steps.last { $0.stage == .route }?.asked ?? "",
            losses: result.trace.losses
        )
        let middle = result.pivot.flatMap { try? CPIMWriter.write($0.message) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        let trace = TraceView(result, setup)
        if output.json {
            Output.json(
                View(
                    source: String(decoding: input, as: UTF8.self),
                    middle: middle,
                    route: explanation.road,
                    tables: explanation.tables,
                    trace: trace,
                    products: result.products.map { ProductView($0, trace: nil) }
                )
            )
        } else {
            show(explanation, trace, middle: middle, result)
        }
        if let refusal = result.refusal { throw Stop.fault("refused: \(refusal.text) [\(refusal.auditCode)]") }
    }

    private func show(_ explanation: Explanation, _ trace: TraceView, middle: String?, _ result: Translation.Result) {
        for line in explanation.lines(isWhole: all) { Output.line(line) }
        // What is done about a loss stands with its row; what no table was asked about stands here.
        let asked = explanation.tables.filter { $0.stage == TableStep.Stage.losses.rawValue }.map(\.asked)
        for loss in trace.losses where !asked.contains(loss.class) {
            Output.line("loss  \(loss.class)" + (loss.detail.map { ": \($0)" } ?? ""))
        }
        for note in trace.notes { Output.line("note  \(note)") }
        if let reason = result.nothing { Output.line("nothing crosses: \(reason)") }
        if let middle {
            Output.line("")
            Output.line("in the middle:")
            Output.text(middle + "\n")
        }
        for product in result.products {
            Output.line("")
            Output.line("\(product.kind.rawValue), \(product.form.rawValue):")
            Output.text(String(decoding: product.bytes, as: UTF8.self) + "\n")
        }
    }

    // MARK: Values

    private func explain(
        _ question: Question,
        _ setup: TranslationSetup,
        _ witness: RuleWitness,
        source: [UInt8]? = nil
    ) throws {
        let setup = setup.dependsOnNeighbor ? try setup.settled(for: question.peer) : setup
        let answer = try question.ask(setup, to: to)
        let steps = witness.take().filter { $0.stage != .route || question.kind == .routes || !question.peer.isEmpty }
        let explanation = Explanation(steps, setup, peer: question.peer)
        // A route is shown by its own lines, and not as a long list of switches.
        let text = question.kind == .routes || question.kind == .profiles ? nil : answer.text
        if output.json {
            Output.json(
                View(
                    source: source.map { String(decoding: $0, as: UTF8.self) },
                    question: question.text,
                    answer: answer.text,
                    route: explanation.road,
                    tables: explanation.tables
                )
            )
        } else {
            for line in explanation.lines(isWhole: all) { Output.line(line) }
            if let text {
                Output.line("")
                Output.line("\(question.text) → \(text)")
            }
        }
        if let refusal = answer.refusal { throw Stop.fault("refused: \(question.text) [\(refusal)]") }
    }

    /// The error of a response or of a stanza, whose request nothing is known of: it is explained by itself.
    private func failure(_ input: [UInt8], _ from: Form, _ setup: TranslationSetup) throws(Stop) -> Question? {
        switch from {
        case .sip:
            guard case .response(let response)? = try? SIPReader.read(datagram: input) else { return nil }
            let branch = (try? response.headers.topVia())?.branch
            guard !setup.facts.pendingRequests.contains(where: { $0.branch == branch }) else { return nil }
            return try Question(
                error: String(response.status),
                setup.generation,
                hasRetryAfter: response.headers[named: "Retry-After"] != nil
            )
        case .xmpp:
            guard let element = try? XML.DocumentReader.read(input[...]), let stanza = MessageStanza(element),
                stanza.kind == .error, !setup.facts.pendingInbound.contains(where: { $0.stanzaID == stanza.id })
            else { return nil }
            return try Question(error: StanzaError(in: element).condition.rawValue, setup.generation)
        case .cpim, .pidf: return nil
        }
    }
}

extension Form {
    /// The form that the first characters of an item tell.
    init(of bytes: [UInt8]) {
        let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 && $0 < 0x80 }
        if first == UInt8(ascii: "<") {
            let root = try? XML.DocumentReader.read(bytes[...])
            self = root?.isIn(PresenceNamespace.pidf) == true ? .pidf : .xmpp
        } else {
            let line = bytes.prefix { $0 != 0x0D && $0 != 0x0A }
            let text = String(decoding: line, as: UTF8.self)
            self = text.contains("SIP/2.0") ? .sip : .cpim
        }
    }

    /// Whether the first characters are those of a form: of XML, of a SIP message, or of a header.
    static func isKnown(_ bytes: [UInt8]) -> Bool {
        guard Form(of: bytes) == .cpim else { return true }
        let line = bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.prefix {
            $0 != 0x0D && $0 != 0x0A
        }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        return name.count < line.count && !name.isEmpty && !name.contains(0x20)
    }

    /// What an item in this form becomes when nothing else is said.
    func usualTarget(of bytes: [UInt8]) -> Form {
        guard self == .xmpp else { return .xmpp }
        let root = try? XML.DocumentReader.read(bytes[...])
        guard root?.isNamed("presence") == true else { return .sip }
        // A request to watch becomes a SUBSCRIBE, what somebody says of itself a document.
        let kind = root?.attribute("type")
        return kind == nil || kind == "unavailable" ? .pidf : .sip
    }
}
