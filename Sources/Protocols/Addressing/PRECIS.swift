/// The two PRECIS profiles of XMPP addresses.
///
/// Source: RFC 8264, RFC 8265.
public enum PRECIS {
    /// The largest text that is looked at, in UTF-8 bytes.
    public static let inputLimit = 8192

    /// How often the rules are applied again before a text counts as unstable (RFC 8264 §7).
    static let reapplications = 3

    /// Enforces UsernameCaseMapped: width mapping, IdentifierClass, lower case, NFC, Bidi Rule.
    ///
    /// Lower-casing is by code point, so a capital sigma becomes a medial sigma wherever it stands (RFC 8265 §3.6).
    ///
    /// - Returns: the enforced text, at least one byte.
    /// - Throws: ``AddressError`` with `.empty`, `.tooLong`, `.disallowed`, `.unassigned`, `.context`, `.bidi` or
    ///   `.unstable`; the offset counts UTF-8 bytes of `text` and is 0 for a fault of the whole.
    ///
    /// Source: RFC 8265 §3.3.
    public static func usernameCaseMapped(_ text: String) throws(AddressError) -> String {
        let span = text.utf8.span
        if isASCII(span, from: 0x21) {
            try checkSize(span.count)
            return ASCII.lowercased(text)
        }
        return try stable(text, enforcedUsername)
    }

    /// Enforces OpaqueString: FreeformClass, spaces mapped to U+0020, NFC.
    ///
    /// - Returns: the enforced text, at least one byte.
    /// - Throws: ``AddressError`` with `.empty`, `.tooLong`, `.disallowed`, `.unassigned`, `.context` or `.unstable`;
    ///   the offset counts UTF-8 bytes of `text` and is 0 for a fault of the whole.
    ///
    /// Source: RFC 8265 §4.2.
    public static func opaqueString(_ text: String) throws(AddressError) -> String {
        let span = text.utf8.span
        if isASCII(span, from: 0x20) {
            try checkSize(span.count)
            return text
        }
        return try stable(text, enforcedOpaque)
    }

    private static func isASCII(_ span: Span<UInt8>, from lowest: UInt8) -> Bool {
        for index in 0..<span.count where span[index] < lowest || span[index] > 0x7E { return false }
        return true
    }

    private static func checkSize(_ count: Int) throws(AddressError) {
        guard count > 0 else { throw AddressError(.empty, "The text is empty.") }
        guard count <= inputLimit else {
            throw AddressError(.tooLong, "The text is longer than \(inputLimit) bytes.", at: inputLimit)
        }
    }

    private static func stable(
        _ text: String,
        _ rules: ([UInt32]) throws(AddressError) -> [UInt32]
    ) throws(AddressError) -> String {
        try checkSize(text.utf8.count)
        var points = try rules(text.unicodeScalars.map(\.value))
        for _ in 0...reapplications {
            let next: [UInt32]
            do {
                next = try rules(points)
            } catch {
                // The fault came up by mapping, so no place of the text is to blame.
                throw AddressError(error.code, error.reason)
            }
            if next == points {
                let result = CodePoints.text(points)
                guard !result.isEmpty else { throw AddressError(.empty, "Nothing of the text remains.") }
                return result
            }
            points = next
        }
        throw AddressError(.unstable, "The text does not settle on one form.")
    }

    private static func enforcedUsername(_ source: [UInt32]) throws(AddressError) -> [UInt32] {
        let mapped = source.map(UnicodeTables.widthMapped)
        try StringClass.identifier.check(mapped, spelledAs: source)
        let result = try CodePoints.nfc(CodePoints.lowercased(mapped))
        try BidiRule.check(result)
        return result
    }

    private static func enforcedOpaque(_ source: [UInt32]) throws(AddressError) -> [UInt32] {
        try StringClass.freeform.check(source, spelledAs: source)
        return try CodePoints.nfc(source.map { StringClass.isSpace($0) ? 0x20 : $0 })
    }
}

/// Operations on strings of code points.
enum CodePoints {
    /// The text of code points that are scalar values.
    static func text(_ points: [UInt32]) -> String {
        var scalars = String.UnicodeScalarView()
        for point in points { scalars.append(Unicode.Scalar(point) ?? "\u{FFFD}") }
        return String(scalars)
    }

    static func nfc(_ points: [UInt32]) throws(AddressError) -> [UInt32] {
        guard let result = UnicodeTables.nfc(points) else {
            throw AddressError(.unstable, "The text could not be normalized.")
        }
        return result
    }

    /// The lower-case form by code point, without regard to place or language.
    static func lowercased(_ points: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(points.count + 1)
        for point in points {
            if point == 0x130 {
                // The one code point whose lower-case form is two: i with a dot above.
                result.append(0x69)
                result.append(0x307)
            } else {
                result.append(UnicodeTables.lowercased(point))
            }
        }
        return result
    }

    /// The UTF-8 bytes before the code point at `index`.
    static func utf8Offset(_ points: [UInt32], _ index: Int) -> Int {
        points.prefix(index).reduce(0) { $0 + ($1 < 0x80 ? 1 : $1 < 0x800 ? 2 : $1 < 0x10000 ? 3 : 4) }
    }
}
