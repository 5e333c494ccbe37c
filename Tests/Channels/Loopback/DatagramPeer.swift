public import NIOCore
import NIOPosix

/// A UDP socket on a free port.
public final class DatagramPeer: Sendable {
    /// A datagram and who sent it.
    public typealias Datagram = (text: String, sender: SocketAddress)

    private let channel: any Channel
    /// What came, in order.
    public let received: Mailbox<Datagram>

    private init(_ channel: any Channel, received: Mailbox<Datagram>) {
        self.channel = channel
        self.received = received
    }

    /// Binds a free port of a loopback address.
    public static func bind(host: String) async throws -> DatagramPeer {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let received = Mailbox<Datagram>(eventLoop: eventLoop)
        let channel = try await DatagramBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .bind(host: host, port: 0)
            .get()
        return DatagramPeer(channel, received: received)
    }

    /// The port.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Sends one datagram.
    public func send(_ text: String, to address: SocketAddress) async throws {
        try await send(Array(text.utf8), to: address)
    }

    /// Sends one datagram.
    public func send(_ bytes: [UInt8], to address: SocketAddress) async throws {
        try await channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: bytes))
        ).get()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let received: Mailbox<Datagram>

        init(_ received: Mailbox<Datagram>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            received.put((String(buffer: envelope.data), envelope.remoteAddress))
        }
    }
}
