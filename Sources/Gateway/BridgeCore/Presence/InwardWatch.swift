/// A watcher of the CPIM shore and a presentity of the XMPP shore.
///
/// ```
/// none ─watching→ asked ─approved→ approved
///   │               └── refused, error ──→ none ←── refused ──┘
///   └─awaiting→ announced ─approved→ approved
///                   └── refused ──→ denied ─approved→ approved
/// ```
///
/// Source: RFC 6121 §3.1, RFC 8048 §5.3.
struct InwardWatch {
    enum State: UInt8 {
        /// Nobody has asked, or the answer was no; kept while devices of the watcher wait for one answer.
        case none = 0
        /// The presentity has not decided.
        case asked = 1
        /// The watcher may see, whether or not it looks at the moment.
        case approved = 2
        /// The presentity has not decided about a watcher of whom a presence server told.
        case announced = 3
        /// The presentity has refused such a watcher, and is not asked again.
        case denied = 4

        /// Whether a decision is open.
        var isUndecided: Bool { self == .asked || self == .announced }
    }

    var state: State
    /// What each device of the presentity said last, in the order they came.
    var parts: [PresencePart] = []

    // What follows is not stored.

    /// Whether the presentity has spoken since what it had said came in doubt.
    private var isHeard = false
    /// Whether devices that can be reached are in doubt, those apart that have spoken since.
    private var isDoubted = false
    private var confirmed: Set<String> = []
    /// Whether the presentity was asked since then.
    var isAsked = false
    /// Since when devices have had time to speak, in Unix milliseconds.
    var doubted: Int64 = 0
    /// Whether a timer waits for the end of that time.
    var isSilenceTimed = false
    /// Whether the next answer is news even when it says what is known.
    var isAnswerNews = false
    /// Whether an operator wants the presentity to be asked again, which has not had its turn.
    var isRepairing = false
    /// Subscriptions of the watcher.
    var subscriptions: [UInt64] = []
    /// Fetches that wait for what the presentity says, each with its end in Unix milliseconds.
    var fetches: [(subscription: UInt64, due: Int64)] = []
    /// Until when the presentity is not asked again after an error, in Unix milliseconds.
    var failedUntil: Int64 = 0

    init(state: State) { self.state = state }

    /// Bytes of what the devices said.
    var bytes: Int { parts.reduce(0) { $0 + $1.content.count } }

    /// Whether there is a reason to keep it.
    var isNeeded: Bool { state != .none || !subscriptions.isEmpty || !fetches.isEmpty || failedUntil > 0 }

    /// Whether the parts are what the presentity says now: all devices that can be reached have said so.
    var isCurrent: Bool { isHeard && !isDoubted }

    /// How many bytes all devices said, and how many of them a device that speaks again has said; nil for a watcher who
    /// may not hear it.
    func room(for part: PresencePart) -> (all: Int, replaced: Int)? {
        guard state == .approved else { return nil }
        return (bytes, parts.first { $0.name == part.name }?.content.count ?? 0)
    }

    /// Takes what a device said.
    ///
    /// A device that went appears as closed once more; with the next change it is gone, unless it was the last. What a
    /// device in doubt says once more is no news, and not in doubt any more.
    ///
    /// - Returns: whether that is news.
    ///
    /// Source: RFC 3922 §6.3.1, RFC 8048 §6.2.
    mutating func say(_ part: PresencePart, limits: PresenceLimits) -> Bool {
        isHeard = true
        defer { confirm(part.name) }
        let index = parts.firstIndex { $0.name == part.name }
        if let index, parts[index].isOpen == part.isOpen, parts[index].content == part.content, !isAnswerNews {
            return false
        }
        if index == nil, !part.isOpen, !part.name.isEmpty, !parts.isEmpty { return false }
        isAnswerNews = false
        parts.removeAll { !$0.isOpen && $0.name != part.name && !$0.name.isEmpty }
        parts.removeAll { $0.name.isEmpty }
        if let index = parts.firstIndex(where: { $0.name == part.name }) {
            parts[index] = part
        } else {
            if parts.count >= limits.parts { parts.removeFirst() }
            parts.append(part)
        }
        return true
    }

    /// The presentity as a whole is away.
    ///
    /// - Returns: whether that is news.
    ///
    /// Source: RFC 6121 §4.3.2.
    mutating func fallSilent(_ part: PresencePart) -> Bool {
        let isNews = isAnswerNews || parts.contains { $0.isOpen } || parts.isEmpty
        isHeard = true
        isAnswerNews = false
        trust()
        guard isNews else { return false }
        if parts.contains(where: { $0.isOpen && !$0.name.isEmpty }) {
            parts = parts.filter { $0.isOpen && !$0.name.isEmpty }
            for index in parts.indices {
                parts[index].isOpen = false
                parts[index].content = []
                parts[index].seen = part.seen
            }
        } else {
            parts = [part]
        }
        return true
    }

    // MARK: Doubt

    /// What the devices said may not hold any more.
    mutating func doubt() {
        isHeard = false
        isAsked = false
        confirmed = []
        isDoubted = parts.contains { $0.isOpen }
    }

    /// A device has spoken.
    private mutating func confirm(_ device: String) {
        guard isDoubted else { return }
        confirmed.insert(device)
        // Devices that came and went meanwhile need no place.
        if confirmed.count > parts.count { confirmed.formIntersection(parts.map(\.name)) }
        if !parts.contains(where: { isInDoubt($0) }) { trust() }
    }

    private func isInDoubt(_ part: PresencePart) -> Bool { isDoubted && part.isOpen && !confirmed.contains(part.name) }

    private mutating func trust() {
        isDoubted = false
        confirmed = []
    }

    /// The devices in doubt have not spoken in time: they are gone, as if they had said so.
    ///
    /// - Returns: whether there were any.
    mutating func closeSilent(seen: Int64) -> Bool {
        guard parts.contains(where: { isInDoubt($0) }) else { return false }
        parts.removeAll { !$0.isOpen }
        for index in parts.indices where isInDoubt(parts[index]) {
            parts[index].isOpen = false
            parts[index].content = []
            parts[index].seen = seen
        }
        trust()
        return true
    }

    /// Nothing is known of the devices any more.
    mutating func forgetDevices() {
        parts = []
        doubt()
    }
}
