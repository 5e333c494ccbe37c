import Addressing
import DNSChannels
import Loopback
import NIOCore
import NIOEmbedded
import NIOPosix
import NameServers
import Synchronization
import TLSChannels
import TestAuthority
import Testing
import XMPPStreams

@testable import XMPPChannels

@Suite("PeerJudge: DANE of servers that were connected to")
struct DANEServerTests {
    private let leaf: TLSCertificate
    private let other: TLSCertificate
    private let root: TLSCertificate

    init() throws {
        let all = try Certificates.made.get()
        leaf = try #require(all.peer.chain.first)
        other = try #require(all.other.chain.first)
        root = try all.authority.root.read
    }

    private func peer(_ verdict: ChainVerdict = .valid) -> PeerCertificates {
        PeerCertificates(chain: [leaf, root], path: verdict == .valid ? [leaf, root] : [], verdict: verdict)
    }

    private func verdict(
        _ records: [DNSChannels.TLSARecord],
        _ peer: PeerCertificates,
        domain: String = "peer.example",
        hosts: [String] = [],
        settings: PeerJudge.Settings = Judging.dane
    ) async throws -> CertificateVerdict {
        let server = NamedServer(domain: domain, names: [domain] + hosts, associations: .records(records))
        let inquiry = CertificateInquiry(peer, domain: domain, role: .client, server: server)
        return await (try Judging.judge(settings)).verdict(inquiry)
    }

    /// The record of one usage that the peer's chain agrees with.
    private func matching(_ usage: UInt8) -> DNSChannels.TLSARecord {
        Judging.association(usage, usage == 0 || usage == 2 ? root : leaf)
    }

    @Test(
        "RFC 7673 §4.2: a record that agrees proves the domain, whatever the usage",
        arguments: [0, 1, 2, 3] as [UInt8]
    )
    func agrees(usage: UInt8) async throws {
        #expect(try await verdict([matching(usage)], peer()) == .proved(.dane))
        // Any of several is enough, unusable ones beside it change nothing.
        let others = [Judging.association(3, other), Judging.association(9, leaf)]
        #expect(try await verdict(others + [matching(usage)], peer()) == .proved(.dane))
    }

    @Test(
        "RFC 6698 §2.1.1: DANE-TA and DANE-EE ask for no authority, PKIX-TA and PKIX-EE do",
        arguments: [0, 1, 2, 3] as [UInt8]
    )
    func authority(usage: UInt8) async throws {
        let verdict = try await verdict([matching(usage)], peer(.unknownIssuer))
        #expect((verdict == .proved(.dane)) == (usage >= 2), "\(verdict)")
        if usage < 2 { #expect(verdict.reason == "No TLSA record names the certificate.") }
    }

    @Test(
        "RFC 7673 §4.2: where no usable record agrees, a certificate of an authority does not help",
        arguments: [0, 1, 2, 3] as [UInt8]
    )
    func contradicts(usage: UInt8) async throws {
        #expect(try await verdict([Judging.association(usage, other)], peer()).reason != nil)
    }

    @Test(
        "RFC 7673 §4.2, §9.2: but for DANE-EE the certificate names the domain, or the host",
        arguments: [0, 1, 2, 3] as [UInt8]
    )
    func names(usage: UInt8) async throws {
        let records = [matching(usage)]
        let unnamed = try await verdict(records, peer(), domain: "hosted.example", hosts: ["host.example"])
        #expect((unnamed == .proved(.dane)) == (usage == 3), "\(unnamed)")
        #expect(try await verdict(records, peer(), domain: "hosted.example", hosts: ["peer.example"]) == .proved(.dane))
    }

    @Test("RFC 7673 §4.1: without a usable record the usual checks decide")
    func unusable() async throws {
        let records = [Judging.association(9, other)]
        #expect(try await verdict(records, peer()) == .proved(.pkix))
        #expect(try await verdict(records, peer(.unknownIssuer)).reason?.contains("unknownIssuer") == true)
    }

    @Test("RFC 7673 §4.2: DANE-EE takes a certificate that is out of date, the others do not")
    func dates() async throws {
        let expired = try #require(try Certificates.made.get().expired.chain.first)
        let peer = PeerCertificates(chain: [expired, root], path: [], verdict: .expired)
        #expect(try await verdict([Judging.association(3, expired)], peer) == .proved(.dane))
        #expect(try await verdict([Judging.association(2, root)], peer).reason != nil)
    }

    @Test("RFC 7712 §5.1: where DANE is off, neither records nor the host of the DNS count")
    func off() async throws {
        var settings = Judging.dane
        settings.usesDANE = false
        #expect(try await verdict([Judging.association(3, other)], peer(), settings: settings) == .proved(.pkix))
        let hosted = try await verdict(
            [matching(3)],
            peer(),
            domain: "hosted.example",
            hosts: ["peer.example"],
            settings: settings
        )
        #expect(hosted == .refused("The certificate is for DNS:peer.example, not for hosted.example."))
    }

    @Test("RFC 6120 §13.7.2: a certificate that the operator names is taken, for its domain alone")
    func pins() async throws {
        var settings = Judging.dane
        settings.pins = ["peer.example": [leaf.fingerprint]]
        let unusable = [Judging.association(9, other)]
        #expect(try await verdict(unusable, peer(.selfSigned), settings: settings) == .proved(.pin))
        #expect(try await verdict([Judging.association(3, other)], peer(), settings: settings) == .proved(.pin))
        let elsewhere = try await verdict(unusable, peer(.selfSigned), domain: "a.example", settings: settings)
        #expect(elsewhere.reason != nil)
        settings.pins = ["peer.example": [other.fingerprint]]
        #expect(try await verdict(unusable, peer(.selfSigned), settings: settings).reason != nil)
    }
}

@Suite("PeerJudge: DANE of peers that connected")
struct DANESearchTests {
    private let peer: PeerCertificates
    private let other: TLSCertificate
    private let startTLS = Judging.question("_xmpp-server._tcp.peer.example", .srv)
    private let directTLS = Judging.question("_xmpps-server._tcp.peer.example", .srv)

    init() throws {
        let all = try Certificates.made.get()
        peer = PeerCertificates(chain: all.peer.chain, path: [], verdict: .unknownIssuer)
        other = try #require(all.other.chain.first)
    }

    private var record: DNSChannels.TLSARecord { Judging.association(3, peer.chain[0]) }

    private var proved: [DNSQuestion: DNSAnswer] {
        [
            startTLS: Judging.answer(Judging.service("h.example")),
            directTLS: DNSAnswer(.noData, isSecure: true),
            Judging.question("h.example", .a): Judging.answer(Judging.address()),
            Judging.question("h.example", .aaaa): DNSAnswer(.noData, isSecure: true),
            Judging.question("_5269._tcp.h.example", .tlsa): Judging.answer(.association(record)),
        ]
    }

    private func verdict(
        _ answers: [DNSQuestion: DNSAnswer],
        role: TLSContext.Role = .server,
        server: NamedServer? = nil
    ) async throws -> CertificateVerdict {
        let inquiry = CertificateInquiry(peer, domain: "peer.example", role: role, server: server)
        return await (try Judging.judge(Judging.dane, resolver: StaticResolver(answers))).verdict(inquiry)
    }

    @Test("RFC 7712 §5.1: the records of the domain's servers prove a peer that connected")
    func proves() async throws {
        #expect(try await verdict(proved) == .proved(.dane))
        // A further domain on a stream of ours is another domain's server, too.
        let server = NamedServer(domain: "first.example", names: ["first.example"], associations: .none)
        #expect(try await verdict(proved, role: .client, server: server) == .proved(.dane))
        var direct = proved
        direct[startTLS] = DNSAnswer(.noData, isSecure: true)
        direct[directTLS] = Judging.answer(Judging.service("h.example", port: 5270))
        direct[Judging.question("_5270._tcp.h.example", .tlsa)] = Judging.answer(.association(record))
        #expect(try await verdict(direct) == .proved(.dane))
    }

    @Test("RFC 7673 §3.3: the records of the domain's other servers do not prove one that was connected to")
    func connected() async throws {
        for associations in [ConnectedServer.Associations.none, .notAsked] {
            let server = NamedServer(domain: "peer.example", names: ["peer.example"], associations: associations)
            #expect(try await verdict(proved, role: .client, server: server).reason != nil)
        }
    }

    @Test("RFC 7673 §3: what DNSSEC does not prove, at whatever step, proves nothing")
    func insecure() async throws {
        for question in proved.keys where proved[question]?.records.isEmpty == false {
            var answers = proved
            answers[question]?.isSecure = false
            #expect(try await verdict(answers).reason != nil, "\(question)")
            answers[question] = .failed(.bogus("a signature is wrong"))
            #expect(try await verdict(answers).reason != nil, "\(question)")
            answers[question] = .failed(.serverFailure(code: 2))
            #expect(try await verdict(answers).reason != nil, "\(question)")
        }
        // RFC 7673 §3.2: an address of the other family that contradicts DNSSEC is a sign of an attack.
        var answers = proved
        answers[Judging.question("h.example", .aaaa)] = .failed(.bogus("a signature is wrong"))
        #expect(try await verdict(answers).reason != nil)
    }

    @Test("RFC 7712 §5.1: any record of any server is enough; that none agrees leaves the certificate unproved")
    func several() async throws {
        var answers = proved
        answers[startTLS] = Judging.answer(
            Judging.service("a.example"),
            Judging.service("b.example", priority: 1),
            Judging.service("h.example", priority: 2)
        )
        answers[Judging.question("a.example", .a)] = Judging.answer(Judging.address())
        let unlike = Judging.answer(.association(Judging.association(3, other)))
        answers[Judging.question("_5269._tcp.a.example", .tlsa)] = unlike
        #expect(try await verdict(answers) == .proved(.dane))
        answers[Judging.question("_5269._tcp.h.example", .tlsa)] = unlike
        let reason = try #require(try await verdict(answers).reason)
        #expect(reason.contains("unknownIssuer") && reason.contains("No TLSA record"), "\(reason)")
        let valid = CertificateInquiry(
            PeerCertificates(chain: peer.chain, path: peer.chain, verdict: .valid),
            domain: "peer.example",
            role: .server
        )
        let judge = try Judging.judge(Judging.dane, resolver: StaticResolver(answers))
        #expect(await judge.verdict(valid) == .proved(.pkix))
    }

    @Test("RFC 6120 §3.2.2: a domain without services is its own server")
    func itself() async throws {
        let question = Judging.question("_5269._tcp.peer.example", .tlsa)
        let none = DNSAnswer(.noSuchName, isSecure: true)
        var answers: [DNSQuestion: DNSAnswer] = [
            startTLS: none, directTLS: none, question: Judging.answer(.association(record)),
            Judging.question("peer.example", .a): Judging.answer(Judging.address()),
        ]
        #expect(try await verdict(answers) == .proved(.dane))
        answers[startTLS] = Judging.answer(Judging.service("."))
        #expect(try await verdict(answers).reason?.contains("has no server") == true)
    }

    @Test("RFC 6120 §13.12: eight servers are looked at, and one more is not")
    func servers() async throws {
        var answers = proved
        let hosts = (1...9).map { "h\($0).example" }
        let services = hosts.enumerated().map { Judging.service($1, priority: UInt16($0)) }
        answers[startTLS] = DNSAnswer(.records(services.map { DNSRecord($0, seconds: 1) }), isSecure: true)
        let resolver = StaticResolver(answers)
        let judge = try Judging.judge(Judging.dane, resolver: resolver)
        #expect(await judge.verdict(CertificateInquiry(peer, domain: "peer.example", role: .server)).reason != nil)
        let asked = Set(resolver.asked.filter { $0.type == .a }.map(\.name.description))
        #expect(asked == Set(hosts.prefix(8)))
    }

    @Test("RFC 6120 §13.12: a silent DNS is waited for a bounded time, by a bounded number")
    func bounds() throws {
        let loop = EmbeddedEventLoop()
        let verdicts = Mutex<[CertificateVerdict]>([])
        var limits = TrustLimits()
        limits.verdict = .seconds(4)
        limits.judgements = 1
        let judge = try Judging.judge(
            Judging.dane,
            resolver: StaticResolver([:], silent: [startTLS, directTLS]),
            limits: limits
        )
        let inquiry = CertificateInquiry(peer, domain: "peer.example", role: .server)
        func ask() { judge.judge(inquiry, on: loop) { verdict in verdicts.withLock { $0.append(verdict) } } }
        ask()
        loop.run()
        #expect(verdicts.withLock { $0 }.isEmpty)
        ask()
        #expect(verdicts.withLock { $0 }.last?.reason?.contains("Too many certificates") == true)
        loop.advanceTime(by: .seconds(4))
        #expect(verdicts.withLock { $0 }.count == 2)
        #expect(verdicts.withLock { $0 }.last?.reason?.contains("in time") == true)
        // Its place is free again, and what comes later is not heard.
        ask()
        loop.run()
        #expect(verdicts.withLock { $0 }.count == 2)
        loop.advanceTime(by: .seconds(20))
        #expect(verdicts.withLock { $0 }.count == 3)
        #expect(verdicts.withLock { $0 }.last?.reason?.contains("in time") == true)
    }
}

@Suite("PeerJudge over the DNS", .enabled(if: NameServer.isAvailable))
struct DANEZoneTests {
    /// A signed zone and the same without signatures, for a listener that shows the certificate of peer.example.
    private static let made = Task {
        let listener = try await PeerListener.bind()
        let certificate = try Certificates.made.get().peer.chain[0]
        let hash = certificate.fingerprint.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let text = """
            _xmpp-server._tcp.hosted SRV 0 0 \(listener.port) host
            host A 127.0.0.1
            _\(listener.port)._tcp.host TLSA 3 0 1 \(hash)

            """
        let server = try NameServer.start([.init("signed.example", text, isSigned: true), .init("plain.example", text)])
        var configuration = ResolverConfiguration()
        configuration.servers = [.init(try .init("127.0.0.1"), port: UInt16(server.port))]
        configuration.trustAnchors = [try await server.anchor(of: "signed.example")]
        return (listener, server, try UnboundResolver(configuration))
    }

    private func peer(_ credentials: KeyPath<Certificates, TLSCredentials>) throws -> PeerCertificates {
        PeerCertificates(chain: try Certificates.made.get()[keyPath: credentials].chain, path: [], verdict: .selfSigned)
    }

    @Test("RFC 7712 §5.1: a signed zone proves a peer that connected, one without signatures does not")
    func connected() async throws {
        let (_, _, resolver) = try await Self.made.value
        let judge = try Judging.judge(Judging.dane, resolver: resolver)
        let peer = try peer(\.peer)
        let signed = CertificateInquiry(peer, domain: "hosted.signed.example", role: .server)
        #expect(await judge.verdict(signed) == .proved(.dane))
        let plain = CertificateInquiry(peer, domain: "hosted.plain.example", role: .server)
        #expect(await judge.verdict(plain).reason?.contains("DNSSEC proves no server") == true)
        let wrong = CertificateInquiry(try self.peer(\.other), domain: "hosted.signed.example", role: .server)
        #expect(await judge.verdict(wrong).reason?.contains("No TLSA record") == true)
    }

    @Test("RFC 7673 §4.2: what the way to a server proved decides about its certificate")
    func served() async throws {
        let (_, _, resolver) = try await Self.made.value
        let judge = try Judging.judge(Judging.dane, resolver: resolver)
        let server = try await Connector(resolver: resolver, policy: Judging.open).connect(
            to: .xmppServer(domain: "hosted.signed.example"),
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
        let named = NamedServer(server)
        #expect(named.names == ["hosted.signed.example", "host.signed.example"])
        for (credentials, expected) in [(\Certificates.peer, true), (\.other, false)] {
            let inquiry = CertificateInquiry(
                try peer(credentials),
                domain: "hosted.signed.example",
                role: .client,
                server: named
            )
            #expect((await judge.verdict(inquiry) == .proved(.dane)) == expected)
        }
        try await server.channel.close()
    }
}
