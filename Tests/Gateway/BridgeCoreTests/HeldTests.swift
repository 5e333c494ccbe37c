import Testing

@testable import BridgeCore

@Suite("Bridge: what is held")
struct HeldTests {
    private static let reason = Holding(code: "addr-unmappable", rules: ["errors.gateway-addr-unmappable"])

    private static func offer(
        _ driver: inout BridgeDriver,
        to target: Shore = .cpim,
        keys: [UInt64] = [],
        bytes: Int = 1,
        deadline: Int64? = nil
    ) -> [BridgeEffect] {
        let offer = Offer(
            kind: .message,
            target: target,
            sender: "juliet@example.com",
            recipient: "romeo@example.net",
            hop: "",
            lane: "",
            cargo: Cargo(source: Array(repeating: 1, count: bytes), wire: []),
            generation: "g",
            duplicateKeys: keys,
            answer: target == .xmpp ? AnswerToken(9) : nil,
            // A verdict of the other shore is never waited for.
            answerHold: target == .xmpp ? 400_000_000 : nil,
            deadline: deadline
        )
        offer.holding = reason
        return driver.handle(.offered(offer))
    }

    /// A driver with one held item, 1.
    private static func held(_ change: (inout BridgeLimits) -> Void = { _ in }) -> BridgeDriver {
        var driver = BridgeDriver(change)
        _ = offer(&driver)
        _ = driver.handle(.committed([CrossingID(1)]))
        return driver
    }

    private static func rendition(hop: String = "proxy", lane: String = "sip:romeo@example.net") -> Rendition {
        Rendition(
            recipient: "sip:romeo@example.net",
            hop: hop,
            lane: lane,
            cargo: Cargo(source: [1], wire: [2, 2]),
            generation: "h",
            deadline: 1_700_000_100_000,
            ownKey: 5
        )
    }

    @Test("What is held is stored before it is answered, is not sent, and is counted")
    func held() {
        var driver = BridgeDriver()
        #expect(Self.offer(&driver, to: .xmpp).words == ["store 1"])
        #expect(driver.handle(.committed([CrossingID(1)])).words == ["acknowledge 9 1"])
        #expect(driver.bridge.item(CrossingID(1))?.state == .held)
        #expect(driver.bridge.balance.held == 1 && driver.bridge.balance.waiting == 0)
        #expect(driver.bridge.balance.accepted == 1 && driver.bridge.balance.holds)
        #expect(driver.advance(milliseconds: 60_000).words == [])
    }

    @Test("It blocks nothing: a later item of the same pair goes out, and no neighbor counts it")
    func blocksNothing() {
        var driver = Self.held { limits in
            limits.items = 1
            limits.itemsPerPair = 1
        }
        #expect(driver.bridge.hopStates.isEmpty)
        #expect(driver.stored(lane: "romeo@example.net").words == ["send 2 first"])
        #expect(driver.bridge.openItems == 1)
        #expect(driver.bridge.balance.holds)
    }

    @Test("The same item again gets the answer of the first, however full it is")
    func duplicate() {
        var driver = BridgeDriver { $0.heldItems = 1 }
        _ = Self.offer(&driver, keys: [7])
        _ = driver.handle(.committed([CrossingID(1)]))
        #expect(Self.offer(&driver, keys: [7]).words == ["repeat 1"])
        #expect(driver.bridge.balance.duplicate == 1 && driver.bridge.balance.holds)
    }

    @Test("Where there is no room to hold it, its leg refuses it, at the item and at the byte beyond the bound")
    func full() {
        var driver = BridgeDriver { limits in
            limits.heldItems = 2
            limits.heldBytes = 10
        }
        #expect(Self.offer(&driver, bytes: 11).words == ["refuse unheld"])
        #expect(Self.offer(&driver, bytes: 10).words == ["store 1"])
        #expect(Self.offer(&driver, bytes: 1).words == ["refuse unheld"])
        #expect(
            driver.handle(.commitFailed([CrossingID(1)], reason: "full")).words == ["refuse storage(retryAfter: 10)"]
        )
        #expect(Self.offer(&driver).words == ["store 2"])
        #expect(Self.offer(&driver).words == ["store 3"])
        #expect(Self.offer(&driver).words == ["refuse unheld"])
        // The leg counts what it refuses.
        #expect(driver.bridge.balance.received == 3)
        #expect(driver.bridge.balance.holds)
    }

    @Test("At its deadline it fails, for the reason for which it was held")
    func deadline() {
        var driver = Self.held { limits in
            limits.heldDeadline = 5_000
            limits.deadline = 1_000
        }
        #expect(driver.advance(milliseconds: 4_999).words == [])
        let effects = driver.advance(milliseconds: 1_001)
        #expect(effects.words == ["failed 1"])
        guard case .settle(_, .failed(let failure))? = effects.first else { return }
        #expect(failure.report.protocolCode == "addr-unmappable" && failure.report.text == "held until its deadline")
        #expect(driver.bridge.balance.failed == 1 && driver.bridge.balance.held == 0 && driver.bridge.balance.holds)
        #expect(driver.bridge.held.items == 0)
    }

    @Test("RFC 3428 §7: a sender's Expires ends it sooner")
    func expires() {
        var driver = BridgeDriver()
        _ = Self.offer(&driver, deadline: driver.now.wall + 2_000)
        _ = driver.handle(.committed([CrossingID(1)]))
        #expect(driver.advance(milliseconds: 3_000).words == ["failed 1"])
    }

    @Test("What other tables let cross takes its place at the end of its line, once")
    func released() throws {
        var driver = Self.held()
        _ = driver.stored()
        let item = try #require(driver.bridge.item(CrossingID(1)))
        #expect(driver.bridge.hasRoom(for: CrossingID(1), as: Self.rendition()))
        #expect(driver.handle(.released(CrossingID(1), as: Self.rendition())).words == [])
        #expect(item.state == .waiting && item.offer.generation == "h" && item.deadline == 1_700_000_100_000)
        #expect(driver.bridge.balance.held == 0 && driver.bridge.balance.waiting == 1 && driver.bridge.balance.holds)
        #expect(driver.handle(.released(CrossingID(1), as: Self.rendition(hop: "other"))).words == [])
        let next = driver.handle(.delivered(CrossingID(2), report: OutcomeReport(protocolCode: "200"))).words
        #expect(next == ["delivered 2", "send 1 first"])
        let end = driver.handle(.delivered(CrossingID(1), report: OutcomeReport(protocolCode: "200"))).words
        #expect(end == ["delivered 1"])
        #expect(driver.bridge.balance.delivered == 2 && driver.bridge.balance.holds)
        #expect(driver.bridge.held.items == 0)
    }

    @Test("What they do not let cross stays held, with the reason of this time and the deadline of the first")
    func stillHeld() {
        var driver = Self.held { $0.heldDeadline = 5_000 }
        let reason = Holding(code: "loss")
        #expect(driver.handle(.stillHeld(CrossingID(1), reason, facts: [1, 2, 3])).words == [])
        let item = driver.bridge.item(CrossingID(1))
        #expect(item?.state == .held && item?.offer.holding == reason && item?.offer.cargo.facts == [1, 2, 3])
        #expect(driver.bridge.held.bytes == 4)
        let effects = driver.advance(milliseconds: 6_000)
        guard case .settle(_, .failed(let failure))? = effects.first else {
            Issue.record("it does not fail")
            return
        }
        #expect(failure.report.protocolCode == "loss")
        #expect(driver.bridge.held.bytes == 0)
    }

    @Test("What a person gives up fails at once; what is not held is left alone")
    func dropped() {
        var driver = Self.held()
        #expect(driver.handle(.dropped(CrossingID(1), because: "sent by mail")).words == ["failed 1"])
        #expect(driver.handle(.dropped(CrossingID(1), because: "again")).words == [])
        _ = driver.stored()
        #expect(driver.handle(.dropped(CrossingID(2), because: "no")).words == [])
        #expect(driver.handle(.stillHeld(CrossingID(2), Self.reason, facts: [])).words == [])
        #expect(driver.bridge.balance.failed == 1 && driver.bridge.balance.sent == 1 && driver.bridge.balance.holds)
    }

    @Test("A full queue of its neighbor keeps it where it is")
    func noRoomInQueue() {
        var driver = Self.held { $0.itemsPerHop = 1 }
        _ = driver.stored()
        #expect(!driver.bridge.hasRoom(for: CrossingID(1), as: Self.rendition()))
        #expect(driver.bridge.hasRoom(for: CrossingID(1), as: Self.rendition(hop: "other")))
        #expect(!driver.bridge.hasRoom(for: CrossingID(2), as: Self.rendition(hop: "other")))
    }

    /// A bridge of another process, which an item of an earlier one was put back into.
    private static func restored(_ item: Item, deadline: Int64) -> BridgeDriver {
        var driver = BridgeDriver()
        let again = Item(
            id: item.id,
            offer: item.offer,
            state: .waiting,
            accepted: item.accepted,
            firstSent: nil,
            deadline: deadline,
            attempts: 0,
            answered: true
        )
        driver.bridge.restore(again, now: driver.now)
        return driver
    }

    @Test("After a restart it is held as before, and can still be sent")
    func restored() throws {
        let before = Self.held()
        let item = try #require(before.bridge.item(CrossingID(1)))
        var driver = Self.restored(item, deadline: item.deadline)
        #expect(driver.bridge.item(CrossingID(1))?.state == .held)
        #expect(driver.bridge.balance.held == 1 && driver.bridge.balance.holds)
        #expect(driver.advance(milliseconds: 1_000).words == [])
        #expect(driver.handle(.released(CrossingID(1), as: Self.rendition())).words == ["send 1 first"])
    }

    @Test("What is too late when it is put back goes to no neighbor, and ends at the next sweep")
    func restoredTooLate() throws {
        var before = BridgeDriver()
        _ = before.stored()
        let item = try #require(before.bridge.item(CrossingID(1)))
        for lateness: Int64 in [0, 1, -1] {
            var driver = Self.restored(item, deadline: BridgeDriver().now.wall - lateness)
            let words = driver.advance(milliseconds: 0).words + driver.advance(milliseconds: 1_000).words
            #expect(words == (lateness < 0 ? ["send 1 first"] : ["expired 1"]))
            #expect(driver.bridge.balance.holds)
        }
    }

    @Test("A commit that comes too late takes back what was to be held")
    func lateCommit() {
        var driver = BridgeDriver()
        _ = Self.offer(&driver, to: .xmpp, bytes: 3)
        #expect(driver.advance(milliseconds: 400).words == ["refuse storage(retryAfter: 10)"])
        #expect(driver.handle(.committed([CrossingID(1)])).words == ["withdrawn 1"])
        #expect(driver.bridge.held.items == 0 && driver.bridge.held.bytes == 0)
        #expect(driver.bridge.balance.holds)
    }

    @Test("Random histories with holding, releasing and giving up keep the balance and the bounds")
    func randomHistories() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var state = seed
            func next(_ bound: UInt64) -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) % bound
            }
            var driver = BridgeDriver { limits in
                limits.heldItems = 5
                limits.heldDeadline = 20_000
            }
            var last: Int64 = 0
            func note(_ effects: [BridgeEffect]) {
                for case .store(let id) in effects { last = id.number }
            }
            for _ in 0..<300 {
                let id = CrossingID(Int64(next(UInt64(max(last, 1)))) + 1)
                switch next(8) {
                case 0, 1: note(Self.offer(&driver))
                case 2: note(driver.offer())
                case 3, 4: note(driver.handle(.committed([id])))
                case 5: note(driver.handle(.released(id, as: Self.rendition())))
                case 6: note(driver.handle(.dropped(id, because: "")))
                default: note(driver.advance(milliseconds: Int64(next(3_000))))
                }
                #expect(driver.bridge.balance.holds)
                #expect(driver.bridge.held.items <= 5 && driver.bridge.held.bytes == driver.bridge.held.items)
            }
        }
    }
}
