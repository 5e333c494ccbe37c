import MappingTables

/// A configuration value that has passed its declaration, with the place where it stands.
indirect enum ConfigValue {
    case section([String: ConfigValue], SourcePosition)
    case list([ConfigValue])
    case table([(name: String, position: SourcePosition, value: ConfigValue)])
    case text(String, SourcePosition)
    case number(Int, SourcePosition)

    subscript(key: String) -> ConfigValue? {
        guard case .section(let values, _) = self else { return nil }
        return values[key]
    }

    var text: String? {
        guard case .text(let text, _) = self else { return nil }
        return text
    }

    var number: Int? {
        guard case .number(let number, _) = self else { return nil }
        return number
    }

    var elements: [ConfigValue] {
        guard case .list(let values) = self else { return [] }
        return values
    }

    var entries: [(name: String, position: SourcePosition, value: ConfigValue)] {
        guard case .table(let entries) = self else { return [] }
        return entries
    }

    /// Where the value stands; nil for lists and tables, which name their entries instead.
    var position: SourcePosition? {
        switch self {
        case .section(_, let position), .text(_, let position), .number(_, let position): position
        case .list, .table: nil
        }
    }
}
