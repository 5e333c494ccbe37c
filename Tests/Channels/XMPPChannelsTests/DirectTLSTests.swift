import DNSChannels
import Loopback
import NIOCore
import TLSChannels
import TestAuthority
import Testing
import XMPPStreams

@testable import XMPPChannels

@Suite("ServerConnection: the edges of TLS")
struct DirectTLSTests {
    private static let header = """
        <?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' \
        xmlns:db='jabber:server:dialback' from='peer.example' to='gw.example' version='1.0'>
        """

    @Test("XEP-0368 §2, §3: TLS names the domain, and xmpp-server on a connection that begins with it")
    func names() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.isDirect = true
        setup.protocols = [ServerTLS.applicationProtocol]
        setup.peerProtocols = [ServerTLS.applicationProtocol]
        let ends = try await ServerEnds(setup)
        _ = try await ends.established()
        let peer = try #require(try await ends.peerOfGateway())
        #expect(peer.serverName == "gw.example" && peer.applicationProtocol == "xmpp-server")
        #expect(peer.certificates.certificate == (try Certificates.made.get().peer.chain[0]))
        try await ends.stop()
    }

    @Test("RFC 6120 §5.4.3.1: STARTTLS names the domain in A-labels", arguments: [false, true])
    func aLabels(isDirect: Bool) async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.connects = false
        setup.isDirect = isDirect
        // The server's verdict never comes, so the connection stays as it is.
        let court = Court()
        setup.judge = court.judge
        setup.peerJudge = { _, eventLoop, deliver in eventLoop.execute { deliver(.proved(.pkix)) } }
        let ends = try await ServerEnds(setup)
        let port = try #require(ends.address?.port)
        try await ends.connect(setup, to: isDirect ? "müller.example" : "gw.example", at: port)
        _ = try await court.next()
        let name = try await ends.peerOfGateway()?.serverName
        #expect(name == (isDirect ? "xn--mller-kva.example" : "gw.example"))
        try await ends.stop()
    }

    @Test("XEP-0368 §3: a peer that speaks another protocol is refused, one that names none is not")
    func protocols() async throws {
        for (peer, isTaken) in [(["h2"], false), ([], true)] as [([String], Bool)] {
            var setup = try Certificates.setup { $0.peer }
            setup.isDirect = true
            setup.protocols = [ServerTLS.applicationProtocol]
            setup.peerProtocols = peer
            let ends = try await ServerEnds(setup)
            let isEstablished = try await ends.next { told -> Bool? in
                switch told {
                case .initiating(.established): true
                case .initiating(.close): false
                default: nil
                }
            }
            #expect(isEstablished == isTaken, "\(peer)")
            try await ends.stop()
        }
    }

    @Test("XEP-0368 §2: a header in the clear where TLS has to begin gets no XML")
    func plainText() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.connects = false
        setup.isDirect = true
        let ends = try await ServerEnds(setup)
        let peer = try await Peer.connect(to: try #require(ends.address))
        try await peer.send(Self.header)
        #expect(!(try await peer.readToEnd()).contains("<"))
        let reason = try await ends.next { if case .receiving(.close(let end)) = $0 { end.reason } else { nil } }
        guard case .handshakeFailed = reason else {
            Issue.record("\(reason)")
            return
        }
    }

    @Test("RFC 6120 §5.4.3.2: what is no handshake behind <proceed/> closes the connection without XML")
    func noHandshake() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.connects = false
        let ends = try await ServerEnds(setup)
        let peer = try await Peer.connect(to: try #require(ends.address))
        try await peer.send(Self.header)
        _ = try await peer.read(through: "</stream:features>")
        try await peer.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
        #expect(try await peer.read(through: proceed) == proceed)
        try await peer.send("GET / HTTP/1.1\r\n\r\n")
        #expect(!(try await peer.readToEnd()).contains("<"))
        let reason = try await ends.next { if case .receiving(.close(let end)) = $0 { end.reason } else { nil } }
        guard case .handshakeFailed = reason else {
            Issue.record("\(reason)")
            return
        }
    }

    @Test("RFC 6120 §5.4.3.1: s_client comes through STARTTLS, is asked for a certificate, and needs none")
    func openSSL() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.connects = false
        let ends = try await ServerEnds(setup)
        let port = try #require(ends.address?.port)
        let root = try Certificates.made.get().authority.root.file
        let command =
            "s_client -starttls xmpp-server -xmpphost gw.example -connect 127.0.0.1:\(port) -CAfile \(root) "
            + "-verify_hostname gw.example -verify_return_error"
        let text = try Authority.run(command)
        #expect(text.contains("Verification: OK"))
        #expect(text.contains("Requested Signature Algorithms:"), "\(text)")
        #expect(throws: Authority.Failed.self) { try Authority.run(command + " -tls1_1 -cipher DEFAULT@SECLEVEL=0") }
        try await ends.stop()
    }

    @Test("RFC 7712 §4: pins and DANE open a stream both ways for certificates that no authority issued")
    func judged() async throws {
        let authority = try Certificates.made.get().authority
        let own = try authority.issue("own.example", names: ["DNS:peer.example"], selfSigned: true).credentials()
        let gateway = try authority.issue("own-gw.example", names: [], selfSigned: true).credentials()
        let record = Judging.association(3, own.chain[0])
        let hosted = Judging.association(3, gateway.chain[0])
        let resolver = StaticResolver([
            Judging.question("_xmpp-server._tcp.peer.example", .srv): Judging.answer(Judging.service("h.example")),
            Judging.question("_xmpps-server._tcp.peer.example", .srv): DNSAnswer(.noData, isSecure: true),
            Judging.question("h.example", .a): Judging.answer(Judging.address()),
            Judging.question("_5269._tcp.h.example", .tlsa): Judging.answer(.association(record)),
        ])
        for (isPinned, proof) in [(true, DomainProof.pin), (false, .dane)] {
            var settings = Judging.dane
            if isPinned { settings.pins = ["peer.example": [own.chain[0].fingerprint]] }
            let judge = try Judging.judge(settings, resolver: resolver)
            var setup = try Certificates.setup { _ in own }
            setup.gateway = gateway
            setup.judge = { judge.judge($0, on: $1, deliver: $2) }
            setup.peerJudge = setup.judge
            setup.server = NamedServer(domain: "gw.example", names: ["gw.example"], associations: .records([hosted]))
            let ends = try await ServerEnds(setup)
            #expect(try await ends.established() == .dane)
            try await ends.send("<message from='a@peer.example' to='b@gw.example'/>")
            let arrived = try await ends.next {
                if case .receiving(.deliver(_, let arrival)) = $0 { arrival.proof } else { nil }
            }
            #expect(arrived == proof)
            try await ends.stop()
        }
    }
}
