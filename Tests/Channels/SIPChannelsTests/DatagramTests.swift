import Loopback
import NIOCore
import SIPMessages
import SIPTransactions
import Testing

@testable import SIPChannels

@Suite("SIP over UDP", .timeLimit(.minutes(1)))
struct DatagramTests {
    @Test("RFC 3581 §4: the answer leaves from where the request came in", arguments: Families.hosts)
    func answerLeavesFromTheSameSocket(host: String) async throws {
        let transport = try await TestedTransport.make()
        // The answer must not leave from the first listener.
        let first = try await transport.listen(.udp, host: host)
        let second = try await transport.listen(.udp, host: host)
        let peer = try await DatagramPeer.bind(host: host)

        try await peer.send(request("one"), to: second)
        let (request, flow) = try await transport.nextRequest()
        #expect(request.headers.text(.callID) == "one")
        #expect(flow == SIPFlow(transport: .udp, local: 1, remoteAddress: host, remotePort: peer.port, connection: nil))

        try await transport.send(response("one"), to: flow)
        let answer = try await peer.received.next()
        #expect(answer.text == response("one"))
        #expect(answer.sender == second)
        #expect(try await transport.localAddresses() == [first, second])
        try await transport.close()
    }

    @Test("Sockets that are bound at the same time have different numbers")
    func numbersDiffer() async throws {
        let transport = try await TestedTransport.make()
        async let one = transport.listen(.udp)
        async let other = transport.listen(.udp)
        let peer = try await DatagramPeer.bind(host: "127.0.0.1")
        for address in try await [one, other] {
            try await peer.send(request("n"), to: address)
            let (_, flow) = try await transport.nextRequest()
            try await transport.send(response("n"), to: flow)
            #expect(try await peer.received.next().sender == address)
        }
        try await transport.close()
    }

    @Test("A flow of the other family finds its listener", arguments: Families.hosts)
    func familyChoosesTheListener(host: String) async throws {
        let transport = try await TestedTransport.make()
        var bound: [String: SocketAddress] = [:]
        for host in Families.hosts { bound[host] = try await transport.listen(.udp, host: host) }
        let peer = try await DatagramPeer.bind(host: host)
        var target = flow(.udp, to: peer.port, host: host)
        target.local = 99
        try await transport.send(request("f"), to: target)
        #expect(try await peer.received.next().sender == bound[host])
        try await transport.close()
    }

    @Test("Each message goes to its own peer, also when they take turns", arguments: Families.hosts)
    func peersTakeTurns(host: String) async throws {
        let transport = try await TestedTransport.make()
        _ = try await transport.listen(.udp, host: host)
        let peers = [try await DatagramPeer.bind(host: host), try await DatagramPeer.bind(host: host)]
        for number in [0, 1, 1, 0, 0, 1] {
            try await transport.send(request("turn"), to: flow(.udp, to: peers[number].port, host: host))
            #expect(try await peers[number].received.next().text == request("turn"))
        }
        try await transport.close()
    }

    @Test("Garbage is told as such, and line ends that keep a binding open are nothing")
    func garbage() async throws {
        let transport = try await TestedTransport.make()
        let address = try await transport.listen(.udp)
        let peer = try await DatagramPeer.bind(host: "127.0.0.1")
        try await peer.send("\r\n\r\n", to: address)
        try await peer.send("not a message", to: address)
        try await peer.send(request("after"), to: address)
        let (_, flow) = try await transport.nextMalformed()
        #expect(flow.remotePort == peer.port)
        #expect(try await transport.nextRequest().request.headers.text(.callID) == "after")
        try await transport.close()
    }

    @Test("RFC 3261 §18.3: a datagram shorter than its Content-Length is malformed, and answered 400")
    func truncatedBody() async throws {
        let transport = try await TestedTransport.make()
        let address = try await transport.listen(.udp)
        let peer = try await DatagramPeer.bind(host: "127.0.0.1")
        try await peer.send(String(request("cut").dropLast()), to: address)
        let (error, _) = try await transport.nextMalformed()
        #expect(error.code == .truncatedBody)
        #expect(error.status == 400)
        try await transport.close()
    }

    @Test("What no datagram holds, or no socket reaches, is reported as failed")
    func failures() async throws {
        let transport = try await TestedTransport.make()
        let target = flow(.udp, to: 9)
        try await transport.send(request("none"), to: target)
        #expect(try await transport.nextFailure().flow == target)

        _ = try await transport.listen(.udp)
        try await transport.send(request("large", bodyBytes: 65_507), to: target)
        let failure = try await transport.nextFailure()
        #expect(failure.flow == target)
        #expect(failure.reason.contains("too many for a datagram"))
        try await transport.close()
    }

    @Test("What the system refuses to send is told, and its socket goes on serving (RFC 3261 §18.4)")
    func refusedDatagram() async throws {
        let transport = try await TestedTransport.make()
        let address = try await transport.listen(.udp)
        // From a loopback address there is no way to another network.
        var target = flow(.udp, to: 9, host: "192.0.2.1")
        target.local = SIPFlow.noListener
        try await transport.send(request("lost"), to: target)
        #expect(try await transport.nextFailure().flow == target)

        let peer = try await DatagramPeer.bind(host: "127.0.0.1")
        // What arrives before the socket is bound again is lost.
        while try await transport.events.rest().isEmpty { try await peer.send(request("after"), to: address) }
        let (_, flow) = try await transport.nextRequest()
        try await transport.send(response("after"), to: flow)
        #expect(try await peer.received.next().text == response("after"))
        #expect(try await transport.localAddresses() == [address])
        try await transport.close()
    }

    @Test("The wildcards of both families can have the same port")
    func wildcards() async throws {
        guard Families.hosts.count == 2 else { return }
        let transport = try await TestedTransport.make()
        for kind in [SIPFlow.Transport.udp, .tcp] {
            let port = try await transport.listen(kind, host: "0.0.0.0").port ?? 0
            #expect(try await transport.listen(kind, host: "::", port: port).port == port)
        }
        try await transport.close()
    }
}
