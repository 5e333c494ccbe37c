import Addressing
import DNSChannels
import Loopback
import NIOCore
import NIOPosix
import NameServers
import Testing

@Suite("Connector")
struct ConnectorTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private static let startTLS = Samples.question("_xmpp-server._tcp.peer.example", .srv)
    private static let directTLS = Samples.question("_xmpps-server._tcp.peer.example", .srv)

    /// Loopback is where the peers of the tests are.
    private var open: AddressPolicy {
        var policy = AddressPolicy()
        policy.refused.remove(.loopback)
        return policy
    }

    private func connect(
        _ answers: [DNSQuestion: DNSAnswer],
        _ destination: Connector.Destination = .xmppServer(domain: "peer.example"),
        policy: AddressPolicy? = nil,
        limits: ConnectorLimits = ConnectorLimits()
    ) async throws -> ConnectedServer {
        let connector = Connector(resolver: StaticResolver(answers), policy: policy ?? open, limits: limits)
        return try await connector.connect(to: destination, on: eventLoop)
    }

    private func failure(
        _ resolver: StaticResolver,
        _ destination: Connector.Destination = .xmppServer(domain: "peer.example"),
        policy: AddressPolicy? = nil,
        limits: ConnectorLimits = ConnectorLimits()
    ) async throws -> ConnectionFailure {
        let connector = Connector(resolver: resolver, policy: policy ?? open, limits: limits)
        do throws(ConnectionFailure) {
            let server = try await connector.connect(to: destination, on: eventLoop)
            Issue.record("connected to \(server.server)")
            throw ConnectionFailure(kind: .cancelled, domain: "", attempts: [])
        } catch {
            return error
        }
    }

    /// A port of 127.0.0.1 where nothing listens.
    private func closedPort() async throws -> UInt16 {
        let listener = try await PeerListener.bind()
        try await listener.close()
        return UInt16(listener.port)
    }

    // MARK: Order

    @Test("RFC 6120 §3.2.1: every address of a server is tried, then the next server is")
    func walk() async throws {
        let (listener, closed) = (try await PeerListener.bind(), try await closedPort())
        let server = try await connect([
            Self.startTLS: Samples.records(Samples.srv(2, 0, UInt16(listener.port), "b.example")),
            Self.directTLS: Samples.records(
                Samples.srv(1, 0, closed, "a.example"),
                Samples.srv(3, 0, closed, "c.example")
            ),
            Samples.question("a.example", .a): Samples.addresses("127.0.0.1", "127.0.0.2"),
            Samples.question("b.example", .a): Samples.addresses("127.0.0.1"),
        ])
        #expect(server.server.description == "b.example:\(listener.port)" && server.server.mode == .startTLS)
        #expect(server.address == Samples.address("127.0.0.1") && server.domain == "peer.example")
        #expect(server.attempts.map(\.stage) == [.connection, .connection])
        #expect(server.attempts.map(\.address) == ["127.0.0.1", "127.0.0.2"].map(Samples.address))
        #expect(server.attempts[0].description.hasPrefix("a.example:\(closed) (127.0.0.1): "))
        #expect(server.attempts[0].reason.contains("refused"))
        // What is left can be tried when the stream does not come to be.
        #expect(server.others.map(\.host.description) == ["c.example"] && server.others[0].mode == .directTLS)
        try await server.channel.close()
    }

    @Test("RFC 6120 §3.2.1: the servers behind one that made no stream are tried in a search of their own")
    func resumed() async throws {
        let listener = try await PeerListener.bind()
        let answers: [DNSQuestion: DNSAnswer] = [
            Self.startTLS: Samples.records(
                Samples.srv(1, 0, UInt16(listener.port), "a.example"),
                Samples.srv(2, 0, UInt16(listener.port), "b.example")
            ),
            Samples.question("a.example", .a): Samples.addresses("127.0.0.1"),
            Samples.question("b.example", .a): Samples.addresses("127.0.0.1"),
        ]
        let first = try await connect(answers)
        let second = try await connect(answers, .servers(first.others, domain: "peer.example"))
        #expect(second.server.host.description == "b.example" && second.others.isEmpty)
        try await first.channel.close()
        try await second.channel.close()
    }

    @Test("RFC 6120 §3.2.1: servers that refuse do not make the domain itself a server")
    func noFallback() async throws {
        let resolver = StaticResolver([
            Self.startTLS: Samples.records(Samples.srv(0, 0, try await closedPort(), "a.example")),
            Samples.question("a.example", .a): Samples.addresses("127.0.0.1"),
            Samples.question("peer.example", .a): Samples.addresses("127.0.0.1"),
        ])
        #expect(try await failure(resolver).kind == .unreachable)
        #expect(!resolver.asked.contains(Samples.question("peer.example", .a)))
    }

    @Test("RFC 6120 §3.2.2: without records the domain itself is tried on port 5269")
    func fallback() async throws {
        let resolver = StaticResolver([Samples.question("peer.example", .a): Samples.addresses("127.5.2.69")])
        let failure = try await failure(resolver)
        #expect(failure.kind == .unreachable && failure.attempts.count == 1)
        #expect(failure.attempts[0].description.hasPrefix("peer.example:5269 (127.5.2.69): "))
    }

    @Test("RFC 6120 §3.2.1, XEP-0368 §5: a service that is not offered is not connected to")
    func notOffered() async throws {
        let listener = try await PeerListener.bind()
        let resolver = StaticResolver([
            Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), ".")),
            Samples.question("peer.example", .a): Samples.addresses("127.0.0.1"),
        ])
        #expect(try await failure(resolver).kind == .notOffered)
        #expect(Set(resolver.asked) == [Self.startTLS, Self.directTLS])
    }

    @Test("RFC 6120 §3.2.3: a server that an operator names is connected to without a question for services")
    func configured() async throws {
        let listener = try await PeerListener.bind()
        let route = ServerCandidate(
            .address(Samples.address("127.0.0.1")),
            port: UInt16(listener.port),
            mode: .directTLS,
            isConfigured: true
        )
        let resolver = StaticResolver([:])
        let connector = Connector(resolver: resolver)
        let server = try await connector.connect(to: .servers([route], domain: "Peer.example"), on: eventLoop)
        #expect(server.domain == "peer.example" && server.referenceNames == ["peer.example"])
        #expect(server.server.mode == .directTLS && resolver.asked.isEmpty)
        try await server.channel.close()
    }

    @Test("RFC 7673 §8: an internationalized domain is asked for in A-labels")
    func internationalized() async throws {
        let resolver = StaticResolver([:])
        let failure = try await failure(resolver, .xmppServer(domain: "müller.example"))
        #expect(failure.kind == .notFound && failure.domain == "müller.example")
        #expect(resolver.asked.contains(Samples.question("_xmpp-server._tcp.xn--mller-kva.example", .srv)))
    }

    // MARK: Addresses

    @Test("RFC 8305 §5: an address that keeps silent is left behind after 250 ms for one that answers")
    func deadAddress() async throws {
        let listener = try await PeerListener.bind()
        let deadEnd = try DeadEnd("127.0.0.2", port: listener.port)
        let clock = TestClock()
        let connector = Connector(
            resolver: StaticResolver([
                Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(deadEnd.port), "a.example")),
                Samples.question("a.example", .a): Samples.addresses("127.0.0.2", "127.0.0.1"),
            ]),
            policy: open,
            clock: clock.clock
        )
        async let connected = connector.connect(to: .xmppServer(domain: "peer.example"), on: eventLoop)
        try await clock.advance(250)
        let server = try await connected
        #expect(server.address == Samples.address("127.0.0.1") && server.attempts.isEmpty)
        try await server.channel.close()
        withExtendedLifetime(deadEnd) {}
    }

    @Test(
        "RFC 8305 §5: a server whose only address keeps silent costs the limit of one attempt, then the next is tried"
    )
    func deadServer() async throws {
        let listener = try await PeerListener.bind()
        let deadEnd = try DeadEnd("127.0.0.3")
        let clock = TestClock()
        let connector = Connector(
            resolver: StaticResolver([
                Self.startTLS: Samples.records(
                    Samples.srv(0, 0, UInt16(deadEnd.port), "a.example"),
                    Samples.srv(1, 0, UInt16(listener.port), "b.example")
                ),
                Samples.question("a.example", .a): Samples.addresses("127.0.0.3"),
                Samples.question("b.example", .a): Samples.addresses("127.0.0.1"),
            ]),
            policy: open,
            clock: clock.clock
        )
        async let connected = connector.connect(to: .xmppServer(domain: "peer.example"), on: eventLoop)
        try await clock.advance(5_000)
        let server = try await connected
        #expect(server.server.host.description == "b.example")
        #expect(server.attempts.map(\.reason) == ["no answer within 5000 ms"])
        try await server.channel.close()
        withExtendedLifetime(deadEnd) {}
    }

    @Test("RFC 8305 §3: a server with IPv6 addresses only is reached", .enabled(if: Families.hosts.contains("::1")))
    func onlyIPv6() async throws {
        let listener = try await PeerListener.bind(host: "::1")
        let server = try await connect([
            Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), "a.example")),
            Samples.question("a.example", .aaaa): Samples.addresses("::1"),
        ])
        #expect(server.address == Samples.address("::1"))
        try await server.channel.close()
    }

    @Test("RFC 8305 §3: a failed question for one family does not keep the other from being used")
    func oneFamilyFails() async throws {
        let listener = try await PeerListener.bind()
        let server = try await connect([
            Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), "a.example")),
            Samples.question("a.example", .aaaa): .failed(.serverFailure(code: 2)),
            Samples.question("a.example", .a): Samples.addresses("127.0.0.1"),
        ])
        #expect(server.attempts.map(\.stage) == [.addresses])
        #expect(server.attempts[0].reason == "AAAA: the DNS servers failed (SERVFAIL)")
        try await server.channel.close()
    }

    // MARK: Policy

    @Test("XEP-0205: a server on loopback that a stranger's domain names is not connected to")
    func refusedAddress() async throws {
        let listener = try await PeerListener.bind()
        let resolver = StaticResolver([
            Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), "evil.example")),
            Samples.question("evil.example", .a): Samples.addresses("127.0.0.1", "169.254.169.254"),
            Samples.question("evil.example", .aaaa): Samples.addresses("::1", "::ffff:127.0.0.1"),
        ])
        let failure = try await failure(resolver, policy: AddressPolicy())
        #expect(failure.kind == .refused)
        #expect(failure.attempts.count == 4 && failure.attempts.allSatisfy { $0.stage == .policy })
        #expect(
            Set(failure.attempts.map(\.reason)) == ["a loopback address is refused", "a link-local address is refused"]
        )
        // Whatever was accepted would be there before this connection.
        let probe = try await Peer.connect(to: listener.address)
        try await probe.send("probe")
        #expect(try await listener.accepted.next().read(through: "probe") == "probe")
        #expect(try await listener.accepted.rest().isEmpty)
    }

    @Test("XEP-0205: refused addresses do not keep allowed ones of the same server from being used")
    func someRefused() async throws {
        let listener = try await PeerListener.bind()
        var policy = AddressPolicy()
        policy.allowed = [try #require(AddressPolicy.Block("127.0.0.1"))]
        let server = try await connect(
            [
                Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), "a.example")),
                Samples.question("a.example", .a): Samples.addresses("127.0.0.2", "127.0.0.1"),
            ],
            policy: policy
        )
        #expect(server.address == Samples.address("127.0.0.1") && server.attempts.map(\.stage) == [.policy])
        try await server.channel.close()
    }

    @Test(
        "XEP-0205: a domain that is an IP address is refused unless an operator allows it",
        arguments: [
            "127.5.2.70", "[::ffff:127.5.2.70]",
        ]
    )
    func literals(_ domain: String) async throws {
        let resolver = StaticResolver([:])
        let refused = try await failure(resolver, .xmppServer(domain: domain))
        #expect(refused.kind == .refused && refused.attempts.map(\.stage) == [.policy])
        var policy = open
        policy.allowsLiteralDomains = true
        let tried = try await failure(resolver, .xmppServer(domain: domain), policy: policy)
        #expect(tried.kind == .unreachable && tried.attempts.map(\.stage) == [.connection])
        policy = AddressPolicy()
        policy.allowsLiteralDomains = true
        #expect(try await failure(resolver, .xmppServer(domain: domain), policy: policy).kind == .refused)
        #expect(resolver.asked.isEmpty)
    }

    @Test("RFC 2782: port 0 is no port")
    func portZero() async throws {
        let resolver = StaticResolver([
            Self.startTLS: Samples.records(Samples.srv(0, 0, 0, "a.example")),
            Samples.question("a.example", .a): Samples.addresses("127.0.0.1"),
        ])
        let failure = try await failure(resolver)
        #expect(failure.kind == .notFound && failure.attempts.map(\.reason) == ["the server has port 0"])
    }

    // MARK: What cannot be found

    @Test("RFC 6120 §10.4.3: what does not exist, what is no domain and what is not known yet are told apart")
    func kinds() async throws {
        #expect(try await failure(StaticResolver([:])).kind == .notFound)
        #expect(try await failure(StaticResolver([:]), .xmppServer(domain: "a..b")).kind == .malformedDomain)
        let failing = StaticResolver([Self.startTLS: .failed(.serverFailure(code: 2))])
        let failure = try await failure(failing)
        #expect(failure.kind == .undecided)
        #expect(
            failure.attempts.map(\.reason) == [
                "_xmpp-server._tcp.peer.example SRV: the DNS servers failed (SERVFAIL)"
            ]
        )
        let noAddress = StaticResolver([Self.startTLS: Samples.records(Samples.srv(0, 0, 1, "a.example"))])
        #expect(try await self.failure(noAddress).attempts.map(\.reason) == ["the name does not exist"])
    }

    @Test("RFC 6120 §3.2.1: a DNS server that keeps silent leaves the search undecided")
    func silent() async throws {
        var limits = ConnectorLimits()
        limits.question = .milliseconds(50)
        let resolver = StaticResolver([:], silent: [Self.startTLS])
        let failure = try await failure(resolver, limits: limits)
        #expect(failure.kind == .undecided && failure.attempts[0].reason.hasSuffix("no answer in time"))
    }

    // MARK: DNSSEC

    @Test("RFC 7673 §3.3: what the certificate must match is asked for by port and name of a proved server")
    func associations() async throws {
        let listener = try await PeerListener.bind()
        let record = TLSARecord(usage: 3, selector: 1, matching: 1, association: Array(repeating: 9, count: 32))
        let question = Samples.question("_\(listener.port)._tcp.a.example", .tlsa)
        func answers(srv: Bool, address: Bool, tlsa: Bool) -> [DNSQuestion: DNSAnswer] {
            [
                Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), "a.example"), isSecure: srv),
                Self.directTLS: DNSAnswer(.noSuchName, isSecure: srv),
                Samples.question("a.example", .a): Samples.addresses("127.0.0.1", isSecure: address),
                question: Samples.records(DNSRecord(.association(record)), isSecure: tlsa),
            ]
        }
        for (srv, address, tlsa, expected): (Bool, Bool, Bool, ConnectedServer.Associations) in [
            (true, true, true, .records([record])), (true, true, false, .none), (true, false, true, .notAsked),
            (false, true, true, .notAsked),
        ] {
            let resolver = StaticResolver(answers(srv: srv, address: address, tlsa: tlsa))
            let server = try await Connector(resolver: resolver, policy: open)
                .connect(to: .xmppServer(domain: "peer.example"), on: eventLoop)
            #expect(server.associations == expected)
            #expect(resolver.asked.contains(question) == (srv && address))
            #expect(server.isAddressProved == (srv && address))
            // RFC 7673 §4.1: the server's own name counts only when DNSSEC proves that it is the domain's server.
            #expect(server.referenceNames == (srv ? ["peer.example", "a.example"] : ["peer.example"]))
            try await server.channel.close()
        }
    }

    @Test("RFC 7673 §3.2, §3.4: a server with a bogus answer is left for the next, which is used")
    func bogusServer() async throws {
        let listener = try await PeerListener.bind()
        let port = UInt16(listener.port)
        for bad in [
            Samples.question("a.example", .aaaa), Samples.question("_\(port)._tcp.a.example", .tlsa),
        ] {
            var answers: [DNSQuestion: DNSAnswer] = [
                Self.startTLS: Samples.records(
                    Samples.srv(0, 0, port, "a.example"),
                    Samples.srv(1, 0, port, "b.example"),
                    isSecure: true
                ),
                Samples.question("a.example", .a): Samples.addresses("127.0.0.1", isSecure: true),
                Samples.question("b.example", .a): Samples.addresses("127.0.0.1"),
            ]
            answers[bad] = .failed(.bogus("a signature is missing"))
            let server = try await connect(answers)
            #expect(server.server.host.description == "b.example")
            #expect(server.attempts.count == 1 && server.attempts[0].reason.hasSuffix("a signature is missing"))
            try await server.channel.close()
        }
    }

    @Test("RFC 7673 §3.1: a bogus answer for the servers ends the search")
    func bogusServices() async throws {
        let resolver = StaticResolver([
            Self.startTLS: .failed(.bogus("x")),
            Samples.question("peer.example", .a): Samples.addresses("127.0.0.1"),
        ])
        #expect(try await failure(resolver).kind == .bogus)
        #expect(Set(resolver.asked) == [Self.startTLS, Self.directTLS])
    }

    // MARK: Bounds

    @Test("A search ends with its limit, and tells what was open")
    func total() async throws {
        let deadEnd = try DeadEnd("127.0.0.4")
        let clock = TestClock()
        var limits = ConnectorLimits()
        limits.total = .seconds(2)
        let connector = Connector(
            resolver: StaticResolver([
                Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(deadEnd.port), "a.example")),
                Samples.question("a.example", .a): Samples.addresses("127.0.0.4"),
            ]),
            policy: open,
            limits: limits,
            clock: clock.clock
        )
        async let connected = connector.connect(to: .xmppServer(domain: "peer.example"), on: eventLoop)
        // The limit of the attempt, which has begun then.
        try await clock.wait(for: 5_000)
        try await clock.advance(2_000)
        do {
            _ = try await connected
            Issue.record("connected")
        } catch {
            let failure = try #require(error as? ConnectionFailure)
            #expect(failure.kind == .unreachable)
            #expect(failure.attempts.map(\.address) == [Samples.address("127.0.0.4"), nil])
        }
        withExtendedLifetime(deadEnd) {}
    }

    @Test("A search that is given up ends once, as cancelled")
    func cancelled() async throws {
        let resolver = StaticResolver([:], silent: [Self.startTLS])
        let connector = Connector(resolver: resolver)
        let results = Mailbox<ConnectionFailure.Kind>(eventLoop: eventLoop)
        let open = connector.connect(to: .xmppServer(domain: "peer.example"), on: eventLoop) { result in
            if case .failure(let failure) = result { results.put(failure.kind) }
        }
        open.cancel()
        open.cancel()
        #expect(try await results.next() == .cancelled)
        #expect(try await results.rest().isEmpty)
    }

    @Test("More servers than the bound are not tried")
    func serverBound() async throws {
        let closed = try await closedPort()
        var answers: [DNSQuestion: DNSAnswer] = [
            Self.startTLS: DNSAnswer(.records((0..<20).map { Samples.srv(UInt16($0), 0, closed, "a\($0).example") }))
        ]
        for index in 0..<20 { answers[Samples.question("a\(index).example", .a)] = Samples.addresses("127.0.0.1") }
        let resolver = StaticResolver(answers)
        #expect(try await failure(resolver).attempts.count == 8)
        #expect(!resolver.asked.contains(Samples.question("a8.example", .a)))
    }

    @Test("A connection reads nothing before it is told to, so that no byte is lost")
    func reading() async throws {
        let listener = try await PeerListener.bind()
        let server = try await connect([
            Self.startTLS: Samples.records(Samples.srv(0, 0, UInt16(listener.port), "a.example")),
            Samples.question("a.example", .a): Samples.addresses("127.0.0.1"),
        ])
        let peer = try await listener.accepted.next()
        try await peer.send("early")
        let received = Mailbox<String>(eventLoop: eventLoop)
        try await eventLoop.submit {
            try server.channel.pipeline.syncOperations.addHandler(Texts(received))
        }.get()
        #expect(try await received.rest().isEmpty)
        try await server.startReading().get()
        #expect(try await received.next() == "early")
        try await server.channel.close()
    }

    private final class Texts: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let received: Mailbox<String>

        init(_ received: Mailbox<String>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.put(String(buffer: unwrapInboundIn(data)))
        }
    }
}

/// The whole way: a real server, a signed zone, a listening peer.
@Suite("Connector over the DNS", .enabled(if: NameServer.isAvailable))
struct ConnectorDNSTests {
    @Test("RFC 6120 §3.2.1, RFC 7673 §3.3: from a domain of a signed zone to a connection with its associations")
    func signed() async throws {
        let names = try await NameServer.shared.value
        var configuration = ResolverConfiguration()
        configuration.servers = [.init(Samples.address("127.0.0.1"), port: UInt16(names.port))]
        configuration.trustAnchors = [try await names.anchor()]
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        var policy = AddressPolicy()
        policy.allowed = [try #require(AddressPolicy.Block("127.0.0.0/8"))]
        let server = try await Connector(resolver: resolver, policy: policy).connect(
            to: .xmppServer(domain: "live.signed.example"),
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
        #expect(server.server.description == "host.signed.example:\(try await NameServer.listener.value.port)")
        #expect(server.isAddressProved && server.server.isProved)
        #expect(server.referenceNames == ["live.signed.example", "host.signed.example"])
        #expect(
            server.associations
                == .records([
                    TLSARecord(usage: 3, selector: 1, matching: 1, association: Array(repeating: 0xCD, count: 32))
                ])
        )
        #expect(server.attempts.map(\.reason) == ["the name does not exist"])
        try await server.channel.close()
    }
}
