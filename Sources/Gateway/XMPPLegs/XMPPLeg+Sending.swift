import Addressing
public import BridgeCore
public import Interworking
import MappingTables
import SIPMessages
import XMLStreams
import XMPPStanzas
import XMPPStreams

extension XMPPLeg {
    /// Sends a stored item; a stanza that was sent before goes out with the same id.
    public func send(_ item: Item, _ attempt: Attempt) {
        guard let link = link(ofHop: item.offer.hop) else {
            let report = OutcomeReport(protocolCode: "no-component", text: "no component serves \(item.offer.hop)")
            host.failed(item.id, Failure(report: report, retry: .never, response: notSent(item, .itemNotFound)))
            return
        }
        if item.offer.kind == .message { sent.insert(item.offer.cargo.identity, item.id) }
        link.send(item)
    }

    /// No server of the recipient's domain can be had.
    func unreachable(_ item: Item, _ condition: StanzaError.Condition, _ sentence: String) {
        let report = OutcomeReport(protocolCode: condition.rawValue, text: sentence)
        host.failed(item.id, Failure(report: report, retry: .never, response: notSent(item, condition)))
    }

    /// A stream took an item, and ended before anything was confirmed.
    func unconfirmed(_ item: Item, code: String, _ sentence: String) {
        let report = OutcomeReport(protocolCode: code, text: sentence)
        let response = notSent(item, .remoteServerTimeout)
        host.failed(item.id, Failure(report: report, retry: .backoff(after: nil), response: response))
    }

    /// The stream did not take an item, and would not take it later.
    func rejected(_ item: Item, code: String, isTooLarge: Bool) {
        let condition: StanzaError.Condition = isTooLarge ? .policyViolation : .internalServerError
        let report = OutcomeReport(protocolCode: code, text: "the stanza was not given to the server")
        host.failed(item.id, Failure(report: report, retry: .never, response: notSent(item, condition)))
    }

    /// The error that the server would have answered with.
    private func notSent(_ item: Item, _ condition: StanzaError.Condition) -> [UInt8] {
        let pairs = OriginText.decode(item.offer.cargo.identity)
        var writer = XML.Writer()
        writer.start("message", XMPPNamespace.component)
        for (name, value) in [("from", pairs["to"]), ("to", pairs["from"]), ("id", pairs["id"]), ("type", "error")] {
            if let value { writer.attribute(name, value) }
        }
        StanzaError(condition).write(to: &writer)
        writer.end()
        return writer.bytes
    }

    /// Puts an arrival of the other shore into the form that leaves here.
    public func departure(of arrival: Arrival) -> Translated<Departure> {
        guard let link = links[arrival.pivot.sender.jid.domain] else {
            return Translated(outcome: .refused(.noRoute), trace: .none)
        }
        arrival.facts.peer.stanzaLimit = link.largestStanza
        arrival.facts.peer.takesAddresses = takesAddresses(for: arrival.pivot, over: link)
        let translated = MessageTranslator(generation: host.generation).stanza(
            from: arrival.pivot,
            facts: arrival.facts,
            contentNamespace: XMPPNamespace.component,
            freshID: host.freshToken()
        )
        let outcome: Outcome<Departure> =
            switch translated.outcome {
            case .nothing(let reason): .nothing(reason: reason)
            case .refused(let refusal): .refused(refusal)
            case .value(let stanza):
                .value(
                    departure(
                        stanza,
                        hop: link.hop(to: stanza.to.domain),
                        trace: translated.trace,
                        notes: translated.notes
                    )
                )
            }
        return Translated(outcome: outcome, trace: translated.trace, notes: translated.notes)
    }

    func departure(_ stanza: OutgoingStanza, hop: String, trace: RuleTrace, notes: [String] = []) -> Departure {
        let to = stanza.to.bare.description
        let from = stanza.from.bare.description
        return Departure(
            wire: stanza.bytes,
            identity: SentStanzas.identity(stanza.id, to: to, from: from),
            hop: hop,
            lane: "",
            recipient: to,
            addresses: (Self.full(from, stanza.from), Self.full(to, stanza.to)),
            identifiers: [("stanza.id.out", stanza.id)],
            trace: trace,
            notes: notes
        )
    }

    /// An address whose bare part is written already.
    private static func full(_ bare: String, _ jid: JID) -> String {
        jid.resource.map { bare + "/" + $0 } ?? bare
    }
}
