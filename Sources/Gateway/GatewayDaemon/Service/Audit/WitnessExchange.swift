import NIOCore
import NIOHTTP1
import OperatorFiles
import TLSChannels

/// One checkpoint on its way to a web server: sent when the server has proved who it is, and answered.
///
/// Source: RFC 9110 §9.3.3, §4.3.4.
final class WitnessExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Why a witness has not taken a checkpoint.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let url: WitnessURL
    private let note: String
    private var answer: EventLoopPromise<Void>?

    init(_ url: WitnessURL, note: String, answer: EventLoopPromise<Void>) {
        self.url = url
        self.note = note
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        if !url.isSecure { send(context) }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let peer)? = event as? TLSEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        guard peer.certificates.verdict == .valid, peer.certificates.check(.host(url.host)).isMatch else {
            return finish(.failure(Fault(description: "its certificate does not prove that it is \(url.host)")))
        }
        send(context)
    }

    private func send(_ context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .POST,
            uri: url.path,
            headers: [
                "Host": url.authority, "Content-Type": "text/plain; charset=utf-8",
                "Content-Length": String(note.utf8.count), "Connection": "close",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: note)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Nothing behind the status matters.
    ///
    /// Source: RFC 9110 §15.3.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        switch head.status.code {
        case 200..<300: finish(.success(()))
        case let code: finish(.failure(Fault(description: "it answers \(code)")))
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(Fault(description: "it was not understood: \("\(error)".prefix(200))")))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(Fault(description: "it closed the connection without an answer")))
        context.fireChannelInactive()
    }

    private func finish(_ result: Result<Void, Fault>) {
        let answer = answer
        self.answer = nil
        answer?.completeWith(result.mapError { $0 as any Error })
    }
}
