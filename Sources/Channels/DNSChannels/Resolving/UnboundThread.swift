import DequeModule
import HeapModule
import NIOCore

/// What the thread of a resolver does: it asks the library, and answers whoever waits.
final class UnboundThread: Sendable {
    private let context: UnboundContext
    private let inbox: UnboundInbox
    private let wakeup: Wakeup
    private let configuration: ResolverConfiguration

    init(
        _ context: UnboundContext,
        inbox: UnboundInbox,
        wakeup: Wakeup,
        _ configuration: ResolverConfiguration
    ) {
        self.context = context
        self.inbox = inbox
        self.wakeup = wakeup
        self.configuration = configuration
    }

    /// Runs until the resolver is stopped.
    func run() {
        let work = UnboundWork(configuration, settled: inbox.settled)
        while true {
            let (arrived, isStopped) = inbox.take()
            for asked in arrived { work.add(asked) }
            if isStopped { break }
            work.expire(now: .now())
            work.start { context.ask($0.question, $0) }
            context.wait(or: wakeup, milliseconds: work.patience(now: .now()))
            context.process()
        }
        work.end()
    }
}

/// The questions of one resolver: which wait, which the library works on, and when each is too late.
final class UnboundWork {
    private struct Limit: Comparable {
        let deadline: NIODeadline
        let number: UInt64

        static func < (one: Self, other: Self) -> Bool {
            (one.deadline, one.number) < (other.deadline, other.number)
        }
    }

    private let limits: DNSLimits
    private let places: Int
    private let settled: () -> Void
    private var next: UInt64 = 0
    private var waiting = Deque<UInt64>()
    /// What has no answer yet.
    private var asked: [UInt64: UnboundInbox.Asked] = [:]
    /// What the library works on, whether or not somebody still waits.
    private var tickets: [UInt64: UnboundTicket] = [:]
    private var deadlines = Heap<Limit>()

    init(_ configuration: ResolverConfiguration, settled: @escaping () -> Void) {
        limits = configuration.limits
        places = max(1, configuration.openQuestions)
        self.settled = settled
    }

    /// How many questions the library works on.
    var open: Int { tickets.count }

    func add(_ question: UnboundInbox.Asked) {
        next += 1
        asked[next] = question
        waiting.append(next)
        deadlines.insert(Limit(deadline: question.deadline, number: next))
    }

    /// Gives questions to the library while it has room.
    ///
    /// - Parameter ask: gives one, and says why it could not.
    func start(_ ask: (UnboundTicket) -> String?) {
        while tickets.count < places, let number = waiting.popFirst() {
            guard let question = asked[number] else { continue }
            guard question.open.isOpen else {
                settle(number, with: nil)
                continue
            }
            let ticket = UnboundTicket(number, question.question) { [unowned self] in received($0, $1) }
            tickets[number] = ticket
            if let reason = ask(ticket) {
                tickets[number] = nil
                settle(number, with: .failed(.refused(reason)))
            }
        }
    }

    /// Answers what is too late.
    func expire(now: NIODeadline) {
        while let first = deadlines.min, first.deadline <= now {
            deadlines.removeMin()
            settle(first.number, with: .failed(.timedOut))
        }
    }

    /// Milliseconds until something is too late, at most a minute.
    func patience(now: NIODeadline) -> CInt {
        while let first = deadlines.min, asked[first.number] == nil { deadlines.removeMin() }
        guard let first = deadlines.min else { return 60_000 }
        let nanoseconds = max(0, (first.deadline - now).nanoseconds)
        return CInt(min(60_000, nanoseconds / 1_000_000 + 1))
    }

    /// Answers everything, since the resolver stops.
    func end() {
        for number in asked.keys.sorted() { settle(number, with: .failed(.stopped)) }
    }

    private func received(_ number: UInt64, _ result: UnboundResult) {
        guard let ticket = tickets.removeValue(forKey: number) else { return }
        settle(number, with: result.answer(to: ticket.question, limits: limits))
    }

    private func settle(_ number: UInt64, with answer: DNSAnswer?) {
        guard let question = asked.removeValue(forKey: number) else { return }
        if let answer { question.open.deliver(answer) }
        settled()
    }
}
