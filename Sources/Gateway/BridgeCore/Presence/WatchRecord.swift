/// A watch as it is stored.
public struct WatchRecord: Sendable, Equatable {
    /// The two users and the direction.
    public var key: WatchKey
    /// The state, in the numbering of the direction.
    public var state: UInt8
    /// The request that asked, for errors about it; nil when it had no name.
    public var request: String?
    /// What was shown to a watcher of the XMPP shore, or said by a presentity of it.
    public var parts: [PresencePart]
    /// Whether a presentity of the CPIM shore is not subscribed to any more, since its state will not change.
    ///
    /// Source: RFC 6665 §4.1.3.
    public var isFinal: Bool

    /// Makes a record.
    ///
    /// - Parameters:
    ///   - key: the two users and the direction.
    ///   - state: the state, in the numbering of the direction.
    ///   - request: the request that asked.
    ///   - parts: what was shown or said.
    ///   - isFinal: whether there is no subscription since the state will not change.
    public init(key: WatchKey, state: UInt8, request: String?, parts: [PresencePart], isFinal: Bool = false) {
        self.key = key
        self.state = state
        self.request = request
        self.parts = parts
        self.isFinal = isFinal
    }

    /// The name of the state, for people: `asked`, `approved`, `leaving` or `refused`.
    public var stateName: String { Self.stateName(state, target: key.target) }

    /// The name of a state.
    ///
    /// - Parameters:
    ///   - state: the state, in the numbering of the direction.
    ///   - target: the shore on which the presentity lives.
    /// - Returns: `asked`, `approved`, `leaving` or `refused`.
    public static func stateName(_ state: UInt8, target: Shore) -> String {
        switch (target, state) {
        case (.cpim, 0), (.xmpp, 1), (.xmpp, 3): "asked"
        case (.cpim, 1), (.xmpp, 2): "approved"
        case (.cpim, 2): "leaving"
        case (.xmpp, 4): "refused"
        default: "none"
        }
    }

    /// Request and parts in one piece: the version, then each text behind its length.
    ///
    /// The version is 1, and 2 for a state that will not change.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        let request = request ?? ""
        // Behind the version: the request; of each part its flag, name, content and time; each text behind its length.
        bytes.reserveCapacity(
            parts.reduce(5 + request.utf8.count) { $0 + 17 + $1.name.utf8.count + $1.content.count }
        )
        bytes.append(isFinal ? 2 : 1)
        Self.append(request.utf8, to: &bytes)
        for part in parts {
            bytes.append(part.isOpen ? 1 : 0)
            Self.append(part.name.utf8, to: &bytes)
            Self.append(part.content, to: &bytes)
            for shift in stride(from: Int64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: part.seen >> shift))
            }
        }
        return bytes
    }

    /// Reads what ``bytes`` wrote; nil for anything else.
    ///
    /// - Parameters:
    ///   - key: the two users and the direction.
    ///   - state: the state.
    ///   - bytes: request and parts.
    public init?(key: WatchKey, state: UInt8, bytes: [UInt8]) {
        var rest = bytes[...]
        guard let version = rest.popFirst(), 1...2 ~= version, let request = Self.take(&rest) else { return nil }
        var parts: [PresencePart] = []
        while let flag = rest.popFirst() {
            guard flag <= 1, let name = Self.take(&rest), let content = Self.take(&rest), rest.count >= 8 else {
                return nil
            }
            let seen = rest.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
            rest = rest.dropFirst(8)
            parts.append(
                PresencePart(
                    name: String(decoding: name, as: UTF8.self),
                    isOpen: flag == 1,
                    content: Array(content),
                    seen: seen
                )
            )
        }
        let text = request.isEmpty ? nil : String(decoding: request, as: UTF8.self)
        self.init(key: key, state: state, request: text, parts: parts, isFinal: version == 2)
    }

    private static func append(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
        let count = UInt32(clamping: text.count)
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        bytes.append(contentsOf: text)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard rest.count >= count else { return nil }
        let text = rest.prefix(count)
        rest = rest.dropFirst(count)
        return text
    }
}

extension PresenceFlow {
    /// The watch as it is now, for the store.
    ///
    /// - Parameter key: the watch.
    /// - Returns: nil when there is nothing to keep.
    public func record(of key: WatchKey) -> WatchRecord? {
        if let watch = outward[key] {
            return WatchRecord(
                key: key,
                state: watch.state.rawValue,
                request: watch.request,
                // What waits for the pace is not told again after a restart.
                parts: watch.isFinal ? watch.held ?? watch.shown : watch.shown,
                isFinal: watch.isFinal
            )
        }
        guard let watch = inward[key], watch.state != .none else { return nil }
        return WatchRecord(key: key, state: watch.state.rawValue, request: nil, parts: watch.parts)
    }

    /// Every watch that is stored.
    public var records: [WatchRecord] {
        (Array(outward.keys) + Array(inward.keys)).compactMap { record(of: $0) }
    }

    /// Puts back a watch of an earlier process; its subscriptions are made anew at a bounded rate.
    ///
    /// - Parameters:
    ///   - record: the watch as it was stored.
    ///   - isSubscribed: whether the leg has taken up its subscription by itself.
    public mutating func restore(_ record: WatchRecord, isSubscribed: Bool = false) {
        switch record.key.target {
        case .cpim:
            guard let state = OutwardWatch.State(rawValue: record.state) else { return }
            var watch = OutwardWatch(state: state, request: record.request)
            watch.shown = record.parts
            bytes += watch.bytes
            watch.isFinal = record.isFinal && state == .approved && !isSubscribed
            watch.isSubscribed = !watch.isFinal
            if state == .asked { undecided += 1 }
            insert(watch, record.key)
            if watch.isSubscribed, !isSubscribed { subscriptionQueue.append(record.key) }
        case .xmpp:
            guard let state = InwardWatch.State(rawValue: record.state), state != .none else { return }
            var watch = InwardWatch(state: state)
            watch.parts = record.parts
            watch.doubt()
            bytes += watch.bytes
            if state == .asked { undecided += 1 }
            if state == .announced || state == .denied { announced.tell(record.key, began) }
            insert(watch, record.key)
        }
    }

    /// Puts back a subscription of a watcher of the CPIM shore that the leg has taken up.
    ///
    /// - Parameters:
    ///   - subscription: the leg's number.
    ///   - key: the watch.
    public mutating func restore(subscription: UInt64, of key: WatchKey) {
        guard var watch = inward[key] else { return }
        if !watch.subscriptions.contains(subscription) { watch.subscriptions.append(subscription) }
        // Nobody knows whether the last document got through.
        watch.isAnswerNews = true
        inward[key] = watch
        awaitWord(key, began)
    }
}
