/// One message header: its octets as received, its identity, and its value.
///
/// Source: RFC 3862 §2.2, §3.
public struct CPIMHeader: Sendable, Equatable, CustomStringConvertible {
    /// One `;name=value` between the colon and the space.
    public struct Parameter: Sendable, Hashable {
        /// The name; names compare exactly.
        public let name: String
        /// The plain value: quotes removed, escapes undone.
        public let value: String

        /// Makes a parameter.
        ///
        /// - Parameters:
        ///   - name: NAMECHARs of RFC 3862 §3.6.
        ///   - value: plain text.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// Takes `*( ";" Parameter )`; nothing when a parameter is malformed.
        static func takeAll(_ rest: inout ArraySlice<UInt8>) -> [Parameter]? {
            var parameters: [Parameter] = []
            while rest.take(UInt8(ascii: ";")) {
                let name = rest.take(while: \.isNameCharacter)
                guard !name.isEmpty, rest.take(UInt8(ascii: "=")) else { return nil }
                let value: String
                if rest.first == UInt8(ascii: "\"") {
                    guard let quoted = CPIMEscape.takeQuoted(&rest) else { return nil }
                    value = quoted
                } else {
                    let token = rest.take(while: \.isTokenCharacter)
                    guard !token.isEmpty else { return nil }
                    value = String(decoding: token, as: UTF8.self)
                }
                parameters.append(Parameter(name: String(decoding: name, as: UTF8.self), value: value))
            }
            return parameters
        }
    }

    /// The line without its line end.
    public let raw: ArraySlice<UInt8>
    /// The byte, from 0, at which the line starts in the object.
    public let offset: Int
    /// The prefix before the dot; nothing when there is none.
    public let prefix: String?
    /// The name after the dot, or the whole name.
    public let name: String
    /// The namespace URI; nothing when the prefix was not declared before.
    public let namespace: String?
    /// The parameters in order.
    public let parameters: [Parameter]
    /// The octets of the value, blanks at both ends removed, escapes as they stand.
    public let value: ArraySlice<UInt8>

    /// The value with its escapes undone; it may hold control characters, which XML cannot carry.
    public var unescapedValue: String { CPIMEscape.unescape(value) }

    /// Whether the header is the one that namespace and local name identify, whatever its prefix.
    ///
    /// - Parameter identity: the identity to compare with.
    /// - Returns: whether both parts are equal.
    public func isNamed(_ identity: CPIMName) -> Bool { name == identity.local && namespace == identity.namespace }

    /// The identity; nothing when the prefix was not declared.
    public var identity: CPIMName? { namespace.map { CPIMName($0, name) } }

    /// The value of the first parameter of this name.
    ///
    /// - Parameter name: compared exactly.
    /// - Returns: the plain value; nothing when there is no such parameter.
    public func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The line as text.
    public var description: String { String(decoding: raw, as: UTF8.self) }
}

/// A header line taken apart, its prefix not looked up.
///
/// Source: RFC 3862 §3.6.
struct HeaderLine {
    var prefix: ArraySlice<UInt8>?
    var name: ArraySlice<UInt8>
    var parameters: [CPIMHeader.Parameter]
    var value: ArraySlice<UInt8>
    /// Whether not exactly one space stood before the value, or blanks after it.
    var hasOddSpacing: Bool

    /// Reads `Header-name ":" *( ";" Parameter ) SP Header-value`; nothing when the line is no header.
    init?(_ line: ArraySlice<UInt8>) {
        var rest = line
        guard let full = FullName(&rest), rest.take(UInt8(ascii: ":")) else { return nil }
        prefix = full.prefix
        name = full.name
        guard let parameters = CPIMHeader.Parameter.takeAll(&rest) else { return nil }
        self.parameters = parameters
        let blanks = rest.take(while: \.isBlank)
        value = rest.withoutTrailingBlanks
        // An empty value leaves the one space at the end of the line, where the grammar has it.
        let isOneSpace = blanks.count == 1 && blanks.first == 0x20
        hasOddSpacing = !isOneSpace || value.count != rest.count
    }
}

/// `[ Name-prefix "." ] Name`.
///
/// Source: RFC 3862 §3.6.
struct FullName {
    let prefix: ArraySlice<UInt8>?
    let name: ArraySlice<UInt8>

    /// Takes a name from the start of the octets; nothing when there is none or it has a second dot.
    init?(_ rest: inout ArraySlice<UInt8>) {
        let first = rest.take(while: \.isNameCharacter)
        guard !first.isEmpty else { return nil }
        guard rest.take(UInt8(ascii: ".")) else {
            prefix = nil
            name = first
            return
        }
        let second = rest.take(while: \.isNameCharacter)
        guard !second.isEmpty, rest.first != UInt8(ascii: ".") else { return nil }
        prefix = first
        name = second
    }
}
