public import XMPPStanzas

extension XMPPNamespace {
    /// STARTTLS.
    ///
    /// Source: RFC 6120 §5.1.
    public static let tls = "urn:ietf:params:xml:ns:xmpp-tls"
    /// SASL.
    ///
    /// Source: RFC 6120 §6.1.
    public static let sasl = "urn:ietf:params:xml:ns:xmpp-sasl"
    /// Server dialback.
    ///
    /// Source: XEP-0220 §2.4.1.
    public static let dialback = "jabber:server:dialback"
    /// What announces dialback with errors.
    ///
    /// Source: XEP-0220 §2.4.2.
    public static let dialbackFeature = "urn:xmpp:features:dialback"
    /// What asks for stanzas in both directions on one stream.
    ///
    /// Source: XEP-0288 §2.2.
    public static let bidirectional = "urn:xmpp:bidi"
    /// What announces that.
    ///
    /// Source: XEP-0288 §2.1.
    public static let bidirectionalFeature = "urn:xmpp:features:bidi"
    /// Stream management.
    ///
    /// Source: XEP-0198 §2.
    public static let streamManagement = "urn:xmpp:sm:3"
}
