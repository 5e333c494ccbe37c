import CPIM
import MIME
import MappingTables

/// What the field tables make of a source, on its way to the pivot.
///
/// Of several values for a field that has one, the first stands; a row that writes a field again changes nothing.
struct PivotTarget: FieldTarget {
    var from: CPIMAddress?
    var to: CPIMAddress?
    var copies: [CPIMAddress] = []
    var dateTime: CPIMDateTime?
    var subjects: [CPIMSubject] = []
    var extensions: [CPIMExtension] = []
    var annotations: [Annotation] = []
    /// The texts of the content, the one to send first.
    var texts: [FieldValue] = []
    var contentLanguage: String?
    var contentID: String?
    /// Marked-up text beside the plain one.
    var html: String?
    /// The content as it came from a carrier, which stands for any text a row gives.
    var carried: MIMEPart?
    /// Whether a row has let the content cross.
    private(set) var hasContent = false

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        guard let first = values.first else { return }
        switch selector {
        case .core(let field): try set(values, first, for: field)
        case .header(let namespace, let name):
            for value in values { add(namespace ?? CPIMNamespace.core, name, value) }
        case .annotation(let namespace, let name):
            for value in values { annotations.append(Annotation(namespace: namespace, name: name, value: value.text)) }
        case .element, .descendant, .part: break
        }
    }

    private mutating func set(_ values: FieldValues, _ first: FieldValue, for field: CoreField) throws(ConversionFault)
    {
        switch field {
        case .from: from = from ?? CPIMAddress(uriText: first.text)
        case .to: to = to ?? CPIMAddress(uriText: first.text)
        case .cc: copies += values.compactMap { CPIMAddress(uriText: $0.text) }
        case .dateTime: dateTime = dateTime ?? CPIMDateTime(first.text)
        case .subject:
            if subjects.isEmpty { subjects = values.map { CPIMSubject($0.text, language: $0.language) } }
        case .content:
            hasContent = true
            if texts.isEmpty { texts = Array(values) }
        case .contentLanguage: contentLanguage = contentLanguage ?? first.text
        case .contentID: contentID = contentID ?? first.text
        case .html: html = html ?? first.text
        case .messageID: add(CPIMName.messageID, first)
        case .dispositionNotification:
            add(CPIMName.dispositionNotification, FieldValue(text: values.map(\.text).joined(separator: ", ")))
        default:
            let name = field.rawValue
            if !annotations.contains(where: { $0.name == name && $0.namespace == Pivot.namespace }) {
                annotations.append(Annotation(namespace: Pivot.namespace, name: name, value: first.text))
            }
        }
    }

    private mutating func add(_ identity: CPIMName, _ value: FieldValue) {
        if !extensions.contains(where: { $0.namespace == identity.namespace && $0.name == identity.local }) {
            extensions.append(CPIMExtension(identity, value.text))
        }
    }

    private mutating func add(_ namespace: String, _ name: String, _ value: FieldValue) {
        extensions.append(CPIMExtension(namespace: namespace, name: name, value: value.text))
    }
}
