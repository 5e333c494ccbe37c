import Testing

@testable import BridgeCore

/// Drives a bridge by hand on a clock of its own.
struct BridgeDriver {
    var bridge: Bridge
    var now = Moment(monotonic: 1_000_000_000_000, wall: 1_700_000_000_000)
    private var serial: UInt64 = 0

    init(_ change: (inout BridgeLimits) -> Void = { _ in }) {
        var limits = BridgeLimits()
        change(&limits)
        bridge = Bridge(limits: limits, nextID: 1, links: ["xmpp:example.net"], now: now)
    }

    mutating func offer(
        to target: Shore = .cpim,
        from sender: String = "juliet@example.com",
        lane: String = "sip:romeo@example.net",
        hop: String = "proxy",
        keys: [UInt64] = [],
        hold: UInt64? = nil,
        deadline: Int64? = nil,
        refusable: Bool = true,
        barred: Bool = false
    ) -> [BridgeEffect] {
        serial += 1
        let offer = Offer(
            kind: .message,
            target: target,
            sender: sender,
            recipient: lane,
            hop: hop,
            lane: target == .cpim ? lane : "",
            cargo: Cargo(source: [1], wire: [2]),
            generation: "g",
            duplicateKeys: keys,
            answer: target == .xmpp ? AnswerToken(serial) : nil,
            answerHold: hold,
            deadline: deadline,
            isRefusable: refusable,
            isBarred: barred
        )
        return handle(.offered(offer))
    }

    mutating func handle(_ event: BridgeEvent) -> [BridgeEffect] {
        var effects: [BridgeEffect] = []
        bridge.handle(event, now: now, effects: &effects)
        return effects
    }

    mutating func advance(milliseconds: Int64) -> [BridgeEffect] {
        now.wall += milliseconds
        now.monotonic += UInt64(milliseconds) * 1_000_000
        return handle(.advanced)
    }

    mutating func stored(
        to target: Shore = .cpim,
        from sender: String = "juliet@example.com",
        lane: String = "sip:romeo@example.net",
        hop: String = "proxy"
    ) -> [BridgeEffect] {
        let effects = offer(to: target, from: sender, lane: lane, hop: hop)
        guard case .store(let id) = effects.first else { return effects }
        return handle(.committed([id]))
    }
}

extension [BridgeEffect] {
    /// One word an effect, for comparison.
    var words: [String] {
        map { effect in
            switch effect {
            case .store(let id): "store \(id)"
            case .acknowledge(let token, let id): "acknowledge \(token.value) \(id)"
            case .answer(_, let id, let failure): "answer \(id) \(failure.report.protocolCode)"
            case .refuse(_, let refusal): "refuse \(refusal)"
            case .repeatAnswer(_, let id): "repeat \(id)"
            case .send(let id, let attempt): "send \(id) \(attempt)"
            case .update(let id): "update \(id)"
            case .forget(let item): "forget \(item.id)"
            case .settle(let item, let ending):
                switch ending {
                case .delivered: "delivered \(item.id)"
                case .failed: "failed \(item.id)"
                case .reopened: "reopened \(item.id)"
                case .answeredWithFailure: "answered-with-failure \(item.id)"
                case .expired: "expired \(item.id)"
                case .withdrawn: "withdrawn \(item.id)"
                }
            }
        }
    }
}

private let ok = OutcomeReport(protocolCode: "200")

private func failure(_ retry: Failure.Retry) -> Failure {
    Failure(report: OutcomeReport(protocolCode: "480"), retry: retry)
}

@Suite("Bridge")
struct BridgeTests {
    @Test("Nothing is acknowledged or sent before the commit")
    func storedBeforeAcknowledged() {
        var driver = BridgeDriver()
        #expect(driver.handle(.hopUp("proxy")).words == [])
        #expect(driver.offer(to: .xmpp).words == ["store 1"])
        #expect(driver.handle(.committed([CrossingID(1)])).words == ["acknowledge 1 1", "send 1 first"])
        #expect(driver.bridge.balance.holds)
    }

    @Test("A commit that fails refuses the item, and it may come again")
    func commitFailure() {
        var driver = BridgeDriver()
        #expect(driver.offer(to: .xmpp, keys: [7]).words == ["store 1"])
        let words = driver.handle(.commitFailed([CrossingID(1)], reason: "full")).words
        #expect(words == ["refuse storage(retryAfter: 10)"])
        #expect(driver.offer(to: .xmpp, keys: [7]).words == ["store 2"])
        #expect(driver.bridge.balance.holds)
    }

    @Test("RFC 4320 §4.2: no commit within 400 ms is a refusal, and the late commit is taken back")
    func lateCommit() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        _ = driver.offer(to: .xmpp)
        #expect(driver.advance(milliseconds: 399).words == [])
        #expect(driver.advance(milliseconds: 1).words == ["refuse storage(retryAfter: 10)"])
        #expect(driver.handle(.committed([CrossingID(1)])).words == ["withdrawn 1"])
        #expect(driver.bridge.balance.holds)
        #expect(driver.bridge.openItems == 0)
    }

    @Test("A link that comes back gets what waited in the order of acceptance, however long each item waited")
    func orderAfterWaiting() {
        var driver = BridgeDriver()
        _ = driver.stored(to: .xmpp, hop: "xmpp:example.net")
        _ = driver.advance(milliseconds: 4_000)
        _ = driver.stored(to: .xmpp, hop: "xmpp:example.net")
        _ = driver.advance(milliseconds: 2_000)
        // Nothing stands between the first, which has waited for more than five seconds, and its sending.
        #expect(driver.handle(.hopUp("xmpp:example.net")).words == ["send 1 first", "send 2 first"])
    }

    @Test("The first attempt of a request that had to wait is stored before it is made")
    func firstAttemptAfterWaiting() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopDown("proxy", unconfirmed: []))
        _ = driver.stored(lane: "a")
        _ = driver.advance(milliseconds: 4_000)
        _ = driver.stored(lane: "b")
        _ = driver.advance(milliseconds: 2_000)
        #expect(driver.handle(.hopUp("proxy")).words == ["update 1", "send 1 first", "send 2 first"])
    }

    @Test("A bridge that stops refuses messages, and takes those whose senders hear no refusal any more")
    func stopping() {
        var driver = BridgeDriver()
        driver.bridge.stop()
        #expect(driver.offer().words == ["refuse stopping"])
        #expect(driver.offer(refusable: false).words == ["store 1"])
        #expect(driver.bridge.balance.holds)
    }

    @Test("What the store does not take is refused, but for copies of what it has and who hears no refusal")
    func barred() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        _ = driver.offer(to: .xmpp, keys: [7])
        _ = driver.handle(.committed([CrossingID(1)]))
        #expect(driver.offer(to: .xmpp, keys: [8], barred: true).words == ["refuse storage(retryAfter: 10)"])
        #expect(driver.offer(to: .xmpp, keys: [7], barred: true).words.first?.hasPrefix("repeat") == true)
        #expect(driver.offer(to: .xmpp, keys: [8]).words == ["store 2"])
        #expect(driver.offer(refusable: false, barred: true).words == ["store 3"])
        #expect(driver.bridge.balance.refused == 1)
        #expect(driver.bridge.balance.holds)
    }

    @Test("RFC 3428 §8: one open MESSAGE per Request-URI, senders in turn, each in order")
    func oneOpenPerLane() {
        var driver = BridgeDriver()
        #expect(driver.stored(from: "a").words == ["send 1 first"])
        #expect(driver.stored(from: "a").words == [])
        #expect(driver.stored(from: "a").words == [])
        #expect(driver.stored(from: "b").words == [])
        #expect(driver.stored(from: "b", lane: "sip:other@example.net").words == ["send 5 first"])
        #expect(driver.handle(.delivered(CrossingID(1), report: ok)).words == ["delivered 1", "send 2 first"])
        #expect(driver.handle(.delivered(CrossingID(2), report: ok)).words == ["delivered 2", "send 4 first"])
        #expect(driver.handle(.delivered(CrossingID(4), report: ok)).words == ["delivered 4", "send 3 first"])
        #expect(driver.handle(.delivered(CrossingID(3), report: ok)).words == ["delivered 3"])
        #expect(driver.bridge.balance.delivered == 4)
        #expect(driver.bridge.balance.holds)
    }

    @Test("A fault of a message holds its pair; others to the same lane go on")
    func backoffHoldsItsPair() {
        var driver = BridgeDriver()
        _ = driver.stored(from: "a")
        _ = driver.stored(from: "a")
        _ = driver.stored(from: "b")
        #expect(driver.handle(.failed(CrossingID(1), failure(.backoff(after: nil)))).words == ["send 3 first"])
        #expect(driver.handle(.delivered(CrossingID(3), report: ok)).words == ["delivered 3"])
        #expect(driver.advance(milliseconds: 1_000).words == [])
        #expect(driver.advance(milliseconds: 1_000).words == ["send 1 same"])
        #expect(driver.handle(.delivered(CrossingID(1), report: ok)).words == ["delivered 1", "send 2 first"])
    }

    @Test("A fault of a neighbor holds all that goes there, and one item probes it")
    func hopIsProbedByOne() {
        var driver = BridgeDriver()
        _ = driver.stored(lane: "sip:a@example.net")
        _ = driver.stored(lane: "sip:b@example.net")
        #expect(driver.handle(.failed(CrossingID(1), failure(.hop(after: nil)))).words == [])
        #expect(driver.handle(.failed(CrossingID(2), failure(.hop(after: nil)))).words == [])
        #expect(driver.stored(lane: "sip:c@example.net").words == [])
        #expect(driver.advance(milliseconds: 999).words == [])
        let probe = driver.advance(milliseconds: 1).words
        #expect(probe.count == 1 && probe.first?.hasSuffix("same") == true)
        #expect(driver.advance(milliseconds: 5_000).words == [])
        let id: Int64 = probe.first?.contains("1") == true ? 1 : 2
        let rest = driver.handle(.delivered(CrossingID(id), report: ok)).words
        #expect(Set(rest) == ["delivered \(id)", "send \(3 - id) same", "update 3", "send 3 first"], "\(probe)")
    }

    @Test("Pauses of a neighbor that stays away double up to the bound")
    func pausesDouble() {
        var driver = BridgeDriver { $0.longestPause = 3_000 }
        _ = driver.stored()
        var pauses: [Int64] = []
        for _ in 0..<4 {
            _ = driver.handle(.failed(CrossingID(1), failure(.hop(after: nil))))
            var waited: Int64 = 0
            while driver.advance(milliseconds: 100).words.isEmpty && waited < 10_000 { waited += 100 }
            pauses.append(waited + 100)
        }
        #expect(pauses == [1_000, 2_000, 3_000, 3_000])
    }

    @Test("A link that comes back gets what was not confirmed, in order, before the rest")
    func unconfirmedGoesFirst() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        for _ in 0..<3 { _ = driver.stored(to: .xmpp) }
        #expect(driver.handle(.delivered(CrossingID(1), report: ok)).words == ["delivered 1"])
        #expect(driver.handle(.hopDown("proxy", unconfirmed: [CrossingID(2), CrossingID(3)])).words == [])
        #expect(driver.stored(to: .xmpp).words == ["acknowledge 4 4"])
        #expect(driver.handle(.hopUp("proxy")).words == ["send 2 same", "send 3 same", "send 4 first"])
        #expect(driver.bridge.balance.holds)
    }

    @Test("A retry after 32 s is the same request in another transaction")
    func laterRetryIsAnotherTransaction() {
        var driver = BridgeDriver()
        _ = driver.stored()
        _ = driver.handle(.failed(CrossingID(1), failure(.hop(after: 31))))
        #expect(driver.advance(milliseconds: 31_000).words == ["send 1 same"])
        _ = driver.handle(.failed(CrossingID(1), failure(.hop(after: 1))))
        #expect(driver.advance(milliseconds: 1_000).words == ["send 1 again"])
    }

    @Test("The same item again is answered and not crossed twice")
    func duplicates() {
        var driver = BridgeDriver()
        _ = driver.offer(to: .xmpp, keys: [9])
        _ = driver.handle(.committed([CrossingID(1)]))
        #expect(driver.offer(to: .xmpp, keys: [9]).words == ["repeat 1"])
        #expect(driver.bridge.balance.duplicate == 1)
        _ = driver.advance(milliseconds: 600_000)
        _ = driver.advance(milliseconds: 600_001)
        #expect(driver.offer(to: .xmpp, keys: [9]).words.first?.hasPrefix("store") == true)
    }

    @Test("The same item again is answered when the first is stored, and not before")
    func duplicateOfCommitting() {
        var driver = BridgeDriver()
        _ = driver.offer(to: .xmpp, keys: [9])
        #expect(driver.offer(to: .xmpp, keys: [9]).words.isEmpty)
        #expect(driver.bridge.balance.duplicate == 1)
        #expect(driver.handle(.committed([CrossingID(1)])).words.prefix(2) == ["repeat 1", "acknowledge 1 1"])
        #expect(driver.bridge.balance.holds)
    }

    @Test("An item that comes again more often than the bound while the first is stored is refused")
    func followersBound() {
        var driver = BridgeDriver { $0.followers = 2 }
        _ = driver.offer(to: .xmpp, keys: [9])
        #expect(driver.offer(to: .xmpp, keys: [9]).words.isEmpty)
        #expect(driver.offer(to: .xmpp, keys: [9]).words.isEmpty)
        #expect(driver.offer(to: .xmpp, keys: [9]).words == ["refuse busy(retryAfter: 10)"])
        #expect(driver.handle(.committed([CrossingID(1)])).words.prefix(2) == ["repeat 1", "repeat 1"])
        #expect(driver.bridge.balance.duplicate == 2 && driver.bridge.balance.refused == 1)
        #expect(driver.bridge.balance.holds)
    }

    @Test("What came again while the store failed is refused like the first, and may come once more")
    func duplicateOfFailed() {
        var driver = BridgeDriver()
        _ = driver.offer(to: .xmpp, keys: [9])
        _ = driver.offer(to: .xmpp, keys: [9])
        let words = driver.handle(.commitFailed([CrossingID(1)], reason: "disk")).words
        #expect(words == ["refuse storage(retryAfter: 10)", "refuse storage(retryAfter: 10)"])
        #expect(driver.bridge.balance.duplicate == 0 && driver.bridge.balance.refused == 2)
        #expect(driver.bridge.balance.holds)
        #expect(driver.offer(to: .xmpp, keys: [9]).words == ["store 2"])
    }

    @Test("A link that has been idle for long is still up")
    func idleLink() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("xmpp:example.net"))
        for _ in 0..<5 { _ = driver.advance(milliseconds: 1_000) }
        _ = driver.offer(to: .xmpp, hop: "xmpp:example.net")
        #expect(driver.handle(.committed([CrossingID(1)])).words.contains("send 1 first"))
    }

    @Test("A neighbor that is no link is forgotten with its faults once nothing waits for it and the pause is over")
    func forgottenNeighbor() {
        var driver = BridgeDriver()
        _ = driver.stored(to: .xmpp, hop: "s2s:example.net/stranger.example")
        #expect(driver.bridge.hopStates.map(\.isUp) == [true])
        _ = driver.handle(.failed(CrossingID(1), failure(.hop(after: 60))))
        #expect(driver.bridge.hopStates.map(\.isUp) == [false])
        _ = driver.advance(milliseconds: 61_000)
        _ = driver.handle(.failed(CrossingID(1), failure(.never)))
        for _ in 0..<2 { _ = driver.advance(milliseconds: 1_000) }
        #expect(driver.bridge.hopStates.isEmpty)
    }

    @Test("Reports for a server that nobody reaches leave room to everybody else; messages for it are not bounded so")
    func shareOfReports() {
        var driver = BridgeDriver {
            $0.reportsPerServer = 2
            $0.reportBytesPerServer = 7
        }
        let hop = "s2s:example.net/stranger.example"
        func report(_ count: Int = 1, to hop: String) -> Offer {
            Offer(
                kind: .error,
                target: .xmpp,
                sender: "a",
                recipient: "b\(count)",
                hop: hop,
                lane: "",
                cargo: Cargo(source: [], wire: [UInt8](repeating: 1, count: count)),
                generation: "g"
            )
        }
        #expect(driver.handle(.offered(report(to: hop))).words == ["store 1"])
        #expect(driver.handle(.offered(report(7, to: hop))).words == ["refuse busy(retryAfter: 10)"])
        #expect(driver.handle(.offered(report(6, to: hop))).words == ["store 2"])
        #expect(driver.handle(.offered(report(to: hop))).words == ["refuse busy(retryAfter: 10)"])
        #expect(driver.handle(.offered(report(to: "xmpp:example.net"))).words == ["store 3"])
        #expect(driver.offer(to: .xmpp, hop: hop).words == ["store 4"])
        _ = driver.handle(.commitFailed([CrossingID(1), CrossingID(2), CrossingID(4)], reason: "full"))
        #expect(driver.handle(.offered(report(7, to: hop))).words == ["store 5"])
    }

    @Test("A full queue refuses aloud")
    func fullQueue() {
        var driver = BridgeDriver { $0.itemsPerHop = 2 }
        _ = driver.stored()
        _ = driver.stored()
        #expect(driver.offer().words == ["refuse busy(retryAfter: 10)"])
        #expect(driver.bridge.balance.refused == 1)
        #expect(driver.bridge.balance.holds)
    }

    @Test("A late stanza error reopens what counted as delivered")
    func lateErrorReopens() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        _ = driver.stored(to: .xmpp)
        _ = driver.handle(.delivered(CrossingID(1), report: ok))
        #expect(driver.handle(.failed(CrossingID(1), failure(.never))).words == ["reopened 1"])
        #expect(driver.bridge.balance.failed == 1)
        #expect(driver.bridge.balance.delivered == 0)
        _ = driver.stored(to: .xmpp)
        _ = driver.handle(.delivered(CrossingID(2), report: ok))
        _ = driver.advance(milliseconds: 30_000)
        #expect(driver.handle(.failed(CrossingID(2), failure(.never))).words == [])
    }

    @Test("An answer that waits carries the verdict, or goes at its time")
    func heldAnswer() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        _ = driver.offer(to: .xmpp, hold: 400_000_000)
        #expect(driver.handle(.committed([CrossingID(1)])).words == ["send 1 first"])
        let words = driver.handle(.failed(CrossingID(1), failure(.never))).words
        #expect(words == ["answer 1 480", "answered-with-failure 1"])
        _ = driver.offer(to: .xmpp, hold: 400_000_000)
        _ = driver.handle(.committed([CrossingID(2)]))
        #expect(driver.advance(milliseconds: 399).words == [])
        #expect(driver.advance(milliseconds: 1).words == ["acknowledge 2 2"])
    }

    @Test("What waited too long expires and its sender is told")
    func expiry() {
        var driver = BridgeDriver { $0.deadline = 5_000 }
        _ = driver.stored(to: .xmpp, hop: "xmpp:example.net")
        #expect(driver.advance(milliseconds: 4_999).words == [])
        #expect(driver.advance(milliseconds: 1_001).words == ["expired 1"])
        #expect(driver.bridge.balance.expired == 1)
        #expect(driver.bridge.balance.holds)
    }

    @Test("A sender's deadline shortens the configured one and never lengthens it")
    func sendersDeadline() throws {
        var driver = BridgeDriver { $0.deadline = 5_000 }
        let now = driver.now.wall
        for deadline in [nil, now + 1_000, now + 1_000_000] { _ = driver.offer(deadline: deadline) }
        #expect(
            (1...3).map { driver.bridge.item(CrossingID($0))?.deadline } == [now + 5_000, now + 1_000, now + 5_000]
        )
    }

    @Test("Users are counted while something is open between them, and few are remembered after that")
    func pairs() {
        var driver = BridgeDriver { $0.itemsPerPair = 1 }
        _ = driver.handle(.hopUp("proxy"))
        _ = driver.stored()
        #expect(driver.bridge.commits.isEmpty)
        #expect(driver.offer().words == ["refuse busy(retryAfter: 10)"])
        _ = driver.handle(.delivered(CrossingID(1), report: OutcomeReport(protocolCode: "200")))
        #expect(driver.offer().words == ["store 2"])
        let words = driver.handle(.commitFailed([CrossingID(2)], reason: "full")).words
        #expect(words == ["refuse storage(retryAfter: 10)"])
        #expect(driver.advance(milliseconds: 1).words == [])
        #expect(driver.bridge.commits.isEmpty)
        #expect(driver.bridge.pairs.count == 1)
        // The item that comes counts as one too.
        let last = OpenItems.mostIdle + 2
        for number in 2...last {
            #expect(driver.offer(from: "u\(number)@example.com").words == ["store \(number + 1)"])
            if number < last {
                _ = driver.handle(.commitFailed([CrossingID(Int64(number + 1))], reason: "full"))
                #expect(driver.bridge.pairs.count == number)
            }
        }
        // What is open is kept, for its room is bounded.
        #expect(driver.bridge.pairs.count == 1)
        #expect(driver.offer(from: "u\(last)@example.com").words == ["refuse busy(retryAfter: 10)"])
    }

    @Test("Random histories keep the balance, the order of each pair and one open request a lane")
    func randomHistories() {
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SplitMix(state: seed)
            var driver = BridgeDriver { $0.itemsPerPair = 20 }
            var open: [String: Int64] = [:]
            var onWire: [Int64] = []
            var committing: [Int64] = []
            var laneOf: [Int64: String] = [:]
            var lastSettled: [String: Int64] = [:]
            func note(_ effects: [BridgeEffect]) {
                for effect in effects {
                    switch effect {
                    case .store(let id): committing.append(id.number)
                    case .send(let id, _):
                        guard let offer = driver.bridge.item(id)?.offer else { continue }
                        #expect(open[offer.lane] == nil || open[offer.lane] == id.number)
                        open[offer.lane] = id.number
                        laneOf[id.number] = offer.lane
                        onWire.append(id.number)
                    case .settle(let item, .delivered):
                        let pair = item.offer.sender + item.offer.lane
                        #expect((lastSettled[pair] ?? 0) < item.id.number)
                        lastSettled[pair] = item.id.number
                    default: break
                    }
                }
            }
            for _ in 0..<400 {
                switch random.next(8) {
                case 0, 1, 2:
                    note(driver.offer(from: "s\(random.next(3))", lane: "sip:r\(random.next(3))@example.net"))
                case 3, 4:
                    guard !committing.isEmpty else { continue }
                    let id = committing.removeFirst()
                    note(
                        driver.handle(
                            random.next(9) == 0
                                ? .commitFailed([CrossingID(id)], reason: "") : .committed([CrossingID(id)])
                        )
                    )
                case 5, 6:
                    guard !onWire.isEmpty else { continue }
                    let id = onWire.remove(at: Int(random.next(UInt64(onWire.count))))
                    if let lane = laneOf[id], open[lane] == id { open[lane] = nil }
                    switch random.next(5) {
                    case 0: note(driver.handle(.failed(CrossingID(id), failure(.never))))
                    case 1: note(driver.handle(.failed(CrossingID(id), failure(.backoff(after: nil)))))
                    case 2: note(driver.handle(.failed(CrossingID(id), failure(.hop(after: nil)))))
                    default: note(driver.handle(.delivered(CrossingID(id), report: ok)))
                    }
                default: note(driver.advance(milliseconds: Int64(random.next(3_000))))
                }
                #expect(driver.bridge.balance.holds)
            }
        }
    }
}

struct SplitMix {
    var state: UInt64
    mutating func next(_ bound: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (z ^ (z >> 31)) % bound
    }
}
