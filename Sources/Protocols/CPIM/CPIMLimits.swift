/// The largest sizes that a ``CPIMReader`` accepts.
public struct CPIMLimits: Sendable, Equatable {
    /// Octets of one object; 1 MiB unless set.
    public var objectBytes: Int
    /// Octets of the message headers, and again of the content headers; 64 KiB unless set.
    public var headerBytes: Int
    /// Lines of message headers, and again fields of content headers; 200 unless set.
    public var headers: Int
    /// Objects inside each other, the outermost counted; 3 unless set.
    public var depth: Int

    /// Makes a set of limits.
    ///
    /// - Parameters:
    ///   - objectBytes: octets of one object.
    ///   - headerBytes: octets of one header block.
    ///   - headers: headers of one block.
    ///   - depth: objects inside each other.
    public init(objectBytes: Int = 1 << 20, headerBytes: Int = 64 << 10, headers: Int = 200, depth: Int = 3) {
        self.objectBytes = objectBytes
        self.headerBytes = headerBytes
        self.headers = headers
        self.depth = depth
    }
}
