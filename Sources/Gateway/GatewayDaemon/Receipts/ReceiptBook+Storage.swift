import Interworking
import Ledger

/// How the messages of the book stand in the store: in rows of conversations, under keys that no two users have.
extension ReceiptBook {
    /// What the keys of such rows begin with; no JID has a colon before its first `@`.
    private static let prefix = "receipt:"

    /// Whether a row is one of the book's.
    static func holds(_ row: ConversationThread) -> Bool { row.key.hasPrefix(prefix) }

    /// Takes up what an earlier process had, in the order in which it came.
    mutating func restore(_ rows: [ConversationThread], now: Int64) -> [Change] {
        var changes: [Change] = []
        for row in rows.sorted(by: { $0.cseq < $1.cseq }) {
            guard let (key, entry) = Self.entry(row) else { continue }
            changes += restore(entry, key, now: now)
        }
        return changes
    }

    private static func entry(_ row: ConversationThread) -> (Key, Entry)? {
        let parts = row.key.dropFirst(prefix.count).split(separator: "\n", maxSplits: 3)
        guard parts.count == 4, let way = Way(rawValue: String(parts[0])), let asked = AskedMessage(line: row.thread)
        else { return nil }
        let key = Key(way: way, sender: String(parts[1]), recipient: String(parts[2]))
        return (key, Entry(asked: asked, kept: row.cseq, expires: row.expires))
    }
}

extension ReceiptBook.Change {
    /// The row that the store keeps; one that is forgotten has expired.
    var row: ConversationThread {
        switch self {
        case .keep(let key, let entry):
            Self.row(key, entry.asked.messageID, entry.asked.line, kept: entry.kept, expires: entry.expires)
        case .forget(let key, let messageID): Self.row(key, messageID, "", kept: 0, expires: 0)
        }
    }

    private static func row(
        _ key: ReceiptBook.Key,
        _ messageID: String,
        _ line: String,
        kept: Int64,
        expires: Int64
    ) -> ConversationThread {
        ConversationThread(
            key: "receipt:" + [key.way.rawValue, key.sender, key.recipient, messageID].joined(separator: "\n"),
            callID: "",
            tag: "",
            cseq: kept,
            thread: line,
            expires: expires
        )
    }
}
