import BridgeCore
import Interworking
import SIPMessages
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Messages of the CPIM shore, from their arrival to their answer.
@Suite("SIMPLELeg and the bridge")
struct AcceptingTests {
    private func token(_ stage: Stage) throws -> UInt64 { try #require(stage.host.arrivals.last?.answer) }

    private static let cpim = [
        "From: <im:romeo@example.net>", "To: <im:juliet@example.com>", "NS: imdn <urn:ietf:params:imdn>",
        "imdn.Message-ID: m-1", "", "Content-Type: text/plain; charset=utf-8", "", "hi",
    ].joined(separator: "\r\n")

    @Test("RFC 3428 §7: a MESSAGE gets its 202 when it is stored, and not before; without body and Contact")
    func stored() throws {
        let stage = try Stage()
        stage.receive(Stage.request())
        #expect(stage.host.arrivals.count == 1)
        #expect(stage.wire.sent.isEmpty)
        stage.leg.acknowledge(try token(stage))
        #expect(stage.wire.statuses == [202])
        let answer = try #require(stage.wire.texts.first)
        #expect(answer.values("Contact").isEmpty && answer.values("Content-Length") == ["0"])
        #expect(answer.values("To").first?.contains(";tag=") == true)
        #expect(answer.values("Via") == ["SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKr1;rport=5070;received=127.0.0.1"])
        stage.leg.acknowledge(try token(stage))
        #expect(stage.wire.sent.count == 1)
    }

    @Test("RFC 3325 §4: only a proxy that is configured so may assert who an anonymous sender is")
    func intermediaries() throws {
        let from = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a"
        let asserted = "P-Asserted-Identity: <sip:romeo@example.net>"
        let stranger = try Stage()
        stranger.receive(Stage.request("MESSAGE", from, asserted))
        #expect(stranger.host.arrivals.isEmpty && stranger.wire.statuses == [433])
        let proxy = try Stage { $0.intermediaries = ["127.0.0.1"] }
        proxy.receive(Stage.request("MESSAGE", from, asserted))
        #expect(proxy.host.arrivals.first?.sender == "sip:romeo@example.net")
    }

    @Test("What arrives says who sent it, how that is known, and what it is called")
    func arrival() throws {
        let stage = try Stage()
        stage.receive(Stage.request())
        let arrival = try #require(stage.host.arrivals.first)
        #expect(arrival.sender == "sip:romeo@example.net")
        #expect(
            arrival.account.leg == "sip" && arrival.account.peer == "127.0.0.1" && arrival.account.proof == "address"
        )
        #expect(arrival.account.sender == "sip:romeo@example.net")
        #expect(arrival.account.recipient == "sip:juliet@example.com")
        #expect(
            arrival.account.identifiers.map { $0.name + "=" + $0.value } == [
                "sip.callID=c1@example.net", "sip.cseq=1 MESSAGE", "sip.branch=z9hG4bKr1",
            ]
        )
        #expect(String(decoding: arrival.source, as: UTF8.self) == Stage.request())
        #expect(arrival.facts.peer.authenticatedDomains == ["example.net"])
        #expect(arrival.deadline == nil && arrival.answerHold == nil)
    }

    @Test("RFC 3261 §17.2.2: a copy before the answer is nothing, one after it gets the same bytes")
    func retransmission() throws {
        let stage = try Stage()
        stage.receive(Stage.request())
        stage.receive(Stage.request())
        #expect(stage.wire.sent.isEmpty)
        stage.leg.acknowledge(try token(stage))
        stage.receive(Stage.request())
        #expect(stage.host.arrivals.count == 1)
        #expect(stage.wire.statuses == [202, 202])
        #expect(stage.wire.sent.first?.bytes == stage.wire.sent.last?.bytes)
    }

    @Test("RFC 3261 §8.2.2.2: the same request over another way gets 482")
    func merged() throws {
        let stage = try Stage()
        stage.receive(Stage.request())
        stage.receive(Stage.request("MESSAGE", "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKr2;rport"))
        #expect(stage.wire.statuses == [482])
        #expect(stage.host.arrivals.count == 1)
        #expect(stage.host.refusals.map(\.code) == ["merged-request"])
    }

    @Test("RFC 4320 §4.1: no 100 over UDP before 3.5 s, then one")
    func trying() throws {
        let stage = try Stage()
        stage.leg.advance(now: stage.host.now)
        stage.receive(Stage.request())
        stage.host.pass(seconds: 3.4)
        stage.leg.advance(now: stage.host.now)
        #expect(stage.wire.sent.isEmpty)
        stage.host.pass(seconds: 0.2)
        stage.leg.advance(now: stage.host.now)
        #expect(stage.wire.statuses == [100])
        stage.leg.acknowledge(try token(stage))
        #expect(stage.wire.statuses == [100, 202])
    }

    @Test("msg.accept-status and msg.answer decide which answer comes when")
    func switches() throws {
        let stage = try Stage(switches: [("msg.accept-status", "200"), ("msg.answer", "wait")])
        stage.receive(Stage.request())
        #expect(stage.host.arrivals.first?.answerHold == 400_000_000)
        stage.leg.acknowledge(try token(stage))
        #expect(stage.wire.statuses == [200])
    }

    // MARK: Refusals

    @Test(
        "What the bridge does not take is refused with the words of the error table",
        arguments: [
            (BridgeCore.Refusal.busy(retryAfter: 7), 503, ["7"]), (.storage(retryAfter: 3), 503, ["3"]),
            (.stopping, 503, ["30"]), (.loop, 482, []),
        ]
    )
    func bridgeRefusals(refusal: BridgeCore.Refusal, status: Int, retryAfter: [String]) throws {
        let stage = try Stage()
        stage.receive(Stage.request())
        stage.leg.refuse(try token(stage), refusal)
        #expect(stage.wire.statuses == [status])
        #expect(stage.wire.texts.first?.values("Retry-After") == retryAfter)
        // The gateway records these itself.
        #expect(stage.host.refusals.isEmpty)
    }

    @Test("What the other leg refuses is answered and recorded")
    func otherLeg() throws {
        let stage = try Stage()
        stage.host.acceptance = .refused(.noRoute)
        stage.receive(Stage.request())
        #expect(stage.wire.statuses == [404])
        #expect(stage.host.refusals.map(\.code) == ["no-route"])
        stage.leg.acknowledge(try token(stage))
        #expect(stage.wire.sent.count == 1)
    }

    @Test("What has no counterpart on the other shore was understood")
    func noCounterpart() throws {
        let stage = try Stage()
        stage.host.acceptance = .nothing(reason: "test")
        stage.receive(Stage.request())
        #expect(stage.wire.statuses == [202])
        #expect(stage.host.refusals.isEmpty)
    }

    @Test("What the translator refuses is answered in its words and recorded")
    func translatorRefusals() throws {
        let stage = try Stage()
        stage.receive(Stage.request(uri: "sip:mercutio@example.net"))
        #expect(stage.wire.statuses == [482])
        #expect(stage.host.refusals.map(\.code) == ["loop"])
        #expect(stage.wire.texts.first?.values("Via").first?.contains("rport=5070") == true)
        #expect(stage.host.arrivals.isEmpty)
    }

    @Test("RFC 7247 §7.1: a stanza error inside the wait is the answer")
    func verdict() throws {
        let stage = try Stage(switches: [("msg.answer", "wait")])
        stage.receive(Stage.request())
        let stanza =
            "<message xmlns='jabber:component:accept' type='error' id='z9hG4bKr1' from='juliet@example.com' "
            + "to='romeo@example.net'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
            + "</error></message>"
        let report = OutcomeReport(protocolCode: "item-not-found")
        stage.leg.answer(
            try token(stage),
            failure: Failure(report: report, retry: .never, response: Array(stanza.utf8))
        )
        #expect(stage.wire.statuses == [604])
        #expect(stage.wire.texts.first?.values("To").first?.contains(";tag=") == true)
        #expect(stage.wire.texts.first?.values("Via").first?.contains("received=127.0.0.1") == true)
    }

    @Test("ERRX-003 RFC 3261 §21.4.6: a 405 for a stanza error allows what OPTIONS tells of")
    func allowed() throws {
        let stage = try Stage(switches: [("msg.answer", "wait")])
        stage.receive(Stage.request())
        let stanza =
            "<message xmlns='jabber:component:accept' type='error' from='juliet@example.com/balcony' "
            + "to='romeo@example.net'><error type='cancel'>"
            + "<feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        let report = OutcomeReport(protocolCode: "feature-not-implemented")
        stage.leg.answer(
            try token(stage),
            failure: Failure(report: report, retry: .never, response: Array(stanza.utf8))
        )
        #expect(stage.wire.statuses == [405])
        #expect(stage.wire.texts.first?.values("Allow") == ["MESSAGE, SUBSCRIBE, NOTIFY, OPTIONS"])
    }

    @Test("RFC 4320 §4.2: 408 is never sent")
    func never408() throws {
        let stage = try Stage(switches: [("msg.answer", "wait"), ("err.timeout", "literal")])
        stage.receive(Stage.request())
        let stanza =
            "<message xmlns='jabber:component:accept' type='error' from='juliet@example.com' to='romeo@example.net'>"
            + "<error type='wait'><remote-server-timeout xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        let report = OutcomeReport(protocolCode: "remote-server-timeout")
        stage.leg.answer(
            try token(stage),
            failure: Failure(report: report, retry: .never, response: Array(stanza.utf8))
        )
        #expect(stage.wire.statuses == [504])
    }

    @Test("A verdict that cannot be read has the words of its code, else it is a fault of the server")
    func unreadableVerdict() throws {
        let stage = try Stage()
        for (code, status) in [("expired", 504), ("nonsense", 500)] {
            stage.receive(
                Stage.request("MESSAGE", "CSeq: \(status) MESSAGE", "Via: SIP/2.0/UDP h;branch=z9hG4bK\(status)")
            )
            let failure = Failure(report: OutcomeReport(protocolCode: code), retry: .never)
            stage.leg.answer(try token(stage), failure: failure)
        }
        #expect(stage.wire.statuses == [504, 500])
    }

    // MARK: What is learned

    @Test("Who sends Message/CPIM reads it, and the shape of its URIs is its own")
    func cpimSender() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "Content-Type: message/cpim", body: Self.cpim))
        #expect(stage.host.learnings.map(\.address) == ["romeo@example.net"])
        #expect(stage.host.learnings.map(\.readsCPIM) == [true])
        #expect(stage.host.learnings.map(\.shape) == [.im])
        #expect(stage.host.arrivals.first?.duplicateMarks.last?.texts == ["imdn", "sip:romeo@example.net", "m-1"])
    }

    @Test("Who lists message/cpim in Accept reads it; who lists ranges or nothing has shown nothing")
    func accept() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "Accept: text/plain, Message/CPIM"))
        #expect(stage.host.learnings.map(\.readsCPIM) == [true])
        #expect(stage.host.accepted == ["romeo@example.net": ["text/plain", "message/cpim"]])
        let silent = try Stage()
        silent.receive(Stage.request("MESSAGE", "Accept: */*, message/*, message/cpim;q=0"))
        #expect(silent.host.arrivals.count == 1)
        #expect(silent.host.learnings.isEmpty)
        #expect(silent.host.accepted == ["romeo@example.net": ["*/*", "message/*", "message/cpim;q=0"]])
        let none = try Stage()
        none.receive(Stage.request())
        #expect(none.host.accepted.isEmpty)
    }

    // MARK: Duplicates and lifetime

    @Test("The same message on another branch has the same marks; another number, text or sender has not")
    func marks() throws {
        let first = try marks(Stage.request())
        #expect(first.count == 1)
        #expect(try marks(Stage.request("MESSAGE", "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKother")) == first)
        #expect(try marks(Stage.request("MESSAGE", "CSeq: 2 MESSAGE")) != first)
        #expect(try marks(Stage.request(body: "ho")) != first)
        #expect(try marks(Stage.request("MESSAGE", "From: <sip:romeo@example.net>;tag=s")) != first)
        #expect(try marks(Stage.request("MESSAGE", "Call-ID: c2@example.net")) != first)
    }

    private func marks(_ text: String) throws -> [DuplicateMark] {
        let stage = try Stage()
        stage.receive(text)
        return try #require(stage.host.arrivals.first).duplicateMarks
    }

    @Test("RFC 3428 §7: Expires counts from Date, else from the arrival; a Date of the future is none")
    func deadlines() throws {
        let stage = try Stage()
        let now = stage.host.now.wall
        let past = SIPDate(secondsSince1970: now / 1_000 - 10).description
        let future = SIPDate(secondsSince1970: now / 1_000 + 60).description
        for (index, date) in ["Date: -", "Date: \(past)", "Date: \(future)"].enumerated() {
            let sequence = "CSeq: \(index + 1) MESSAGE"
            stage.receive(
                Stage.request("MESSAGE", sequence, "Via: SIP/2.0/UDP h;branch=z9hG4bK\(index)", "Expires: 30", date)
            )
        }
        #expect(stage.host.arrivals.map(\.deadline) == [now + 30_000, now + 20_000, now + 30_000])
    }

    @Test("MSG-048, SIP-MSG-005 RFC 3428 §7: a message that has expired on its way is offered with the time of its end")
    func expired() throws {
        let stage = try Stage()
        let now = stage.host.now.wall
        let past = SIPDate(secondsSince1970: now / 1_000 - 60).description
        stage.receive(Stage.request("MESSAGE", "Expires: 30", "Date: \(past)"))
        #expect(stage.host.arrivals.map(\.deadline) == [now - 30_000])
        #expect(stage.host.refusals.isEmpty)
    }

    @Test("RFC 3428 §7: a state of writing that has expired on its way is taken, goes no further and is recorded")
    func expiredSignal() throws {
        let stage = try Stage()
        let past = SIPDate(secondsSince1970: stage.host.now.wall / 1_000 - 120).description
        let state = "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state></isComposing>"
        stage.receive(
            Stage.request(
                "MESSAGE",
                "Expires: 30",
                "Date: \(past)",
                "Content-Type: application/im-iscomposing+xml",
                body: state
            )
        )
        #expect(stage.host.arrivals.isEmpty)
        #expect(stage.wire.statuses == [202])
        #expect(stage.host.refusals.map(\.code) == ["expired"])
    }
}
