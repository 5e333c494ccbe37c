import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("ReceivingStream: both directions")
struct BidirectionalTests {
    private let policy = StreamPolicy(isBidirectional: true)
    private let bidi = "<bidi xmlns='urn:xmpp:bidi'/>"
    private let stanza = outbound(1, from: "b@gw.example", to: "a@peer.example")

    @Test("XEP-0288 §2.1: it is offered inside TLS where the policy allows it, never in the clear")
    func offered() {
        let secured = Receptions.secured(policy: policy)
        let feature = "<bidi xmlns='urn:xmpp:features:bidi'/>"
        #expect(secured.log.filter { $0.contains(feature) }.count == 1)
        #expect(secured.log.first { $0.contains(feature) }?.contains("starttls") == false)
        let without = Receptions.secured()
        #expect(!without.log.contains { $0.contains(feature) })
    }

    @Test("XEP-0288 §2.2: nothing is sent before the peer is authenticated, then only for its pair")
    func afterAuthentication() throws {
        var stream = Receptions.secured(policy: policy, verdict: .proved(.pkix))
        #expect(stream.says(bidi) == [])
        let pair = Initiations.pair()
        #expect(stream.does(.send(stanza, pair, token: 1)) == ["reject 1 notEstablished"])
        _ = stream.says(external)
        #expect(stream.does(.send(stanza, pair, token: 1)) == ["reject 1 notEstablished"])
        _ = stream.says(peerHeader)
        #expect(stream.does(.send(stanza, pair, token: 1)) == ["send " + text(stanza)])
        let other = Initiations.pair("other.example")
        #expect(stream.does(.send(stanza, other, token: 2)) == ["reject 2 notEstablished"])
        let foreign = outbound(1, from: "b@gw.example", to: "a@other.example")
        #expect(stream.does(.send(foreign, pair, token: 3)) == ["reject 3 foreignAddress"])
    }

    @Test("XEP-0288 §2.2: after dialback the inverse of the verified pair may be sent")
    func afterDialback() throws {
        var stream = Receptions.secured(policy: policy, facts: namelessFacts)
        _ = stream.says(bidi + "<db:result from='peer.example' to='gw.example'>k</db:result>")
        #expect(stream.does(.send(stanza, Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
        _ = stream.does(.verified(try dialbackRequest("peer.example", key: "k"), .valid))
        #expect(stream.does(.send(stanza, Initiations.pair(), token: 1)) == ["send " + text(stanza)])
        let second = Initiations.pair(local: "second.example")
        #expect(stream.does(.send(stanza, second, token: 1)) == ["reject 1 notEstablished"])
    }

    @Test("XEP-0288 §2.2: a peer that did not ask, or may not, is sent nothing")
    func unasked() {
        var silent = Receptions.authenticated(policy: policy)
        #expect(silent.does(.send(stanza, Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
        var late = Receptions.authenticated(policy: policy)
        #expect(late.says(bidi) == [])
        #expect(late.does(.send(stanza, Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
        var forbidden = Receptions.secured(verdict: .proved(.pkix))
        _ = forbidden.says(bidi + external)
        _ = forbidden.says(peerHeader)
        #expect(forbidden.does(.send(stanza, Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
        var clear = Receptions.connected(policy: policy)
        _ = clear.says(peerHeader + bidi + startTLS)
        _ = clear.does(.secured(tlsFacts))
        _ = clear.says(peerHeader)
        _ = clear.does(.certificate("peer.example", .proved(.pkix)))
        _ = clear.says(external)
        _ = clear.says(peerHeader)
        #expect(clear.machine.established.count == 1)
        #expect(clear.does(.send(stanza, Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
    }

    @Test("XEP-0199 §4.3: the answer to a ping on the same stream confirms, from its own domain alone")
    func pingAnswer() {
        var stream = Receptions.secured(policy: policy, verdict: .proved(.pkix))
        _ = stream.says(bidi + external)
        _ = stream.says(peerHeader)
        _ = stream.does(.send(stanza, Initiations.pair(), token: 1))
        let id = "\(StreamNonces.counting().pings)-1"
        #expect(stream.does(.flush).first?.contains("id='\(id)'") == true)
        #expect(
            stream.says("<iq type='result' id='\(id)x' from='peer.example' to='gw.example'/>") == [
                "deliver iq 1 gw.example <-> peer.example"
            ]
        )
        #expect(
            stream.says("<iq type='error' id='\(id)' from='peer.example' to='gw.example'/>") == ["confirm [1]"]
        )
    }
}

@Suite("Servers: edges")
struct ServerEdgeTests {
    @Test("RFC 6120 §4.7.4, §8.1.5: the language of the peer's header goes with its stanzas, a malformed one does not")
    func language() {
        for (tag, kept) in [("fr", "fr"), ("x_y", nil)] as [(String, String?)] {
            var stream = Receptions.secured(verdict: .proved(.pkix))
            _ = stream.says(external)
            _ = stream.says(peerHeader.replacing("xml:lang='en'", with: "xml:lang='\(tag)'"))
            let actions = stream.bytes("<message from='a@peer.example' to='b@gw.example'/>")
            guard
                case .deliver(_, let arrival) = actions.first(where: { if case .deliver = $0 { true } else { false } })
            else {
                Issue.record("\(actions)")
                continue
            }
            #expect(arrival.language == kept)
        }
    }

    @Test("RFC 6120 §4.8.5: a header with another prefix, or none, gets the same answer")
    func prefixes() {
        for header in [
            peerHeader.replacing("stream:stream", with: "s:stream").replacing("xmlns:stream", with: "xmlns:s"),
            "<stream xmlns='http://etherx.jabber.org/streams' to='gw.example' from='peer.example' version='1.0'>",
        ] {
            var stream = Receptions.connected()
            #expect(stream.says(header) == ["send " + ourHeader(firstID) + tlsOffer])
        }
    }

    @Test(
        "RFC 6120 §4.3.3: a second header ends the stream, with one header of ours on the wire",
        arguments: [(true, "restricted-xml"), (false, "invalid-xml")]
    )
    func headerTwice(hasDeclaration: Bool, condition: String) {
        let again = hasDeclaration ? peerHeader : peerHeader.replacing("<?xml version='1.0'?>", with: "")
        for state in 0..<3 {
            var stream: Reception
            switch state {
            case 0: stream = Receptions.connected()
            case 1: stream = Receptions.secured(facts: namelessFacts)
            default: stream = Receptions.authenticated()
            }
            if state == 0 { _ = stream.says(peerHeader) }
            #expect(stream.says(again).first == "send " + faultText(condition), "\(state)")
            #expect(stream.end != nil)
        }
        var ours = Initiations.authenticated()
        let header = hasDeclaration ? answerHeader() : answerHeader().replacing("<?xml version='1.0'?>", with: "")
        #expect(ours.says(header).first == "send " + faultText(condition))
    }

    @Test("RFC 6120 §4.3.3, §11.5: behind a negotiated restart a header is one with and without its declaration")
    func restartedHeader() {
        for header in [peerHeader, peerHeader.replacing("<?xml version='1.0'?>", with: "")] {
            var stream = Receptions.connected()
            _ = stream.says(header + startTLS)
            _ = stream.does(.secured(tlsFacts))
            #expect(stream.says(header) == ["send " + ourHeader(secondID), "check peer.example", "pause"])
            _ = stream.does(.certificate("peer.example", .proved(.pkix)))
            let answers = stream.says(external + header)
            #expect(answers.contains { $0.hasPrefix("send " + ourHeader(thirdID)) }, "\(answers)")
            #expect(stream.end == nil)
        }
    }

    @Test("RFC 6120 §4.9.3.17: a connection over the limit gets our header, resource-constraint and the end")
    func overLimit() {
        var stream = Receptions.connected()
        #expect(
            stream.does(.close(StreamFault(.resourceConstraint))) == [
                "send " + ourHeader(firstID, to: nil) + faultText("resource-constraint")
            ]
        )
    }

    @Test("RFC 6120 §4.9.3.22: bytes of another encoding end the stream")
    func encodings() {
        var stream = Receptions.connected()
        _ = stream.raw([0xFF, 0xFE, 0x3C, 0x00])
        #expect(stream.end?.reason.code == "unsupported-encoding")
    }

    @Test(
        "RFC 6120 §4.9.3.18: what is restricted ends the stream before and after authentication",
        arguments: ["<!-- x -->", "<?php 1?>", "<!DOCTYPE x>", "<presence>&foo;</presence>"]
    )
    func restricted(markup: String) {
        for state in 0..<2 {
            var stream = state == 0 ? Receptions.secured() : Receptions.authenticated()
            let said = stream.says(markup)
            #expect(said == ["send " + faultText("restricted-xml"), "close restricted-xml"])
        }
    }

    @Test("RFC 6120 §4.9.3.14: a stanza beyond the limit ends the stream before it is complete")
    func tooLong() {
        var stream = Receptions.authenticated()
        let start = "<message from='a@peer.example' to='b@gw.example'><body>"
        #expect(stream.says(start + String(repeating: "x", count: 200_000)) == [])
        let said = stream.says(String(repeating: "x", count: 100_000))
        #expect(
            said == [
                "send " + faultText("policy-violation", "<stanza-too-big xmlns='urn:xmpp:errors'/>"),
                "close too-many-bytes",
            ]
        )
    }

    @Test("RFC 6120 §13.12: 10,000 bytes pass before a proof, 256 KiB after it, and one byte more does not")
    func longest() {
        func message(_ count: Int) -> String {
            let (start, end) = ("<message from='a@peer.example' to='b@gw.example'><body>", "</body></message>")
            return start + String(repeating: "x", count: count - start.utf8.count - end.utf8.count) + end
        }
        var proved = Receptions.authenticated()
        for (number, count) in [9_900, 262_144].enumerated() {
            let said = proved.says(message(count)).filter { $0 != "pause" && $0 != "resume" }
            #expect(said == ["deliver message \(number + 1) gw.example <-> peer.example"])
        }
        #expect(proved.says(message(262_145)).last == "close too-many-bytes")
        // A stranger's stanza of that size is read, and refused for what it is.
        for (count, code) in [(10_000, "not-authorized"), (16_384, "not-authorized"), (16_385, "too-many-bytes")] {
            var stranger = Receptions.secured(facts: namelessFacts)
            #expect(stranger.says(message(count)).last == "close \(code)", "\(count)")
        }
    }

    @Test("RFC 6120 §8.1.1.2, §8.1.2.2: what is sent has both addresses in the pair, and a size within the limit")
    func outboundCheck() {
        var stream = Initiations.authenticated()
        let pair = Initiations.pair()
        for (markup, rejection) in [
            ("<message from='a@gw.example' to='b@other.example'/>", "foreignAddress"),
            ("<message from='a@evilgw.example' to='b@peer.example'/>", "foreignAddress"),
            ("<message from='a@gw.example'/>", "missingAddress"), ("<message to='a@peer.example'/>", "missingAddress"),
            ("<db:result from='gw.example' to='peer.example'/>", "notStanza"), ("x", "notStanza"),
            ("<message from='a@gw.example' to='b@peer.example'>" + String(repeating: "x", count: 262_144), "tooLarge"),
        ] {
            #expect(stream.does(.send(Array(markup.utf8), pair, token: 7)) == ["reject 7 \(rejection)"])
        }
    }

    @Test("XEP-0198 §5: a stream that is still open gives its session up to its successor, with conflict")
    func takenOver() {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
        #expect(stream.does(.close(StreamFault(.conflict))) == ["send " + faultText("conflict"), "close finished"])
        #expect(stream.end?.session != nil)
        var other = Receptions.authenticated()
        _ = other.says("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
        _ = other.does(.close(StreamFault(.systemShutdown)))
        _ = other.says("</stream:stream>")
        #expect(other.end != nil && other.end?.session == nil)
    }

    @Test("RFC 4648 §4: base64 of every length reads back, and its padding bits are zero")
    func base64() {
        for count in 1..<70 {
            let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(SASLData.decode(Array(SASLData.encode(data).utf8)) == data)
        }
        for text in ["A", "AA", "AAA", "====", "A===", "AB==", "AAB=", "AA=A", "A A=", "AAAA=", "-___"] {
            #expect(SASLData.decode(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
