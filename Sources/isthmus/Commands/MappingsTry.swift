import ArgumentParser
import GatewayDaemon
import Interworking
import MappingTables
import OperatorFiles

/// Shows what a row would change, without writing it anywhere.
struct MappingsTry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Show what one more row would change: an item's output without it and with it.",
        discussion: """
            The row stands in 50-site, behind the rows of that folder; `overrides: ID` in it replaces a shipped row.

            Example: isthmus mappings try --table message.xmpp --row '{id: one-line, xmpp: body, cpim: content, \
            convert: line, overrides: body}' < message.xml
            """
    )

    @Option(name: .long, help: ArgumentHelp("The row, as it would stand in the file.", valueName: "yaml"))
    var row: String

    @Option(name: .long, help: ArgumentHelp("The table that the row belongs to.", valueName: "table"))
    var table: String

    @Option(name: .long, help: "What is read, where the first characters do not tell.")
    var from: Form?

    @Option(name: .long, help: "What is written; the other shore's form without it.")
    var to: Form?

    @OptionGroup var options: TranslationOptions
    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        let changed: Bool
        let before: Side
        let after: Side

        struct Side: Encodable {
            let products: [ProductView]
            let trace: TraceView
        }
    }

    func run() throws {
        let setup = try TranslationSetup(options)
        let other = try setup.with(try edited(setup))
        let input = try InputFile.standardInput()
        let from = from ?? Form(of: input)
        let to = to ?? from.usualTarget(of: input)
        guard from != to else { throw Stop.usage("the item is in the form \(from.rawValue) already") }
        var translations = [setup, other].map { Translation(setup: $0, file: "standard input") }
        let before = try translations[0].translate(input, from: from, to: to)
        let after = try translations[1].translate(input, from: from, to: to)
        let traces = (TraceView(before, setup), TraceView(after, other))
        if output.json {
            Output.json(
                View(
                    changed: before.products != after.products,
                    before: .init(products: before.products.map { ProductView($0, trace: nil) }, trace: traces.0),
                    after: .init(products: after.products.map { ProductView($0, trace: nil) }, trace: traces.1)
                )
            )
        } else {
            show("before", before, traces.0)
            show("after", after, traces.1)
            Output.line(
                before.products == after.products ? "the row changes nothing here" : "the row changes the output"
            )
        }
    }

    private func show(_ title: String, _ result: Translation.Result, _ trace: TraceView) {
        Output.line("── \(title)")
        for line in trace.lines { Output.line(line) }
        if let reason = result.refusal?.text ?? result.nothing { Output.line("note  \(reason)") }
        for product in result.products { Output.bytes(product.bytes + [0x0A]) }
    }

    /// The tables with the row.
    private func edited(_ setup: TranslationSetup) throws(Stop) -> Generation {
        let source = Array(row.utf8)
        let name = "--row"
        let (node, diagnostics) = YAMLFile.read(source, name: name)
        guard let node else { throw Configured.stop(DiagnosticReport(diagnostics, sources: [name: source])) }
        guard let kind = setup.generation.rows.first(where: { $0.table == table })?.kind else {
            let known = Set(setup.generation.rows.map(\.table)).sorted()
            let nearest = Spelling.nearest(to: table, among: known).map { "did you mean \"\($0)\"? " } ?? ""
            throw .usage("there is no table \"\(table)\"; \(nearest)known: \(known.joined(separator: ", "))")
        }
        func scalar(_ text: String) -> MappingNode { MappingNode(.scalar(text, .plain), at: node.position) }
        let head = [
            "format": "isthmus-mapping/1", "table": table, "kind": kind.rawValue, "about": "A row that is tried.",
        ]
        var pairs = head.map { (key: scalar($0.key), value: scalar($0.value)) }
        pairs.append((key: scalar("rows"), value: MappingNode(.sequence([node]), at: node.position)))
        let file = TableFile(layer: .site, root: MappingNode(.mapping(pairs), at: node.position))
        var files = setup.loaded.files
        let place = files.firstIndex { if case .peer = $0.layer { true } else { false } } ?? files.endIndex
        files.insert(file, at: place)
        let compiled = MappingLoader.compile(files)
        guard let generation = compiled.generation else {
            var sources = setup.loaded.sources
            sources[name] = source
            throw Configured.stop(DiagnosticReport(compiled.diagnostics, sources: sources))
        }
        return generation
    }
}
