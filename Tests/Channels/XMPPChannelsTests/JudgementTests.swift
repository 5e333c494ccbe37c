import DNSChannels
import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import Testing
import XMPPStreams

@testable import XMPPChannels

/// A judge that keeps what it is asked until the test answers.
struct Court: Sendable {
    struct Case: Sendable {
        let inquiry: CertificateInquiry
        let eventLoop: any EventLoop
        let deliver: @Sendable (CertificateVerdict) -> Void
    }

    private let loop: any EventLoop
    private let cases: Mailbox<Case>

    init() {
        loop = MultiThreadedEventLoopGroup.singleton.next()
        cases = Mailbox(eventLoop: loop)
    }

    var judge: ServerTLS.Judge {
        { [loop, cases] inquiry, eventLoop, deliver in
            let one = Case(inquiry: inquiry, eventLoop: eventLoop, deliver: deliver)
            loop.execute { cases.put(one) }
        }
    }

    func next() async throws -> Case { try await cases.next() }

    func answer(_ one: Case, _ verdict: CertificateVerdict) async throws {
        try await one.eventLoop.submit { one.deliver(verdict) }.get()
    }
}

@Suite("ServerConnection: judgement of certificates")
struct JudgementTests {
    @Test("RFC 7712 §4: a verdict that takes its time counts, and nothing is read before it")
    func late() async throws {
        let court = Court()
        var setup = try Certificates.setup { $0.other }
        setup.judge = court.judge
        let ends = try await ServerEnds(setup)
        let one = try await court.next()
        #expect(one.inquiry.domain == "peer.example" && one.inquiry.role == .server && one.inquiry.server == nil)
        #expect(one.inquiry.peer.certificate == (try Certificates.made.get().other.chain[0]))
        try await court.answer(one, .proved(.posh))
        let proof = try await ends.next { if case .receiving(.established(_, let proof)) = $0 { proof } else { nil } }
        #expect(proof == .posh)
        #expect(try await ends.established() == .pkix)
        try await ends.stop()
    }

    @Test("RFC 6120 §4.4: a verdict for a connection that is gone changes nothing")
    func tooLate() async throws {
        let court = Court()
        var setup = try Certificates.setup { $0.peer }
        setup.judge = court.judge
        let ends = try await ServerEnds(setup)
        let one = try await court.next()
        try await ends.receive(.disconnected)
        _ = try await ends.next { if case .receiving(.close(let end)) = $0 { end } else { nil } }
        try await court.answer(one, .proved(.pkix))
        try await court.answer(one, .refused("twice"))
        let rest = try await ends.told.rest()
        #expect(!rest.contains { if case .receiving = $0 { true } else { false } })
    }

    @Test("RFC 7673 §4: what the DNS says of the server is told to the judge, for its own domain alone")
    func server() async throws {
        let court = Court()
        var setup = try Certificates.setup { $0.peer }
        setup.peerJudge = court.judge
        setup.server = NamedServer(domain: "gw.example", names: ["gw.example", "host.example"], associations: .none)
        let ends = try await ServerEnds(setup)
        let one = try await court.next()
        #expect(one.inquiry.role == .client && one.inquiry.ownServer == setup.server)
        let peer = one.inquiry.peer
        let other = CertificateInquiry(peer, domain: "second.example", role: .client, server: setup.server)
        #expect(other.ownServer == nil)
        try await court.answer(one, .proved(.dane))
        #expect(try await ends.established() == .dane)
        try await ends.stop()
    }

    @Test("RFC 7673 §4.1: a certificate for the host is enough where DNSSEC proves the host, and for no other domain")
    func host() throws {
        let chain = try Certificates.made.get().gateway.chain
        let peer = PeerCertificates(chain: chain, path: chain, verdict: .valid)
        let server = NamedServer(domain: "xn--mller-kva.example", names: ["xn--mller-kva.example", "gw.example"])
        func verdict(_ domain: String, _ server: NamedServer?) -> CertificateVerdict {
            ServerTLS.pkix(CertificateInquiry(peer, domain: domain, role: .client, server: server))
        }
        #expect(verdict("müller.example", server) == .proved(.pkix))
        #expect(
            verdict("müller.example", nil)
                == .refused("The certificate is for DNS:gw.example, not for müller.example.")
        )
        #expect(verdict("other.example", server) != .proved(.pkix))
    }

    @Test("RFC 6120 §13.7.2: whatever is wrong with a chain, the name in it proves nothing")
    func chains() throws {
        let chain = try Certificates.made.get().peer.chain
        let faults: [ChainVerdict] = [
            .noCertificate, .expired, .notYetValid, .selfSigned, .unknownIssuer, .revoked, .wrongPurpose, .authority,
            .tooLong, .badSignature, .weak, .other("x"),
        ]
        for verdict in [.valid] + faults {
            let peer = PeerCertificates(chain: chain, path: chain, verdict: verdict)
            let found = ServerTLS.pkix(CertificateInquiry(peer, domain: "peer.example", role: .server))
            #expect((found == .proved(.pkix)) == (verdict == .valid), "\(verdict)")
        }
    }

    @Test("RFC 6120 §13.7.2.3: a certificate that was over before the stream began does not end it")
    func expired() async throws {
        var setup = try Certificates.setup { $0.expired }
        setup.judge = { _, _, deliver in deliver(.proved(.pin)) }
        let ends = try await ServerEnds(setup)
        #expect(try await ends.established() == .pkix)
        try await ends.send("<message from='a@peer.example' to='b@gw.example'/>")
        let proof = try await ends.next {
            if case .receiving(.deliver(_, let arrival)) = $0 { arrival.proof } else { nil }
        }
        #expect(proof == .pin)
        try await ends.stop()
        #expect(try await ends.end().reason == .finished)
    }
}
