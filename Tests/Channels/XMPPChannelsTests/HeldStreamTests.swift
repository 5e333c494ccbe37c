import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import Testing
import XMPPStreams

@testable import XMPPChannels

/// A machine that takes nothing until its time has come, and tells how many bytes were heard.
private struct HeldStream: ServerStream, ~Copyable {
    var isReading = false
    let elementBytes = 1 << 20
    let isBidirectional = false

    mutating func receive(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        switch input {
        case .timer: isReading = true
        case .heard(let bytes): return [.confirm([UInt64(bytes)])]
        default: break
        }
        return []
    }
}

/// A machine that begins TLS with what comes first, and ends with the connection.
private struct BrokenStream: ServerStream, ~Copyable {
    let isReading = true
    let elementBytes = 1 << 20
    let isBidirectional = false

    mutating func receive(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        switch input {
        case .heard: [.send([0x20]), .startTLS("gw.example")]
        case .disconnected: [.close(StreamEnd(.connectionLost))]
        default: []
        }
    }
}

/// A socket that finds at the first write that its connection is gone.
private final class Broken: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var hasBroken = false

    func flush(context: ChannelHandlerContext) {
        guard !hasBroken else { return }
        hasBroken = true
        context.fireChannelInactive()
    }
}

@Suite("ServerConnection: what waits is bounded")
struct HeldStreamTests {
    @Test("A peer that writes on while the machine waits is not read beyond the bound, and is read again behind it")
    func bound() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let heard = Mailbox<StreamAction>(eventLoop: loop)
        let made = NIOLoopBoundBox<ServerConnection<HeldStream>?>.makeEmptyBox(
            valueType: ServerConnection<HeldStream>.self,
            eventLoop: loop
        )
        let accepted = loop.makePromise(of: (any Channel).self)
        let listener = try await ServerBootstrap(group: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let context = try TLSContext(TLSConfiguration(), role: .client)
                    let connection = ServerConnection(
                        channel: channel,
                        role: .server,
                        machine: HeldStream(),
                        tls: ServerTLS(accepting: nil, connecting: TLSContextHolder(context)),
                        clock: ServerEnds.clock,
                        largestUnread: 100
                    ) { heard.put($0) }
                    made.value = connection
                    try connection.start()
                    accepted.succeed(channel)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = try await Peer.connect(to: try #require(listener.localAddress))
        let channel = try await accepted.futureResult.get()
        try await peer.send(Array(repeating: 0x20, count: 99))
        #expect(try await heard.next() == .confirm([99]))
        #expect(try await channel.getOption(.autoRead).get())
        try await peer.send([0x20])
        #expect(try await heard.next() == .confirm([1]))
        #expect(try await !channel.getOption(.autoRead).get())
        try await peer.send([0x20])
        #expect(try await heard.rest().isEmpty)
        try await loop.submit { made.value?.receive(.timer) }.get()
        #expect(try await heard.next() == .confirm([1]))
        #expect(try await channel.getOption(.autoRead).get())
        try await peer.close()
        try await listener.close().get()
    }

    @Test("A connection that a write finds broken still tells its owner of its end, once")
    func brokenByWrite() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let told = Mailbox<StreamAction>(eventLoop: loop)
        let listener = try await ServerBootstrap(group: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let context = try TLSContext(TLSConfiguration(), role: .client)
                    try channel.pipeline.syncOperations.addHandler(Broken())
                    try ServerConnection(
                        channel: channel,
                        role: .server,
                        machine: BrokenStream(),
                        tls: ServerTLS(accepting: nil, connecting: TLSContextHolder(context)),
                        clock: ServerEnds.clock
                    ) { told.put($0) }.start()
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = try await Peer.connect(to: try #require(listener.localAddress))
        try await peer.send([0x20])
        #expect(try await told.next() == .close(StreamEnd(.connectionLost)))
        #expect(try await peer.readToEnd() == "")
        #expect(try await told.rest().isEmpty)
        try await listener.close().get()
    }
}
