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
    /// The name that the sender goes by.
    var senderName: String?
    /// What is put before the text.
    var marker: String?
    /// The parts beside the text, in order, and where each may stand.
    private(set) var parts: [(part: MIMEPart, place: ContentPart.Place)] = []
    /// The media ranges that the recipient has named; empty when nothing is known.
    var accepts: [String] = []
    /// How many addresses of files there are beside the one that becomes a line of the text.
    private(set) var furtherLinks = 0
    /// Whether a row has let the content cross.
    private(set) var hasContent = false

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        if values.isEmpty { return }
        switch selector {
        case .core(let field): try set(values, for: field)
        case .header(let namespace, let name):
            guard extensions.count + values.count <= Self.headerLimit else {
                throw ConversionFault("An object has at most \(Self.headerLimit) headers of rows.")
            }
            // A header that cannot be written would refuse the whole object.
            let namespace = namespace ?? CPIMNamespace.core
            guard PartName.isObjectHeader(name), PartName.isNamespace(namespace),
                !CPIMName.core.contains(CPIMName(namespace, name))
            else { throw FieldConversion.fault("is no header that a row can write", name) }
            for value in values { add(namespace, name, value) }
        case .annotation(let namespace, let name):
            guard annotations.count + values.count <= Self.headerLimit else {
                throw ConversionFault("A message has at most \(Self.headerLimit) annotations.")
            }
            for value in values { annotations.append(Annotation(namespace: namespace, name: name, value: value.text)) }
        case .content(let part): try add(values, part)
        case .element, .markup, .descendant, .part: break
        }
    }

    /// Takes values as parts of the content.
    ///
    /// Source: RFC 2046 §5.1.3, RFC 3261 §20.1.
    private mutating func add(_ values: FieldValues, _ part: ContentPart) throws(ConversionFault) {
        let isAlone = part.place != .part && parts.isEmpty && texts.allSatisfy(\.text.isEmpty)
        guard accepts.isEmpty || MediaRange.accepts(part.type, accepts),
            isAlone || accepts.isEmpty || MediaRange.accepts("multipart/mixed", accepts)
        else { throw ConversionFault("The recipient takes no \(part.type), or no multipart/mixed.") }
        for made in try MIMEPart.parts(of: values, as: part) {
            guard parts.count < FoundPart.limit else {
                throw ConversionFault("A message has at most \(FoundPart.limit) parts beside its text.")
            }
            parts.append((made, part.place))
        }
    }

    mutating func set(_ values: FieldValues, for field: CoreField) throws(ConversionFault) {
        guard let first = values.first else { return }
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
        case .marker: marker = marker ?? SingleLine.text(first.text, limit: Self.longestMarker) + Self.blank(first.text)
        case .fromName:
            let name = SingleLine.text(first.text, limit: Self.longestName)
            senderName = senderName ?? (name.isEmpty ? nil : name)
        case .messageID: add(CPIMName.messageID, first)
        case .dispositionNotification:
            add(CPIMName.dispositionNotification, FieldValue(text: values.map(\.text).joined(separator: ", ")))
        default:
            let name = field.rawValue
            if field == .oob { furtherLinks = max(furtherLinks, values.count - 1) }
            // Few messages have more of them.
            if annotations.isEmpty { annotations.reserveCapacity(4) }
            if !annotations.contains(where: { $0.name == name && $0.namespace == Pivot.namespace }) {
                annotations.append(Annotation(namespace: Pivot.namespace, name: name, value: first.text))
            }
        }
    }

    /// The most headers, and the most annotations, that a message has.
    static let headerLimit = CPIMLimits().headers
    /// The longest text that is put before others, in characters of Unicode.
    static let longestMarker = 128
    /// The longest name of a sender, in characters of Unicode.
    static let longestName = 256

    /// A blank at the end keeps the text apart.
    private static func blank(_ text: String) -> String { text.hasSuffix(" ") ? " " : "" }

    mutating func add(_ identity: CPIMName, _ value: FieldValue) {
        if !extensions.contains(where: { $0.namespace == identity.namespace && $0.name == identity.local }) {
            extensions.append(CPIMExtension(identity, value.text))
        }
    }

    private mutating func add(_ namespace: String, _ name: String, _ value: FieldValue) {
        extensions.append(CPIMExtension(namespace: namespace, name: name, value: value.text))
    }
}
