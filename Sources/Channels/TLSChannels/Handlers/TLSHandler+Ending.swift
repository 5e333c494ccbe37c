public import NIOCore

/// Goodbyes, failures, and the end of the channel.
extension TLSHandler {
    /// Says goodbye, and closes when the peer has said it too or takes too long.
    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, phase) {
        case (.input, _): promise?.fail(ChannelError.operationUnsupported)
        case (.output, .open):
            session.close()
            failPending(ChannelError.outputClosed)
            let bytes = context.channel.allocator.buffer(bytes: session.takeOutput())
            context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        case (.output, .closing): promise?.succeed()
        case (.all, .open): startClosing(promise, context)
        case (.all, .closing):
            if let closePromise { closePromise.futureResult.cascade(to: promise) } else { closePromise = promise }
        case (.output, .idle), (.output, .handshaking), (.output, .closed), (.all, .idle), (.all, .handshaking),
            (.all, .closed):
            end(context)
            context.close(promise: promise)
        }
    }

    private func startClosing(_ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        closePromise = promise
        phase = .closing
        session.close()
        failPending(ChannelError.ioOnClosedChannel)
        wait(limits.close, context) { this, context in this.finishClosing(context) }
        let bytes = context.channel.allocator.buffer(bytes: session.takeOutput())
        guard session.hasReceivedClose else {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            if phase == .closing { context.read() }
            return
        }
        // The goodbye is the last of what is queued: once it has left, nothing is lost by closing.
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.finishClosing(context) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: sent)
    }

    func peerClosed(_ context: ChannelHandlerContext) {
        switch phase {
        case .open where session.hasSentClose || !allowsHalfClose: startClosing(nil, context)
        case .open: context.fireUserInboundEventTriggered(TLSEvent.closedByPeer)
        case .closing: finishClosing(context)
        case .idle, .handshaking, .closed: break
        }
    }

    private func finishClosing(_ context: ChannelHandlerContext) {
        guard phase == .closing else { return }
        let promise = closePromise
        closePromise = nil
        end(context)
        context.close(promise: promise)
    }

    /// Tells of a failure, lets the alert leave, and closes.
    func fail(_ error: TLSError, _ context: ChannelHandlerContext) {
        guard phase != .closed else { return }
        let promise = closePromise
        closePromise = nil
        let isClosing = phase == .closing
        phase = .closed
        sendOutput(context)
        failPending(error)
        if !isClosing { context.fireErrorCaught(error) }
        end(context)
        context.close(promise: promise)
    }

    func end(_ context: ChannelHandlerContext) {
        phase = .closed
        timer?.cancel()
        timer = nil
        failPending(ChannelError.ioOnClosedChannel)
    }

    /// Tells truncation apart from an end that was announced.
    public func channelInactive(context: ChannelHandlerContext) {
        // What waits for the close has what it waits for.
        closePromise?.succeed()
        closePromise = nil
        if phase != .closing { inputEnded(context) }
        end(context)
        context.fireChannelInactive()
    }

    /// Tells truncation apart where the socket itself may be closed by halves.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let closed = event as? ChannelEvent, closed == .inputClosed else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        inputEnded(context)
    }

    private func inputEnded(_ context: ChannelHandlerContext) {
        switch phase {
        case .handshaking, .open:
            if let error = session.endOfInput() { fail(error, context) }
        case .closing: finishClosing(context)
        case .idle, .closed: break
        }
    }
}
