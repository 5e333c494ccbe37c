import XMLStreams
import XMPPStanzas

/// What kind of thing a message is, beyond its type: carbons, encrypted text, reactions, lists of recipients.
struct StanzaContent {
    /// Whether the stanza wraps a copy of another one.
    let isCarbon: Bool
    /// Whether the text is only a stand-in for an encrypted payload.
    let isEncrypted: Bool
    /// Whether an encrypted payload is there, and not only the announcement of one or the exchange of keys.
    let hasCiphertext: Bool
    /// Whether the sender asks for the message to be handed to further recipients.
    ///
    /// Source: XEP-0033 §4.
    let isForList: Bool
    /// The reactions in order; nil when the stanza has no such element.
    let reactions: [String]?

    private static let carbons = "urn:xmpp:carbons:2"
    static let reactionsNamespace = "urn:xmpp:reactions:0"

    static let addresses = "http://jabber.org/protocol/address"

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
        var hasCiphertext = false
        var isForList = false
        var reactions: [String]?
        for child in stanza.element.children where !child.sharesNamespace(with: stanza.element) {
            if child.isIn(Self.carbons) {
                // A private mark means that no copy shall be made; it wraps nothing.
                isCarbon = isCarbon || child.name == "received" || child.name == "sent"
            } else if child.is("reactions", Self.reactionsNamespace) {
                reactions = child.all("reaction", Self.reactionsNamespace).map(\.text)
            } else if child.is("addresses", Self.addresses) {
                isForList = child.all("address", Self.addresses).contains(where: Self.isUndelivered)
            } else if !hasCiphertext, Self.encrypted.contains(where: { child.is($0.name, $0.namespace) }) {
                isEncrypted = true
                hasCiphertext = Self.holdsText(child)
            }
        }
        self.isCarbon = isCarbon
        self.isEncrypted = isEncrypted
        self.hasCiphertext = hasCiphertext
        self.isForList = isForList
        self.reactions = reactions
    }

    /// An announcement holds nothing, and a message that only exchanges keys has no payload.
    ///
    /// Source: XEP-0380 §3.
    private static func holdsText(_ element: XML.Element) -> Bool {
        switch element.name {
        case "encryption": false
        case "encrypted": element.first("payload", element.namespace) != nil
        default: true
        }
    }

    /// An address that the sender leaves to others to deliver to.
    ///
    /// Source: XEP-0033 §4.
    private static func isUndelivered(_ address: XML.Element) -> Bool {
        guard let type = address.attribute("type"), ["to", "cc", "bcc"].contains(type) else { return false }
        return address.attribute("delivered") != "true"
    }
}
