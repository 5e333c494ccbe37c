import Loopback
import NIOCore
import SIPMessages
import SIPTransactions
import Testing

@testable import SIPChannels

@Suite("SIP over TCP", .timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test("RFC 3261 §18.2.2: the answer takes the connection of the request", arguments: Families.hosts)
    func answerTakesTheConnection(host: String) async throws {
        let transport = try await TestedTransport.make()
        let peer = try await Peer.connect(to: transport.listen(.tcp, host: host))
        try await peer.send(request("one"))
        let (request, flow) = try await transport.nextRequest()
        #expect(request.headers.text(.callID) == "one")
        #expect(flow.transport == .tcp)
        #expect(flow.remoteAddress == host)
        #expect(flow.connection != nil)

        try await transport.send(response("one"), to: flow)
        #expect(try await peer.read(through: "\r\n\r\n") == response("one"))
        try await transport.close()
    }

    @Test("RFC 3261 §18.2.2: an answer whose connection is gone goes to the sent-by port on another")
    func answerOpensAConnection() async throws {
        let transport = try await TestedTransport.make()
        let listener = try await PeerListener.bind()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(request("gone", via: "SIP/2.0/TCP 127.0.0.1:\(listener.port)"))
        let (request, flow) = try await transport.nextRequest()
        try await peer.close()
        #expect(try await transport.nextEnd() == flow)

        let answering = try #require(flow.answering(try request.headers.topVia()))
        try await transport.send(response("gone"), to: answering)
        #expect(try await listener.accepted.next().read(through: "\r\n\r\n") == response("gone"))
        try await transport.close()
    }

    @Test("RFC 3261 §18: messages to one place share the connection that the first one opened")
    func connectionIsShared() async throws {
        let transport = try await TestedTransport.make()
        let listener = try await PeerListener.bind()
        let target = flow(.tcp, to: listener.port)
        // Two wait for the connection, the third finds it open.
        try await transport.send(request("1"), request("2"), to: target)
        let peer = try await listener.accepted.next()
        #expect(try await peer.read(through: request("1") + request("2")) == request("1") + request("2"))
        try await transport.send(request("3"), to: target)
        #expect(try await peer.read(through: request("3")) == request("3"))
        #expect(try await listener.accepted.rest().isEmpty)

        try await peer.send(response("1"))
        guard case .message(.response(let answer), let flow) = try await transport.events.next() else {
            Issue.record("no response came")
            return
        }
        #expect(answer.headers.text(.callID) == "1")
        #expect(flow.remotePort == listener.port)
        try await transport.close()
    }

    @Test("RFC 3261 §18.3: messages are cut by Content-Length, however the bytes come")
    func framing() async throws {
        let transport = try await TestedTransport.make()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(request("a") + request("b"))
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "a")
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "b")
        for character in request("c").unicodeScalars { try await peer.send(String(character)) }
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "c")
        try await transport.close()
    }

    @Test("RFC 5626 §4.4.1: a double line end is answered with a single one")
    func keepAlive() async throws {
        let transport = try await TestedTransport.make()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send("\r\n\r\n")
        #expect(try await peer.read(through: "\r\n") == "\r\n")
        try await peer.send(request("after"))
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "after")
        try await transport.close()
    }

    @Test("A message that is too long is told before its body has come, and ends the connection")
    func oversizedMessage() async throws {
        let transport = try await TestedTransport.make { $0.message = 2_048 }
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(String(request("large", bodyBytes: 4_096).dropLast(4_000)))
        let (error, flow) = try await transport.nextMalformed()
        #expect(error.code == .bodyTooLarge)
        #expect(error.status == 413)
        #expect(try await peer.readToEnd().isEmpty)
        #expect(try await transport.nextEnd() == flow)
        try await transport.close()
    }

    @Test("RFC 3261 §18.2.2: strangers make no connection, so that nobody scans ports through the gateway")
    func noConnectionToStrangers() async throws {
        let transport = try await TestedTransport.make(isNeighbor: { _ in false })
        let listener = try await PeerListener.bind()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(request("gone", via: "SIP/2.0/TCP 127.0.0.1:\(listener.port)"))
        let (request, flow) = try await transport.nextRequest()
        try await peer.close()
        #expect(try await transport.nextEnd() == flow)
        let answering = try #require(flow.answering(try request.headers.topVia()))
        try await transport.send(response("gone"), to: answering)
        // A connection that is made all the same would come before this one.
        let mark = SIPFlow(
            transport: .tcp,
            local: 0,
            remoteAddress: "127.0.0.1",
            remotePort: listener.port,
            connection: nil
        )
        try await transport.send(response("mark"), to: mark)
        #expect(try await listener.accepted.next().read(through: "\r\n\r\n") == response("mark"))
        try await transport.close()
    }

    @Test("Garbage ends the connection, and only this one")
    func garbage() async throws {
        let transport = try await TestedTransport.make()
        let address = try await transport.listen(.tcp)
        let bystander = try await Peer.connect(to: address)
        let peer = try await Peer.connect(to: address)
        try await peer.send("neither request nor status line\r\n\r\n")
        let (_, flow) = try await transport.nextMalformed()
        #expect(try await peer.readToEnd().isEmpty)
        #expect(try await transport.nextEnd() == flow)

        try await bystander.send(request("stays"))
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "stays")
        try await transport.close()
    }

    @Test("A wrong message whose end is known leaves the connection open")
    func wrongVersion() async throws {
        let transport = try await TestedTransport.make()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        let wrong = request("seven", bodyBytes: 0).split(separator: "SIP/2.0\r\n", maxSplits: 1)
        try await peer.send(wrong.joined(separator: "SIP/7.0\r\n") + request("next"))
        let (error, _) = try await transport.nextMalformed()
        #expect(error.code == .unsupportedVersion)
        #expect(error.status == 505)
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "next")
        try await transport.close()
    }
}
