import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestAuthority
import Testing

@testable import TLSChannels

/// What an end of a connection saw.
enum Seen: Sendable, Equatable {
    case completed(TLSPeer)
    case text(String)
    case failed(TLSError)
    case inactive
}

/// The end of a pipeline: tells what it saw, joined while it is text.
final class Watcher: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let put: @Sendable (Seen) -> Void

    init(_ put: @escaping @Sendable (Seen) -> Void) { self.put = put }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        put(.text(String(buffer: unwrapInboundIn(data))))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let peer) = event as? TLSEvent { put(.completed(peer)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { put(.failed(error)) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { put(.inactive) }
}

/// One end of TLS over a real socket.
struct SocketEnd: Sendable {
    let channel: any Channel
    let seen: Sights

    static func connect(_ context: TLSContext, port: Int, name: String? = "peer.example") async throws -> SocketEnd {
        let seen = Sights()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let session = try TLSSession(context: context, name: name)
                    try channel.pipeline.syncOperations.addHandlers([TLSHandler(session), Watcher { seen.put($0) }])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return SocketEnd(channel: channel, seen: seen)
    }

    /// Listens, and answers by what the ends of its connections see, one after the other in one list.
    static func listen(_ holder: TLSContextHolder, echoes: Bool = false) async throws -> SocketEnd {
        let seen = Sights()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let session = try TLSSession(context: holder.current)
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(session),
                        Watcher { sight in
                            if echoes, case .text(let text) = sight {
                                channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
                            }
                            seen.put(sight)
                        },
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SocketEnd(channel: channel, seen: seen)
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func close() async throws { try await channel.close().get() }
}

/// What was seen, in order, to be waited for.
final class Sights: Sendable {
    struct NotSeen: Error, CustomStringConvertible {
        let description: String
    }

    private let stream: AsyncStream<Seen>
    private let continuation: AsyncStream<Seen>.Continuation
    private let taken = NIOLockedValueBox<[Seen]>([])

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func put(_ sight: Seen) { continuation.yield(sight) }

    /// Takes sights until one is as wanted.
    @discardableResult
    func first<Result: Sendable>(_ wanted: @escaping @Sendable (Seen) -> Result?) async throws -> Result {
        let deadline = Task {
            try await Task.sleep(for: .seconds(10))
            continuation.finish()
        }
        defer { deadline.cancel() }
        for await sight in stream {
            taken.withLockedValue { $0.append(sight) }
            if let result = wanted(sight) { return result }
        }
        throw NotSeen(description: "\(taken.withLockedValue { $0.suffix(5) })")
    }

    func completed() async throws -> TLSPeer {
        try await first { if case .completed(let peer) = $0 { peer } else { nil } }
    }

    func failed() async throws -> TLSError {
        try await first { if case .failed(let error) = $0 { error } else { nil } }
    }

    func inactive() async throws {
        try await first { if case .inactive = $0 { true } else { nil } }
    }

    /// Takes text until it ends so.
    func text(through end: String) async throws -> String {
        let gathered = NIOLockedValueBox("")
        return try await first { sight in
            guard case .text(let more) = sight else { return nil }
            return gathered.withLockedValue { text in
                text += more
                return text.hasSuffix(end) ? text : nil
            }
        }
    }
}

@Suite("TLS over sockets", .timeLimit(.minutes(1)))
struct TLSSocketTests {
    private func context(_ role: TLSContext.Role, _ shown: Issued? = nil) throws -> TLSContext {
        let stock = try Stock.get()
        let credentials = try (shown ?? (role == .server ? stock.peer : nil)).map { [try $0.credentials()] }
        return try TLSContext(stock.configuration(), role: role, credentials: credentials ?? [])
    }

    @Test("A megabyte crosses in one write, both ways, over a socket that is full meanwhile")
    func megabyte() async throws {
        let listener = try await SocketEnd.listen(TLSContextHolder(try context(.server)), echoes: true)
        let client = try await SocketEnd.connect(try context(.client), port: listener.port)
        _ = try await client.seen.completed()
        let text = String(repeating: "0123456789abcde\n", count: 1 << 16) + "."
        try await client.channel.writeAndFlush(ByteBuffer(string: text)).get()
        let echoed = try await client.seen.text(through: ".")
        #expect(echoed.utf8.count == text.utf8.count && echoed == text)
        try await client.close()
        try await listener.seen.inactive()
        try await listener.close()
    }

    @Test("A peer that does not read makes the channel unwritable, and is sent all when it reads")
    func backPressure() async throws {
        let listener = try await SocketEnd.listen(TLSContextHolder(try context(.server)))
        let client = try await SocketEnd.connect(try context(.client), port: listener.port)
        _ = try await client.seen.completed()
        let chunk = ByteBuffer(string: String(repeating: "x", count: 1 << 16))
        let channel = client.channel
        // However fast the peer's thread reads, one flush cannot get all of it through so small a buffer.
        try await channel.setOption(.socketOption(.so_sndbuf), value: 1 << 16).get()
        let isWritable = try await channel.eventLoop.submit {
            for _ in 0..<128 { channel.write(chunk, promise: nil) }
            channel.flush()
            return channel.isWritable
        }.get()
        #expect(!isWritable)
        try await channel.writeAndFlush(ByteBuffer(string: "end")).get()
        let count = NIOLockedValueBox(0)
        try await listener.seen.first { sight -> Bool? in
            guard case .text(let text) = sight else { return nil }
            count.withLockedValue { $0 += text.utf8.count }
            return text.hasSuffix("end") ? true : nil
        }
        #expect(count.withLockedValue { $0 } == (128 << 16) + 3)
        try await client.close()
        try await listener.close()
    }

    @Test("RFC 6120 §13.7.2.3: a listener shows the certificate that was put in force last, and old streams live")
    func reload() async throws {
        let stock = try Stock.get()
        let holder = TLSContextHolder(try context(.server))
        let listener = try await SocketEnd.listen(holder, echoes: true)
        let first = try await SocketEnd.connect(try context(.client), port: listener.port)
        #expect(try await first.seen.completed().certificates.certificate == (try stock.peer.read))
        holder.replace(with: try context(.server, stock.behind))
        let second = try await SocketEnd.connect(try context(.client), port: listener.port)
        #expect(try await second.seen.completed().certificates.certificate == (try stock.behind.read))
        try await first.channel.writeAndFlush(ByteBuffer(string: "alive.")).get()
        #expect(try await first.seen.text(through: ".") == "alive.")
        for end in [first, second, listener] { try await end.close() }
    }

    @Test("A socket that ends without goodbye is told as truncation")
    func truncation() async throws {
        let listener = try await SocketEnd.listen(TLSContextHolder(try context(.server)), echoes: true)
        let client = try await SocketEnd.connect(try context(.client), port: listener.port)
        // All that the other side sent is read, so that closing is no reset.
        try await client.channel.writeAndFlush(ByteBuffer(string: "alive.")).get()
        _ = try await client.seen.text(through: ".")
        // Around the handler, straight to the socket.
        let channel = client.channel
        try await channel.eventLoop.flatSubmit {
            do {
                let head = try channel.pipeline.syncOperations.context(handlerType: TLSHandler.self)
                return head.close()
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
        #expect(try await listener.seen.failed() == TLSError(.truncated, ""))
        try await listener.close()
    }
}
