import Addressing
import IMDN

extension ReceiptFacts {
    /// The facts as lines of the facts language, in an order that depends on the facts alone.
    var lines: [String] {
        var lines: [String] = []
        for message in sent { lines.append(FactStatement(kind: "sent", words: Self.words(message)).description) }
        for message in received {
            lines.append(FactStatement(kind: "received", words: Self.words(message)).description)
        }
        func add(_ kind: String, _ key: String, _ value: String) {
            lines.append(FactStatement(kind: kind, words: [.init(key: key, value: value)]).description)
        }
        for user in chatStates.map(\.description).sorted() { add("chatstates", user, "yes") }
        for (pair, state) in composing.sorted(by: { $0.key.text < $1.key.text }) {
            add("composing", pair.text, state.rawValue)
        }
        for (pair, value) in hasWritten.sorted(by: { $0.key.text < $1.key.text }) {
            add("written", pair.text, Facts.flag(value))
        }
        return lines
    }

    private static func words(_ message: SentMessage) -> [FactStatement.Word] {
        var words: [FactStatement.Word] = [
            .init(key: "xmpp-id", value: message.stanzaID), .init(key: "imdn-message-id", value: message.messageID),
            .init(key: "from", value: message.from.description), .init(key: "to", value: message.to.description),
        ]
        if let type = message.type { words.append(.init(key: "type", value: type)) }
        let requests = (message.asksReceipt ? ["receipt"] : []) + (message.asksMarker ? ["markable"] : [])
        if !requests.isEmpty { words.append(.init(key: "request", value: requests.joined(separator: ","))) }
        if !message.dateTime.isEmpty { words.append(.init(key: "datetime", value: message.dateTime)) }
        return words + told(message.told)
    }

    private static func words(_ message: ReceivedMessage) -> [FactStatement.Word] {
        var words: [FactStatement.Word] = [
            .init(key: "imdn-message-id", value: message.messageID), .init(key: "from", value: message.from),
            .init(key: "to", value: message.to),
        ]
        if let sender = message.sender { words.append(.init(key: "sender", value: sender.description)) }
        if let recipient = message.recipient { words.append(.init(key: "recipient", value: recipient.description)) }
        if !message.dateTime.isEmpty { words.append(.init(key: "datetime", value: message.dateTime)) }
        let asks = DispositionRequest.allCases.filter(message.asks.contains).map(\.rawValue)
        if !asks.isEmpty { words.append(.init(key: "dispositions", value: asks.joined(separator: ","))) }
        words.append(.init(key: "stanza-id", value: message.stanzaID))
        if let originalTo = message.originalTo { words.append(.init(key: "original-to", value: originalTo)) }
        for route in message.routes { words.append(.init(key: "record-route", value: route)) }
        return words + told(message.told)
    }

    private static func told(_ kinds: Set<Disposition.Kind>) -> [FactStatement.Word] {
        let names = Disposition.Kind.allCases.filter(kinds.contains).map(\.rawValue)
        return names.isEmpty ? [] : [.init(key: "told", value: names.joined(separator: ","))]
    }

    // MARK: Reading

    /// What a line says, when it is of a kind that these facts hold; lines of sessions are not.
    ///
    /// - Returns: whether it is.
    /// - Throws: ``FactsError`` for a value of another type, or one that is missing.
    mutating func take(_ statement: FactStatement, _ number: Int) throws(FactsError) -> Bool {
        switch statement.kind {
        case "sent":
            guard let messageID = statement["imdn-message-id"] else { return false }
            sent.append(try Self.sent(statement, messageID, number))
        case "received":
            guard let messageID = statement["imdn-message-id"] else { return false }
            received.append(try Self.received(statement, messageID, number))
        case "chatstates":
            guard let word = statement.words.first, let value = word.value else { return false }
            let user = try Self.bare(word.key, number)
            if try Self.flag(value, number) { chatStates.insert(user) } else { chatStates.remove(user) }
        case "composing":
            guard let word = statement.words.first, let value = word.value else { return false }
            guard let state = ComposingStatus.State(rawValue: value) else {
                throw Self.malformed(value, "state (active or idle)", number)
            }
            composing[try Self.pair(word.key, number)] = state
        case "written":
            guard let word = statement.words.first, let value = word.value else { return false }
            hasWritten[try Self.pair(word.key, number)] = try Self.flag(value, number)
        default: return false
        }
        return true
    }

    private static func sent(
        _ statement: FactStatement,
        _ messageID: String,
        _ number: Int
    ) throws(FactsError) -> SentMessage {
        let from = try required(statement, "from", number)
        guard let jid = try? JID(from) else { throw malformed(from, "JID", number) }
        let requests = list(statement["request"])
        var message = SentMessage(
            stanzaID: try required(statement, "xmpp-id", number),
            messageID: messageID,
            from: jid,
            to: try bare(try required(statement, "to", number), number),
            type: statement["type"],
            asksReceipt: requests.contains("receipt"),
            asksMarker: requests.contains("markable"),
            dateTime: statement["datetime"] ?? ""
        )
        message.told = try told(statement, number)
        return message
    }

    private static func received(
        _ statement: FactStatement,
        _ messageID: String,
        _ number: Int
    ) throws(FactsError) -> ReceivedMessage {
        var message = ReceivedMessage(
            messageID: messageID,
            stanzaID: try required(statement, "stanza-id", number),
            from: try required(statement, "from", number),
            to: try required(statement, "to", number),
            dateTime: statement["datetime"] ?? "",
            asks: DispositionRequest.requests(in: statement["dispositions"] ?? "")
        )
        if let sender = statement["sender"] { message.sender = try bare(sender, number) }
        if let recipient = statement["recipient"] { message.recipient = try bare(recipient, number) }
        // Lines of before hold the whole value of the header.
        message.originalTo = statement["original-to"].flatMap(ReceivedMessage.uri(in:))
        message.routes = statement.words.filter { $0.key == "record-route" }.compactMap(\.value)
        message.told = try told(statement, number)
        return message
    }

    /// `told=KIND,…`, or the words `(already reported)`, which stand for all kinds.
    private static func told(_ statement: FactStatement, _ number: Int) throws(FactsError) -> Set<Disposition.Kind> {
        let bare = statement.words.filter { $0.value == nil }.map(\.key)
        if bare == ["(already", "reported)"] { return Set(Disposition.Kind.allCases) }
        var kinds: Set<Disposition.Kind> = []
        for name in list(statement["told"]) {
            guard let kind = Disposition.Kind(rawValue: name) else {
                throw malformed(name, "kind of notification (delivery, processing or display)", number)
            }
            kinds.insert(kind)
        }
        return kinds
    }

    // MARK: Values

    private static func pair(_ text: String, _ number: Int) throws(FactsError) -> Pair {
        let parts = text.split(separator: "->", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw malformed(text, "pair of users (A->B)", number) }
        return Pair(from: String(parts[0]), to: String(parts[1]))
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { String($0) }
    }

    private static func required(_ statement: FactStatement, _ key: String, _ number: Int) throws(FactsError) -> String
    {
        guard let value = statement[key] else {
            throw FactsError(.missingValue, "'\(statement.kind)' has no \(key).", line: number)
        }
        return value
    }

    private static func bare(_ text: String, _ number: Int) throws(FactsError) -> BareJID {
        guard let jid = try? BareJID(text) else { throw malformed(text, "bare JID", number) }
        return jid
    }

    private static func flag(_ text: String, _ number: Int) throws(FactsError) -> Bool {
        guard text == "yes" || text == "no" else { throw malformed(text, "yes or no", number) }
        return text == "yes"
    }

    private static func malformed(_ text: String, _ type: String, _ number: Int) -> FactsError {
        FactsError(.malformedValue, "'\(text.prefix(64))' is no \(type).", line: number)
    }
}

extension ReceiptFacts.Pair {
    /// `A->B`.
    fileprivate var text: String { from + "->" + to }
}
