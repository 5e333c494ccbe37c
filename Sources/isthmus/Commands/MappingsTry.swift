import ArgumentParser
import GatewayDaemon
import Interworking
import MappingTables
import OperatorFiles

/// Shows what an edit would change, without writing it anywhere.
struct MappingsTry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Show what one more row, or a whole file, would change: an item or a value without it and with it.",
        discussion: """
            The item is read from standard input; a value of a table, an address, an error or the route of a domain can \
            stand in its place. The edit stands in 50-site, or in the folder that --as names; a file of the same name \
            there is the one that is edited. `overrides: ID` in a row replaces a shipped one.

            Example: isthmus mappings try --table message.xmpp --row '{id: one-line, xmpp: body, cpim: content, \
            convert: line, overrides: body}' < message.xml
            Example: isthmus mappings try --with acme.yaml --as 90-peers/acme.example --peer acme.example
            Example: isthmus mappings try --with site.yaml --table presence.show --value 'xmpp: {show: xa}'
            """
    )

    @Option(name: .long, help: "What is read, where the first characters do not tell.")
    var from: Form?

    @Option(name: .long, help: "What is written; the other shore's form without it.")
    var to: Form?

    @OptionGroup var candidate: CandidateOptions
    @OptionGroup var asked: QuestionOptions
    @OptionGroup var options: TranslationOptions
    @OptionGroup var output: OutputOptions

    private struct View<Side: Encodable>: Encodable {
        let changed: Bool
        let before: Side
        let after: Side
    }

    private struct ItemSide: Encodable {
        let products: [ProductView]
        let trace: TraceView
    }

    private struct ValueSide: Encodable {
        let answer: String
        let rules: [TraceView.Rule]
        /// The route under which the question is asked; a switch that the edit sets changes that.
        let profile: String
        let switches: [String: String]
    }

    func validate() throws {
        let values = [asked.value, asked.address, asked.error].count { $0 != nil }
        guard values < 2 else { throw ValidationError("name one thing: --value, --address or --error") }
    }

    func run() throws {
        let setup = try TranslationSetup(options)
        let other = try candidate.edited(setup, table: asked.table)
        if try asked.question(other.generation) != nil {
            try compare(setup, other)
            return
        }
        let input = try InputFile.standardInput()
        let from = from ?? Form(of: input)
        let to = to ?? from.usualTarget(of: input)
        guard from != to else { throw Stop.usage("the item is in the form \(from.rawValue) already") }
        var translations = [setup, other].map { Translation(setup: $0, file: "standard input") }
        let before = try translations[0].translate(input, from: from, to: to)
        let after = try translations[1].translate(input, from: from, to: to)
        let traces = (TraceView(before, setup), TraceView(after, other))
        if output.json {
            func side(_ result: Translation.Result, _ trace: TraceView) -> ItemSide {
                ItemSide(products: result.products.map { ProductView($0, trace: nil) }, trace: trace)
            }
            let isChanged = before.products != after.products
            Output.json(View(changed: isChanged, before: side(before, traces.0), after: side(after, traces.1)))
        } else {
            show("before", before, traces.0)
            show("after", after, traces.1)
            Output.line(
                before.products == after.products ? "\(edit) changes nothing here" : "\(edit) changes the output"
            )
        }
    }

    private var edit: String { candidate.row == nil ? "the file" : "the row" }

    private func show(_ title: String, _ result: Translation.Result, _ trace: TraceView) {
        Output.line("── \(title)")
        for line in trace.lines { Output.line(line) }
        if let reason = result.refusal?.text ?? result.nothing { Output.line("note  \(reason)") }
        for product in result.products { Output.text(String(decoding: product.bytes, as: UTF8.self) + "\n") }
    }

    // MARK: Values

    private func compare(_ setup: TranslationSetup, _ other: TranslationSetup) throws {
        let sides = try [setup, other].map { setup throws in
            // A table that only the edit has is nothing before.
            guard var question = try? asked.question(setup.generation) ?? asked.question(other.generation) else {
                let answer = "there is no table \"\(asked.table ?? "")\""
                return ValueSide(answer: answer, rules: [], profile: "", switches: [:])
            }
            if question.kind != .routes, let peer = asked.peer { question.peer = peer.lowercased() }
            let settled = setup.dependsOnNeighbor ? try setup.settled(for: question.peer) : setup
            let answer = try question.ask(settled, to: to)
            let route = settled.route(question.peer)
            return ValueSide(
                // The switches of a route stand by themselves.
                answer: question.kind == .routes ? "profile \(route.profile)" : answer.text,
                rules: answer.rows.map { TraceView.Rule($0, settled) },
                profile: route.profile,
                switches: Dictionary(
                    Switch.allCases.map { ($0.name, route.switches.text($0)) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
        let changed = Switch.allCases.map(\.name).filter { sides[0].switches[$0] != sides[1].switches[$0] }
        let isChanged = sides[0].answer != sides[1].answer || asked.peer != nil && !changed.isEmpty
        if output.json {
            Output.json(View(changed: isChanged, before: sides[0], after: sides[1]))
            return
        }
        for (title, side) in zip(["before", "after"], sides) {
            Output.line("── \(title)")
            for rule in side.rules { Output.line("rule  \(rule.row)  \(rule.file):\(rule.line)") }
            Output.line(side.answer)
        }
        for name in asked.peer == nil ? [] : changed {
            Output.line(
                "set   \(name): \(sides[0].switches[name] ?? "nothing") → \(sides[1].switches[name] ?? "nothing")"
            )
        }
        Output.line(isChanged ? "\(edit) changes the answer" : "\(edit) changes nothing here")
    }
}
