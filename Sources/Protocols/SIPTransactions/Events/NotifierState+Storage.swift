import SIPMessages

extension NotifierState {
    private static let version: UInt8 = 1

    /// The subscription as bytes to keep; nil when there is nothing to go on with: a fetch, or one that has ended.
    ///
    /// Shape: version 1; 1 for active, 0 for pending; the expiry in seconds since 1970, eight bytes, the largest
    /// first; the Event value.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    /// - Returns: the bytes.
    public func stored(now: UInt64, date: UInt64) -> [UInt8]? {
        guard state == .active || state == .pending else { return nil }
        var bytes: [UInt8] = [Self.version, state == .active ? 1 : 0]
        bytes.append(bigEndian: date &+ UInt64(Clock.seconds(until: expiry, from: now)))
        bytes.append(contentsOf: event.description.utf8)
        return bytes
    }

    /// Reads a stored subscription; nil when the bytes are not one, or of another version.
    ///
    /// One that has expired meanwhile is due at once, so that the watcher is told.
    ///
    /// - Parameters:
    ///   - stored: the bytes.
    ///   - limits: durations and pace.
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    public init?(
        stored: some Collection<UInt8>,
        limits: EventLimits = EventLimits(),
        now: UInt64,
        date: UInt64
    ) {
        let bytes = Array(stored)
        guard bytes.count > 10, bytes[0] == Self.version, bytes[1] <= 1 else { return nil }
        let left = UInt64(bigEndian: bytes[2..<10])
        self.init(
            event: SIPEvent(stored: bytes[10...]),
            state: bytes[1] == 1 ? .active : .pending,
            expiry: Clock.after(now, seconds: left > date ? UInt32(clamping: left - date) : 0),
            limits: limits
        )
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
