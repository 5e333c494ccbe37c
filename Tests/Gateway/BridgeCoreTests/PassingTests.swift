import Testing

@testable import BridgeCore

/// What goes to a Request-URI beside the items.
@Suite("Passing")
struct PassingTests {
    private static let lane = "sip:romeo@example.net"
    private static let hop = "sip:peer"

    private func offer(_ kind: ItemKind = .message, lane: String = lane) -> Offer {
        Offer(
            kind: kind,
            target: .cpim,
            sender: "juliet@example.com",
            recipient: "romeo@example.net",
            hop: Self.hop,
            lane: lane,
            cargo: Cargo(source: [1], wire: [2]),
            generation: "g"
        )
    }

    private let now = Moment(monotonic: 1_000_000_000, wall: 1_000_000)

    private func bridge(_ limits: BridgeLimits = BridgeLimits()) -> Bridge {
        Bridge(limits: limits, nextID: 1, now: now)
    }

    /// Offers an item that is stored at once, and returns what is sent.
    private func take(_ offer: Offer, _ bridge: inout Bridge) -> [CrossingID] {
        var effects: [BridgeEffect] = []
        bridge.handle(.offered(offer), now: now, effects: &effects)
        var ids: [CrossingID] = []
        for case .store(let id) in effects { ids.append(id) }
        effects = []
        bridge.handle(.committed(ids), now: now, effects: &effects)
        return sent(effects)
    }

    private func sent(_ effects: [BridgeEffect]) -> [CrossingID] {
        effects.compactMap { if case .send(let id, _) = $0 { id } else { nil } }
    }

    @Test("RFC 3428 §8: while it is open nothing else is sent there, and what waits goes after it")
    func oneAtATime() {
        var bridge = bridge()
        let isFree = bridge.occupy(lane: Self.lane, hop: Self.hop)
        let isFreeAgain = bridge.occupy(lane: Self.lane, hop: Self.hop)
        #expect(isFree)
        #expect(!isFreeAgain)
        let first = take(offer(), &bridge)
        #expect(first.isEmpty)
        let other = take(offer(lane: "sip:benvolio@example.net"), &bridge)
        #expect(other.count == 1)
        var effects: [BridgeEffect] = []
        bridge.vacate(lane: Self.lane, hop: Self.hop, now: now, effects: &effects)
        #expect(sent(effects) == [CrossingID(1)])
        // A message that is open keeps the place.
        let isTaken = bridge.occupy(lane: Self.lane, hop: Self.hop)
        #expect(!isTaken)
        effects = []
        bridge.vacate(lane: Self.lane, hop: Self.hop, now: now, effects: &effects)
        #expect(effects.isEmpty)
        bridge.handle(
            .delivered(CrossingID(1), report: OutcomeReport(protocolCode: "200")),
            now: now,
            effects: &effects
        )
        let isFreeAtLast = bridge.occupy(lane: Self.lane, hop: Self.hop)
        #expect(isFreeAtLast)
        bridge.vacate(lane: Self.lane, hop: Self.hop, now: now, effects: &effects)
        #expect(bridge.lanes[Self.lane] == nil)
        #expect(bridge.balance.holds)
    }

    @Test("Nothing passes to a neighbor that is down, nor once the gateway stops")
    func unreachable() {
        var bridge = bridge()
        var effects: [BridgeEffect] = []
        bridge.handle(.hopDown(Self.hop, unconfirmed: []), now: now, effects: &effects)
        let isDown = bridge.occupy(lane: Self.lane, hop: Self.hop)
        #expect(!isDown)
        bridge.handle(.hopUp(Self.hop), now: now, effects: &effects)
        bridge.stop()
        let isStopped = bridge.occupy(lane: Self.lane, hop: Self.hop)
        #expect(!isStopped)
    }

    @Test("A receipt has its own deadline, and none of the room that is kept for reports")
    func receipts() {
        var limits = BridgeLimits()
        limits.itemsPerPair = 1
        limits.receiptDeadline = 5_000
        var bridge = bridge(limits)
        _ = bridge.occupy(lane: Self.lane, hop: Self.hop)
        _ = take(offer(.receipt), &bridge)
        #expect(bridge.item(CrossingID(1))?.deadline == now.wall + 5_000)
        #expect(bridge.item(CrossingID(1))?.isReopenable == false)
        _ = take(offer(.receipt), &bridge)
        #expect(bridge.balance.refused == 1)
        _ = take(offer(.notice), &bridge)
        #expect(bridge.balance.refused == 1)
        var effects: [BridgeEffect] = []
        bridge.handle(.advanced, now: Moment(monotonic: 7_000_000_000, wall: now.wall + 5_000), effects: &effects)
        #expect(bridge.balance.expired == 1)
        #expect(bridge.balance.holds)
    }
}
