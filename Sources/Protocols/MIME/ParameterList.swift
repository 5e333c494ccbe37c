/// The parameters of a media type or disposition, in the order received.
///
/// Names compare without regard to US-ASCII case. When a name occurs twice the first counts.
///
/// Source: RFC 2045 §5.1, RFC 2183 §2.
public struct ParameterList: Sendable, Equatable, Sequence {
    /// One `name=value` pair.
    public struct Parameter: Sendable, Equatable {
        /// The name in the spelling received.
        public var name: String
        /// The value without quotes and with its escapes undone.
        public var value: String

        /// Makes a parameter.
        ///
        /// - Parameters:
        ///   - name: a token.
        ///   - value: the plain value; quotes are added when it is written.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private var all: [Parameter]

    /// Makes a list.
    ///
    /// - Parameter parameters: the pairs in order.
    public init(_ parameters: [Parameter] = []) { all = parameters }

    /// The number of parameters.
    public var count: Int { all.count }

    /// Whether there are no parameters.
    public var isEmpty: Bool { all.isEmpty }

    /// The value of the first parameter of this name.
    public subscript(name: String) -> String? {
        all.first { $0.name.utf8.span.equalsIgnoringCase(name.utf8.span) }?.value
    }

    /// Goes through the parameters in order.
    public func makeIterator() -> IndexingIterator<[Parameter]> { all.makeIterator() }

    /// Adds a parameter at the end.
    public mutating func append(_ parameter: Parameter) { all.append(parameter) }

    /// Reads `*( ";" parameter )` up to the end of the value, stepping over a lone `;`.
    init(reading cursor: inout ValueCursor, limits: MIMELimits) throws(MIMEError) {
        all = []
        while true {
            try cursor.skipBlanks()
            if cursor.isAtEnd { return }
            guard cursor.take(UInt8(ascii: ";")) else {
                throw MIMEError(.invalidParameter, "A ';' was expected before a parameter.", at: cursor.offset)
            }
            try cursor.skipBlanks()
            if cursor.isAtEnd { return }
            if cursor.next == UInt8(ascii: ";") { continue }
            let start = cursor.offset
            let name = cursor.token()
            try cursor.skipBlanks()
            guard !name.isEmpty, cursor.take(UInt8(ascii: "=")) else {
                throw MIMEError(.invalidParameter, "A parameter is not 'name=value'.", at: start)
            }
            try cursor.skipBlanks()
            let valueStart = cursor.offset
            let value: String?
            if cursor.next == UInt8(ascii: "\"") {
                value = String(validating: try cursor.quotedString(), as: UTF8.self)
            } else {
                let octets = cursor.looseToken()
                guard !octets.isEmpty else {
                    throw MIMEError(.invalidParameter, "A parameter has no value.", at: valueStart)
                }
                value = octets.validText
            }
            guard let value else {
                throw MIMEError(.invalidUTF8, "A parameter value is not UTF-8.", at: valueStart)
            }
            guard all.count < limits.parameters else {
                throw MIMEError(.tooManyParameters, "There are more than \(limits.parameters) parameters.", at: start)
            }
            all.append(Parameter(name: String(decoding: name, as: UTF8.self), value: value))
        }
    }

    /// Writes `; name=value` for each parameter; the value is quoted unless it is a token.
    func write(to output: inout [UInt8]) {
        for parameter in all {
            output.append(contentsOf: "; \(parameter.name)=".utf8)
            let value = parameter.value.utf8
            if !value.isEmpty, value.allSatisfy(\.isToken) {
                output.append(contentsOf: value)
                continue
            }
            output.append(UInt8(ascii: "\""))
            for octet in value where !octet.isControl || octet == 0x09 {
                if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") { output.append(UInt8(ascii: "\\")) }
                output.append(octet)
            }
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Whether both lists give each name the same value, in any order (RFC 2045 §5.1).
    func matches(_ other: ParameterList) -> Bool {
        all.count == other.all.count && all.allSatisfy { other[$0.name] == $0.value }
            && other.all.allSatisfy { self[$0.name] == $0.value }
    }
}
