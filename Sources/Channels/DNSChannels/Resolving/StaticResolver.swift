public import NIOCore
import Synchronization

/// Answers from memory, for tests and for names that an operator overrides.
public final class StaticResolver: Resolver {
    private let answers: [DNSQuestion: DNSAnswer]
    private let silent: Set<DNSQuestion>
    private let others: (any Resolver)?
    private let log = Mutex<[DNSQuestion]>([])

    /// Makes a resolver.
    ///
    /// - Parameters:
    ///   - answers: what it knows.
    ///   - silent: questions that are never answered.
    ///   - others: who is asked for names that neither has; without one they do not exist.
    public init(
        _ answers: [DNSQuestion: DNSAnswer],
        silent: Set<DNSQuestion> = [],
        otherwise others: (any Resolver)? = nil
    ) {
        self.answers = answers
        self.silent = silent
        self.others = others
    }

    /// What was asked so far, at most 10,000 questions.
    public var asked: [DNSQuestion] { log.withLock { $0 } }

    /// Asks a question, as ``Resolver`` says.
    public func ask(
        _ question: DNSQuestion,
        within patience: TimeAmount,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (DNSAnswer) -> Void
    ) -> OpenQuestion {
        log.withLock { if $0.count < 10_000 { $0.append(question) } }
        if let answer = answers[question] {
            let open = OpenQuestion(on: eventLoop, deliver: deliver)
            open.deliver(answer)
            return open
        }
        if silent.contains(question) {
            let open = OpenQuestion(on: eventLoop, deliver: deliver)
            eventLoop.scheduleTask(in: patience) { open.deliver(.failed(.timedOut)) }
            return open
        }
        // A name that has other records exists.
        let isKnown = answers.keys.contains { $0.name == question.name }
        if !isKnown, let others { return others.ask(question, within: patience, on: eventLoop, deliver: deliver) }
        let open = OpenQuestion(on: eventLoop, deliver: deliver)
        open.deliver(DNSAnswer(isKnown ? .noData : .noSuchName, names: [question.name]))
        return open
    }
}
