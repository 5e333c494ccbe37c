public import NIOCore
import NIOPosix
import Synchronization

/// Asks the DNS by the system's libunbound, which caches and validates DNSSEC.
///
/// One thread of its own makes every call of the library and waits for its answers; the event loops never wait.
public final class UnboundResolver: Resolver {
    private let inbox = UnboundInbox()
    private let wakeup: Wakeup
    private let pool: NIOThreadPool
    private let limit: Int

    /// Starts a resolver.
    ///
    /// - Parameter configuration: whom it asks, what it trusts, and its bounds.
    /// - Throws: ``ResolverFault`` when the configuration cannot be taken.
    public init(_ configuration: ResolverConfiguration = ResolverConfiguration()) throws(ResolverFault) {
        let context = try UnboundContext(configuration)
        wakeup = try Wakeup()
        limit = configuration.pendingQuestions
        pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let thread = UnboundThread(context, inbox: inbox, wakeup: wakeup, configuration)
        pool.submit { [pool] state in
            if state == .active { thread.run() }
            pool.shutdownGracefully { _ in }
        }
    }

    deinit { stop() }

    /// Asks a question, as ``Resolver`` says.
    public func ask(
        _ question: DNSQuestion,
        within patience: TimeAmount,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (DNSAnswer) -> Void
    ) -> OpenQuestion {
        let open = OpenQuestion(on: eventLoop, deliver: deliver)
        switch inbox.put(.init(question: question, open: open, deadline: .now() + patience), limit: limit) {
        case .taken: wakeup.ring()
        case .full: open.deliver(.failed(.overloaded))
        case .stopped: open.deliver(.failed(.stopped))
        }
        return open
    }

    /// Stops: every open question is answered with ``ResolverFailure/stopped``, and so is every later one.
    public func stop() {
        inbox.stop()
        wakeup.ring()
    }
}

/// What was asked and the thread has not taken.
final class UnboundInbox: Sendable {
    /// A question with who waits for it.
    struct Asked: Sendable {
        let question: DNSQuestion
        let open: OpenQuestion
        let deadline: NIODeadline
    }

    enum Reception {
        case taken
        case full
        case stopped
    }

    private struct State {
        var arrived: [Asked] = []
        /// How many have no answer, those that the thread has taken included.
        var pending = 0
        var isStopped = false
    }

    private let state = Mutex(State())

    func put(_ asked: Asked, limit: Int) -> Reception {
        state.withLock { state in
            guard !state.isStopped else { return .stopped }
            guard state.pending < limit else { return .full }
            state.pending += 1
            state.arrived.append(asked)
            return .taken
        }
    }

    /// What has arrived, and whether the thread shall end.
    func take() -> (arrived: [Asked], isStopped: Bool) {
        state.withLock { state in
            defer { state.arrived = [] }
            return (state.arrived, state.isStopped)
        }
    }

    func settled() { state.withLock { $0.pending -= 1 } }

    func stop() { state.withLock { $0.isStopped = true } }
}
