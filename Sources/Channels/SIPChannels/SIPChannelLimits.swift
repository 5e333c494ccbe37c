/// Bounds of the SIP sockets.
public struct SIPChannelLimits: Sendable, Equatable {
    /// The largest message over a connection, in bytes.
    public var message = 1 << 20
    /// Open connections in all, accepted and made.
    public var connections = 1_000
    /// Seconds without a byte from the peer after which a connection is closed.
    public var idleSeconds: Int64 = 600
    /// Seconds that a connection attempt may take.
    public var connectSeconds: Int64 = 10
    /// Bytes that may wait for a connection to open.
    public var pendingBytes = 4 << 20
    /// The size of the receive buffer asked of the system for UDP.
    public var receiveBuffer = 4 << 20

    /// The defaults.
    public init() {}
}
