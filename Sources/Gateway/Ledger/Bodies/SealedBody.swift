/// The forms that an item has on its way.
public enum BodyForm: Int64, Sendable, CaseIterable {
    /// As it was received.
    case source = 0
    /// As Message/CPIM.
    case canonical = 1
    /// As it was last sent.
    case target = 2

    /// The word in output: `source`, `canonical`, `target`.
    public var name: String {
        switch self {
        case .source: "source"
        case .canonical: "canonical"
        case .target: "target"
        }
    }
}

/// One form of an item as ciphertext.
public struct SealedBody: Sendable, Equatable {
    /// The id of the item.
    public let crossing: Int64
    /// Which form.
    public let form: BodyForm
    /// The key that opens it.
    public let key: Int64
    /// When the item was accepted: milliseconds since 1970-01-01T00:00:00Z.
    public let accepted: Int64
    /// Nonce, ciphertext and tag; empty where they were erased.
    public let sealed: [UInt8]
}

/// Keys that go together with the ciphertexts under them, and what must not stand in the way.
public struct BodyErasure: Sendable, Equatable {
    /// The keys.
    public var keys: [BodyKeyEntry]
    /// The addresses whose open items stand in the way, in the form by which order is kept; an item counts when all of
    /// them are its ends.
    public var people: [String]
    /// The UTC days of acceptance on which they do.
    public var days: ClosedRange<Int64>
    /// Whether the digests in the records can still be checked against a text that somebody else has kept.
    public var leavesDigests: Bool

    /// Names what goes.
    ///
    /// - Parameters:
    ///   - keys: the keys; at most a few thousand, as all go in one transaction.
    ///   - people: whose open items stand in the way: one person, two of a conversation, or none.
    ///   - days: the UTC days, counted from 1970-01-01.
    ///   - leavesDigests: whether digests keep their meaning.
    public init(
        keys: [BodyKeyEntry],
        people: [String] = [],
        days: ClosedRange<Int64> = 0...0,
        leavesDigests: Bool = false
    ) {
        self.keys = keys
        self.people = people
        self.days = days
        self.leavesDigests = leavesDigests
    }
}
