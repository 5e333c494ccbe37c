import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

private let sm = "urn:xmpp:sm:3"

@Suite("StreamManagement")
struct StreamManagementTests {
    private func fresh(
        _ limits: StreamManagement.Limits = .init(),
        arrivals: UInt64 = 0
    ) -> StreamManagement {
        StreamManagement(pair: Initiations.pair(), id: "x", arrivals: arrivals, limits: limits)
    }

    @Test("XEP-0198 §4: an acknowledgement covers what was sent up to its count, in order, once")
    func covers() throws {
        var management = fresh()
        for token in 1...5 { management.sent(outbound(token), token: token == 3 ? nil : UInt64(token)) }
        #expect(try management.acknowledge(2) == [1, 2])
        #expect(try management.acknowledge(2) == [])
        #expect(management.unconfirmed == [4, 5])
        #expect(try management.acknowledge(5) == [4, 5])
        #expect(management.count == 0)
    }

    @Test("XEP-0198 §4: counts go from 2^32 - 1 to zero")
    func wraps() throws {
        var management = fresh()
        management.acknowledged = .max - 1
        for token in 1...4 { management.sent(outbound(token), token: UInt64(token)) }
        #expect(try management.acknowledge(.max) == [1])
        #expect(try management.acknowledge(1) == [2, 3])
        #expect(try management.acknowledge(2) == [4])
        #expect(throws: StreamFault.self) { try management.acknowledge(3) }
        var inbound = fresh(arrivals: 5)
        #expect(inbound.handled == 0)
        inbound.arrived()
        inbound.committed(upTo: 6)
        #expect(inbound.handled == 1)
        var long = fresh(arrivals: UInt64.max - (1 << 33))
        for _ in 0..<3 { long.arrived() }
        long.committed(upTo: .max)
        #expect(long.handled == 3)
    }

    @Test("XEP-0198 §6: a count above what was sent is a fault that tells both counts")
    func tooHigh() {
        var management = fresh()
        for token in 1...8 { management.sent(outbound(token), token: UInt64(token)) }
        do throws(StreamFault) {
            _ = try management.acknowledge(10)
            Issue.record("it was taken")
        } catch {
            #expect(
                text(error.closingBytes(content: "jabber:server"))
                    == faultText("undefined-condition", "<handled-count-too-high xmlns='\(sm)' h='10' send-count='8'/>")
            )
        }
        #expect(management.count == 8)
    }

    @Test("XEP-0198 §4: what is told to the peer is what the ledger has committed, never more")
    func committed() {
        var management = fresh()
        for _ in 0..<5 { management.arrived() }
        #expect(management.tell() == 0)
        management.committed(upTo: 3)
        #expect(management.tell() == 3)
        management.committed(upTo: 2)
        #expect(management.tell() == 3)
        management.committed(upTo: 99)
        #expect(management.tell() == 5)
    }

    @Test("XEP-0198 §4: the queue is bounded in stanzas and in bytes")
    func bounds() {
        for limit in [1, 2, 500] {
            var management = fresh(.init(stanzas: limit))
            for token in 0..<limit {
                #expect(!management.isFull(for: 10))
                management.sent(outbound(token), token: nil)
            }
            #expect(management.isFull(for: 10))
        }
        var management = fresh(.init(bytes: 100))
        #expect(!management.isFull(for: 1000))
        management.sent([UInt8](repeating: 0x20, count: 60), token: nil)
        #expect(!management.isFull(for: 40))
        #expect(management.isFull(for: 41))
    }

    @Test("XEP-0198 §5: resumption confirms what was handled and sends the rest again, once and in order")
    func resumes() throws {
        var management = fresh()
        for token in 1...5 { management.sent(outbound(token), token: UInt64(token)) }
        for _ in 0..<4 { management.arrived() }
        management.committed(upTo: 2)
        let (tokens, again) = try management.resume(3)
        #expect(tokens == [1, 2, 3])
        #expect(again == [outbound(4), outbound(5)])
        // The two that were not committed come again and get their numbers once more.
        #expect(management.received == 2)
        management.arrived()
        management.committed(upTo: 3)
        #expect(management.handled == 3)
    }

    @Test(
        "XEP-0198 §3, §4, §5: every element that is written reads back",
        arguments: [
            ManagementElement.enable(resume: true), .enable(resume: false), .enabled(id: nil), .enabled(id: "a'<b"),
            .request, .acknowledgement(.max), .resume(id: "x", handled: 0), .resumed(id: "x", handled: 7),
            .failed("item-not-found", handled: 3), .failed("unexpected-request", handled: nil),
        ]
    )
    func roundTrip(element: ManagementElement) throws {
        #expect(try ManagementElement(reading: serverElement(text(element.bytes))) == element)
    }

    @Test(
        "XEP-0198 §4: a count that is missing or no number is bad-format",
        arguments: [
            "<a xmlns='\(sm)'/>", "<a xmlns='\(sm)' h=''/>", "<a xmlns='\(sm)' h='-1'/>",
            "<a xmlns='\(sm)' h='x'/>", "<a xmlns='\(sm)' h='4294967296'/>", "<a xmlns='\(sm)' h='+1'/>",
            "<resume xmlns='\(sm)' h='0'/>", "<resume xmlns='\(sm)' previd='x'/>",
        ]
    )
    func malformed(markup: String) throws {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='\(sm)'/>")
        #expect(stream.says(markup) == ["send " + faultText("bad-format"), "close bad-format"])
    }
}

@Suite("Servers: stream management on the stream")
struct ManagedStreamTests {
    private let message = "<message from='a@peer.example' to='b@gw.example'/>"

    /// A stream of ours on which acknowledgements are enabled and may be resumed.
    private func managed(limits: StreamLimits = StreamLimits(idle: 3600 * second)) -> Initiation {
        var stream = Initiations.authenticated(Initiations.machine(limits: limits), features: managedOffer)
        _ = stream.says("<enabled xmlns='\(sm)' id='s1' resume='true'/>")
        return stream
    }

    // MARK: Streams that are received

    @Test("XEP-0198 §3: before authentication there is no stream management", arguments: [0, 1, 2])
    func tooEarly(state: Int) {
        for markup in ["<enable xmlns='\(sm)'/>", "<resume xmlns='\(sm)' previd='x' h='0'/>"] {
            var stream = Receptions.connected()
            if state == 2 { stream = Receptions.secured(verdict: .proved(.pkix)) }
            if state == 1 { stream = Receptions.secured() }
            if state == 0 { _ = stream.says(peerHeader) }
            #expect(
                stream.says(markup) == [
                    "send <failed xmlns='\(sm)'><unexpected-request "
                        + "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
                ]
            )
        }
    }

    @Test("XEP-0198 §4: three stanzas are acknowledged when they are committed, not when they were read")
    func acknowledged() {
        var stream = Receptions.authenticated()
        #expect(stream.says("<enable xmlns='\(sm)'/>") == ["send <enabled xmlns='\(sm)'/>"])
        _ = stream.says(message + message + message)
        #expect(stream.says("<r xmlns='\(sm)'/>") == ["send <a xmlns='\(sm)' h='0'/>"])
        _ = stream.does(.committed(upTo: 2))
        #expect(stream.says("<r xmlns='\(sm)'/>") == ["send <a xmlns='\(sm)' h='2'/>"])
        _ = stream.does(.committed(upTo: 3))
        #expect(stream.says("<r xmlns='\(sm)'/>") == ["send <a xmlns='\(sm)' h='3'/>"])
    }

    @Test("XEP-0198 §4: who asked before the commit is told once more behind it, and nobody else")
    func toldLater() {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='\(sm)'/>" + message + message)
        #expect(stream.does(.committed(upTo: 1)) == [])
        #expect(stream.says("<r xmlns='\(sm)'/>") == ["send <a xmlns='\(sm)' h='1'/>"])
        _ = stream.says(message)
        #expect(stream.does(.committed(upTo: 2)) == ["send <a xmlns='\(sm)' h='2'/>"])
        #expect(stream.does(.committed(upTo: 3)) == ["send <a xmlns='\(sm)' h='3'/>"])
        _ = stream.says(message)
        #expect(stream.does(.committed(upTo: 4)) == [])
    }

    @Test("XEP-0198 §4: only stanzas are counted, from enable on, and one that is malformed is counted, too")
    func counted() {
        var stream = Receptions.authenticated()
        _ = stream.says(message)
        _ = stream.says("<enable xmlns='\(sm)'/>")
        _ = stream.says("<db:verify from='peer.example' to='gw.example' id='i'>k</db:verify><r xmlns='\(sm)'/>")
        #expect(stream.says(message.replacing("b@", with: "@")) == ["bounce message 2 jid-malformed"])
        _ = stream.does(.committed(upTo: 2))
        #expect(stream.says("<r xmlns='\(sm)'/>") == ["send <a xmlns='\(sm)' h='1'/>"])
    }

    @Test("XEP-0198 §3: a second enable fails, and so does one that the policy does not allow")
    func secondEnable() {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='\(sm)'/>")
        #expect(stream.says("<enable xmlns='\(sm)'/>").first?.contains("<failed") == true)
        var without = Receptions.authenticated(policy: StreamPolicy(hasStreamManagement: false))
        #expect(!without.log.contains { $0.contains("<sm xmlns") })
        #expect(without.says("<enable xmlns='\(sm)'/>").first?.contains("<failed") == true)
    }

    @Test("XEP-0198 §6: an acknowledgement of what was never sent ends the stream")
    func impossible() {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='\(sm)'/>")
        #expect(
            stream.says("<a xmlns='\(sm)' h='99999'/>") == [
                "send "
                    + faultText(
                        "undefined-condition",
                        "<handled-count-too-high xmlns='\(sm)' h='99999' send-count='0'/>"
                    ), "close undefined-condition",
            ]
        )
    }

    @Test("XEP-0198 §5: a broken stream is resumed by the same pair; the peer learns what was committed")
    func resumed() throws {
        var first = Receptions.authenticated()
        #expect(
            first.says("<enable xmlns='\(sm)' resume='true'/>") == [
                "send <enabled xmlns='\(sm)' id='\(StreamNonces.counting().resumption)' resume='true'/>"
            ]
        )
        _ = first.says(message + message + message)
        _ = first.does(.committed(upTo: 2))
        _ = first.does(.disconnected)
        let session = try #require(first.end?.session)
        var second = Receptions.authenticated()
        let id = try #require(session.id)
        #expect(
            second.says("<resume xmlns='\(sm)' previd='\(id)' h='0'/>") == ["find \(id)", "pause"]
        )
        #expect(
            second.does(.session(session)) == [
                "send <resumed xmlns='\(sm)' h='2' previd='\(id)'/>", "resumed []", "resume",
            ]
        )
        #expect(second.says(message) == ["deliver message 3 gw.example <-> peer.example"])
        _ = second.does(.committed(upTo: 3))
        #expect(second.says("<r xmlns='\(sm)'/>") == ["send <a xmlns='\(sm)' h='3'/>"])
    }

    @Test("XEP-0198 §5: an id that is unknown, or of another pair, gets item-not-found")
    func stolen() throws {
        let failed =
            "send <failed xmlns='\(sm)'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
        let other = StreamManagement(pair: Initiations.pair("other.example"), id: "x", limits: .init())
        let same = StreamManagement(pair: Initiations.pair(), id: "y", limits: .init())
        for session in [nil, other, same] {
            var stream = Receptions.authenticated()
            _ = stream.says("<resume xmlns='\(sm)' previd='x' h='0'/>")
            #expect(stream.does(.session(session)) == [failed, "resume"])
            #expect(stream.says("<enable xmlns='\(sm)'/>") == ["send <enabled xmlns='\(sm)'/>"])
        }
        var silent = Receptions.authenticated()
        _ = silent.says("<resume xmlns='\(sm)' previd='x' h='0'/>")
        #expect(silent.does(.timer, now: 10 * second) == [failed, "resume"])
    }

    @Test("XEP-0198 §7: a stream that was closed is not resumed")
    func closedForGood() {
        for end in ["</stream:stream>", "<x/>"] {
            var stream = Receptions.authenticated()
            _ = stream.says("<enable xmlns='\(sm)' resume='true'/>")
            _ = stream.says(end)
            #expect(stream.end != nil && stream.end?.session == nil)
        }
    }

    // MARK: Streams that are opened

    @Test("XEP-0198 §3: acknowledgements are asked for where they are offered, before the first stanza")
    func enables() {
        var stream = Initiations.authenticated(features: managedOffer)
        #expect(stream.log.last { !$0.hasPrefix("wake") } == "send <enable xmlns='\(sm)' resume='true'/>")
        #expect(stream.does(.send(outbound(1), Initiations.pair(), token: 1)) == ["reject 1 notEstablished"])
        #expect(
            stream.says("<enabled xmlns='\(sm)'/>") == ["established gw.example <-> peer.example pkix"]
        )
        var refused = Initiations.authenticated(features: managedOffer)
        #expect(
            refused.says("<failed xmlns='\(sm)'/>") == ["established gw.example <-> peer.example pkix"]
        )
        let plain = Initiations.authenticated(
            Initiations.machine(policy: StreamPolicy(hasStreamManagement: false)),
            features: managedOffer
        )
        #expect(!plain.log.contains { $0.contains("<enable") })
    }

    @Test("XEP-0198 §4: a batch is asked about, its tokens are confirmed, and the rest is told at the end")
    func confirms() {
        var stream = managed()
        for number in 1...3 { _ = stream.does(.send(outbound(number), Initiations.pair(), token: UInt64(number))) }
        #expect(stream.does(.flush) == ["send <r xmlns='\(sm)'/>"])
        #expect(stream.does(.flush) == [])
        #expect(stream.says("<a xmlns='\(sm)' h='2'/>").first == "confirm [1, 2]")
        _ = stream.does(.disconnected)
        #expect(stream.end?.unconfirmed == [3])
        #expect(stream.end?.session?.id == "s1")
    }

    @Test("XEP-0198 §4: at the bound an acknowledgement is asked for, and 30 seconds without one end the stream")
    func exhausted() {
        var stream = managed()
        var rejected = 0
        for number in 1...1000 {
            let said = stream.does(.send(outbound(number), Initiations.pair(), token: UInt64(number)), now: second)
            if said == ["reject \(number) full"] { rejected += 1 }
        }
        #expect(rejected == 500)
        #expect(stream.log.contains { $0.hasSuffix("<r xmlns='\(sm)'/>") })
        #expect(stream.does(.timer, now: 31 * second - 1) == [])
        #expect(
            stream.does(.timer, now: 31 * second) == ["send " + faultText("policy-violation"), "close unacknowledged"]
        )
        #expect(stream.end?.unconfirmed == Array(1...500))
    }

    @Test("XEP-0198 §5: what was not acknowledged is sent again on the resumed stream, in order")
    func resumesOurs() throws {
        var first = managed()
        for number in 1...4 { _ = first.does(.send(outbound(number), Initiations.pair(), token: UInt64(number))) }
        _ = first.does(.disconnected)
        let session = try #require(first.end?.session)
        var second = Initiations.authenticated(Initiations.machine(session: session), features: managedOffer)
        #expect(
            second.log.last { !$0.hasPrefix("wake") } == "send <resume xmlns='\(sm)' h='0' previd='s1'/>"
        )
        let said = second.says("<resumed xmlns='\(sm)' previd='s1' h='2'/>")
        #expect(
            said == [
                "confirm [1, 2]", "send " + text(outbound(3) + outbound(4)), "resumed [3, 4]",
                "established gw.example <-> peer.example pkix", "send <r xmlns='\(sm)'/>",
            ]
        )
        #expect(second.says("<a xmlns='\(sm)' h='4'/>") == ["confirm [3, 4]"])
    }

    @Test("XEP-0198 §5: where the former stream is gone, a fresh one is begun, and what had been taken is confirmed")
    func notResumed() throws {
        var first = managed()
        for number in 1...4 { _ = first.does(.send(outbound(number), Initiations.pair(), token: UInt64(number))) }
        _ = first.does(.disconnected)
        let session = try #require(first.end?.session)
        var second = Initiations.authenticated(Initiations.machine(session: session), features: managedOffer)
        #expect(
            second.says("<failed xmlns='\(sm)' h='3'><item-not-found xmlns='x'/></failed>") == [
                "confirm [1, 2, 3]", "send <enable xmlns='\(sm)' resume='true'/>",
            ]
        )
        #expect(second.says("<enabled xmlns='\(sm)'/>") == ["established gw.example <-> peer.example pkix"])
    }

    @Test("XEP-0198 §4: before the end tag the peer learns what was handled")
    func lastWord() {
        var stream = Receptions.authenticated()
        _ = stream.says("<enable xmlns='\(sm)'/>" + message)
        _ = stream.does(.committed(upTo: 1))
        #expect(stream.does(.close(nil)) == ["send <a xmlns='\(sm)' h='1'/></stream:stream>"])
    }

    @Test("XEP-0198 §4: a ping that confirms what was sent before counting began is counted itself")
    func countedPing() {
        var stream = Receptions.secured(policy: StreamPolicy(isBidirectional: true), verdict: .proved(.pkix))
        _ = stream.says("<bidi xmlns='urn:xmpp:bidi'/>" + external)
        _ = stream.says(peerHeader)
        let stanza = outbound(1, from: "b@gw.example", to: "a@peer.example")
        _ = stream.does(.send(stanza, Initiations.pair(), token: 1))
        _ = stream.says("<enable xmlns='\(sm)'/>")
        #expect(stream.does(.flush).first?.contains("<ping") == true)
        let answer = "<iq type='result' id='\(StreamNonces.counting().pings)-1' from='peer.example' to='gw.example'/>"
        #expect(stream.says(answer) == ["confirm [1]", "deliver iq 1 gw.example <-> peer.example"])
        // It covers the ping, which makes room and has no token.
        #expect(stream.says("<a xmlns='\(sm)' h='1'/>") == ["confirm []"])
        #expect(stream.says("<a xmlns='\(sm)' h='1'/>") == [])
        #expect(stream.end == nil)
    }

    @Test("XEP-0199 §4.3, RFC 6120 §10.1: without acknowledgements a ping behind a batch confirms it")
    func pings() {
        var stream = Initiations.authenticated()
        _ = stream.does(.send(outbound(1), Initiations.pair(), token: 1))
        _ = stream.does(.send(outbound(2), Initiations.pair(), token: 2))
        let id = "\(StreamNonces.counting(from: 100).pings)-1"
        #expect(
            stream.does(.flush) == [
                "send <iq from='gw.example' to='peer.example' id='\(id)' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
            ]
        )
        #expect(stream.does(.pong("x-1")) == [])
        #expect(stream.does(.pong(id)) == ["confirm [1, 2]"])
    }
}
