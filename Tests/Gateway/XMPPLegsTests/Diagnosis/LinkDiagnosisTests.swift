import Addressing
import DNSChannels
import Digests
import Loopback
import NIOCore
import TLSChannels
import TestAuthority
import Testing
import XMPPChannels
import XMPPStreams

@testable import XMPPLegs

@Suite("LinkDiagnosis: the way to another server, step by step", .timeLimit(.minutes(1)))
struct LinkDiagnosisTests {
    private static func server(
        _ credentials: (DiagnosisCertificates) -> TLSCredentials = { $0.peer },
        change: (inout DiagnosedServer.Setup) -> Void = { _ in }
    ) async throws -> DiagnosedServer {
        var setup = DiagnosedServer.Setup(credentials: credentials(try DiagnosisCertificates.made.get()))
        change(&setup)
        return try await DiagnosedServer(setup)
    }

    // MARK: Right

    @Test("RFC 6120 §13.7: a peer with a right certificate is found right at every step, and gets no stanza")
    func right() async throws {
        let server = try await Self.server()
        let found = try await DiagnosisSetup(ports: server.port).findings()
        #expect(
            found.all.map(\.step) == [
                .own, .dns, .dns, .tcp, .stream, .tls, .chain, .names, .expiry, .trust, .features, .sasl, .features,
                .dialback, .acknowledgements, .link,
            ],
            "\(found)"
        )
        #expect(found.failures.isEmpty && found.warnings.isEmpty, "\(found)")
        let host = "host0.peer.example:\(server.port)"
        let record = "_xmpp-server._tcp.peer.example names \(host) (priority 0), without DNSSEC"
        #expect(found.all.filter { $0.step == .dns }.map(\.sentence).first == record)
        #expect(
            found.all.filter { $0.step == .dns }.last?.sentence.hasPrefix("host0.peer.example has 127.0.0.1") == true
        )
        #expect(found(.tcp)?.sentence.hasPrefix("connected to \(host) at 127.0.0.1 in ") == true)
        #expect(found(.tcp)?.sentence.hasSuffix(" ms; TLS follows by STARTTLS") == true)
        #expect(found(.stream)?.sentence == "in the clear the peer offers STARTTLS (required)")
        #expect(found(.tls)?.sentence.hasPrefix("TLS 1.3 TLS_") == true)
        #expect(found(.chain)?.sentence.contains("peer.example issued by") == true, "\(found)")
        #expect(found(.chain)?.sentence.contains("diagnosis") == true)
        #expect(found(.names)?.sentence == "the certificate names peer.example by DNS:peer.example")
        #expect(found(.expiry)?.sentence.hasPrefix("valid until ") == true)
        #expect(found(.trust)?.sentence == "the certificate proves peer.example (PKIX)")
        #expect(found(.features)?.sentence == "inside TLS the peer offers SASL EXTERNAL, dialback with errors")
        #expect(found(.sasl)?.sentence == "the peer takes the gateway's certificate (EXTERNAL)")
        #expect(found(.dialback)?.outcome == .skipped)
        #expect(found(.acknowledgements)?.outcome == .ok)
        #expect(found(.link)?.sentence == "stanzas of gw.example would go to peer.example, which is proved by PKIX")
        #expect(found.all.allSatisfy { $0.remedy == nil })
        #expect(found.all.filter { $0.server != nil }.allSatisfy { $0.server == host })
        let arrived = try await server.told.rest()
        #expect(!arrived.contains { if case .deliver = $0 { true } else { false } })
        #expect(arrived.contains { if case .established = $0 { true } else { false } })
        try await server.close()
    }

    @Test("XEP-0368 §2: where TLS comes first, that is said")
    func direct() async throws {
        let server = try await Self.server(change: { $0.isDirect = true })
        let found = try await DiagnosisSetup(ports: server.port, mode: .directTLS).findings()
        #expect(found.failures.isEmpty, "\(found)")
        #expect(found(.stream) == nil)
        #expect(found(.tcp)?.sentence.hasSuffix("TLS begins at once") == true)
        #expect(found(.tls)?.sentence.contains(" from the first byte") == true)
        #expect(found(.link)?.outcome == .ok)
        try await server.close()
    }

    @Test("RFC 6120 §3.2.3: servers that the configuration names are tried without the DNS")
    func configured() async throws {
        let server = try await Self.server()
        var setup = try DiagnosisSetup()
        setup.answers = [:]
        let address = IPAddress.v4(IPv4Address(bits: 0x7F00_0001))
        setup.addresses = AddressPolicy()
        setup.servers["peer.example"] = [
            ServerCandidate(.address(address), port: UInt16(server.port), mode: .startTLS, isConfigured: true)
        ]
        let found = try await setup.findings()
        #expect(found.failures.isEmpty, "\(found)")
        #expect(
            found(.dns)?.sentence
                == "the configuration names 127.0.0.1:\(server.port); no SRV record is asked for"
        )
        #expect(found(.link)?.outcome == .ok)
        try await server.close()
    }

    @Test("What the configuration forbids fails a link that comes up, and is told first")
    func forbidden() async throws {
        let server = try await Self.server()
        var setup = try DiagnosisSetup(ports: server.port)
        setup.notes = [LinkFinding(.policy, .failure, "refused")]
        let found = try await setup.findings()
        #expect(found.all.first == setup.notes.first)
        #expect(found.failures == [.policy, .link], "\(found)")
        #expect(found(.link)?.sentence == "the stream comes up, and the configuration lets no stanza through")
        setup.notes = [LinkFinding(.policy, .warning, "odd")]
        #expect(try await setup.findings()(.link)?.outcome == .ok)
        try await server.close()
    }

    // MARK: Certificates

    @Test("RFC 6120 §13.7.2: each part of a certificate is judged on its own, also behind one that fails")
    func certificates() async throws {
        typealias Failing = [LinkFinding.Step]
        let cases: [((DiagnosisCertificates) -> TLSCredentials, Failing, String)] = [
            ({ $0.expired }, [.chain, .expiry, .trust, .link], "expired at 2021-01-01T00:00:00Z"),
            ({ $0.other }, [.names, .trust, .link], "names DNS:other.example, not peer.example"),
            (
                { $0.selfSigned }, [.chain, .trust, .link],
                ", SHA-256 \(Hexadecimal.encode(try DiagnosisCertificates.made.get().selfSigned.chain[0].fingerprint))"
            ),
        ]
        for (credentials, steps, words) in cases {
            let server = try await Self.server(credentials)
            let found = try await DiagnosisSetup(ports: server.port).findings()
            #expect(found.failures == steps, "\(found)")
            let first = try #require(
                found.all.first { $0.outcome == .failure && $0.sentence.contains(words) },
                "\(found)"
            )
            #expect(first.remedy != nil)
            for step: LinkFinding.Step in [.chain, .names, .expiry] { #expect(found(step) != nil, "\(found)") }
            #expect(found(.sasl) == nil)
            #expect(found(.trust)?.remedy != nil)
            try await server.close()
        }
    }

    @Test("RFC 6120 §13.7.2: what the configuration does not ask of a certificate is a warning, not a failure")
    func tolerated() async throws {
        let server = try await Self.server { $0.selfSigned }
        var setup = try DiagnosisSetup(ports: server.port)
        setup.policy.exceptions["peer.example"] = .init(authentication: .dialback)
        let found = try await setup.findings()
        #expect(found.failures.isEmpty, "\(found)")
        #expect(found.warnings == [.policy, .chain, .trust])
        #expect(found(.policy)?.sentence == "the configuration weakens this link: dialback alone")
        #expect(found(.link)?.sentence.hasSuffix("which the DNS alone vouches for") == true)
        try await server.close()
    }

    @Test("A certificate that ends within two weeks is warned of, and at two weeks not", arguments: [0, 1])
    func soon(_ second: Int64) throws {
        let all = try DiagnosisCertificates.made.get()
        let now = DiagnosisCertificates.end - CertificateFindings.soon + second
        let shown = PeerCertificates(chain: all.peer.chain, path: all.peer.chain, verdict: .valid)
        let found = CertificateFindings.peer(shown, for: "peer.example", .proved(.pkix), .init(), now: now)
        let expected = second == 0 ? LinkFinding.Outcome.ok : .warning
        #expect(found.first { $0.step == .expiry }?.outcome == expected)
        let own = CertificateFindings.own([all.gateway], for: "gw.example", hasKeys: true, now: now)
        #expect(own.outcome == expected)
    }

    @Test("RFC 7712 §4: parts of a certificate that another proof makes needless are skipped")
    func otherProof() throws {
        let all = try DiagnosisCertificates.made.get()
        let shown = PeerCertificates(chain: all.expired.chain, path: [], verdict: .expired)
        let found = CertificateFindings.peer(shown, for: "else.example", .proved(.dane), .init(), now: 2_000_000_000)
        #expect(found.map(\.step) == [.chain, .names, .expiry, .trust])
        #expect(found.map(\.outcome) == [.skipped, .skipped, .skipped, .ok])
        #expect(found.last?.sentence == "the certificate proves else.example (DANE)")
        #expect(found.allSatisfy { $0.remedy == nil })
    }

    @Test("XEP-0178 §3: a certificate of the gateway that proves nothing is told before anybody is asked")
    func own() throws {
        let all = try DiagnosisCertificates.made.get()
        let now: Int64 = 1_800_000_000
        func outcome(_ credentials: [TLSCredentials], hasKeys: Bool) -> (LinkFinding.Outcome, String) {
            let found = CertificateFindings.own(credentials, for: "gw.example", hasKeys: hasKeys, now: now)
            #expect(found.step == .own)
            #expect((found.remedy == nil) == (found.outcome == .ok))
            return (found.outcome, found.sentence)
        }
        #expect(outcome([all.gateway], hasKeys: false).0 == .ok)
        #expect(outcome([all.gateway], hasKeys: false).1.contains("for gw.example (DNS:gw.example), issued by"))
        #expect(
            outcome([], hasKeys: true) == (
                .warning, "the gateway shows no certificate, so that only dialback can prove gw.example"
            )
        )
        #expect(outcome([], hasKeys: false).0 == .failure)
        #expect(
            outcome([all.other], hasKeys: true) == (
                .warning, "the gateway's certificate names DNS:other.example, not gw.example"
            )
        )
        #expect(outcome([all.other], hasKeys: false).0 == .failure)
        let late = CertificateFindings.own([all.expired], for: "peer.example", hasKeys: false, now: now)
        #expect(late.outcome == .failure && late.remedy == "renew it")
    }

    // MARK: Dialback

    @Test("XEP-0220 §2.1: where the peer takes keys alone, it is said what came of the key")
    func dialback() async throws {
        let verdicts: [(DialbackVerdict, LinkFinding.Outcome, String)] = [
            (.valid, .ok, "the peer asked gw.example about the key, and takes it"),
            (.invalid, .failure, "the peer called the gateway's dialback key invalid"),
            (.failed(.remoteServerNotFound), .failure, "the peer could not verify the domain: remote-server-not-found"),
        ]
        for (verdict, outcome, words) in verdicts {
            let server = try await Self.server(change: { $0.verdict = verdict })
            var setup = try DiagnosisSetup(ports: server.port)
            setup.credentials = nil
            let found = try await setup.findings()
            #expect(found(.own)?.outcome == .warning)
            #expect(found(.sasl)?.outcome == .skipped, "\(found)")
            #expect(found(.dialback)?.outcome == outcome, "\(found)")
            #expect(found(.dialback)?.sentence == words)
            #expect((found(.dialback)?.remedy == nil) == (outcome == .ok))
            #expect(found(.link)?.outcome == outcome)
            try await server.close()
        }
    }

    @Test("XEP-0178 §3: a peer that does not offer EXTERNAL to the gateway's certificate is warned of")
    func noSASL() async throws {
        let server = try await Self.server()
        var setup = try DiagnosisSetup(ports: server.port)
        setup.credentials = try DiagnosisCertificates.made.get().other
        let found = try await setup.findings()
        #expect(found.warnings == [.own, .sasl], "\(found)")
        #expect(found(.sasl)?.remedy?.contains("names gw.example") == true)
        #expect(found(.features)?.sentence == "inside TLS the peer offers dialback with errors")
        #expect(found(.link)?.outcome == .ok)
        try await server.close()
    }

    @Test("RFC 6120 §4.9.3.23: a peer with which nothing can be negotiated is a failure that says so")
    func nothingInCommon() async throws {
        let server = try await Self.server()
        var setup = try DiagnosisSetup(ports: server.port)
        setup.credentials = nil
        setup.keys = nil
        let found = try await setup.findings()
        #expect(found.failures == [.own, .sasl, .link], "\(found)")
        #expect(found(.sasl, .failure)?.sentence == "the peer offers neither EXTERNAL nor dialback")
        #expect(found(.sasl, .failure)?.remedy != nil)
        try await server.close()
    }

    // MARK: Streams that do not come up

    private static let header = """
        <?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' \
        from='peer.example' to='gw.example' id='1' version='1.0'>
        """

    @Test("RFC 6120 §5.3.1: a peer without STARTTLS is said to be one, and what it answers follows")
    func noTLS() async throws {
        let listener = try await PeerListener.bind()
        async let running = DiagnosisSetup(ports: listener.port).findings()
        let peer = try await listener.accepted.next()
        _ = try await peer.read(through: "version='1.0'")
        try await peer.send(Self.header + "<stream:features/>")
        _ = try await peer.read(through: "<starttls")
        try await peer.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")
        let found = try await running
        #expect(found(.stream)?.outcome == .warning, "\(found)")
        #expect(found(.stream)?.sentence == "the peer does not offer STARTTLS; it offers nothing")
        #expect(found(.stream)?.remedy?.contains("switch TLS on") == true)
        #expect(found.failures == [.tls, .link])
        #expect(found(.tls)?.sentence == "the peer does not encrypt")
        try await listener.close()
    }

    @Test("RFC 6120 §4.9.3.13: what is no stream is a failure of the stream, with the port to be checked")
    func garbage() async throws {
        let listener = try await PeerListener.bind()
        async let running = DiagnosisSetup(ports: listener.port).findings()
        let peer = try await listener.accepted.next()
        try await peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        let found = try await running
        #expect(found.failures == [.stream, .link], "\(found)")
        #expect(found(.stream)?.sentence.hasPrefix("the peer's bytes are no stream") == true)
        #expect(found(.stream)?.remedy?.contains("server-to-server listener") == true)
        try await listener.close()
    }

    @Test("RFC 6120 §4.9.3: what the peer names as its reason is told, without what moves a terminal")
    func peerFault() async throws {
        let listener = try await PeerListener.bind()
        async let running = DiagnosisSetup(ports: listener.port).findings()
        let peer = try await listener.accepted.next()
        try await peer.send(
            Self.header + "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>not&#x9B;2J&#x202E;here</text></stream:error>"
        )
        let found = try await running
        #expect(found.failures == [.stream, .link], "\(found)")
        #expect(found(.stream)?.sentence == "the peer ended the stream with host-unknown: not 2J here")
        try await listener.close()
    }

    @Test("A peer that says nothing fails where it was waited for")
    func silent() async throws {
        let listener = try await PeerListener.bind()
        var setup = try DiagnosisSetup(ports: listener.port)
        setup.limits.step = 50_000_000
        let found = try await setup.findings()
        #expect(found.failures == [.stream, .link], "\(found)")
        #expect(found(.stream)?.sentence == "the peer took too long: header")
        try await listener.close()
    }

    @Test("The whole diagnosis ends in its time, and says what it waited for", arguments: [true, false])
    func patience(isConnected: Bool) async throws {
        let listener = try await PeerListener.bind()
        var setup = try DiagnosisSetup(ports: listener.port)
        setup.patience = .seconds(3)
        if !isConnected {
            let question = DNSQuestion(DiagnosisSetup.name("_xmpp-server._tcp.peer.example"), .srv)
            setup.answers[question] = nil
            setup.silent = [question]
        }
        let found = try await setup.findings()
        #expect(found.failures == (isConnected ? [.stream, .link] : [.link]), "\(found)")
        if isConnected {
            #expect(found(.stream)?.sentence == "nothing more came in 3 s")
            #expect(found(.stream)?.remedy != nil)
        }
        #expect(found(.link)?.sentence == "no stanza would go: the diagnosis was given up after 3 s")
        #expect(found(.link)?.remedy?.contains("--timeout") == true)
        try await listener.close()
    }

    @Test("RFC 6120 §3.2.1: a server that fails is told, and the next one is tried")
    func next() async throws {
        let broken = try await PeerListener.bind()
        let server = try await Self.server()
        async let running = DiagnosisSetup(ports: broken.port, server.port).findings()
        try await broken.accepted.next().send("SSH-2.0-x\r\n")
        let found = try await running
        #expect(found.failures == [.stream], "\(found)")
        #expect(found(.stream, .failure)?.server == "host0.peer.example:\(broken.port)")
        #expect(found(.link)?.outcome == .ok)
        #expect(found(.link)?.server == "host1.peer.example:\(server.port)")
        try await broken.close()
        try await server.close()
    }

    @Test("RFC 6120 §4.9.3.19: a host that a proved peer names is followed, as often as traffic follows")
    func redirected() async throws {
        let second = try await Self.server()
        let first = try await Self.server(change: { $0.otherHost = "127.0.0.1:\(second.port)" })
        let found = try await DiagnosisSetup(ports: first.port).findings()
        #expect(found.failures.isEmpty, "\(found)")
        #expect(found(.stream, .warning)?.sentence == "the peer names another host, 127.0.0.1:\(second.port)")
        #expect(found(.link)?.server == "127.0.0.1:\(second.port)")

        var setup = try DiagnosisSetup(ports: first.port)
        setup.limits.redirects = 0
        let refused = try await setup.findings()
        #expect(refused(.link)?.outcome == .failure, "\(refused)")
        #expect(refused.all.contains { $0.sentence.hasSuffix("\(second.port), and may not") && $0.outcome == .failure })
        try await first.close()
        try await second.close()
    }

    @Test("RFC 6120 §5.4.3: a handshake that fails is told as one, behind STARTTLS and from the first byte")
    func handshake() async throws {
        let listener = try await PeerListener.bind()
        async let running = DiagnosisSetup(ports: listener.port).findings()
        let peer = try await listener.accepted.next()
        _ = try await peer.read(through: "version='1.0'")
        let offer = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
        try await peer.send(Self.header + offer)
        _ = try await peer.read(through: "<starttls")
        try await peer.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        // The first record of the handshake begins with its kind and version.
        _ = try await peer.read(through: "\u{16}\u{3}")
        try await peer.send("this is no TLS")
        let found = try await running
        #expect(found.failures == [.tls, .link], "\(found)")
        #expect(found(.stream)?.sentence == "in the clear the peer offers STARTTLS")
        #expect(found(.tls)?.sentence.hasPrefix("the TLS handshake failed: ") == true)
        try await listener.close()

        let server = try await Self.server()
        let direct = try await DiagnosisSetup(ports: server.port, mode: .directTLS).findings()
        #expect(direct.failures == [.tls, .link], "\(direct)")
        #expect(direct(.tls)?.remedy != nil)
        try await server.close()
    }

    @Test("Not more streams are opened than the bound, however many servers a domain has")
    func manyServers() async throws {
        let listener = try await PeerListener.bind()
        var setup = try DiagnosisSetup()
        let ports = Array(repeating: listener.port, count: LinkDiagnosis.largestStreams + 1)
        setup.answers = DiagnosisSetup.answers(ports)
        async let running = setup.findings()
        for _ in 0..<LinkDiagnosis.largestStreams { try await listener.accepted.next().send("no stream\r\n") }
        let found = try await running
        #expect(found.failures.filter { $0 == .stream }.count == LinkDiagnosis.largestStreams, "\(found)")
        #expect(found.all.last?.outcome == .failure)
        #expect(try await listener.accepted.rest().isEmpty)
        try await listener.close()
    }

    // MARK: Servers that are not reached

    @Test("RFC 6120 §3.2: a port that takes no connection is told with its address")
    func refused() async throws {
        let listener = try await PeerListener.bind()
        let port = listener.port
        try await listener.close()
        let found = try await DiagnosisSetup(ports: port).findings()
        #expect(found.failures == [.tcp, .link], "\(found)")
        #expect(found(.tcp)?.sentence == "host0.peer.example:\(port) (127.0.0.1): Connection refused")
        #expect(found(.tcp)?.server == "host0.peer.example:\(port)")
        #expect(found(.tcp)?.remedy != nil)
        #expect(found(.link)?.sentence.hasSuffix("has servers, and none of them takes the connection") == true)
    }

    private static let service = DNSQuestion(DiagnosisSetup.name("_xmpp-server._tcp.peer.example"), .srv)

    @Test("RFC 2782: a domain that says that it has no server is not looked for any further")
    func notOffered() async throws {
        var setup = try DiagnosisSetup()
        let record = SRVRecord(priority: 0, weight: 0, port: 0, target: .root)
        setup.answers = [Self.service: DNSAnswer(.records([DNSRecord(.service(record), seconds: 60)]))]
        let found = try await setup.findings()
        #expect(found.failures == [.dns, .link], "\(found)")
        #expect(found(.dns)?.sentence == "the domain says that it has no such service")
        #expect(found(.link)?.remedy != nil)
    }

    @Test("RFC 6120 §3.2.2: without records the domain itself is tried, and it is said that it has no address")
    func unknown() async throws {
        var setup = try DiagnosisSetup()
        setup.answers = [:]
        let found = try await setup.findings()
        let what = """
            there are neither _xmpp-server._tcp.peer.example nor _xmpps-server._tcp.peer.example (SRV); \
            the domain's own addresses are tried
            """
        #expect(found(.dns, .ok)?.sentence == what, "\(found)")
        #expect(found.failures == [.dns, .link])
        #expect(found(.dns, .failure)?.sentence == "peer.example:5269: the name does not exist")
        #expect(found(.link)?.remedy?.contains("spelling") == true)
    }

    @Test("RFC 7673 §3.2: a DNS that fails or contradicts DNSSEC is told apart")
    func failingDNS() async throws {
        let cases: [(ResolverFailure, String)] = [
            (.serverFailure(code: 2), "cannot be looked up"), (.bogus("no signature"), "contradict DNSSEC"),
        ]
        for (failure, words) in cases {
            var setup = try DiagnosisSetup()
            setup.answers = [Self.service: .failed(failure)]
            let found = try await setup.findings()
            #expect(found.failures == [.dns, .link], "\(found)")
            #expect(found(.dns)?.sentence == "_xmpp-server._tcp.peer.example SRV: \(failure)")
            #expect(found(.link)?.sentence.contains(words) == true)
        }
    }

    @Test("XEP-0205 §3: an address that is not connected to is told with its kind")
    func refusedAddress() async throws {
        var setup = try DiagnosisSetup(ports: 5_269)
        setup.addresses = AddressPolicy()
        let found = try await setup.findings()
        #expect(found.failures == [.tcp, .link], "\(found)")
        #expect(found(.tcp)?.sentence.hasSuffix("a loopback address is refused") == true)
        #expect(found(.tcp)?.remedy != nil)
    }

    // MARK: A real server

    @Test(
        "XEP-0178 §3, XEP-0198 §3: Prosody takes the gateway's certificate and acknowledges",
        .enabled(if: ProsodyServer.isAvailable)
    )
    func prosody() async throws {
        let found = try await prosody { $0.gateway }
        #expect(found.failures.isEmpty && found.warnings.isEmpty, "\(found)")
        #expect(found(.sasl)?.outcome == .ok)
        #expect(found(.acknowledgements)?.outcome == .ok)
        #expect(found(.link)?.outcome == .ok)
    }

    @Test("XEP-0178 §3: Prosody refuses another certificate, and that is told", .enabled(if: ProsodyServer.isAvailable))
    func prosodyRefuses() async throws {
        let found = try await prosody { $0.other }
        #expect(found(.own)?.outcome != .ok, "\(found)")
        #expect(found(.trust)?.outcome == .ok)
        #expect(found(.link)?.outcome == .failure)
        #expect(found.failures.count >= 2)
    }

    private func prosody(_ credentials: (DiagnosisCertificates) -> TLSCredentials) async throws -> Findings {
        let server = try DiagnosisCertificates.server.get()
        var setup = try DiagnosisSetup()
        setup.remote = "prosody.example"
        setup.keys = nil
        setup.credentials = credentials(try DiagnosisCertificates.made.get())
        setup.servers["prosody.example"] = [
            ServerCandidate(
                .address(.v4(IPv4Address(bits: 0x7F00_0001))),
                port: UInt16(server.port),
                mode: .startTLS,
                isConfigured: true
            )
        ]
        return try await setup.findings()
    }
}
