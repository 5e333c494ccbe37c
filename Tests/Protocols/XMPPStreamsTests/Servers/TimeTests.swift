import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("Servers: time and limits")
struct ServerTimeTests {
    private let minute = 60 * second

    @Test("RFC 6120 §4.3.5, XEP-0205 §4.3: whatever a stranger dribbles, it is gone after 30 seconds")
    func dribble() {
        var stream = Receptions.secured(facts: namelessFacts)
        for tick in 1..<6 {
            _ = stream.says(" ", now: UInt64(tick) * 5 * second)
            #expect(stream.does(.timer, now: UInt64(tick) * 5 * second) == [])
        }
        #expect(stream.wakeAt == 30 * second)
        #expect(
            stream.does(.timer, now: 30 * second) == [
                "send " + faultText("policy-violation"), "close timeout-authentication",
            ]
        )
    }

    @Test("RFC 6120 §4.3.5: a header, a handshake and a certificate have ten seconds each")
    func steps() {
        var header = Receptions.connected()
        #expect(header.wakeAt == 10 * second)
        #expect(header.does(.timer, now: 10 * second).last == "close timeout-header")
        var handshake = Receptions.connected()
        _ = handshake.says(peerHeader + startTLS, now: second)
        #expect(handshake.does(.timer, now: 11 * second) == ["close timeout-handshake"])
        var certificate = Reception(Receptions.machine())
        _ = certificate.does(.connected(tlsFacts))
        _ = certificate.says(peerHeader, now: second)
        #expect(
            certificate.does(.timer, now: 11 * second) == [
                "send <stream:features>\(dialbackOffer)</stream:features>", "resume",
            ]
        )
    }

    @Test("RFC 6120 §13.7.2: a certificate that is judged too late proves nothing")
    func lateVerdict() {
        var incoming = Reception(Receptions.machine())
        _ = incoming.does(.connected(tlsFacts))
        _ = incoming.says(peerHeader)
        _ = incoming.does(.timer, now: 10 * second)
        #expect(incoming.does(.certificate("peer.example", .proved(.posh)), now: 11 * second) == [])
        let answer = incoming.says(external, now: 11 * second)
        #expect(answer == ["send " + "<failure xmlns='\(sasl)'><invalid-mechanism/></failure>"])
        var outgoing = Initiation(Initiations.machine())
        _ = outgoing.does(.connected(tlsFacts))
        #expect(outgoing.does(.timer, now: 10 * second).last == "close certificate-refused")
        #expect(outgoing.does(.certificate("peer.example", .proved(.posh)), now: 11 * second) == [])
        var closed = Reception(Receptions.machine())
        _ = closed.does(.connected(tlsFacts))
        _ = closed.says(peerHeader)
        _ = closed.does(.disconnected)
        #expect(closed.does(.certificate("peer.example", .proved(.posh))) == [])
    }

    @Test("RFC 6120 §3.2: every step of a stream that is opened has its time, and a reason")
    func stepsOut() {
        var header = Initiation(Initiations.machine())
        _ = header.does(.connected(nil))
        #expect(header.does(.timer, now: 10 * second) == ["send </stream:stream>", "close timeout-header"])
        var features = Initiation(Initiations.machine())
        _ = features.does(.connected(nil))
        _ = features.says(answerHeader(), now: second)
        #expect(features.does(.timer, now: 11 * second).last == "close timeout-features")
        var answer = Initiation(Initiations.machine())
        _ = answer.does(.connected(nil))
        _ = answer.says(answerHeader() + tlsOffer)
        #expect(answer.does(.timer, now: 10 * second).last == "close timeout-starttls")
        var handshake = Initiation(Initiations.machine())
        _ = handshake.does(.connected(nil))
        _ = handshake.says(answerHeader() + tlsOffer + proceed)
        #expect(handshake.does(.timer, now: 10 * second) == ["close timeout-handshake"])
        var certificate = Initiation(Initiations.machine())
        _ = certificate.does(.connected(tlsFacts))
        _ = certificate.does(.timer, now: 10 * second)
        #expect(
            certificate.end?.reason == .certificateRefused(domain: "peer.example", "it was not checked in time")
        )
        var sasl = Initiations.secured()
        _ = sasl.says(bothOffers)
        #expect(sasl.does(.timer, now: 10 * second).last == "close timeout-authentication")
        var dialback = Initiations.secured()
        _ = dialback.says(dialbackOnly)
        #expect(dialback.does(.timer, now: 40 * second - 1) == [])
        #expect(dialback.does(.timer, now: 40 * second).last == "close timeout-dialback")
    }

    @Test("RFC 6120 §4.6.1: white space after five minutes of silence, never during negotiation")
    func whiteSpace() {
        var stream = Receptions.authenticated()
        #expect(stream.does(.timer, now: 5 * minute - 1) == [])
        #expect(stream.does(.timer, now: 5 * minute) == ["send  "])
        #expect(stream.does(.timer, now: 9 * minute) == [])
        #expect(stream.does(.timer, now: 10 * minute) == ["send  "])
        #expect(stream.end == nil)
    }

    @Test("XEP-0199 §4.3, RFC 6120 §4.9.3.4: a ping after ten minutes; without an answer connection-timeout")
    func ping() {
        var stream = Initiations.authenticated()
        _ = stream.does(.timer, now: 5 * minute)
        let said = stream.does(.timer, now: 10 * minute)
        #expect(said.first?.contains("<ping xmlns='urn:xmpp:ping'/>") == true)
        #expect(stream.does(.timer, now: 10 * minute + 30 * second - 1) == [])
        #expect(
            stream.does(.timer, now: 10 * minute + 30 * second) == [
                "send " + faultText("connection-timeout"), "close unanswered",
            ]
        )
        var living = Initiations.authenticated()
        _ = living.does(.timer, now: 10 * minute)
        _ = living.does(.pong("\(StreamNonces.counting(from: 100).pings)-1"), now: 10 * minute + 1)
        #expect(living.does(.timer, now: 10 * minute + 30 * second) == [])
        #expect(living.end == nil)
    }

    @Test("XEP-0199 §4.3: an error in answer to a ping proves life like a result", arguments: ["result", "error"])
    func anyAnswer(type: String) {
        let policy = StreamPolicy(isBidirectional: true, hasStreamManagement: false)
        var stream = Initiations.secured(Initiations.machine(policy: policy))
        _ = stream.says("<stream:features>\(mechanisms)<bidi xmlns='urn:xmpp:features:bidi'/></stream:features>")
        _ = stream.says(success)
        _ = stream.says(answerHeader("i2") + "<stream:features/>")
        #expect(stream.does(.timer, now: 10 * minute).first?.contains("<ping ") == true)
        let id = StreamNonces.counting(from: 100).pings + "-1"
        let error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        let answer = "<iq type='\(type)' id='\(id)' from='peer.example' to='gw.example'>"
        #expect(stream.says(answer + (type == "error" ? error : "") + "</iq>", now: 10 * minute + second) == [])
        #expect(stream.does(.timer, now: 10 * minute + 30 * second) == [])
        #expect(stream.end == nil)
    }

    @Test("XEP-0198 §4, RFC 6120 §4.9.3.4: where stanzas are counted, a request takes the place of the ping")
    func probe() {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='urn:xmpp:sm:3'/>")
        #expect(stream.does(.timer, now: 10 * minute) == ["send <r xmlns='urn:xmpp:sm:3'/>"])
        _ = stream.says("<a xmlns='urn:xmpp:sm:3' h='0'/>", now: 10 * minute + second)
        #expect(stream.does(.timer, now: 11 * minute) == [])
        _ = stream.does(.timer, now: 21 * minute)
        #expect(stream.does(.timer, now: 22 * minute).last == "close unanswered")
    }

    @Test("RFC 6120 §4.6.3: a stream of ours that nobody needed for an hour is closed, but never with open stanzas")
    func idle() {
        var limits = StreamLimits(idle: 3600 * second)
        limits.ping = 1_000_000 * second
        var stream = Initiations.authenticated(Initiations.machine(limits: limits))
        #expect(stream.does(.timer, now: 60 * minute - 1).contains("send </stream:stream>") == false)
        #expect(stream.does(.timer, now: 60 * minute) == ["send </stream:stream>"])
        #expect(stream.says("</stream:stream>", now: 60 * minute) == ["close idle"])
        var busy = Initiations.authenticated(Initiations.machine(limits: limits))
        _ = busy.does(.send(outbound(1), Initiations.pair(), token: 1))
        _ = busy.does(.timer, now: 61 * minute)
        #expect(busy.end == nil)
        var received = Receptions.authenticated()
        _ = received.does(.timer, now: 6000 * minute)
        #expect(received.end == nil)
    }

    @Test("RFC 6120 §4.9.3.16: when the peer's certificate expires, the stream is reset")
    func expiry() {
        let facts = TLSFacts(version: "TLSv1.3", cipher: "x", hasCertificate: true, certificateEnd: 90 * second)
        var stream = Receptions.secured(verdict: .proved(.pkix), facts: facts)
        _ = stream.says(external)
        _ = stream.says(peerHeader)
        #expect(stream.wakeAt == 90 * second || stream.wakeAt.map { $0 < 90 * second } == true)
        #expect(stream.does(.timer, now: 90 * second - 1) == [])
        #expect(stream.does(.timer, now: 90 * second) == ["send " + faultText("reset")])
        #expect(stream.says("</stream:stream>", now: 91 * second) == ["close certificate-expired"])
    }

    @Test("RFC 6120 §4.4: whoever does not end its side is cut off after five seconds")
    func closing() {
        var stream = Initiations.authenticated()
        _ = stream.does(.close(StreamFault(.systemShutdown)), now: second)
        #expect(stream.does(.timer, now: 6 * second - 1) == [])
        #expect(stream.does(.timer, now: 6 * second) == ["close finished"])
    }

    // MARK: Rates

    @Test("RFC 6120 §13.12, XEP-0205 §4: above the rate reading pauses until the stream is level again")
    func stanzaRate() {
        var stream = Receptions.authenticated()
        let many = String(repeating: "<presence from='peer.example' to='gw.example'/>", count: 3000)
        var said = stream.says(many)
        var delivered = said.filter { $0.hasPrefix("deliver") }.count
        #expect(said.last == "pause")
        #expect(delivered <= 1001)
        for tick in 1...20 where delivered < 3000 {
            said = stream.does(.timer, now: UInt64(tick) * second / 2)
            delivered += said.filter { $0.hasPrefix("deliver") }.count
        }
        #expect(delivered == 3000)
        #expect(stream.end == nil)
    }

    @Test("RFC 6120 §13.12: bytes count, too, and a minute without a break ends the stream")
    func byteRate() {
        var limits = StreamLimits()
        limits.bytesPerSecond = 1000
        var stream = Receptions.authenticated(limits: limits)
        #expect(stream.does(.heard(bytes: 500), now: second) == [])
        var now = second
        var last: [String] = []
        for _ in 0..<400 where stream.end == nil {
            last = stream.does(.heard(bytes: 1500), now: now)
            now += second / 2
            _ = stream.does(.timer, now: now)
        }
        #expect(last == ["send " + faultText("policy-violation"), "close policy-violation"])
        #expect(now > 60 * second && now < 75 * second)
    }

    @Test("RFC 6120 §13.12: a stream within its rate is never paused")
    func withinRate() {
        var stream = Receptions.authenticated()
        for tick in 0..<2000 {
            let said = stream.says(
                "<presence from='peer.example' to='gw.example'/>",
                now: UInt64(tick) * second / 400
            )
            #expect(said.count == 1)
        }
    }

    @Test("RFC 6120 §5.4.3.2: during the handshake no fault writes XML")
    func muteHandshake() {
        var limits = StreamLimits()
        limits.bytesPerSecond = 1000
        var received = Receptions.connected(limits: limits)
        _ = received.says(peerHeader + startTLS)
        _ = received.does(.heard(bytes: 1_000_000), now: second)
        #expect(received.does(.heard(bytes: 1), now: 70 * second) == ["close policy-violation"])
        var opened = Initiation(Initiations.machine(limits: limits))
        _ = opened.does(.connected(nil))
        _ = opened.says(answerHeader() + tlsOffer + proceed)
        _ = opened.does(.heard(bytes: 1_000_000), now: second)
        #expect(opened.does(.heard(bytes: 1), now: 70 * second) == ["close policy-violation"])
    }

    // MARK: Words for operators

    @Test("RFC 6120 §4.9.2: the peer's own text stays on one line and short")
    func peerText() {
        let text = "a\nb\u{7}\u{202E}c\u{2028}" + String(repeating: "x", count: 10_000)
        let sentence = StreamReason.peerFault(StreamFault(.reset, text: text)).sentence
        #expect(sentence.hasPrefix("the peer ended the stream with reset: a b  c x"))
        #expect(sentence.unicodeScalars.count < 250)
        #expect(!StreamReason.redirectRefused("a\nb").sentence.contains("\n"))
    }

    @Test("RFC 6120 §4.9.3: every reason has a word and a sentence; what an operator must mend has a remedy")
    func reasons() {
        let reasons: [StreamReason] =
            [
                .finished, .idle, .peerClosed, .unreadable(.init(.notWellFormed, "x", offset: 1)), .encryptionRefused,
                .handshakeFailed("x"), .injectedBytes, .certificateRefused(domain: "x", "y"), .certificateExpired,
                .dialbackRefused(.invalid), .notNegotiable, .redirected("x"), .redirectRefused("x"), .answered,
                .unanswered, .unacknowledged, .connectionLost, .notAdmitted("x"),
            ] + StreamFault.Condition.allCases.map { .peerFault(StreamFault($0)) }
            + StreamReason.Step.allCases.map { .timeout($0) } + SASLFault.allCases.map { .authenticationRefused($0) }
            + DialbackFault.allCases.map { .dialbackRefused(.dialback($0)) }
        for reason in reasons {
            #expect(!reason.code.isEmpty && !reason.code.contains(" "))
            #expect(!reason.sentence.isEmpty)
            if reason.advice == nil { #expect(reason.remedy == nil) }
            switch reason {
            case .encryptionRefused, .certificateRefused, .authenticationRefused, .dialbackRefused, .notNegotiable,
                .redirectRefused, .injectedBytes, .timeout, .notAdmitted:
                #expect(reason.remedy != nil, "\(reason)")
            default: break
            }
        }
        #expect(Set(reasons.map(\.sentence)).count > 60)
    }
}
