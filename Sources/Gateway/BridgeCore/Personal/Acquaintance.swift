/// What somebody of the XMPP shore may know of a user of the CPIM shore beside its presence.
public struct Acquaintance: Sendable, Equatable {
    /// How many seconds ago the user, or the device that was asked about, was active; nil when that is not known.
    public var idleSeconds: Int64?
    /// What the user tells of itself.
    public var items: [PersonalItem]

    /// Makes an acquaintance.
    ///
    /// - Parameters:
    ///   - idleSeconds: how many seconds ago the user was active.
    ///   - items: what the user tells of itself.
    public init(idleSeconds: Int64? = nil, items: [PersonalItem] = []) {
        self.idleSeconds = idleSeconds
        self.items = items
    }
}
