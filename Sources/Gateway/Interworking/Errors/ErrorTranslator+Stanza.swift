import Addressing
import MappingTables
import SIPMessages
import XMLStreams
import XMPPStanzas

extension ErrorTranslator {
    /// Makes the stanza that tells the sender of a stanza that its request failed.
    ///
    /// - Parameters:
    ///   - failure: how the request failed.
    ///   - method: the method of the request.
    ///   - origin: the stanza that it was made from.
    ///   - facts: what is known; the subscription is that of the sender to the recipient.
    ///   - contentNamespace: the namespace of the stream that the stanza goes to.
    /// - Returns: the stanza; nothing for a response that is no failure.
    ///
    /// Source: RFC 7247 §7.2, RFC 6120 §8.3.1.
    public func stanza(
        for failure: RequestFailure,
        method: String,
        origin: StanzaOrigin,
        facts: Facts,
        contentNamespace: String
    ) -> Translated<OutgoingStanza> {
        let route = route(of: origin.to)
        guard let words = verdict(for: failure, route)?.words,
            let condition = StanzaError.Condition(rawValue: words.condition)
        else { return Translated(outcome: .nothing(reason: "no-failure"), trace: .none) }
        var trace = RuleTrace.none
        trace.fire(words.row)
        let error: StanzaError
        if facts.presence.subscription != .active, Self.isHidden(condition, route) {
            // The reason phrase would tell as much.
            error = StanzaError(.serviceUnavailable, by: facts.gatewayDomain)
        } else {
            error = StanzaError(
                condition,
                StanzaError.Kind(rawValue: words.type),
                text: failure.text,
                textLanguage: "en",
                address: newAddress(failure, route, facts),
                by: facts.gatewayDomain
            )
        }
        let stanza = Self.stanza(error, origin, contentNamespace)
        return Translated(outcome: .value(stanza), trace: trace)
    }

    /// Whether a condition says of a recipient what a stranger may not know, on a route that hides it.
    ///
    /// Source: RFC 6120 §8.3.3.7, §8.3.3.13, §8.3.3.19.
    static func isHidden(_ condition: StanzaError.Condition, _ route: Route) -> Bool {
        route.switches.isSet(.errStranger, "hide") && (condition == .itemNotFound || condition == .recipientUnavailable)
    }

    /// Makes the stanza that tells the sender of a stanza that the gateway refuses it.
    ///
    /// - Parameters:
    ///   - refusal: why.
    ///   - origin: the stanza.
    ///   - facts: what is known.
    ///   - contentNamespace: the namespace of the stream that the stanza goes to.
    /// - Returns: the stanza.
    ///
    /// Source: RFC 6120 §8.3.
    public func stanza(
        for refusal: Refusal,
        origin: StanzaOrigin,
        facts: Facts,
        contentNamespace: String
    ) -> OutgoingStanza {
        let refusal = refusal.words == nil ? refusal.worded(by: route(of: origin.to).errors) : refusal
        let error = StanzaError(
            refusal.condition,
            refusal.errorType,
            text: refusal.text.isEmpty ? nil : refusal.text,
            textLanguage: "en",
            by: facts.gatewayDomain
        )
        return Self.stanza(error, origin, contentNamespace)
    }

    static func stanza(_ error: StanzaError, _ origin: StanzaOrigin, _ namespace: String) -> OutgoingStanza {
        var writer = XML.Writer(inherited: namespace)
        writer.startStanza(
            origin.kind,
            to: origin.from.description,
            from: origin.to.description,
            id: origin.id,
            type: "error"
        )
        error.write(to: &writer)
        writer.end()
        let id = origin.id ?? ""
        return OutgoingStanza(bytes: writer.bytes, id: id, from: origin.to, to: origin.from, isError: true)
    }

    /// The first contact with the highest weight that has a JID, of a redirection; 410 never names an address.
    ///
    /// Source: RFC 7247 §7.2, RFC 3261 §8.1.3.4.
    private func newAddress(_ failure: RequestFailure, _ route: Route, _ facts: Facts) -> String? {
        guard case .response(let response) = failure, (300..<400).contains(response.status),
            let contacts = try? response.headers.addresses(.contact)
        else { return nil }
        let translator = addresses(route)
        let isLenient = route.switches.isSet(.percent, "lenient")
        var best: (weight: Int, text: String)?
        for contact in contacts.prefix(16) {
            let weight = contact.weight ?? 1_000
            if let best, best.weight >= weight { continue }
            guard let uri = try? contact.uri(lenient: isLenient),
                let jid = jid(contact.address(uri), translator, facts)
            else { continue }
            best = (weight, XMPPURI.text(jid))
        }
        return best?.text
    }

    /// A secure address must not become one that is less secure (RFC 7247 §8).
    private func jid(_ uri: AddressURI, _ translator: AddressTranslator, _ facts: Facts) -> JID? {
        switch uri {
        case .xmpp(let jid): return jid
        case .sip(let sip) where sip.isSecure: return nil
        case .other: return nil
        case .sip, .im, .pres, .tel: return try? translator.jid(for: uri, role: .recipient, facts: facts).jid
        }
    }
}
