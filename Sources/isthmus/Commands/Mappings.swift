import ArgumentParser

/// The mapping tables.
struct Mappings: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check, test and explain the mapping tables, and put them in force.",
        discussion: "Example: isthmus mappings explain message.xml --config gateway.yaml",
        subcommands: [
            MappingsCheck.self, MappingsTest.self, MappingsExplain.self, MappingsTry.self, MappingsShadow.self,
            MappingsDiff.self, MappingsApply.self, MappingsLog.self, MappingsRollback.self, MappingsConverters.self,
            MappingsSchema.self,
        ]
    )
}
