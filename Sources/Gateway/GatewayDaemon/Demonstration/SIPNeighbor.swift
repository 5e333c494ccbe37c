import Addressing
import NIOCore
import NIOPosix
import SIPMessages

/// A small SIP user agent over UDP that answers for one user and knows no other.
///
/// Source: RFC 3428 §7, RFC 6665 §4.2.1.
final class SIPNeighbor: Sendable {
    /// Every request and answer that arrives, as it stood on the wire.
    let messages: AsyncStream<[UInt8]>
    private let channel: any Channel

    /// The tag of the user's side in dialogs that the gateway begins.
    static let tag = "demonstration"

    static func start(user: String) async throws -> SIPNeighbor {
        let (messages, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = UserAgentHandler(user: user, messages: continuation)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return SIPNeighbor(messages, channel)
    }

    private init(_ messages: AsyncStream<[UInt8]>, _ channel: any Channel) {
        self.messages = messages
        self.channel = channel
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Sends a message of the user to the gateway.
    func send(_ bytes: [UInt8], to gateway: SocketAddress) async throws {
        let envelope = AddressedEnvelope(remoteAddress: gateway, data: ByteBuffer(bytes: bytes))
        try await channel.writeAndFlush(envelope).get()
    }

    func stop() async { try? await channel.close() }
}

/// Answers requests for the user with 200, others with 404.
private final class UserAgentHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let user: String
    private let messages: AsyncStream<[UInt8]>.Continuation

    init(user: String, messages: AsyncStream<[UInt8]>.Continuation) {
        self.user = user
        self.messages = messages
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let bytes = Array(buffer: envelope.data)
        messages.yield(bytes)
        guard case .request(let request)? = try? SIPReader.read(datagram: bytes) else { return }
        let isKnown = (try? request.uri())?.description.hasPrefix("sip:\(user)@") == true
        var builder = SIPResponseBuilder(
            answering: request.headers,
            status: isKnown ? 200 : 404,
            reason: isKnown ? nil : "Nobody Here",
            toTag: SIPNeighbor.tag,
            source: nil
        )
        if request.method == .subscribe, isKnown {
            let port = context.localAddress?.port ?? 0
            builder.add(.contact("sip:\(user)@127.0.0.1:\(port)"))
            builder.add(.expires(3_600))
        }
        let answer = AddressedEnvelope(
            remoteAddress: envelope.remoteAddress,
            data: ByteBuffer(bytes: builder.message())
        )
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { messages.finish() }
}
