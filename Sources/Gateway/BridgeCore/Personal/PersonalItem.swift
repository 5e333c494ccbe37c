/// What somebody tells of itself beside its presence: a mood, an activity, a place, a name.
///
/// Source: XEP-0163 §2.
public struct PersonalItem: Sendable, Equatable {
    /// Which kind of thing it is, by the name that both legs use for it.
    public var node: String
    /// What is told, in the form of the XMPP shore; opaque, and empty when nothing is told any more.
    public var payload: [UInt8]

    /// Makes an item.
    ///
    /// - Parameters:
    ///   - node: which kind of thing it is.
    ///   - payload: what is told; empty when nothing is told any more.
    public init(node: String, payload: [UInt8]) {
        self.node = node
        self.payload = payload
    }

    /// Whether nothing is told any more.
    public var isStop: Bool { payload.isEmpty }
}

/// What the flow of personal events asks for; carried out in order by the caller.
public enum PersonalEffect: Equatable {
    /// Tell these devices of the watcher an item of the presentity, which may be a stop.
    case publish(WatchKey, PersonalItem, to: [String])
    /// What the presentity tells has changed; ``PersonalFlow/items(of:)`` has it.
    case changed(WatchKey)
    /// What the presentity tells is not kept, since it is too large or there is no room.
    case overflow(WatchKey)
}
