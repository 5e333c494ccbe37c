/// One change of a partial document.
///
/// Source: RFC 5261 §4.
public struct PatchOperation: Sendable, Hashable {
    /// Where what is added goes.
    ///
    /// Source: RFC 5261 §4.3.
    public enum Position: String, Sendable, Hashable, CaseIterable {
        /// Behind the last child of the element that was found.
        case append
        /// Before its first child.
        case prepend
        /// Right before what was found.
        case before
        /// Right behind what was found.
        case after
    }

    /// Which white space goes with what is removed.
    ///
    /// Source: RFC 5261 §4.5.
    public enum WhiteSpace: String, Sendable, Hashable, CaseIterable {
        /// None.
        case none
        /// The text before, when it is nothing but white space.
        case before
        /// The text behind, when it is nothing but white space.
        case after
        /// Both.
        case both
    }

    /// What is done.
    public enum Kind: Sendable, Hashable {
        /// Text and elements are added.
        case add([PresenceElement.Content], Position)
        /// An attribute is added to the element that was found.
        case addAttribute(PresenceAttribute)
        /// A prefix is declared, which changes nothing in a document of expanded names.
        case declarePrefix
        /// What was found makes way for this.
        case replace([PresenceElement.Content])
        /// What was found goes.
        case remove(WhiteSpace)
    }

    /// What is done.
    public let kind: Kind
    /// Where.
    public let selector: PatchSelector

    /// Makes a change.
    ///
    /// - Parameters:
    ///   - kind: what is done.
    ///   - selector: where.
    public init(_ kind: Kind, at selector: PatchSelector) {
        self.kind = kind
        self.selector = selector
    }
}
