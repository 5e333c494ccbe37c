public import XMLStreams

/// The three kinds of stanza.
///
/// Source: RFC 6120 §8.2.
public enum StanzaKind: String, Sendable, CaseIterable {
    /// Push: one way.
    case message
    /// Broadcast of availability, and subscriptions.
    case presence
    /// Request and answer.
    case iq

    /// The kind of an element, or nil for an element that is no stanza.
    ///
    /// - Parameter element: an element in any of the content namespaces.
    public init?(_ element: XML.Element) {
        guard
            element.isIn(XMPPNamespace.component) || element.isIn(XMPPNamespace.server)
                || element.isIn(XMPPNamespace.client)
        else { return nil }
        if element.isNamed("presence") {
            self = .presence
        } else if element.isNamed("message") {
            self = .message
        } else if element.isNamed("iq") {
            self = .iq
        } else {
            return nil
        }
    }
}
