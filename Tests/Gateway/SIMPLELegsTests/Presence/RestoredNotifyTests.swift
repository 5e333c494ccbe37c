import BridgeCore
import Testing

@testable import SIMPLELegs

/// What a NOTIFY that was open or owed at the end of a process becomes in the next one.
@Suite("SIMPLELeg: NOTIFY after a restart")
struct RestoredNotifyTests {
    /// The next process: its leg has taken up what the last one stored.
    private static func next(
        _ usage: StoredUsage,
        switches: [(String, String)] = [],
        delay: Int64 = 0,
        isApproved: Bool = true
    ) throws -> Neighbor {
        let next = try Neighbor(switches: switches)
        if isApproved { next.stage.host.approved = [Neighbor.inward] }
        next.say("<show>away</show>")
        #expect(next.stage.leg.restore(usage, delay: delay))
        return next
    }

    private static func usage(_ peer: Neighbor) throws -> StoredUsage {
        #expect(peer.stage.host.usages.count == 1)
        return try #require(peer.stage.host.usages.values.first)
    }

    private static func number(_ notify: String) -> Int {
        notify.values("CSeq").first.flatMap { Int($0.prefix { $0 != " " }) } ?? 0
    }

    @Test("RFC 6665 §4.2.1.2: who may see is told the whole state a pace later, once")
    func active() throws {
        let peer = try Neighbor()
        let (_, first) = try peer.admitted()
        let next = try Self.next(try Self.usage(peer))
        next.pass(4.9)
        #expect(next.taken().isEmpty)
        next.pass(0.2)
        let sent = next.taken()
        let notify = try #require(sent.last)
        #expect(sent.count == 1 && Self.number(notify) > Self.number(first))
        #expect(notify.values("Subscription-State").first?.hasPrefix("active;") == true)
        #expect(notify.sipBody.contains("away"))
        next.answer(notify, 200)
        next.pass(60)
        #expect(next.taken().isEmpty)
    }

    @Test("What the presentity says before that is told at once, and nothing besides")
    func saidBefore() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        let next = try Self.next(try Self.usage(peer))
        next.stage.leg.presenceChanged(Neighbor.inward)
        let sent = next.taken()
        #expect(sent.count == 1)
        next.answer(try #require(sent.last), 200)
        next.pass(60)
        #expect(next.taken().isEmpty)
    }

    @Test("SIP-SUB-003: who waits for a decision is told so again, without a body")
    func pending() throws {
        let peer = try Neighbor()
        peer.subscribe()
        peer.store()
        let next = try Self.next(try Self.usage(peer), isApproved: false)
        next.pass(5.1)
        let notify = try #require(next.taken().last)
        #expect(notify.values("Subscription-State").first?.hasPrefix("pending;") == true)
        #expect(notify.sipBody.isEmpty)
    }

    @Test("Many are not told in the same moment")
    func delay() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        let next = try Self.next(try Self.usage(peer), delay: 2_000)
        next.pass(6.9)
        #expect(next.taken().isEmpty)
        next.pass(0.2)
        #expect(next.taken().count == 1)
    }

    @Test(
        "RFC 6665 §4.2.2: a last NOTIFY that was not answered goes again, and is kept until it has an end",
        arguments: [
            ("rejected", nil, "rejected"), ("probation", 30, "probation;retry-after=30"),
        ] as [(String, Int?, String)]
    )
    func ended(_ reason: String, _ retryAfter: Int?, _ told: String) throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        peer.stage.leg.access(Neighbor.inward, .ended(reason: reason, retryAfter: retryAfter), subscription: nil)
        let open = try #require(peer.taken().last)
        let usage = try Self.usage(peer)
        #expect(usage.details?.phase == "terminated")
        let next = try Self.next(usage, delay: 2_000, isApproved: false)
        next.pass(1.9)
        next.stage.leg.presenceChanged(Neighbor.inward)
        #expect(next.taken().isEmpty)
        try next.refresh(in: answer, cseq: 9)
        next.store()
        #expect(next.taken().map { $0.prefix(11) } == ["SIP/2.0 481"])
        next.pass(0.2)
        let sent = next.taken()
        let last = try #require(sent.last)
        #expect(sent.count == 1 && Self.number(last) > Self.number(open))
        #expect(last.values("Subscription-State") == ["terminated;reason=\(told)"] && last.sipBody.isEmpty)
        #expect(try Self.usage(next).id == usage.id)
        next.answer(last, 200)
        #expect(next.told.last == "stopped" && next.stage.host.usages.isEmpty)
        next.pass(60)
        #expect(next.taken().isEmpty)
    }

    @Test("SIP-SUB-006: so does that of who left, and one without an answer is forgotten in time")
    func unsubscribed() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 2, "Expires: 0")
        peer.store()
        let next = try Self.next(try Self.usage(peer))
        next.pass(0)
        let last = try #require(next.taken().last)
        #expect(last.values("Subscription-State") == ["terminated;reason=timeout"] && last.sipBody.isEmpty)
        for _ in 1...33 { next.pass(1) }
        #expect(next.told.last == "stopped" && next.stage.host.usages.isEmpty)
    }

    @Test("It goes to a watcher too whom the tables block")
    func blocked() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.stage.leg.access(Neighbor.inward, .ended(reason: "rejected", retryAfter: nil), subscription: nil)
        let next = try Self.next(
            try Self.usage(peer),
            switches: [("sub.policy.block", "romeo@example.net")],
            isApproved: false
        )
        next.pass(0)
        #expect(next.taken().last?.values("Subscription-State") == ["terminated;reason=rejected"])
        #expect(next.stage.host.refusals.isEmpty)
    }
}
