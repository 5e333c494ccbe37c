import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// What an operator lets single watchers see.
@Suite("SIMPLELeg: the policy for a watcher")
struct WatcherPolicyTests {
    private static let polite = [("sub.policy.polite-block", "romeo@example.net")]
    private static let block = [("sub.policy.block", "romeo@example.net")]

    @Test("SUB-051: polite-block is active at once and one closed tuple for ever; the presentity is not asked")
    func politeBlock() throws {
        let peer = try Neighbor(switches: Self.polite)
        peer.say()
        let (answer, first) = try Self.letIn(peer)
        #expect(first.values("Subscription-State") == ["active;expires=600"])
        #expect(Self.isAbsence(first))
        peer.pass(10)
        peer.say("<show>away</show>")
        peer.stage.leg.presenceChanged(Neighbor.inward)
        peer.pass(10)
        #expect(peer.taken().isEmpty)
        try peer.refresh(in: answer, cseq: 2)
        peer.store()
        let again = try #require(peer.taken().last)
        #expect(again.values("Subscription-State") == ["active;expires=600"] && Self.isAbsence(again))
        peer.answer(again, 200)
        #expect(peer.told.isEmpty)
        try peer.refresh(in: answer, cseq: 3, "Expires: 0")
        peer.store()
        let last = try #require(peer.taken().last)
        #expect(last.values("Subscription-State") == ["terminated;reason=timeout"] && Self.isAbsence(last))
        peer.answer(last, 200)
        #expect(!peer.told.contains("stopped as asked") && peer.stage.host.usages.isEmpty)
    }

    @Test("SUB-051: a fetch of a watcher who is politely blocked is answered at once, with an absence")
    func fetch() throws {
        let peer = try Neighbor(switches: Self.polite)
        peer.say()
        peer.subscribe("Expires: 0")
        peer.store()
        let notify = try #require(peer.taken().last)
        #expect(notify.values("Subscription-State") == ["terminated;reason=timeout"] && Self.isAbsence(notify))
        #expect(peer.told.isEmpty)
    }

    @Test("SUB-051: a list counts before what is for all of the route, and for those alone whom it names")
    func lists() throws {
        for (policy, list, romeo, paris) in [
            ("allow", "block", "403", "200"), ("block", "allow", "200", "403"), ("polite-block", "block", "403", "200"),
        ] {
            let peer = try Neighbor(switches: [("sub.policy", policy), ("sub.policy.\(list)", "romeo@example.net")])
            for (name, status) in [("romeo", romeo), ("paris", paris)] {
                peer.subscribe("From: <sip:\(name)@example.net>;tag=r", "Call-ID: \(name)@example.net")
                peer.store()
                #expect(peer.taken().first?.hasPrefix("SIP/2.0 \(status) ") == true, "\(policy) \(list) \(name)")
            }
        }
        let peer = try Neighbor(switches: [("sub.policy", "polite-block"), ("sub.policy.allow", "romeo@example.net")])
        peer.say()
        peer.subscribe()
        #expect(peer.told == ["watching - -"])
    }

    @Test("SUB-051: a policy of other tables holds from the next document on")
    func changed() throws {
        let allowing = try ShippedTables.generation()
        let blocking = try ShippedTables.generation(Self.polite)
        let peer = try Neighbor()
        let (answer, first) = try peer.admitted()
        #expect(first.sipBody.contains("<basic>open</basic>"))
        peer.stage.host.generation = blocking
        peer.pass(10)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        let closed = try #require(peer.taken().last)
        #expect(Self.isAbsence(closed))
        peer.answer(closed, 200)
        peer.pass(10)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().isEmpty)
        // Nobody was asked about whoever was let in meanwhile, so that it asks anew.
        peer.stage.host.generation = allowing
        try peer.refresh(in: answer, cseq: 2)
        peer.store()
        let sent = peer.taken()
        #expect(sent.first?.hasPrefix("SIP/2.0 200") == true)
        peer.answer(try #require(sent.last), 200)
        #expect(peer.taken().last?.values("Subscription-State") == ["terminated;reason=deactivated"])
    }

    @Test("SUB-051: who is blocked by other tables is refused at the refresh, and learns nothing any more")
    func blockedRefresh() throws {
        for policy in [[("sub.policy", "block")], Self.block] {
            let peer = try Neighbor()
            let (answer, _) = try peer.admitted()
            peer.stage.host.generation = try ShippedTables.generation(policy)
            try peer.refresh(in: answer, cseq: 2)
            peer.store()
            let sent = peer.taken()
            #expect(sent.count == 2 && sent.first?.hasPrefix("SIP/2.0 403") == true)
            Self.expectRefused(try #require(sent.last), peer)
            #expect(peer.told == ["watching - -", "stopped"])
        }
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        peer.stage.host.generation = try ShippedTables.generation(Self.block)
        try peer.refresh(in: answer, cseq: 2, "Expires: 0")
        peer.store()
        let sent = peer.taken()
        let last = try #require(sent.last)
        #expect(sent.first?.hasPrefix("SIP/2.0 200") == true && peer.stage.host.refusals.isEmpty)
        #expect(last.values("Subscription-State") == ["terminated;reason=timeout"] && last.sipBody.isEmpty)
    }

    @Test("SUB-051: who is blocked by other tables is refused when the presentity changes, once")
    func blockedChange() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.stage.host.generation = try ShippedTables.generation(Self.block)
        peer.pass(10)
        #expect(peer.taken().isEmpty)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        let sent = peer.taken()
        #expect(sent.count == 1)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().isEmpty)
        Self.expectRefused(try #require(sent.first), peer)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().isEmpty && peer.stage.host.refusals.count == 1)
    }

    @Test("SUB-051: a document that waits for its pace is not sent to who is blocked meanwhile")
    func blockedOwed() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().isEmpty)
        peer.stage.host.generation = try ShippedTables.generation(Self.block)
        peer.pass(10)
        Self.expectRefused(try #require(peer.taken().last), peer)
    }

    @Test("SUB-051: the answer to a refresh that is owed when other tables block has no document")
    func blockedStatus() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        peer.pass(10)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        let open = try #require(peer.taken().last)
        #expect(!open.sipBody.isEmpty)
        try peer.refresh(in: answer, cseq: 2)
        peer.store()
        #expect(peer.taken().count == 1)
        peer.stage.host.generation = try ShippedTables.generation(Self.block)
        peer.answer(open, 200)
        #expect(try #require(peer.taken().last).sipBody.isEmpty)
    }

    @Test("SUB-051: who waits for the presentity and is blocked meanwhile is refused though the presentity lets it in")
    func blockedPending() throws {
        let peer = try Neighbor()
        peer.say()
        let (_, first) = try Self.letIn(peer)
        #expect(first.values("Subscription-State") == ["pending;expires=600"])
        peer.stage.host.generation = try ShippedTables.generation(Self.block)
        peer.stage.leg.access(Neighbor.inward, .active, subscription: nil)
        Self.expectRefused(try #require(peer.taken().last), peer)
    }

    @Test("SUB-051: what users publish to the gateway is kept from a watcher by the same lists")
    func composed() throws {
        let polite = try PublishingNeighbor(switches: [("sub.policy.polite-block", "juliet@example.com")])
        _ = try polite.published()
        polite.leg.subscribe(Neighbor.outward)
        #expect(polite.told == ["admitted", "state *-"])
        let blocking = try PublishingNeighbor(switches: [("sub.policy.block", "juliet@example.com")])
        _ = try blocking.published()
        blocking.leg.subscribe(Neighbor.outward)
        #expect(blocking.told == ["ended refused 403 policy"])
        let other = try PublishingNeighbor(switches: [("sub.policy.block", "nurse@example.com")])
        _ = try other.published()
        other.leg.subscribe(Neighbor.outward)
        #expect(other.told == ["admitted", "state orchard+"])
    }

    // MARK: Helpers

    /// Expects the last NOTIFY of a watcher who may see nothing any more, and answers it.
    private static func expectRefused(_ notify: String, _ peer: Neighbor) {
        #expect(notify.values("Subscription-State") == ["terminated;reason=rejected"] && notify.sipBody.isEmpty)
        #expect(peer.stage.host.refusals.map(\.code) == ["policy"])
        peer.answer(notify, 200)
        #expect(peer.stage.host.usages.isEmpty)
    }

    /// A watcher of whom the presentity knows nothing: its 200, and the first NOTIFY, which was answered.
    private static func letIn(_ peer: Neighbor) throws -> (answer: String, notify: String) {
        peer.subscribe()
        peer.store()
        let sent = peer.taken()
        let notify = try #require(sent.last)
        #expect(sent.count == 2)
        peer.answer(notify, 200)
        return (try #require(sent.first), notify)
    }

    /// Whether a document has one tuple, which is closed.
    private static func isAbsence(_ notify: String) -> Bool {
        let tuples = notify.sipBody.split(separator: "<tuple ").dropFirst()
        return tuples.count == 1 && tuples.allSatisfy { $0.contains("<basic>closed</basic>") }
            && !notify.sipBody.contains("balcony")
    }
}
