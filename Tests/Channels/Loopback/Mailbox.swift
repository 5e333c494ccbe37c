public import NIOCore

/// What came, in order, handed to whoever waits for it; waiting too long is an error.
public final class Mailbox<Value: Sendable>: Sendable {
    /// Nothing came in time.
    public struct NothingCame: Error {}

    private struct State {
        var values: [Value] = []
        var waiting: [EventLoopPromise<Value>] = []
    }

    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    /// Makes an empty one.
    public init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Adds a value; called on the loop.
    public func put(_ value: Value) {
        if state.value.waiting.isEmpty {
            state.value.values.append(value)
        } else {
            state.value.waiting.removeFirst().succeed(value)
        }
    }

    /// The next value.
    ///
    /// - Throws: ``NothingCame`` after ten seconds.
    public func next() async throws -> Value {
        try await eventLoop.flatSubmit { [state, eventLoop] in
            guard state.value.values.isEmpty else {
                return eventLoop.makeSucceededFuture(state.value.values.removeFirst())
            }
            let promise = eventLoop.makePromise(of: Value.self)
            state.value.waiting.append(promise)
            let deadline = eventLoop.scheduleTask(in: .seconds(10)) {
                state.value.waiting.removeAll { $0.futureResult == promise.futureResult }
                promise.fail(NothingCame())
            }
            promise.futureResult.whenComplete { _ in deadline.cancel() }
            return promise.futureResult
        }.get()
    }

    /// What came and was not taken.
    public func rest() async throws -> [Value] {
        try await eventLoop.submit { [state] in state.value.values }.get()
    }
}
