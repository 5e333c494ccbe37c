import BridgeCore
import Logging
import Testing
import XMPPStreams

@testable import XMPPLegs

@Suite("ComponentLink: the connection is kept up")
struct ComponentLinkTests {
    @Test("XEP-0114 §3: header, digest, open; the bridge hears of it once")
    func handshake() throws {
        let stage = try Stage()
        stage.leg.start(now: stage.now)
        let server = try stage.server
        #expect(server.isConnecting)
        #expect(server.host.name == "127.0.0.1")
        #expect(server.host.port == 5347)
        #expect(stage.host.calls.isEmpty)

        server.accept()
        #expect(
            server.taken() == """
                <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
                xmlns:stream='http://etherx.jabber.org/streams' to='sip.example.com'>
                """
        )
        server.serve(PlayedServer.header)
        // SHA-1 of "3BF96D32test".
        #expect(server.taken() == "<handshake>\(SHA1Of.example)</handshake>")
        #expect(stage.leg.status.map(\.isOpen) == [false])
        #expect(stage.host.calls.isEmpty)
        server.serve("<handshake/>")
        #expect(stage.host.calls == [.up(Stage.hop)])
        #expect(stage.leg.status.map(\.isOpen) == [true])
    }

    @Test("A wrong secret is told to the operator with a remedy, once, and tried again slowly")
    func wrongSecret() throws {
        let stage = try Stage()
        let refusal =
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
        stage.leg.start(now: stage.now)
        try stage.server.accept()
        try stage.serve(PlayedServer.header + refusal)
        #expect(try stage.server.isClosed)
        #expect(stage.host.calls.isEmpty)
        #expect(stage.log.all.map(\.level) == [.error])
        #expect(stage.log.details("error.code") == ["not-authorized"])
        #expect(stage.log.details("remedy").first?.contains("secret") == true)
        #expect(stage.leg.status.first?.state.contains("not-authorized") == true)

        // The shortest wait behind a fault that an operator has to mend is 60 s, the longest half of it more.
        stage.pass(seconds: 59)
        #expect(stage.connections == 1)
        stage.pass(seconds: 31)
        #expect(stage.connections == 2)
        try stage.server.accept()
        try stage.serve(PlayedServer.header + refusal)
        #expect(stage.log.all.count == 1)

        stage.pass(seconds: 90)
        try stage.shake()
        #expect(stage.host.calls == [.up(Stage.hop)])
    }

    @Test(
        "XMP-CMP-04 RFC 6120 §4.9.3.3: behind conflict and host-unknown a minute passes before each try",
        arguments: ["conflict", "host-unknown"]
    )
    func slowly(condition: String) throws {
        let stage = try Stage(jitter: 0)
        let refusal =
            "<stream:error><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
        stage.leg.start(now: stage.now)
        for tries in 1...3 {
            try stage.server.accept()
            try stage.serve(PlayedServer.header + refusal)
            #expect(stage.log.details("error.code") == [condition])
            stage.pass(seconds: 59)
            #expect(stage.connections == tries)
            stage.pass(seconds: 1)
            #expect(stage.connections == tries + 1)
        }
    }

    @Test("A server that cannot be reached is tried again, and told of once")
    func unreachable() throws {
        let stage = try Stage()
        stage.leg.start(now: stage.now)
        try stage.server.lose("connection refused")
        #expect(stage.host.calls.isEmpty)
        #expect(stage.log.all.map(\.level) == [.warning])
        // Of a connection that never stood nothing is gone; the server is asked about.
        #expect(stage.log.details("reason") == ["connection refused"])
        #expect(stage.log.details("remedy") == ["does the XMPP server run, with a port for components there?"])
        #expect(stage.leg.links().compactMap(\.remedy) == stage.log.details("remedy"))
        stage.pass(seconds: 2)
        #expect(stage.connections == 2)
        try stage.server.lose("connection refused")
        stage.pass(seconds: 60)
        #expect(stage.connections == 3)
        #expect(stage.log.all.count == 1)
    }

    @Test("A stream error is logged with its condition and text")
    func streamError() throws {
        let stage = try Stage.open()
        try stage.serve(
            "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Replaced</text></stream:error>"
        )
        #expect(stage.host.calls == [.down(Stage.hop, [])])
        #expect(stage.log.details("error.code") == ["conflict"])
        #expect(stage.log.details("reason").first?.hasSuffix("conflict: Replaced") == true)
    }

    @Test("XEP-0199 §4: an idle link is pinged, and any answer keeps it", arguments: ["result", "error"])
    func idlePing(type: String) throws {
        let stage = try Stage.open()
        stage.pass(seconds: 24)
        #expect(try stage.written() == "")
        stage.pass(seconds: 1)
        let ping = try stage.written()
        #expect(ping.contains("<ping xmlns='urn:xmpp:ping'/>"))
        #expect(ping.contains("from='sip.example.com'"))
        try stage.serve(pong(try pingID(ping), type: type))
        stage.pass(seconds: 20)
        stage.pass(seconds: 4)
        #expect(stage.host.calls.isEmpty)
        #expect(stage.connections == 1)
    }

    @Test("A dead peer is noticed within a minute, and connected to again")
    func deadPeer() throws {
        let stage = try Stage.open()
        stage.pass(seconds: 25)
        _ = try stage.written()
        stage.pass(seconds: 29)
        #expect(stage.host.calls.isEmpty)
        stage.pass(seconds: 1)
        #expect(stage.host.calls == [.down(Stage.hop, [])])
        #expect(try stage.server.isClosed)
        #expect(try stage.server.taken().contains("<connection-timeout "))
        stage.pass(seconds: 2)
        #expect(stage.connections == 2)
    }

    @Test("What an earlier connection still tells changes nothing")
    func earlierConnection() throws {
        let stage = try Stage.open()
        let first = try stage.server
        first.lose()
        stage.pass(seconds: 2)
        #expect(stage.connections == 2)
        stage.host.calls = []
        first.serve("<handshake/>")
        first.lose()
        #expect(stage.host.calls.isEmpty)
        stage.pass(seconds: 5)
        #expect(stage.connections == 2)
    }

    @Test("A leg that stops ends its stream, takes in the last confirmation and does not connect again")
    func stop() throws {
        let stage = try Stage.open()
        stage.send(1)
        stage.leg.stop()
        let last = try stage.written()
        #expect(last.hasPrefix(Stage.message(1) + "<iq "))
        #expect(last.hasSuffix("</stream:stream>"))
        #expect(!stage.leg.isStopped)
        try stage.serve(pong(try pingID(last)) + "</stream:stream>")
        #expect(stage.host.calls == [.delivered(CrossingID(1), "pong"), .down(Stage.hop, [])])
        #expect(stage.leg.isStopped)
        stage.pass(seconds: 600)
        #expect(stage.connections == 1)
    }

    @Test("A server that does not end its side is left after five seconds")
    func stopWithoutAnswer() throws {
        let stage = try Stage.open()
        stage.send(1)
        stage.leg.stop()
        stage.pass(seconds: 5)
        #expect(stage.leg.isStopped)
        #expect(stage.host.calls == [.down(Stage.hop, [CrossingID(1)])])
    }
}

enum SHA1Of {
    static let example = "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e"
}
