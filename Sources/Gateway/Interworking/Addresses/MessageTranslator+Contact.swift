public import Addressing

extension MessageTranslator {
    /// The address that a user of the CPIM shore has on the XMPP shore.
    ///
    /// - Parameters:
    ///   - text: the user's own address as somebody typed it: a URI, or the part of one after `sip:`.
    ///   - facts: the stored pairs.
    /// - Returns: the bare address; nil when there is none.
    ///
    /// Source: XEP-0100 §6.3, RFC 7247 §6.4.
    public func contact(_ text: String, facts: Facts) -> BareJID? {
        let text = SingleLine.text(text)
        guard let uri = (try? AddressURI(text)) ?? (try? AddressURI("sip:" + text)) else { return nil }
        switch uri {
        case .xmpp, .other: return nil
        case .sip(let sip) where sip.isSecure: return nil
        case .sip, .im, .pres, .tel: break
        }
        let addresses = setting(facts, route(domain(of: uri))).addresses
        return try? addresses.jid(for: uri, role: .recipient, facts: facts).jid.bare
    }
}
