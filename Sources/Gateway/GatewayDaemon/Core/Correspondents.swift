import Addressing
import BridgeCore
import Interworking

/// What was seen of users lately: from which endpoint they write, and the threads of their conversations.
struct Correspondents: ~Copyable {
    /// How many users and conversations are remembered.
    static let capacity = 100_000
    /// How many threads of one pair of users are remembered.
    static let threadsOfPair = 8
    /// The longest name that is remembered, in bytes: it goes with each message, which may have no room for more.
    static let longestName = 64

    /// The resource that an XMPP user last wrote from, by bare JID.
    private(set) var resources = Recent<String, String>(capacity: capacity)
    /// The `gr` value that a SIP user last wrote from, by the JID form of the user.
    private(set) var instances = Recent<String, String>(capacity: capacity)
    /// The name that an XMPP user last said to go by, by bare JID.
    private(set) var names = Recent<String, String>(capacity: capacity)
    /// Pairs of users of whom the one on the XMPP shore last wrote a message of type `chat`; false is a later one of another.
    private var chats = Recent<Conversation, Bool>(capacity: capacity)
    /// Threads that are not their own Call-ID, by the pair of users.
    private var threads = Recent<Conversation, [ThreadPair]>(capacity: capacity)

    /// Remembers the endpoint that an item came from.
    mutating func saw(_ sender: Correspondent, from shore: Shore) {
        switch shore {
        case .xmpp:
            guard let resource = sender.jid.resource, resources[sender.key] != resource else { return }
            resources[sender.key] = resource
        case .cpim:
            guard instances[sender.key] != sender.instance else { return }
            instances[sender.key] = sender.instance
        }
    }

    /// Remembers the name that an XMPP user goes by.
    ///
    /// Source: XEP-0172 §4.1, §4.2.
    mutating func saw(name: String, of user: String) {
        guard name.utf8.count <= Self.longestName, names[user] != name else { return }
        names[user] = name
    }

    /// Remembers whether a stanza was of type `chat`.
    mutating func saw(chat: Bool, _ one: String, _ other: String) {
        let pair = Conversation(one, other)
        if chats[pair] ?? false != chat { chats[pair] = chat }
    }

    /// Whether the last stanza of the one on the XMPP shore was of type `chat`.
    func areInChat(_ one: String, _ other: String) -> Bool { chats[Conversation(one, other)] ?? false }

    /// The threads of two users, in either order.
    func threads(_ one: String, _ other: String) -> [ThreadPair] {
        threads.isEmpty ? [] : threads[Conversation(one, other)] ?? []
    }

    /// Remembers a thread.
    mutating func insert(_ thread: ThreadPair, _ one: String, _ other: String) {
        let pair = Conversation(one, other)
        var known = threads[pair] ?? []
        known.removeAll { $0.callID == thread.callID || $0.thread == thread.thread }
        if known.count >= Self.threadsOfPair { known.removeFirst() }
        known.append(thread)
        threads[pair] = known
    }
}

/// Two users, in either order.
struct Conversation: Hashable {
    let first: String
    let second: String

    init(_ one: String, _ other: String) {
        (first, second) = one < other ? (one, other) : (other, one)
    }

    /// Both on a line each, as the store has them.
    var text: String { first + "\n" + second }
}
