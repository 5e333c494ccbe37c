public import Addressing
import CPIM
public import IMDN
import MIME
import MappingTables
import XMPPStanzas

extension MessageTranslator {
    /// What a chat state is to the SIP side.
    ///
    /// - Returns: why nothing goes out, when nothing does.
    ///
    /// Source: RFC 7573 §6, RFC 3994 §7.
    func composing(
        _ chatState: String,
        _ stanza: MessageStanza,
        _ sender: JID,
        _ recipient: JID,
        _ signals: inout Signals<Pivot>,
        _ crossing: inout Crossing
    ) throws(Refusal) -> String {
        let receipts = crossing.facts.receipts
        let told = receipts.state(from: sender.bare, to: recipient.bare)
        if !receipts.chatStates.contains(sender.bare) { signals.news.append(.usesChatStates(sender.bare)) }
        var record = ["chat-state": chatState]
        if told == .active { record["told"] = told.rawValue }
        let answer = crossing.answer(SignalTables.composing, record, to: .cpim)
        guard let state = answer?["composing"].flatMap({ ComposingStatus.State(rawValue: $0) }) else {
            return "composing-silent"
        }
        // Until they have written themselves, people are not to know.
        guard receipts.mayTell(recipient.bare, of: sender.bare) else { return "composing-before-reply" }
        // One document for each interval, unless the state changes (RFC 3994 §3.2).
        guard state != .active || told != .active else { return "composing-told" }
        signals.items.append(try pivot(of: state, sender, recipient, stanza.id, thread: stanza.thread, &crossing))
        signals.news.append(.composing(from: sender.bare, to: recipient.bare, state: state))
        return ""
    }

    /// Makes the pivot of a composing state that the gateway tells again, or ends, for a user who says nothing more.
    ///
    /// - Parameters:
    ///   - state: the state.
    ///   - sender: who is writing.
    ///   - recipient: to whom.
    ///   - facts: what is known.
    /// - Returns: the pivot.
    ///
    /// Source: RFC 3994 §3.2.
    public func pivot(
        ofComposing state: ComposingStatus.State,
        from sender: JID,
        to recipient: JID,
        facts: Facts
    ) -> Translated<Pivot> {
        let route = route(AddressTranslator.peerDomain(of: recipient.bare, generation.addresses))
        return Crossing.run(setting(facts, route)) { crossing throws(Refusal) in
            .value(try pivot(of: state, sender, recipient, nil, thread: nil, &crossing))
        }
    }

    private func pivot(
        of state: ComposingStatus.State,
        _ sender: JID,
        _ recipient: JID,
        _ id: String?,
        thread: String?,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Pivot {
        // It comes from where the messages come from, since clients keep conversations by that.
        try pivot(Self.content(of: state), [], sender, recipient, id, thread: thread, isFromDevice: true, &crossing)
    }

    fileprivate static func content(of state: ComposingStatus.State) -> MIMEPart {
        let refresh = state == .active ? Int(ComposingSender.Times().refresh / 1_000) : nil
        let status = ComposingStatus(state, contentType: "text/plain", refresh: refresh)
        var content = MIMEPart(headers: HeaderList(), content: IMDNWriter.write(status)[...])
        content.headers.append("Content-Type", IMDNNamespace.composingType)
        return content
    }
}

extension Pivot {
    /// The end of a state of writing of which no end was told.
    ///
    /// - Returns: the same two users, of whom the first does not write any more.
    ///
    /// Source: RFC 3994 §3.3.
    public func endOfWriting() -> Pivot {
        var message = message
        message.content = MessageTranslator.content(of: .idle)
        return with(message)
    }
}
