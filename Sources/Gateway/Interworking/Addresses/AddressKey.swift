import Addressing

/// What two spellings of one user's address on the CPIM shore have in common: the user and the domain, whatever the
/// scheme, the port, the parameters and the escapes.
///
/// Users compare with regard to case (RFC 3261 §19.1.4).
struct AddressKey: Hashable {
    /// The user with escapes undone, or a telephone number.
    let user: String
    /// The domain in lower-case A-labels; empty for a telephone number without one.
    let domain: String

    /// The key of a URI; nil when it names no user or its user is not UTF-8.
    init?(_ uri: AddressURI) {
        switch uri {
        case .sip(let uri):
            guard let user = try? uri.decodedUser() else { return nil }
            self.init(user: user, domain: uri.host.canonical)
        case .im(let uri):
            guard let user = try? uri.decodedLocal() else { return nil }
            self.init(user: user, domain: uri.domain)
        case .pres(let uri):
            guard let user = try? uri.decodedLocal() else { return nil }
            self.init(user: user, domain: uri.domain)
        case .tel(let uri): self.init(user: uri.number, domain: "")
        case .xmpp, .other: return nil
        }
    }

    init(user: String, domain: String) {
        self.user = user
        self.domain = domain
    }
}
