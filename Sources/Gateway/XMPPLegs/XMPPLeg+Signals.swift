import Addressing
import BridgeCore
import IMDN
public import Interworking
import Logging
import MappingTables
import XMLStreams
import XMPPStanzas

/// Receipts, markers and chat states.
extension XMPPLeg {
    /// Why a stanza makes no message.
    static let withoutText = "no-text"

    // MARK: From this shore

    /// Takes what a stanza says of messages and of writing.
    ///
    /// - Returns: whether it says something of it; what nobody asked for is dropped.
    ///
    /// Source: XEP-0184 §5.4, XEP-0333 §4.2, XEP-0085 §5.
    func signalled(_ message: MessageStanza, from: JID, to: JID, on link: any XMPPLink) -> Bool {
        guard message.kind == .error || MessageTranslator.hasSignal(message) else { return false }
        var facts = host.facts(from: from.bare, to: to.bare)
        host.addSignals(from: from.bare, to: to.bare, toFacts: &facts, of: .xmpp)
        let signals = MessageTranslator(generation: host.generation).signals(from: message, facts: facts)
        switch signals.outcome {
        case .value(let found): cross(found, message, facts: facts, trace: signals.trace, on: link)
        case .refused(let refusal): record(message, refusal.auditCode, trace: signals.trace, on: link)
        case .nothing(let reason):
            if message.kind == .error { return false }
            if reason == Self.composingGoesOn {
                host.learned([.composing(from: from.bare, to: to.bare, state: .active)])
            }
            // There are very many of them, and nothing that anybody waits for was lost.
            logger.debug("a signal does not cross", metadata: link.metadata(["reason": "\(reason)"]))
        }
        return true
    }

    /// Who writes was told already, and writes on.
    private static let composingGoesOn = "composing-told"

    private func cross(
        _ signals: Signals<Pivot>,
        _ message: MessageStanza,
        facts: Facts,
        trace: RuleTrace,
        on link: any XMPPLink
    ) {
        var writer = XML.Writer()
        writer.copy(message.element)
        let source = writer.bytes
        let receipts = signals.items.filter(\.isNotification)
        guard !receipts.isEmpty else {
            for pivot in signals.items { host.accept(composing: pivot, facts: facts) }
            host.learned(signals.news)
            return
        }
        // Each notification comes with what is known once it is on its way.
        for (pivot, news) in zip(receipts, signals.news) {
            let account = account(of: message, from: pivot.sender.jid.domain, on: link)
            let arrival = Arrival(
                pivot: pivot,
                facts: facts,
                sender: pivot.sender.key,
                source: source,
                account: account,
                trace: trace
            )
            arrival.isTextRecorded = false
            host.accept(receipt: arrival, news: news)
        }
    }

    // MARK: To this shore

    /// Puts what a message of the other shore says of messages into the form that leaves here.
    ///
    /// - Parameter arrival: the item.
    /// - Returns: a stanza for each of them, and what is known once they are on their way.
    public func departures(of arrival: Arrival) -> Translated<Signals<Departure>> {
        guard let link = links[arrival.pivot.sender.jid.domain] else {
            return Translated(outcome: .refused(.noRoute), trace: .none)
        }
        let translated = stanzas(of: arrival.pivot, facts: arrival.facts)
        let outcome: Outcome<Signals<Departure>> =
            switch translated.outcome {
            case .nothing(let reason): .nothing(reason: reason)
            case .refused(let refusal): .refused(refusal)
            case .value(let signals):
                .value(
                    Signals(
                        items: signals.items.map {
                            departure($0, hop: link.hop(to: $0.to.domain), trace: translated.trace)
                        },
                        news: signals.news
                    )
                )
            }
        return Translated(outcome: outcome, trace: translated.trace, notes: translated.notes)
    }

    /// Tells a user of this shore that one of the other writes, or does not any more; nothing is stored, and what cannot
    /// be sent at once is not sent at all.
    ///
    /// - Parameters:
    ///   - pivot: a composing state.
    ///   - facts: what is known.
    /// - Returns: why nothing was sent; nil when it was.
    ///
    /// Source: RFC 7573 §6, XEP-0085 §5.
    public func tell(_ pivot: Pivot, facts: Facts) -> String? {
        guard let link = links[pivot.sender.jid.domain] else { return "no-route" }
        switch stanzas(of: pivot, facts: facts).outcome {
        case .nothing(let reason): return reason
        case .refused(let refusal): return refusal.auditCode
        case .value(let signals):
            for stanza in signals.items { link.write(stanza.bytes, to: stanza.to.domain) }
            return nil
        }
    }

    private func stanzas(of pivot: Pivot, facts: Facts) -> Translated<Signals<OutgoingStanza>> {
        MessageTranslator(generation: host.generation).stanzas(
            from: pivot,
            facts: facts,
            contentNamespace: XMPPNamespace.component,
            freshID: host.freshToken()
        )
    }
}
