import SIPTransactions
import Testing

@Suite("NonInviteClient")
struct NonInviteClientTests {
    /// Runs the clock; gives the times in milliseconds at which something was to be done.
    private func run(_ machine: inout NonInviteClient, to end: UInt64) -> [(UInt64, NonInviteClient.Action)] {
        var events: [(UInt64, NonInviteClient.Action)] = []
        while let deadline = machine.deadline, deadline <= end {
            let action = machine.timerFired(now: deadline)
            events.append((deadline / millisecond, action))
        }
        return events
    }

    @Test("SIP-TXN-001 RFC 3261 §17.1.2.2: timers E and F with a silent peer")
    func silentPeer() {
        var machine = NonInviteClient(timers: TransactionTimers(), isReliable: false, now: 0)
        let events = run(&machine, to: 100 * second)
        #expect(
            events.map(\.0)
                == [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000]
        )
        #expect(events.dropLast().allSatisfy { $0.1 == .send })
        #expect(events.last?.1 == .timeout)
        #expect(machine.deadline == nil)
        #expect(machine.receive(status: 200, now: 40 * second) == .none)
    }

    @Test("RFC 3261 §17.1.2.2: after a provisional response timer E is T2")
    func proceeding() {
        var machine = NonInviteClient(timers: TransactionTimers(), isReliable: false, now: 0)
        #expect(machine.receive(status: 100, now: 600 * millisecond) == .provisional)
        #expect(machine.receive(status: 100, now: 700 * millisecond) == .provisional)
        #expect(machine.deadline == 4_600 * millisecond)
        let events = run(&machine, to: 100 * second)
        #expect(events.map(\.0) == [4_600, 8_600, 12_600, 16_600, 20_600, 24_600, 28_600, 32_000])
        #expect(events.last?.1 == .timeout)
    }

    @Test("RFC 3261 §17.1.2.2: timer K absorbs copies of the final response")
    func completed() {
        var machine = NonInviteClient(timers: TransactionTimers(), isReliable: false, now: 0)
        #expect(machine.receive(status: 404, now: second) == .final)
        #expect(machine.isFinished)
        #expect(machine.receive(status: 404, now: 2 * second) == .none)
        #expect(machine.receive(status: 200, now: 2 * second) == .none)
        #expect(machine.deadline == 6 * second)
        #expect(machine.timerFired(now: 6 * second - 1) == .none)
        #expect(machine.timerFired(now: 6 * second) == .terminated)
        #expect(machine.deadline == nil)
    }

    @Test("RFC 3261 §17.1.2.2: over a reliable transport nothing is sent twice and K is zero")
    func reliable() {
        var silent = NonInviteClient(timers: TransactionTimers(), isReliable: true, now: 0)
        #expect(run(&silent, to: 100 * second).map(\.0) == [32_000])
        var answered = NonInviteClient(timers: TransactionTimers(), isReliable: true, now: 0)
        #expect(answered.receive(status: 183, now: 1) == .provisional)
        #expect(answered.deadline == 32 * second)
        #expect(answered.receive(status: 200, now: 2) == .final)
        #expect(answered.deadline == nil)
    }

    @Test("a clock that jumps sends once, not once for each missed time")
    func jumpingClock() {
        var machine = NonInviteClient(timers: TransactionTimers(), isReliable: false, now: 0)
        #expect(machine.timerFired(now: 20 * second) == .send)
        #expect(machine.deadline == 21 * second)
        _ = machine.receive(status: 100, now: 21 * second)
        #expect(machine.timerFired(now: 30 * second) == .send)
        #expect(machine.deadline == 32 * second)
    }
}

@Suite("NonInviteServer")
struct NonInviteServerTests {
    private func machine(reliable: Bool = false) -> NonInviteServer {
        NonInviteServer(timers: TransactionTimers(), isReliable: reliable, now: 0)
    }

    @Test("SIP-TXN-005 RFC 3261 §17.2.2: timer J is 64*T1, or zero")
    func timerJ() {
        var machine = machine()
        #expect(machine.receivedAgain() == .none)
        #expect(machine.respond(status: 202, now: second) == .send)
        #expect(machine.receivedAgain() == .repeatResponse)
        #expect(machine.deadline == 33 * second)
        #expect(machine.timerFired(now: 33 * second - 1) == .none)
        #expect(machine.timerFired(now: 33 * second) == .terminated)
        var reliable = self.machine(reliable: true)
        #expect(reliable.respond(status: 202, now: 1) == .sendAndTerminate)
        #expect(reliable.deadline == nil)
    }

    @Test("SIP-TXN-009 RFC 4320 §4.1: a 100 at 3.5 s, none before over UDP, and no other provisional one")
    func provisional() {
        var machine = machine()
        #expect(machine.respond(status: 100, now: 3_499 * millisecond) == .refuse)
        #expect(machine.respond(status: 183, now: 3_600 * millisecond) == .refuse)
        #expect(machine.deadline == 3_500 * millisecond)
        #expect(machine.timerFired(now: 3_500 * millisecond) == .sendTrying)
        #expect(machine.receivedAgain() == .repeatResponse)
        #expect(machine.respond(status: 200, now: 5 * second) == .send)
        var reliable = self.machine(reliable: true)
        #expect(reliable.respond(status: 100, now: 1) == .send)
        #expect(reliable.respond(status: 180, now: 2) == .refuse)
        var silent = self.machine(reliable: true)
        #expect(silent.timerFired(now: 3_500 * millisecond) == .sendTrying)
    }

    @Test("SIP-TXN-010 RFC 4320 §4.2: never a 408, and nothing when it is too late")
    func late() {
        var machine = machine()
        #expect(machine.respond(status: 408, now: second) == .refuse)
        _ = machine.timerFired(now: 4 * second)
        #expect(machine.respond(status: 200, now: 32 * second) == .refuse)
        #expect(machine.timerFired(now: 32 * second) == .expired)
        #expect(machine.receivedAgain() == .none)
        #expect(machine.respond(status: 200, now: 33 * second) == .refuse)
        #expect(machine.deadline == 37 * second)
        #expect(machine.timerFired(now: 37 * second) == .terminated)
    }

    @Test("RFC 3261 §17.2.2: a second final response is not sent")
    func secondFinal() {
        var machine = machine()
        #expect(machine.respond(status: 200, now: 1) == .send)
        #expect(machine.respond(status: 500, now: 2) == .refuse)
    }

    @Test("the quiet time follows T1 and T2")
    func quietTime() {
        #expect(TransactionTimers().quietTime == 3_500 * millisecond)
        #expect(TransactionTimers(roundTrip: second).quietTime == 3 * second)
        #expect(TransactionTimers(roundTrip: 0, longestPause: 0).quietTime == 0)
    }
}
