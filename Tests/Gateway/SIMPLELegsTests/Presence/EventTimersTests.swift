import Testing

@testable import SIMPLELegs

@Suite("EventTimers")
struct EventTimersTests {
    @Test("each comes once, in the order of its last time")
    func order() {
        var timers = EventTimers()
        timers.set(1, to: 30)
        timers.set(2, to: 20)
        timers.set(1, to: 10)
        timers.set(3, to: 5)
        timers.set(3, to: nil)
        #expect(timers.next(now: 9) == nil)
        #expect(timers.next(now: 20) == 1)
        #expect(timers.next(now: 20) == 2)
        #expect(timers.next(now: 100) == nil)
    }

    @Test("times that were moved away do not pile up")
    func bounded() {
        var timers = EventTimers()
        timers.set(2, to: 7)
        for time in 0..<10_000 {
            timers.set(1, to: UInt64(1_000_000 + time))
            #expect(timers.count <= 2 * 2 + EventTimers.slack + 1)
        }
        #expect(timers.next(now: 7) == 2)
        #expect(timers.next(now: 1_009_998) == nil)
        #expect(timers.next(now: 1_009_999) == 1)
    }
}
