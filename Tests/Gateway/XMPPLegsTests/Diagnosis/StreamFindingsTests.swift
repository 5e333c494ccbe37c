import DNSChannels
import Testing
import XMLStreams
import XMPPStanzas
import XMPPStreams

@testable import XMPPLegs

@Suite("StreamFindings: what a stream shows as it goes on")
struct StreamFindingsTests {
    private func findings() throws -> StreamFindings {
        StreamFindings(
            try DomainPair(local: "gw.example", remote: "peer.example"),
            trust: .init(),
            hasCertificate: true,
            isDirect: false
        )
    }

    /// The failure of SASL, with a text.
    private var failure: StreamInput {
        var builder = XML.ElementBuilder("failure", XMPPNamespace.sasl)
        builder.element("not-authorized", XMPPNamespace.sasl)
        builder.element("text", XMPPNamespace.sasl, text: "who are you")
        return .xml(.element(builder.finish()), leftover: false)
    }

    private func management(_ name: String) -> StreamInput {
        .xml(.element(XML.ElementBuilder(name, XMPPNamespace.streamManagement).finish()), leftover: false)
    }

    @Test("RFC 6120 §6.4.5: a refused certificate is a failure with the peer's words, told once")
    func refusedCertificate() throws {
        var stream = try findings()
        let told = stream.took(failure, [], now: 0)
        #expect(told.map(\.step) == [.sasl])
        #expect(told.first?.outcome == .failure)
        #expect(told.first?.sentence == "the peer refused the gateway's certificate with not-authorized: who are you")
        #expect(told.first?.remedy != nil)
        #expect(stream.ended(.authenticationRefused(.notAuthorized)).isEmpty)
    }

    @Test("XEP-0178 §3: where a key is sent behind a refused certificate, the refusal is a warning")
    func keyBehindCertificate() throws {
        var stream = try findings()
        let key = StreamAction.send(Array("<db:result from='gw.example' to='peer.example'>1</db:result>".utf8))
        let told = stream.took(failure, [key], now: 0)
        #expect(told.first?.outcome == .warning)
        #expect(told.first?.sentence.hasSuffix("; dialback is tried") == true)
        #expect(stream.stage == .dialback)
        let end = stream.ended(.timeout(.dialback))
        #expect(end.map(\.step) == [.dialback])
        #expect(end.first?.remedy?.contains("listener") == true)
        // That the certificate was refused stands behind the end that names it again.
        #expect(stream.ended(.authenticationRefused(.notAuthorized)).map(\.step) == [.sasl])
    }

    @Test("XEP-0198 §3: acknowledgements are agreed on, refused, or not offered")
    func acknowledgements() throws {
        for (name, outcome) in [("enabled", LinkFinding.Outcome.ok), ("failed", .warning), ("r", .skipped)] {
            var stream = try findings()
            #expect(stream.took(management(name), [], now: 0).isEmpty)
            let told = stream.established(.pkix)
            #expect(told.map(\.step) == [.acknowledgements])
            #expect(told.first?.outcome == outcome)
            #expect(stream.ended(.finished).isEmpty)
        }
    }

    @Test("RFC 6120 §4.9.3.19: another host is no failure of this one where it may be followed")
    func redirection() throws {
        var stream = try findings()
        #expect(stream.ended(.redirected("b.example")).map(\.outcome) == [.warning])
        #expect(stream.ended(.redirectRefused("b.example")).map(\.outcome) == [.failure])
        _ = stream.established(.pkix)
        #expect(stream.ended(.connectionLost).isEmpty)
    }

    @Test("Every end has a place, and most have a remedy")
    func ends() throws {
        let stream = try findings()
        let cases: [(StreamReason, LinkFinding.Step)] = [
            (.timeout(.header), .stream), (.timeout(.features), .stream), (.timeout(.startTLS), .tls),
            (.timeout(.handshake), .tls), (.timeout(.certificate), .trust), (.timeout(.authentication), .sasl),
            (.timeout(.dialback), .dialback), (.encryptionRefused, .tls), (.handshakeFailed("no"), .tls),
            (.injectedBytes, .tls), (.certificateRefused(domain: "peer.example", "no"), .trust),
            (.authenticationRefused(.aborted), .sasl), (.dialbackRefused(.invalid), .dialback),
            (.notNegotiable, .sasl), (.peerClosed, .stream), (.connectionLost, .stream),
            (.peerFault(StreamFault(.undefinedCondition)), .stream),
        ]
        for (reason, step) in cases {
            let told = stream.ended(reason)
            #expect(told.map(\.step) == [step], "\(reason)")
            #expect(told.map(\.outcome) == [.failure])
            #expect(told.first?.remedy != nil, "\(reason)")
        }
    }
}

@Suite("LinkFinding: one line for operators")
struct LinkFindingTests {
    @Test("What a peer wrote is cut at the bound, and is one line that does not move the cursor")
    func line() {
        let limit = LinkFinding.textLimit
        #expect(LinkFinding(.tls, .ok, String(repeating: "é", count: limit)).sentence.count == limit)
        #expect(LinkFinding(.tls, .ok, String(repeating: "é", count: limit + 1)).sentence.count == limit)
        let finding = LinkFinding(.tls, .ok, "a\n\u{1B}[2Jb", remedy: "c\rd", server: "e\u{2028}f")
        #expect(finding.sentence == "a  [2Jb")
        #expect(finding.remedy == "c d")
        #expect(finding.server == "e f")
    }

    @Test("Of many names the first are told, and how many others there are")
    func lists() {
        #expect([].listed() == "")
        #expect(["a", "b"].listed(2) == "a, b")
        #expect(["a", "b", "c"].listed(2) == "a, b and 1 more")
    }
}

@Suite("ServerCandidate: the host that a peer names")
struct RedirectionTests {
    @Test(
        "RFC 6120 §4.9.3.19: a host is a name or an address, with or without a port",
        arguments: [
            ("b.example", "b.example:5269"), ("b.example:5270", "b.example:5270"), ("192.0.2.1", "192.0.2.1:5269"),
            ("192.0.2.1:1", "192.0.2.1:1"), ("[2001:db8::1]:5222", "[2001:db8::1]:5222"),
            ("[2001:db8::1]", "[2001:db8::1]:5269"), ("2001:db8::1", "[2001:db8::1]:5269"),
        ]
    )
    func hosts(_ text: String, _ expected: String) throws {
        let server = try #require(ServerCandidate(redirection: text))
        #expect(server.description == expected)
        #expect(!server.isConfigured && !server.isProved)
    }

    @Test(
        "RFC 6120 §4.9.3.19: anything else is no host",
        arguments: ["", ":1", "b.example:", "b.example:0", "a:70000", "[::1", "[::1]x", "a b"]
    )
    func noHosts(_ text: String) {
        #expect(ServerCandidate(redirection: text) == nil)
    }
}
