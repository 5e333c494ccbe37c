/// Whether somebody is writing: the document of a composing state.
///
/// Source: RFC 3994 §6.
public struct ComposingStatus: Sendable, Hashable {
    /// The states of a composer.
    ///
    /// Source: RFC 3994 §3.2.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Somebody is writing.
        case active
        /// Nobody is; so counts every state that is an extension (RFC 3994 §3.5).
        case idle
    }

    /// The state.
    public var state: State
    /// When something was last written, as a date-time; nil where that is not told.
    public var lastActive: String?
    /// The type of what is being written, such as `text` or `text/plain`; nil where that is not told.
    public var contentType: String?
    /// After how many seconds the state is told again, above 0; nil where it is not.
    public var refresh: Int?

    /// Makes a state.
    ///
    /// - Parameters:
    ///   - state: the state.
    ///   - lastActive: when something was last written.
    ///   - contentType: the type of what is being written.
    ///   - refresh: after how many seconds the state is told again.
    public init(_ state: State, lastActive: String? = nil, contentType: String? = nil, refresh: Int? = nil) {
        self.state = state
        self.lastActive = lastActive
        self.contentType = contentType
        self.refresh = refresh
    }
}
