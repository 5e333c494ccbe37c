import DNSChannels
import NIOCore
import Synchronization

/// A clock that a test moves.
final class TestClock: Sendable {
    struct NeverScheduled: Error {}

    private struct Call {
        let number: Int
        let deadline: NIODeadline
        let eventLoop: any EventLoop
        let call: @Sendable () -> Void
    }

    private struct State {
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var calls: [Call] = []
        var next = 0
    }

    private let state = Mutex(State())

    var now: NIODeadline { state.withLock { $0.now } }

    /// The clock, as a connector takes it.
    var clock: ConnectorClock {
        ConnectorClock(
            now: { self.now },
            schedule: { eventLoop, deadline, call in
                let number = self.state.withLock { state in
                    state.next += 1
                    state.calls.append(Call(number: state.next, deadline: deadline, eventLoop: eventLoop, call: call))
                    return state.next
                }
                return { self.state.withLock { $0.calls.removeAll { $0.number == number } } }
            }
        )
    }

    /// Waits until something is to be called so many milliseconds from the clock's time.
    func wait(for milliseconds: Int64) async throws {
        let deadline = now + .milliseconds(milliseconds)
        let limit = NIODeadline.now() + .seconds(10)
        while !state.withLock({ $0.calls.contains { $0.deadline == deadline } }) {
            guard NIODeadline.now() < limit else { throw NeverScheduled() }
            await Task.yield()
        }
    }

    /// Waits until something is to be called so many milliseconds from the clock's time, and moves the clock there.
    func advance(_ milliseconds: Int64) async throws {
        try await wait(for: milliseconds)
        let deadline = now + .milliseconds(milliseconds)
        let due = state.withLock { state in
            state.now = deadline
            let due = state.calls.filter { $0.deadline <= deadline }
            state.calls.removeAll { $0.deadline <= deadline }
            return due
        }
        for call in due.sorted(by: { $0.deadline < $1.deadline }) { call.eventLoop.execute(call.call) }
    }
}
