public import NIOCore
import NIOPosix

/// A TCP socket that takes connections on a free port.
public final class PeerListener: Sendable {
    private let channel: any Channel
    /// The connections, in the order in which they were made.
    public let accepted: Mailbox<Peer>
    /// Where it listens.
    public let address: SocketAddress

    private init(_ channel: any Channel, accepted: Mailbox<Peer>, address: SocketAddress) {
        self.channel = channel
        self.accepted = accepted
        self.address = address
    }

    /// Binds a free port of a loopback address.
    public static func bind(host: String = "127.0.0.1") async throws -> PeerListener {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let accepted = Mailbox<Peer>(eventLoop: eventLoop)
        let channel = try await ServerBootstrap(group: eventLoop)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { accepted.put(try Peer(channel)) }
            }
            .bind(host: host, port: 0)
            .get()
        guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return PeerListener(channel, accepted: accepted, address: address)
    }

    /// The port.
    public var port: Int { address.port ?? 0 }

    /// Stops listening.
    public func close() async throws {
        try await channel.close().get()
    }
}
