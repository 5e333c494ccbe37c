import Loopback
import NIOCore
import NIOEmbedded
import SIPMessages
import SIPTransactions
import Testing

@testable import SIPChannels

@Suite("SIP connections that fail", .timeLimit(.minutes(1)))
struct ConnectionFailureTests {
    @Test("RFC 3261 §18.4: a connection that cannot be made is reported, and the next message tries anew")
    func connectFailure() async throws {
        let transport = try await TestedTransport.make()
        let listener = try await PeerListener.bind()
        try await listener.close()
        let target = flow(.tcp, to: listener.port)
        var numbers: Set<Int?> = []
        for _ in 1...2 {
            try await transport.send(request("lost"), to: target)
            let failed = try await transport.nextFailure().flow
            #expect(failed.remoteAddress == target.remoteAddress)
            #expect(failed.remotePort == target.remotePort)
            numbers.insert(failed.connection)
        }
        #expect(numbers.count == 2 && !numbers.contains(nil))
        try await transport.close()
    }

    @Test("What is no address is never looked up")
    func noAddress() async throws {
        let transport = try await TestedTransport.make()
        let target = flow(.tcp, to: 5_060, host: "localhost")
        try await transport.send(request("lost"), to: target)
        #expect(try await transport.nextFailure().flow == target)
        try await transport.close()
    }

    @Test("What asks for TLS never leaves in the clear")
    func tlsIsRefused() async throws {
        let transport = try await TestedTransport.make()
        let listener = try await PeerListener.bind()
        let target = flow(.tls, to: listener.port)
        try await transport.send(request("secret"), to: target)
        let failure = try await transport.nextFailure()
        #expect(failure.flow == target)
        #expect(failure.reason == "TLS is not available")

        try await transport.send(request("plain"), to: flow(.tcp, to: listener.port))
        let peer = try await listener.accepted.next()
        #expect(try await peer.read(through: request("plain")) == request("plain"))
        try await transport.close()
    }

    @Test("A silent connection is closed and reported")
    func idleClose() async throws {
        let transport = try await TestedTransport.make { $0.idleSeconds = 1 }
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        #expect(try await peer.readToEnd().isEmpty)
        #expect(try await transport.nextEnd().transport == .tcp)
        try await transport.close()
    }

    @Test("A connection that speaks stays until it falls silent")
    func speechKeepsTheConnection() throws {
        let channel = try Self.channel(expectsMessage: false) { _ in .between }
        channel.embeddedEventLoop.advanceTime(by: .seconds(599))
        try channel.writeInbound(ByteBuffer(string: "\r\n"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(599))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    /// A connected channel whose peer has 600 s of silence, and 30 s for a message.
    private static func channel(
        expectsMessage: Bool,
        _ receive: @escaping (ConnectionHandler.Event) -> ConnectionHandler.Place
    ) throws -> EmbeddedChannel {
        let patience = ConnectionHandler.Patience(
            idle: .seconds(600),
            message: .seconds(30),
            expectsMessage: expectsMessage
        )
        let channel = EmbeddedChannel(handler: ConnectionHandler(patience, receive: receive))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
        return channel
    }

    @Test("SIP-TRN-020: a peer that connects completes its first message within 30 s, whatever else it sends")
    func firstMessage() throws {
        let channel = try Self.channel(expectsMessage: true) { _ in .same }
        for _ in 0..<29 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(ByteBuffer(string: "\r\n"))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("SIP-TRN-020: a message that was begun is there within 30 s")
    func slowMessage() throws {
        var place = ConnectionHandler.Place.between
        let channel = try Self.channel(expectsMessage: true) { _ in place }
        try channel.writeInbound(ByteBuffer(string: "whole"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(300))
        #expect(channel.isActive)

        place = .within
        try channel.writeInbound(ByteBuffer(string: "half"))
        place = .same
        for _ in 0..<29 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(ByteBuffer(string: "x"))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("SIP-TRN-020: half a message ends its connection", arguments: ["", "\r\n", "MESSAGE sip:a@b SIP/2.0\r\nVi"])
    func halfMessage(sent: String) async throws {
        let transport = try await TestedTransport.make { $0.messageSeconds = 1 }
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        if !sent.isEmpty { try await peer.send(sent) }
        #expect(try await peer.readToEnd().isEmpty)
        #expect(try await transport.nextEnd().transport == .tcp)
        try await transport.close()
    }

    @Test("SIP-TRN-020: a peer that has sent a message may be silent longer than a message may take")
    func silenceAfterMessage() async throws {
        let transport = try await TestedTransport.make { $0.messageSeconds = 3 }
        let address = try await transport.listen(.tcp)
        let peer = try await Peer.connect(to: address)
        try await peer.send(request("one") + "\r")
        _ = try await transport.nextRequest()
        try await peer.send("\n")
        // Another one that says nothing comes later and is closed in its time.
        let silent = try await Peer.connect(to: address)
        #expect(try await silent.readToEnd().isEmpty)
        _ = try await transport.nextEnd()
        try await peer.send(request("two"))
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "two")
        try await transport.close()
    }

    @Test("SIP-TRN-019: a peer that does not read its answers loses its connection, and nobody else does")
    func unreadAnswers() async throws {
        let transport = try await TestedTransport.make { $0.unreadBytes = 64 << 10 }
        let address = try await transport.listen(.tcp)
        let peer = try await Peer.connect(to: address)
        let bystander = try await Peer.connect(to: address)
        try await peer.send(request("one"))
        let (_, flow) = try await transport.nextRequest()
        let answer = response("one") + String(repeating: "x", count: 32 << 10)
        for _ in 1...2 { try await transport.queue(answer, to: flow) }
        #expect(try await transport.nextEnd() == flow)
        try await bystander.send(request("two"))
        let (_, other) = try await transport.nextRequest()
        try await transport.send(response("two"), to: other)
        #expect(try await bystander.read(through: "\r\n\r\n") == response("two"))
        try await transport.close()
    }

    @Test("Strangers leave connections for the neighbors")
    func strangerLimit() async throws {
        let transport = try await TestedTransport.make(
            {
                $0.strangers = 1
                $0.strangerMessage = 1_000
                $0.message = 10_000
            },
            isNeighbor: { $0 == "::1" }
        )
        let address = try await transport.listen(.tcp)
        let first = try await Peer.connect(to: address)
        try await first.send(request("first"))
        _ = try await transport.nextRequest()
        let second = try await Peer.connect(to: address)
        #expect(try await second.readToEnd().isEmpty)
        if Families.hosts.contains("::1") {
            let neighbor = try await Peer.connect(to: transport.listen(.tcp, host: "::1"))
            try await neighbor.send(request("large", bodyBytes: 2_000))
            #expect(try await transport.nextRequest().request.headers.text(.callID) == "large")
        }
        try await first.send(request("large", bodyBytes: 2_000))
        #expect(try await transport.nextMalformed().error.status == 413)
        #expect(try await first.readToEnd().isEmpty)
        _ = try await transport.nextEnd()

        let third = try await Peer.connect(to: address)
        try await third.send(request("third"))
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "third")
        try await transport.close()
    }

    @Test("RFC 3261 §18.4: a connection that ended after it stood is told as such")
    func lostConnection() async throws {
        let transport = try await TestedTransport.make()
        let listener = try await PeerListener.bind()
        try await transport.send(request("out"), to: flow(.tcp, to: listener.port))
        let peer = try await listener.accepted.next()
        _ = try await peer.read(through: request("out"))
        try await peer.close()
        let event = try await transport.events.next()
        guard case .lost(let flow, _) = event else { throw Unexpected(event: event) }
        #expect(flow.remotePort == listener.port)
        try await transport.close()
    }

    @Test("No more connections are kept than the limit")
    func connectionLimit() async throws {
        let transport = try await TestedTransport.make { $0.connections = 1 }
        let address = try await transport.listen(.tcp)
        let first = try await Peer.connect(to: address)
        try await first.send(request("first"))
        let (_, flow) = try await transport.nextRequest()

        let second = try await Peer.connect(to: address)
        #expect(try await second.readToEnd().isEmpty)
        try await transport.send(request("out"), to: SIPFlow.absent)
        #expect(try await transport.nextFailure().flow == .absent)

        try await transport.send(response("first"), to: flow)
        #expect(try await first.read(through: "\r\n\r\n") == response("first"))
        try await transport.close()
    }

    @Test("What waits for a connection is bounded")
    func pendingLimit() async throws {
        let transport = try await TestedTransport.make { $0.pendingBytes = request("1").utf8.count }
        let listener = try await PeerListener.bind()
        let target = flow(.tcp, to: listener.port)
        try await transport.send(request("1"), request("2"), to: target)
        #expect(try await transport.nextFailure().flow == target)
        #expect(try await listener.accepted.next().read(through: request("1")) == request("1"))
        try await transport.close()
    }

    @Test("A port that is taken is an error of the bind")
    func portIsTaken() async throws {
        let transport = try await TestedTransport.make()
        let address = try await transport.listen(.tcp)
        await #expect(throws: (any Error).self) {
            _ = try await transport.listen(.tcp, port: address.port ?? 0)
        }
        try await transport.close()
    }

    @Test("Closing ends every connection")
    func close() async throws {
        let transport = try await TestedTransport.make()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(request("one"))
        let (_, flow) = try await transport.nextRequest()
        try await transport.close()
        #expect(try await peer.readToEnd().isEmpty)
        #expect(try await transport.nextEnd() == flow)
        try await transport.send(request("late"), to: SIPFlow.absent)
        #expect(try await transport.nextFailure().flow == .absent)
    }
}

extension SIPFlow {
    /// A place that no test listens at.
    fileprivate static let absent = SIPFlow(
        transport: .tcp,
        local: 0,
        remoteAddress: "127.0.0.1",
        remotePort: 9,
        connection: nil
    )
}
