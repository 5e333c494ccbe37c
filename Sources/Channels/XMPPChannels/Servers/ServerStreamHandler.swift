import NIOCore
import TLSChannels

/// Tells a connection between servers what happens on its channel.
final class ServerStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What happens on the channel.
    enum Event {
        /// Bytes came.
        case bytes(ByteBuffer)
        /// All that had come was delivered.
        case batchEnded
        /// A TLS handshake is done.
        case secured(TLSPeer)
        /// Something went wrong; the channel closes.
        case failed(any Error)
        /// The peer takes again what is sent, or no longer.
        case writability(Bool)
        /// The channel is gone.
        case closed
    }

    private let deliver: (Event) -> Void

    init(deliver: @escaping (Event) -> Void) { self.deliver = deliver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { deliver(.bytes(unwrapInboundIn(data))) }

    func channelReadComplete(context: ChannelHandlerContext) {
        deliver(.batchEnded)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSEvent.handshakeCompleted(let peer) as TLSEvent: deliver(.secured(peer))
        case ChannelEvent.inputClosed as ChannelEvent: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        deliver(.writability(context.channel.isWritable))
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        deliver(.failed(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deliver(.closed)
        context.fireChannelInactive()
    }
}
