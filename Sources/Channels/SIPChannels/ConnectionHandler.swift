import NIOCore

/// Hands the bytes of a connection to the transport, and closes it when the peer is silent too long.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What happens on a connection.
    enum Event {
        case bytes(ByteBuffer)
        case batchEnded
        case closed
    }

    private let receive: (Event) -> Void
    private let idle: TimeAmount
    private var lastRead: NIODeadline = .uptimeNanoseconds(0)
    private var timer: Scheduled<Void>?

    init(idleSeconds: Int64, receive: @escaping (Event) -> Void) {
        self.idle = .seconds(idleSeconds)
        self.receive = receive
    }

    func channelActive(context: ChannelHandlerContext) {
        lastRead = context.eventLoop.now
        arm(context: context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = context.eventLoop.now
        receive(.bytes(unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        receive(.batchEnded)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        receive(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func arm(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: lastRead + idle) {
            let context = loopBound.value
            let this = handler.value
            if context.eventLoop.now - this.lastRead >= this.idle {
                context.close(promise: nil)
            } else {
                this.arm(context: context)
            }
        }
    }
}
