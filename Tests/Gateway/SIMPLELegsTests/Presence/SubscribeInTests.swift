import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Watchers of this shore: what becomes of a SUBSCRIBE outside a dialog.
@Suite("SIMPLELeg: SUBSCRIBE from a neighbor")
struct SubscribeInTests {
    @Test("SIP-SUB-001, -002, -003: 200 only when it is stored, and NOTIFY pending in its dialog right behind it")
    func pending() throws {
        let peer = try Neighbor()
        peer.subscribe()
        #expect(peer.taken().isEmpty)
        #expect(peer.told == ["watching - -"])
        #expect(peer.stage.host.usages.count == 1)
        peer.store()
        let sent = peer.taken()
        #expect(sent.count == 2)
        let answer = try #require(sent.first)
        #expect(answer.hasPrefix("SIP/2.0 200 ") && answer.values("Expires") == ["600"])
        #expect(answer.values("Contact") == ["<sip:127.0.0.1:5060>"])
        let notify = try #require(sent.last)
        #expect(notify.hasPrefix("NOTIFY sip:romeo@127.0.0.1:5070 SIP/2.0\r\n"))
        #expect(
            notify.values("From") == answer.values("To") && notify.values("To") == ["<sip:romeo@example.net>;tag=r"]
        )
        #expect(notify.values("Call-ID") == ["c1@example.net"])
        #expect(notify.values("CSeq").first?.hasSuffix(" NOTIFY") == true)
        #expect(notify.values("Contact") == ["<sip:127.0.0.1:5060>"] && notify.values("Event") == ["presence"])
        #expect(notify.values("Subscription-State") == ["pending;expires=600"])
        #expect(notify.sipBody.isEmpty && notify.values("Content-Type").isEmpty)
        #expect(notify.values("Max-Forwards") == ["70"])
    }

    @Test("SIP-UAS-005 RFC 3856 §5: pres: names whom a SUBSCRIBE is about as sip: does")
    func presenceURI() throws {
        let peer = try Neighbor()
        peer.subscribe(uri: "pres:juliet@example.com")
        #expect(peer.told == ["watching - -"])
        peer.store()
        let sent = peer.taken()
        #expect(sent.map { $0.prefix(11) } == ["SIP/2.0 200", "NOTIFY sip:"])
        #expect(sent.last?.values("Subscription-State") == ["pending;expires=600"])
        // It is the same watch: letting it in is told in its dialog.
        peer.answer(try #require(sent.last), 200)
        peer.stage.host.approved = [Neighbor.inward]
        peer.stage.leg.access(Neighbor.inward, .active, subscription: nil)
        #expect(peer.taken().last?.values("Subscription-State").first?.hasPrefix("active;expires=") == true)
    }

    @Test("SIP-SUB-014: who is let in later is shown the state, and not before")
    func active() throws {
        let peer = try Neighbor()
        peer.say()
        peer.subscribe()
        peer.store()
        let pending = try #require(peer.taken().last)
        #expect(!pending.contains("balcony"))
        peer.answer(pending, 200)
        peer.stage.host.approved = [Neighbor.inward]
        peer.stage.leg.access(Neighbor.inward, .active, subscription: nil)
        let active = try #require(peer.taken().last)
        #expect(active.values("Subscription-State").first?.hasPrefix("active;expires=") == true)
        #expect(active.values("Content-Type") == ["application/pidf+xml"])
        #expect(active.sipBody.contains("<basic>open</basic>") && active.sipBody.contains("balcony"))
        #expect(active.sipBody.contains("entity='pres:juliet@example.com'"))
    }

    @Test("SIP-SUB-014: who is approved already sees the state at once")
    func approved() throws {
        let notify = try Neighbor().admitted().notify
        #expect(notify.values("Subscription-State") == ["active;expires=600"])
        #expect(notify.sipBody.contains("<basic>open</basic>"))
    }

    @Test("SIP-SUB-014, -003: a refusal ends it, with the reason, no expiry and no state")
    func rejected() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        peer.stage.leg.access(Neighbor.inward, .ended(reason: "rejected", retryAfter: nil), subscription: nil)
        let last = try #require(peer.taken().last)
        #expect(last.values("Subscription-State") == ["terminated;reason=rejected"])
        #expect(!last.contains("balcony"))
        peer.answer(last, 200)
        #expect(peer.told.last == "stopped")
        #expect(peer.stage.host.usages.isEmpty)
        try peer.refresh(in: answer, cseq: 2)
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 481"])
    }

    @Test("RFC 6665 §4.1.3: who may ask again later is told when")
    func probation() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.stage.leg.access(Neighbor.inward, .ended(reason: "probation", retryAfter: 300), subscription: nil)
        #expect(
            try #require(peer.taken().last).values("Subscription-State") == [
                "terminated;reason=probation;retry-after=300"
            ]
        )
    }

    @Test("SIP-SUB-004: an hour when nothing is asked, never more than that, and never more than asked")
    func durations() throws {
        for (asked, granted) in [("-", "3600"), ("999999999", "3600"), ("60", "60"), ("601", "601")] {
            let peer = try Neighbor()
            peer.subscribe("Expires: \(asked)")
            peer.store()
            #expect(peer.taken().first?.values("Expires") == [granted], "\(asked)")
        }
    }

    @Test(
        "SIP-SUB-005, -007, -008: what cannot be granted is refused, in words that help, and nothing is kept",
        arguments: [
            ("Expires: 1", "423", "Min-Expires: 60"), ("Event: frobs", "489", "Allow-Events: presence"),
            ("Event: Presence", "489", "Allow-Events: presence"), ("Event: -", "489", "Allow-Events: presence"),
            ("Event: presence.winfo", "489", "Allow-Events: presence"),
            ("Event: none", "489", "Allow-Events: presence"), ("Accept: text/x", "406", "Accept: application/pidf+xml"),
            ("Contact: -", "400", ""),
        ]
    )
    func refusals(_ change: String, _ status: String, _ line: String) throws {
        let peer = try Neighbor()
        peer.subscribe(change)
        peer.store()
        let sent = peer.taken()
        #expect(sent.count == 1)
        let answer = try #require(sent.first)
        #expect(answer.hasPrefix("SIP/2.0 \(status) "))
        #expect(line.isEmpty || answer.contains("\r\n\(line)\r\n"), "\(answer)")
        #expect(peer.told.isEmpty && peer.stage.host.usages.isEmpty)
        #expect(peer.stage.host.refusals.count == 1)
    }

    @Test("SIP-SUB-008: no Accept means application/pidf+xml, and ranges count")
    func accepted() throws {
        for accept in ["-", "*/*", "application/*", "text/plain, application/pidf+xml;q=0.3"] {
            let peer = try Neighbor()
            peer.subscribe("Accept: \(accept)")
            peer.store()
            #expect(peer.taken().first?.hasPrefix("SIP/2.0 200") == true, "\(accept)")
        }
    }

    @Test("RFC 8048 §8.1: who is not trusted, and who speaks for another domain, gets 403 and is written down")
    func untrusted() throws {
        let stranger = try Neighbor()
        stranger.subscribe(on: Stage.flow(from: "127.0.0.9"))
        #expect(stranger.taken().map { $0.prefix(11) } == ["SIP/2.0 403"])
        #expect(stranger.stage.host.refusals.map(\.code) == ["untrusted-peer"])
        let liar = try Neighbor()
        liar.subscribe("From: <sip:romeo@elsewhere.example>;tag=r")
        #expect(liar.taken().map { $0.prefix(11) } == ["SIP/2.0 403"])
        #expect(liar.stage.host.refusals.map(\.code) == ["identity-mismatch"])
        #expect(stranger.told.isEmpty && liar.told.isEmpty)
    }

    @Test("SIP-SUB-021: a presentity of a domain that is not served, and a list, are not found")
    func unknown() throws {
        let peer = try Neighbor()
        peer.subscribe("To: <sip:x@nowhere.example>", uri: "sip:x@nowhere.example")
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 404"])
        #expect(peer.told.isEmpty)
        #expect(peer.stage.host.refusals.count == 1)
    }

    @Test("SIP-SUB-023: beyond its bounds a neighbor gets 503 with Retry-After, and others go on")
    func bounds() throws {
        let peer = try Neighbor { $0.subscriptionsPerPeer = 2 }
        for number in 1...3 { peer.subscribe("Call-ID: c\(number)@example.net") }
        #expect(peer.told.count == 2)
        let refusal = try #require(peer.taken().first)
        #expect(refusal.hasPrefix("SIP/2.0 503") && refusal.values("Retry-After") == ["60"])
        #expect(peer.stage.host.refusals.map(\.code) == ["queue-full"])
        let narrow = try Neighbor { $0.subscriptionsPerWatch = 1 }
        narrow.subscribe()
        narrow.subscribe("Call-ID: c2@example.net")
        narrow.subscribe(
            "Call-ID: c3@example.net",
            "To: <sip:nurse@example.com>",
            uri: "sip:nurse@example.com"
        )
        #expect(narrow.taken().map { $0.prefix(11) } == ["SIP/2.0 503"])
        #expect(narrow.told.count == 2)
    }

    @Test("SIP-SUB-023: of one watcher a thousand subscriptions pass, and one more when another ended")
    func boundOfOneWatcher() throws {
        let peer = try Neighbor()
        let watch = { (number: Int, changes: [String]) in
            peer.send(
                "SUBSCRIBE",
                [
                    "Event: presence", "Contact: <sip:romeo@127.0.0.1:5070>", "Expires: 600",
                    "Call-ID: c\(number)@example.net",
                ] + changes,
                uri: "sip:user\(number)@example.com"
            )
        }
        watch(1, [])
        peer.store()
        let first = peer.taken()
        peer.answer(try #require(first.last), 200)
        for number in 2...1_000 { watch(number, []) }
        peer.store()
        #expect(peer.taken().count { $0.hasPrefix("SIP/2.0 200") } == 999)
        watch(1_001, [])
        let refusal = try #require(peer.taken().last)
        #expect(refusal.hasPrefix("SIP/2.0 503") && refusal.values("Retry-After") == ["60"])
        #expect(peer.stage.host.refusals.map(\.code) == ["queue-full"])
        watch(1_002, ["From: <sip:mercutio@example.net>;tag=m"])
        peer.store()
        #expect(peer.taken().first?.hasPrefix("SIP/2.0 200") == true)
        try peer.refresh(
            in: try #require(first.first),
            cseq: 2,
            "Expires: 0",
            "Call-ID: c1@example.net"
        )
        peer.store()
        peer.answer(try #require(peer.taken().last), 200)
        watch(1_003, [])
        watch(1_004, [])
        peer.store()
        let answers = peer.taken().filter { $0.hasPrefix("SIP/2.0") }
        #expect(answers.map { $0.prefix(11) } == ["SIP/2.0 503", "SIP/2.0 200"])
    }

    @Test("SIP-SUB-023: where no watch can be kept a subscription is refused; a fetch is none")
    func noRoomForTheWatch() throws {
        let peer = try Neighbor()
        peer.stage.host.roomless = [Neighbor.inward]
        peer.subscribe()
        #expect(peer.taken().first?.hasPrefix("SIP/2.0 503") == true)
        peer.subscribe("Call-ID: c2@example.net", "Expires: 0")
        peer.subscribe("Call-ID: c3@example.net", "From: <sip:mercutio@example.net>;tag=m")
        #expect(peer.told == ["fetching", "watching - -"])
    }

    @Test("A place is free again when its subscription is gone")
    func roomAgain() throws {
        let peer = try Neighbor { $0.subscriptionsPerPeer = 1 }
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 2, "Expires: 0")
        peer.store()
        peer.answer(try #require(peer.taken().last), 200)
        peer.subscribe("Call-ID: c2@example.net")
        peer.store()
        #expect(peer.taken().first?.hasPrefix("SIP/2.0 200") == true)
    }

    @Test("A route that blocks subscriptions refuses them; one that is polite shows nobody")
    func policies() throws {
        let blocking = try Neighbor(switches: [("sub.policy", "block")])
        blocking.subscribe()
        #expect(blocking.taken().map { $0.prefix(11) } == ["SIP/2.0 403"])
        #expect(blocking.stage.host.refusals.map(\.code) == ["policy"] && blocking.told.isEmpty)
        let polite = try Neighbor(switches: [("sub.policy", "polite-block")])
        let notify = try polite.admitted().notify
        #expect(notify.sipBody.contains("<basic>closed</basic>") && !notify.sipBody.contains("balcony"))
    }

    @Test("What cannot be stored is refused with 503, and nothing is left of it")
    func notStored() throws {
        let peer = try Neighbor()
        peer.subscribe()
        peer.store(false)
        let sent = peer.taken()
        #expect(sent.map { $0.prefix(11) } == ["SIP/2.0 503"])
        #expect(sent.first?.values("Retry-After") == ["10"])
        #expect(peer.told == ["watching - -", "stopped"])
        #expect(peer.stage.host.usages.isEmpty)
    }

    @Test("RFC 8048 §5.3.1: the watcher's words and name go along")
    func words() throws {
        let peer = try Neighbor()
        peer.subscribe("Subject: It is the east", "From: \"Romeo\" <sip:romeo@example.net>;tag=r")
        #expect(peer.told == ["watching It is the east Romeo"])
    }

    // MARK: Fetches

    @Test("SIP-SUB-006: Expires 0 is a fetch; of who may see, it gets the state in one NOTIFY, and nothing is kept")
    func fetch() throws {
        for isKnownAtOnce in [true, false] {
            let peer = try Neighbor()
            peer.stage.host.approved = [Neighbor.inward]
            peer.say()
            peer.subscribe("Expires: 0")
            #expect(peer.told == ["fetching"])
            let id = try #require(fetch(of: peer))
            if isKnownAtOnce { peer.stage.leg.answerFetch(id, isNeutral: false) }
            #expect(peer.taken().isEmpty)
            peer.store()
            if !isKnownAtOnce { peer.stage.leg.answerFetch(id, isNeutral: false) }
            let sent = peer.taken()
            #expect(sent.count == 2 && sent.first?.values("Expires") == ["0"])
            let notify = try #require(sent.last)
            #expect(notify.values("Subscription-State") == ["terminated;reason=timeout"])
            #expect(notify.sipBody.contains("<basic>open</basic>"))
            #expect(peer.stage.host.usages.isEmpty)
            peer.answer(notify, 200)
            #expect(peer.told.last == "stopped")
        }
    }

    private func fetch(of peer: Neighbor) -> UInt64? {
        if case .fetching(_, let id) = peer.stage.host.events.first { id } else { nil }
    }

    @Test("SIP-SUB-006, -014: of who may not see, a fetch waits for the flow and learns nothing")
    func neutralFetch() throws {
        let peer = try Neighbor()
        peer.say()
        peer.subscribe("Expires: 0")
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        let id = try #require(fetch(of: peer))
        peer.stage.leg.answerFetch(id, isNeutral: true)
        let notify = try #require(peer.taken().last)
        #expect(notify.values("Subscription-State") == ["terminated;reason=timeout"])
        #expect(notify.sipBody.contains("<basic>closed</basic>") && !notify.sipBody.contains("balcony"))
    }

    @Test("RFC 6665 §4.4.3: a fetch that the flow forgets is answered neutrally after five seconds")
    func forgottenFetch() throws {
        let peer = try Neighbor()
        peer.subscribe("Expires: 0")
        peer.store()
        _ = peer.taken()
        peer.pass(4.9)
        #expect(peer.taken().isEmpty)
        peer.pass(0.2)
        #expect(peer.taken().last?.values("Subscription-State") == ["terminated;reason=timeout"])
    }
}
