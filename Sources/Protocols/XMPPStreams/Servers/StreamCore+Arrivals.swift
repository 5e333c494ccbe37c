import XMLStreams
import XMPPStanzas

extension StreamCore {
    /// Takes a stanza from a proved domain to one that is served on this stream.
    ///
    /// - Parameters:
    ///   - element: the stanza.
    ///   - proofs: the proved domains of the peer.
    ///   - served: the domains that may be addressed.
    ///
    /// Source: RFC 6120 §4.3.5, §4.9.3.7, §4.9.3.9, §8.1.1.2, §8.1.2.2.
    mutating func take(_ element: XML.Element, proofs: [String: DomainProof], served: Set<String>) {
        guard !proofs.isEmpty else {
            return fail(.notAuthorized, "the peer sent a stanza before its domain was proved")
        }
        guard element.isIn(XMPPNamespace.server) else {
            return fail(.invalidNamespace, "the peer sent a stanza in another content namespace")
        }
        guard !element.isPrefixed else {
            return fail(.badNamespacePrefix, "the peer sent a stanza with a prefix")
        }
        count()
        guard standing != .closed else { return }
        let from = StanzaAddress(element, "from")
        let to = StanzaAddress(element, "to")
        guard let sender = from.domain, let addressee = to.domain else {
            return fail(.improperAddressing, "the peer sent a stanza without a sender or an addressee")
        }
        guard let proof = proofs[sender] else {
            return fail(.invalidFrom, "the peer sent a stanza of a domain that it has not proved")
        }
        guard served.contains(addressee) else {
            return fail(.hostUnknown, "the peer sent a stanza for a domain that is not served")
        }
        let arrival = StanzaArrival(
            pair: DomainPair(normalized: addressee, sender),
            proof: proof,
            language: language,
            number: arrivals
        )
        if !from.isWhole || !to.isWhole {
            let isPresence = StanzaKind(element) == .presence
            return actions.append(.bounce(element, isPresence ? nil : StanzaError(.jidMalformed), arrival))
        }
        if takesAnswer(element, from: sender) { return }
        actions.append(.deliver(element, arrival))
    }
}
