/// What a legal hold keeps.
public enum HoldScope: Sendable, Equatable {
    /// Everything of one person, by address.
    case person(String)
    /// Everything between two persons, by address.
    case conversation(String, String)
    /// Everything of a domain's users.
    case domain(String)

    /// The word in output: `person`, `conversation`, `domain`.
    public var kind: String {
        switch self {
        case .person: "person"
        case .conversation: "conversation"
        case .domain: "domain"
        }
    }

    /// The addresses or the domain, with a blank between two.
    public var text: String {
        switch self {
        case .person(let address): address
        case .conversation(let one, let other): "\(one) \(other)"
        case .domain(let domain): domain
        }
    }

    /// The label by which keys are known that it covers.
    ///
    /// - Parameter labels: of the store.
    /// - Returns: the label.
    public func label(_ labels: BodyLabels) -> BodyLabel {
        switch self {
        case .person(let address): labels.person(address)
        case .conversation(let one, let other): labels.conversation(one, other)
        case .domain(let domain): labels.domain(domain)
        }
    }
}

/// A legal hold: what it covers is erased by nobody and by no rule, until two operators have lifted it.
public struct Hold: Sendable, Equatable {
    /// One operator's part of an act.
    public struct Act: Sendable, Equatable {
        /// Who, such as `uid 1000`.
        public var actor: String
        /// When: milliseconds since 1970-01-01T00:00:00Z.
        public var time: Int64

        /// Names who acts when.
        ///
        /// - Parameters:
        ///   - actor: who.
        ///   - time: milliseconds since 1970-01-01T00:00:00Z.
        public init(actor: String, time: Int64) {
            self.actor = actor
            self.time = time
        }
    }

    /// Its number, from 1; given by the store.
    public var id: Int64
    /// What it covers.
    public var scope: HoldScope
    /// The label of that in the file of keys.
    public var label: BodyLabel
    /// The first UTC day of acceptance that it covers, counted from 1970-01-01; nil for all before the last.
    public var firstDay: Int64?
    /// The last one; nil for all to come.
    public var lastDay: Int64?
    /// Why, in the words of who placed it.
    public var reason: String
    /// Who placed it, and when.
    public var placed: Act
    /// Who asked first that it be lifted, and when.
    public var asked: Act?
    /// Who lifted it, and when.
    public var lifted: Act?

    /// Creates a hold.
    ///
    /// - Parameters:
    ///   - id: its number; 0 for one that is not stored.
    ///   - scope: what it covers.
    ///   - label: the label of that.
    ///   - firstDay: the first UTC day that it covers.
    ///   - lastDay: the last one.
    ///   - reason: why.
    ///   - placed: who placed it, and when.
    ///   - asked: who asked first that it be lifted.
    ///   - lifted: who lifted it.
    public init(
        id: Int64 = 0,
        scope: HoldScope,
        label: BodyLabel,
        firstDay: Int64? = nil,
        lastDay: Int64? = nil,
        reason: String,
        placed: Act,
        asked: Act? = nil,
        lifted: Act? = nil
    ) {
        self.id = id
        self.scope = scope
        self.label = label
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.reason = reason
        self.placed = placed
        self.asked = asked
        self.lifted = lifted
    }

    /// Whether a key may not be erased.
    ///
    /// - Parameter key: the key.
    /// - Returns: true while the hold is in force and covers the key's conversation and day.
    public func covers(_ key: BodyKeyEntry) -> Bool {
        guard lifted == nil, key.day >= firstDay ?? .min, key.day <= lastDay ?? .max else { return false }
        return switch scope {
        case .person: key.name.people.contains(label)
        case .conversation: key.name.conversation == label
        case .domain: key.name.domains.contains(label)
        }
    }

    /// Why a key that the hold covers is not erased.
    ///
    /// - Parameter key: the key.
    /// - Returns: an error with `.onHold` that names the hold, the day and what to do.
    public func refusal(of key: BodyKeyEntry) -> LedgerError {
        LedgerError(
            .onHold,
            "hold \(id) keeps what would be erased of \(Timestamp.day(key.day)): \(reason)",
            remedy: "leave its days out, or have it lifted by two operators with isthmus audit hold lift"
        )
    }
}
