import ArgumentParser
import MappingTables
import OperatorFiles

/// Says what the converters of field rows do.
struct MappingsConverters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "converters",
        abstract: "Say what each converter of field rows takes, gives and needs, with an example each way.",
        discussion: """
            Inward is the way to the middle, or to a presence document; outward is the way from there.

            Example: isthmus mappings converters sip-date
            """
    )

    @Argument(help: ArgumentHelp("One converter; all without it.", valueName: "name"))
    var name: String?

    @Flag(name: .long, help: "Print the table of the documentation.")
    var markdown = false

    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        let name: String
        let does: String
        let takes: String
        let inward: String
        let outward: String
        let canFail: Bool
        let needs: String?
        let switches: [String]
        let reversible: Bool
        let examples: [Example]
        let source: String

        struct Example: Encodable {
            let way: String
            let given: String
            let gives: String?
        }

        init(_ converter: Converter) {
            let declaration = converter.declaration
            name = converter.rawValue
            does = declaration.does
            takes = declaration.takes
            inward = declaration.inward
            outward = declaration.outward
            canFail = declaration.canFail
            needs = declaration.needs
            switches = declaration.switches.map(\.name)
            reversible = declaration.isReversible
            examples = declaration.examples.map {
                Example(way: $0.way.rawValue, given: $0.given, gives: $0.gives)
            }
            source = declaration.source
        }
    }

    func run() throws {
        var converters = Converter.allCases
        if let name {
            guard let converter = Converter(rawValue: name) else {
                let known = converters.map(\.rawValue)
                let nearest = Spelling.nearest(to: name, among: known).map { "did you mean \"\($0)\"? " } ?? ""
                throw Stop.usage("there is no converter \"\(name)\"; \(nearest)known: \(known.joined(separator: ", "))")
            }
            converters = [converter]
        }
        if output.json {
            Output.json(converters.map { View($0) })
        } else if markdown {
            Output.text(ConverterDescription.markdown)
        } else {
            Output.text(converters.map { ConverterDescription.text($0) }.joined(separator: "\n"))
        }
    }
}
