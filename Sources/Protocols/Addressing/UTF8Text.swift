/// Texts made from bytes that must be well-formed UTF-8.
enum UTF8Text {
    /// Copies a range of bytes into a text.
    ///
    /// - Throws: ``AddressError`` with `.malformedUTF8` and the offset in `bytes`.
    static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(AddressError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw AddressError(
                .malformedUTF8,
                "The text is not well-formed UTF-8.",
                at: range.lowerBound + error.byteOffsets.lowerBound
            )
        }
    }

    /// The text of an array of bytes.
    ///
    /// - Throws: ``AddressError`` with `.malformedUTF8` and the offset in `bytes`.
    static func validated(_ bytes: [UInt8]) throws(AddressError) -> String {
        try copy(bytes.span, 0..<bytes.count)
    }
}
