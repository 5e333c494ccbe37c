import XMLStreams
import XMPPStanzas

/// What kind of thing a message is, beyond its type: carbons, encrypted text, reactions.
struct StanzaContent {
    /// Whether the stanza wraps a copy of another one.
    let isCarbon: Bool
    /// Whether the text is only a stand-in for an encrypted payload.
    let isEncrypted: Bool
    /// The reactions in order; nil when the stanza has no such element.
    let reactions: [String]?

    private static let carbons = "urn:xmpp:carbons:2"
    private static let reactionsNamespace = "urn:xmpp:reactions:0"

    /// Elements that hold or announce text that only the sender's own protocol can read.
    private static let encrypted: [(name: String, namespace: String)] = [
        ("encryption", "urn:xmpp:eme:0"), ("encrypted", "eu.siacs.conversations.axolotl"),
        ("encrypted", "urn:xmpp:omemo:2"), ("encrypted", "urn:xmpp:omemo:1"), ("openpgp", "urn:xmpp:openpgp:0"),
        ("x", "jabber:x:encrypted"), ("e2e", "urn:ietf:params:xml:ns:xmpp-e2e"),
    ]

    /// Looks at the children of a message once.
    init(_ stanza: MessageStanza) {
        var isCarbon = false
        var isEncrypted = false
        var reactions: [String]?
        for child in stanza.element.children where !child.sharesNamespace(with: stanza.element) {
            if child.isIn(Self.carbons) {
                // A private mark means that no copy shall be made; it wraps nothing.
                isCarbon = isCarbon || child.name == "received" || child.name == "sent"
            } else if child.is("reactions", Self.reactionsNamespace) {
                reactions = child.all("reaction", Self.reactionsNamespace).map(\.text)
            } else if !isEncrypted {
                isEncrypted = Self.encrypted.contains { child.is($0.name, $0.namespace) }
            }
        }
        self.isCarbon = isCarbon
        self.isEncrypted = isEncrypted
        self.reactions = reactions
    }
}
