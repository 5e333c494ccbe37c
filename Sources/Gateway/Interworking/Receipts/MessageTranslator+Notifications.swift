import Addressing
import CPIM
import IMDN
import MIME
import MappingTables
import XMLStreams
import XMPPStanzas

extension MessageTranslator {
    /// Makes the stanzas of what a message from the SIP side says that is no text.
    ///
    /// - Parameters:
    ///   - pivot: a message whose ``Pivot/signal`` is one.
    ///   - facts: what is known.
    ///   - contentNamespace: the namespace of the stream.
    ///   - freshID: the identifier of a stanza that has none.
    /// - Returns: the stanzas and what is known after them; nothing, with the reason, for what nobody asked for.
    ///
    /// Source: RFC 5438 §7.1.2, §11.1.7, RFC 7573 §6.
    public func stanzas(
        from pivot: Pivot,
        facts: Facts,
        contentNamespace: String,
        freshID: String
    ) -> Translated<Signals<OutgoingStanza>> {
        Crossing.run(setting(facts, route(pivot.sender.domain))) { crossing throws(Refusal) in
            switch pivot.signal {
            case .notifications(let notifications):
                if pivot.message.content.headers.first("Content-Disposition") == nil {
                    crossing.notes.append("imdn-without-disposition")
                }
                return stanzas(notifications, pivot, contentNamespace, freshID, &crossing)
            case .composing(let status): return stanza(status, pivot, contentNamespace, freshID, &crossing)
            case .unreadable(let code): return .nothing(reason: code)
            case nil: return .nothing(reason: "no-signal")
            }
        }
    }

    // MARK: Receipts

    /// Each notification by itself (RFC 5438 §8.3).
    private func stanzas(
        _ notifications: [DispositionNotification],
        _ pivot: Pivot,
        _ contentNamespace: String,
        _ freshID: String,
        _ crossing: inout Crossing
    ) -> Outcome<Signals<OutgoingStanza>> {
        var signals = Signals<OutgoingStanza>()
        var reason = "unknown-message"
        let own = pivot.messageID ?? freshID
        for notification in notifications {
            let known = crossing.facts.receipts.sent.last { $0.messageID == notification.messageID }
            guard let message = known, let disposition = notification.disposition else { continue }
            // Nobody but its recipient knows what became of a message.
            guard message.to == pivot.sender.jid.bare, message.from.bare == pivot.recipient.jid.bare else {
                reason = "foreign-notification"
                continue
            }
            let news = SignalNews.confirmed(messageID: message.messageID, kind: disposition.kind)
            guard !message.told.contains(disposition.kind), !signals.news.contains(news) else {
                reason = "repeated-notification"
                continue
            }
            let answer = crossing.answer(
                SignalTables.receipts,
                [disposition.kind.rawValue: disposition.status.rawValue],
                to: .xmpp
            )
            let count = signals.items.count
            let id = count == 0 ? own : "\(own)-\(count + 1)"
            guard let answer, let stanza = Self.stanza(answer, message, pivot, id, contentNamespace) else {
                reason = "unasked-notification"
                continue
            }
            signals.items.append(stanza)
            signals.news.append(news)
        }
        return signals.items.isEmpty ? .nothing(reason: reason) : .value(signals)
    }

    /// The receipt, marker or error that an answer names; nil when the original asked for none.
    ///
    /// Source: XEP-0184 §5.4, XEP-0333 §4.2, RFC 6120 §8.3.
    private static func stanza(
        _ answer: ValueTable.Answer,
        _ message: SentMessage,
        _ pivot: Pivot,
        _ id: String,
        _ contentNamespace: String
    ) -> OutgoingStanza? {
        if let condition = answer["condition"].flatMap({ StanzaError.Condition(rawValue: $0) }) {
            let kind = answer["error-type"].flatMap { StanzaError.Kind(rawValue: $0) }
            let error = StanzaError(condition, kind)
            let origin = StanzaOrigin(from: message.from, to: pivot.sender.jid, id: message.stanzaID, kind: .message)
            return ErrorTranslator.stanza(error, origin, contentNamespace)
        }
        var elements: [(column: String, word: String)] = []
        if message.asksReceipt, let word = answer["receipt"] { elements.append(("receipt", word)) }
        if message.asksMarker, let word = answer["marker"] { elements.append(("marker", word)) }
        guard !elements.isEmpty else { return nil }
        if let hint = answer["hint"] { elements.append(("hint", hint)) }
        let envelope = Envelope(from: pivot.sender.jid, to: message.from, id: id, type: message.type)
        return envelope.stanza(elements, about: message.stanzaID, contentNamespace)
    }

    // MARK: States

    /// Source: RFC 7573 §6, RFC 3994 §3.3, XEP-0085 §5.
    private func stanza(
        _ status: ComposingStatus,
        _ pivot: Pivot,
        _ contentNamespace: String,
        _ freshID: String,
        _ crossing: inout Crossing
    ) -> Outcome<Signals<OutgoingStanza>> {
        let writer = pivot.sender.jid.bare
        let reader = pivot.recipient.jid.bare
        let receipts = crossing.facts.receipts
        // Whose client has shown no states gets none.
        guard receipts.chatStates.contains(reader) else { return .nothing(reason: "composing-unsupported") }
        let before = receipts.state(from: writer, to: reader)
        guard before != status.state else { return .nothing(reason: "composing-told") }
        let answer = crossing.answer(SignalTables.composing, ["composing": status.state.rawValue], to: .xmpp)
        guard let state = answer?["chat-state"] else { return .nothing(reason: "composing-silent") }
        var elements = [(column: "chat-state", word: state)]
        if let hint = answer?["hint"] { elements.append(("hint", hint)) }
        let envelope = Envelope(
            from: pivot.sender.jid,
            to: pivot.recipient.jid,
            id: freshID,
            type: "chat",
            thread: pivot.thread
        )
        return .value(
            Signals(
                items: [envelope.stanza(elements, about: nil, contentNamespace)],
                news: [.composing(from: writer, to: reader, state: status.state)]
            )
        )
    }
}

/// A stanza without text.
private struct Envelope {
    let from: JID
    let to: JID
    let id: String
    let type: String?
    var thread: String?

    /// Source: XEP-0184 §5.4, XEP-0085 §5.4, XEP-0334 §4.
    func stanza(
        _ elements: [(column: String, word: String)],
        about message: String?,
        _ contentNamespace: String
    ) -> OutgoingStanza {
        var writer = XML.Writer(inherited: contentNamespace)
        writer.start("message")
        writer.attribute("from", from.description)
        writer.attribute("to", to.description)
        writer.attribute("id", id)
        if let type { writer.attribute("type", type) }
        if let thread { writer.element("thread", text: thread) }
        for (column, word) in elements {
            guard let namespace = SignalElements.namespace(of: column) else { continue }
            writer.start(word, namespace)
            if let message, column != "hint" { writer.attribute("id", message) }
            writer.end()
        }
        writer.endAll()
        return OutgoingStanza(bytes: writer.bytes, id: id, from: from, to: to, thread: thread)
    }
}
