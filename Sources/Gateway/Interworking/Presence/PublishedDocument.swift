/// One of the documents that a user has published.
public struct PublishedDocument: Sendable, Hashable {
    /// What tells it from the user's others, however often it is modified; later ones have greater numbers.
    public var number: UInt64
    /// The document as it came.
    public var body: PresenceBody

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - number: what tells it from the user's others.
    ///   - body: the document as it came.
    public init(number: UInt64, body: PresenceBody) {
        self.number = number
        self.body = body
    }
}
