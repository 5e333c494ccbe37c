public import NIOCore
import NIOPosix

/// The other side of a TCP connection: plain text out, plain text in.
public final class Peer: Sendable {
    enum Arrival: Sendable {
        case text(String)
        case end
    }

    private let channel: any Channel
    private let arrivals: Mailbox<Arrival>
    private let unread: NIOLoopBoundBox<String>

    init(_ channel: any Channel) throws {
        self.channel = channel
        arrivals = Mailbox(eventLoop: channel.eventLoop)
        unread = .makeBoxSendingValue("", eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(Collector(arrivals))
    }

    /// Connects to an address; a peer that does not read leaves in the socket what comes.
    public static func connect(to address: SocketAddress, reads: Bool = true) async throws -> Peer {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let peer = NIOLoopBoundBox<Peer?>.makeEmptyBox(valueType: Peer.self, eventLoop: eventLoop)
        return try await ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { peer.value = try Peer(channel) } }
            .connect(to: address)
            .flatMapThrowing { _ in
                guard let made = peer.value else { throw ChannelError.inappropriateOperationForState }
                return made
            }
            .get()
    }

    /// Sends text in one write.
    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends bytes in one write.
    public func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Waits for text and gives back all that came up to its end.
    public func read(through end: String) async throws -> String {
        var text = try await channel.eventLoop.submit { [unread] in unread.value }.get()
        while true {
            if let found = Self.range(of: end, in: text) {
                let rest = String(text[found...])
                try await channel.eventLoop.submit { [unread] in unread.value = rest }.get()
                return String(text[..<found])
            }
            guard case .text(let more) = try await arrivals.next() else { throw ChannelError.eof }
            text += more
        }
    }

    /// Waits for the end of the connection and gives back what came before it.
    public func readToEnd() async throws -> String {
        var text = try await channel.eventLoop.submit { [unread] in unread.value }.get()
        while case .text(let more) = try await arrivals.next() { text += more }
        return text
    }

    /// Sends nothing more, and goes on reading.
    public func endOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    /// Closes the connection.
    public func close() async throws {
        try await channel.close().get()
    }

    /// The index behind the first place where `part` stands.
    private static func range(of part: String, in text: String) -> String.Index? {
        let (whole, wanted) = (text.utf8, Array(part.utf8))
        var start = whole.startIndex
        while start != whole.endIndex {
            if whole[start...].starts(with: wanted) { return whole.index(start, offsetBy: wanted.count) }
            start = whole.index(after: start)
        }
        return nil
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let arrivals: Mailbox<Arrival>

        init(_ arrivals: Mailbox<Arrival>) { self.arrivals = arrivals }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            arrivals.put(.text(String(buffer: unwrapInboundIn(data))))
        }

        func channelInactive(context: ChannelHandlerContext) { arrivals.put(.end) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
