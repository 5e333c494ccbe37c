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
    /// Source: XEP-0107 §2.
    static let mood = "http://jabber.org/protocol/mood"
    /// Source: XEP-0108 §2.
    static let activity = "http://jabber.org/protocol/activity"
    /// Source: XEP-0080 §3.
    static let location = "http://jabber.org/protocol/geoloc"
    /// Source: XEP-0084 §4.2.
    static let avatar = "urn:xmpp:avatar:metadata"
    /// Source: XEP-0084 §4.1.
    static let avatarData = "urn:xmpp:avatar:data"
    /// Source: XEP-0054 §3.
    static let card = "vcard-temp"
    /// Source: XEP-0060 §7.1.2.
    static let event = "http://jabber.org/protocol/pubsub#event"
}
