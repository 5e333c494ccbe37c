/// Which servers say that they know addresses beside a message, and which were asked.
///
/// Source: XEP-0033 §2.
public struct AddressingBook: Sendable {
    /// Bounds; times in milliseconds.
    public struct Limits: Sendable, Equatable {
        /// Open questions.
        public var questions = 100
        /// Servers of which it is known what they said, or that they were asked.
        public var servers = 1_000
        /// How long an answer may take.
        public var patience: Int64 = 30_000
        /// How long a server that has not answered is not asked again.
        public var pause: Int64 = 3_600_000
        /// How long an answer holds.
        public var lifetime: Int64 = 24 * 3_600_000

        /// The defaults.
        public init() {}
    }

    private struct Word {
        let isKnown: Bool
        let expires: Int64
    }

    private struct Question {
        let server: String
        let own: String
        let due: Int64
    }

    private let limits: Limits
    private var words: Recent<String, Word>
    private var questions: [String: Question] = [:]

    /// Makes a book in which nobody was asked.
    ///
    /// - Parameter limits: the bounds.
    public init(limits: Limits = Limits()) {
        self.limits = limits
        words = Recent(capacity: limits.servers)
    }

    /// How many questions are open, those among them that nobody will answer any more.
    public var count: Int { questions.count }

    /// Whether a server has said that it knows addresses.
    ///
    /// - Parameters:
    ///   - server: its domain.
    ///   - now: the time, in Unix milliseconds.
    /// - Returns: false also while it has not answered; nil when it is to be asked.
    public func takesAddresses(_ server: String, now: Int64) -> Bool? {
        words[server].flatMap { $0.expires > now ? $0.isKnown : nil }
    }

    /// A server is to be asked.
    ///
    /// - Parameters:
    ///   - server: its domain.
    ///   - own: the domain in whose name it is asked.
    ///   - now: the time, in Unix milliseconds.
    ///   - id: an identifier that nobody can guess.
    /// - Returns: whether to ask, under the identifier.
    public mutating func ask(_ server: String, by own: String, now: Int64, id: String) -> Bool {
        if questions.count >= limits.questions { questions = questions.filter { $0.value.due > now } }
        guard questions.count < limits.questions else { return false }
        questions[id] = Question(server: server, own: own, due: now + limits.patience)
        words[server] = Word(isKnown: false, expires: now + limits.pause)
        return true
    }

    /// A server answered, or refused to.
    ///
    /// - Parameters:
    ///   - id: the identifier of the answer.
    ///   - server: who answered.
    ///   - features: what it says that it knows; empty for a refusal.
    ///   - now: the time, in Unix milliseconds.
    public mutating func answered(_ id: String, by server: String, features: [String], now: Int64) {
        guard let question = questions[id], question.server == server else { return }
        questions[id] = nil
        let isKnown = features.contains(StanzaContent.addresses)
        words[server] = Word(isKnown: isKnown, expires: now + limits.lifetime)
    }

    /// A link is lost: nobody will answer what was asked over it, and that may be asked again.
    ///
    /// - Parameter domain: the domain in whose name was asked over the link.
    public mutating func linkLost(_ domain: String) {
        for (id, question) in questions where question.own == domain {
            questions[id] = nil
            words[question.server] = nil
        }
    }
}
