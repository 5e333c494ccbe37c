import Testing
import XMPPStreams

@testable import XMPPLegs

@Suite("LinkRow: what each link does")
struct LinkRowTests {
    @Test("XEP-0114 §3: a component's row tells state, numbers and why it is down, on its way to open and back")
    func component() throws {
        let stage = try Stage()
        var row = try #require(stage.leg.links().first)
        #expect(row == LinkRow(Stage.hop, .component, .idle, peer: Stage.domain))

        stage.leg.start(now: stage.now)
        row = try #require(stage.leg.links().first)
        #expect(row.state == .connecting)
        #expect(row.since == 1_700_000_000_000)
        #expect(row.proof == nil)

        stage.pass(seconds: 1)
        try stage.shake()
        stage.send(1)
        try stage.serve("<message from='alice@example.com' to='bob@sip.example.com' id='a1'><body>hi</body></message>")
        row = try #require(stage.leg.links().first)
        #expect(row.state == .open)
        #expect(row.since == 1_700_000_001_000)
        #expect(row.proof == "component")
        #expect((row.sent, row.received, row.unconfirmed, row.queued) == (1, 1, 1, 0))
        #expect(row.reason == nil && row.weakened == nil)

        try stage.serve(
            "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
        )
        row = try #require(stage.leg.links().first)
        #expect(row.state == .waiting)
        #expect(row.reason == "the server ended the stream with conflict")
        #expect(row.remedy?.hasPrefix("another component is connected under this name") == true)
        #expect(row.unconfirmed == 0)

        // The reason stays until the next stream is open.
        stage.pass(seconds: 90)
        row = try #require(stage.leg.links().first)
        #expect(row.state == .connecting)
        #expect(row.reason != nil)
        try stage.shake()
        #expect(stage.leg.links().first?.reason == nil)
        stage.leg.stop()
        #expect(stage.leg.links().first?.state == .closing)
        try stage.serve("</stream:stream>")
        #expect(stage.leg.links().first?.state == .stopped)
    }

    @Test("What the server has no room for is queued")
    func queued() throws {
        let stage = try Stage.open()
        try stage.server.isWritable = false
        stage.send(1)
        #expect(stage.leg.links().first?.queued == 1)
        #expect(stage.leg.links().first?.sent == 0)
    }

    @Test(
        "XEP-0114 §3: a component of another machine is told to be in the clear",
        arguments: [
            ("127.0.0.1", true), ("localhost", true), ("::1", true), ("192.0.2.1", false), ("127.example.com", false),
        ]
    )
    func weakened(_ host: String, _ isNear: Bool) throws {
        let stage = try Stage { $0.components[0].host = host }
        #expect(stage.leg.links().first?.weakened == (isNear ? nil : "in the clear to \(host)"))
    }

    @Test("Rows are found by the domain at the other end")
    func peers() throws {
        let stage = try Stage()
        #expect(stage.leg.links(peer: Stage.domain).count == 1)
        #expect(stage.leg.links(peer: "example.org").isEmpty)
    }

    @Test("A row is text by column; what is not known is left out")
    func fields() {
        var row = LinkRow("s2s:gw.example/peer.example", .out, .open, peer: "peer.example")
        #expect(
            row.fields == [
                "link": "s2s:gw.example/peer.example", "direction": "out", "state": "open", "peer": "peer.example",
                "queued": "0", "unconfirmed": "0", "received": "0", "sent": "0",
            ]
        )
        row.proof = "pkix"
        row.tls = "TLS 1.3 TLS_AES_128_GCM_SHA256"
        row.certificateEnds = 1_700_000_000_000
        row.since = 1_600_000_000_000
        row.reason = "a"
        row.remedy = "b"
        row.weakened = "c"
        #expect(Set(row.fields.keys) == Set(LinkRow.columns))
        #expect(row.fields["certificate-ends"] == "2023-11-14T22:13:20Z")
        #expect(row.fields["since"] == "2020-09-13T12:26:40Z")
    }

    @Test("RFC 7590 §3.4: what is weaker than the default is named, and nothing else")
    func weakening() {
        #expect(StreamPolicy.Trust().weakening == nil)
        #expect(StreamPolicy.Trust(authentication: .certificate).weakening == nil)
        #expect(StreamPolicy.Trust(encryption: .optional).weakening == "encryption optional")
        #expect(
            StreamPolicy.Trust(encryption: .optional, authentication: .dialback).weakening
                == "encryption optional, dialback alone"
        )
    }
}
