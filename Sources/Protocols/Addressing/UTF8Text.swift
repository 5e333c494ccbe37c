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

    /// The parts of an address as one text, which is made in one piece: it is asked for with nearly every item.
    ///
    /// - Parameters:
    ///   - scheme: what stands before a URI, with its colon; empty for a JID.
    ///   - local: what stands before the `@`.
    ///   - domain: what stands behind it.
    ///   - resource: what stands behind the `/`.
    /// - Returns: the parts with their separators.
    static func address(
        scheme: String = "",
        _ local: String?,
        _ domain: String,
        _ resource: String? = nil
    ) -> String {
        if scheme.isEmpty, local == nil, resource == nil { return domain }
        let count =
            scheme.utf8.count + (local.map { $0.utf8.count + 1 } ?? 0) + domain.utf8.count
            + (resource.map { $0.utf8.count + 1 } ?? 0)
        return unsafe String(unsafeUninitializedCapacity: count) { buffer in
            // What is written is as long as what was counted.
            var end = 0
            func append(_ text: String) {
                end = unsafe buffer[end...].initialize(fromContentsOf: text.utf8)
            }
            func append(_ byte: UInt8) {
                unsafe buffer.initializeElement(at: end, to: byte)
                end += 1
            }
            append(scheme)
            if let local {
                append(local)
                append(UInt8(ascii: "@"))
            }
            append(domain)
            if let resource {
                append(UInt8(ascii: "/"))
                append(resource)
            }
            return end
        }
    }

    /// The text of an array of bytes.
    ///
    /// - Throws: ``AddressError`` with `.malformedUTF8` and the offset in `bytes`.
    static func validated(_ bytes: [UInt8]) throws(AddressError) -> String {
        try copy(bytes.span, 0..<bytes.count)
    }
}
