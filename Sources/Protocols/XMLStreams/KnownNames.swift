/// The names and namespaces that XMPP and the CPIM family use, numbered.
///
/// Elements refer to these by number, so that reading a usual stanza stores no name at all; every other name is kept
/// as bytes in the element's own arena. The table never grows: a peer cannot fill it.
struct KnownNames: Sendable {
    /// The one table.
    static let shared = KnownNames()

    /// The names by number.
    let strings: [String]
    /// All names in one piece.
    let bytes: [UInt8]
    /// Where each name begins in `bytes`; one entry more than names.
    let starts: [Int]
    /// Open addressing: number + 1, or 0 for an empty place.
    private let places: [UInt16]

    private static let placeCount = 1024

    private init() {
        var strings: [String] = []
        var bytes: [UInt8] = []
        var starts = [0]
        var places = [UInt16](repeating: 0, count: Self.placeCount)
        for name in Self.list {
            let utf8 = Array(name.utf8)
            var place = Int(utf8.reduce(Self.seed, Self.mix)) & (Self.placeCount - 1)
            while places[place] != 0 { place = (place + 1) & (Self.placeCount - 1) }
            places[place] = UInt16(strings.count + 1)
            strings.append(name)
            bytes.append(contentsOf: utf8)
            starts.append(bytes.count)
        }
        self.strings = strings
        self.bytes = bytes
        self.starts = starts
        self.places = places
    }

    private static let seed: UInt32 = 2_166_136_261

    private static func mix(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 16_777_619 }

    /// The number of a name, or nil for a name outside the table.
    func number(of name: some Collection<UInt8>) -> UInt32? {
        var hash = Self.seed
        for byte in name { hash = Self.mix(hash, byte) }
        var place = Int(hash) & (Self.placeCount - 1)
        while places[place] != 0 {
            let number = Int(places[place]) - 1
            if bytes[starts[number]..<starts[number + 1]].elementsEqual(name) { return UInt32(number) }
            place = (place + 1) & (Self.placeCount - 1)
        }
        return nil
    }

    /// Whether a text is the name with a number, compared byte by byte.
    func matches(_ number: Int, _ text: Span<UInt8>) -> Bool {
        let start = starts[number]
        return starts[number + 1] - start == text.count && bytes.span.holds(text, at: start)
    }

    /// The number of the empty name, which stands for "no namespace".
    static let empty: UInt32 = 0
    /// The number of the namespace that the prefix `xml` is bound to.
    static let xml: UInt32 = 1
    /// The number of `lang`.
    static let lang: UInt32 = 2

    private static let list: [String] = [
        "", XML.namespace, "lang",
        // Stanzas and their own children.
        "message", "presence", "iq", "body", "subject", "thread", "parent", "show", "status", "priority", "error",
        "text", "to", "from", "id", "type", "by", "code", "version", "stream", "features", "handshake",
        // Stanza and stream error conditions.
        "bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error",
        "item-not-found", "jid-malformed", "not-acceptable", "not-allowed", "not-authorized", "policy-violation",
        "recipient-unavailable", "redirect", "registration-required", "remote-server-not-found",
        "remote-server-timeout", "resource-constraint", "service-unavailable", "subscription-required",
        "undefined-condition", "unexpected-request", "host-unknown", "host-gone", "invalid-namespace",
        "connection-timeout", "system-shutdown", "see-other-host",
        // Payloads.
        "query", "item", "identity", "feature", "category", "var", "name", "node", "jid", "ask", "subscription",
        "group", "x", "c", "ver", "hash", "ext", "delay", "stamp", "ping", "time", "utc", "tzo", "os", "seconds",
        "request", "received", "displayed", "acknowledged", "markable", "active", "composing", "paused", "inactive",
        "origin-id", "stanza-id", "replace", "html", "p", "span", "br", "a", "img", "strong", "em", "style", "href",
        "src", "alt", "url", "desc", "field", "value", "label", "option", "title", "instructions", "reported", "form",
        "nick", "photo", "vCard", "FN", "N", "PHOTO", "BINVAL", "TYPE", "forwarded", "sent", "private", "no-copy",
        "no-store", "no-permanent-store", "store", "reply", "fallback", "start", "end", "for", "reactions",
        "reaction", "apply-to", "retract", "moderate", "encrypted", "header", "key", "iv", "payload", "sid", "rid",
        "encryption", "openpgp", "event", "items", "publish", "data", "metadata", "info", "bytes", "width", "height",
        "idle", "since", "attention", "invite", "reason", "password", "history", "reference", "begin", "uri", "file",
        "sources", "address", "addresses", "confirm", "data-form", "occupant-id", "delegated", "privilege", "perm",
        "access",
        // PIDF, RPID, receipts and composing documents.
        "tuple", "basic", "contact", "note", "timestamp", "entity", "person", "device", "activities", "mood",
        "place-type", "sphere", "isComposing", "state", "lastactive", "contenttype", "refresh", "imdn", "message-id",
        "datetime", "recipient-uri", "original-recipient-uri", "delivery-notification", "display-notification",
        "delivered", "failed",
        // Namespaces.
        "jabber:client", "jabber:server", "jabber:component:accept", "http://etherx.jabber.org/streams",
        "urn:ietf:params:xml:ns:xmpp-stanzas", "urn:ietf:params:xml:ns:xmpp-streams",
        "http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items", "jabber:iq:version",
        "jabber:iq:last", "jabber:iq:private", "jabber:iq:roster", "jabber:iq:register", "jabber:iq:gateway",
        "urn:xmpp:ping", "urn:xmpp:time", "urn:xmpp:delay", "urn:xmpp:receipts", "urn:xmpp:chat-markers:0",
        "http://jabber.org/protocol/chatstates", "http://jabber.org/protocol/caps", "jabber:x:data", "jabber:x:oob",
        "jabber:x:delay", "vcard-temp", "vcard-temp:x:update", "http://jabber.org/protocol/nick",
        "http://jabber.org/protocol/xhtml-im", "http://www.w3.org/1999/xhtml", "urn:xmpp:sid:0",
        "urn:xmpp:message-correct:0", "urn:xmpp:forward:0", "urn:xmpp:carbons:2", "urn:xmpp:hints", "urn:xmpp:reply:0",
        "urn:xmpp:fallback:0", "urn:xmpp:reactions:0", "urn:xmpp:message-retract:1", "urn:xmpp:eme:0",
        "eu.siacs.conversations.axolotl", "urn:xmpp:omemo:2", "urn:xmpp:openpgp:0", "jabber:x:encrypted",
        "jabber:x:conference", "http://jabber.org/protocol/muc", "http://jabber.org/protocol/muc#user",
        "http://jabber.org/protocol/pubsub#event", "urn:xmpp:idle:1", "urn:xmpp:attention:0", "urn:xmpp:reference:0",
        "urn:xmpp:occupant-id:0", "http://jabber.org/protocol/address", "urn:xmpp:privilege:2", "urn:xmpp:errors",
        "urn:ietf:params:xml:ns:pidf", "urn:ietf:params:xml:ns:pidf:data-model", "urn:ietf:params:xml:ns:pidf:rpid",
        "urn:ietf:params:xml:ns:pidf:cipid", "urn:ietf:params:xml:ns:im-iscomposing", "urn:ietf:params:xml:ns:imdn",
    ]
}
