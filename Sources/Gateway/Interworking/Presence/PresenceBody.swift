/// The body of a request that carries presence, with what the request says of it.
public struct PresenceBody: Sendable, Hashable {
    /// The value of Content-Type.
    public var type: String
    /// The value of Content-Language; nil for none.
    public var language: String?
    /// The content.
    public var bytes: [UInt8]

    /// Makes a body.
    ///
    /// - Parameters:
    ///   - type: the value of Content-Type.
    ///   - language: the value of Content-Language.
    ///   - bytes: the content.
    public init(type: String, language: String? = nil, bytes: [UInt8]) {
        self.type = type
        self.language = language
        self.bytes = bytes
    }
}
