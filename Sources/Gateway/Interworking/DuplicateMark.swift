/// What identifies an item when it comes again: texts and bytes that together do.
public struct DuplicateMark: Sendable, Equatable {
    /// Texts, in an order that never changes.
    public let texts: [String]
    /// Bytes of any length; nil where the texts are enough.
    public let content: ArraySlice<UInt8>?

    /// Makes a mark.
    public init(_ texts: [String], content: ArraySlice<UInt8>? = nil) {
        self.texts = texts
        self.content = content
    }
}
