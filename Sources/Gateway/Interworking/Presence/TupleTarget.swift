import MappingTables
import PIDF
import XMLStreams

/// What the field table makes of the presence of one resource for a tuple.
struct TupleTarget: FieldTarget {
    var tuple: PresenceTuple
    var priority: ContactPriority?
    /// What the table says of the person that the resource belongs to.
    var person: [PresenceElement] = []

    init(id: String, basic: PresenceTuple.Basic) {
        tuple = PresenceTuple(id: id, basic: basic)
    }

    mutating func set(_ values: [FieldValue], for selector: FieldSelector) throws(ConversionFault) {
        guard let first = values.first else { return }
        switch selector {
        case .core(.note): tuple.notes += values.map { PresenceNote($0.text, language: $0.language) }
        case .core(.timestamp): tuple.timestamp = tuple.timestamp ?? first.text
        case .core(.contactPriority): priority = priority ?? ContactPriority(first.text)
        case .core(.userInput):
            let since = first.text.isEmpty ? [] : [PresenceAttribute("last-input", first.text)]
            tuple.elements.append(
                PresenceElement("user-input", PresenceNamespace.rpid, attributes: since, text: "idle")
            )
        default: break
        }
    }
}
