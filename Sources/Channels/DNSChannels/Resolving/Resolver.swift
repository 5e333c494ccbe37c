public import NIOCore
import Synchronization

/// Asks the DNS.
public protocol Resolver: Sendable {
    /// Asks a question; the answer comes once, on the event loop, unless the question is cancelled.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - patience: how long an answer may take; after it comes ``ResolverFailure/timedOut``.
    ///   - eventLoop: where the answer is delivered.
    ///   - deliver: takes the answer.
    /// - Returns: the means to cancel.
    @discardableResult
    func ask(
        _ question: DNSQuestion,
        within patience: TimeAmount,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (DNSAnswer) -> Void
    ) -> OpenQuestion
}

extension Resolver {
    /// Asks a question and waits for the answer.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - patience: how long an answer may take.
    ///   - eventLoop: a loop that the answer passes through.
    /// - Returns: the answer.
    public func answer(
        to question: DNSQuestion,
        within patience: TimeAmount = .seconds(5),
        on eventLoop: any EventLoop
    ) async -> DNSAnswer {
        await withCheckedContinuation { continuation in
            ask(question, within: patience, on: eventLoop) { continuation.resume(returning: $0) }
        }
    }
}

/// A question that was asked.
///
/// Whoever delivers takes the closure out, and so does whoever cancels: it runs at most once.
public final class OpenQuestion: Sendable {
    private let eventLoop: any EventLoop
    private let receiver: Mutex<(@Sendable (DNSAnswer) -> Void)?>

    /// Makes an open question, for a resolver.
    ///
    /// - Parameters:
    ///   - eventLoop: where the answer is delivered.
    ///   - deliver: takes the answer.
    public init(on eventLoop: any EventLoop, deliver: @escaping @Sendable (DNSAnswer) -> Void) {
        self.eventLoop = eventLoop
        receiver = Mutex(deliver)
    }

    /// Delivers the answer on the event loop, in a turn of its own.
    public func deliver(_ answer: DNSAnswer) {
        eventLoop.execute { self.take()?(answer) }
    }

    /// Gives the question up: called on its event loop, no answer comes any more.
    public func cancel() { _ = take() }

    /// Whether an answer is still wanted.
    public var isOpen: Bool { receiver.withLock { $0 != nil } }

    private func take() -> (@Sendable (DNSAnswer) -> Void)? {
        receiver.withLock { receiver in
            defer { receiver = nil }
            return receiver
        }
    }
}
