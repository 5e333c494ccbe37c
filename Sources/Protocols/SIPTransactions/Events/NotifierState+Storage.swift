import SIPMessages

extension NotifierState {
    /// The subscription as bytes to keep; nil when there is nothing to go on with: a fetch that nobody has decided on,
    /// or one that is over.
    ///
    /// Shape: version 1; 1 for active, 0 for pending; the expiry in seconds since 1970, eight bytes, the largest
    /// first; the Event value. Of one whose last NOTIFY is owed, or not answered: version 2; 2; the expiry; the seconds
    /// to wait before another SUBSCRIBE, four bytes, 0 for none; the length of the reason, one byte; the reason; the
    /// Event value.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    /// - Returns: the bytes.
    public func stored(now: UInt64, date: UInt64) -> [UInt8]? {
        var bytes: [UInt8]
        var last: [UInt8] = []
        switch state {
        case .pending: bytes = [1, 0]
        case .active: bytes = [1, 1]
        case .ending(let state, _), .closing(let state):
            bytes = [2, 2]
            let reason = (state.reason?.name ?? "").utf8.prefix(255)
            last.append(bigEndian: state.retryAfter ?? 0)
            last.append(UInt8(reason.count))
            last.append(contentsOf: reason)
        case .fetching, .over: return nil
        }
        bytes.append(bigEndian: date &+ UInt64(Clock.seconds(until: expiry, from: now)))
        bytes.append(contentsOf: last)
        bytes.append(contentsOf: event.description.utf8)
        return bytes
    }

    /// Reads a stored subscription; nil when the bytes are not one, or of another version.
    ///
    /// Nobody knows whether the last NOTIFY got through, so that the watcher is told where its subscription stands: one
    /// that is over or has expired meanwhile at the time that is given, without a document of what was; one that goes
    /// on a pace later, unless there is something else to tell before that.
    ///
    /// - Parameters:
    ///   - stored: the bytes.
    ///   - limits: durations and pace.
    ///   - again: the time to tell it.
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    public init?(
        stored: some Collection<UInt8>,
        limits: EventLimits = EventLimits(),
        again: UInt64,
        now: UInt64,
        date: UInt64
    ) {
        let bytes = Array(stored)
        guard bytes.count > 10 else { return nil }
        var event = bytes[10...]
        let state: State
        switch (bytes[0], bytes[1]) {
        case (1, 0): state = .pending
        case (1, 1): state = .active
        case (2, 2):
            guard let last = Self.takeLast(from: &event) else { return nil }
            state = .ending(last, withBody: false)
        default: return nil
        }
        let end = UInt64(bigEndian: bytes[2..<10])
        let isOver = bytes[1] == 2
        self.init(
            event: SIPEvent(stored: event),
            state: state,
            expiry: end > date ? Clock.after(now, seconds: UInt32(clamping: end - date)) : again,
            limits: limits,
            again: isOver ? again : again &+ limits.pace
        )
    }

    /// Takes the last state from before the Event value; nil when nothing follows.
    private static func takeLast(from rest: inout ArraySlice<UInt8>) -> SubscriptionState? {
        guard rest.count > 5 else { return nil }
        let wait = UInt32(bigEndian: rest.prefix(4))
        rest = rest.dropFirst(4)
        guard let count = rest.popFirst(), rest.count > Int(count) else { return nil }
        let reason = String(decoding: rest.prefix(Int(count)), as: UTF8.self)
        rest = rest.dropFirst(Int(count))
        return .terminated(SubscriptionState.Reason(reason), retryAfter: wait > 0 ? wait : nil)
    }
}

extension SIPEvent {
    /// Reads what `description` wrote.
    init(stored: ArraySlice<UInt8>) {
        let package = stored.prefix { $0 != UInt8(ascii: ";") }
        let id = stored.dropFirst(package.count + ";id=".utf8.count)
        self.init(
            String(decoding: package, as: UTF8.self),
            id: package.count == stored.count ? nil : String(decoding: id, as: UTF8.self)
        )
    }
}
