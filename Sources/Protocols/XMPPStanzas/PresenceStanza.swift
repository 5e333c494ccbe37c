public import XMLStreams

/// A presence stanza.
///
/// Source: RFC 6121 §4.7.
public struct PresenceStanza: Stanza, Equatable {
    /// What a presence says.
    ///
    /// Source: RFC 6121 §4.7.1.
    public enum Kind: String, Sendable, CaseIterable {
        /// The sender is available: no type on the wire.
        case available
        /// The sender is not available any more.
        case unavailable
        /// The sender wishes to see the addressee's presence.
        case subscribe
        /// The sender allows it.
        case subscribed
        /// The sender does not wish to see it any more.
        case unsubscribe
        /// The sender does not allow it, or not any more.
        case unsubscribed
        /// A server asks for the current presence.
        case probe
        /// An error about a presence sent before.
        case error
    }

    /// What an available sender says about being disturbed.
    ///
    /// Source: RFC 6121 §4.7.2.1.
    public enum Show: String, Sendable, CaseIterable {
        /// Away for a while.
        case away
        /// Glad to talk.
        case chat
        /// Busy: do not disturb.
        case dnd
        /// Away for longer.
        case xa
    }

    /// The stanza as it came.
    public let element: XML.Element

    /// The type; nil for one that is not defined, `available` written out included.
    ///
    /// Source: RFC 6121 §4.7.1.
    public let kind: Kind?

    /// Takes an element, or nil when it is no presence in a content namespace.
    ///
    /// - Parameter element: a first-level element.
    public init?(_ element: XML.Element) {
        guard StanzaKind(element) == .presence else { return nil }
        self.element = element
        if let type = element.attribute("type") {
            let kind = Kind(rawValue: type)
            self.kind = kind == .available ? nil : kind
        } else {
            kind = .available
        }
    }

    /// The first show element; nil without one, and for a value that is not defined.
    ///
    /// Source: RFC 6121 §4.7.2.1.
    public var show: Show? { own("show").flatMap { Show(rawValue: $0.text) } }

    /// The statuses in wire order, with the language in force for each.
    ///
    /// Source: RFC 6121 §4.7.2.2.
    public var statuses: [LocalizedText] { texts("status") }

    /// The priority, -128 to 127; 0 without one and for anything else.
    ///
    /// Source: RFC 6121 §4.7.2.3.
    public var priority: Int { own("priority").flatMap { Int8($0.text).map(Int.init) } ?? 0 }
}
