import DNSChannels
import NIOCore
import NIOHTTP1
import TLSChannels

/// One question to a web server: asked when the server has proved who it is, answered within bounds.
///
/// Source: RFC 7711 §3, RFC 9110 §4.3.4.
final class HTTPSExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// What the web server said.
    enum Answer {
        /// The document, with its media type where that was said.
        case document([UInt8], type: String?)
        /// It is elsewhere.
        case redirect(String)
    }

    private let address: HTTPSAddress
    private let client: HTTPSClient
    private var type: String?
    private var deliver: ((Result<Answer, HTTPSFault>) -> Void)?
    private var body: [UInt8] = []

    init(
        _ address: HTTPSAddress,
        _ client: HTTPSClient,
        deliver: @escaping (Result<Answer, HTTPSFault>) -> Void
    ) {
        self.address = address
        self.client = client
        self.deliver = deliver
    }

    /// The web server is asked nothing before its certificate has named it.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let peer)? = event as? TLSEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        let host = address.host.description
        guard peer.certificates.verdict == .valid, peer.certificates.check(.host(host)).isMatch else {
            let reason = "the certificate of the web server \(host) does not prove it"
            return finish(.failure(HTTPSFault(.untrusted, reason)))
        }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .GET,
            uri: address.path,
            headers: [
                "Host": client.port == 443 ? host : "\(host):\(client.port)", "Accept": client.accepts,
                "Connection": "close",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answered(head)
        case .body(var buffer):
            guard body.count + buffer.readableBytes <= client.largestBody else { return tooLarge() }
            body += buffer.readBytes(length: buffer.readableBytes) ?? []
        case .end: finish(.success(.document(body, type: type)))
        }
    }

    /// Only a server that says so has none: others may have it again (RFC 9110 §15.5.5, §15.5.11).
    ///
    /// Source: RFC 7711 §3, §10.
    private func answered(_ head: HTTPResponseHead) {
        switch head.status.code {
        case 200:
            type = head.headers.first(name: "Content-Type")
            let length = head.headers.first(name: "Content-Length").flatMap { Int($0) }
            if let length, length > client.largestBody { tooLarge() }
        case 301, 302, 307, 308:
            guard let place = head.headers.first(name: "Location") else {
                return finish(.failure(HTTPSFault(.unusableAddress, "a redirect leads nowhere")))
            }
            finish(.success(.redirect(place)))
        case 404, 410:
            finish(.failure(HTTPSFault(.absent, "the web server has no document, it says \(head.status.code)")))
        default:
            finish(.failure(HTTPSFault(.unreachable, "the web server gives no document, it says \(head.status.code)")))
        }
    }

    private func tooLarge() {
        finish(.failure(HTTPSFault(.tooLarge, "the document is longer than \(client.largestBody) bytes")))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(HTTPSFault(.unreachable, "the web server was not understood: \("\(error)".prefix(200))")))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(HTTPSFault(.unreachable, "the web server closed the connection")))
        context.fireChannelInactive()
    }

    private func finish(_ result: Result<Answer, HTTPSFault>) {
        let deliver = deliver
        self.deliver = nil
        deliver?(result)
    }
}
