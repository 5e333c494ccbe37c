/// How an address pair came to be stored.
public enum AddressKind: Int64, Sendable, CaseIterable {
    /// An operator wrote it.
    case explicit = 0
    /// It was seen in traffic, and the rules do not lead back to it.
    case learned = 1
    /// The rules give it, and its user was seen in traffic: nobody who differs in spelling alone may take the JID.
    ///
    /// Source: RFC 8265 §3.3.
    case derived = 2

    /// The word for it in files.
    public var name: String {
        switch self {
        case .explicit: "explicit"
        case .learned: "learned"
        case .derived: "derived"
        }
    }

    /// Finds the kind of a word in a file.
    ///
    /// The result is nil for any other word.
    ///
    /// - Parameter name: `explicit`, `learned` or `derived`.
    public init?(name: String) {
        guard let kind = AddressKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

/// One user's address on both shores.
///
/// The caller normalizes: `jid` and `uriKey` are compared byte by byte. Each of them is stored at most once.
public struct AddressPair: Sendable, Equatable {
    /// The address on the XMPP shore, normalized.
    public var jid: String
    /// The address on the CPIM shore, in the spelling by which it is reached.
    public var uri: String
    /// The address on the CPIM shore, normalized for comparison.
    public var uriKey: String
    /// How the pair came to be stored.
    public var kind: AddressKind
    /// The rule that made the pair.
    public var rule: String
    /// When the pair was first seen: milliseconds since 1970-01-01T00:00:00Z.
    public var firstSeen: Int64
    /// When the pair was last used: milliseconds since 1970-01-01T00:00:00Z.
    public var lastUsed: Int64

    /// Creates a pair.
    ///
    /// - Parameters:
    ///   - jid: the address on the XMPP shore, normalized.
    ///   - uri: the address on the CPIM shore, as it is reached.
    ///   - uriKey: the address on the CPIM shore, normalized for comparison.
    ///   - kind: how the pair came to be stored.
    ///   - rule: the rule that made the pair.
    ///   - firstSeen: when the pair was first seen.
    ///   - lastUsed: when the pair was last used.
    public init(
        jid: String,
        uri: String,
        uriKey: String,
        kind: AddressKind,
        rule: String = "",
        firstSeen: Int64,
        lastUsed: Int64
    ) {
        self.jid = jid
        self.uri = uri
        self.uriKey = uriKey
        self.kind = kind
        self.rule = rule
        self.firstSeen = firstSeen
        self.lastUsed = lastUsed
    }
}

/// Which address pairs to list.
public struct AddressFilter: Sendable, Equatable {
    /// Only pairs of this kind; nil for all but those that the rules give.
    public var kind: AddressKind?
    /// Only pairs whose JID or URI contains this text.
    public var containing: String?
    /// Only pairs last used before this moment: milliseconds since 1970-01-01T00:00:00Z.
    public var unusedSince: Int64?

    /// Creates a filter.
    ///
    /// - Parameters:
    ///   - kind: only pairs of this kind; nil for all but those that the rules give.
    ///   - containing: only pairs whose JID or URI contains this text.
    ///   - unusedSince: only pairs last used before this moment.
    public init(kind: AddressKind? = nil, containing: String? = nil, unusedSince: Int64? = nil) {
        self.kind = kind
        self.containing = containing
        self.unusedSince = unusedSince
    }
}
