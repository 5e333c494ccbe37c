import BridgeCore
import SIPTransactions
import XMLStreams

/// What the leg publishes: one document for each user of the other shore and each domain of this one.
struct Publications {
    /// Who publishes where.
    struct Name: Hashable {
        let user: String
        let domain: String
    }

    var all: [UInt64: Publication] = [:]
    var byName: [Name: UInt64] = [:]
    /// The subscriptions to their watchers.
    var watchers: [UInt64: WatcherSubscription] = [:]
    /// When the next of those may be made.
    var nextWatchers: UInt64 = 0
}

/// What one user shows to one domain.
struct Publication {
    /// The devices of one user that are shown.
    static let largestCount = 100
    /// The bytes that one device may say.
    static let largestPart = 64 << 10

    let name: Publications.Name
    /// The user of the domain whom the last presence was sent to, by whom the route is found.
    var contact: String
    var machine: PublisherState
    /// The devices that are there, each with its last stanza.
    private(set) var parts: [PresencePart] = []
    /// The devices that have not spoken since a restart or a lost link.
    private(set) var unconfirmed: Set<String> = []
    /// The subscription to its watchers.
    var watchers: UInt64?
    /// When it is made after a restart.
    var watchAt: UInt64?
    /// Whether the server does not tell of watchers.
    var isUnwatched = false
    /// When the user is asked what holds, and when those that say nothing are gone.
    var askAt: UInt64?
    var silentAt: UInt64?
    /// The state that the store has.
    var stored = StoredMark.nothing

    init(name: Publications.Name, contact: String, machine: PublisherState, parts: [PresencePart] = []) {
        self.name = name
        self.contact = contact
        self.machine = machine
        self.parts = parts
        unconfirmed = Set(parts.map(\.name))
    }

    /// Takes what a device said; a part without a name speaks for all.
    ///
    /// - Returns: whether that is news.
    mutating func say(_ part: PresencePart) -> Bool {
        guard part.content.count <= Self.largestPart else { return false }
        unconfirmed.remove(part.name)
        guard part.isOpen else {
            let count = parts.count
            parts.removeAll { part.name.isEmpty || $0.name == part.name }
            return parts.count != count
        }
        guard let index = parts.firstIndex(where: { $0.name == part.name }) else {
            if parts.count >= Self.largestCount { parts.removeFirst() }
            parts.append(part)
            return true
        }
        let isNews = Self.words(parts[index].content) != Self.words(part.content)
        if isNews { parts[index] = part }
        return isNews
    }

    /// What was said may not hold any more.
    mutating func doubt(until silentAt: UInt64) {
        unconfirmed = Set(parts.map(\.name))
        self.silentAt = silentAt
    }

    /// Those that have not spoken are gone.
    ///
    /// - Returns: whether that is news.
    mutating func fallSilent() -> Bool {
        let count = parts.count
        parts.removeAll { unconfirmed.contains($0.name) }
        unconfirmed = []
        return parts.count != count
    }

    /// What a stanza says, whomever it is sent to.
    private static func words(_ content: [UInt8]) -> [UInt8] {
        guard let element = try? XML.DocumentReader.read(content[...]) else { return content }
        var writer = XML.Writer()
        writer.start("presence", "")
        if let language = element.language { writer.attribute("language", language) }
        for child in element.children { writer.copy(child) }
        writer.end()
        return writer.bytes
    }
}
