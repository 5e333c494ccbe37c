import Interworking
import Ledger

/// What has a key of its own for what is kept of texts.
struct ConversationDay: Hashable {
    /// Both bare addresses.
    let conversation: Conversation
    /// Days since 1970, UTC.
    let day: Int64
}

/// The keys of conversations whose texts crossed lately; others are looked up in the file of keys, or drawn.
struct BodyKeys {
    private static let capacity = 10_000

    /// What stands for people and domains in the file of keys.
    let labels: BodyLabels
    /// The file of keys.
    let file: BodyKeyReader
    private var recent = Recent<ConversationDay, BodyKey>(capacity: capacity)
    private var erasures = 0

    /// Names the file of keys beside a ledger.
    init(_ labels: BodyLabels, beside ledger: String) {
        self.labels = labels
        file = BodyKeyReader(beside: ledger)
    }

    /// The key of a conversation and day; whoever uses it has the ledger store it.
    mutating func key(of day: ConversationDay) -> BodyKey {
        if let known = recent[day] { return known }
        let name = labels.name(day.conversation.first, day.conversation.second)
        // While keys are erased none is taken from the file: one that goes must not be used again. A file that cannot be
        // read is one more reason for a key of its own; a conversation may have several.
        let stored = erasures > 0 ? nil : (try? file.keys(of: name.conversation, day: day.day))?.last
        let key = stored ?? BodyKey(of: name, day: day.day)
        recent[day] = key
        return key
    }

    /// Forgets all keys, before some are erased.
    mutating func beginErasure() {
        recent = Recent(capacity: Self.capacity)
        erasures += 1
    }

    /// Takes keys from the file again.
    mutating func endErasure() { erasures -= 1 }
}
