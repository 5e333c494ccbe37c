/// Checks on percent-encoded parts of URIs.
enum EscapedText {
    /// Whether every byte is allowed or part of an escape.
    ///
    /// - Throws: ``AddressError`` with `.malformedPercent`, or `code` for a byte that is not allowed.
    static func check(
        _ text: String,
        allowed: ByteSet,
        code: AddressError.Code = .disallowed
    ) throws(AddressError) {
        let span = text.utf8.span
        _ = try scan(span, 0..<span.count, allowed: allowed, code: code, lenient: false)
    }

    /// Copies a part that holds allowed bytes and escapes only.
    ///
    /// - Parameters:
    ///   - span: the text that holds the part.
    ///   - range: where the part stands.
    ///   - allowed: the bytes that may stand unescaped.
    ///   - code: what another byte is called.
    ///   - lenient: writes a `%` that starts no escape as `%25` instead of refusing it, so that the text is valid
    ///     and still decodes to what stood there.
    /// - Returns: valid escaped text.
    /// - Throws: ``AddressError`` with `.malformedPercent`, or `code` for a byte that is not allowed.
    static func copy(
        _ span: Span<UInt8>,
        _ range: Range<Int>,
        allowed: ByteSet,
        code: AddressError.Code = .disallowed,
        lenient: Bool
    ) throws(AddressError) -> String {
        if try scan(span, range, allowed: allowed, code: code, lenient: lenient) {
            return try UTF8Text.copy(span, range)
        }
        var result: [UInt8] = []
        for index in range {
            result.append(span[index])
            if span[index] == UInt8(ascii: "%"), !isEscape(span, index, range.upperBound) {
                result.append(UInt8(ascii: "2"))
                result.append(UInt8(ascii: "5"))
            }
        }
        return try UTF8Text.validated(result)
    }

    private static func isEscape(_ span: Span<UInt8>, _ index: Int, _ end: Int) -> Bool {
        index + 2 < end && ASCII.hexValue(span[index + 1]) != nil && ASCII.hexValue(span[index + 2]) != nil
    }

    /// Whether the part can be copied as it is; false when a lenient copy has to repair it.
    private static func scan(
        _ span: Span<UInt8>,
        _ range: Range<Int>,
        allowed: ByteSet,
        code: AddressError.Code,
        lenient: Bool
    ) throws(AddressError) -> Bool {
        var isIntact = true
        for index in range {
            let byte = span[index]
            if byte == UInt8(ascii: "%") {
                if isEscape(span, index, range.upperBound) { continue }
                guard lenient else {
                    throw AddressError(
                        .malformedPercent,
                        "A percent sign is not followed by two hexadecimal digits.",
                        at: index
                    )
                }
                isIntact = false
            } else if !allowed.contains(byte) {
                throw AddressError(code, "A byte stands where the URI grammar does not allow it unescaped.", at: index)
            }
        }
        return isIntact
    }
}
