import NIOCore

/// Hands the bytes of a connection to the transport, and closes it when the peer is silent or slow for too long.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What happens on a connection.
    enum Event {
        case bytes(ByteBuffer)
        case batchEnded
        /// The peer sends nothing more, and may still read.
        case inputEnded
        case closed
    }

    /// How long a peer may take.
    struct Patience {
        /// Without a byte.
        let idle: TimeAmount
        /// From the start of a message to its end.
        let message: TimeAmount
        /// Whether a message is due from the start.
        let expectsMessage: Bool
    }

    /// Where the bytes that were handed over end.
    enum Place {
        /// Between messages; a whole one came before.
        case between
        /// In a message that they began.
        case within
        /// Where the earlier ones ended: no message began or ended.
        case same
    }

    private let patience: Patience
    private let receive: (Event) -> Place
    private var lastRead: NIODeadline = .uptimeNanoseconds(0)
    /// When the message that is due must be there.
    private var due: NIODeadline?
    private var timer: Scheduled<Void>?

    init(_ patience: Patience, receive: @escaping (Event) -> Place) {
        self.patience = patience
        self.receive = receive
    }

    func channelActive(context: ChannelHandlerContext) {
        lastRead = context.eventLoop.now
        if patience.expectsMessage { due = lastRead + patience.message }
        arm(context: context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = context.eventLoop.now
        switch receive(.bytes(unwrapInboundIn(data))) {
        case .same: break
        case .between: due = nil
        case .within:
            let isSooner = due == nil
            due = lastRead + patience.message
            if isSooner { arm(context: context) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        _ = receive(.batchEnded)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed as ChannelEvent = event { _ = receive(.inputEnded) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        _ = receive(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// When the peer has been waited for long enough.
    private var end: NIODeadline {
        let silence = lastRead + patience.idle
        return due.map { min($0, silence) } ?? silence
    }

    private func arm(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer?.cancel()
        timer = context.eventLoop.scheduleTask(deadline: end) {
            let context = loopBound.value
            let this = handler.value
            if context.eventLoop.now >= this.end {
                context.close(promise: nil)
            } else {
                this.arm(context: context)
            }
        }
    }
}
