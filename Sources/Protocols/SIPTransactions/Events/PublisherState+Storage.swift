extension PublisherState {
    private static let version: UInt8 = 1

    /// The publication as bytes to keep; nil when nothing is published, so that there is nothing to go on with.
    ///
    /// Shape: version 1; the duration to ask for, four bytes; the expiry in seconds since 1970, eight bytes, the largest
    /// first; the entity-tag.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    /// - Returns: the bytes.
    public func stored(now: UInt64, date: UInt64) -> [UInt8]? {
        guard let standing else { return nil }
        var bytes: [UInt8] = [Self.version]
        bytes.append(bigEndian: wanted)
        bytes.append(bigEndian: date &+ UInt64(Clock.seconds(until: standing.expiry, from: now)))
        bytes.append(contentsOf: standing.tag.utf8)
        return bytes
    }

    /// Reads a stored publication of the presence package; nil when the bytes are not one, or of another version.
    ///
    /// - Parameters:
    ///   - stored: the bytes.
    ///   - pace: the time between two documents in nanoseconds; 5 s unless set.
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    public init?(stored: some Collection<UInt8>, pace: UInt64 = 5_000_000_000, now: UInt64, date: UInt64) {
        let bytes = Array(stored)
        guard bytes.count > 13, bytes[0] == Self.version else { return nil }
        self.init(expires: UInt32(bigEndian: bytes[1..<5]), pace: pace)
        let last = UInt64(bigEndian: bytes[5..<13])
        let expiry = Clock.after(now, seconds: last > date ? UInt32(clamping: last - date) : 0)
        standing = Standing(
            tag: String(decoding: bytes[13...], as: UTF8.self),
            expiry: expiry,
            refresh: SubscriberState.refresh(until: expiry, now)
        )
        isWanted = true
    }
}
