/// What is asked of the DNS.
public struct DNSQuestion: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public var name: DNSName
    /// The type of its records.
    public var type: RecordType

    /// Makes a question.
    public init(_ name: DNSName, _ type: RecordType) {
        self.name = name
        self.type = type
    }

    /// Name and type.
    public var description: String { "\(name) \(type)" }
}

/// What the DNS says to a question.
public struct DNSAnswer: Sendable, Equatable {
    /// What was learned.
    public enum Outcome: Sendable, Equatable {
        /// Records of the type, at least one.
        case records([DNSRecord])
        /// The name does not exist (NXDOMAIN).
        case noSuchName
        /// The name exists and has no such records (NODATA).
        case noData
        /// Nothing was learned.
        case failed(ResolverFailure)
    }

    /// What was learned.
    public var outcome: Outcome
    /// Whether DNSSEC proves the outcome, the aliases on the way included.
    ///
    /// What contradicts DNSSEC is no answer, but ``ResolverFailure/bogus(_:)``.
    public var isSecure: Bool
    /// Seconds that the outcome counts.
    public var seconds: UInt32
    /// The names that were gone through, the one asked for first.
    public var names: [DNSName]

    /// Makes an answer.
    public init(_ outcome: Outcome, isSecure: Bool = false, seconds: UInt32 = 0, names: [DNSName] = []) {
        self.outcome = outcome
        self.isSecure = isSecure
        self.seconds = seconds
        self.names = names
    }

    /// An answer with nothing learned.
    public static func failed(_ failure: ResolverFailure) -> DNSAnswer { DNSAnswer(.failed(failure)) }

    /// The failure, when nothing was learned.
    public var failure: ResolverFailure? {
        if case .failed(let failure) = outcome { failure } else { nil }
    }

    /// The records, none when there are none or nothing was learned.
    public var records: [DNSRecord] {
        if case .records(let records) = outcome { records } else { [] }
    }
}

/// Why nothing was learned.
public enum ResolverFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Every server failed, refused or kept silent; the code is that of RFC 1035 §4.1.1, 2 for SERVFAIL.
    case serverFailure(code: Int)
    /// The answer contradicts DNSSEC, for this reason.
    case bogus(String)
    /// Nobody answered in time.
    case timedOut
    /// Too many questions are open.
    case overloaded
    /// The answer cannot be read.
    case malformed(String)
    /// The resolver was stopped.
    case stopped
    /// The library refused the question.
    case refused(String)

    /// A sentence for operators.
    public var description: String {
        switch self {
        case .serverFailure(let code): "the DNS servers failed (\(Self.name(code)))"
        case .bogus(let reason): "DNSSEC validation failed: \(reason)"
        case .timedOut: "no answer in time"
        case .overloaded: "too many questions are open"
        case .malformed(let reason): "the answer cannot be read: \(reason)"
        case .stopped: "the resolver was stopped"
        case .refused(let reason): "the question cannot be asked: \(reason)"
        }
    }

    private static func name(_ code: Int) -> String {
        switch code {
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        default: "RCODE \(code)"
        }
    }
}
