import MappingTables

/// What the field tables make of the pivot for a SIP request.
///
/// The headers that route and identify a request are the leg's and cannot be set by a row.
struct RequestTarget: FieldTarget {
    var requestURI: String?
    var from: String?
    var to: String?
    var callID: String?
    var subject: String?
    var contentLanguage: String?
    var date: String?
    var expires: String?
    var priority: String?
    var inReplyTo: String?
    /// The display name of From.
    var fromName: String?
    /// The text that is the body of a request without an envelope.
    var body: String?
    /// Further headers in order.
    var headers: [(name: String, value: String)] = []

    /// The most headers that rows write.
    static let headerLimit = 64

    /// A stranger's word is no header that the neighbor could not read.
    ///
    /// Source: RFC 3261 §20.19, §20.26, §20.21.
    private static func check(_ text: String, for field: CoreField) throws(ConversionFault) {
        let isValid =
            switch field {
            case .expires: UInt32(text) != nil
            case .priority:
                !text.isEmpty
                    && text.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                            || "-.!%*_+`'~".utf8.contains(byte)
                    }
            case .inReplyTo: CallIDText.isLegal(text)
            default: true
            }
        guard isValid else { throw FieldConversion.fault("is no value of \(field.rawValue)", text) }
    }

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        switch selector {
        case .core(let field): try set(values, for: field)
        case .header(_, let name):
            guard PartName.isRequestHeader(name), !PartName.requestHeaders.contains(name.lowercased()) else {
                throw FieldConversion.fault("is no header that a row can write", name)
            }
            guard headers.count + values.count <= Self.headerLimit else {
                throw ConversionFault("A request has at most \(Self.headerLimit) headers of rows.")
            }
            for value in values { headers.append((name, SingleLine.text(value.text))) }
        case .element, .markup, .annotation, .descendant, .part, .content: break
        }
    }

    /// Removes what stands in the Message/CPIM object of the body instead.
    mutating func removeContentHeaders() {
        subject = nil
        contentLanguage = nil
        date = nil
        fromName = nil
    }

    mutating func set(_ values: FieldValues, for field: CoreField) throws(ConversionFault) {
        guard let first = values.first?.text else { return }
        switch field {
        case .expires, .priority, .inReplyTo: try Self.check(SingleLine.text(first), for: field)
        default: break
        }
        switch field {
        case .requestURI: requestURI = requestURI ?? first
        case .from: from = from ?? first
        case .to: to = to ?? first
        case .callID: callID = callID ?? (CallIDText.isLegal(first) ? first : nil)
        case .subject: subject = subject ?? SingleLine.text(first)
        case .contentLanguage: contentLanguage = contentLanguage ?? SingleLine.text(first)
        case .date: date = date ?? SingleLine.text(first)
        case .expires: expires = expires ?? SingleLine.text(first)
        case .priority: priority = priority ?? SingleLine.text(first)
        case .inReplyTo: inReplyTo = inReplyTo ?? SingleLine.text(first)
        case .fromName: fromName = fromName ?? SingleLine.text(first, limit: PivotTarget.longestName)
        case .body: body = body ?? first
        default: break
        }
    }
}
