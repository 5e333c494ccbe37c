import XMLStreams
import XMPPStanzas

/// What a server asks about a domain, and what it is asked.
///
/// Source: XEP-0220 §2.1.2.
public struct DialbackRequest: Hashable, Sendable {
    /// The gateway's domain, and the one whose proof is open.
    public let pair: DomainPair
    /// The id of the stream on which the key was shown.
    public let stream: String
    /// The key.
    public let key: String

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - pair: the gateway's domain, and the one whose proof is open.
    ///   - stream: the id of the stream on which the key was shown.
    ///   - key: the key.
    public init(pair: DomainPair, stream: String, key: String) {
        self.pair = pair
        self.stream = stream
        self.key = key
    }
}

/// What an authoritative server says about a key.
///
/// Source: XEP-0220 §2.1.2.
public enum DialbackVerdict: Sendable, Equatable {
    /// The key is its own.
    case valid
    /// It is not.
    case invalid
    /// Nobody can tell.
    case failed(DialbackFault)
}

/// Why dialback came to no answer.
///
/// Source: XEP-0220 §2.5.
public enum DialbackFault: String, Error, Sendable, CaseIterable {
    /// The addressed domain is not served.
    case itemNotFound = "item-not-found"
    /// The authoritative server cannot be reached.
    case remoteConnectionFailed = "remote-connection-failed"
    /// The sender's domain has no server.
    case remoteServerNotFound = "remote-server-not-found"
    /// The authoritative server kept silent or went away.
    case remoteServerTimeout = "remote-server-timeout"
    /// TLS is missing.
    case policyViolation = "policy-violation"
    /// A certificate is demanded.
    case notAuthorized = "not-authorized"
    /// The authoritative server called the key invalid.
    case forbidden
    /// The sender's domain cannot be the peer's.
    case notAcceptable = "not-acceptable"
    /// The stream has as many pairs as it may have.
    case resourceConstraint = "resource-constraint"
    /// A condition that is not listed.
    case undefinedCondition = "undefined-condition"

    /// The type of the error element.
    var kind: String {
        switch self {
        case .remoteServerTimeout, .resourceConstraint: "wait"
        case .notAuthorized, .forbidden: "auth"
        case .notAcceptable: "modify"
        case .itemNotFound, .remoteConnectionFailed, .remoteServerNotFound, .policyViolation, .undefinedCondition:
            "cancel"
        }
    }
}

/// A `result` or `verify` element.
///
/// Source: XEP-0220 §2.1, §2.2.
struct DialbackElement: Equatable {
    enum Kind: String, CaseIterable {
        /// A key for the receiving server, or its answer.
        case result
        /// A key for the authoritative server, or its answer.
        case verify
    }

    /// The `type` attribute.
    enum Answer: Equatable {
        case valid
        case invalid
        case error(DialbackFault)
        /// A type that does not exist.
        case unknown
    }

    var kind: Kind
    var from: String?
    var to: String?
    /// Only `verify` has one.
    var id: String?
    /// Nil for a question.
    var answer: Answer?
    /// White space around it removed; empty in answers.
    var key: String

    init(
        _ kind: Kind,
        from: String?,
        to: String?,
        id: String? = nil,
        answer: Answer? = nil,
        key: String = ""
    ) {
        self.kind = kind
        self.from = from
        self.to = to
        self.id = id
        self.answer = answer
        self.key = key
    }

    /// Reads an element of the namespace of dialback; nil for another one.
    init?(reading element: XML.Element) {
        guard element.isIn(XMPPNamespace.dialback), let kind = Kind(rawValue: element.name) else { return nil }
        self.init(kind, from: element.attribute("from"), to: element.attribute("to"), id: element.attribute("id"))
        key = AsciiText.trimmed(element.text)
        switch element.attribute("type") {
        case nil: answer = nil
        case "valid": answer = .valid
        case "invalid": answer = .invalid
        case "error": answer = .error(Self.fault(in: element))
        default: answer = .unknown
        }
    }

    private static func fault(in element: XML.Element) -> DialbackFault {
        for child in element.children where child.isNamed("error") {
            for condition in child.children where condition.isIn(XMPPNamespace.stanzaErrors) {
                if let fault = DialbackFault(rawValue: condition.name) { return fault }
            }
        }
        return .undefinedCondition
    }

    /// The element, for a stream whose header bound the prefix `db`.
    var bytes: [UInt8] {
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        var type: String?
        switch answer {
        case .valid: type = "valid"
        case .invalid: type = "invalid"
        case .error, .unknown: type = "error"
        case nil: type = nil
        }
        writer.start("db:\(kind.rawValue)", nil, ["from": from, "to": to, "id": id, "type": type])
        if case .error(let fault) = answer {
            writer.start("error", nil, ["type": fault.kind])
            writer.element(fault.rawValue, XMPPNamespace.stanzaErrors)
            writer.end()
        } else if !key.isEmpty {
            writer.text(key)
        }
        writer.end()
        return writer.bytes
    }
}
