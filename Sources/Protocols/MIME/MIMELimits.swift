/// The largest sizes that a reader of this module accepts.
public struct MIMELimits: Sendable, Equatable {
    /// Octets of one header value, such as a media type; 8 KiB unless set.
    public var valueBytes: Int
    /// Parameters of one value; 64 unless set.
    public var parameters: Int
    /// Octets of one header block; 64 KiB unless set.
    public var headerBytes: Int
    /// Header fields of one block; 200 unless set.
    public var headers: Int
    /// Octets of one content, encoded or decoded; 1 MiB unless set.
    public var contentBytes: Int
    /// Parts of one multipart; 64 unless set.
    public var parts: Int
    /// Levels of multiparts inside each other; 5 unless set.
    public var depth: Int

    /// Makes a set of limits.
    ///
    /// - Parameters:
    ///   - valueBytes: octets of one header value.
    ///   - parameters: parameters of one value.
    ///   - headerBytes: octets of one header block.
    ///   - headers: header fields of one block.
    ///   - contentBytes: octets of one content.
    ///   - parts: parts of one multipart.
    ///   - depth: levels of multiparts.
    public init(
        valueBytes: Int = 8 << 10,
        parameters: Int = 64,
        headerBytes: Int = 64 << 10,
        headers: Int = 200,
        contentBytes: Int = 1 << 20,
        parts: Int = 64,
        depth: Int = 5
    ) {
        self.valueBytes = valueBytes
        self.parameters = parameters
        self.headerBytes = headerBytes
        self.headers = headers
        self.contentBytes = contentBytes
        self.parts = parts
        self.depth = depth
    }
}
