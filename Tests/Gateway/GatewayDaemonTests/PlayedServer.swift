import Digests
import Loopback
import NIOCore
import NIOPosix
import XMLStreams

/// An XMPP server that takes one component at a time and does what a test says.
///
/// Source: XEP-0114 §3.
final class PlayedServer: Sendable {
    static let secret = "played"
    static let namespace = "jabber:component:accept"

    /// The stanzas for users, in order.
    let stanzas: Mailbox<XML.Element>
    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>
    private let listener: any Channel

    fileprivate struct State {
        var connection: (any Channel)?
        /// Answers to pings that are kept back; nil while pings are answered at once.
        var kept: [ByteBuffer]?
        var takesConnections = true
    }

    /// Listens on a free port.
    static func start() async throws -> PlayedServer {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let state = NIOLoopBoundBox<State>.makeBoxSendingValue(State(), eventLoop: eventLoop)
        let stanzas = Mailbox<XML.Element>(eventLoop: eventLoop)
        let listener = try await ServerBootstrap(group: eventLoop)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ServerSide(state, stanzas))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return PlayedServer(eventLoop, state, stanzas, listener)
    }

    private init(
        _ eventLoop: any EventLoop,
        _ state: NIOLoopBoundBox<State>,
        _ stanzas: Mailbox<XML.Element>,
        _ listener: any Channel
    ) {
        self.eventLoop = eventLoop
        self.state = state
        self.stanzas = stanzas
        self.listener = listener
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    /// Hands a user's stanza to the component.
    func send(_ stanza: String) async throws {
        try await eventLoop.flatSubmit { [state, eventLoop] in
            state.value.connection?.writeAndFlush(ByteBuffer(string: stanza))
                ?? eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }.get()
    }

    /// Keeps the answers to pings back.
    func keepPongs() async throws {
        try await eventLoop.submit { [state] in state.value.kept = [] }.get()
    }

    /// Gives the kept answers, and answers at once from now on.
    func givePongs() async throws {
        try await eventLoop.submit { [state] in
            for pong in state.value.kept ?? [] { state.value.connection?.writeAndFlush(pong, promise: nil) }
            state.value.kept = nil
        }.get()
    }

    /// Ends the connection and takes none until it is told to.
    func goDown() async throws {
        try await eventLoop.submit { [state] in
            state.value.takesConnections = false
            state.value.connection?.close(promise: nil)
        }.get()
    }

    /// Takes connections again.
    func comeUp() async throws {
        try await eventLoop.submit { [state] in state.value.takesConnections = true }.get()
    }

    func stop() async {
        try? await listener.close()
        try? await goDown()
    }

    /// The server's side of one connection.
    private final class ServerSide: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let parser = XML.StreamParser()
        private let state: NIOLoopBoundBox<State>
        private let stanzas: Mailbox<XML.Element>

        init(_ state: NIOLoopBoundBox<State>, _ stanzas: Mailbox<XML.Element>) {
            self.state = state
            self.stanzas = stanzas
        }

        func channelActive(context: ChannelHandlerContext) {
            guard state.value.takesConnections else { return context.close(promise: nil) }
            state.value.connection = context.channel
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var events: [XML.StreamEvent] = []
            try? parser.feed(Array(buffer: unwrapInboundIn(data))[...], into: &events)
            for event in events {
                switch event {
                case .opened:
                    write(
                        "<stream:stream xmlns='\(PlayedServer.namespace)' from='example.net' id='1' "
                            + "xmlns:stream='http://etherx.jabber.org/streams'>",
                        context
                    )
                case .element(let element): take(element, context)
                case .closed, .refused: context.close(promise: nil)
                }
            }
            context.flush()
        }

        private func take(_ element: XML.Element, _ context: ChannelHandlerContext) {
            switch element.name {
            case "handshake":
                let isProved = element.text == SHA1.hexadecimal("1", PlayedServer.secret)
                if isProved { write("<handshake/>", context) } else { context.close(promise: nil) }
            case "iq" where element.first("ping", "urn:xmpp:ping") != nil:
                let text = { element.attribute($0) ?? "" }
                let pong = "<iq type='result' from='\(text("to"))' to='\(text("from"))' id='\(text("id"))'/>"
                if state.value.kept?.append(ByteBuffer(string: pong)) == nil { write(pong, context) }
            default: stanzas.put(element)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.write(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

extension XML.Element {
    /// The text of the first body of a message.
    var body: String? { first("body", PlayedServer.namespace)?.text }

    var thread: String? { first("thread", PlayedServer.namespace)?.text }

    /// The defined condition of a stanza error.
    var condition: String? {
        first("error", PlayedServer.namespace)?.children.first { $0.namespace.hasSuffix("xmpp-stanzas") }?.name
    }

    /// The type of a stanza error.
    var errorType: String? { first("error", PlayedServer.namespace)?.attribute("type") }
}
