public import XMLStreams

/// A message stanza.
///
/// Source: RFC 6121 §5.2.
public struct MessageStanza: Stanza, Equatable {
    /// What a message is for.
    ///
    /// Source: RFC 6121 §5.2.2.
    public enum Kind: String, Sendable, CaseIterable {
        /// Outside of a conversation; also what is meant by no type or an unknown one.
        case normal
        /// In a conversation of two.
        case chat
        /// In a room.
        case groupchat
        /// No answer is expected.
        case headline
        /// An error about a message sent before.
        case error
    }

    /// The stanza as it came.
    public let element: XML.Element

    /// The type; a missing or unknown one counts as `normal`.
    ///
    /// Source: RFC 6121 §5.2.2.
    public let kind: Kind

    /// Takes an element, or nil when it is no message in a content namespace.
    ///
    /// - Parameter element: a first-level element.
    public init?(_ element: XML.Element) {
        guard StanzaKind(element) == .message else { return nil }
        self.element = element
        kind = element.attribute("type").flatMap(Kind.init(rawValue:)) ?? .normal
    }

    /// The bodies in wire order, with the language in force for each.
    ///
    /// Source: RFC 6121 §5.2.3.
    public var bodies: [LocalizedText] { texts("body") }

    /// The subjects in wire order, with the language in force for each.
    ///
    /// Source: RFC 6121 §5.2.4.
    public var subjects: [LocalizedText] { texts("subject") }

    /// The text of the first body as UTF-8, without a copy; nil when there is no body.
    public var bodyBytes: ArraySlice<UInt8>? { own("body")?.textBytes }

    /// The thread identifier, nothing trimmed; nil when there is no thread element.
    ///
    /// Source: RFC 6121 §5.2.5.
    public var thread: String? { own("thread")?.text }

    /// The identifier of the thread this one grew from.
    ///
    /// Source: RFC 6121 §5.2.5.
    public var threadParent: String? { own("thread")?.attribute("parent") }
}
