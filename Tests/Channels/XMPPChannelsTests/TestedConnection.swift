import Loopback
import NIOCore
import NIOPosix
import XMLStreams
import XMPPChannels

/// A connection on a loop, with all it told in order but the ends of batches.
final class TestedConnection: Sendable {
    let events: Mailbox<XMPPConnection.Event>
    private let eventLoop: any EventLoop
    private let connection: NIOLoopBound<XMPPConnection>

    private init(
        eventLoop: any EventLoop,
        events: Mailbox<XMPPConnection.Event>,
        connection: NIOLoopBound<XMPPConnection>
    ) {
        self.eventLoop = eventLoop
        self.events = events
        self.connection = connection
    }

    static func make(
        limits: XML.Limits = XML.Limits(),
        excess: XML.ExcessPolicy = .failsStream
    ) async throws -> TestedConnection {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        return try await eventLoop.submit {
            let events = Mailbox<XMPPConnection.Event>(eventLoop: eventLoop)
            let connection = XMPPConnection(eventLoop: eventLoop, limits: limits, excess: excess) { event in
                if case .batchEnded = event { return }
                events.put(event)
            }
            return TestedConnection(
                eventLoop: eventLoop,
                events: events,
                connection: NIOLoopBound(connection, eventLoop: eventLoop)
            )
        }.get()
    }

    /// Makes a connection that stands, and its other side.
    static func pair(host: String = "127.0.0.1") async throws -> (TestedConnection, Peer) {
        let listener = try await PeerListener.bind(host: host)
        let tested = try await make()
        try await tested.run { $0.connect(host: host, port: listener.port) }
        let event = try await tested.events.next()
        guard case .connected = event else { throw Unexpected(event: event) }
        return (tested, try await listener.accepted.next())
    }

    /// Does something on the loop.
    func run(_ work: @escaping @Sendable (XMPPConnection) -> Void) async throws {
        try await eventLoop.submit { [connection] in work(connection.value) }.get()
    }

    /// The next event, which must be of the stream.
    func nextOfStream() async throws -> XML.StreamEvent {
        let event = try await events.next()
        guard case .stream(let part) = event else { throw Unexpected(event: event) }
        return part
    }

    /// The next event, which must be the end: why.
    func nextEnd() async throws -> String {
        let event = try await events.next()
        guard case .closed(let reason) = event else { throw Unexpected(event: event) }
        return reason
    }
}

/// Another event came.
struct Unexpected: Error {
    let event: XMPPConnection.Event
}
