import ArgumentParser

/// The mapping tables.
struct Mappings: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check, test and explain the mapping tables, and describe their language.",
        discussion: "Example: isthmus mappings explain message.xml --config gateway.yaml",
        subcommands: [
            MappingsCheck.self, MappingsTest.self, MappingsExplain.self, MappingsTry.self, MappingsConverters.self,
            MappingsSchema.self,
        ]
    )
}
