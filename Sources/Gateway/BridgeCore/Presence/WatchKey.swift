/// A watcher on one shore and the presentity on the other whom it watches.
///
/// There is one watch for each pair and direction, whatever number of devices both sides have.
///
/// Source: RFC 3859 §3.4, RFC 8048 §5.
public struct WatchKey: Hashable, Sendable {
    /// The bare JID form of the watcher.
    public let watcher: String
    /// The bare JID form of the presentity.
    public let presentity: String
    /// The shore on which the presentity lives.
    public let target: Shore

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - watcher: the bare JID form of the watcher.
    ///   - presentity: the bare JID form of the presentity.
    ///   - target: the shore on which the presentity lives.
    public init(watcher: String, presentity: String, target: Shore) {
        self.watcher = watcher
        self.presentity = presentity
        self.target = target
    }

    /// The watch of the other direction between the same two users.
    public var reversed: WatchKey {
        WatchKey(watcher: presentity, presentity: watcher, target: target.opposite)
    }
}

/// What one device of a presentity said last.
public struct PresencePart: Sendable, Equatable {
    /// The resource or tuple that it stands for; empty for the presentity as a whole.
    public var name: String
    /// Whether it can be reached.
    public var isOpen: Bool
    /// What it said, in the form of the shore that shows or composes it; opaque.
    public var content: [UInt8]
    /// When it said so, in Unix milliseconds; no two changes of one presentity have the same.
    public var seen: Int64

    /// Makes a part.
    ///
    /// - Parameters:
    ///   - name: the resource or tuple.
    ///   - isOpen: whether it can be reached.
    ///   - content: what it said.
    ///   - seen: when it said so, in Unix milliseconds.
    public init(name: String, isOpen: Bool, content: [UInt8] = [], seen: Int64) {
        self.name = name
        self.isOpen = isOpen
        self.content = content
        self.seen = seen
    }
}
