import Testing

@testable import Ledger

@Suite("CommitPace")
struct CommitPaceTests {
    private let start = ContinuousClock.now
    private let interval = Duration.microseconds(400)

    @Test("A rate below the schedule is never delayed")
    func lowRate() {
        var pace = CommitPace(interval: interval, now: start)
        for index in 0..<1000 {
            let now = start + interval * index
            #expect(pace.delay(now: now) == .zero)
            pace.begins(now: now)
        }
    }

    @Test("A few in a row begin at once; then each waits for the schedule, and never longer than one interval")
    func highRate() {
        var pace = CommitPace(interval: interval, now: start)
        var now = start
        var prompt = 0
        while pace.delay(now: now) == .zero {
            pace.begins(now: now)
            prompt += 1
        }
        #expect(prompt == CommitPace.burst + 1)
        for _ in 0..<100 {
            let delay = pace.delay(now: now)
            #expect(delay == interval)
            now = now + delay
            pace.begins(now: now)
        }
    }

    @Test("After a pause the next ones begin at once again")
    func afterPause() {
        var pace = CommitPace(interval: interval, now: start)
        for _ in 0..<100 {
            pace.begins(now: start)
        }
        let later = start + interval * 200
        #expect(pace.delay(now: later) == .zero)
    }

    @Test("Without an interval nothing is delayed")
    func noInterval() {
        var pace = CommitPace(interval: .zero, now: start)
        for _ in 0..<100 {
            pace.begins(now: start)
            #expect(pace.delay(now: start) == .zero)
        }
    }
}
