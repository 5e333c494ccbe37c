/// A token with parameters: one value of Event, Subscription-State, Accept, Accept-Encoding and their like.
public struct SIPToken: Sendable {
    let bytes: [UInt8]
    let range: Range<Int>

    /// The parameters in order.
    public let parameters: SIPParameters

    /// The token as received: `presence`, `active`, `text/*`, `gzip`.
    public var name: String { bytes[range].filter { !$0.isBlank }.repairedText }

    /// The `q` parameter in thousandths: 1000 when there is none, 0 when it is wrong.
    public var weight: Int {
        guard let value = parameters["q"] else { return 1_000 }
        return value.rawValue.flatMap { QualityValue.thousandths($0) } ?? 0
    }
}

/// One value of a Warning header field.
///
/// Source: RFC 3261 §20.43.
public struct SIPWarning: Sendable, Equatable {
    /// The code, three digits.
    public let code: Int
    /// Who warns: a host, with or without port, or a name.
    public let agent: String
    /// The text.
    public let text: String

    /// Makes a value.
    public init(code: Int, agent: String, text: String) {
        self.code = code
        self.agent = agent
        self.text = text
    }
}

extension SIPHeaders {
    /// The elements of a header field that lists tokens: Allow, Supported, Require, Proxy-Require, Unsupported,
    /// Allow-Events, Content-Encoding, Content-Language, In-Reply-To.
    ///
    /// Empty elements are stepped over, and nothing else is checked.
    ///
    /// Source: RFC 3261 §7.3.1.
    public func list(_ name: SIPHeaderName) -> [String] {
        var result: [String] = []
        guard has(name) else { return result }
        for field in all(name) {
            for part in field.value.split(separator: UInt8(ascii: ",")) {
                let trimmed = part.drop(while: \.isBlank).trimmingBlanks
                if !trimmed.isEmpty { result.append(trimmed.repairedText) }
            }
        }
        return result
    }

    /// The methods of the Allow header fields; nil when there is none.
    public var allow: [SIPMethod]? { has(.allow) ? list(.allow).map { SIPMethod($0) } : nil }

    /// The values of the Privacy header fields, which semicolons separate, in lower case.
    ///
    /// Source: RFC 3325 §9.3.
    public var privacy: [String] {
        all(.privacy).flatMap { field in
            field.value.split { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") }.map { part in
                part.drop(while: \.isBlank).trimmingBlanks.map(\.lowered).repairedText
            }
        }
    }

    /// The values of a header field that lists tokens, or media ranges, with parameters.
    ///
    /// - Parameter name: Accept, Accept-Encoding, Accept-Language, Event, Subscription-State, Session-Expires.
    /// - Returns: the values in order.
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func tokens(_ name: SIPHeaderName) throws(SIPError) -> [SIPToken] {
        var result: [SIPToken] = []
        for entry in entries where entry.name == name && !entry.value.isEmpty {
            var cursor = HeaderCursor(bytes, entry.value, of: name)
            repeat {
                let start = cursor.index
                guard !cursor.token().isEmpty else { throw cursor.fault("A token is missing.") }
                var end = cursor.index
                if cursor.takeSeparator(UInt8(ascii: "/")) {
                    guard !cursor.token().isEmpty else { throw cursor.fault("A token is missing.") }
                    end = cursor.index
                }
                let parameters = SIPParameters(bytes: bytes, range: try cursor.parameters())
                result.append(SIPToken(bytes: bytes, range: start..<end, parameters: parameters))
            } while try cursor.takeComma()
        }
        return result
    }

    /// The Warning values.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func warnings() throws(SIPError) -> [SIPWarning] {
        var result: [SIPWarning] = []
        for entry in entries where entry.name == .warning {
            var cursor = HeaderCursor(bytes, entry.value, of: .warning)
            repeat {
                let start = cursor.index
                guard let code = cursor.number(), cursor.index - start == 3 else {
                    throw cursor.fault("A warning begins with three digits.")
                }
                cursor.skipBlanks()
                let agent = cursor.run { $0 == UInt8(ascii: ",") }
                cursor.skipBlanks()
                let text = try cursor.quotedString()
                result.append(
                    SIPWarning(
                        code: Int(code),
                        agent: bytes[agent].repairedText,
                        text: QuotedText.decoded(bytes[text])
                    )
                )
            } while try cursor.takeComma()
        }
        return result
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without white space at their end.
    var trimmingBlanks: ArraySlice<UInt8> {
        var result = self
        while let last = result.last, last.isBlank { result.removeLast() }
        return result
    }
}
