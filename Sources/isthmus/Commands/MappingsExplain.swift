import ArgumentParser
import CPIM
import Interworking
import PIDF
import XMLStreams

/// Shows each row of the tables that an item meets.
struct MappingsExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Translate the item in a file and show each row of the tables: matched or not, why, and what it changed.",
        discussion: """
            The form of the item is taken from its first characters: a stanza, a Message/CPIM object, or else SIP.

            Example: isthmus mappings explain message.xml --config gateway.yaml
            """
    )

    @Argument(help: ArgumentHelp("The file with the item; - reads standard input.", valueName: "file"))
    var file: String

    @Option(name: .long, help: "What is read, where the first characters do not tell.")
    var from: Form?

    @Option(name: .long, help: "What is written; the other shore's form without it.")
    var to: Form?

    @OptionGroup var options: TranslationOptions
    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        let source: String
        let middle: String?
        let tables: [Explanation.Table]
        let trace: TraceView
        let products: [ProductView]
    }

    func run() throws {
        let setup = try TranslationSetup(options)
        let input = file == "-" ? try InputFile.standardInput() : try InputFile.contents(file)
        let from = from ?? Form(of: input)
        let to = to ?? from.usualTarget(of: input)
        guard from != to else { throw Stop.usage("the item is in the form \(from.rawValue) already") }
        let name = file == "-" ? "standard input" : file
        var translation = Translation(setup: setup, file: name)
        let result = try translation.translate(input, from: from, to: to)
        let explanation = Explanation(result, translation.setup, from: from, to: to)
        let middle = result.pivot.flatMap { try? CPIMWriter.write($0.message) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        let trace = TraceView(result, setup)
        if output.json {
            Output.json(
                View(
                    source: String(decoding: input, as: UTF8.self),
                    middle: middle,
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
        for table in explanation.tables {
            Output.line("\(table.table) (\(table.kind))")
            for row in table.rows {
                Output.line("  \(row.matched ? "yes" : "no ")  \(row.row)  \(row.file):\(row.line)")
                Output.line("       \(row.why)")
            }
        }
        for line in trace.lines where !line.hasPrefix("rule") { Output.line(line) }
        if let reason = result.nothing { Output.line("nothing crosses: \(reason)") }
        if let middle { Output.line("\nin the middle:\n\(middle)") }
        for product in result.products {
            Output.line("\n\(product.kind.rawValue), \(product.form.rawValue):")
            Output.bytes(product.bytes + [0x0A])
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

    /// What an item in this form becomes when nothing else is said.
    func usualTarget(of bytes: [UInt8]) -> Form {
        guard self == .xmpp else { return .xmpp }
        let root = try? XML.DocumentReader.read(bytes[...])
        return root?.isNamed("presence") == true ? .pidf : .sip
    }
}
