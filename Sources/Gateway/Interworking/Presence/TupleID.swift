/// The id of a tuple and the resource that it stands for, each from the other.
///
/// Shape: `ID-` and the resource, in which `_xHHHH_` stands for a character that an id cannot hold.
///
/// Source: RFC 8048 §6.2, RFC 3863 §4.4.
struct TupleID: Sendable, Hashable {
    /// How resources are written.
    enum Form: Sendable {
        /// With the prefix.
        case prefixed
        /// Without the prefix.
        ///
        /// Source: RFC 3922 §5.1.1.
        case raw
    }

    /// The id of presence that names no resource.
    static let bare = "bare"
    private static let prefix = "ID-"

    // MARK: Writing

    /// The id of a resource: always a name, and never one that stands for another resource.
    static func id(of resource: String, form: Form) -> String {
        // Most resources hold nothing that needs a look at its neighbors.
        if form == .prefixed, resource.utf8.allSatisfy(isPlain) { return prefix + resource }
        var scalars = String.UnicodeScalarView()
        if form == .prefixed { scalars.append(contentsOf: prefix.unicodeScalars) }
        let source = Array(resource.unicodeScalars)
        for (index, scalar) in source.enumerated() {
            if isKept(scalar, at: index, of: source, form) {
                scalars.append(scalar)
            } else {
                scalars.append(contentsOf: escape(scalar).unicodeScalars)
            }
        }
        return String(scalars)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isKept(
        _ scalar: Unicode.Scalar,
        at index: Int,
        of source: [Unicode.Scalar],
        _ form: Form
    ) -> Bool {
        if form == .raw, index == 0, !NameCharacters.canBegin(scalar) { return false }
        // A resource that begins like the prefix would lose it when it is read.
        if form == .raw, index == 2, source.starts(with: prefix.unicodeScalars) { return false }
        guard scalar == "_" else { return NameCharacters.contains(scalar) }
        return !looksEscaped(source[index...])
    }

    /// Whether what is written from here on would be read as an escape: `_x`, four or more digits, and an underscore,
    /// which also begins the escape of a character.
    private static func looksEscaped(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        let rest = rest.dropFirst()
        guard rest.first == "x" else { return false }
        let digits = rest.dropFirst().prefix(while: \.isHexDigit)
        guard digits.count >= 4, let next = rest.dropFirst(1 + digits.count).first else { return false }
        return next == "_" || !NameCharacters.contains(next)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "_x" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "_"
    }

    // MARK: Reading

    /// The resource that an id stands for; ids that nobody made from one stand for themselves.
    static func resource(of id: String) -> String {
        var rest = Array(id.unicodeScalars)[...]
        if rest.starts(with: prefix.unicodeScalars) { rest = rest.dropFirst(prefix.unicodeScalars.count) }
        guard rest.contains("_") else { return String(String.UnicodeScalarView(rest)) }
        var scalars = String.UnicodeScalarView()
        while let scalar = rest.first {
            if scalar == "_", let (character, length) = unescape(rest) {
                scalars.append(character)
                rest = rest.dropFirst(length)
            } else {
                scalars.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    private static func unescape(_ rest: ArraySlice<Unicode.Scalar>) -> (character: Unicode.Scalar, length: Int)? {
        guard rest.dropFirst().first == "x" else { return nil }
        let digits = rest.dropFirst(2).prefix(while: \.isHexDigit)
        guard digits.count >= 4, rest.dropFirst(2 + digits.count).first == "_",
            let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
            let character = Unicode.Scalar(value)
        else { return nil }
        return (character, digits.count + 3)
    }
}

extension Unicode.Scalar {
    fileprivate var isHexDigit: Bool {
        switch value {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

/// Hands out the ids of one document, so that no two are alike.
///
/// Source: RFC 3863 §4.1.2, RFC 4479 §3.5.
struct UniqueIDs {
    private var taken: Set<String> = []

    /// The id, with a number behind it when it is taken.
    mutating func take(_ id: String) -> String {
        if taken.insert(id).inserted { return id }
        var number = 2
        while !taken.insert("\(id)-\(number)").inserted { number += 1 }
        return "\(id)-\(number)"
    }
}
