import SIPMessages

extension SubscriberState {
    private static let version: UInt8 = 1

    /// The subscription as bytes to keep; nil when it does not stand, so that there is nothing to go on with.
    ///
    /// Shape: version 1; 1 for active, 0 for pending; 1 if it ever was active, else 0; the duration to ask for, four
    /// bytes; the expiry in seconds since 1970, eight bytes; the length of the Event value, one byte, and the value;
    /// the dialog as ``SIPDialog/stored``. Numbers have their largest byte first.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    /// - Returns: the bytes.
    public func stored(now: UInt64, date: UInt64) -> [UInt8]? {
        guard case .established(let standing) = state, let dialog else { return nil }
        let name = Array(event.description.utf8.prefix(255))
        var bytes: [UInt8] = [Self.version, standing.phase.rawValue, wasActive ? 1 : 0]
        bytes.append(bigEndian: wanted)
        bytes.append(bigEndian: date &+ UInt64(Clock.seconds(until: standing.expiry, from: now)))
        bytes.append(UInt8(name.count))
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: dialog.stored)
        return bytes
    }

    /// Reads a stored subscription; nil when the bytes are not one, or of another version.
    ///
    /// - Parameters:
    ///   - stored: the bytes.
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    ///   - refresh: when to refresh it at the latest, which tells whether the notifier still knows it.
    ///   - patience: timer N in nanoseconds; 32 s unless set.
    public init?(
        stored: some Collection<UInt8>,
        now: UInt64,
        date: UInt64,
        refresh: UInt64,
        patience: UInt64 = 32_000_000_000
    ) {
        let bytes = Array(stored)
        guard bytes.count > 16, bytes[0] == Self.version, let phase = Phase(rawValue: bytes[1]), bytes[2] <= 1 else {
            return nil
        }
        let start = 16 + Int(bytes[15])
        guard bytes.count > start, let dialog = SIPDialog(stored: bytes[start...]) else { return nil }
        let last = UInt64(bigEndian: bytes[7..<15])
        let expiry = Clock.after(now, seconds: last > date ? UInt32(clamping: last - date) : 0)
        var standing = Standing(phase, expiry: expiry, isTold: true, now)
        standing.refresh = min(refresh, standing.refresh)
        self.init(
            event: SIPEvent(stored: bytes[16..<start]),
            state: .established(standing),
            wanted: UInt32(bigEndian: bytes[3..<7]),
            wasActive: bytes[2] == 1,
            patience: patience
        )
        self.dialog = dialog
        wasEstablished = true
    }
}
