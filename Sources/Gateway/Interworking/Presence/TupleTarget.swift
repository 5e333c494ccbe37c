import MappingTables
import PIDF
import XMLStreams

/// What the field table makes of the presence of one resource for a tuple.
struct TupleTarget: FieldTarget {
    var tuple: PresenceTuple
    var priority: ContactPriority?
    private(set) var elements = ElementTree(side: .document)
    private(set) var status = ElementTree(side: .document)
    /// What the table says of the person that the resource belongs to.
    private(set) var person = ElementTree(side: .document)
    /// What the table says of where the user is.
    private(set) var location = LocationDraft()

    init(id: String, basic: PresenceTuple.Basic) {
        tuple = PresenceTuple(id: id, basic: basic)
    }

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        guard let first = values.first else { return }
        switch selector {
        case .core(let field): try set(values, for: field)
        case .part(.tuple, let namespace, let name, let path, let attribute):
            try elements.set(Array(values), namespace, name, path, attribute)
        case .part(.status, let namespace, let name, let path, let attribute):
            try status.set(Array(values), namespace, name, path, attribute)
        case .part(.person, let namespace, let name, let path, let attribute):
            try person.set(Array(values), namespace, name, path, attribute)
        case .part(.civic, _, let name, _, _): try location.set(first.text, part: name)
        case .element, .markup, .descendant, .header, .annotation, .content: break
        }
    }

    mutating func set(_ values: FieldValues, for field: CoreField) throws(ConversionFault) {
        guard let first = values.first else { return }
        switch field {
        case .note:
            for value in values { tuple.notes.append(PresenceNote(value.text, language: value.language)) }
        case .timestamp: tuple.timestamp = tuple.timestamp ?? first.text
        case .contactPriority: priority = priority ?? ContactPriority(first.text)
        case .userInput:
            let since = first.text.isEmpty ? [] : [PresenceAttribute("last-input", first.text)]
            elements.elements.append(
                PresenceElement("user-input", PresenceNamespace.rpid, attributes: since, text: "idle")
            )
        case .latitude, .longitude, .altitude, .accuracy: try location.set(first.text, for: field)
        case .locationTime: location.set(time: first.text)
        default: break
        }
    }
}
