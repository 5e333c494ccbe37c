/// The address of a tuple and its precedence over the addresses of other tuples.
///
/// Source: RFC 3863 §4.1.5.
public struct PresenceContact: Sendable, Hashable {
    /// The URI without white space around it.
    public var uri: String
    /// The precedence; nil, the lowest, when there is none or one that breaks the grammar.
    public var priority: ContactPriority?

    /// Makes a contact.
    ///
    /// - Parameters:
    ///   - uri: the URI.
    ///   - priority: the precedence.
    public init(uri: String, priority: ContactPriority? = nil) {
        self.uri = uri
        self.priority = priority
    }
}

/// A decimal number from 0 to 1 with at most three digits behind the point.
///
/// Source: RFC 3863 §4.1.5, §4.4.
public struct ContactPriority: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number in thousandths, from 0 to 1000.
    public let thousandths: Int

    /// Makes a priority.
    ///
    /// - Parameter thousandths: the number in thousandths; below 0 counts as 0 and above 1000 as 1000.
    public init(thousandths: Int) {
        self.thousandths = min(max(thousandths, 0), 1000)
    }

    /// Reads the text form; nil for a number out of range and for text that is no such number.
    ///
    /// White space around it is ignored, and digits behind the third are cut off.
    ///
    /// - Parameter text: the value of the attribute.
    public init?(_ text: String) {
        var digits = XMLSpace.trimmed(text).utf8[...]
        guard let whole = digits.popFirst(), whole == 0x30 || whole == 0x31 else { return nil }
        if let point = digits.popFirst() {
            guard point == 0x2E else { return nil }
        }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if whole == 0x31 {
            guard digits.allSatisfy({ $0 == 0x30 }) else { return nil }
            thousandths = 1000
            return
        }
        var value = 0
        for place in 0..<3 {
            value *= 10
            if place < digits.count { value += Int(digits[digits.index(digits.startIndex, offsetBy: place)]) - 0x30 }
        }
        thousandths = value
    }

    /// The number without zeros at its end: `0`, `0.102`, `1`.
    public var description: String {
        if thousandths == 0 { return "0" }
        if thousandths == 1000 { return "1" }
        var digits = String(thousandths)
        digits = String(repeating: "0", count: 3 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "0." + digits
    }

    /// True when the first has less precedence.
    public static func < (one: ContactPriority, other: ContactPriority) -> Bool {
        one.thousandths < other.thousandths
    }
}
