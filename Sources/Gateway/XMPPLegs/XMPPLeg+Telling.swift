import Addressing
public import BridgeCore
public import Interworking
public import MappingTables
import SIPMessages
import XMPPStanzas

extension XMPPLeg {
    /// The stanza error that tells a sender of this shore of a failure on the other.
    ///
    /// - Parameters:
    ///   - origin: what the arrival kept.
    ///   - failure: what was said; its response is that of SIP, or empty when none came.
    ///   - generation: the tables that give the words.
    /// - Returns: the error on its way; nil when the sender cannot be told.
    public func errorReport(origin: [UInt8], failure: Failure, generation: Generation) -> Departure? {
        guard let (origin, link) = stanzaOrigin(origin) else { return nil }
        var facts = facts(of: origin)
        let hop = link.hop(to: origin.from.domain)
        // What ended in the gateway itself has the words of its own row.
        if failure.response.isEmpty, let code = Interworking.Refusal.Code(rawValue: failure.report.protocolCode) {
            let refusal = Interworking.Refusal(code)
            return departure(stanza(for: refusal, origin: origin, facts: facts), hop: hop, trace: .none)
        }
        let watch = WatchKey(
            watcher: origin.from.bare.description,
            presentity: origin.to.bare.description,
            target: .cpim
        )
        facts.presence.subscription = host.isPresenceApproved(watch) ? .active : PresenceFacts.Subscription.none
        let translated = ErrorTranslator(generation: generation).stanza(
            for: Self.requestFailure(failure),
            method: "MESSAGE",
            origin: origin,
            facts: facts,
            contentNamespace: XMPPNamespace.component
        )
        return translated.value.map { departure($0, hop: hop, trace: translated.trace) }
    }

    /// Tells the sender of an item that the bridge did not take.
    public func refuse(origin: [UInt8], _ refusal: BridgeCore.Refusal) {
        guard let (origin, link) = stanzaOrigin(origin) else { return }
        let words: Interworking.Refusal =
            switch refusal {
            case .busy: .queueFull
            case .storage: .store
            case .loop: .repeatedLoop
            case .stopping: .stopping
            // The leg that offered it says why by itself.
            case .unheld: .queueFull
            }
        link.write(stanza(for: words, origin: origin, facts: facts(of: origin)).bytes, to: origin.from.domain)
    }

    private func stanzaOrigin(_ origin: [UInt8]) -> (StanzaOrigin, any XMPPLink)? {
        let pairs = OriginText.decode(origin)
        // RFC 6121 §8.5.2.1.1: nobody waits for the end of a headline.
        if pairs["type"] == MessageStanza.Kind.headline.rawValue { return nil }
        guard let from = pairs["from"].flatMap({ try? JID($0) }), let to = pairs["to"].flatMap({ try? JID($0) }),
            let link = pairs["link"].flatMap({ links[$0] })
        else { return nil }
        return (StanzaOrigin(from: from, to: to, id: pairs["id"], kind: .message), link)
    }

    private func facts(of origin: StanzaOrigin) -> Facts {
        host.facts(from: origin.from.bare, to: origin.to.bare)
    }

    static func requestFailure(_ failure: Failure) -> RequestFailure {
        guard !failure.response.isEmpty, case .response(let response)? = try? SIPReader.read(datagram: failure.response)
        else { return failure.report.protocolCode == "transport" ? .transport : .timeout }
        return .response(response)
    }
}
