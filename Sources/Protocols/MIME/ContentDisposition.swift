/// The value of a Content-Disposition header field.
///
/// Source: RFC 2183 §2.
public struct ContentDisposition: Sendable, Equatable {
    /// The disposition type in lower case, such as `inline`, `attachment` or, of RFC 5438, `notification`.
    public let type: String
    /// The parameters in the order received.
    public let parameters: ParameterList

    /// Reads the value of a Content-Disposition header field.
    ///
    /// - Parameters:
    ///   - bytes: the value without the header name.
    ///   - limits: the largest length and number of parameters.
    /// - Throws: ``MIMEError`` with `.invalidDisposition` or a code of a parameter list.
    public init(bytes: ArraySlice<UInt8>, limits: MIMELimits = MIMELimits()) throws(MIMEError) {
        guard bytes.count <= limits.valueBytes else {
            throw MIMEError(
                .valueTooLong,
                "The disposition is longer than \(limits.valueBytes) octets.",
                at: limits.valueBytes
            )
        }
        var cursor = ValueCursor(bytes)
        try cursor.skipBlanks()
        let token = cursor.token()
        guard !token.isEmpty else {
            throw MIMEError(.invalidDisposition, "A disposition starts with a token.", at: cursor.offset)
        }
        type = token.loweredText
        parameters = try ParameterList(reading: &cursor, limits: limits)
    }

    /// The file name, extended or plain, as the sender wrote it: it may hold path separators and is never to be trusted.
    public var fileName: String? { parameters.extended("filename") }
}
