import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("InitiatingStream: TLS and certificates")
struct InitiatingTLSTests {
    @Test("RFC 6120 §5.4, §6.4, XEP-0178 §3: header, TLS, certificate, EXTERNAL with our domain, stanzas")
    func transcript() {
        var stream = Initiation(Initiations.machine())
        #expect(stream.does(.connected(nil)) == ["send " + openingHeader])
        #expect(stream.says(answerHeader("i0") + tlsOffer) == ["send <starttls xmlns='\(tls)'/>"])
        #expect(stream.says(proceed) == ["startTLS peer.example"])
        #expect(
            stream.does(.secured(tlsFacts)) == ["restart", "send " + openingHeader, "check peer.example", "pause"]
        )
        #expect(stream.does(.certificate("peer.example", .proved(.pkix))) == ["resume"])
        #expect(stream.says(answerHeader() + bothOffers) == ["send " + namedAuth])
        #expect(stream.says(success) == ["restart", "send " + openingHeader])
        #expect(
            stream.says(answerHeader("i2") + "<stream:features/>") == ["established gw.example <-> peer.example pkix"]
        )
        #expect(
            stream.does(.send(outbound(1), Initiations.pair(), token: 1)) == ["send " + text(outbound(1))]
        )
    }

    @Test("RFC 7590 §3.1: TLS is asked for although it is not offered, and without it nothing is sent")
    func stripped() {
        var stream = Initiation(Initiations.machine())
        _ = stream.does(.connected(nil))
        #expect(stream.says(answerHeader("i0") + dialbackOnly) == ["send <starttls xmlns='\(tls)'/>"])
        #expect(
            stream.says("<failure xmlns='\(tls)'/>") == [
                "send " + faultText("policy-violation"), "close encryption-refused",
            ]
        )
        #expect(stream.end?.reason.condition == .remoteServerTimeout)
        #expect(stream.end?.reason.remedy != nil)
    }

    @Test("RFC 6120 §5.4.3.3: a byte behind proceed ends the connection", arguments: [" ", "<", answerHeader("evil")])
    func injection(bytes: String) {
        var stream = Initiation(Initiations.machine())
        _ = stream.does(.connected(nil))
        _ = stream.says(answerHeader("i0") + tlsOffer)
        #expect(stream.says(proceed + bytes) == ["close injected-bytes"])
    }

    @Test("RFC 6120 §13.7.2: without a certificate that proves the domain no stanza is sent")
    func certificates() {
        for verdict in [CertificateVerdict.refused("expired"), .refused("another name")] {
            let stream = Initiations.secured(verdict: verdict)
            guard case .certificateRefused(domain: "peer.example", _) = stream.end?.reason else {
                Issue.record("\(stream.log)")
                return
            }
            #expect(stream.end?.reason.advice == .slow)
            #expect(stream.end?.reason.condition == .remoteServerTimeout)
        }
    }

    @Test("RFC 6120 §13.7.2: where dialback is allowed in both directions a bad certificate still encrypts")
    func insecureAllowed() {
        let trust = StreamPolicy.Trust(authentication: .dialback)
        let policy = StreamPolicy(exceptions: ["peer.example": trust])
        var stream = Initiations.secured(Initiations.machine(policy: policy), verdict: .refused("expired"))
        #expect(stream.end == nil)
        let said = stream.says(dialbackOnly)
        #expect(said == ["send <db:result from='gw.example' to='peer.example'>\(Initiations.key("i1"))</db:result>"])
    }

    @Test("RFC 6120 §5.4.3.2: a failed handshake ends the connection without XML")
    func failedHandshake() {
        for input in [StreamInput.handshakeFailed("protocol version"), .disconnected] {
            var stream = Initiation(Initiations.machine())
            _ = stream.does(.connected(nil))
            _ = stream.says(answerHeader("i0") + tlsOffer)
            _ = stream.says(proceed)
            #expect(stream.does(input) == ["close handshake-failed"])
        }
    }

    @Test("RFC 6120 §5.4.3.3: nothing is read inside TLS before the certificate is judged")
    func held() throws {
        var stream = Initiation(Initiations.machine())
        _ = stream.does(.connected(tlsFacts))
        let isReading = stream.machine.isReading
        #expect(!isReading)
        #expect(stream.says(answerHeader()) == [])
        let early = StreamInput.xml(.opened(try root(answerHeader())), leftover: false)
        #expect(stream.does(early).last == "close policy-violation")
    }

    @Test("XEP-0368 §2: with TLS from the first byte the certificate is judged and STARTTLS is not asked for")
    func direct() {
        var stream = Initiation(Initiations.machine())
        #expect(
            stream.does(.connected(tlsFacts)) == ["send " + openingHeader, "check peer.example", "pause"]
        )
        _ = stream.does(.certificate("peer.example", .proved(.dane)))
        #expect(stream.says(answerHeader() + bothOffers) == ["send " + namedAuth])
    }

    @Test("RFC 6120 §4.9.3.25: an answer without a version ends the stream", arguments: ["", "version='0.9'"])
    func version(attribute: String) {
        var stream = Initiation(Initiations.machine())
        _ = stream.does(.connected(nil))
        let header = answerHeader().replacing("version='1.0'>", with: "\(attribute)>")
        #expect(
            stream.says(header) == ["send " + faultText("unsupported-version"), "close unsupported-version"]
        )
    }

    @Test("RFC 6120 §4.9.3.10: an answer in another namespace ends the stream")
    func namespace() {
        var stream = Initiation(Initiations.machine())
        _ = stream.does(.connected(nil))
        let header = answerHeader().replacing("xmlns='jabber:server'", with: "xmlns='jabber:client'")
        #expect(stream.says(header).last == "close invalid-namespace")
    }

    @Test("RFC 6120 §4.9.3.23: a peer that offers nothing that can be negotiated gets unsupported-feature")
    func nothingOffered() {
        for hasKeys in [true, false] {
            var stream = Initiations.secured(Initiations.machine(hasKeys: hasKeys, hasCertificate: false))
            let said = stream.says("<stream:features><x xmlns='urn:example'><required/></x></stream:features>")
            if hasKeys {
                // The namespace of dialback in the peer's header is an offer, too.
                #expect(said.first?.hasPrefix("send <db:result") == true)
            } else {
                #expect(said == ["send " + faultText("unsupported-feature"), "close not-negotiable"])
            }
        }
    }

    @Test("RFC 6120 §4.9.3.19: another host is followed only behind a proved certificate, three times at most")
    func redirects() {
        let fault =
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'> host.example:5270 "
            + "</see-other-host></stream:error>"
        var clear = Initiation(Initiations.machine())
        _ = clear.does(.connected(nil))
        #expect(clear.says(answerHeader() + fault) == ["send </stream:stream>", "close redirect-refused"])
        for hops in 0...4 {
            var stream = Initiations.secured(Initiations.machine(redirects: hops))
            #expect(stream.says(fault).first == "send </stream:stream>")
            #expect(
                stream.end?.reason
                    == (hops < 3 ? .redirected("host.example:5270") : .redirectRefused("host.example:5270"))
            )
        }
        let policy = StreamPolicy(usual: .init(authentication: .dialback))
        var unproved = Initiations.secured(Initiations.machine(policy: policy), verdict: .refused("expired"))
        #expect(unproved.says(fault).last == "close redirect-refused")
        var nowhere = Initiations.secured()
        #expect(nowhere.says(fault.replacing(" host.example:5270 ", with: "a b")).last == "close redirect-refused")
    }

    @Test("RFC 6120 §4.9.3: what the peer refuses with comes out typed", arguments: StreamFault.Condition.allCases)
    func peerFaults(condition: StreamFault.Condition) {
        var stream = Initiation(Initiations.machine())
        _ = stream.does(.connected(nil))
        let fault = "<stream:error><\(condition.rawValue) xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
        #expect(stream.says(answerHeader() + fault).first == "send </stream:stream>")
        let reason = stream.end?.reason
        if condition == .seeOtherHost {
            #expect(reason == .redirectRefused(""))
        } else {
            #expect(reason == .peerFault(StreamFault(condition)))
            #expect(reason?.code == condition.rawValue)
        }
        #expect(reason?.advice != nil)
    }
}

@Suite("InitiatingStream: proving our domain")
struct InitiatingProofTests {
    private func result(_ type: String, from: String = "peer.example", to: String = "gw.example") -> String {
        "<db:result from='\(from)' to='\(to)' type='\(type)'/>"
    }

    private func key(_ id: String, local: String = "gw.example", remote: String = "peer.example") -> String {
        "send <db:result from='\(local)' to='\(remote)'>\(Initiations.key(id, remote: remote, local: local))</db:result>"
    }

    @Test("XEP-0178 §3: a challenge is answered with our domain")
    func challenge() {
        var stream = Initiations.secured()
        _ = stream.says(bothOffers)
        #expect(
            stream.says("<challenge xmlns='\(sasl)'>=</challenge>") == [
                "send <response xmlns='\(sasl)'>Z3cuZXhhbXBsZQ==</response>"
            ]
        )
    }

    @Test("RFC 6120 §6.4.5, XEP-0178 §3: where EXTERNAL fails, dialback is tried on the same stream")
    func fallback() {
        var stream = Initiations.secured()
        _ = stream.says(bothOffers)
        #expect(stream.says("<failure xmlns='\(sasl)'><not-authorized/></failure>") == [key("i1")])
        #expect(stream.says(result("valid")) == ["established gw.example <-> peer.example pkix"])
    }

    @Test("RFC 6120 §6.4.5: where nothing is left, the stream ends with the condition", arguments: SASLFault.allCases)
    func refused(fault: SASLFault) {
        var stream = Initiations.secured(Initiations.machine(hasKeys: false))
        _ = stream.says(bothOffers)
        #expect(stream.says(text(fault.bytes)) == ["send </stream:stream>"])
        #expect(stream.says("</stream:stream>") == ["close authentication-\(fault.rawValue)"])
    }

    @Test("XEP-0220 §2.4: dialback is tried when it is offered, and when only its namespace is declared")
    func offers() {
        for features in [dialbackOnly, "<stream:features/>"] {
            var stream = Initiations.secured()
            #expect(stream.says(features) == [key("i1")])
        }
        var stream = Initiations.secured(Initiations.machine(hasCertificate: false))
        #expect(stream.says(bothOffers) == [key("i1")])
    }

    @Test("XEP-0220 §2.1.1: before the answer stanzas are not sent, invalid and errors end the stream")
    func answers() {
        for (type, condition) in [("invalid", "internal-server-error"), ("error", "remote-server-timeout")] {
            var stream = Initiations.secured()
            _ = stream.says(dialbackOnly)
            #expect(stream.does(.send(outbound(1), Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
            #expect(stream.says(result(type)) == ["send </stream:stream>"])
            #expect(stream.does(.send(outbound(1), Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
            #expect(stream.says("</stream:stream>") == ["close dialback-refused"])
            #expect(stream.end?.reason.condition.rawValue == condition)
        }
    }

    @Test(
        "XEP-0220 §3.1: an answer that was not asked for on this stream changes nothing",
        arguments: [
            "<db:result from='victim.example' to='gw.example' type='valid'/>",
            "<db:result from='peer.example' to='second.example' type='valid'/>",
            "<db:result from='gw.example' to='peer.example' type='valid'/>",
            "<db:verify from='peer.example' to='gw.example' id='i1' type='valid'/>",
            "<db:result to='gw.example' type='valid'/>",
        ]
    )
    func unsolicited(markup: String) {
        var stream = Initiations.secured()
        _ = stream.says(dialbackOnly)
        #expect(stream.says(markup) == [])
        #expect(stream.machine.established.isEmpty)
        var early = Initiations.secured()
        #expect(early.says(markup) == [])
        #expect(early.machine.established.isEmpty)
    }

    @Test("XEP-0220 §2.1.1: an answer that comes before the key does not count")
    func early() {
        var stream = Initiations.secured()
        #expect(stream.says(result("valid")) == [])
        #expect(stream.machine.established.isEmpty)
    }

    @Test("RFC 6120 §4.5: a peer that sends stanzas where only ours may flow is turned away")
    func oneWay() {
        var stream = Initiations.authenticated()
        let said = stream.says("<message from='a@peer.example' to='b@gw.example'/>")
        #expect(said == ["send " + faultText("not-authorized"), "close not-authorized"])
    }

    @Test("XEP-0288 §2.2: both directions are asked for before authentication, and only the proved domain may send")
    func bothDirections() {
        let policy = StreamPolicy(isBidirectional: true)
        var stream = Initiations.secured(Initiations.machine(policy: policy))
        let bidi = "<bidi xmlns='urn:xmpp:features:bidi'/>"
        #expect(
            stream.says("<stream:features>\(mechanisms)\(bidi)</stream:features>") == [
                "send <bidi xmlns='urn:xmpp:bidi'/>" + namedAuth
            ]
        )
        _ = stream.says(success)
        _ = stream.says(answerHeader("i2") + "<stream:features/>")
        #expect(
            stream.says("<message from='a@peer.example' to='b@gw.example'/>") == [
                "deliver message 1 gw.example <-> peer.example"
            ]
        )
        #expect(stream.says("<message from='a@victim.example' to='b@gw.example'/>").last == "close invalid-from")
    }

    @Test("XEP-0288 §2.2: without the policy or the offer nothing of it is sent")
    func oneDirection() {
        var unwanted = Initiations.secured()
        #expect(
            unwanted.says("<stream:features>\(mechanisms)<bidi xmlns='urn:xmpp:features:bidi'/></stream:features>") == [
                "send " + namedAuth
            ]
        )
        var unoffered = Initiations.secured(Initiations.machine(policy: StreamPolicy(isBidirectional: true)))
        #expect(unoffered.says(bothOffers) == ["send " + namedAuth])
    }

    // MARK: Further pairs

    @Test("XEP-0220 §2.6.1: a further sender is authorized on the open stream, by its own key")
    func sender() {
        var stream = Initiations.verified()
        let further = Initiations.pair(local: "second.example")
        #expect(stream.does(.authorize(further)) == [key("i1", local: "second.example")])
        #expect(
            stream.does(.send(outbound(1, from: "second.example"), further, token: 1)) == ["reject 1 notEstablished"]
        )
        #expect(
            stream.says(result("valid", to: "second.example")) == ["established second.example <-> peer.example pkix"]
        )
        #expect(stream.does(.send(outbound(1, from: "second.example"), further, token: nil)).count == 1)
    }

    @Test("XEP-0220 §2.6.2: a further target needs dialback errors and a certificate that proves it")
    func target() {
        let further = Initiations.pair("rooms.peer.example")
        var poor = Initiations.verified(offers: "<stream:features/>")
        #expect(poor.does(.authorize(further)).first?.hasSuffix("notMultiplexed") == true)
        var stream = Initiations.verified()
        #expect(stream.does(.authorize(further)) == ["check rooms.peer.example"])
        #expect(
            stream.does(.certificate("rooms.peer.example", .refused("another name"))).first
                == "refused \(further) certificate(\"another name\")"
        )
        _ = stream.does(.authorize(further))
        #expect(
            stream.does(.certificate("rooms.peer.example", .proved(.pkix))) == [key("i1", remote: "rooms.peer.example")]
        )
        #expect(stream.says(result("invalid", from: "rooms.peer.example")) == ["refused \(further) invalid"])
        #expect(stream.end == nil)
    }

    @Test("XEP-0220 §2.6: pairs wait for the stream, are bounded, and are refused when it ends")
    func bounds() {
        var stream = Initiation(Initiations.machine())
        var refused = 0
        for number in 0..<2000 {
            let said = stream.does(.authorize(Initiations.pair(local: "d\(number).example")))
            if said.contains(where: { $0.hasSuffix("full") }) { refused += 1 }
        }
        #expect(refused == 1950)
        _ = stream.does(.connected(nil))
        let said = stream.does(.disconnected)
        #expect(said.filter { $0.hasSuffix("streamEnded") }.count == 50)
        #expect(said.last == "close connection-lost")
    }

    // MARK: Questions

    @Test("XEP-0220 §2.1.2: a stream for verification asks without authentication and ends with the answer")
    func verification() throws {
        let request = try dialbackRequest("peer.example", key: "k")
        for (answer, verdict) in [
            ("type='valid'/>", "valid"), ("type='invalid'/>", "invalid"),
            (
                "type='error'><error type='cancel'><item-not-found "
                    + "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:verify>",
                "failed(XMPPStreams.DialbackFault.itemNotFound)"
            ),
        ] {
            var stream = Initiations.secured(
                Initiations.machine(purpose: .verification),
                verdict: .refused("self-signed")
            )
            #expect(stream.does(.ask(request)) == [])
            let question = "<db:verify from='gw.example' to='peer.example' id='\(secondID)'>k</db:verify>"
            #expect(stream.says(bothOffers) == ["send " + question])
            let said = stream.says("<db:verify from='peer.example' to='gw.example' id='\(secondID)' " + answer)
            #expect(said == ["verdict gw.example <-> peer.example \(verdict)", "send </stream:stream>"])
            #expect(stream.says("</stream:stream>") == ["close answered"])
        }
    }

    @Test("XEP-0220 §2.1.2: an answer with another id or pair is none, and the end of the stream is an error")
    func mismatchedAnswers() throws {
        let request = try dialbackRequest("peer.example", key: "k")
        var stream = Initiations.secured(Initiations.machine(purpose: .verification))
        _ = stream.does(.ask(request))
        _ = stream.says(bothOffers)
        for markup in [
            "<db:verify from='peer.example' to='gw.example' id='x' type='valid'/>",
            "<db:verify from='victim.example' to='gw.example' id='\(secondID)' type='valid'/>",
            "<db:verify from='peer.example' to='second.example' id='\(secondID)' type='valid'/>",
            "<db:result from='peer.example' to='gw.example' type='valid'/>",
            "<db:verify from='peer.example' to='gw.example' type='valid'/>",
        ] {
            #expect(stream.says(markup) == [])
        }
        #expect(
            stream.does(.disconnected) == [
                "verdict gw.example <-> peer.example failed(XMPPStreams.DialbackFault.remoteServerTimeout)",
                "close connection-lost",
            ]
        )
    }

    @Test("XEP-0220 §2.5: why the authoritative server could not be asked is told by its condition")
    func verificationFaults() throws {
        let request = try dialbackRequest("peer.example", key: "k")
        var unknown = Initiation(Initiations.machine(purpose: .verification))
        _ = unknown.does(.ask(request))
        _ = unknown.does(.connected(nil))
        #expect(
            unknown.says(answerHeader() + faultText("host-unknown")).contains(
                "verdict gw.example <-> peer.example failed(XMPPStreams.DialbackFault.remoteServerNotFound)"
            )
        )
        var clear = Initiation(Initiations.machine(purpose: .verification))
        _ = clear.does(.ask(request))
        _ = clear.does(.connected(nil))
        _ = clear.says(answerHeader() + dialbackOnly)
        #expect(
            clear.says("<failure xmlns='\(tls)'/>").contains(
                "verdict gw.example <-> peer.example failed(XMPPStreams.DialbackFault.policyViolation)"
            )
        )
    }

    @Test("XEP-0220 §2.1.2: open questions are bounded, and a question is not asked twice at a time")
    func questionBounds() throws {
        var stream = Initiations.authenticated()
        for number in 0..<1000 {
            let said = stream.does(.ask(try dialbackRequest("peer.example", stream: "s\(number)", key: "k")))
            #expect(said.first?.hasPrefix(number < 20 ? "send <db:verify" : "verdict ") == true)
        }
        var other = Initiations.authenticated()
        _ = other.does(.ask(try dialbackRequest("peer.example", key: "k")))
        #expect(other.does(.ask(try dialbackRequest("peer.example", key: "l"))).first?.hasPrefix("verdict") == true)
    }

    @Test("XEP-0220 §2.2: a key or question of the peer's on our stream is not accepted")
    func foreignQuestions() {
        var stream = Initiations.authenticated()
        let said = stream.says("<db:result from='peer.example' to='gw.example'>k</db:result>")
        #expect(said.first?.contains("type='error'") == true)
        #expect(said.first?.contains("not-acceptable") == true)
    }
}
