/// Bounds of the SIP sockets.
public struct SIPChannelLimits: Sendable, Equatable {
    /// The largest message over a connection, in bytes.
    public var message = 1 << 20
    /// The largest message over a connection of a stranger, in bytes.
    public var strangerMessage = 128 << 10
    /// Open connections in all, accepted and made.
    public var connections = 1_000
    /// Open connections of strangers, so that they leave room for the neighbors.
    public var strangers = 500
    /// Seconds without a byte from the peer after which a connection is closed.
    public var idleSeconds: Int64 = 600
    /// Seconds within which a peer that connects sends its first message, and each message arrives in full.
    public var messageSeconds: Int64 = 30
    /// Seconds that a connection attempt may take.
    public var connectSeconds: Int64 = 10
    /// Seconds that the answers that are due may take on a connection from which nothing more is read.
    public var answerSeconds: Int64 = 2
    /// Seconds that a peer has for reading the last answers before its connection is closed.
    public var lingerSeconds: Int64 = 5
    /// Bytes that may wait for a connection to open, or for a neighbor to read.
    public var pendingBytes = 64 << 20
    /// Bytes that may wait for a peer that connected to read its answers.
    public var unreadBytes = 4 << 20
    /// Bytes that may wait in a UDP socket; what comes beyond them is lost, as datagrams may be.
    public var datagramBytes = 8 << 20
    /// The size of the receive buffer asked of the system for UDP.
    public var receiveBuffer = 4 << 20

    /// The defaults.
    public init() {}
}
