public import Addressing

extension AddressTranslator {
    /// Maps a JID to the CPIM shore.
    ///
    /// A stored pair wins over the rules. A localpart that the escaping would not give back is not mapped.
    ///
    /// - Parameters:
    ///   - jid: an enforced address.
    ///   - facts: the stored pairs.
    /// - Returns: the URIs.
    /// - Throws: ``Refusal`` with `.domainRecipient` for a domain alone, or `.unmappableAddress`.
    ///
    /// Source: RFC 7247 §6.5, RFC 3922 §3.2, XEP-0106 §4.1.
    public func uri(for jid: JID, facts: Facts) throws(Refusal) -> MappedURI {
        guard let local = jid.local else { throw .domainRecipient }
        var mapped: MappedURI
        if let found = try stored(jid.bare, facts) { mapped = found } else { mapped = try derived(local, jid.domain) }
        if isInstanceMapped, let resource = jid.resource {
            mapped.instance = PercentEncoding.encode(resource, keeping: .sipParameter)
        }
        return mapped
    }

    private func stored(_ jid: BareJID, _ facts: Facts) throws(Refusal) -> MappedURI? {
        if facts.pairs.isEmpty { return nil }
        var found: AddressPair?
        for pair in facts.pairs
        where pair.jid == jid && (found == nil || (pair.isExplicit && found?.isExplicit == false)) {
            found = pair
        }
        guard let found else { return nil }
        switch found.uri {
        case .sip(let uri):
            guard let user = try? uri.decodedUser() else { throw .irreversibleJID }
            var base = uri.addressOfRecord
            base.isSecure = false
            return MappedURI(uri: base, instant: try instant(user, uri.host.canonical), instance: nil, row: nil)
        case .tel(let uri): return try phone(uri.number, try plan(forJIDDomain: jid.domain))
        default:
            guard let key = AddressKey(found.uri) else { throw .irreversibleJID }
            return try make(key.user, key.domain, isPhone: false, row: nil)
        }
    }

    private func derived(_ local: String, _ domain: String) throws(Refusal) -> MappedURI {
        let plan = try plan(forJIDDomain: domain)
        guard JIDEscaping.isReversible(local, form: escaping) else { throw .irreversibleJID }
        let user = JIDEscaping.unescape(local, form: escaping)
        switch plan.form {
        case .domain(let host): return try make(user, host, isPhone: false, row: plan.row)
        case .phone: return try phone(user, plan)
        case .encapsulated:
            // The last at sign ends the user: a domain holds none.
            guard let at = user.utf8.lastIndex(of: UInt8(ascii: "@")), at > user.startIndex else {
                throw .irreversibleJID
            }
            let host = String(user[user.utf8.index(after: at)...])
            // A user in escaped form twice, as in o\27malley\40h, is unescaped once with the whole.
            return try make(String(user[..<at]), host, isPhone: false, row: plan.row)
        }
    }

    private func phone(_ number: String, _ plan: AddressPlan) throws(Refusal) -> MappedURI {
        guard case .phone(let host) = plan.form, let number = try? TelURI(subscriber: number), number.isGlobal else {
            throw .irreversibleJID
        }
        return try make(number.number, host, isPhone: true, row: plan.row)
    }

    private func make(
        _ user: String,
        _ domain: String,
        isPhone: Bool,
        row: AddressPlan.Row?
    ) throws(Refusal) -> MappedURI {
        let host: SIPURI.Host
        let uri: SIPURI
        do throws(AddressError) {
            host = try SIPURI.Host(try DomainName.toASCII(domain))
            let user = PercentEncoding.encode(user, keeping: .sipUser)
            let parameters = isPhone ? [try SIPURI.Parameter(name: "user", value: "phone")] : []
            uri = try SIPURI(user: user, host: host, parameters: parameters)
        } catch { throw .irreversibleJID }
        return MappedURI(uri: uri, instant: try instant(user, host.canonical), instance: nil, row: row)
    }
}
