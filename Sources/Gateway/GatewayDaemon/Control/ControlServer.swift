import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix

/// The Unix socket by which commands reach a running gateway.
///
/// Bound to one event loop. Only the owner of the state directory can open it, and who asked is taken from the
/// peer's credentials.
final class ControlServer {
    typealias Answer = (ControlRequest, _ user: String) -> EventLoopFuture<ControlReply>

    private let eventLoop: any EventLoop
    private let answer: Answer
    private var channel: (any Channel)?

    init(eventLoop: any EventLoop, answer: @escaping Answer) {
        self.eventLoop = eventLoop
        self.answer = answer
    }

    /// Opens the socket at a path; an old one that nobody answers is replaced.
    func listen(path: String) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ControlHandler { bound.value.answer($0, $1) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
            .hop(to: eventLoop)
            .map { channel in
                bound.value.channel = channel
                // The path is read during the call only.
                _ = unsafe chmod(path, 0o600)
            }
    }

    func close() {
        channel?.close(promise: nil)
    }
}

/// One connection of a command: lines in, lines out.
private final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A command with a whole address file fits; more is not a command.
    private static let longestLine = 16 << 20

    private let answer: ControlServer.Answer
    private var pending = ByteBuffer()

    init(answer: @escaping ControlServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending.writeImmutableBuffer(unwrapInboundIn(data))
        while let end = pending.readableBytesView.firstIndex(of: 0x0A) {
            let length = end - pending.readerIndex
            guard let line = pending.readSlice(length: length) else { return }
            pending.moveReaderIndex(forwardBy: 1)
            reply(to: line, context: context)
        }
        if pending.readableBytes > Self.longestLine { context.close(promise: nil) }
    }

    private func reply(to line: ByteBuffer, context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        guard let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line.readableBytesView)) else {
            write(ControlReply(code: 2, message: "this is not a request"), context: context)
            return
        }
        PeerCredentials.user(of: context.channel)
            .flatMap { handler.value.answer(request, $0) }
            .whenComplete { result in
                let reply: ControlReply
                switch result {
                case .success(let value): reply = value
                case .failure(let error): reply = ControlReply(code: 1, message: "\(error)")
                }
                handler.value.write(reply, context: bound.value)
            }
    }

    private func write(_ reply: ControlReply, context: ChannelHandlerContext) {
        guard var bytes = try? Array(JSONEncoder().encode(reply)) else { return }
        bytes.append(0x0A)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
