/// The bounds of a SIP message that is read.
public struct SIPLimits: Sendable, Equatable {
    /// The longest start line, in bytes without its line end.
    public var startLineBytes: Int
    /// The longest header field with its folds, in bytes.
    public var headerBytes: Int
    /// The start line and all header fields together, in bytes.
    public var headersBytes: Int
    /// The number of header fields.
    public var headerFields: Int
    /// The number of Via values.
    public var viaValues: Int
    /// The largest body, in bytes.
    public var bodyBytes: Int
    /// The largest message, in bytes.
    public var messageBytes: Int

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - startLineBytes: 8 KiB unless set.
    ///   - headerBytes: 16 KiB unless set.
    ///   - headersBytes: 64 KiB unless set.
    ///   - headerFields: 256 unless set.
    ///   - viaValues: 100 unless set.
    ///   - bodyBytes: 1 MiB unless set.
    ///   - messageBytes: 1 MiB and 64 KiB unless set; never more than 1 GiB.
    public init(
        startLineBytes: Int = 8 << 10,
        headerBytes: Int = 16 << 10,
        headersBytes: Int = 64 << 10,
        headerFields: Int = 256,
        viaValues: Int = 100,
        bodyBytes: Int = 1 << 20,
        messageBytes: Int = (1 << 20) + (64 << 10)
    ) {
        self.startLineBytes = startLineBytes
        self.headerBytes = headerBytes
        self.headersBytes = headersBytes
        self.headerFields = headerFields
        self.viaValues = viaValues
        self.bodyBytes = bodyBytes
        self.messageBytes = min(messageBytes, 1 << 30)
    }
}
