extension SIPURI: Hashable {
    /// Whether both have the same ``canonicalDescription``.
    ///
    /// This is finer than RFC 3261 §19.1.4 and, other than that rule, transitive: a parameter that only one URI has
    /// makes them different, and the value of `gr`, which becomes a case-sensitive resource, compares by case.
    public static func == (left: SIPURI, right: SIPURI) -> Bool {
        guard left.hasSameCore(as: right), left.parameters.count == right.parameters.count else { return false }
        if left.hasSameSpelling(as: right) { return true }
        return left.canonicalParameters.elementsEqual(right.canonicalParameters, by: ==)
            && left.canonicalHeaders == right.canonicalHeaders
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(isSecure)
        hasher.combine(user.map { PercentEncoding.canonical($0) })
        hasher.combine(password.map { PercentEncoding.canonical($0) })
        hasher.combine(host)
        hasher.combine(port)
        for (name, value) in canonicalParameters {
            hasher.combine(name)
            hasher.combine(value)
        }
        hasher.combine(canonicalHeaders)
    }

    /// Whether two URIs are equivalent by the letter of RFC 3261 §19.1.4, which is not transitive.
    ///
    /// Parameters that both have must match without regard to case; `user`, `ttl`, `method`, `maddr` and `transport`
    /// must match when either has them; headers always. Values of headers compare without regard to case.
    public func isEquivalent(to other: SIPURI) -> Bool {
        guard hasSameCore(as: other) else { return false }
        let theirs = other.lowercasedParameters
        let ours = lowercasedParameters
        for (name, value) in ours {
            if let their = theirs[name] {
                guard value == their else { return false }
            } else if SIPURI.neverIgnored.contains(name) {
                return false
            }
        }
        for name in theirs.keys where SIPURI.neverIgnored.contains(name) && ours[name] == nil { return false }
        if headers == nil && other.headers == nil { return true }
        return canonicalHeaders.map(ASCII.lowercased).sorted() == other.canonicalHeaders.map(ASCII.lowercased).sorted()
    }

    private static let neverIgnored: Set<String> = ["user", "ttl", "method", "maddr", "transport"]

    /// The values by canonical name, lower-case; the inner optional tells a parameter without value.
    private var lowercasedParameters: [String: String?] {
        var result: [String: String?] = [:]
        for (name, value) in canonicalParameters {
            result.updateValue(value.map(ASCII.lowercased), forKey: name)
        }
        return result
    }

    /// Scheme, userinfo, host and port.
    private func hasSameCore(as other: SIPURI) -> Bool {
        isSecure == other.isSecure && port == other.port && host == other.host
            && SIPURI.sameEscaped(user, other.user) && SIPURI.sameEscaped(password, other.password)
    }

    /// Whether parameters and headers are written alike, which spares their canonical forms.
    private func hasSameSpelling(as other: SIPURI) -> Bool {
        headers == other.headers
            && parameters.elementsEqual(other.parameters) { $0.name == $1.name && $0.value == $1.value }
    }

    private static func sameEscaped(_ one: String?, _ other: String?) -> Bool {
        if one == other { return true }
        guard let one, let other else { return false }
        return PercentEncoding.canonical(one) == PercentEncoding.canonical(other)
    }
}
