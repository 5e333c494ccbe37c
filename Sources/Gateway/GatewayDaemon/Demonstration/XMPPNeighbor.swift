import Digests
import NIOCore
import NIOPosix
import XMLStreams

/// A small XMPP server that takes one component and plays its users.
///
/// Source: XEP-0114 §3.
final class XMPPNeighbor: Sendable {
    /// The stanzas of the component that are for users, serialized.
    let stanzas: AsyncStream<[UInt8]>
    private let listener: any Channel
    private let connection: ConnectionBox

    static let secret = "demonstration"

    static func start() async throws -> XMPPNeighbor {
        let (stanzas, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let box = ConnectionBox()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ComponentHandler(stanzas: continuation)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    box.set(channel)
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return XMPPNeighbor(stanzas, listener, box)
    }

    private init(_ stanzas: AsyncStream<[UInt8]>, _ listener: any Channel, _ connection: ConnectionBox) {
        self.stanzas = stanzas
        self.listener = listener
        self.connection = connection
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    /// Hands a user's stanza to the component.
    func send(_ stanza: String) async throws {
        guard let channel = connection.channel else { throw StartFault.unreachable("the component has not come") }
        try await channel.writeAndFlush(ByteBuffer(string: stanza)).get()
    }

    func stop() async {
        try? await listener.close()
        try? await connection.channel?.close()
    }
}

/// The server's side of a component stream.
private final class ComponentHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let streamID = "1"

    private let parser = XML.StreamParser()
    private let stanzas: AsyncStream<[UInt8]>.Continuation

    init(stanzas: AsyncStream<[UInt8]>.Continuation) { self.stanzas = stanzas }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var events: [XML.StreamEvent] = []
        try? parser.feed(Array(buffer: unwrapInboundIn(data))[...], into: &events)
        for event in events {
            switch event {
            case .opened:
                write(
                    "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' "
                        + "from='example.net' id='\(Self.streamID)'>",
                    context
                )
            case .element(let element): receive(element, context)
            case .closed, .refused: context.close(promise: nil)
            }
        }
        context.flush()
    }

    private func receive(_ element: XML.Element, _ context: ChannelHandlerContext) {
        switch element.name {
        case "handshake":
            let expected = SHA1.hexadecimal(Self.streamID, XMPPNeighbor.secret)
            if element.text == expected { write("<handshake/>", context) } else { context.close(promise: nil) }
        case "iq":
            // The gateway's pings come back to it as the users of the server would answer them.
            let attributes = [
                ("from", element.attribute("to")), ("to", element.attribute("from")), ("id", element.attribute("id")),
            ]
            var writer = XML.Writer(inherited: "jabber:component:accept")
            writer.start("iq")
            writer.attribute("type", "result")
            for (name, value) in attributes { if let value { writer.attribute(name, value) } }
            writer.end()
            context.write(wrapOutboundOut(ByteBuffer(bytes: writer.bytes)), promise: nil)
        default:
            var writer = XML.Writer(inherited: "jabber:component:accept")
            writer.copy(element)
            stanzas.yield(writer.bytes)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { stanzas.finish() }
}
