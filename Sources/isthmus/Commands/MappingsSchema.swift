import ArgumentParser
import MappingTables

/// Prints the JSON Schema of mapping files.
struct MappingsSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of mapping files, by which editors complete and check them.",
        discussion: """
            It lies beside the folders as Mappings/\(MappingSchema.name), and files name it in a comment: \
            \(MappingSchema.modeline(depth: 1)). It is JSON with and without --json.

            Example: isthmus mappings schema > Mappings/\(MappingSchema.name)
            """
    )

    @OptionGroup var output: OutputOptions

    func run() { Output.text(MappingSchema.text) }
}
