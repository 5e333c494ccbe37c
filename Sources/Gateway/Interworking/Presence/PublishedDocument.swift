/// One of the documents that a user has published.
public struct PublishedDocument: Sendable, Hashable {
    /// What tells it from the user's others, however often it is modified; later ones have greater numbers.
    public var number: UInt64
    /// The document as it came.
    public var body: PresenceBody
    /// What it says, where that is known, so that it is not read again.
    public var content: PublishedContent?

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - number: what tells it from the user's others.
    ///   - body: the document as it came.
    ///   - content: what it says; nil to read the body.
    public init(number: UInt64, body: PresenceBody, content: PublishedContent? = nil) {
        self.number = number
        self.body = body
        self.content = content
    }
}
