/// The counters that must balance.
///
/// received = accepted + refused + duplicate; accepted = delivered + failed + expired + waiting + sent + held.
public struct Balance: Sendable, Equatable {
    /// Items offered by a leg.
    public var received = 0
    /// Items stored.
    public var accepted = 0
    /// Items refused with a typed error.
    public var refused = 0
    /// Items that had come before.
    public var duplicate = 0
    /// Items that the other shore took.
    public var delivered = 0
    /// Items that failed.
    public var failed = 0
    /// Items whose time ran out.
    public var expired = 0
    /// Items between the offer and their commit.
    public var committing = 0
    /// Items stored and not sent.
    public var waiting = 0
    /// Items on the wire without a verdict.
    public var sent = 0

    /// Items stored that wait for a person.
    public var held = 0

    /// All at zero.
    public init() {}

    /// Whether both sums hold.
    public var holds: Bool {
        received == accepted + refused + duplicate + committing
            && accepted == delivered + failed + expired + waiting + sent + held
    }
}
