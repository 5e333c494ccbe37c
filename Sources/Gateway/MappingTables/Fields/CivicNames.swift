/// The parts of a civic address that a field row names: one, or several whose texts are joined.
///
/// Source: RFC 4119 §2.2.1, XEP-0080 §6.
public struct CivicNames: Sendable, Hashable {
    /// The labels in order, such as `A3`.
    public let names: [String]
    /// What stands between the texts.
    let separator: String

    /// The most labels that one row can join.
    static let most = 16

    /// Reads the written form; nil for what names no part.
    ///
    /// Shape: `A3`, `HNO+A6` for texts with a blank between them, or `A5,A4` for texts with a comma and a blank. Labels
    /// are of ASCII letters and digits.
    ///
    /// - Parameter text: the labels.
    public init?(_ text: String) {
        let isList = text.utf8.contains(UInt8(ascii: ","))
        separator = isList ? ", " : " "
        names = text.split(separator: isList ? "," : "+", omittingEmptySubsequences: false).map { String($0) }
        let areLabels = names.allSatisfy { name in
            name.utf8.first.map(Self.isLetter) == true
                && name.utf8.allSatisfy { Self.isLetter($0) || (0x30...0x39).contains($0) }
        }
        guard areLabels, names.count <= Self.most else { return nil }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    /// The texts of the parts that are there, joined.
    ///
    /// - Parameter text: the text of a part; nil when the address lacks it.
    /// - Returns: the joined text; nil when the address has none of the parts.
    public func joined(_ text: (String) -> String?) -> String? {
        let texts = names.compactMap(text)
        return texts.isEmpty ? nil : texts.joined(separator: separator)
    }
}
