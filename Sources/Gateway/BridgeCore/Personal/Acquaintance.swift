/// What somebody of the XMPP shore may know of a user of the CPIM shore beside its presence.
public struct Acquaintance: Sendable, Equatable {
    /// How many seconds ago the user, or the device that was asked about, was active; nil when that is not known.
    public var idleSeconds: Int64?
    /// What the user tells of itself, of the node that was asked about.
    public var items: [PersonalItem]
    /// The name of the picture that is among the items; nil where none is.
    public var pictureID: String?

    /// Makes an acquaintance.
    ///
    /// - Parameters:
    ///   - idleSeconds: how many seconds ago the user was active.
    ///   - items: what the user tells of itself, of the node that was asked about.
    ///   - pictureID: the name of the picture that is among the items.
    public init(idleSeconds: Int64? = nil, items: [PersonalItem] = [], pictureID: String? = nil) {
        self.idleSeconds = idleSeconds
        self.items = items
        self.pictureID = pictureID
    }
}
