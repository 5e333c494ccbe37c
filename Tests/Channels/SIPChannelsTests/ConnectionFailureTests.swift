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
        #expect(try await transport.nextFailure().flow.transport == .tcp)
        try await transport.close()
    }

    @Test("A connection that speaks stays until it falls silent")
    func speechKeepsTheConnection() throws {
        let channel = EmbeddedChannel(handler: ConnectionHandler(idleSeconds: 600) { _ in })
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
        channel.embeddedEventLoop.advanceTime(by: .seconds(599))
        try channel.writeInbound(ByteBuffer(string: "\r\n"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(599))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
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
        #expect(try await transport.nextFailure().flow == flow)
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
