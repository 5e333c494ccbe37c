import XMPPStanzas

/// Who is asked, who waits, and how many may.
extension InterestBook {
    static func key(_ element: CapabilitiesElement, _ device: String) -> Key {
        element.hash == "sha-1" ? .version(element.version) : .device(device, element)
    }

    /// Source: XEP-0115 §5.4.
    static func proves(_ information: ServiceInformation, _ key: Key, _ hash: ([UInt8]) -> String) -> Bool {
        switch key {
        case .version(let version): hash(information.verificationInput) == version
        case .device: true
        }
    }

    /// The domain of an address.
    static func domain(of address: String) -> Substring {
        let bare = address.prefix { $0 != "/" }
        return bare.lastIndex(of: "@").map { bare[bare.index(after: $0)...] } ?? bare
    }

    static func user(of device: String) -> Substring { device.prefix { $0 != "/" } }

    /// Counts devices that wait in, or out.
    mutating func count(_ announcements: [Announcement], _ change: Int) {
        waiting += change * announcements.count
        for announcement in announcements {
            Self.add(change, to: &waitingOfDomain, Self.domain(of: announcement.device))
        }
    }

    private static func add(_ change: Int, to counts: inout [Substring: Int], _ name: Substring) {
        let count = counts[name, default: 0] + change
        counts[name] = count > 0 ? count : nil
    }

    private func mayAsk(_ device: String) -> Bool {
        ofUser[Self.user(of: device), default: 0] < limits.questionsOfUser
            && ofDomain[Self.domain(of: device), default: 0] < limits.questionsOfDomain
    }

    /// Asks the first device that waits and may be asked.
    ///
    /// - Returns: the question; nil when none may be.
    mutating func ask(
        _ key: Key,
        _ waiting: [Announcement],
        _ now: Int64,
        _ freshID: () -> String
    ) -> [Action]? {
        guard questions.count < limits.questions, let first = waiting.first(where: { mayAsk($0.device) }) else {
            return nil
        }
        let user = Self.user(of: first.device)
        let id = freshID()
        questions[id] = Question(
            key: key,
            device: first.device,
            contact: first.contact,
            user: user,
            due: now + limits.patience,
            waiting: waiting
        )
        open[key] = id
        Self.add(1, to: &ofUser, user)
        Self.add(1, to: &ofDomain, Self.domain(of: first.device))
        count(waiting, 1)
        let node = first.element.node + "#" + first.element.version
        return [.ask(id: id, device: first.device, contact: first.contact, node: node)]
    }

    mutating func close(_ id: String) -> Question? {
        guard let question = questions.removeValue(forKey: id) else { return nil }
        open[question.key] = nil
        count(question.waiting, -1)
        Self.add(-1, to: &ofUser, question.user)
        Self.add(-1, to: &ofDomain, Self.domain(of: question.device))
        return question
    }

    /// Asks one of those who wait, or lets them wait until one may be asked.
    mutating func askOrPark(
        _ key: Key,
        _ waiting: [Announcement],
        _ now: Int64,
        _ freshID: () -> String
    ) -> [Action] {
        guard !waiting.isEmpty else { return [] }
        if let actions = ask(key, waiting, now, freshID) { return actions }
        if parked.count < limits.questions {
            parked.append((key, waiting))
            count(waiting, 1)
        }
        return []
    }

    /// Asks those who waited until they may be asked.
    mutating func resume(_ now: Int64, _ freshID: () -> String) -> [Action] {
        guard !parked.isEmpty else { return [] }
        let before = parked
        parked = []
        var actions: [Action] = []
        for (key, waiting) in before {
            count(waiting, -1)
            actions += askOrPark(key, waiting, now, freshID)
        }
        return actions
    }

    /// The next device that announces the same is asked.
    ///
    /// Source: XEP-0115 §5.4.
    mutating func failed(_ question: Question, _ now: Int64, _ freshID: () -> String) -> [Action] {
        var actions: [Action] = []
        for announcement in question.waiting where announcement.device == question.device {
            let refusal = Refusal(device: question.device, version: announcement.element.version)
            let domain = Self.domain(of: question.device)
            refused.insert(now + limits.pause, refusal, of: domain, capacity: limits.refused)
            actions.append(.learned(device: announcement.device, contact: announcement.contact, nodes: []))
        }
        let rest = question.waiting.filter { $0.device != question.device }
        return actions + askOrPark(question.key, rest, now, freshID)
    }
}
