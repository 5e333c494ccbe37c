/// A sip: or sips: URI, every part in the spelling it was given.
///
/// A value that exists is valid by the grammar of RFC 3261 §25.1, apart from the leniencies that the reader names.
/// Nothing is percent-decoded: ``user`` and the parameters hold escaped text.
///
/// `==` and `hash(into:)` form an equivalence that serves dictionary keys: all parts compare as in RFC 3261 §19.1.4,
/// but a parameter that only one side has makes the two different, and `gr` values compare case-sensitively.
/// The rule of RFC 3261 itself is not transitive; it is ``isEquivalent(to:)``.
public struct SIPURI: Sendable {
    /// The largest URI that is read, in bytes.
    public static let textLimit = 8192

    /// The largest number of parameters.
    public static let parameterLimit = 64

    /// Whether the scheme is sips.
    public var isSecure: Bool

    /// The escaped user part, at least one byte; nil when the URI names a host only.
    public private(set) var user: String?

    /// The escaped password, possibly empty; nil when there is none.
    public private(set) var password: String?

    /// The host.
    public var host: Host

    /// The port; nil when none is written, which is not the same as the default.
    public var port: UInt16?

    /// The URI parameters in order; no name occurs twice.
    public private(set) var parameters: [Parameter]

    /// The escaped text after `?`, without it; nil when there is none.
    public private(set) var headers: String?

    /// Makes a URI from parts.
    ///
    /// - Parameters:
    ///   - user: escaped text, as from ``PercentEncoding/encode(_:keeping:)-(String,_)`` with ``ByteSet/sipUser``.
    ///   - password: escaped text.
    ///   - host: name or literal.
    ///   - port: nil to write none.
    ///   - parameters: without a name twice, at most ``parameterLimit``.
    ///   - headers: escaped text without the question mark.
    ///   - isSecure: true for sips.
    /// - Throws: ``AddressError``; the offset counts in the faulty part.
    public init(
        user: String?,
        password: String? = nil,
        host: Host,
        port: UInt16? = nil,
        parameters: [Parameter] = [],
        headers: String? = nil,
        isSecure: Bool = false
    ) throws(AddressError) {
        if let user {
            guard !user.isEmpty else { throw AddressError(.empty, "The user part is empty.") }
            try EscapedText.check(user, allowed: .sipUser)
        }
        if let password {
            guard user != nil else { throw AddressError(.empty, "A password stands without a user part.") }
            try EscapedText.check(password, allowed: .sipPassword)
        }
        if let headers {
            guard !headers.isEmpty else { throw AddressError(.empty, "The header part is empty.") }
            try EscapedText.check(headers, allowed: SIPURI.headerBytes)
        }
        try Parameter.checkUnique(parameters)
        self.init(
            unchecked: (user, password),
            host: host,
            port: port,
            parameters: parameters,
            headers: headers,
            isSecure: isSecure
        )
    }

    init(
        unchecked userinfo: (user: String?, password: String?),
        host: Host,
        port: UInt16?,
        parameters: [Parameter],
        headers: String?,
        isSecure: Bool
    ) {
        self.isSecure = isSecure
        self.user = userinfo.user
        self.password = userinfo.password
        self.host = host
        self.port = port
        self.parameters = parameters
        self.headers = headers
    }

    /// The bytes of the whole header part: names, values and their separators.
    static let headerBytes = ByteSet.sipHeader.union(ByteSet("=&"))

    /// The user part with escapes undone once, read as UTF-8; nil when there is none.
    ///
    /// - Throws: ``AddressError`` with `.malformedUTF8`.
    public func decodedUser() throws(AddressError) -> String? {
        guard let user else { return nil }
        return try PercentEncoding.decodeUTF8(user)
    }

    /// The URI of the same user and host alone: no password, port, parameters or headers.
    public var addressOfRecord: SIPURI {
        SIPURI(unchecked: (user, nil), host: host, port: nil, parameters: [], headers: nil, isSecure: isSecure)
    }
}

// MARK: - Parameters

extension SIPURI {
    /// A URI parameter in its escaped spelling.
    public struct Parameter: Sendable, Hashable, CustomStringConvertible {
        /// The escaped name as written, at least one byte.
        public let name: String

        /// The escaped value, at least one byte; nil when there is none.
        public let value: String?

        /// Makes a parameter from escaped texts.
        ///
        /// - Parameters:
        ///   - name: at least one byte.
        ///   - value: nil for a parameter without value.
        /// - Throws: ``AddressError`` with `.malformedParameter` or `.malformedPercent`.
        public init(name: String, value: String? = nil) throws(AddressError) {
            guard !name.isEmpty, value?.isEmpty != true else {
                throw AddressError(.malformedParameter, "A parameter has an empty name or value.")
            }
            try EscapedText.check(name, allowed: .sipParameter, code: .malformedParameter)
            if let value { try EscapedText.check(value, allowed: .sipParameter, code: .malformedParameter) }
            self.init(uncheckedName: name, value: value)
        }

        init(uncheckedName name: String, value: String?) {
            self.name = name
            self.value = value
        }

        /// The name with escapes of unreserved characters undone, in lower case.
        public var canonicalName: String { PercentEncoding.canonical(name, lowercased: true) }

        /// The value with escapes of unreserved characters undone, in lower case except for `gr`.
        public var canonicalValue: String? {
            guard let value else { return nil }
            return PercentEncoding.canonical(value, lowercased: canonicalName != "gr")
        }

        /// Whether name and value are the same by the rules of RFC 3261 §19.1.4, with `gr` values case-sensitive.
        public static func == (left: Parameter, right: Parameter) -> Bool {
            left.canonicalName == right.canonicalName && left.canonicalValue == right.canonicalValue
        }

        /// Hashes what `==` compares.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(canonicalName)
            hasher.combine(canonicalValue)
        }

        /// The parameter as it is written, without the semicolon.
        public var description: String {
            if let value { name + "=" + value } else { name }
        }

        static func checkUnique(_ parameters: [Parameter]) throws(AddressError) {
            guard parameters.count <= SIPURI.parameterLimit else {
                throw AddressError(.tooLong, "The URI has more than \(SIPURI.parameterLimit) parameters.")
            }
            if parameters.count < 2 { return }
            var seen: Set<String> = []
            for parameter in parameters where !seen.insert(parameter.canonicalName).inserted {
                throw AddressError(.duplicateParameter, "The parameter \(parameter.name) occurs twice.")
            }
        }
    }

    /// What a URI says about a parameter.
    public enum ParameterValue: Sendable, Equatable {
        /// The URI does not have the parameter.
        case absent
        /// The parameter stands without value, as in `;lr`.
        case valueless
        /// The parameter has this escaped value.
        case value(String)

        /// The escaped value; nil for the other cases.
        public var text: String? {
            if case .value(let text) = self { text } else { nil }
        }

        /// Whether the URI has the parameter, with or without value.
        public var isPresent: Bool { self != .absent }
    }

    /// Looks a parameter up by its lower-case name; escapes and case of the written name do not matter.
    public func parameter(_ name: String) -> ParameterValue {
        for parameter in parameters where parameter.canonicalName == name {
            if let value = parameter.value { return .value(value) }
            return .valueless
        }
        return .absent
    }

    /// The same URI with the parameter set, in place when it is there, else at the end.
    ///
    /// - Parameters:
    ///   - name: escaped text.
    ///   - value: escaped text, or nil for a parameter without value.
    /// - Returns: the changed URI.
    /// - Throws: ``AddressError`` with `.malformedParameter`, `.malformedPercent` or `.tooLong`.
    public func setting(_ name: String, to value: String?) throws(AddressError) -> SIPURI {
        let parameter = try Parameter(name: name, value: value)
        var result = self
        if let index = parameters.firstIndex(where: { $0.canonicalName == parameter.canonicalName }) {
            result.parameters[index] = parameter
        } else {
            result.parameters.append(parameter)
            try Parameter.checkUnique(result.parameters)
        }
        return result
    }

    /// The same URI without the parameter of that lower-case name.
    public func removing(_ name: String) -> SIPURI {
        var result = self
        result.parameters.removeAll { $0.canonicalName == name }
        return result
    }

    /// The same URI without the part after `?`.
    public func removingHeaders() -> SIPURI {
        var result = self
        result.headers = nil
        return result
    }
}
