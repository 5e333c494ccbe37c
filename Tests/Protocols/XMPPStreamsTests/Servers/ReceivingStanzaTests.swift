import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("ReceivingStream: stanzas")
struct ReceivingStanzaTests {
    private let message = "<message from='a@peer.example/r' to='b@gw.example'><body>x</body></message>"

    @Test("RFC 6120 §4.3.5: what a proved domain sends to a domain of ours is handed on, counted, with its language")
    func accepted() throws {
        var peer = Receptions.authenticated()
        let actions = peer.bytes(message + message.replacing("gw.example", with: "second.example"))
        let arrivals = actions.compactMap { action in
            if case .deliver(_, let arrival) = action { arrival } else { nil }
        }
        #expect(
            arrivals == [
                StanzaArrival(
                    pair: try DomainPair(local: "gw.example", remote: "peer.example"),
                    proof: .pkix,
                    language: "en",
                    number: 1
                ),
                StanzaArrival(
                    pair: try DomainPair(local: "second.example", remote: "peer.example"),
                    proof: .pkix,
                    language: "en",
                    number: 2
                ),
            ]
        )
    }

    @Test("RFC 6120 §4.9.3.12: a stanza before a proof ends the stream and goes nowhere")
    func unproved() {
        for (clear, peerState) in [(true, "clear"), (false, "secured")] {
            var peer = clear ? Receptions.connected() : Receptions.secured()
            if clear { _ = peer.says(peerHeader) }
            let said = peer.says(message)
            #expect(said == ["send " + faultText("not-authorized"), "close not-authorized"], "\(peerState)")
        }
    }

    @Test(
        "RFC 6120 §4.9.3.9: another domain in from ends the stream, exactly compared",
        arguments: [
            "x@victim.example", "x@sub.peer.example", "x@evilpeer.example", "victim.example/x@peer.example",
            "example", "peer.example.victim.example", "x@gw.example",
        ]
    )
    func spoofed(from: String) {
        var peer = Receptions.authenticated()
        let said = peer.says(message.replacing("a@peer.example/r", with: from))
        #expect(said == ["send " + faultText("invalid-from"), "close invalid-from"])
    }

    @Test(
        "RFC 7622 §3.2: the domain ends at the first slash and is compared in its normal form",
        arguments: ["peer.example/x@victim.example", "PEER.Example.", "a@peer.example/b@c/d"]
    )
    func sameDomain(from: String) {
        var peer = Receptions.authenticated()
        let said = peer.says(message.replacing("a@peer.example/r", with: from))
        #expect(said == ["deliver message 1 gw.example <-> peer.example"])
    }

    @Test(
        "RFC 6120 §4.9.3.7: without from or to, or with what is no address, the stream ends",
        arguments: [
            "<message from='a@peer.example'><body/></message>", "<message to='b@gw.example'/>",
            "<message from='' to='b@gw.example'/>", "<message from='a@peer.example' to=''/>",
            "<message from='a@peer.example' to='b@'/>", "<iq from='a@b c' to='b@gw.example' type='get' id='1'/>",
        ]
    )
    func addresses(markup: String) {
        var peer = Receptions.authenticated()
        #expect(peer.says(markup) == ["send " + faultText("improper-addressing"), "close improper-addressing"])
    }

    @Test("RFC 6120 §4.9.3.6: a stanza for a domain of others is not relayed")
    func relay() {
        var peer = Receptions.authenticated()
        let said = peer.says(message.replacing("gw.example", with: "elsewhere.invalid"))
        #expect(said == ["send " + faultText("host-unknown"), "close host-unknown"])
    }

    @Test("RFC 7622 §3.3, §3.4: a part that is malformed gets an error, for presence nothing, and the stream stays")
    func malformedParts() {
        var peer = Receptions.authenticated()
        let empty = message.replacing("b@gw.example", with: "@gw.example")
        #expect(peer.says(empty) == ["bounce message 1 jid-malformed"])
        #expect(
            peer.says("<presence from='a@peer.example/' to='b@gw.example'/>") == ["bounce presence 2 -"]
        )
        let long = message.replacing("b@gw", with: String(repeating: "b", count: 1024) + "@gw")
        #expect(peer.says(long) == ["bounce message 3 jid-malformed"])
        #expect(peer.says(message) == ["deliver message 4 gw.example <-> peer.example"])
    }

    @Test("RFC 6120 §4.9.3.2: a stanza with a prefix ends the stream")
    func prefixed() {
        var peer = Receptions.authenticated()
        let said = peer.says("<s:message xmlns:s='jabber:server' from='a@peer.example' to='b@gw.example'/>")
        #expect(said == ["send " + faultText("bad-namespace-prefix"), "close bad-namespace-prefix"])
    }

    @Test("RFC 6120 §4.8.2: in a stream without prefixes stanzas declare their namespace")
    func prefixFree() {
        var peer = Receptions.secured(verdict: .proved(.pkix))
        _ = peer.says(external)
        _ = peer.says(
            "<stream xmlns='http://etherx.jabber.org/streams' from='peer.example' to='gw.example' version='1.0'>"
        )
        let said = peer.says(message.replacing("<message", with: "<message xmlns='jabber:server'"))
        #expect(said == ["deliver message 1 gw.example <-> peer.example"])
    }

    @Test("RFC 6120 §4.9.3.10: a stanza in another content namespace ends the stream")
    func otherContent() {
        var peer = Receptions.authenticated()
        let said = peer.says(message.replacing("<message", with: "<message xmlns='jabber:client'"))
        #expect(said == ["send " + faultText("invalid-namespace"), "close invalid-namespace"])
    }

    @Test(
        "RFC 6120 §4.9.3.24: what is not known ends the stream",
        arguments: [
            "<message xmlns='urn:x' from='a@peer.example' to='b@gw.example'/>", "<pubsub/>", "<stream:features/>",
        ]
    )
    func unknown(markup: String) {
        var peer = Receptions.authenticated()
        #expect(
            peer.says(markup) == ["send " + faultText("unsupported-stanza-type"), "close unsupported-stanza-type"]
        )
    }

    @Test("RFC 6120 §4.9.3.11: a fault inside a stanza is the addressee's matter")
    func insideStanza() {
        var peer = Receptions.authenticated()
        let said = peer.says("<iq type='subscribe' from='a@peer.example' to='gw.example'/>")
        #expect(said == ["deliver iq 1 gw.example <-> peer.example"])
    }

    @Test("RFC 6120 §4.4: what came before the end tag is taken, what stands behind it is not")
    func endTag() {
        var peer = Receptions.authenticated()
        let said = peer.says(message + "</stream:stream>" + message)
        #expect(
            said == [
                "deliver message 1 gw.example <-> peer.example", "send </stream:stream>", "close peer-closed",
            ]
        )
    }

    @Test("RFC 6120 §4.4: behind our end tag stanzas are still taken, for five seconds")
    func ourEnd() {
        var peer = Receptions.authenticated()
        #expect(peer.does(.close(StreamFault(.systemShutdown)), now: 1) == ["send " + faultText("system-shutdown")])
        #expect(peer.says(message, now: 2) == ["deliver message 1 gw.example <-> peer.example"])
        #expect(peer.does(.timer, now: 5 * second) == [])
        var other = Receptions.authenticated()
        _ = other.does(.close(nil), now: 1)
        #expect(other.says("</stream:stream>", now: 2) == ["close finished"])
        #expect(peer.does(.timer, now: 5 * second + 1) == ["close finished"])
    }

    @Test("RFC 6120 §4.9.2, §4.9.4: a stream error ends the stream, one that is not known as undefined-condition")
    func peerFault() {
        var peer = Receptions.authenticated()
        let said = peer.says(
            "<stream:error><brand-new xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
        )
        #expect(said == ["send </stream:stream>", "close undefined-condition"])
    }

    @Test("RFC 6120 §4.9.3.19: another host that a connecting peer names is not looked at")
    func seeOtherHost() {
        var peer = Receptions.authenticated()
        let said = peer.says(
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:9</see-other-host>"
                + "</stream:error>"
        )
        #expect(said == ["send </stream:stream>", "close see-other-host"])
    }
}
