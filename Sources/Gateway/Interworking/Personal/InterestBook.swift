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
        /// Open questions to the devices of one user.
        public var questionsOfUser = 2
        /// Devices that wait for the answer of another one, or for their own.
        public var waiting = 20_000
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
    private enum Key: Hashable {
        /// All that announce this version, which proves the answer.
        case version(String)
        /// One device, since nothing proves it.
        case device(String, CapabilitiesElement)
    }

    private struct Announcement: Hashable {
        let device: String
        let contact: String
        let element: CapabilitiesElement
    }

    private struct Refusal: Hashable {
        let device: String
        let version: String
    }

    private struct Question {
        let key: Key
        let device: String
        let user: Substring
        let due: Int64
        var waiting: [Announcement]
    }

    private let limits: Limits
    private var known = RecentlyUsed<Key, Set<String>>()
    private var refused = RecentlyUsed<Refusal, Int64>()
    private var questions: [String: Question] = [:]
    private var open: [Key: String] = [:]
    private var ofUser: [Substring: Int] = [:]
    private var waiting = 0

    /// Makes a book in which nothing is known.
    ///
    /// - Parameter limits: the bounds.
    public init(limits: Limits = Limits()) { self.limits = limits }

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
        guard waiting < limits.waiting else { return [] }
        if let id = open[key] {
            guard questions[id]?.waiting.contains(announcement) == false else { return [] }
            questions[id]?.waiting.append(announcement)
            waiting += 1
            return []
        }
        return ask(key, [announcement], now, freshID)
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
            return failed(question, now, freshID)
        }
        let nodes = PersonalEvent.nodes(wantedBy: information.features)
        known.insert(nodes, question.key, capacity: limits.versions)
        return question.waiting.map { .learned(device: $0.device, contact: $0.contact, nodes: nodes) }
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
        return actions
    }

    /// Nobody will answer what was asked.
    public mutating func forgetQuestions() {
        questions = [:]
        open = [:]
        ofUser = [:]
        waiting = 0
    }

    // MARK: Asking

    private static func key(_ element: CapabilitiesElement, _ device: String) -> Key {
        element.hash == "sha-1" ? .version(element.version) : .device(device, element)
    }

    /// Source: XEP-0115 §5.4.
    private static func proves(_ information: ServiceInformation, _ key: Key, _ hash: ([UInt8]) -> String) -> Bool {
        switch key {
        case .version(let version): hash(information.verificationInput) == version
        case .device: true
        }
    }

    /// Asks the first device that waits.
    private mutating func ask(
        _ key: Key,
        _ waiting: [Announcement],
        _ now: Int64,
        _ freshID: () -> String
    ) -> [Action] {
        guard let first = waiting.first else { return [] }
        let user = first.device.prefix { $0 != "/" }
        guard questions.count < limits.questions, ofUser[user, default: 0] < limits.questionsOfUser else { return [] }
        let id = freshID()
        questions[id] = Question(
            key: key,
            device: first.device,
            user: user,
            due: now + limits.patience,
            waiting: waiting
        )
        open[key] = id
        ofUser[user, default: 0] += 1
        self.waiting += waiting.count
        let node = first.element.node + "#" + first.element.version
        return [.ask(id: id, device: first.device, contact: first.contact, node: node)]
    }

    private mutating func close(_ id: String) -> Question? {
        guard let question = questions.removeValue(forKey: id) else { return nil }
        open[question.key] = nil
        waiting -= question.waiting.count
        let left = ofUser[question.user, default: 1] - 1
        ofUser[question.user] = left > 0 ? left : nil
        return question
    }

    /// The next device that announces the same is asked.
    ///
    /// Source: XEP-0115 §5.4.
    private mutating func failed(_ question: Question, _ now: Int64, _ freshID: () -> String) -> [Action] {
        var actions: [Action] = []
        for announcement in question.waiting where announcement.device == question.device {
            let refusal = Refusal(device: question.device, version: announcement.element.version)
            refused.insert(now + limits.pause, refusal, capacity: limits.refused)
            actions.append(.learned(device: announcement.device, contact: announcement.contact, nodes: []))
        }
        let rest = question.waiting.filter { $0.device != question.device }
        return actions + ask(question.key, rest, now, freshID)
    }
}
