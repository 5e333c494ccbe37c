import Addressing
import CPIM
import MappingTables
import XMLStreams
import XMPPStanzas

/// What a message stanza gives to the field tables.
struct StanzaSource: FieldSource {
    let stanza: MessageStanza
    let sender: JID
    /// The ends as text.
    let ends: (sender: String, recipient: String)
    let setting: Setting
    /// The bodies, the one to send first: that in the language of the stanza, else the first.
    private(set) var bodies: FieldValues

    init(stanza: MessageStanza, sender: JID, ends: (sender: String, recipient: String), setting: Setting) {
        self.stanza = stanza
        self.sender = sender
        self.ends = ends
        self.setting = setting
        bodies = Self.bodies(of: stanza)
    }

    func values(of selector: FieldSelector) -> FieldValues {
        switch selector {
        case .core(let field): values(of: field)
        case .element(let namespace, let name, let attribute): elements(namespace, name, attribute)
        case .descendant, .markup: FieldValues(EventSource.values(of: selector, in: stanza.payloads))
        case .header, .annotation, .part, .content: []
        }
    }

    var anchors: [FieldAnchor]? {
        stanza.element.children.map { FieldAnchor(namespace: $0.namespace, name: $0.name) }
    }

    /// Cuts out of the bodies what only stands in for something that rows carry.
    ///
    /// Source: XEP-0461 §3.1.
    mutating func cut(_ fallback: FallbackText) {
        bodies = FieldValues(bodies.map { FieldValue(text: fallback.cut($0.text), language: $0.language) })
    }

    func values(of field: CoreField) -> FieldValues {
        switch field {
        case .from: FieldValues(text: ends.sender)
        case .to: FieldValues(text: ends.recipient)
        case .id: FieldValues(text: stanza.id)
        case .type: FieldValues(text: stanza.typeAttribute)
        case .lang: language()
        case .body: bodies
        case .subject: FieldValues(stanza.subjects.lazy.map { FieldValue(text: $0.text, language: $0.language) })
        // An empty thread names no conversation.
        case .thread: FieldValues(text: stanza.thread?.isEmpty == true ? nil : stanza.thread)
        case .delay: FieldValues(text: sent.description)
        case .oob: links()
        case .originID: elements("urn:xmpp:sid:0", "origin-id", "id")
        case .html: html()
        default: []
        }
    }

    /// The addresses of files; what has blanks or controls inside is none.
    ///
    /// Source: XEP-0066 §3, RFC 3986 §2.
    private func links() -> FieldValues {
        let urls = elements("jabber:x:oob", "x", nil, child: "url").map { SingleLine.text($0.text) }
        return FieldValues(urls.filter { $0.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } }.map { FieldValue(text: $0) })
    }

    /// The language of the text that is sent first, else that of the stanza; none where it is empty.
    ///
    /// Source: RFC 7572 §8.
    private func language() -> FieldValues {
        let body = bodies.first
        let language = body == nil ? stanza.language : body?.language
        return FieldValues(text: language?.isEmpty == true ? nil : language)
    }

    /// When the message was first sent: the stamp of a delay, else now.
    private var sent: CPIMDateTime {
        DelaySelection.stamp(
            of: stanza,
            sender: sender,
            now: setting.facts.now,
            gateway: setting.facts.gatewayDomain
        )
            ?? CPIMDateTime(milliseconds: setting.facts.now)
    }

    /// The core field that an element with this name is.
    static func core(_ name: String, _ namespace: String) -> CoreField? {
        switch (name, namespace) {
        case ("delay", "urn:xmpp:delay"), ("x", "jabber:x:delay"): .delay
        case ("x", "jabber:x:oob"): .oob
        case ("origin-id", "urn:xmpp:sid:0"): .originID
        case ("html", "http://jabber.org/protocol/xhtml-im"): .html
        default: nil
        }
    }

    /// Source: RFC 6121 §5.2.3.
    private static func bodies(of stanza: MessageStanza) -> FieldValues {
        let bodies = stanza.bodies
        guard bodies.count > 1 else {
            return bodies.first.map { FieldValues(text: $0.text, language: $0.language) } ?? []
        }
        var values = bodies.map { FieldValue(text: $0.text, language: $0.language) }
        // The case of a tag means nothing (RFC 5646 §2.1.1).
        let language = stanza.language?.lowercased()
        if let index = values.firstIndex(where: { $0.language?.lowercased() == language }), index > 0 {
            values.insert(values.remove(at: index), at: 0)
        }
        return FieldValues(values)
    }

    private func elements(
        _ namespace: String,
        _ name: String,
        _ attribute: String?,
        child: String? = nil
    ) -> FieldValues {
        var values = FieldValues()
        for element in stanza.element.children where element.is(name, namespace) {
            if let attribute {
                if let value = element.attribute(attribute) { values.append(FieldValue(text: value)) }
            } else if let child {
                if let inner = element.first(child, namespace) { values.append(FieldValue(text: inner.text)) }
            } else {
                values.append(FieldValue(text: element.text, language: element.language))
            }
        }
        return values
    }

    /// The content of the XHTML body.
    ///
    /// Source: XEP-0071 §5.
    private func html() -> FieldValues {
        guard let html = stanza.element.first("html", "http://jabber.org/protocol/xhtml-im"),
            let body = html.first("body", "http://www.w3.org/1999/xhtml")
        else { return [] }
        var writer = XML.Writer(inherited: "http://www.w3.org/1999/xhtml")
        writer.copy(body)
        return FieldValues(text: String(decoding: writer.bytes, as: UTF8.self), language: body.language)
    }
}
