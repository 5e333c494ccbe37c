public import XMPPStanzas

/// Which devices of the XMPP shore want to be told of what, by the features that their presence announces.
///
/// What stands behind an announcement is asked once, of the first device that makes it, and counts for all when it has
/// the hash that was announced.
///
/// Source: XEP-0115 §5.4, XEP-0163 §4.2.
public struct InterestBook: Sendable {
    /// Bounds; times in milliseconds.
    public struct Limits: Sendable, Equatable {
        /// Announcements whose features are known.
        public var versions = 10_000
        /// Announcements of devices that gave no answer, or one that does not fit.
        public var refused = 10_000
        /// Open questions in all.
        public var questions = 200
        /// Open questions to the devices of one domain.
        public var questionsOfDomain = 100
        /// Open questions to the devices of one user.
        public var questionsOfUser = 2
        /// Devices that wait for the answer of another one, or for their own.
        public var waiting = 20_000
        /// Devices of one domain that do.
        public var waitingOfDomain = 10_000
        /// Bytes of hash, node and version in one announcement.
        public var textBytes = 1_024
        /// How long a device that was refused is not asked again.
        public var pause: Int64 = 600_000
        /// How long an answer may take.
        public var patience: Int64 = 30_000

        /// The defaults.
        public init() {}
    }

    /// What has to be done.
    public enum Action: Sendable, Equatable {
        /// Ask a device, in the name of a contact, for the features behind node and version.
        case ask(id: String, device: String, contact: String, node: String)
        /// A device that announced itself to a contact wants to be told of these nodes.
        case learned(device: String, contact: String, nodes: Set<String>)
    }

    /// What an answer counts for.
    enum Key: Hashable {
        /// All that announce this version, which proves the answer.
        case version(String)
        /// One device, since nothing proves it.
        case device(String, CapabilitiesElement)
    }

    struct Announcement: Hashable {
        let device: String
        let contact: String
        let element: CapabilitiesElement
    }

    struct Refusal: Hashable {
        let device: String
        let version: String
    }

    struct Question {
        let key: Key
        let device: String
        /// In whose name it was asked.
        let contact: String
        let user: Substring
        let due: Int64
        var waiting: [Announcement]
    }

    /// The nodes of which the tables have rows; of others nothing is kept, and other nodes make what is known worthless.
    public var nodes: Set<String> {
        didSet { if nodes != oldValue { known = DomainMemory() } }
    }

    let limits: Limits
    private var known = DomainMemory<Key, Set<String>>()
    var refused = DomainMemory<Refusal, Int64>()
    var questions: [String: Question] = [:]
    var open: [Key: String] = [:]
    var ofUser: [Substring: Int] = [:]
    var ofDomain: [Substring: Int] = [:]
    /// Devices that can be asked when another question is closed, for no more keys than there may be questions.
    var parked: [(key: Key, waiting: [Announcement])] = []
    var waiting = 0
    var waitingOfDomain: [Substring: Int] = [:]

    /// Makes a book in which nothing is known.
    ///
    /// - Parameters:
    ///   - limits: the bounds.
    ///   - nodes: the nodes of which the tables have rows.
    public init(limits: Limits = Limits(), nodes: Set<String> = []) {
        self.limits = limits
        self.nodes = nodes
    }

    /// How much is kept: announcements that are known, open questions and devices that wait.
    public var count: (versions: Int, questions: Int, waiting: Int) { (known.count, questions.count, waiting) }

    // MARK: What happens

    /// A device announces its features to a contact.
    ///
    /// - Parameters:
    ///   - element: the announcement; nil when its presence has none.
    ///   - device: the full address of the device.
    ///   - contact: the bare address of the contact.
    ///   - now: the time, in Unix milliseconds.
    ///   - freshID: makes an identifier that nobody can guess.
    /// - Returns: what has to be done.
    public mutating func announced(
        _ element: CapabilitiesElement?,
        by device: String,
        to contact: String,
        now: Int64,
        freshID: () -> String
    ) -> [Action] {
        let nothing = [Action.learned(device: device, contact: contact, nodes: [])]
        guard let element, let hash = element.hash,
            hash.utf8.count + element.node.utf8.count + element.version.utf8.count <= limits.textBytes
        else { return nothing }
        let key = Self.key(element, device)
        if let nodes = known[key] { return [.learned(device: device, contact: contact, nodes: nodes)] }
        if let until = refused[Refusal(device: device, version: element.version)], until > now { return nothing }
        let announcement = Announcement(device: device, contact: contact, element: element)
        let domain = Self.domain(of: device)
        guard waiting < limits.waiting, waitingOfDomain[domain, default: 0] < limits.waitingOfDomain else { return [] }
        if let id = open[key] {
            guard questions[id]?.waiting.contains(announcement) == false else { return [] }
            questions[id]?.waiting.append(announcement)
            count([announcement], 1)
            return []
        }
        if let index = parked.firstIndex(where: { $0.key == key }) {
            guard !parked[index].waiting.contains(announcement) else { return [] }
            parked[index].waiting.append(announcement)
            count([announcement], 1)
            return resume(now, freshID)
        }
        return ask(key, [announcement], now, freshID) ?? []
    }

    /// A device answered a question, or refused to.
    ///
    /// - Parameters:
    ///   - id: the identifier of the answer.
    ///   - device: who answered, by its full address.
    ///   - information: the answer; nil for a refusal and for one that says nothing.
    ///   - now: the time, in Unix milliseconds.
    ///   - freshID: makes an identifier that nobody can guess.
    ///   - hash: the SHA-1 of bytes in Base64.
    /// - Returns: what has to be done; nothing when nobody asked.
    public mutating func answered(
        _ id: String,
        by device: String,
        _ information: ServiceInformation?,
        now: Int64,
        freshID: () -> String,
        hash: ([UInt8]) -> String
    ) -> [Action] {
        guard questions[id]?.device == device, let question = close(id) else { return [] }
        guard let information, Self.proves(information, question.key, hash) else {
            return failed(question, now, freshID) + resume(now, freshID)
        }
        let nodes = PersonalEvent.nodes(nodes, wantedBy: information.features)
        known.insert(nodes, question.key, of: Self.domain(of: device), capacity: limits.versions)
        return question.waiting.map { .learned(device: $0.device, contact: $0.contact, nodes: nodes) }
            + resume(now, freshID)
    }

    /// When time alone will have something to do, in Unix milliseconds; nil for never.
    public var deadline: Int64? { questions.isEmpty ? nil : questions.values.map(\.due).min() }

    /// Time has passed: devices that did not answer are left alone.
    ///
    /// - Parameters:
    ///   - now: the time, in Unix milliseconds.
    ///   - freshID: makes an identifier that nobody can guess.
    /// - Returns: what has to be done.
    public mutating func advance(now: Int64, freshID: () -> String) -> [Action] {
        var actions: [Action] = []
        for (id, question) in questions where question.due <= now {
            if let question = close(id) { actions += failed(question, now, freshID) }
        }
        return actions.isEmpty ? [] : actions + resume(now, freshID)
    }

    /// A link is lost: nobody will answer what was asked over it; what others wait for is asked in their names.
    ///
    /// - Parameters:
    ///   - domain: the domain of the contacts in whose names was asked over the link.
    ///   - now: the time, in Unix milliseconds.
    ///   - freshID: makes an identifier that nobody can guess.
    /// - Returns: what has to be done.
    public mutating func linkLost(_ domain: String, now: Int64, freshID: () -> String) -> [Action] {
        let isOther = { (announcement: Announcement) in Self.domain(of: announcement.contact) != domain }
        var actions: [Action] = []
        for index in parked.indices.reversed() {
            count(parked[index].waiting.filter { !isOther($0) }, -1)
            parked[index].waiting.removeAll { !isOther($0) }
            if parked[index].waiting.isEmpty { parked.remove(at: index) }
        }
        for (id, question) in questions where Self.domain(of: question.contact) == domain {
            guard let question = close(id) else { continue }
            actions += askOrPark(question.key, question.waiting.filter(isOther), now, freshID)
        }
        return actions + resume(now, freshID)
    }
}
