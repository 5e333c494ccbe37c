/// One row of the address table.
public struct AddressRule: Sendable, Hashable {
    /// How an address is written on the other shore.
    public enum Form: String, Sendable, Hashable {
        /// The user stays, the domain may change.
        case domain
        /// The user and the domain of the CPIM shore stand in the localpart.
        case encapsulated
        /// The localpart is a telephone number.
        case phone
    }

    /// How an address is written.
    public let form: Form
    /// The domain on the XMPP shore; nil for any.
    public let xmppDomain: String?
    /// The domain on the CPIM shore; nil for any.
    public let cpimDomain: String?
    /// The row.
    public let row: RowID
}

/// The rows that map addresses between the shores, by pattern; found by their domains, whatever their number.
///
/// Source: RFC 7247 §6, RFC 3922 §3.
public struct AddressTable: Sendable {
    /// Explains which rows answer; nil in live traffic.
    var observer: TableObserver?
    /// One object that all items share.
    private let index: Index

    /// The rows in order.
    public var rules: [AddressRule] { index.rules }

    init(rules: [AddressRule]) { index = Index(rules) }

    /// The rule for addresses at a domain of the XMPP shore's form.
    ///
    /// - Parameter domain: in lower case, U-labels.
    /// - Returns: the first rule that takes the domain; nil when none does.
    public func rule(forJIDDomain domain: String) -> AddressRule? {
        let rule = index.jids.first(domain).map { index.rules[$0] }
        if let observer { observer.explain(.jid(domain), rules, rule) }
        return rule
    }

    /// The rule for the users of a domain of the CPIM shore's form.
    ///
    /// - Parameter domain: in lower case, U-labels.
    /// - Returns: the first rule that takes the domain and is not for telephone numbers; nil when none does.
    public func rule(forURIDomain domain: String) -> AddressRule? {
        let rule = index.uris.first(domain).map { index.rules[$0] }
        if let observer { observer.explain(.uri(domain), rules, rule) }
        return rule
    }

    /// The rule for telephone numbers at a domain.
    ///
    /// - Parameter domain: in lower case; empty for a `tel:` URI.
    /// - Returns: the first rule for telephone numbers that takes the domain; nil when none does.
    public func rule(forPhoneAt domain: String) -> AddressRule? {
        let rule = (domain.isEmpty ? index.firstPhone : index.phones.first(domain)).map { index.rules[$0] }
        if let observer { observer.explain(.phone(domain), rules, rule) }
        return rule
    }

    /// The first of some rows by domain, and the first for any domain.
    private struct Places: Sendable {
        var named: [String: Int] = [:]
        var any: Int?

        mutating func insert(_ domain: String?, at place: Int) {
            guard let domain else {
                any = any ?? place
                return
            }
            if named[domain] == nil { named[domain] = place }
        }

        func first(_ domain: String) -> Int? {
            guard let place = named[domain] else { return any }
            return min(place, any ?? place)
        }
    }

    private final class Index: Sendable {
        let rules: [AddressRule]
        let jids: Places
        let uris: Places
        let phones: Places
        let firstPhone: Int?

        init(_ rules: [AddressRule]) {
            var (jids, uris, phones) = (Places(), Places(), Places())
            for (place, rule) in rules.enumerated() {
                jids.insert(rule.xmppDomain, at: place)
                if rule.form == .phone {
                    phones.insert(rule.cpimDomain, at: place)
                } else {
                    uris.insert(rule.cpimDomain, at: place)
                }
            }
            self.rules = rules
            (self.jids, self.uris, self.phones) = (jids, uris, phones)
            firstPhone = rules.firstIndex { $0.form == .phone }
        }
    }
}
