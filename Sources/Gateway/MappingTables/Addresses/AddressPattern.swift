/// An address with named, typed parts: `{user}@{domain}`, `{user}@sip.example.com`, `{user}\40{domain}@gw.example.com`
/// or `{phone}@tel.example.com`.
public struct AddressPattern: Sendable, Hashable {
    /// What stands before the at sign.
    public enum User: Sendable, Hashable {
        /// A user.
        case user
        /// A user with its domain, joined by an escaped at sign (XEP-0106 §2).
        case userAndDomain
        /// A global telephone number.
        case phone
    }

    /// What stands before the at sign.
    public let user: User
    /// The domain; nil for any.
    public let domain: String?

    /// Reads a pattern; nil when the text is none.
    ///
    /// - Parameter text: the pattern as it is written.
    public init?(_ text: String) {
        guard let at = text.lastIndex(of: "@") else { return nil }
        switch String(text[..<at]) {
        case "{user}": user = .user
        case #"{user}\40{domain}"#: user = .userAndDomain
        case "{phone}": user = .phone
        default: return nil
        }
        let rest = String(text[text.index(after: at)...]).lowercased()
        if rest == "{domain}" {
            domain = nil
        } else {
            guard !rest.isEmpty,
                rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7B && $0 != 0x7D && $0 != 0x2F && $0 != 0x40 })
            else { return nil }
            domain = rest
        }
    }
}
