import Testing
import XMPPStreams

@Suite("PingBarrier")
struct PingBarrierTests {
    @Test("RFC 6120 §10.1: an answer confirms what was sent before its ping, in order, and nothing else")
    func answersConfirm() {
        var barrier = PingBarrier<String>()
        #expect(!barrier.wantsPing)
        barrier.sent("a")
        barrier.sent("b")
        #expect(barrier.wantsPing)
        #expect(barrier.ping(now: 5) == 1)
        #expect(barrier.flight?.since == 5)
        barrier.sent("c")
        #expect(!barrier.wantsPing)
        #expect(barrier.ping(now: 6) == nil)
        #expect(barrier.answered(2) == [])
        #expect(barrier.answered(1) == ["a", "b"])
        #expect(barrier.answered(1) == [])
        #expect(barrier.wantsPing)
        #expect(barrier.ping(now: 7) == 2)
        #expect(barrier.answered(1) == [])
        #expect(barrier.answered(2) == ["c"])
        #expect(barrier.count == 0)
    }

    @Test("A ping with nothing to confirm is possible, as a sign of life")
    func emptyPing() {
        var barrier = PingBarrier<Int>()
        #expect(barrier.ping(now: 0) == 1)
        #expect(barrier.answered(1) == [])
        #expect(barrier.flight == nil)
    }

    @Test("The end gives back everything unconfirmed, in order, once")
    func disconnection() {
        var barrier = PingBarrier<Int>()
        barrier.sent(1)
        _ = barrier.ping(now: 0)
        barrier.sent(2)
        #expect(barrier.disconnected() == [1, 2])
        #expect(barrier.disconnected() == [])
        #expect(barrier.flight == nil)
        #expect(barrier.answered(1) == [])
    }

    @Test("The bound counts what is covered and what waits")
    func bound() {
        var barrier = PingBarrier<Int>(limits: .init(items: 2))
        barrier.sent(1)
        _ = barrier.ping(now: 0)
        #expect(!barrier.isFull)
        barrier.sent(2)
        #expect(barrier.isFull)
        _ = barrier.answered(1)
        #expect(!barrier.isFull)
    }
}

@Suite("Reconnection")
struct ReconnectionTests {
    private let low: UInt64 = 0
    private let high = UInt64.max

    @Test("RFC 6120 §3.3: the first wait lies between 0 and 60 seconds, and waits grow to 10 minutes")
    func waitsGrow() {
        for (jitter, waits) in [
            (low, [0, 60, 120, 240, 300, 300, 300] as [UInt64]), (high, [60, 120, 240, 480, 600, 600, 600]),
        ] {
            var schedule = Reconnection()
            for wait in waits { #expect(schedule.ended(.usual, now: 7, jitter: jitter) == 7 + wait * second) }
        }
        var half = Reconnection()
        #expect(half.ended(.usual, now: 0, jitter: 1 << 63) == 30 * second)
    }

    @Test("RFC 6120 §4.9.3: behind a fault of configuration at least 60 seconds pass")
    func slowWaits() {
        var schedule = Reconnection()
        #expect(schedule.ended(.slow, now: 0, jitter: low) == 60 * second)
        schedule = Reconnection()
        #expect(schedule.ended(.slow, now: 0, jitter: high) == 90 * second)
        for _ in 0..<10 { _ = schedule.ended(.slow, now: 0, jitter: low) }
        #expect(schedule.ended(.slow, now: 0, jitter: high) == 600 * second)
    }

    @Test("A link that held for five minutes begins anew; one that did not goes on")
    func stableLinks() {
        var schedule = Reconnection()
        for _ in 0..<3 { _ = schedule.ended(.usual, now: 0, jitter: low) }
        schedule.opened(now: 100)
        #expect(schedule.ended(.usual, now: 100 + 300 * second - 1, jitter: low) == 100 + 540 * second - 1)
        schedule.opened(now: 100)
        #expect(schedule.ended(.usual, now: 100 + 300 * second, jitter: low) == 100 + 300 * second)
        #expect(schedule.failures == 1)
    }

    @Test("No number overflows")
    func extremes() {
        var schedule = Reconnection(limits: .init(first: .max, longest: .max, slow: .max, stable: 0))
        for _ in 0..<100 { #expect(schedule.ended(.slow, now: .max, jitter: high) == .max) }
        var zero = Reconnection(limits: .init(first: 0, longest: 0, slow: 0, stable: 0))
        for _ in 0..<100 { #expect(zero.ended(.usual, now: 3, jitter: high) == 3) }
    }
}
