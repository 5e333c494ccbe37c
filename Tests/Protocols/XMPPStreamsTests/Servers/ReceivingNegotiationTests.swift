import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("ReceivingStream: headers and TLS")
struct ReceivingHeaderTests {
    @Test("RFC 6120 §4.2, §5.3.1: a header gets our header and features, in the clear TLS alone")
    func clear() {
        var peer = Receptions.connected()
        #expect(peer.says(peerHeader) == ["send " + ourHeader(firstID) + tlsOffer])
    }

    @Test("RFC 6120 §4.7.3, §4.3.3: every stream of the connection has its own id, the peer's own counts for nothing")
    func ids() {
        var peer = Receptions.connected()
        let header = peerHeader.replacing("to='gw.example'", with: "id='x' to='gw.example'")
        #expect(peer.says(header) == ["send " + ourHeader(firstID) + tlsOffer])
        _ = peer.says(startTLS)
        _ = peer.input(.secured(tlsFacts))
        #expect(peer.says(header).first == "send " + ourHeader(secondID))
        _ = peer.input(.certificate("peer.example", .proved(.pkix)))
        _ = peer.says(external)
        #expect(peer.says(header).first?.hasPrefix("send " + ourHeader(thirdID)) == true)
    }

    @Test("RFC 6120 §4.9.1.3, §4.9.3.6: an unknown domain is answered from ours, then with host-unknown")
    func hostUnknown() {
        for to in ["unknown.invalid", "x@gw.example", ""] {
            var peer = Receptions.connected()
            let header = peerHeader.replacing("to='gw.example'", with: "to='\(to)'")
            #expect(
                peer.says(header) == ["send " + ourHeader(firstID) + faultText("host-unknown"), "close host-unknown"]
            )
        }
    }

    @Test("RFC 6120 §4.9.3.5: a domain that was served once is gone")
    func hostGone() {
        var peer = Receptions.connected()
        let header = peerHeader.replacing("to='gw.example'", with: "to='OLD.example.'")
        #expect(peer.says(header) == ["send " + ourHeader(firstID) + faultText("host-gone"), "close host-gone"])
    }

    @Test("RFC 6120 §4.7.2: a header without to is for the domain that answers for all")
    func noAddressee() {
        var peer = Receptions.connected()
        #expect(
            peer.says(peerHeader.replacing(" to='gw.example'", with: "")) == ["send " + ourHeader(firstID) + tlsOffer]
        )
    }

    @Test("RFC 6120 §4.7.1, §5.4.3.1: the domain that was addressed answers and begins TLS, without regard to case")
    func secondDomain() {
        var peer = Receptions.connected()
        let header = peerHeader.replacing("to='gw.example'", with: "to='Second.Example.'")
        #expect(peer.says(header) == ["send " + ourHeader(firstID, from: "second.example") + tlsOffer])
        #expect(peer.says(startTLS).last == "startTLS second.example")
    }

    @Test("RFC 6120 §4.7.5: 1.10 and 11.0 are answered with 1.0", arguments: ["1.10", "11.0"])
    func higherVersions(version: String) {
        var peer = Receptions.connected()
        let header = peerHeader.replacing("version='1.0' xml:lang", with: "version='\(version)' xml:lang")
        #expect(peer.says(header) == ["send " + ourHeader(firstID) + tlsOffer])
    }

    @Test(
        "RFC 6120 §4.7.5, §4.9.3.25: without a version there are no features, only unsupported-version",
        arguments: ["", "version='0.9'", "version='x'"]
    )
    func noVersion(attribute: String) {
        var peer = Receptions.connected()
        let header = peerHeader.replacing("version='1.0' xml:lang", with: "\(attribute) xml:lang")
        let answer = ourHeader(firstID).replacing(" version='1.0' xml:", with: " xml:")
        #expect(
            peer.says(header) == ["send " + answer + faultText("unsupported-version"), "close unsupported-version"]
        )
    }

    @Test(
        "RFC 6120 §4.9.3.10: another namespace is answered with our header and invalid-namespace",
        arguments: ["jabber:client", "jabber:component:accept"]
    )
    func namespaces(namespace: String) {
        var peer = Receptions.connected()
        let header = peerHeader.replacing("xmlns='jabber:server'", with: "xmlns='\(namespace)'")
        #expect(
            peer.says(header) == [
                "send " + ourHeader(firstID, to: nil) + faultText("invalid-namespace"), "close invalid-namespace",
            ]
        )
    }

    @Test("RFC 6120 §4.9.3.9: a header from a domain of ours, or from no domain, is refused")
    func senders() {
        for (from, condition) in [
            ("gw.example", "invalid-from"), ("second.example", "invalid-from"),
            ("a@peer.example", "improper-addressing"), ("", "improper-addressing"),
        ] {
            var peer = Receptions.connected()
            let said = peer.says(peerHeader.replacing("from='peer.example'", with: "from='\(from)'"))
            #expect(said == ["send " + ourHeader(firstID, to: nil) + faultText(condition), "close \(condition)"])
        }
    }

    @Test("RFC 6120 §4.3.3: a second header without a restart ends the stream and is not answered")
    func secondHeader() throws {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader)
        let again = StreamInput.xml(.opened(try root(peerHeader)), leftover: false)
        #expect(peer.does(again) == ["send " + faultText("invalid-xml"), "close invalid-xml"])
    }

    @Test("RFC 6120 §4.9.1.2: bytes that are no stream are answered with our header first")
    func unreadable() {
        for (bytes, condition) in [
            ("<?xml version='1.0' encoding='ISO-8859-1'?><a>", "unsupported-encoding"),
            ("<!DOCTYPE x><a>", "restricted-xml"), ("<a:b>", "not-well-formed"),
        ] {
            var peer = Receptions.connected()
            let said = peer.says(bytes)
            #expect(said == ["send " + ourHeader(firstID, to: nil) + faultText(condition), "close \(condition)"])
        }
    }

    @Test("RFC 6120 §4.9.3.14: an element longer than the limit for strangers ends the stream before it is complete")
    func strangersSize() {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader)
        let said = peer.says("<x xmlns='" + String(repeating: "a", count: 20_000))
        #expect(said.last == "close too-many-bytes" || said.last == "close start-tag-too-long")
        #expect(said.first?.contains("<policy-violation") == true)
    }

    // MARK: TLS

    @Test("RFC 6120 §5.4.2: starttls gets proceed without white space, then TLS begins")
    func proceed() {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader)
        #expect(peer.says(startTLS) == ["send <proceed xmlns='\(tls)'/>", "startTLS gw.example"])
        #expect(peer.does(.secured(tlsFacts)) == ["restart"])
    }

    @Test(
        "RFC 6120 §5.4.3.3: a byte behind starttls ends the stream",
        arguments: ["\n", "<", "<stream:stream from='victim.example' xmlns:stream='x'>"]
    )
    func injection(bytes: String) {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader)
        #expect(
            peer.says(startTLS + bytes) == ["send <failure xmlns='\(tls)'/></stream:stream>", "close injected-bytes"]
        )
    }

    @Test("RFC 6120 §5.4.2.2: starttls inside TLS gets failure")
    func twice() {
        var peer = Receptions.secured()
        #expect(
            peer.says(startTLS) == ["send <failure xmlns='\(tls)'/></stream:stream>", "close policy-violation"]
        )
    }

    @Test("RFC 6120 §5.4.3.2: a failed handshake ends the connection without any XML")
    func failedHandshake() {
        for input in [StreamInput.handshakeFailed("no shared cipher"), .disconnected, .close(nil)] {
            var peer = Receptions.connected()
            _ = peer.says(peerHeader)
            _ = peer.says(startTLS)
            let said = peer.does(input)
            #expect(said.count == 1)
            #expect(said.first?.hasPrefix("close ") == true)
        }
    }

    @Test("RFC 6120 §5.4.3.3: what came before TLS counts for nothing inside")
    func forgotten() {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader.replacing("peer.example", with: "a.example"))
        _ = peer.says(startTLS)
        _ = peer.input(.secured(tlsFacts))
        let header = peerHeader.replacing("peer.example", with: "b.example")
            .replacing("to='gw.example'", with: "to='second.example'")
        #expect(
            peer.says(header) == [
                "send " + ourHeader(secondID, from: "second.example", to: "b.example"), "check b.example", "pause",
            ]
        )
    }

    @Test("XEP-0368 §2: on a connection with TLS from its first byte the features are those inside TLS")
    func directTLS() {
        var peer = Reception(Receptions.machine())
        _ = peer.input(.connected(tlsFacts))
        #expect(peer.says(peerHeader) == ["send " + ourHeader(secondID), "check peer.example", "pause"])
        #expect(
            peer.does(.certificate("peer.example", .proved(.pkix))) == [
                "send <stream:features>\(mechanisms)\(dialbackOffer)</stream:features>", "resume",
            ]
        )
    }
}

@Suite("ReceivingStream: SASL")
struct ReceivingSASLTests {
    @Test("RFC 6120 §6.3.4, XEP-0178 §3: EXTERNAL is offered for a certificate that proves the domain, and only then")
    func offers() {
        let proved = Receptions.secured(verdict: .proved(.pkix))
        #expect(
            proved.log.contains("send <stream:features>\(mechanisms)\(dialbackOffer)</stream:features>")
        )
        for facts in [tlsFacts, namelessFacts] {
            let peer = Receptions.secured(facts: facts)
            #expect(peer.log.contains { $0.hasSuffix("<stream:features>\(dialbackOffer)</stream:features>") })
        }
    }

    @Test("RFC 6120 §6.4.5: where dialback is not enough, a peer without a proof is turned away at once")
    func certificateOnly() {
        let policy = StreamPolicy(usual: .init(authentication: .certificate))
        let reasons: [StreamReason] = [
            .certificateRefused(domain: "peer.example", "self-signed"),
            .fault(StreamFault(.policyViolation), "the peer has no certificate that proves its domain"),
        ]
        for (facts, reason) in zip([tlsFacts, namelessFacts], reasons) {
            let peer = Receptions.secured(policy: policy, facts: facts)
            #expect(peer.log.contains { $0.hasPrefix("send") && $0.contains("<policy-violation") })
            #expect(peer.end?.reason == reason)
        }
        let proved = Receptions.secured(policy: policy, verdict: .proved(.dane))
        #expect(proved.end == nil)
        #expect(proved.log.last { $0.hasPrefix("send") } == "send <stream:features>\(mechanisms)</stream:features>")
    }

    @Test("RFC 6120 §6.4.6: success, a fresh header, features, and the pair is established")
    func success() {
        var peer = Receptions.secured(verdict: .proved(.posh))
        #expect(peer.says(external) == ["send <success xmlns='\(sasl)'/>", "restart"])
        #expect(
            peer.says(peerHeader) == [
                "send " + ourHeader(thirdID)
                    + "<stream:features>\(dialbackOffer)<sm xmlns='urn:xmpp:sm:3'/></stream:features>",
                "established gw.example <-> peer.example posh",
            ]
        )
    }

    @Test(
        "RFC 6120 §6.3.8, XEP-0178 §3: no identity or the header's domain succeed",
        arguments: ["=", "cGVlci5leGFtcGxl", "UEVFUi5FWEFNUExFLg=="]
    )
    func identities(data: String) {
        var peer = Receptions.secured(verdict: .proved(.pkix))
        let said = peer.says(external.replacing(">=<", with: ">\(data)<"))
        #expect(said == ["send <success xmlns='\(sasl)'/>", "restart"])
    }

    @Test(
        "RFC 6120 §6.5.6: another identity is refused",
        arguments: [
            "dmljdGltLmV4YW1wbGU=", "c3ViLnBlZXIuZXhhbXBsZQ==", "eEBwZWVyLmV4YW1wbGU=", "Z3cuZXhhbXBsZQ==", "AA==",
            "//79", "ZXZpbHBlZXIuZXhhbXBsZQ==",
        ]
    )
    func foreignIdentities(data: String) {
        var peer = Receptions.secured(verdict: .proved(.pkix))
        let said = peer.says(external.replacing(">=<", with: ">\(data)<"))
        #expect(said == ["send <failure xmlns='\(sasl)'><invalid-authzid/></failure>"])
    }

    @Test("RFC 6120 §6.3.10, §6.4.3: without an initial response there is a challenge, and its response counts")
    func challenge() {
        for response in ["", "=", "cGVlci5leGFtcGxl"] {
            var peer = Receptions.secured(verdict: .proved(.pkix))
            let said = peer.says("<auth xmlns='\(sasl)' mechanism='EXTERNAL'/>")
            #expect(said == ["send <challenge xmlns='\(sasl)'>=</challenge>"])
            let answer = peer.says("<response xmlns='\(sasl)'>\(response)</response>")
            #expect(answer == ["send <success xmlns='\(sasl)'/>", "restart"])
        }
        var peer = Receptions.secured(verdict: .proved(.pkix))
        _ = peer.says("<auth xmlns='\(sasl)' mechanism='EXTERNAL'/>")
        let said = peer.says("<response xmlns='\(sasl)'>dmljdGltLmV4YW1wbGU=</response>")
        #expect(said == ["send <failure xmlns='\(sasl)'><invalid-authzid/></failure>"])
    }

    @Test(
        "RFC 6120 §6.5: each fault has its condition",
        arguments: [
            ("<auth xmlns='\(sasl)' mechanism='EXTERNAL'>***</auth>", "incorrect-encoding"),
            ("<auth xmlns='\(sasl)' mechanism='EXTERNAL'>cGVlci5leGFtcGxm=</auth>", "incorrect-encoding"),
            ("<auth xmlns='\(sasl)' mechanism='EXTERNAL'>AB==</auth>", "incorrect-encoding"),
            ("<auth xmlns='\(sasl)' mechanism='PLAIN'>=</auth>", "invalid-mechanism"),
            ("<auth xmlns='\(sasl)'>=</auth>", "invalid-mechanism"), ("<abort xmlns='\(sasl)'/>", "aborted"),
            ("<response xmlns='\(sasl)'>=</response>", "malformed-request"),
            ("<success xmlns='\(sasl)'/>", "malformed-request"),
        ]
    )
    func faults(markup: String, condition: String) {
        var peer = Receptions.secured(verdict: .proved(.pkix))
        #expect(peer.says(markup) == ["send <failure xmlns='\(sasl)'><\(condition)/></failure>"])
    }

    @Test("RFC 6120 §6.5.4: authentication in the clear asks for encryption")
    func inClear() {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader)
        #expect(peer.says(external) == ["send <failure xmlns='\(sasl)'><encryption-required/></failure>"])
    }

    @Test("XEP-0178 §3: EXTERNAL that was not offered is refused, whatever is claimed")
    func notOffered() {
        var peer = Receptions.secured()
        #expect(peer.says(external) == ["send <failure xmlns='\(sasl)'><invalid-mechanism/></failure>"])
    }

    @Test("RFC 6120 §6.4.5: the third failure ends the stream", arguments: [2, 3, 5])
    func attempts(limit: Int) {
        var limits = StreamLimits()
        limits.attempts = limit
        var peer = Receptions.secured(limits: limits, verdict: .proved(.pkix))
        for attempt in 1...12 {
            let said = peer.says("<abort xmlns='\(sasl)'/>")
            if attempt < limit { #expect(said == ["send <failure xmlns='\(sasl)'><aborted/></failure>"]) }
            if attempt == limit {
                #expect(
                    said == [
                        "send <failure xmlns='\(sasl)'><aborted/></failure>" + faultText("policy-violation"),
                        "close policy-violation",
                    ]
                )
            }
            if attempt > limit { #expect(said == []) }
        }
    }

    @Test("RFC 6120 §6.4.6: the header behind success has to name the domains that were authenticated")
    func renewedHeader() {
        for (old, new, condition) in [
            ("from='peer.example'", "from='victim.example'", "invalid-from"),
            ("from='peer.example'", "", "invalid-from"),
            ("to='gw.example'", "to='second.example'", "improper-addressing"),
        ] {
            var peer = Receptions.secured(verdict: .proved(.pkix))
            _ = peer.says(external)
            let said = peer.says(peerHeader.replacing(old, with: new))
            #expect(said == ["send " + ourHeader(thirdID) + faultText(condition), "close \(condition)"])
        }
    }

    @Test("RFC 6120 §6.4.6: between success and the header nothing is taken")
    func stanzaBeforeHeader() {
        var peer = Receptions.secured(verdict: .proved(.pkix))
        _ = peer.says(external)
        let said = peer.says("<iq type='get' id='1' from='peer.example' to='gw.example'/>")
        #expect(peer.end != nil)
        #expect(!said.contains { $0.hasPrefix("deliver") })
    }

    @Test("XEP-0178 §3: a header behind auth in the same bytes is read by the fresh parser")
    func pipelined() {
        var peer = Receptions.secured(verdict: .proved(.pkix))
        let said = peer.says(external + peerHeader + "<message from='a@peer.example' to='b@gw.example'/>")
        #expect(said.last == "deliver message 1 gw.example <-> peer.example")
    }
}
