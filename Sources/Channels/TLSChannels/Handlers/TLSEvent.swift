/// What a ``TLSHandler`` tells the handlers behind it, as inbound user events.
public enum TLSEvent: Hashable, Sendable {
    /// Both ends agree; what is read and written from here on is protected.
    ///
    /// Whether the peer is who it should be is for the receiver to decide.
    case handshakeCompleted(TLSPeer)
    /// The peer sent what the next session with it can be resumed by.
    case resumable(TLSResumption)
    /// The peer said goodbye and reads on; told only where half a connection may be closed.
    case closedByPeer

    /// Whether two events are the same.
    ///
    /// - Parameters:
    ///   - left: one event.
    ///   - right: the other event.
    /// - Returns: true when they tell the same; two tickets are the same when they are one object.
    public static func == (left: TLSEvent, right: TLSEvent) -> Bool {
        switch (left, right) {
        case (.handshakeCompleted(let left), .handshakeCompleted(let right)): left == right
        case (.resumable(let left), .resumable(let right)): left === right
        case (.closedByPeer, .closedByPeer): true
        default: false
        }
    }

    /// Feeds the event to a hasher.
    ///
    /// - Parameter hasher: the hasher to feed.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .handshakeCompleted(let peer): hasher.combine(peer)
        case .resumable(let resumption): hasher.combine(ObjectIdentifier(resumption))
        case .closedByPeer: hasher.combine(0)
        }
    }
}
