/// The Content-Length header fields of a message, taken together.
///
/// Source: RFC 3261 §18.3, §20.14.
enum ContentLengthField {
    /// The length; nil when no field says it.
    ///
    /// Numbers too large for memory come back as `Int.max`.
    ///
    /// - Throws: ``SIPError`` with `.malformedContentLength` for a value that is not digits, or for two that differ.
    static func value(in headers: SIPHeaders) throws(SIPError) -> Int? {
        var found: Int?
        for entry in headers.entries where entry.name == .contentLength {
            guard let length = digits(headers.bytes, entry.value) else {
                throw fault("The Content-Length is not a number.", entry)
            }
            if let found, found != length { throw fault("Two Content-Lengths differ.", entry) }
            found = length
        }
        return found
    }

    private static func digits(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var value = 0
        for index in range {
            let byte = bytes[index]
            guard byte.isDigit else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(byte - 0x30))
            value = overflow || carry ? Int.max : sum
        }
        return value
    }

    private static func fault(_ reason: String, _ entry: SIPHeaders.Entry) -> SIPError {
        SIPError(.malformedContentLength, reason, at: entry.value.lowerBound, header: .contentLength)
    }
}
