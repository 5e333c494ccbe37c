import Addressing

extension PresenceFacts {
    /// The facts as lines of the facts language, in an order that depends on the facts alone.
    var lines: [String] {
        var lines: [String] = []
        func add(_ kind: String, _ words: [FactStatement.Word]) {
            lines.append(FactStatement(kind: kind, words: words).description)
        }
        if let watcher { add("watcher", [.init(key: "", value: watcher.description)]) }
        if let presentity { add("presentity", [.init(key: "", value: presentity.description)]) }
        if let subscription { add("subscription", [.init(key: "", value: subscription.rawValue)]) }
        for (jid, state) in lastStates.sorted(by: { $0.key.description < $1.key.description }) {
            add("last-state", [.init(key: jid.description, value: state.rawValue)])
        }
        for resource in online {
            // A resource with blanks or an equals sign stands as a value, which can be quoted.
            let text = resource.jid.description
            let isPlain = !text.utf8.contains { $0 == 0x20 || $0 == 0x3D || $0 == 0x22 }
            var words = [isPlain ? FactStatement.Word(key: text) : .init(key: "jid", value: text)]
            if resource.priority != 0 { words.append(.init(key: "priority", value: String(resource.priority))) }
            add("online", words)
        }
        return lines
    }

    /// What a line says, when it is of a kind that these facts hold.
    ///
    /// - Returns: whether it is.
    /// - Throws: ``FactsError`` for a value of another type.
    mutating func take(_ statement: FactStatement, _ number: Int) throws(FactsError) -> Bool {
        switch statement.kind {
        case "watcher": watcher = try Self.jid(statement[""] ?? "", number)
        case "presentity": presentity = try Self.jid(statement[""] ?? "", number)
        case "subscription":
            let text = statement[""] ?? ""
            guard let value = Subscription(rawValue: text) else {
                throw Self.malformed(text, "subscription (none, pending or active)", number)
            }
            subscription = value
        case "last-state":
            guard let word = statement.words.first, let text = word.value else { return false }
            guard let state = State(rawValue: text) else {
                throw Self.malformed(text, "state (open or closed)", number)
            }
            lastStates[try Self.jid(word.key, number)] = state
        case "online":
            guard let text = statement["jid"] ?? statement.words.first(where: { $0.value == nil })?.key else {
                throw FactsError(.missingValue, "'online' names nobody.", line: number)
            }
            var resource = Online(jid: try Self.jid(text, number))
            if let text = statement["priority"] {
                guard let value = Int8(text) else { throw Self.malformed(text, "priority", number) }
                resource.priority = Int(value)
            }
            online.append(resource)
        default: return false
        }
        return true
    }

    private static func jid(_ text: String, _ number: Int) throws(FactsError) -> JID {
        guard let jid = try? JID(text) else { throw malformed(text, "JID", number) }
        return jid
    }

    private static func malformed(_ text: String, _ type: String, _ number: Int) -> FactsError {
        FactsError(.malformedValue, "'\(text.prefix(64))' is no \(type).", line: number)
    }
}
