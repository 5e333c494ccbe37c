import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TLSChannels

/// A web server on loopback that serves what a test writes down.
final class WebServer: Sendable {
    /// What is served at one place.
    struct Page: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// Whether its length is told before.
        var hasLength = true
        /// Whether it is served at all, or the peer waits.
        var isSilent = false

        init(_ text: String) { body = Array(text.utf8) }

        init(status: Int, location: String? = nil) {
            self.status = status
            if let location { headers = [("Location", location)] }
        }
    }

    private struct State {
        var pages: [String: Page] = [:]
        var asked: [String] = []
    }

    private let channel: any Channel
    private let state: Box
    let port: Int

    /// Shares the state with the handlers.
    private final class Box: Sendable {
        let state = Mutex(State())
    }

    static func start(_ credentials: TLSCredentials) async throws -> WebServer {
        let context = try TLSContext(TLSConfiguration(), role: .server, credentials: [credentials])
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Handler(box))
                    try pipeline.addHandler(TLSHandler(try TLSSession(context: context)), position: .first)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return WebServer(channel, box, channel.localAddress?.port ?? 0)
    }

    private init(_ channel: any Channel, _ state: Box, _ port: Int) {
        self.channel = channel
        self.state = state
        self.port = port
    }

    /// Stops listening.
    func stop() async throws { try await channel.close().get() }

    /// Serves a page at a host and path.
    func serve(_ page: Page?, at place: String) { state.state.withLock { $0.pages[place] = page } }

    /// What was asked for, in order.
    var asked: [String] { state.state.withLock { $0.asked } }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let box: Box

        init(_ box: Box) { self.box = box }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let host = head.headers.first(name: "Host") ?? ""
            let place = String(host.prefix { $0 != ":" }) + head.uri
            let page = box.state.withLock { state in
                state.asked.append(place)
                return state.pages[place] ?? Page(status: 404)
            }
            guard !page.isSilent else { return }
            var headers = HTTPHeaders(page.headers)
            if page.hasLength {
                headers.add(name: "Content-Length", value: "\(page.body.count)")
            } else {
                headers.add(name: "Transfer-Encoding", value: "chunked")
            }
            let answer = HTTPResponseHead(version: .http1_1, status: .init(statusCode: page.status), headers: headers)
            context.write(wrapOutboundOut(.head(answer)), promise: nil)
            for start in stride(from: 0, to: page.body.count, by: 10_000) {
                let piece = page.body[start..<min(start + 10_000, page.body.count)]
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: piece)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
