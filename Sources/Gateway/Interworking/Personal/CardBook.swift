/// Whose cards were asked for, and in whose name.
///
/// A card does not say when it changes, so that it is asked for again from time to time.
///
/// Source: XEP-0054 §3.
public struct CardBook: Sendable {
    /// Bounds; times in milliseconds.
    public struct Limits: Sendable, Equatable {
        /// Open questions.
        public var questions = 100
        /// Pairs of users and contacts of which it is known when they were asked for.
        public var asked = 20_000
        /// How long an answer may take.
        public var patience: Int64 = 30_000
        /// How long a card that was asked for is not asked for again.
        public var pause: Int64 = 3_600_000

        /// The defaults.
        public init() {}
    }

    private struct Pair: Hashable {
        let user: String
        let contact: String
    }

    private struct Question {
        let pair: Pair
        let due: Int64
    }

    private let limits: Limits
    private var asked: Recent<Pair, Int64>
    private var questions: [String: Question] = [:]

    /// Makes a book in which nobody was asked for.
    ///
    /// - Parameter limits: the bounds.
    public init(limits: Limits = Limits()) {
        self.limits = limits
        asked = Recent(capacity: limits.asked)
    }

    /// How many questions are open, those among them that nobody will answer any more.
    public var count: Int { questions.count }

    /// A contact may know a user, who is there.
    ///
    /// - Parameters:
    ///   - user: the user.
    ///   - contact: in whose name the card is asked for.
    ///   - now: the time, in Unix milliseconds.
    ///   - id: an identifier that nobody can guess.
    /// - Returns: whether to ask, under the identifier.
    public mutating func isToBeAsked(_ user: String, by contact: String, now: Int64, id: String) -> Bool {
        let pair = Pair(user: user, contact: contact)
        if let last = asked[pair], now - last < limits.pause { return false }
        if questions.count >= limits.questions { questions = questions.filter { $0.value.due > now } }
        guard questions.count < limits.questions else { return false }
        asked[pair] = now
        questions[id] = Question(pair: pair, due: now + limits.patience)
        return true
    }

    /// A link is lost: nobody will answer what was asked over it, and that may be asked again.
    ///
    /// - Parameter domain: the domain of the contacts in whose names was asked over the link.
    public mutating func linkLost(_ domain: String) {
        for (id, question) in questions where question.pair.contact.hasSuffix("@" + domain) {
            questions[id] = nil
            asked[question.pair] = nil
        }
    }

    /// A user answered, or refused to.
    ///
    /// - Parameters:
    ///   - id: the identifier of the answer.
    ///   - user: who answered.
    /// - Returns: the contact in whose name was asked; nil when nobody did.
    public mutating func answered(_ id: String, by user: String) -> String? {
        guard let question = questions[id], question.pair.user == user else { return nil }
        questions[id] = nil
        return question.pair.contact
    }
}
