public import Addressing
import CPIM
import IMDN
import MIME
import MappingTables
public import XMPPStanzas

extension MessageTranslator {
    /// Makes the pivots of what a stanza without text says: receipts, markers, chat states, and errors about messages
    /// whose senders want to hear of failures.
    ///
    /// - Parameters:
    ///   - stanza: a message whose sender the leg has proved.
    ///   - facts: what is known.
    /// - Returns: the pivots and what is known after them; nothing when the stanza says none of it, or nobody asked.
    ///
    /// Source: RFC 5438 §7.2.1, §8.2, RFC 7573 §6, §7.
    public func signals(from stanza: MessageStanza, facts: Facts) -> Translated<Signals<Pivot>> {
        guard let sender = try? stanza.fromAddress, let recipient = try? stanza.toAddress, sender.local != nil,
            recipient.local != nil, stanza.kind != .groupchat
        else { return Translated(outcome: .nothing(reason: "no-signal"), trace: .none) }
        let route = route(AddressTranslator.peerDomain(of: recipient.bare, generation.addresses))
        return Crossing.run(setting(facts, route)) { crossing throws(Refusal) in
            if StanzaContent(stanza).isCarbon { return .nothing(reason: "carbon") }
            return stanza.kind == .error
                ? try failure(stanza, sender, recipient, &crossing)
                : try signals(stanza, sender, recipient, &crossing)
        }
    }

    /// What becomes known of a user by a message with text: that its writing has ended, and that its client knows states.
    ///
    /// - Parameters:
    ///   - stanza: a message.
    ///   - facts: what is known.
    /// - Returns: what is known; none for errors.
    ///
    /// Source: RFC 3994 §3.2, XEP-0085 §5.1.
    public static func news(of stanza: MessageStanza, facts: Facts) -> [SignalNews] {
        guard stanza.kind != .error, stanza.kind != .groupchat, let sender = try? stanza.fromAddress,
            let recipient = try? stanza.toAddress
        else { return [] }
        var news: [SignalNews] = []
        if SignalElements(stanza).chatState != nil, !facts.receipts.chatStates.contains(sender.bare) {
            news.append(.usesChatStates(sender.bare))
        }
        if facts.receipts.state(from: sender.bare, to: recipient.bare) == .active {
            news.append(.composing(from: sender.bare, to: recipient.bare, state: .idle))
        }
        return news
    }

    private func signals(
        _ stanza: MessageStanza,
        _ sender: JID,
        _ recipient: JID,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Outcome<Signals<Pivot>> {
        let elements = SignalElements(stanza)
        var signals = Signals<Pivot>()
        var reason = "no-signal"
        for receipt in elements.receipts {
            // A marker is about all messages up to the one that it names (XEP-0333 §1).
            let isMarker = receipt.column == "marker" && receipt.word != "received"
            guard let found = messages(receipt.id, from: recipient, to: sender, isMarker, crossing) else {
                reason = "unknown-message"
                continue
            }
            reason = "unasked-receipt"
            guard let disposition = crossing.disposition([receipt.column: receipt.word]) else { continue }
            for message in found where message.wants(disposition) {
                let news = SignalNews.reported(messageID: message.messageID, kind: disposition.kind)
                if signals.news.contains(news) { continue }
                signals.items.append(try pivot(disposition, message, sender, recipient, stanza.id, &crossing))
                signals.news.append(news)
            }
        }
        if let state = elements.chatState, elements.receipts.isEmpty {
            reason = try composing(state, stanza, sender, recipient, &signals, &crossing)
        }
        return signals.items.isEmpty && signals.news.isEmpty ? .nothing(reason: reason) : .value(signals)
    }

    /// A failure of a message whose sender was told that it is accepted.
    ///
    /// Source: RFC 5438 §8.2, §12.1.3.1.
    private func failure(
        _ stanza: MessageStanza,
        _ sender: JID,
        _ recipient: JID,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Outcome<Signals<Pivot>> {
        guard let id = stanza.id, let message = messages(id, from: recipient, to: sender, false, crossing)?.first
        else { return .nothing(reason: "error-stanza") }
        var record: [String: String] = [:]
        if let condition = stanza.error?.condition { record["condition"] = condition.rawValue }
        guard let disposition = crossing.disposition(record), message.asks.contains(.negativeDelivery),
            message.wants(disposition)
        else { return .nothing(reason: "error-stanza") }
        return .value(
            Signals(
                items: [try pivot(disposition, message, sender, recipient, id, &crossing)],
                news: [.reported(messageID: message.messageID, kind: disposition.kind)]
            )
        )
    }

    /// The received messages that a receipt is about: one, or with it all before it in the conversation.
    private func messages(
        _ id: String,
        from sender: JID,
        to recipient: JID,
        _ withEarlier: Bool,
        _ crossing: Crossing
    ) -> ArraySlice<ReceivedMessage>? {
        let known = crossing.facts.receipts.received.filter { message in
            isEnd(message.sender, message.from, sender, crossing)
                && isEnd(message.recipient, message.to, recipient, crossing)
        }
        guard let index = known.lastIndex(where: { $0.stanzaID == id }) else { return nil }
        return withEarlier ? known[...index] : known[index...index]
    }

    private func isEnd(_ user: BareJID?, _ uri: String, _ jid: JID, _ crossing: Crossing) -> Bool {
        if let user { return user == jid.bare }
        guard let uri = try? AddressURI(uri), let key = AddressKey(uri),
            let mapped = try? crossing.addresses.uri(for: jid.bare.jid, facts: crossing.facts)
        else { return false }
        return key == AddressKey(.sip(mapped.uri))
    }

    // MARK: Notifications of the gateway's own

    /// Makes the pivot of a notification that the gateway sends for itself: that a message was handed on, or that it
    /// could not be.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - condition: the stanza error that it failed with, empty for none; nil when it was handed on.
    ///   - sender: the recipient of the message, in whose name the notification goes out.
    ///   - recipient: the sender of the message.
    ///   - facts: what is known.
    /// - Returns: the pivot; nothing when the tables, or the sender of the message, want no such notification.
    ///
    /// Source: RFC 5438 §8.1, §8.2.
    public func notification(
        of message: ReceivedMessage,
        condition: String?,
        from sender: JID,
        to recipient: JID,
        facts: Facts
    ) -> Translated<Signals<Pivot>> {
        let route = route(AddressTranslator.peerDomain(of: recipient.bare, generation.addresses))
        return Crossing.run(setting(facts, route)) { crossing throws(Refusal) in
            var record = condition == nil ? ["outcome": "sent"] : [:]
            if let condition, !condition.isEmpty { record["condition"] = condition }
            guard let disposition = crossing.disposition(record), message.wants(disposition),
                condition == nil || message.asks.contains(.negativeDelivery)
            else { return .nothing(reason: "unasked-receipt") }
            return .value(
                Signals(
                    items: [try pivot(disposition, message, sender, recipient, message.stanzaID, &crossing)],
                    news: [.reported(messageID: message.messageID, kind: disposition.kind)]
                )
            )
        }
    }

    private func pivot(
        _ disposition: Disposition,
        _ message: ReceivedMessage,
        _ sender: JID,
        _ recipient: JID,
        _ id: String?,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Pivot {
        let notification = DispositionNotification(
            messageID: message.messageID,
            dateTime: message.dateTime,
            recipients: .init(message.to, original: message.originalTo),
            disposition: disposition
        )
        var content = MIMEPart(headers: HeaderList(), content: IMDNWriter.write(notification)[...])
        content.headers.append("Content-Type", IMDNNamespace.imdnType)
        content.headers.append("Content-Disposition", "notification")
        let routes = message.routes.map { CPIMExtension(.route, $0) }
        return try pivot(content, routes, sender, recipient, id, thread: nil, top: message.routes.first, &crossing)
    }

    /// A signal between two users, in the middle.
    ///
    /// Source: RFC 5438 §7.2.1.
    func pivot(
        _ content: MIMEPart,
        _ extensions: [CPIMExtension],
        _ sender: JID,
        _ recipient: JID,
        _ id: String?,
        thread: String?,
        top: String? = nil,
        isFromDevice: Bool = false,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Pivot {
        let ends = try ends(from: isFromDevice ? sender : sender.bare.jid, to: recipient.bare.jid, &crossing)
        guard let from = CPIMAddress(uriText: ends.instants.sender),
            let to = CPIMAddress(uriText: ends.instants.recipient)
        else { throw .mapping() }
        var annotations: [Annotation] = []
        if let thread, !thread.isEmpty {
            annotations.append(Annotation(namespace: Pivot.namespace, name: CoreField.thread.rawValue, value: thread))
        }
        return Pivot(
            message: CPIMDraft(
                from: from,
                to: to,
                dateTime: CPIMDateTime(milliseconds: crossing.facts.now),
                extensions: extensions,
                content: content
            ),
            copies: [],
            annotations: annotations,
            sender: ends.sender,
            recipient: Self.routed(ends.recipient, by: top, crossing.facts),
            sourceID: id
        )
    }

    /// The recipient at the first of the servers that want to see the notification, if its domain is one that is served.
    ///
    /// Source: RFC 5438 §7.2.1, §8.
    private static func routed(_ recipient: Correspondent, by route: String?, _ facts: Facts) -> Correspondent {
        guard let route, let text = ReceivedMessage.uri(in: route), case .sip(let address)? = try? AddressURI(text),
            facts.cpimDomains.contains(address.userDomain)
        else { return recipient }
        return Correspondent(jid: recipient.jid, uri: address, pair: recipient.pair)
    }
}
