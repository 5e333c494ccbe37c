/// Namespaces of XMPP that presence carries and the translator names.
enum PresenceNames {
    /// Source: XEP-0172 §3.
    static let nick = "http://jabber.org/protocol/nick"
    /// Source: XEP-0319 §2.
    static let idle = "urn:xmpp:idle:1"
    /// Source: XEP-0256 §2.
    static let last = "jabber:iq:last"
    /// Source: XEP-0203 §2.
    static let delay = "urn:xmpp:delay"
}
