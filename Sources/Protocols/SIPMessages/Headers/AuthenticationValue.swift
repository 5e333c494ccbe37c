/// A scheme with its parameters: the value of Authorization, Proxy-Authorization, WWW-Authenticate or
/// Proxy-Authenticate.
///
/// Source: RFC 3261 §20.7, §25.1.
public struct AuthenticationValue: Sendable, Equatable {
    /// One parameter.
    public struct Parameter: Sendable, Equatable {
        /// The name in lower case.
        public let name: String
        /// The value, quotation marks and escapes undone.
        public let value: String
        /// Whether the value stood in quotation marks.
        public let isQuoted: Bool
    }

    /// The scheme as received, such as `Digest`.
    public let scheme: String
    /// The parameters in order.
    public let parameters: [Parameter]

    /// The value of the first parameter of a name, given in lower case.
    public subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The number of parameters that are read.
    public static let parameterLimit = 64

    init(reading cursor: inout HeaderCursor) throws(SIPError) {
        let bytes = cursor.bytes
        let scheme = cursor.token()
        guard !scheme.isEmpty else { throw cursor.fault("A scheme is missing.") }
        self.scheme = bytes[scheme].repairedText
        cursor.skipBlanks()
        var parameters: [Parameter] = []
        while !cursor.isAtEnd {
            let name = cursor.token()
            guard !name.isEmpty, cursor.takeSeparator(UInt8(ascii: "=")) else {
                throw cursor.fault("A parameter is not 'name=value'.")
            }
            let isQuoted = cursor.next == UInt8(ascii: "\"")
            let start = cursor.index
            try cursor.skipParameterValue()
            guard parameters.count < Self.parameterLimit else { throw cursor.fault("There are too many parameters.") }
            parameters.append(
                Parameter(
                    name: bytes[name].map(\.lowered).repairedText,
                    value: QuotedText.decoded(bytes[start..<cursor.index]),
                    isQuoted: isQuoted
                )
            )
            if try !cursor.takeComma() { break }
        }
        self.parameters = parameters
    }
}

extension SIPHeaders {
    /// The values of an authentication header field, one for each field; a comma does not begin another value.
    ///
    /// - Parameter name: Authorization, Proxy-Authorization, WWW-Authenticate or Proxy-Authenticate.
    /// - Returns: the values in order; a field that is malformed is left out.
    ///
    /// Source: RFC 3261 §7.3.1.
    public func authentication(_ name: SIPHeaderName) -> [AuthenticationValue] {
        var result: [AuthenticationValue] = []
        for entry in entries where entry.name == name {
            var cursor = HeaderCursor(bytes, entry.value, of: name)
            do throws(SIPError) {
                result.append(try AuthenticationValue(reading: &cursor))
            } catch {
                continue
            }
        }
        return result
    }
}
