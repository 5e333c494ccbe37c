import Loopback
import TLSChannels
import TestAuthority
import Testing
import XMLStreams
import XMPPStreams

@testable import XMPPChannels

@Suite("ServerConnection: streams between servers over sockets and TLS")
struct ServerConnectionTests {
    private static let stanza =
        "<message from='juliet@peer.example' to='romeo@gw.example' id='1'><body>Hi</body></message>"

    /// The next stanza that the receiving side hands on.
    private func arrival(_ ends: ServerEnds) async throws -> (body: String?, StanzaArrival) {
        try await ends.next { told -> (body: String?, StanzaArrival)? in
            guard case .receiving(.deliver(let element, let arrival)) = told else { return nil }
            return (element.children.first { $0.name == "body" }?.text, arrival)
        }
    }

    @Test("RFC 6120 §5.4, §6.3.4: STARTTLS and SASL EXTERNAL lead to stanzas, each proved", arguments: [false, true])
    func certificates(isDirect: Bool) async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.isDirect = isDirect
        let ends = try await ServerEnds(setup)
        #expect(try await ends.established() == .pkix)
        try await ends.send(Self.stanza, token: 7)
        let (body, arrival) = try await arrival(ends)
        #expect(body == "Hi")
        #expect(arrival.proof == .pkix)
        #expect(arrival.pair == (try DomainPair(local: "gw.example", remote: "peer.example")))
        try await ends.receive(.committed(upTo: arrival.number))
        let confirmed = try await ends.next { if case .initiating(.confirm(let tokens)) = $0 { tokens } else { nil } }
        #expect(confirmed == [7])
        try await ends.stop()
        #expect(try await ends.end().reason == .finished)
    }

    @Test("XEP-0220 §2.1: a server without a certificate is asked back, and taken when its key is right")
    func dialback() async throws {
        let ends = try await ServerEnds(try Certificates.setup { _ in nil })
        let request = try await ends.next {
            if case .receiving(.verify(let request)) = $0 { request } else { nil }
        }
        #expect(request.pair.remote == "peer.example")
        let keys = try #require(ServerEnds.keys("the secret of peer.example"))
        let isOwn = keys.isValid(
            request.key,
            receiving: "gw.example",
            originating: "peer.example",
            stream: request.stream
        )
        try await ends.receive(.verified(request, isOwn ? .valid : .invalid))
        #expect(isOwn)
        #expect(try await ends.established() != .dialback)
        try await ends.send(Self.stanza)
        #expect(try await arrival(ends).1.proof == .dialback)
        try await ends.stop()
    }

    @Test("XEP-0220 §2.1.1: a key that its server does not know lets nothing in")
    func wrongKey() async throws {
        let ends = try await ServerEnds(try Certificates.setup { _ in nil })
        let request = try await ends.next {
            if case .receiving(.verify(let request)) = $0 { request } else { nil }
        }
        try await ends.receive(.verified(request, .invalid))
        let end = try await ends.end()
        guard case .dialbackRefused = end.reason else {
            Issue.record("\(end.reason)")
            return
        }
    }

    @Test("RFC 6120 §13.7.2: a certificate for another domain, and one that is over, prove nothing")
    func wrongCertificates() async throws {
        for credentials in [try Certificates.made.get().other, try Certificates.made.get().expired] {
            var setup = try Certificates.setup { _ in credentials }
            setup.policy.usual.authentication = .certificate
            setup.peerKeys = nil
            let ends = try await ServerEnds(setup)
            let end = try await ends.end()
            #expect(end.reason.advice != nil, "\(end.reason)")
            let isEstablished = try await ends.told.rest().contains { told in
                if case .receiving(.established) = told { true } else { false }
            }
            #expect(!isEstablished)
        }
    }

    @Test("RFC 6120 §13.7.2: a server that shows a certificate for another domain is not written to")
    func wrongServer() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.gateway = try Certificates.made.get().other
        let ends = try await ServerEnds(setup)
        guard case .certificateRefused(let domain, _) = try await ends.end().reason else {
            Issue.record("taken")
            return
        }
        #expect(domain == "gw.example")
    }

    @Test("XEP-0368 §2: a server that does not speak TLS gets nothing in the clear")
    func noDirectTLS() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.isDirect = true
        setup.isDirectExpected = false
        let ends = try await ServerEnds(setup)
        let failure = try await ends.end().reason
        guard case .handshakeFailed = failure else {
            Issue.record("\(failure)")
            return
        }
    }

    private static let header = """
        <?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' \
        xmlns:db='jabber:server:dialback' from='peer.example' to='gw.example' version='1.0'>
        """

    /// gw.example, and somebody who has written to it byte by byte or at once.
    private func stranger() async throws -> (ServerEnds, Peer) {
        var setup = try Certificates.setup { $0.peer }
        setup.connects = false
        let ends = try await ServerEnds(setup)
        return (ends, try await Peer.connect(to: try #require(ends.address)))
    }

    @Test("RFC 6120 §5.4.3.3: bytes behind <starttls/> end the stream, and nothing of them counts")
    func injection() async throws {
        let (ends, peer) = try await stranger()
        try await peer.send(Self.header)
        _ = try await peer.read(through: "</stream:features>")
        try await peer.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + Self.header)
        let reason = try await ends.next { if case .receiving(.close(let end)) = $0 { end.reason } else { nil } }
        #expect(reason == .injectedBytes)
        #expect(!(try await peer.readToEnd()).contains("<proceed"))
    }

    @Test("RFC 6120 §4.3.2: a header that comes byte by byte is answered")
    func byteByByte() async throws {
        let (ends, peer) = try await stranger()
        for byte in Self.header.utf8 { try await peer.send([byte]) }
        let answer = try await peer.read(through: "</stream:features>")
        #expect(answer.contains("<starttls"))
        #expect(answer.contains("from='gw.example'"))
        try await peer.send("</stream:stream>")
        #expect(try await peer.readToEnd().contains("</stream:stream>"))
        try await ends.stop()
    }

    @Test("RFC 6120 §4.9.3.13, §11.1: what is no stream is answered with a stream error and closed")
    func garbage() async throws {
        for bytes in ["GET / HTTP/1.1\r\nHost: gw.example\r\n\r\n", Self.header + "<!DOCTYPE a>"] {
            let (_, peer) = try await stranger()
            try await peer.send(bytes)
            let answer = try await peer.readToEnd()
            #expect(answer.contains("<stream:error>"), "\(answer)")
            #expect(answer.hasSuffix("</stream:stream>"))
        }
    }

    @Test("RFC 6120 §8.3.3: a stanza on a stream that proved nothing is not handed on")
    func unproved() async throws {
        let (ends, peer) = try await stranger()
        try await peer.send(Self.header + Self.stanza)
        let answer = try await peer.readToEnd()
        #expect(answer.contains("<stream:error>"))
        let isDelivered = try await ends.told.rest().contains { told in
            if case .receiving(.deliver) = told { true } else { false }
        }
        #expect(!isDelivered)
    }

    @Test(
        "XEP-0178 §3, XEP-0198 §4: Prosody takes the certificate, and acknowledges a stanza",
        .enabled(if: ProsodyServer.isAvailable)
    )
    func prosody() async throws {
        var setup = try Certificates.setup { $0.peer }
        setup.connects = false
        setup.peerKeys = nil
        let server = try Certificates.server.get()
        let ends = try await ServerEnds(setup)
        try await ends.connect(setup, to: "prosody.example", at: server.port)
        #expect(try await ends.established() == .pkix)
        let ping = """
            <iq type='get' id='p1' from='peer.example' to='prosody.example'><ping xmlns='urn:xmpp:ping'/></iq>
            """
        try await ends.send(ping, to: "prosody.example", token: 42)
        let confirmed = try await ends.next { if case .initiating(.confirm(let tokens)) = $0 { tokens } else { nil } }
        #expect(confirmed == [42])
        try await ends.stop()
        #expect(try await ends.end().reason == .finished)
    }

    @Test(
        "XEP-0178 §3: Prosody refuses a certificate for another domain, and that is said",
        .enabled(if: ProsodyServer.isAvailable)
    )
    func prosodyRefuses() async throws {
        var setup = try Certificates.setup { $0.other }
        setup.connects = false
        setup.peerKeys = nil
        let server = try Certificates.server.get()
        let ends = try await ServerEnds(setup)
        try await ends.connect(setup, to: "prosody.example", at: server.port)
        let reason = try await ends.end().reason
        #expect(reason.advice == .slow, "\(reason)")
    }
}
