public import Addressing
public import MappingTables

/// Maps addresses between JIDs and the URIs of the CPIM shore.
///
/// Every mapping is a function of the address, the tables, the switches and the stored pairs.
///
/// Source: RFC 7247 §6, RFC 3922 §3.
public struct AddressTranslator: Sendable {
    let table: AddressTable
    /// How localparts are escaped.
    let escaping: JIDEscaping.Form
    /// What stays unescaped in im: URIs.
    let instantBytes: ByteSet
    /// Whether resources and `gr` values are mapped.
    let isInstanceMapped: Bool

    /// Makes a translator.
    ///
    /// - Parameters:
    ///   - table: the patterns of addresses.
    ///   - switches: the switches of the neighbor.
    public init(table: AddressTable, switches: SwitchSet) {
        self.table = table
        escaping = switches.isSet(.jidEscape, "hash") ? .hash : .xep0106
        instantBytes =
            switch switches.text(.uriEscape) {
            case "rfc3922": .imRFC3922
            case "rfc7247": .imRFC7247
            default: .imSafe
            }
        isInstanceMapped = switches.isSet(.gruu, "map")
    }

    func instant(_ user: String, _ domain: String) throws(Refusal) -> InstantURI {
        do throws(AddressError) {
            return try InstantURI(local: PercentEncoding.encode(user, keeping: instantBytes), domain: domain)
        } catch { throw .irreversibleJID }
    }

    // MARK: What the table says

    /// Throws: ``Refusal`` when no row takes the domain.
    func plan(forJIDDomain domain: String) throws(Refusal) -> AddressPlan {
        guard let rule = table.rule(forJIDDomain: domain) else { throw .irreversibleJID }
        switch rule.form {
        case .domain: return AddressPlan(form: .domain(rule.cpimDomain ?? domain), row: rule.row)
        case .encapsulated: return AddressPlan(form: .encapsulated(component: rule.xmppDomain ?? domain), row: rule.row)
        case .phone: return AddressPlan(form: .phone(rule.cpimDomain ?? domain), row: rule.row)
        }
    }

    /// Throws: ``Refusal`` when no row takes the domain.
    func plan(forURIDomain domain: String, _ role: AddressRole) throws(Refusal) -> AddressPlan {
        guard let rule = table.rule(forURIDomain: domain) else { throw .unmappable(role) }
        switch rule.form {
        case .domain: return AddressPlan(form: .domain(rule.xmppDomain ?? domain), row: rule.row)
        case .encapsulated: return AddressPlan(form: .encapsulated(component: rule.xmppDomain ?? domain), row: rule.row)
        case .phone: throw .unmappable(role)
        }
    }

    /// The domain on the XMPP shore where telephone numbers live; nil when no row takes numbers at this domain, which
    /// are users like others then.
    func plan(forPhoneAt domain: String) -> AddressPlan? {
        guard let rule = table.rule(forPhoneAt: domain), let xmpp = rule.xmppDomain ?? (domain.isEmpty ? nil : domain)
        else { return nil }
        return AddressPlan(form: .domain(xmpp), row: rule.row)
    }

    /// The domain of the CPIM shore that a JID leads to, by which its route is found.
    ///
    /// A stored pair does not count, so that every step of a crossing takes the same route.
    ///
    /// - Parameters:
    ///   - jid: the address of a user of the CPIM shore.
    ///   - table: the address table.
    /// - Returns: the domain, in lower case.
    public static func peerDomain(of jid: BareJID, _ table: AddressTable) -> String {
        guard let rule = table.rule(forJIDDomain: jid.domain) else { return jid.domain }
        switch rule.form {
        case .domain, .phone: return rule.cpimDomain ?? jid.domain
        case .encapsulated:
            let user = JIDEscaping.unescape(jid.local ?? "", form: .xep0106)
            guard let at = user.utf8.lastIndex(of: UInt8(ascii: "@")) else { return jid.domain }
            return DomainName.toUnicode(String(user[user.utf8.index(after: at)...]))
        }
    }

    /// The domain of a user of the CPIM shore, whose neighbor may speak for it and by which its route is found.
    ///
    /// A `tel:` URI has none; its number lives where the first row for telephone numbers puts it.
    ///
    /// - Parameters:
    ///   - uri: the address of the user.
    ///   - table: the address table.
    /// - Returns: the domain, in lower case; empty for what is no user.
    public static func peerDomain(of uri: AddressURI, _ table: AddressTable) -> String {
        switch uri {
        case .sip(let uri): return uri.userDomain
        case .im(let uri): return DomainName.toUnicode(uri.domain)
        case .pres(let uri): return DomainName.toUnicode(uri.domain)
        case .tel:
            guard let rule = table.rule(forPhoneAt: "") else { return "" }
            return rule.cpimDomain ?? rule.xmppDomain ?? ""
        case .xmpp, .other: return ""
        }
    }

    /// The domain of the XMPP shore that an address leads to.
    ///
    /// - Parameters:
    ///   - uri: the address that a neighbor uses for a user of the XMPP shore.
    ///   - table: the address table.
    /// - Returns: the domain, in lower case; nil when no row takes it.
    public static func userDomain(of uri: AddressURI, _ table: AddressTable) -> String? {
        let domain = peerDomain(of: uri, table)
        if case .tel = uri { return table.rule(forPhoneAt: "")?.xmppDomain }
        guard !domain.isEmpty, let rule = table.rule(forURIDomain: domain) else { return nil }
        return rule.xmppDomain ?? domain
    }
}
