import BridgeCore
import Interworking
import Loopback
import NIOCore
import SIPMessages
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// The leg on real sockets.
@Suite("SIMPLELeg on loopback")
struct SocketTests {
    private static func via(_ transport: String, _ port: Int, host: String) -> String {
        "Via: SIP/2.0/\(transport) \(host.contains(":") ? "[\(host)]" : host):\(port);branch=z9hG4bKs1;rport"
    }

    @Test("UDP: OPTIONS is answered to where it came from", arguments: Families.hosts)
    func datagrams(host: String) async throws {
        let running = try await Running.start(host: host)
        let peer = try await DatagramPeer.bind(host: host)
        let options = Stage.request("OPTIONS", Self.via("UDP", 9, host: host), body: "")
        try await peer.send(options, to: running.addresses[0])
        let answer = try await peer.received.next()
        #expect(answer.text.hasPrefix("SIP/2.0 200 OK\r\n"))
        #expect(answer.text.values("Via").first?.contains("rport=\(peer.port)") == true)
        #expect(answer.sender.port == running.addresses[0].port)
        try await running.stop()
    }

    @Test("TCP: each answer goes back on the connection that its request came on", arguments: Families.hosts)
    func connections(host: String) async throws {
        let running = try await Running.start(host: host)
        let one = try await Peer.connect(to: running.addresses[1])
        let other = try await Peer.connect(to: running.addresses[1])
        for (index, peer) in [one, other].enumerated() {
            let changes = ["CSeq: \(index + 1) OPTIONS", "Via: SIP/2.0/TCP h;branch=z9hG4bKo\(index)"]
            try await peer.send(Stage.request("OPTIONS", changes[0], changes[1], body: ""))
        }
        #expect(try await other.read(through: "\r\n\r\n").values("CSeq") == ["2 OPTIONS"])
        #expect(try await one.read(through: "\r\n\r\n").values("CSeq") == ["1 OPTIONS"])
        try await running.stop()
    }

    @Test("TCP: a message that breaks the framing gets 400 and the end of the connection (RFC 4475 §3.1.2.3)")
    func brokenFraming() async throws {
        let running = try await Running.start(host: "127.0.0.1")
        let peer = try await Peer.connect(to: running.addresses[1])
        let request = Stage.request("MESSAGE", "Via: SIP/2.0/TCP h;branch=z9hG4bKf")
        try await peer.send(request.replacing("Content-Length: 2", with: "Content-Length: -2"))
        #expect(try await peer.readToEnd().hasPrefix("SIP/2.0 400 "))
        #expect(try await running.run { host, _ in host.refusals.map(\.code) } == ["malformed-request"])
        try await running.stop()
    }

    @Test("RFC 3428 §7: messages that are stored after their input ended get their 202", arguments: [false, true])
    func answersAfterInput(isBroken: Bool) async throws {
        let running = try await Running.start(host: "127.0.0.1")
        let peer = try await Peer.connect(to: running.addresses[1])
        func request(_ method: String, _ id: String) -> String {
            let via = "Via: SIP/2.0/TCP h;branch=z9hG4bK\(id)"
            return Stage.request(method, via, "Call-ID: \(id)", body: method == "OPTIONS" ? "" : "hi")
        }
        let broken = request("MESSAGE", "b").replacing("Content-Length: 2", with: "Content-Length: -2")
        let messages = request("MESSAGE", "m1") + request("MESSAGE", "m2")
        try await peer.send(messages + request("OPTIONS", "o") + (isBroken ? broken : ""))
        if !isBroken { try await peer.endOutput() }
        #expect(try await peer.read(through: "\r\n\r\n").values("Call-ID") == ["o"])
        if isBroken { #expect(try await peer.read(through: "\r\n\r\n").hasPrefix("SIP/2.0 400 ")) }
        try await Task.sleep(for: .milliseconds(300))
        try await running.run { host, leg in
            for arrival in host.arrivals { if let token = arrival.answer { leg.acknowledge(token) } }
        }
        for id in ["m1", "m2"] {
            let answer = try await peer.read(through: "\r\n\r\n")
            #expect(answer.hasPrefix("SIP/2.0 202 ") && answer.values("Call-ID") == [id])
        }
        #expect(try await peer.readToEnd().isEmpty)
        try await running.stop()
    }

    @Test("A request goes out over UDP, and its answer is delivery", arguments: Families.hosts)
    func outgoing(host: String) async throws {
        let running = try await Running.start(host: host)
        let peer = try await DatagramPeer.bind(host: host)
        let port = peer.port
        try await running.run { _, leg in leg.send(try Self.item(to: host, port: port, by: leg)) }
        let request = try await peer.received.next()
        #expect(request.sender.port == running.addresses[0].port)
        let via = try #require(request.text.values("Via").first)
        #expect(via.contains(":\(running.addresses[0].port ?? 0);"))
        try await peer.send(Self.ok(request.text), to: request.sender)
        // The leg answers this after it has read the response.
        try await peer.send(Stage.request("OPTIONS", Self.via("UDP", port, host: host), body: ""), to: request.sender)
        _ = try await peer.received.next()
        #expect(try await running.run { host, _ in host.deliveries.map(\.id) } == [CrossingID(1)])
        try await running.stop()
    }

    @Test("A request goes out over TCP, and its answer on that connection is delivery", arguments: Families.hosts)
    func outgoingConnection(host: String) async throws {
        let running = try await Running.start(host: host)
        let listener = try await PeerListener.bind(host: host)
        let port = listener.port
        try await running.run { _, leg in leg.send(try Self.item("tcp", to: host, port: port, by: leg)) }
        let peer = try await listener.accepted.next()
        let request = try await peer.read(through: "\r\n\r\n")
        #expect(request.values("Via").first?.hasPrefix("SIP/2.0/TCP ") == true)
        try await peer.send(Self.ok(request) + Stage.request("OPTIONS", Self.via("TCP", port, host: host), body: ""))
        _ = try await peer.read(through: "\r\n\r\n")
        #expect(try await running.run { host, _ in host.deliveries.map(\.id) } == [CrossingID(1)])
        try await running.stop()
    }

    /// A leg that listens for datagrams, and what it answers over TCP at the same port.
    ///
    /// The system may have given the port of the datagrams to somebody else's connections; then another one is taken.
    private static func bothTransports(_ host: String) async throws -> (Running, answer: String) {
        for _ in 0..<5 {
            let running = try await Running.start(host: host, ["udp"])
            do {
                let peer = try await Peer.connect(to: running.addresses[0])
                try await peer.send(Stage.request("OPTIONS", "Via: SIP/2.0/TCP h;branch=z9hG4bKo", body: ""))
                return (running, try await peer.read(through: "\r\n\r\n"))
            } catch {
                try await running.stop()
            }
        }
        throw ChannelError.eof
    }

    @Test("SIP-TRN-001 RFC 3261 §18.2.1: where datagrams are taken, connections are too", arguments: Families.hosts)
    func bothTransports(host: String) async throws {
        let (running, answer) = try await Self.bothTransports(host)
        #expect(running.addresses.count == 1)
        #expect(answer.hasPrefix("SIP/2.0 200 "))
        let route = Stage.route
        let names = try await running.run { _, leg in
            [leg.sentBy(.udp, for: route), leg.sentBy(.tcp, for: route)]
        }
        if host == "127.0.0.1" {
            #expect(names == Array(repeating: "127.0.0.1:\(running.addresses[0].port ?? 0)", count: 2))
        }
        try await running.stop()
    }

    @Test("RFC 3261 §18.1.1: a wildcard is no sent-by; the gateway's name is, with the port that answers come to")
    func wildcard() async throws {
        let running = try await Running.start(host: "0.0.0.0", ["udp"])
        let peer = try await DatagramPeer.bind(host: "127.0.0.1")
        let port = peer.port
        try await running.run { _, leg in leg.send(try Self.item(to: "127.0.0.1", port: port, by: leg)) }
        let request = try await peer.received.next()
        let via = try #require(request.text.values("Via").first)
        #expect(via.hasPrefix("SIP/2.0/UDP gw.example.org:\(request.sender.port ?? 0);branch="))
        #expect(via.hasSuffix(";rport"))
        try await peer.send(Self.ok(request.text), to: request.sender)
        try await peer.send(
            Stage.request("OPTIONS", Self.via("UDP", port, host: "127.0.0.1"), body: ""),
            to: request.sender
        )
        _ = try await peer.received.next()
        #expect(try await running.run { host, _ in host.deliveries.count } == 1)
        try await running.stop()
    }

    @Test("SIP-TRN-004: the 413 of a message that is too long arrives, however much of it comes")
    func oversized() async throws {
        let running = try await Running.start(host: "127.0.0.1")
        let peer = try await Peer.connect(to: running.addresses[1])
        let body = String(repeating: "x", count: 3 << 20)
        async let sending: ()? = try? peer.send(
            Stage.request("MESSAGE", "Via: SIP/2.0/TCP h;branch=z9hG4bKl", body: body)
                + Stage.request("OPTIONS", body: "")
        )
        let answers = try await peer.readToEnd()
        #expect(answers.hasPrefix("SIP/2.0 413 "))
        #expect(answers.split(separator: "SIP/2.0 ").count == 1)
        _ = await sending
        try await running.stop()
    }

    @Test("SIP-TRN-003: fifty requests in one write get fifty answers")
    func pipelined() async throws {
        let running = try await Running.start(host: "127.0.0.1")
        let peer = try await Peer.connect(to: running.addresses[1])
        let requests = (1...50).map {
            Stage.request("OPTIONS", "CSeq: \($0) OPTIONS", "Via: SIP/2.0/TCP h;branch=z9hG4bKp\($0)", body: "")
        }
        try await peer.send(requests.joined())
        for number in 1...50 {
            #expect(try await peer.read(through: "\r\n\r\n").values("CSeq") == ["\(number) OPTIONS"])
        }
        try await running.stop()
    }

    /// The 200 of a request.
    private static func ok(_ request: String) -> String {
        var lines = ["SIP/2.0 200 OK"]
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            lines += request.values(name).map { "\(name): \($0)" }
        }
        return (lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
    }

    private static func item(
        _ transport: String = "udp",
        to host: String,
        port: Int,
        by leg: SIMPLELeg
    ) throws -> Item {
        let route = SIMPLELegSettings.Route(
            transport: transport,
            address: host,
            port: port,
            isCongestionSafe: false,
            largestMessage: 65_536
        )
        let identity = leg.identity(callID: "c", sender: "juliet@example.com", route: route)
        var builder = SIPRequestBuilder(.message, uri: "sip:romeo@example.net")
        builder.via(transport: identity.transport, sentBy: identity.sentBy, branch: identity.branch)
        builder.address(.from, uri: "sip:juliet@example.com", tag: identity.fromTag)
        builder.address(.to, uri: "sip:romeo@example.net")
        builder.add(.callID, identity.callID)
        builder.sequence(identity.cseq)
        let record = RequestRecord(
            branch: identity.branch,
            callID: identity.callID,
            fromTag: identity.fromTag,
            cseq: identity.cseq,
            destination: route.destination,
            peer: "romeo@example.net",
            domain: "example.net",
            carrier: .sip
        )
        let offer = Offer(
            kind: .message,
            target: .cpim,
            sender: "juliet@example.com",
            recipient: "sip:romeo@example.net",
            hop: route.name,
            lane: "sip:romeo@example.net",
            cargo: Cargo(source: [], wire: builder.message(), identity: record.bytes),
            generation: "g"
        )
        return Item(
            id: CrossingID(1),
            offer: offer,
            state: .sent,
            accepted: 0,
            firstSent: 0,
            deadline: .max,
            attempts: 1,
            answered: true
        )
    }
}
