/// Namespaces that the stanzas and the stream machines name.
public enum XMPPNamespace {
    /// The content namespace between client and server.
    public static let client = "jabber:client"
    /// The content namespace between servers.
    public static let server = "jabber:server"
    /// The content namespace between a component and its server.
    ///
    /// Source: XEP-0114 §3.
    public static let component = "jabber:component:accept"
    /// The namespace of stanza error conditions.
    ///
    /// Source: RFC 6120 §8.3.2.
    public static let stanzaErrors = "urn:ietf:params:xml:ns:xmpp-stanzas"
    /// The namespace of stream error conditions.
    ///
    /// Source: RFC 6120 §4.9.2.
    public static let streamErrors = "urn:ietf:params:xml:ns:xmpp-streams"
    /// The namespace of the stream root.
    ///
    /// Source: RFC 6120 §4.8.1.
    public static let streams = "http://etherx.jabber.org/streams"
    /// Service discovery, identities and features.
    ///
    /// Source: XEP-0030 §3.
    public static let discoInfo = "http://jabber.org/protocol/disco#info"
    /// Service discovery, items.
    ///
    /// Source: XEP-0030 §4.
    public static let discoItems = "http://jabber.org/protocol/disco#items"
    /// Software version.
    ///
    /// Source: XEP-0092 §4.
    public static let version = "jabber:iq:version"
    /// Last activity.
    ///
    /// Source: XEP-0012 §2.
    public static let lastActivity = "jabber:iq:last"
    /// Private storage, which a gateway never serves.
    ///
    /// Source: XEP-0049 §3.
    public static let privateStorage = "jabber:iq:private"
    /// In-band registration.
    ///
    /// Source: XEP-0077 §3.
    public static let register = "jabber:iq:register"
    /// Ping.
    ///
    /// Source: XEP-0199 §3.
    public static let ping = "urn:xmpp:ping"
    /// Entity time.
    ///
    /// Source: XEP-0202 §2.
    public static let time = "urn:xmpp:time"
    /// Ad-hoc commands, which a gateway has none of.
    ///
    /// Source: XEP-0050 §2.2.
    public static let commands = "http://jabber.org/protocol/commands"
    /// Addresses of other networks.
    ///
    /// Source: XEP-0100 §6.3.
    public static let gateway = "jabber:iq:gateway"
    /// What presence announces about features.
    ///
    /// Source: XEP-0115 §4.
    public static let capabilities = "http://jabber.org/protocol/caps"
    /// Cards.
    ///
    /// Source: XEP-0054 §3.
    public static let card = "vcard-temp"
    /// Nodes and what is published on them.
    ///
    /// Source: XEP-0060 §6.5.
    public static let pubsub = "http://jabber.org/protocol/pubsub"
    /// Data forms.
    ///
    /// Source: XEP-0004 §3.
    public static let dataForms = "jabber:x:data"

    /// True for a namespace that stanzas are in.
    ///
    /// - Parameter namespace: any namespace.
    /// - Returns: whether it is ``client``, ``server`` or ``component``.
    public static func isContent(_ namespace: String) -> Bool {
        namespace == component || namespace == server || namespace == client
    }
}
