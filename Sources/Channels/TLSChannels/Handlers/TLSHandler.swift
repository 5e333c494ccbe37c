public import NIOCore

/// TLS in a channel: bytes of the peer come in, what the peer wrote goes on, and the reverse.
///
/// It is added in front of all others, when the channel is made (direct TLS) or in the midst of a stream (STARTTLS), and
/// begins at once if the channel is active. What is written before the handshake is over waits for it. It tells of
/// ``TLSEvent``s; a failure is told by `errorCaught` with a ``TLSError``, and the channel closes.
///
/// Closing the channel says goodbye first and waits for the peer's a bounded time. Closing the output says goodbye and
/// reads on. In the midst of a stream, bytes of the peer that came in clear and were not used must end the stream: they
/// never reach this handler.
public final class TLSHandler: ChannelDuplexHandler {
    /// Bytes of the peer.
    public typealias InboundIn = ByteBuffer
    /// What the peer wrote.
    public typealias InboundOut = ByteBuffer
    /// What the peer shall read.
    public typealias OutboundIn = ByteBuffer
    /// Bytes for the peer.
    public typealias OutboundOut = ByteBuffer

    /// Where the connection stands.
    enum Phase {
        /// The channel is not active; leads to `handshaking`, `closed`.
        case idle
        /// The handshake runs; leads to `open`, `closed`.
        case handshaking
        /// Both directions carry bytes; leads to `closing`, `closed`.
        case open
        /// Our goodbye was sent and the channel shall close; leads to `closed`.
        case closing
        /// Nothing is read or written any more.
        case closed
    }

    let session: TLSSession
    let limits: TLSLimits
    let allowsHalfClose: Bool
    var phase = Phase.idle
    private var pending = MarkedCircularBuffer<(data: ByteBuffer, promise: EventLoopPromise<Void>?)>(initialCapacity: 0)
    private var pendingBytes = 0
    var timer: Scheduled<Void>?
    var closePromise: EventLoopPromise<Void>?
    /// Whether a read was asked for that has led to nothing yet.
    private var wantsRead = false
    private var smallRecords: RateBound
    private var lateMessages: RateBound

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - session: a session that has not begun; it belongs to the handler from here on.
    ///   - limits: how long the peer may take, and how much it may ask for.
    ///   - allowsHalfClose: whether writing goes on after the peer's goodbye, until the channel is closed. Otherwise
    ///     the goodbye is answered and the channel closes.
    public init(_ session: TLSSession, limits: TLSLimits = TLSLimits(), allowsHalfClose: Bool = false) {
        self.session = session
        self.limits = limits
        self.allowsHalfClose = allowsHalfClose
        smallRecords = RateBound(limits.smallRecords, in: .seconds(1), from: .uptimeNanoseconds(0))
        lateMessages = RateBound(limits.lateMessages, in: .minutes(1), from: .uptimeNanoseconds(0))
    }

    // MARK: Beginning

    /// Begins, if the channel is active.
    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    /// Fails what still waits.
    public func handlerRemoved(context: ChannelHandlerContext) {
        phase = .closed
        timer?.cancel()
        timer = nil
        failPending(ChannelError.ioOnClosedChannel)
    }

    /// Begins.
    public func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard phase == .idle else { return }
        phase = .handshaking
        wait(limits.handshake, context) { this, context in
            this.fail(TLSError(.handshakeTimeout, "the handshake took too long"), context)
        }
        advance(nil, context)
        if phase == .handshaking { context.read() }
    }

    /// Arms the one timer.
    func wait(
        _ time: TimeAmount,
        _ context: ChannelHandlerContext,
        _ work: @escaping (TLSHandler, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            if let self { work(self, context) }
        }
    }

    // MARK: Reading

    /// Takes bytes of the peer.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .idle, .closed: break
        case .handshaking, .open, .closing: advance(unwrapInboundIn(data), context)
        }
    }

    /// Lets the handlers behind answer what they got, and reads on when they got nothing of what they asked for.
    public func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        switch phase {
        case .handshaking, .closing: context.read()
        case .open: if wantsRead { context.read() }
        case .idle, .closed: break
        }
    }

    /// Asks for bytes of the peer.
    public func read(context: ChannelHandlerContext) {
        wantsRead = true
        context.read()
    }

    private func advance(_ ciphertext: ByteBuffer?, _ context: ChannelHandlerContext) {
        var plaintext = context.channel.allocator.buffer(
            capacity: phase == .open ? TLSSession.room(for: ciphertext?.readableBytes ?? 0) : 0
        )
        let advance = session.advance(ciphertext, plaintext: &plaintext)
        sendOutput(context)
        if advance.completed { complete(context) }
        if plaintext.readableBytes > 0, phase == .open {
            wantsRead = false
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        // The handlers behind may have closed the channel meanwhile.
        guard phase != .closed else { return }
        if let failure = advance.failure {
            fail(failure, context)
        } else if advance.closed {
            peerClosed(context)
        } else if phase != .handshaking {
            if let resumption = session.takeResumption() {
                context.fireUserInboundEventTriggered(TLSEvent.resumable(resumption))
            }
            boundFloods(context)
        }
    }

    private func complete(_ context: ChannelHandlerContext) {
        guard phase == .handshaking, let peer = session.peer else { return }
        timer?.cancel()
        timer = nil
        phase = .open
        context.fireUserInboundEventTriggered(TLSEvent.handshakeCompleted(peer))
        if phase == .open { sendPending(context) }
    }

    private func boundFloods(_ context: ChannelHandlerContext) {
        let now = { context.eventLoop.now }
        if !smallRecords.admits(session.smallRecords, now: now) || !lateMessages.admits(session.lateMessages, now: now)
        {
            fail(TLSError(.flood, "the peer sends what costs work and carries nothing"), context)
        }
    }

    // MARK: Writing

    /// Keeps bytes for the peer until they are flushed.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase != .closing, phase != .closed, !session.hasSentClose else {
            promise?.fail(phase == .open ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        let buffer = unwrapOutboundIn(data)
        pendingBytes += buffer.readableBytes
        pending.append((buffer, promise))
        if phase != .open, pendingBytes > limits.earlyBytes {
            fail(TLSError(.excess, "more was written before the handshake was over than is kept"), context)
        }
    }

    /// Sends what was written.
    public func flush(context: ChannelHandlerContext) {
        pending.mark()
        guard phase == .open else { return }
        sendPending(context)
    }

    private func sendPending(_ context: ChannelHandlerContext) {
        while phase == .open, pending.hasMark {
            let isLast = pending.markedElementIndex == pending.startIndex
            let (data, promise) = pending.removeFirst()
            pendingBytes -= data.readableBytes
            var ciphertext = context.channel.allocator.buffer(
                capacity: data.readableBytes > 0 ? TLSSession.encrypted(data.readableBytes) : 0
            )
            switch session.encrypt(data, into: &ciphertext) {
            case .complete, .incomplete: context.write(wrapOutboundOut(ciphertext), promise: promise)
            case .failed(let error):
                promise?.fail(error)
                fail(error, context)
            }
            if isLast { break }
        }
        context.flush()
    }

    /// Sends what the session itself has to say.
    func sendOutput(_ context: ChannelHandlerContext) {
        let bytes = session.takeOutput()
        guard !bytes.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    func failPending(_ error: any Error) {
        let failed = pending
        pending = MarkedCircularBuffer(initialCapacity: 0)
        pendingBytes = 0
        for (_, promise) in failed { promise?.fail(error) }
    }
}
