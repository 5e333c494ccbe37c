import PIDF

/// What a published document says, as it was read once; opaque.
public struct PublishedContent: Sendable, Hashable {
    private(set) var document: PresenceDocument

    init(document: PresenceDocument) { self.document = document }

    /// Discards the locations that may not be kept any longer.
    ///
    /// - Parameters:
    ///   - now: the time, in milliseconds since 1970-01-01T00:00:00Z.
    ///   - received: when the document was received, in seconds since then.
    /// - Returns: the document to keep instead, nil when it stays as it is; and when the next location may not be kept
    ///   any longer, in milliseconds, nil when there is none.
    ///
    /// Source: RFC 4119 §2.2.2.
    public mutating func discardLocations(
        expiredAt now: Int64,
        receivedAt received: UInt64
    ) -> (bytes: [UInt8]?, next: Int64?) {
        let retention = document.discardLocations(
            expiredAt: PresenceTime(seconds: now / 1_000),
            receivedAt: PresenceTime(seconds: Int64(clamping: received))
        )
        let bytes = retention.hasDiscarded ? PIDFWriter.writeCopy(document) : nil
        let next = retention.next.map { ($0.seconds + ($0.nanoseconds > 0 ? 1 : 0)) * 1_000 }
        return (bytes, next)
    }
}
