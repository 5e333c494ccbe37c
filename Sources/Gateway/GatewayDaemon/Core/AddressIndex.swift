import Addressing
import Interworking
import Ledger

/// The address pairs of the store, found by either address.
///
/// The index is what the hot path reads; the store holds the same rows.
struct AddressIndex: ~Copyable {
    private var byJID: [String: Interworking.AddressPair] = [:]
    private var byURI: [String: Interworking.AddressPair] = [:]
    /// How many pairs were learned of the users of each domain of the CPIM shore.
    private var learned: [String: Int] = [:]
    /// The compared URIs of users who were seen and whose JID the rules give, by that JID.
    private var derived: [String: String] = [:]
    /// The same the other way round.
    private var derivedByURI: [String: String] = [:]
    /// How many of them each domain has.
    private var derivedOfDomain: [String: Int] = [:]
    /// Domains of which it was said that an address was not kept.
    private var leftOut: Set<String> = []
    /// When the use of a pair was noted last, by its JID, in Unix milliseconds.
    private var noted: [String: Int64] = [:]
    /// How exact the time of last use is, in milliseconds.
    static let usePause: Int64 = 3_600_000
    /// Of how many domains that is remembered, and said.
    private static let leftOutCapacity = 1_000

    init(_ stored: [Ledger.AddressPair] = []) {
        for pair in stored { insert(pair) }
    }

    var count: Int { byJID.count }
    var isEmpty: Bool { byJID.isEmpty }

    func pair(jid: BareJID) -> Interworking.AddressPair? {
        byJID.isEmpty ? nil : byJID[jid.description]
    }

    func pair(uri: AddressURI) -> Interworking.AddressPair? {
        byURI.isEmpty ? nil : byURI[Self.key(uri)]
    }

    mutating func insert(_ pair: Ledger.AddressPair) {
        guard let jid = try? BareJID(pair.jid), let uri = try? AddressURI(pair.uri) else { return }
        // Whom the rules lead back to has one JID: the one before goes where the rules have changed, or an operator gives
        // the user another.
        if let former = derivedByURI[pair.uriKey], former != pair.jid { removeDerived(former) }
        guard pair.kind != .derived else { return insert(derived: pair.jid, pair.uriKey) }
        removeDerived(pair.jid)
        let found = Interworking.AddressPair(jid: jid, uri: uri, isExplicit: pair.kind == .explicit)
        if let former = byJID.updateValue(found, forKey: pair.jid) { count(former, -1) }
        count(found, 1)
        byURI[pair.uriKey] = found
    }

    mutating func remove(jid: String) {
        removeDerived(jid)
        noted[jid] = nil
        guard let pair = byJID.removeValue(forKey: jid) else { return }
        byURI[Self.key(pair.uri)] = nil
        count(pair, -1)
    }

    /// Notes the use of a pair.
    ///
    /// - Returns: whether the store has to hear of it: once an hour.
    mutating func isUseNews(_ jid: String, now: Int64) -> Bool {
        if let last = noted[jid], now - last < Self.usePause, last <= now { return false }
        guard byJID[jid] != nil || derived[jid] != nil else { return false }
        noted[jid] = now
        return true
    }

    /// Whether a user was seen whose JID the rules give as this one.
    func isDerived(_ jid: String) -> Bool { derived[jid] != nil }

    /// How many addresses of a kind are kept of the users of a URI's domain, but for those that operators wrote.
    func count(of kind: AddressKind, besides uri: AddressURI) -> Int {
        (kind == .derived ? derivedOfDomain : learned)[Self.domain(uri)] ?? 0
    }

    /// Notes that an address was not kept.
    ///
    /// - Returns: whether it is the first of its domain.
    mutating func isFirstLeftOut(_ uri: AddressURI) -> Bool {
        leftOut.count < Self.leftOutCapacity && leftOut.insert(Self.domain(uri)).inserted
    }

    private mutating func insert(derived jid: String, _ uriKey: String) {
        removeDerived(jid)
        derived[jid] = uriKey
        derivedByURI[uriKey] = jid
        derivedOfDomain[Self.domain(ofKey: uriKey), default: 0] += 1
    }

    private mutating func removeDerived(_ jid: String) {
        guard let uriKey = derived.removeValue(forKey: jid) else { return }
        noted[jid] = nil
        derivedByURI[uriKey] = nil
        let domain = Self.domain(ofKey: uriKey)
        let count = derivedOfDomain[domain, default: 0] - 1
        derivedOfDomain[domain] = count > 0 ? count : nil
    }

    private mutating func count(_ pair: Interworking.AddressPair, _ change: Int) {
        guard !pair.isExplicit else { return }
        let domain = Self.domain(pair.uri)
        let count = learned[domain, default: 0] + change
        learned[domain] = count == 0 ? nil : count
    }

    private static func domain(_ uri: AddressURI) -> String {
        switch uri {
        case .sip(let uri): uri.host.canonical
        case .im(let uri): uri.domain
        default: ""
        }
    }

    private static func domain(ofKey key: String) -> String {
        key.utf8.lastIndex(of: UInt8(ascii: "@")).map { String(key[key.utf8.index(after: $0)...]) } ?? ""
    }

    /// The compared form of a URI: user and host, without scheme, escapes and what else a mapping ignores.
    ///
    /// Source: RFC 7247 §6.4, RFC 3261 §19.1.4.
    static func key(_ uri: AddressURI) -> String {
        switch uri {
        case .sip(let uri): key((try? uri.decodedUser()) ?? uri.user ?? "", uri.host.canonical)
        case .im(let uri): key((try? uri.decodedLocal()) ?? "", uri.domain)
        default: uri.description
        }
    }

    private static func key(_ user: String, _ host: String) -> String { "sip:\(user)@\(host)" }
}
