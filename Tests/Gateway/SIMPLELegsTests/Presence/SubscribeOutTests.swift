import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Presentities of this shore: what a SUBSCRIBE of the gateway looks like, and what becomes of it.
@Suite("SIMPLELeg: SUBSCRIBE to a neighbor")
struct SubscribeOutTests {
    /// Header fields in order, those with values that nobody can know without them.
    private func shape(_ request: String) -> [String] {
        request.split(separator: "\r\n").map { line in
            switch line.prefix(while: { $0 != ":" }) {
            case "Via", "Call-ID", "CSeq": String(line.prefix { $0 != ":" })
            case "From": String(line.prefix { $0 != ";" })
            default: String(line)
            }
        }.sorted()
    }

    @Test("RFC 8048 §5.2.1: a request of the XMPP side is a SUBSCRIBE like this, byte for byte")
    func initial() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        let sent = peer.taken()
        #expect(sent.count == 1)
        let request = try #require(sent.first)
        #expect(
            shape(request) == [
                "Accept: application/pidf+xml", "CSeq", "Call-ID", "Contact: <sip:127.0.0.1:5060>",
                "Content-Length: 0", "Event: presence", "Expires: 3600", "From: <sip:juliet@example.com>",
                "Max-Forwards: 70", "SUBSCRIBE sip:romeo@example.net SIP/2.0", "To: <sip:romeo@example.net>", "Via",
            ]
        )
        #expect(request.hasSuffix("\r\n\r\n") && request.values("CSeq").first?.hasSuffix(" SUBSCRIBE") == true)
        #expect(request.values("Via").first?.hasPrefix("SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK") == true)
        #expect(request.values("From").first?.contains(">;tag=") == true)
        #expect(peer.stage.wire.sent.last?.flow.remotePort == 5_070)
    }

    @Test("RFC 3922 §6.1: the words of whoever asks go along, in the first request only")
    func words() throws {
        let peer = try Neighbor()
        peer.stage.host.notes[Neighbor.outward] = "It is my lady"
        let subscribe = try peer.subscribed()
        #expect(subscribe.values("Subject") == ["It is my lady"])
        peer.pass(3_300)
        #expect(peer.taken().last?.values("Subject") == [])
    }

    @Test("SIP-SUB-015: a NOTIFY may come before the 200; it is answered when what follows from it is stored")
    func notifyFirst() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        let subscribe = try #require(peer.taken().last)
        try peer.notify(subscribe, "active;expires=3600", body: Neighbor.document())
        #expect(peer.taken().isEmpty)
        #expect(peer.told == ["admitted", "state orchard+"])
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        peer.answer(subscribe, 200, "Expires: 3600", "Contact: <sip:romeo@127.0.0.1:5070>")
        #expect(peer.told.count == 2 && peer.stage.host.usages.count == 1)
    }

    @Test("What cannot be stored is not acknowledged")
    func notStored() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        try peer.notify(try #require(peer.taken().last), "active;expires=3600", body: Neighbor.document())
        peer.store(false)
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 500"])
    }

    @Test("PRES-069: pending says nothing; a first active NOTIFY without a body, that nobody is there")
    func withoutBody() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        let subscribe = try #require(peer.taken().last)
        peer.answer(subscribe, 202, "Expires: 3600", "Contact: <sip:romeo@127.0.0.1:5070>")
        try peer.notify(subscribe, "pending;expires=3600", body: Neighbor.document())
        #expect(peer.told == ["undecided"])
        try peer.notify(subscribe, "active;expires=3600", cseq: 2)
        #expect(peer.told == ["undecided", "admitted", "state *-"])
    }

    @Test("SIP-SUB-020: a later NOTIFY without a body leaves the state; one that comes late is refused")
    func order() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let before = peer.told.filter { $0.hasPrefix("state") }.count
        try peer.notify(subscribe, "active;expires=3000", cseq: 8)
        #expect(peer.told.filter { $0.hasPrefix("state") }.count == before)
        try peer.notify(subscribe, "active;expires=3000", cseq: 7, body: Neighbor.document("closed"))
        #expect(peer.told.filter { $0.hasPrefix("state") }.count == before)
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) }.sorted() == ["SIP/2.0 200", "SIP/2.0 500"])
    }

    @Test("SIP-SUB-019: a NOTIFY of another branch of a fork gets 481")
    func forked() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        try peer.notify(subscribe, "active;expires=3600", tag: "n2", body: Neighbor.document("closed"))
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 481"])
        #expect(!peer.told.contains("state orchard-"))
    }

    @Test(
        "SIP-SUB-016: a NOTIFY of no subscription is refused and written down",
        arguments: [
            (["To: <sip:juliet@example.com>;tag=unknown"], "481"), (["Call-ID: another"], "481"),
            (["To: <sip:juliet@example.com>"], "481"), (["Event: presence;id=7"], "481"), (["Event: dialog"], "489"),
            (["Subscription-State: -"], "400"), (["Subscription-State: ;;"], "400"),
        ]
    )
    func mismatches(_ changes: [String], _ status: String) throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let before = peer.told
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, changes, body: Neighbor.document("closed"))
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 \(status)"])
        #expect(peer.told == before)
    }

    @Test("A stranger's NOTIFY is refused, whatever names it knows")
    func stranger() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let before = peer.told
        peer.send(
            "NOTIFY",
            [
                "From: <sip:romeo@example.net>;tag=n1", "To: \(try #require(subscribe.values("From").first))",
                "Call-ID: \(try #require(subscribe.values("Call-ID").first))", "CSeq: 7 NOTIFY", "Event: presence",
                "Contact: <sip:romeo@127.0.0.1:5070>", "Subscription-State: terminated;reason=rejected",
            ],
            uri: "sip:127.0.0.1:5060",
            on: Stage.flow(from: "127.0.0.9")
        )
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 403"])
        #expect(peer.told == before && peer.stage.host.refusals.map(\.code) == ["untrusted-peer"])
    }

    // MARK: Ends

    @Test(
        "SIP-SUB-018: the reason of the end steers what follows",
        arguments: [
            ("rejected", "ended refused terminated rejected"), ("noresource", "ended refused terminated noresource"),
            ("deactivated", "ended again"), ("timeout", "ended again"), ("probation;retry-after=77", "ended later 77"),
            ("probation", "ended later -"), ("giveup;retry-after=9", "ended later 9"), ("invariant", "ended final"),
            ("something", "ended again"),
        ]
    )
    func terminated(_ reason: String, _ end: String) throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        try peer.notify(subscribe, "terminated;reason=\(reason)", cseq: 2)
        #expect(peer.told.last == end)
        #expect(peer.stage.host.usages.isEmpty)
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        try peer.notify(subscribe, "active;expires=600", cseq: 3, body: Neighbor.document())
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 481"])
    }

    @Test("RFC 6665 §4.1.3: a state that never changes counts, also when it comes with the first and last word")
    func invariant() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        let subscribe = try #require(peer.taken().last)
        peer.answer(subscribe, 200, "Expires: 3600", "Contact: <sip:romeo@127.0.0.1:5070>")
        try peer.notify(subscribe, "terminated;reason=invariant", body: Neighbor.document())
        #expect(peer.told == ["admitted", "state orchard+", "ended final"])
    }

    @Test("A new subscription after an end has a new Call-ID and a new tag")
    func anew() throws {
        let peer = try Neighbor()
        let first = try peer.subscribed()
        try peer.notify(first, "terminated;reason=deactivated", cseq: 2)
        peer.store()
        _ = peer.taken()
        peer.stage.leg.subscribe(Neighbor.outward)
        let second = try #require(peer.taken().last)
        #expect(second.hasPrefix("SUBSCRIBE sip:romeo@example.net SIP/2.0"))
        #expect(second.values("Call-ID") != first.values("Call-ID") && second.values("From") != first.values("From"))
        try peer.notify(second, "active;expires=3600", tag: "n2", body: Neighbor.document())
        #expect(peer.told.last == "state orchard+")
    }

    @Test(
        "RFC 8048 §5.2.2: a first SUBSCRIBE that is refused",
        arguments: [
            (403, "ended refused 403 "), (603, "ended refused 603 "), (489, "ended refused 489 "),
            (404, "ended failed 404"), (604, "ended failed 604"), (503, "ended failed 503"), (480, "ended failed 480"),
        ]
    )
    func refused(_ status: Int, _ end: String) throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.told == [end])
        peer.pass(100)
        #expect(peer.taken().isEmpty && peer.stage.host.usages.isEmpty)
    }

    @Test("A first SUBSCRIBE without an answer fails; one that is answered without a NOTIFY does so after timer N")
    func silence() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        for _ in 1...33 { peer.pass(1) }
        #expect(peer.told == ["ended failed timeout"])
        let other = try Neighbor()
        other.stage.leg.subscribe(Neighbor.outward)
        other.answer(try #require(other.taken().last), 200, "Expires: 3600", "Contact: <sip:romeo@127.0.0.1:5070>")
        other.pass(31)
        #expect(other.told.isEmpty)
        other.pass(2)
        #expect(other.told == ["ended failed timeout"])
    }

    @Test("RFC 3261 §21.4.17: 423 is asked again with what the neighbor grants, in the same call")
    func brief() throws {
        let peer = try Neighbor { $0.subscriptionSeconds = 120 }
        peer.stage.leg.subscribe(Neighbor.outward)
        let first = try #require(peer.taken().last)
        peer.answer(first, 423, "Min-Expires: 1800")
        let second = try #require(peer.taken().last)
        #expect(second.values("Expires") == ["1800"] && second.values("Call-ID") == first.values("Call-ID"))
        #expect(second.values("From") == first.values("From") && second.values("CSeq") != first.values("CSeq"))
        #expect(second.values("Via") != first.values("Via"))
        #expect(peer.told.isEmpty)
    }

    @Test("A user who cannot be reached by any route is told at once")
    func noRoute() throws {
        let peer = try Neighbor { $0.routes = [:] }
        peer.stage.leg.subscribe(Neighbor.outward)
        #expect(peer.taken().isEmpty && peer.told.count == 1 && peer.told.first?.hasPrefix("ended failed") == true)
    }

    // MARK: Upkeep

    @Test("RFC 6665 §4.1.2.2: it is refreshed before it runs out, in its dialog")
    func refresh() throws {
        let peer = try Neighbor()
        let first = try peer.subscribed()
        peer.pass(3_200)
        #expect(peer.taken().isEmpty)
        peer.pass(100)
        let refresh = try #require(peer.taken().last)
        #expect(refresh.hasPrefix("SUBSCRIBE sip:romeo@127.0.0.1:5070 SIP/2.0\r\n"))
        #expect(refresh.values("To") == ["<sip:romeo@example.net>;tag=n1"])
        #expect(refresh.values("From") == first.values("From") && refresh.values("Expires") == ["3600"])
        #expect(refresh.values("Accept") == ["application/pidf+xml"])
    }

    @Test("RFC 8048 §8.1: a refresh waits for a look at the watcher, for half of the time that is left")
    func verified() throws {
        let peer = try Neighbor()
        peer.stage.host.renewing = nil
        _ = try peer.subscribed()
        peer.pass(3_240)
        #expect(peer.told.last == "refreshDue 180000" && peer.taken().isEmpty)
        let count = peer.told.count
        peer.pass(100)
        #expect(peer.told.count == count)
        peer.stage.leg.subscribe(Neighbor.outward)
        #expect(peer.taken().map { $0.prefix(9) } == ["SUBSCRIBE"])
        // What is not renewed runs out.
        let forgotten = try Neighbor()
        forgotten.stage.host.renewing = nil
        _ = try forgotten.subscribed()
        forgotten.pass(3_240)
        forgotten.pass(360)
        #expect(forgotten.told.last?.hasPrefix("ended") == true)
    }

    @Test("sub.verify: off renews without a look at the watcher")
    func unverified() throws {
        let peer = try Neighbor(switches: [("sub.verify", "off")])
        peer.stage.host.renewing = nil
        _ = try peer.subscribed()
        peer.pass(3_240)
        #expect(peer.taken().map { $0.prefix(9) } == ["SUBSCRIBE"])
    }

    @Test("A refresh that failed is tried again without a look at the watcher")
    func failedRefresh() throws {
        let peer = try Neighbor()
        _ = try peer.subscribed()
        peer.pass(3_240)
        peer.answer(try #require(peer.taken().last), 500)
        peer.stage.host.renewing = nil
        peer.pass(31)
        #expect(peer.taken().map { $0.prefix(9) } == ["SUBSCRIBE"])
    }

    @Test("SIP-SUB-017: 500 to a refresh keeps what is shown until it runs out, with tries in between")
    func troubledRefresh() throws {
        let peer = try Neighbor()
        _ = try peer.subscribed()
        let before = peer.told
        peer.pass(3_300)
        peer.answer(try #require(peer.taken().last), 500)
        peer.pass(31)
        let again = peer.taken()
        #expect(again.count == 1 && peer.told == before)
        peer.answer(try #require(again.last), 500)
        peer.pass(275)
        #expect(peer.told.last == "ended again")
    }

    @Test("SIP-SUB-017: a refresh that is refused for good ends it", arguments: [404, 410, 480, 501, 604])
    func refusedRefresh(_ status: Int) throws {
        let peer = try Neighbor()
        _ = try peer.subscribed()
        peer.pass(3_300)
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.told.last?.hasPrefix("ended ") == true && peer.stage.host.usages.isEmpty)
    }

    @Test(
        "SUB-014 RFC 8048 §5.2.2: 403, 489 and 603 to a refresh take the authorization away at once",
        arguments: [403, 489, 603]
    )
    func deniedRefresh(_ status: Int) throws {
        let peer = try Neighbor()
        _ = try peer.subscribed()
        peer.pass(3_300)
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.told.last == "ended refused \(status) " && peer.stage.host.usages.isEmpty)
        peer.pass(600)
        #expect(peer.taken().isEmpty)
    }

    @Test("sub.deny: forbidden keeps what stands after 403 to a refresh until it runs out", arguments: [403, 603])
    func forbiddenRefresh(_ status: Int) throws {
        let peer = try Neighbor(switches: [("sub.deny", "forbidden")])
        _ = try peer.subscribed()
        let before = peer.told
        peer.pass(3_300)
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.told == before && peer.stage.host.usages.count == 1)
        peer.pass(31)
        #expect(peer.taken().map { $0.prefix(9) } == ["SUBSCRIBE"])
    }

    @Test("RFC 6665 §4.1.2.2: 481 to a refresh is followed by a new subscription, once")
    func lost() throws {
        let peer = try Neighbor()
        let first = try peer.subscribed()
        let before = peer.told
        peer.pass(3_300)
        peer.answer(try #require(peer.taken().last), 481)
        let fresh = try #require(peer.taken().last)
        #expect(fresh.values("To") == ["<sip:romeo@example.net>"] && fresh.values("Call-ID") != first.values("Call-ID"))
        #expect(peer.told == before)
        peer.answer(fresh, 481)
        #expect(peer.told.last?.hasPrefix("ended ") == true)
    }

    @Test("SIP-SUB-022: a stored subscription is refreshed after the restart, with a higher number, and goes on")
    func restored() throws {
        let peer = try Neighbor()
        let first = try peer.subscribed()
        let usage = try #require(peer.stage.host.usages.values.first)
        let next = try Neighbor()
        next.stage.host.approved = [Neighbor.outward]
        #expect(next.stage.leg.restore(usage, delay: 2_000))
        next.pass(1)
        #expect(next.taken().isEmpty)
        next.pass(1.1)
        let refresh = try #require(next.taken().last)
        #expect(refresh.values("To") == ["<sip:romeo@example.net>;tag=n1"])
        #expect(refresh.values("Call-ID") == first.values("Call-ID"))
        #expect(refresh.values("CSeq").first.flatMap { Int($0.prefix { $0 != " " }) } ?? 0 > 1)
        try next.notify(refresh, "active;expires=3600", cseq: 40, body: Neighbor.document("closed"))
        #expect(next.told.last == "state orchard-")
    }

    // MARK: Leaving and looking once

    @Test("RFC 8048 §5.2.3: who leaves sends Expires 0 in the dialog, like this")
    func leave() throws {
        let peer = try Neighbor()
        _ = try peer.subscribed()
        peer.stage.leg.leave(Neighbor.outward)
        let request = try #require(peer.taken().last)
        #expect(
            shape(request) == [
                "CSeq", "Call-ID", "Contact: <sip:127.0.0.1:5060>", "Content-Length: 0", "Event: presence",
                "Expires: 0", "From: <sip:juliet@example.com>", "Max-Forwards: 70",
                "SUBSCRIBE sip:romeo@127.0.0.1:5070 SIP/2.0", "To: <sip:romeo@example.net>;tag=n1", "Via",
            ]
        )
        peer.answer(request, 200, "Expires: 0")
        #expect(peer.told.last == "left")
        let count = peer.told.count
        try peer.notify(request, "terminated;reason=timeout", cseq: 2, body: Neighbor.document("closed"))
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        #expect(peer.told.count == count && peer.stage.host.usages.isEmpty)
    }

    @Test("RFC 6665 §4.1.2.3: who leaves before there is a dialog waits for it, and is shown nothing more")
    func leaveEarly() throws {
        let peer = try Neighbor()
        peer.stage.leg.subscribe(Neighbor.outward)
        let subscribe = try #require(peer.taken().last)
        peer.stage.leg.leave(Neighbor.outward)
        #expect(peer.taken().isEmpty)
        peer.answer(subscribe, 200, "Expires: 3600", "Contact: <sip:romeo@127.0.0.1:5070>")
        try peer.notify(subscribe, "active;expires=3600", body: Neighbor.document())
        peer.store()
        let request = try #require(peer.taken().first { $0.hasPrefix("SUBSCRIBE") })
        #expect(request.values("Expires") == ["0"])
        peer.answer(request, 200, "Expires: 0")
        #expect(peer.told == ["left"])
    }

    @Test("Who leaves what was never made, or a neighbor that is silent, has left too")
    func leaveNothing() throws {
        let peer = try Neighbor()
        peer.stage.leg.leave(Neighbor.outward)
        #expect(peer.told == ["left"] && peer.taken().isEmpty)
        let silent = try Neighbor()
        _ = try silent.subscribed()
        silent.stage.leg.leave(Neighbor.outward)
        for _ in 1...33 { silent.pass(1) }
        #expect(silent.told.last == "left" && silent.stage.host.usages.isEmpty)
    }

    @Test("RFC 8048 §7.1: a probe is a SUBSCRIBE with Expires 0, and its NOTIFY the answer")
    func fetch() throws {
        let peer = try Neighbor()
        peer.stage.leg.fetch(Neighbor.outward, by: "juliet@example.com/chamber")
        let request = try #require(peer.taken().last)
        #expect(
            shape(request) == [
                "Accept: application/pidf+xml", "CSeq", "Call-ID", "Contact: <sip:127.0.0.1:5060>",
                "Content-Length: 0", "Event: presence", "Expires: 0", "From: <sip:juliet@example.com>",
                "Max-Forwards: 70", "SUBSCRIBE sip:romeo@example.net SIP/2.0", "To: <sip:romeo@example.net>", "Via",
            ]
        )
        peer.answer(request, 200, "Expires: 0", "Contact: <sip:romeo@127.0.0.1:5070>")
        try peer.notify(request, "terminated;reason=timeout", body: Neighbor.document())
        #expect(peer.told == ["fetched juliet@example.com/chamber orchard+"])
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        #expect(peer.stage.host.usages.isEmpty)
        try peer.notify(request, "terminated;reason=timeout", cseq: 2, body: Neighbor.document())
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 481"])
    }

    @Test("Beyond the bound of open fetches nothing is asked, and nothing is known; an end makes room")
    func fetchesAreBounded() throws {
        let peer = try Neighbor { $0.fetches = 1 }
        let other = WatchKey(watcher: "nurse@example.com", presentity: "romeo@example.net", target: .cpim)
        peer.stage.leg.fetch(Neighbor.outward, by: "juliet@example.com/chamber")
        let first = try #require(peer.taken().last)
        peer.stage.leg.fetch(other, by: "nurse@example.com/x")
        #expect(peer.taken().isEmpty)
        #expect(peer.told == ["fetched nurse@example.com/x nothing"])
        peer.answer(first, 404)
        peer.stage.leg.fetch(other, by: "nurse@example.com/x")
        #expect(peer.taken().count == 1)
    }

    @Test("A fetch that was answered by an active NOTIFY is not answered again by its end")
    func fetchInTwo() throws {
        let peer = try Neighbor()
        peer.stage.leg.fetch(Neighbor.outward, by: "juliet@example.com/chamber")
        let request = try #require(peer.taken().last)
        peer.answer(request, 200, "Expires: 0", "Contact: <sip:romeo@127.0.0.1:5070>")
        try peer.notify(request, "active;expires=0", body: Neighbor.document())
        try peer.notify(request, "terminated;reason=timeout", cseq: 2)
        #expect(peer.told == ["fetched juliet@example.com/chamber orchard+"])
    }

    @Test(
        "XMP-PRS-07, RFC 6121 §4.3.2: a fetch that is denied or of nobody says so alike; one that fails shows nothing",
        arguments: [
            (403, "fetchRefused"), (603, "fetchRefused"), (404, "fetchRefused"), (604, "fetchRefused"),
            (480, "fetched juliet@example.com/chamber nothing"),
        ]
    )
    func failedFetch(_ status: Int, _ told: String) throws {
        let peer = try Neighbor()
        peer.stage.leg.fetch(Neighbor.outward, by: "juliet@example.com/chamber")
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.told == [told])
    }

    @Test("What nobody looks at is not refreshed; who looks again takes it up")
    func rest() throws {
        let peer = try Neighbor()
        _ = try peer.subscribed()
        peer.stage.leg.rest(Neighbor.outward)
        peer.pass(3_300)
        #expect(peer.taken().isEmpty)
        peer.stage.leg.subscribe(Neighbor.outward)
        #expect(peer.taken().count == 1)
    }
}
