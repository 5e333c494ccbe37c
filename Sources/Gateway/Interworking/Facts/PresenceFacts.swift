public import Addressing

/// What is known of who watches whom when presence is translated.
public struct PresenceFacts: Sendable, Equatable {
    /// How far a subscription has come.
    ///
    /// Source: RFC 6665 §4.1.3.
    public enum Subscription: String, Sendable, CaseIterable {
        /// There is none.
        case none
        /// It waits for the presentity's decision.
        case pending
        /// The watcher may see the presentity.
        case active
    }

    /// What a watcher was told of a resource.
    public enum State: String, Sendable, CaseIterable {
        /// It is available.
        case open
        /// It is not.
        case closed
    }

    /// A resource that is known to be available.
    public struct Online: Sendable, Hashable {
        /// The full address.
        public var jid: JID
        /// Its priority.
        ///
        /// Source: RFC 6121 §4.7.2.3.
        public var priority: Int

        /// Makes a resource.
        ///
        /// - Parameters:
        ///   - jid: the full address.
        ///   - priority: -128 to 127.
        public init(jid: JID, priority: Int = 0) {
            self.jid = jid
            self.priority = priority
        }
    }

    /// Who watches; nil when the item says it.
    public var watcher: JID?
    /// Whom the watcher watches, by its address on the XMPP shore; nil when the item says it.
    public var presentity: JID?
    /// How far the watcher's subscription has come; nil when nothing is known of one.
    public var subscription: Subscription?
    /// What the watcher was told last, by resource.
    public var lastStates: [JID: State]
    /// The resources of XMPP users that are known to be available, the one seen first first.
    public var online: [Online]

    /// Makes facts in which nothing is known.
    public init() {
        watcher = nil
        presentity = nil
        subscription = nil
        lastStates = [:]
        online = []
    }
}
