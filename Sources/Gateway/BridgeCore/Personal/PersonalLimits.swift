/// Bounds of the flow of personal events; times in milliseconds.
public struct PersonalLimits: Sendable, Equatable {
    /// Bytes that one item may have.
    public var itemBytes = 16 << 10
    /// Kinds of things that one presentity may tell.
    public var items = 16
    /// Watches of which something is kept that presentities of the XMPP shore tell.
    public var watches = 100_000
    /// Devices of one watcher that are told of one presentity.
    public var devices = 100
    /// Bytes of all items, and of the names of the devices that want some.
    public var bytes = 64 << 20
    /// Between two events of one presentity to one watcher.
    ///
    /// Source: RFC 3856 §6.10.
    public var pace: Int64 = 5_000

    /// The defaults.
    public init() {}
}
