import BridgeCore
import DequeModule
import Interworking
import SIPTransactions

/// What users of this shore publish, where the gateway is their presence server, and who watches them.
struct Compositions {
    /// The addresses with something published, or with a PUBLISH that is being looked at.
    var all: [UInt64: Composition] = [:]
    var byUser: [String: UInt64] = [:]
    /// Who of the other shore watches each user, published or not.
    var watchers: [String: Set<WatchKey>] = [:]
    /// Publications by peer domain, those included that are not stored yet; a domain with none is not listed.
    private(set) var counts: [String: Int] = [:]
    /// Bytes of their documents, in all and by peer domain.
    private(set) var bytes = 0
    private(set) var bytesByDomain: [String: Int] = [:]
    /// Bytes of what they say to watchers, which may be much more: a note of a person is one of each device.
    private(set) var toldBytes = 0
    private(set) var toldBytesByDomain: [String: Int] = [:]
    /// What documents say that were read lately.
    var contents = PublishedContents()
    /// The addresses whose PUBLISH waits for the store, by what the gateway was told.
    var unanswered: [UInt64: UInt64] = [:]
    /// How many documents were read since the start.
    var documentsRead = 0

    /// Counts publications of a domain in, or out.
    mutating func count(_ weight: Composition.Weight, in domain: String) {
        bytes += weight.bytes
        let count = counts[domain, default: 0] + weight.publications
        counts[domain] = count > 0 ? count : nil
        Self.add(weight.bytes, to: &bytesByDomain, domain)
    }

    private static func add(_ bytes: Int, to sums: inout [String: Int], _ domain: String) {
        let sum = sums[domain, default: 0] + bytes
        sums[domain] = sum > 0 ? sum : nil
    }

    /// So many bytes at most: in all, of the users of one domain and of one user.
    struct Room {
        let inAll: Int
        let perPeer: Int
        let perUser: Int
    }

    /// Whether documents of a user find room that are so many bytes more, and so many together.
    func hasRoom(forMore growth: Int, together sum: Int, in domain: String, _ room: Room) -> Bool {
        growth == 0
            || bytes + growth <= room.inAll && bytesByDomain[domain, default: 0] + growth <= room.perPeer
                && sum <= room.perUser
    }

    /// Something else is published for a user.
    mutating func change(_ id: UInt64, to state: EventStateCompositor) {
        guard let before = all[id]?.state else { return }
        contents.forget(before.missing(in: state), of: id)
        all[id]?.state = state
    }

    /// The documents of a user say something else than before.
    mutating func outdate(_ id: UInt64) {
        all[id]?.isOutdated = true
        all[id]?.isUntold = true
    }

    /// Keeps what the documents of a user say together; where there is no room for the words the devices have none, and
    /// nothing else is said.
    mutating func set(_ told: Composition.Told, of id: UInt64, _ room: Room) {
        guard let composition = all[id] else { return }
        let domain = composition.domain
        countTold(-composition.told.bytes, in: domain)
        var told = told
        told.parts = Array(told.parts.prefix(Publication.largestCount))
        let size = told.bytes
        if toldBytes + size > room.inAll || toldBytesByDomain[domain, default: 0] + size > room.perPeer
            || size > room.perUser
        {
            for index in told.parts.indices { told.parts[index].content = [] }
            told.items = []
        }
        countTold(told.bytes, in: domain)
        all[id]?.told = told
    }

    private mutating func countTold(_ bytes: Int, in domain: String) {
        toldBytes += bytes
        Self.add(bytes, to: &toldBytesByDomain, domain)
    }

    /// Nothing is published for a user any more.
    mutating func remove(_ id: UInt64) {
        guard let composition = all.removeValue(forKey: id) else { return }
        countTold(-composition.told.bytes, in: composition.domain)
        byUser[composition.user] = nil
        contents.forget(composition.state.publications.map(\.number), of: id)
    }
}

/// What is published for one user.
///
/// A PUBLISH is looked at when the one before it is stored; one that could not be stored has changed nothing.
///
/// Source: RFC 3903 §6.
struct Composition {
    /// What is published, as it counts.
    var state: EventStateCompositor
    /// What all documents say together, as it counts.
    var told = Told()
    /// Whether the documents say something else than that, which nobody has asked for yet.
    var isOutdated = false
    /// Whether watchers have not been told what the documents say.
    var isUntold = false
    /// When the first location in each document may not be kept any longer, in Unix milliseconds, by the number of the
    /// publication.
    ///
    /// Source: RFC 4119 §2.2.2.
    private(set) var locationEnds: [UInt64: Int64] = [:]
    /// When watchers were told, by the clock that only goes on; nil when they were not.
    var toldAt: UInt64?
    /// The PUBLISH that waits for the store.
    var asked: Asked?
    /// Those that came meanwhile, in order.
    var waiting: Deque<Published> = []
    /// Whether the store has a row.
    var isStored = false

    /// The user, by the bare address on the other shore.
    let user: String
    /// The user's domain on this shore.
    let domain: String

    /// A PUBLISH of the user.
    struct Published {
        let request: InboundRequest
        /// The domains that its sender may speak for.
        let domains: [String]
    }

    /// What the documents say together.
    struct Told {
        var parts: [PresencePart] = []
        /// What they say of the user beside its presence.
        var items: [PersonalItem] = []
        /// When they say something else, in Unix milliseconds.
        var nextChange: Int64?

        var bytes: Int {
            parts.reduce(0) { $0 + $1.content.count } + items.reduce(0) { $0 + $1.payload.count }
        }
    }

    /// A PUBLISH that waits for the store.
    struct Asked {
        let request: InboundRequest
        let answer: UserAgentServer.Answer
        /// What is published once it is stored.
        let next: EventStateCompositor
        /// Whether a document changes.
        let hasChanged: Bool
        /// The document that it brings; nil when it brings none.
        let content: PublishedContent?
        /// When the first location in it may not be kept any longer.
        let locationEnd: Int64?
        /// What was counted in before.
        let reserved: Weight
    }

    /// So much is published.
    struct Weight {
        var publications = 0
        var bytes = 0

        static func - (one: Weight, other: Weight) -> Weight {
            Weight(publications: one.publications - other.publications, bytes: one.bytes - other.bytes)
        }

        /// What of it is more than nothing.
        var growth: Weight { Weight(publications: max(0, publications), bytes: max(0, bytes)) }
        /// The same taken away.
        var negated: Weight { Weight() - self }
    }

    /// When the first location of all may not be kept any longer.
    var locationsEnd: Int64? { state.publications.compactMap { locationEnds[$0.number] }.min() }

    /// The locations in a document of what is published end then; nil for none.
    mutating func endLocations(of number: UInt64, at end: Int64?) {
        locationEnds[number] = end
        guard locationEnds.count > state.publications.count else { return }
        locationEnds = locationEnds.filter { known in state.publications.contains { $0.number == known.key } }
    }

    /// When watchers may be told again.
    func tellAt(_ pace: UInt64) -> UInt64 { toldAt.map { $0 &+ pace } ?? 0 }

    init(user: String, domain: String, state: EventStateCompositor) {
        self.user = user
        self.domain = domain
        self.state = state
    }
}

extension EventStateCompositor {
    /// The numbers of publications that another state of the same address has not.
    func missing(in other: EventStateCompositor) -> [UInt64] {
        publications.map(\.number).filter { number in !other.publications.contains { $0.number == number } }
    }

    /// How much is published.
    var weight: Composition.Weight {
        Composition.Weight(publications: publications.count, bytes: publications.reduce(0) { $0 + $1.body.count })
    }
}
