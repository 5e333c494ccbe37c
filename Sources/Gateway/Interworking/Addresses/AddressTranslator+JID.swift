public import Addressing

extension AddressTranslator {
    /// Maps a URI of the CPIM shore, or an address that a SIP peer uses for an XMPP user, to a JID.
    ///
    /// A stored pair wins over the rules. The host alone, a port, a password, parameters other than `gr` and headers
    /// do not matter.
    ///
    /// - Parameters:
    ///   - uri: the URI.
    ///   - role: whose address it is.
    ///   - facts: the stored pairs and known instances.
    /// - Returns: the JID and what to remember.
    /// - Throws: ``Refusal`` with `.anonymousSender`, `.unmappableAddress` or `.addressCollision`.
    ///
    /// Source: RFC 7247 §6.4, RFC 3922 §3.3, XEP-0106 §4.2.
    public func jid(for uri: AddressURI, role: AddressRole, facts: Facts) throws(Refusal) -> MappedJID {
        if role == .sender, Self.isAnonymous(uri) { throw .anonymous }
        guard let key = AddressKey(uri) else { throw .unmappable(role) }
        if !facts.pairs.isEmpty, let pair = Self.pair(for: key, in: facts.pairs) {
            var mapped = MappedJID(jid: pair.jid.jid, pair: pair, isDerivable: false, notes: [], row: nil)
            addInstance(of: uri, role, facts, to: &mapped)
            return mapped
        }
        var (mapped, spelled) = try derived(key, Self.isPhone(uri), role)
        // Whoever was stored first under this JID owns it (RFC 8265 §3.3: case mapping is not reversible).
        if role == .sender, facts.pairs.contains(where: { $0.jid == mapped.jid.bare }) { throw .collision }
        mapped.pair.uri = Self.addressOfRecord(uri)
        mapped.isDerivable = mapped.jid.local == spelled
        addInstance(of: uri, role, facts, to: &mapped)
        return mapped
    }

    // MARK: Pairs

    /// The explicit pair of an address, else the learned one.
    private static func pair(for key: AddressKey, in pairs: [AddressPair]) -> AddressPair? {
        var found: AddressPair?
        for pair in pairs where AddressKey(pair.uri) == key {
            if pair.isExplicit { return pair }
            if found == nil { found = pair }
        }
        return found
    }

    /// The spelling that is remembered: of a sip: URI the user and the host.
    private static func addressOfRecord(_ uri: AddressURI) -> AddressURI {
        guard case .sip(let uri) = uri else { return uri }
        var base = uri.addressOfRecord
        base.isSecure = false
        if let host = try? SIPURI.Host(uri.host.canonical) { base.host = host }
        return .sip(base)
    }

    // MARK: Rules

    /// The JID by the rules, and its localpart before it was enforced.
    private func derived(
        _ key: AddressKey,
        _ isPhone: Bool,
        _ role: AddressRole
    ) throws(Refusal) -> (mapped: MappedJID, local: String) {
        let domainText = DomainName.toUnicode(key.domain)
        if isPhone, let number = try? TelURI(subscriber: key.user), number.isGlobal,
            let plan = plan(forPhoneAt: domainText), case .domain(let domain) = plan.form
        {
            return (try mapped(number.number, domain, plan.row, role), number.number)
        }
        guard !key.domain.isEmpty else { throw .unmappable(role) }
        let plan = try plan(forURIDomain: domainText, role)
        var text = key.user
        let domain: String
        switch plan.form {
        case .domain(let xmpp): domain = xmpp
        case .encapsulated(let component):
            text += "@" + domainText
            domain = component
        case .phone: throw .unmappable(role)
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            let escaped = JIDEscaping.escape(text, form: escaping)
        else { throw .unmappable(role) }
        return (try mapped(escaped, domain, plan.row, role), escaped)
    }

    private func mapped(
        _ local: String,
        _ domain: String,
        _ row: AddressPlan.Row?,
        _ role: AddressRole
    ) throws(Refusal) -> MappedJID {
        guard let jid = try? BareJID(local: local, domain: domain) else { throw .unmappable(role) }
        let pair = AddressPair(jid: jid, uri: .xmpp(jid.jid))
        return MappedJID(jid: jid.jid, pair: pair, isDerivable: true, notes: [], row: row)
    }

    private static func isPhone(_ uri: AddressURI) -> Bool {
        switch uri {
        case .tel: true
        case .sip(let uri): uri.parameter("user").text?.lowercased() == "phone"
        default: false
        }
    }

    /// Source: RFC 3323 §4.1.1.3, RFC 3325 §9.
    static func isAnonymous(_ uri: AddressURI) -> Bool {
        switch uri {
        case .sip(let uri): uri.host.canonical == "anonymous.invalid"
        case .im(let uri): uri.domain == "anonymous.invalid"
        default: false
        }
    }

    // MARK: Instances

    /// Makes the JID full when the URI or the facts name an instance.
    ///
    /// Source: RFC 7247 §6.3, §6.4.
    private func addInstance(of uri: AddressURI, _ role: AddressRole, _ facts: Facts, to mapped: inout MappedJID) {
        guard isInstanceMapped else { return }
        if case .sip(let uri) = uri, case .value(let escaped) = uri.parameter("gr") {
            guard let resource = try? PercentEncoding.decodeUTF8(escaped),
                let full = try? mapped.jid.bare.with(resource: resource)
            else {
                mapped.notes.append("gr-unusable")
                return
            }
            mapped.jid = full
        } else if role == .sender, let known = facts.gruus[mapped.jid.bare],
            let full = try? mapped.jid.bare.with(resource: known)
        {
            mapped.jid = full
        }
    }
}
