/// A comment for people, never a substitute for a status.
///
/// Source: RFC 3863 §4.1.6.
public struct PresenceNote: Sendable, Hashable {
    /// The text as written, with its line ends and spaces.
    public var text: String
    /// The language: the note's own or that of the nearest element around it; nil when none is known.
    public var language: String?

    /// Makes a note.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - language: a language tag.
    public init(_ text: String, language: String? = nil) {
        self.text = text
        self.language = language
    }
}
