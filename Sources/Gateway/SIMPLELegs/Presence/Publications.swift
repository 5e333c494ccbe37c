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
    /// Bytes of what the devices of all said.
    private(set) var bytes = 0

    /// Changes what devices of a user said.
    ///
    /// - Returns: what the change returns; nil when the user is not published.
    @discardableResult
    mutating func change<Result>(_ id: UInt64, _ change: (inout Publication) -> Result) -> Result? {
        guard var publication = all[id] else { return nil }
        bytes -= publication.bytes
        let result = change(&publication)
        bytes += publication.bytes
        all[id] = publication
        return result
    }

    /// Takes up a user.
    mutating func insert(_ publication: Publication, _ id: UInt64) {
        all[id] = publication
        byName[publication.name] = id
        bytes += publication.bytes
    }

    /// A user is not published any more.
    mutating func remove(_ id: UInt64) -> Publication? {
        guard let publication = all.removeValue(forKey: id) else { return nil }
        bytes -= publication.bytes
        byName[publication.name] = nil
        return publication
    }

    /// Whether what a device says finds room, of so many bytes of all.
    func hasRoom(for part: PresencePart, of id: UInt64?, most: Int) -> Bool {
        let before = id.flatMap { all[$0] }?.parts.first { $0.name == part.name }
        return bytes - (before?.content.count ?? 0) + part.content.count <= most
    }
}

/// What one user shows to one domain.
struct Publication {
    /// The devices of one user that are shown.
    static let largestCount = 100
    /// The bytes that one device may say.
    static let largestPart = 64 << 10
    /// The contacts of whom it is known that a device showed itself to them, of all devices.
    static let largestShown = 1_000

    let name: Publications.Name
    /// The user of the domain whom the last presence was sent to, by whom the route is found.
    var contact: String
    var machine: PublisherState
    /// The devices that are there, each with its last stanza.
    private(set) var parts: [PresencePart] = []
    /// The devices that have not spoken since a restart or a lost link.
    private(set) var unconfirmed: Set<String> = []
    /// To whom each device has shown itself since that; of a device that is not listed it is not known.
    private var shown: [String: Set<String>] = [:]
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

    /// Takes what a device said to a contact; a part without a name speaks for all.
    ///
    /// - Returns: whether that is news.
    mutating func say(_ part: PresencePart, to contact: String) -> Bool {
        guard part.content.count <= Self.largestPart else { return false }
        guard part.isOpen else { return leave(part.name, contact) }
        unconfirmed.remove(part.name)
        self.contact = contact
        note(part.name, contact)
        // Each contact may have been told of other times; those of the documents only rise (RFC 3863 §4.1.7).
        var part = part
        if let newest = parts.map(\.seen).max() { part.seen = max(part.seen, newest + 1) }
        guard let index = parts.firstIndex(where: { $0.name == part.name }) else {
            if parts.count >= Self.largestCount { shown[parts.removeFirst().name] = nil }
            parts.append(part)
            return true
        }
        let isNews = Self.words(parts[index].content) != Self.words(part.content)
        if isNews { parts[index] = part }
        return isNews
    }

    private mutating func note(_ device: String, _ contact: String) {
        guard shown[device]?.contains(contact) != true,
            shown.values.reduce(0, { $0 + $1.count }) < Self.largestShown
        else { return }
        shown[device, default: []].insert(contact)
    }

    /// A device has gone, as one contact is told: for the server it has when all are told whom it showed itself to.
    ///
    /// A server tells a contact alone that somebody is not there when it is not let see that any more, and when it asks
    /// to (RFC 6121 §3.2.2, §3.1.3).
    private mutating func leave(_ device: String, _ contact: String) -> Bool {
        var gone: Set<String> = []
        for part in parts where device.isEmpty || part.name == device {
            if shown[part.name] == nil {
                if !device.isEmpty || contact == self.contact { gone.insert(part.name) }
            } else if shown[part.name]?.remove(contact) != nil, shown[part.name]?.isEmpty == true {
                gone.insert(part.name)
            }
        }
        return remove(gone)
    }

    private mutating func remove(_ devices: Set<String>) -> Bool {
        for device in devices { shown[device] = nil }
        unconfirmed.subtract(devices)
        parts.removeAll { devices.contains($0.name) }
        return !devices.isEmpty
    }

    /// Bytes of what the devices said.
    var bytes: Int { parts.reduce(0) { $0 + $1.content.count } }

    /// What a device says is not kept, and what it said before does not hold.
    ///
    /// - Returns: whether that is news.
    mutating func lose(_ device: String) -> Bool { remove(Set(parts.map(\.name).filter { $0 == device })) }

    /// Nothing is to be published any more.
    ///
    /// - Returns: whether that is news.
    mutating func withdraw() -> Bool { remove(Set(parts.map(\.name))) }

    /// What was said may not hold any more.
    mutating func doubt(until silentAt: UInt64) {
        unconfirmed = Set(parts.map(\.name))
        shown = [:]
        self.silentAt = silentAt
    }

    /// Those that have not spoken are gone.
    ///
    /// - Returns: whether that is news.
    mutating func fallSilent() -> Bool {
        remove(unconfirmed.intersection(parts.map(\.name)))
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
