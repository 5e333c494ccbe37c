import MIME
import MappingTables

/// A part of a content that rows take.
struct FoundPart: Equatable {
    let type: MediaType
    /// In lower case; nil when the part has none.
    let disposition: String?
    /// Whether it is the whole content.
    let isWhole: Bool
    /// The content, its transfer encoding undone and text in UTF-8.
    let octets: ArraySlice<UInt8>

    /// The most parts of one message that are taken.
    static let limit = 16
    /// The most octets of one part that is taken.
    static let largest = 256 << 10

    /// Whether a row names it.
    func isNamed(by part: ContentPart) -> Bool {
        let isInPlace =
            switch part.place {
            case .any: true
            case .whole: isWhole
            case .part: !isWhole
            }
        guard isInPlace, part.disposition == nil || part.disposition == disposition else { return false }
        return part.matches("\(type.type)/\(type.subtype)") { type.parameter($0) }
    }

    /// What a row takes of it.
    ///
    /// Source: RFC 2045 §6.8, RFC 2046 §5.2.3.
    func values(_ form: ContentPart.Form) -> FieldValues {
        switch form {
        case .text: return FieldValues(text: String(validating: octets, as: UTF8.self))
        case .base64:
            return FieldValues(text: String(decoding: Base64.encode(octets, lineLength: .max), as: UTF8.self))
        case .parameter(let name): return FieldValues(text: type.parameter(name))
        case .lines:
            guard let text = String(validating: octets, as: UTF8.self) else { return [] }
            let lines = LineEnds.lineFeeds(text).split(separator: "\n").map { SingleLine.text(String($0)) }
            return FieldValues(lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map { FieldValue(text: $0) })
        }
    }
}

extension MessageText {
    /// Whether nobody can read anything of it but rows.
    var isPartsAlone: Bool { plain == nil && html == nil && url == nil && !parts.isEmpty }
}
