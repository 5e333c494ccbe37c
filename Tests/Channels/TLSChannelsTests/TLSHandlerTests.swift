import NIOCore
import NIOEmbedded
import Testing

@testable import TLSChannels

/// Collects what a handler passes on.
private final class Behind: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var text: [UInt8] = []
    var portions = 0
    var events: [TLSEvent] = []
    var errors: [TLSError] = []
    var isInactive = false
    var whenRead: (() -> Void)?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        text += buffer.readBytes(length: buffer.readableBytes) ?? []
        portions += 1
        whenRead?()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSEvent { events.append(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { errors.append(error) }
    }

    func channelInactive(context: ChannelHandlerContext) { isInactive = true }

    var peer: TLSPeer? {
        for case .handshakeCompleted(let peer) in events { return peer }
        return nil
    }
}

/// A handler in a channel without a socket, against a session that the test steers.
private final class Tested {
    let channel: EmbeddedChannel
    let behind = Behind()
    let peer: TLSSession

    /// - Parameters:
    ///   - role: on which side the handler is.
    ///   - starts: whether the channel is active from the start.
    init(
        _ role: TLSContext.Role = .server,
        limits: TLSLimits = TLSLimits(),
        allowsHalfClose: Bool = false,
        starts: Bool = true
    ) throws {
        let pair = try SessionPair.make()
        let session = role == .server ? pair.server : pair.client
        peer = role == .server ? pair.client : pair.server
        channel = EmbeddedChannel()
        let handler = TLSHandler(session, limits: limits, allowsHalfClose: allowsHalfClose)
        try channel.pipeline.syncOperations.addHandlers([handler, behind])
        if starts { try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait() }
    }

    deinit { Self.end(channel) }

    /// Closes a channel and lets the wait for the other side's goodbye pass, so that nothing holds it any more.
    static func end(_ channel: EmbeddedChannel) {
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        channel.embeddedEventLoop.run()
    }

    /// Bytes that the handler sent.
    func sent() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while var buffer = try channel.readOutbound(as: ByteBuffer.self) {
            bytes += buffer.readBytes(length: buffer.readableBytes) ?? []
        }
        return bytes
    }

    func give(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
        channel.pipeline.fireChannelReadComplete()
    }

    /// Carries bytes both ways until nothing moves.
    func exchange() throws {
        for _ in 0..<8 {
            peer.receive(try sent())
            _ = peer.handshake()
            give(peer.takeOutput())
        }
    }

    func open() throws {
        try exchange()
        try #require(behind.peer != nil && peer.isEstablished)
    }

    func peerReads() throws -> TLSSession.Reading {
        peer.receive(try sent())
        return peer.read()
    }
}

@Suite("TLSHandler")
struct TLSHandlerTests {
    @Test(
        "A handler tells of the handshake, and carries bytes both ways",
        arguments: [TLSContext.Role.client, .server]
    )
    func carries(role: TLSContext.Role) throws {
        let tested = try Tested(role)
        try tested.open()
        #expect(tested.behind.peer?.version == .tls13)
        _ = tested.peer.write(Array("in".utf8))
        tested.give(tested.peer.takeOutput())
        #expect(tested.behind.text == Array("in".utf8))
        try tested.channel.writeOutbound(ByteBuffer(string: "out"))
        #expect(try tested.peerReads() == .bytes(Array("out".utf8)))
        #expect(tested.behind.errors == [])
    }

    @Test("RFC 6120 §5.4.3.3: inserted in the midst of a stream the handler begins at once")
    func startTLS() throws {
        let pair = try SessionPair.make()
        let channel = EmbeddedChannel()
        defer { Tested.end(channel) }
        let behind = Behind()
        try channel.pipeline.syncOperations.addHandler(behind)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        try channel.writeInbound(ByteBuffer(string: "<starttls/>"))
        #expect(behind.text == Array("<starttls/>".utf8))
        try channel.pipeline.syncOperations.addHandler(TLSHandler(pair.server), position: .first)
        _ = pair.client.handshake()
        for _ in 0..<4 {
            let bytes = pair.client.takeOutput()
            if !bytes.isEmpty { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                pair.client.receive(Array(buffer: buffer))
            }
            _ = pair.client.handshake()
        }
        #expect(behind.peer?.serverName == "peer.example")
        #expect(pair.client.write(Array("inside".utf8)) == .complete)
        try channel.writeInbound(ByteBuffer(bytes: pair.client.takeOutput()))
        #expect(behind.text == Array("<starttls/>inside".utf8))
    }

    @Test("A handler waits for the channel to become active")
    func waitsForActive() throws {
        let tested = try Tested(.client, starts: false)
        #expect(try tested.sent() == [])
        try tested.channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        try tested.open()
    }

    @Test("RFC 6120 §10.1: bytes may come one by one")
    func oneByOne() throws {
        let tested = try Tested(.client)
        for _ in 0..<4 {
            tested.peer.receive(try tested.sent())
            _ = tested.peer.handshake()
            for byte in tested.peer.takeOutput() { tested.give([byte]) }
        }
        #expect(tested.behind.peer != nil)
        for text in ["<a/>", "<b/>"] { _ = tested.peer.write(Array(text.utf8)) }
        for byte in tested.peer.takeOutput() { tested.give([byte]) }
        #expect(tested.behind.text == Array("<a/><b/>".utf8) && tested.behind.portions == 2)
    }

    @Test("What is written before the handshake is over follows it, in order, and only when flushed")
    func earlyWrites() throws {
        let tested = try Tested(.client)
        tested.channel.write(ByteBuffer(string: "one "), promise: nil)
        tested.channel.write(ByteBuffer(string: "two"), promise: nil)
        tested.channel.flush()
        let late = tested.channel.write(ByteBuffer(string: "three"))
        try tested.open()
        #expect(tested.peer.read() == .bytes(Array("one ".utf8)))
        #expect(tested.peer.read() == .bytes(Array("two".utf8)))
        #expect(try tested.peerReads() == .incomplete)
        tested.channel.flush()
        #expect(try tested.peerReads() == .bytes(Array("three".utf8)))
        try late.wait()
    }

    @Test("What is written before the handshake is over has a bound")
    func earlyBound() throws {
        var limits = TLSLimits()
        limits.earlyBytes = 100
        let kept = try Tested(.client, limits: limits)
        kept.channel.write(ByteBuffer(repeating: 65, count: 100), promise: nil)
        #expect(kept.behind.errors == [] && kept.channel.isActive)
        let tested = try Tested(.client, limits: limits)
        let promise = tested.channel.eventLoop.makePromise(of: Void.self)
        tested.channel.write(ByteBuffer(repeating: 65, count: 101), promise: promise)
        #expect(tested.behind.errors == [TLSError(.excess, "")])
        #expect(throws: TLSError(.excess, "")) { try promise.futureResult.wait() }
        #expect(!tested.channel.isActive)
    }

    @Test("A handshake that takes too long is given up")
    func handshakeTimeout() throws {
        let tested = try Tested()
        tested.channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(tested.behind.errors == [])
        tested.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(tested.behind.errors == [TLSError(.handshakeTimeout, "")])
        #expect(tested.behind.isInactive)
        let open = try Tested()
        try open.open()
        open.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(open.behind.errors == [] && open.channel.isActive)
    }

    @Test("RFC 6120 §5.4.3.2: a handshake that fails sends the alert and closes")
    func failedHandshake() throws {
        let tested = try Tested()
        tested.give(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(tested.behind.errors.map(\.code) == [.notTLS])
        #expect(tested.behind.isInactive && tested.behind.text == [])
        let bytes = try tested.sent()
        #expect(!String(decoding: bytes, as: UTF8.self).contains("<"))
    }

    @Test("RFC 6120 §4.4: closing says goodbye, waits for the peer's, then closes")
    func closing() throws {
        let tested = try Tested()
        try tested.open()
        try tested.channel.writeOutbound(ByteBuffer(string: "</stream:stream>"))
        let closed = tested.channel.close()
        #expect(try tested.peerReads() == .bytes(Array("</stream:stream>".utf8)))
        #expect(tested.peer.read() == .closed)
        #expect(tested.channel.isActive)
        // What the peer still sends is passed over.
        _ = tested.peer.write(Array("late".utf8))
        tested.give(tested.peer.takeOutput())
        #expect(tested.behind.text == [])
        tested.peer.close()
        tested.give(tested.peer.takeOutput())
        try closed.wait()
        #expect(tested.behind.isInactive && tested.behind.errors == [])
    }

    @Test("RFC 6120 §4.4: a peer that does not answer the goodbye is waited for five seconds")
    func boundedClose() throws {
        let tested = try Tested()
        try tested.open()
        let (first, second) = (tested.channel.close(), tested.channel.close())
        tested.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(tested.channel.isActive)
        tested.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(tested.behind.isInactive && tested.behind.errors == [])
        try first.wait()
        try second.wait()
    }

    @Test("RFC 6120 §4.4: the peer's goodbye is answered, and what came before it is read")
    func peerCloses() throws {
        let tested = try Tested()
        try tested.open()
        _ = tested.peer.write(Array("last".utf8))
        tested.peer.close()
        tested.give(tested.peer.takeOutput())
        #expect(tested.behind.text == Array("last".utf8))
        #expect(tested.behind.isInactive && tested.behind.errors == [])
        #expect(try tested.peerReads() == .closed)
    }

    @Test("Closing is done when the connection ends before the peer's goodbye, and that is no truncation")
    func endWhileClosing() throws {
        let tested = try Tested()
        try tested.open()
        let closed = tested.channel.close()
        tested.channel.pipeline.fireChannelInactive()
        try closed.wait()
        #expect(tested.behind.isInactive && tested.behind.errors == [])
    }

    @Test("Half a connection may be closed, from either side")
    func halfClose() throws {
        let tested = try Tested(allowsHalfClose: true)
        try tested.open()
        tested.peer.close()
        tested.give(tested.peer.takeOutput())
        #expect(tested.behind.events.last == .closedByPeer && tested.channel.isActive)
        try tested.channel.writeOutbound(ByteBuffer(string: "reply"))
        #expect(try tested.peerReads() == .bytes(Array("reply".utf8)))
        try tested.channel.close().wait()
        #expect(tested.behind.isInactive)

        let other = try Tested()
        try other.open()
        try other.channel.close(mode: .output).wait()
        #expect(try other.peerReads() == .closed)
        #expect(throws: ChannelError.outputClosed) { try other.channel.writeAndFlush(ByteBuffer(string: "no")).wait() }
        _ = other.peer.write(Array("more".utf8))
        other.give(other.peer.takeOutput())
        #expect(other.behind.text == Array("more".utf8))
        other.peer.close()
        other.give(other.peer.takeOutput())
        #expect(other.behind.isInactive && other.behind.errors == [])
        #expect(throws: ChannelError.operationUnsupported) { try other.channel.close(mode: .input).wait() }
    }

    @Test("An end without goodbye is told apart: truncation, and an end in the handshake")
    func truncation() throws {
        let tested = try Tested()
        try tested.open()
        tested.channel.pipeline.fireChannelInactive()
        #expect(tested.behind.errors == [TLSError(.truncated, "")])
        let early = try Tested()
        early.channel.pipeline.fireChannelInactive()
        #expect(early.behind.errors == [TLSError(.closedInHandshake, "")])
        let half = try Tested()
        try half.open()
        half.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(half.behind.errors == [TLSError(.truncated, "")] && half.behind.isInactive)
    }

    @Test("A handler behind may close or write while it reads")
    func reentrancy() throws {
        let tested = try Tested()
        try tested.open()
        tested.behind.whenRead = { [channel = tested.channel] in
            channel.writeAndFlush(ByteBuffer(string: "answer"), promise: nil)
            channel.close(promise: nil)
        }
        _ = tested.peer.write(Array("question".utf8))
        tested.peer.close()
        tested.give(tested.peer.takeOutput())
        #expect(try tested.peerReads() == .bytes(Array("answer".utf8)))
        #expect(tested.peer.read() == .closed)
        #expect(tested.behind.isInactive && tested.behind.errors == [])
    }

    @Test("Records of few bytes are bounded in a second")
    func smallRecordFlood() throws {
        var limits = TLSLimits()
        limits.smallRecords = 10
        func send(_ count: Int, to tested: Tested) {
            for _ in 0..<count { _ = tested.peer.write([32]) }
            tested.give(tested.peer.takeOutput())
        }
        let tested = try Tested(limits: limits)
        try tested.open()
        tested.channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        // The first span began long ago: it is renewed at the moment that its bound is passed.
        send(11, to: tested)
        send(10, to: tested)
        #expect(tested.behind.errors == [])
        tested.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        send(1, to: tested)
        send(10, to: tested)
        #expect(tested.behind.errors == [])
        send(1, to: tested)
        #expect(tested.behind.errors == [TLSError(.flood, "")])
        #expect(tested.behind.isInactive)
    }

    @Test("Changes of keys are bounded in a minute")
    func keyUpdateFlood() throws {
        let tested = try Tested()
        try tested.open()
        tested.channel.embeddedEventLoop.advanceTime(by: .minutes(2))
        for _ in 0..<59 { _ = tested.peer.updateKeys() }
        tested.give(tested.peer.takeOutput())
        #expect(tested.behind.errors == [])
        for _ in 0..<70 {
            _ = tested.peer.updateKeys()
            tested.give(tested.peer.takeOutput())
        }
        #expect(tested.behind.errors == [TLSError(.flood, "")])
    }

    @Test("A bound on a rate is counted from when it was last reached")
    func rateBound() {
        var bound = RateBound(2, in: .seconds(1), from: .uptimeNanoseconds(0))
        var looks = 0
        func admits(_ count: Int, at second: Int64) -> Bool {
            bound.admits(count) {
                looks += 1
                return .uptimeNanoseconds(0) + .seconds(second)
            }
        }
        #expect(admits(2, at: 0) && looks == 0)
        #expect(!admits(3, at: 0) && looks == 1)
        #expect(admits(3, at: 1) && looks == 2)
        #expect(admits(5, at: 1) && looks == 2)
        #expect(!admits(6, at: 1))
    }

    @Test("RFC 7590 §3.3: what a session can be resumed by is told")
    func resumable() throws {
        let tested = try Tested(.client)
        try tested.open()
        let isTold = tested.behind.events.contains { if case .resumable = $0 { true } else { false } }
        #expect(isTold)
    }

    @Test("A channel that reads only when asked is read on until there is something to read")
    func readsOnDemand() throws {
        final class Reads: ChannelOutboundHandler {
            typealias OutboundIn = ByteBuffer
            var count = 0
            func read(context: ChannelHandlerContext) { count += 1 }
        }
        let tested = try Tested()
        let reads = Reads()
        try tested.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try tested.channel.syncOptions?.setOption(.autoRead, value: false)
        try tested.open()
        // The handshake reads for itself.
        #expect(reads.count > 0)
        reads.count = 0
        tested.channel.read()
        #expect(reads.count == 1)
        _ = tested.peer.write(Array("text".utf8))
        let bytes = tested.peer.takeOutput()
        tested.give(Array(bytes.prefix(5)))
        #expect(reads.count == 2 && tested.behind.text == [])
        tested.give(Array(bytes.dropFirst(5)))
        #expect(reads.count == 2 && tested.behind.text == Array("text".utf8))
    }

    @Test("A handler that is removed fails what waits")
    func removal() throws {
        let tested = try Tested(.client)
        let promise = tested.channel.eventLoop.makePromise(of: Void.self)
        tested.channel.write(ByteBuffer(string: "never"), promise: promise)
        try tested.channel.close().wait()
        #expect(throws: ChannelError.ioOnClosedChannel) { try promise.futureResult.wait() }
    }
}
