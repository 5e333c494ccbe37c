/// A response ready for the wire.
public struct OutgoingResponse: Sendable, Equatable {
    /// The whole response.
    public var bytes: [UInt8]
    /// The status code.
    public var status: Int

    /// Makes a response.
    ///
    /// - Parameters:
    ///   - bytes: the whole response.
    ///   - status: the status code.
    public init(bytes: [UInt8], status: Int) {
        self.bytes = bytes
        self.status = status
    }
}
