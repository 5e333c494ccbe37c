import DequeModule
import IMDN
import Interworking

/// The messages whose senders want to hear what becomes of them, by their two users.
///
/// Source: RFC 5438 §7.1.3.
struct ReceiptBook {
    /// The bounds.
    struct Limits: Equatable {
        /// How many messages are kept in all.
        var messages = 100_000
        /// How many messages from one user to another are kept.
        var messagesPerPair = 64
        /// How long a message is kept, in milliseconds.
        var lifetime: Int64 = 30 * 24 * 3_600_000
        /// How long the line of a message may be, in bytes; strangers choose most of it.
        var line = 2_048
    }

    /// From which shore a message came.
    enum Way: String {
        /// From the XMPP shore.
        case sent
        /// From the CPIM shore.
        case received
    }

    /// Whose messages, by bare JIDs.
    struct Key: Hashable {
        let way: Way
        let sender: String
        let recipient: String
    }

    /// One message.
    struct Entry: Equatable {
        var asked: AskedMessage
        /// When it was accepted, in Unix milliseconds.
        var kept: Int64
        /// When it is forgotten.
        var expires: Int64
    }

    /// What the store has to know.
    enum Change: Equatable {
        /// This stands of a message.
        case keep(Key, Entry)
        /// The message is forgotten.
        case forget(Key, messageID: String)
    }

    let limits: Limits
    private var entries: [Key: [Entry]] = [:]
    private var order: Deque<(key: Key, messageID: String, kept: Int64)> = []
    /// How many messages are kept.
    private(set) var count = 0

    init(limits: Limits = Limits()) { self.limits = limits }

    /// The messages from one user to another, in the order in which they came.
    func messages(_ key: Key, now: Int64) -> [AskedMessage] {
        (entries[key] ?? []).filter { $0.expires > now }.map(\.asked)
    }

    /// The message that a name stands for.
    func message(_ key: Key, _ messageID: String, now: Int64) -> AskedMessage? {
        entries[key]?.last { $0.asked.messageID == messageID && $0.expires > now }?.asked
    }

    /// Keeps a message.
    ///
    /// - Returns: what the store has to know; nothing for a message that is too large to be kept.
    mutating func insert(_ asked: AskedMessage, _ key: Key, now: Int64) -> [Change] {
        guard asked.line.utf8.count <= limits.line else { return [] }
        let entry = Entry(asked: asked, kept: now, expires: now + limits.lifetime)
        return restore(entry, key, now: now) + [.keep(key, entry)]
    }

    /// Keeps a message that the store has.
    ///
    /// - Returns: what is forgotten for it.
    mutating func restore(_ entry: Entry, _ key: Key, now: Int64) -> [Change] {
        var changes = forgetExpired(now: now)
        var known = entries[key] ?? []
        if let index = known.firstIndex(where: { $0.asked.messageID == entry.asked.messageID }) {
            known.remove(at: index)
            count -= 1
        }
        if known.count >= limits.messagesPerPair {
            changes.append(.forget(key, messageID: known.removeFirst().asked.messageID))
            count -= 1
        }
        known.append(entry)
        entries[key] = known
        count += 1
        order.append((key, entry.asked.messageID, entry.kept))
        while count > limits.messages, let oldest = order.popFirst() {
            changes += remove(oldest.key, oldest.messageID, kept: oldest.kept)
        }
        // Places of messages that are gone stay in line; they must not outgrow what is kept.
        if order.count > 2 * limits.messages {
            order = Deque(order.filter { holds($0.key, $0.messageID, kept: $0.kept) })
        }
        return changes
    }

    /// A notification is on its way.
    ///
    /// - Returns: what the store has to know.
    mutating func apply(_ news: SignalNews, _ key: Key) -> [Change] {
        let messageID: String
        let kind: Disposition.Kind
        switch news {
        case .reported(let id, let said), .confirmed(let id, let said): (messageID, kind) = (id, said)
        case .composing, .usesChatStates: return []
        }
        guard let index = entries[key]?.lastIndex(where: { $0.asked.messageID == messageID }) else { return [] }
        entries[key]?[index].asked.tell(kind)
        guard let entry = entries[key]?[index] else { return [] }
        return entry.asked.isSettled ? remove(key, messageID, kept: entry.kept) : [.keep(key, entry)]
    }

    /// Forgets a message of which there is nothing to tell.
    mutating func forget(_ key: Key, _ messageID: String) -> [Change] {
        guard let entry = entries[key]?.last(where: { $0.asked.messageID == messageID }) else { return [] }
        return remove(key, messageID, kept: entry.kept)
    }

    private mutating func forgetExpired(now: Int64) -> [Change] {
        var changes: [Change] = []
        while let oldest = order.first, oldest.kept + limits.lifetime <= now {
            order.removeFirst()
            changes += remove(oldest.key, oldest.messageID, kept: oldest.kept)
        }
        return changes
    }

    private mutating func remove(_ key: Key, _ messageID: String, kept: Int64) -> [Change] {
        guard let index = entries[key]?.firstIndex(where: { $0.asked.messageID == messageID && $0.kept == kept })
        else { return [] }
        entries[key]?.remove(at: index)
        if entries[key]?.isEmpty == true { entries[key] = nil }
        count -= 1
        return [.forget(key, messageID: messageID)]
    }

    private func holds(_ key: Key, _ messageID: String, kept: Int64) -> Bool {
        entries[key]?.contains { $0.asked.messageID == messageID && $0.kept == kept } == true
    }
}
