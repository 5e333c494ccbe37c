/// A watcher of the XMPP shore and a presentity of the CPIM shore.
///
/// ```
/// none ─asked→ asked ─admitted→ approved ─unsubscribed→ leaving ─left→ none
///                └── refused, failed ──→ none ←── refused ──┘
/// ```
///
/// Source: RFC 6121 §3.1, RFC 8048 §5.2.
struct OutwardWatch {
    enum State: UInt8 {
        /// The presentity has not decided; leads to `approved`, `leaving` or out.
        case asked = 0
        /// The watcher may see, whether or not a subscription stands at the moment; leads to `leaving` or out.
        case approved = 1
        /// The watcher gave up, and the other side is being told; leads out.
        case leaving = 2
    }

    var state: State
    /// The request that asked, for errors about it.
    var request: String?
    /// What the watcher was shown last.
    var shown: [PresencePart] = []
    /// Whether the other side said that the state will not change: no subscription is made but on request.
    ///
    /// Source: RFC 6665 §4.1.3.
    var isFinal = false

    // What follows is not stored.

    /// Whether the leg holds a subscription or makes one.
    var isSubscribed = false
    /// Whether an operator asked for its renewal, which has not had its turn.
    var isRepairing = false
    /// Devices of the watcher that are online for the presentity; nil when its server has not said.
    var online: [String]?
    /// Whether the watcher was heard of since the subscription was renewed.
    var isSeen = false
    /// Until when the renewal waits for a sign that the watcher exists, in Unix milliseconds; nil when it does not.
    var verifyBy: Int64?
    /// When to make a subscription anew, in Unix milliseconds.
    var retryAt: Int64?
    /// Pauses in a row; each doubles.
    var pauses: UInt8 = 0
    /// When the watcher was shown something, in Unix milliseconds.
    var shownAt: Int64 = 0
    /// What waits for the pace.
    var held: [PresencePart]?

    init(state: State, request: String? = nil) {
        self.state = state
        self.request = request
    }

    /// Bytes of what was shown and of what waits.
    var bytes: Int { shown.reduce(0) { $0 + $1.content.count } + (held ?? []).reduce(0) { $0 + $1.content.count } }

    /// Whether a subscription is worth its upkeep: somebody is online, or the server never says.
    var isWanted: Bool { state != .leaving && online?.isEmpty != true }

    /// Takes that a device of the watcher is there, or is gone; without a name, that all are gone.
    mutating func say(_ device: String, isOnline: Bool, most: Int) {
        var online = self.online ?? []
        if isOnline {
            if !online.contains(device), online.count < most { online.append(device) }
        } else if device.isEmpty {
            online = []
        } else {
            online.removeAll { $0 == device }
        }
        self.online = online
    }

    /// What the watcher has to be shown to know the present devices: changed ones, and vanished ones as closed.
    ///
    /// Source: RFC 3922 §6.3.1, RFC 3856 §6.8.
    mutating func differences(_ parts: [PresencePart]) -> [PresencePart] {
        var news: [PresencePart] = []
        var parts = parts
        for (index, part) in parts.enumerated() {
            let before = shown.first { $0.name == part.name }
            if let before, before.isOpen == part.isOpen, before.content == part.content {
                // It has been so since then.
                parts[index].seen = before.seen
            } else {
                news.append(part)
            }
        }
        for before in shown where before.isOpen && !parts.contains(where: { $0.name == before.name }) {
            news.append(PresencePart(name: before.name, isOpen: false, seen: before.seen))
        }
        shown = parts
        return news
    }
}
