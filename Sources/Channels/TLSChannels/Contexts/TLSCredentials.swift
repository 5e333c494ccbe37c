/// A certificate with its chain and its private key, checked against each other.
public struct TLSCredentials: Sendable {
    /// The certificate that is shown, and those of the authorities behind it, in order.
    public let chain: [TLSCertificate]

    let handles: [CertificateHandle]
    let key: KeyHandle

    /// Reads a chain and its key.
    ///
    /// Dates are not looked at; see ``fault(at:)``.
    ///
    /// - Parameters:
    ///   - certificates: the chain in PEM, the own certificate first, each followed by its issuer. The trusted root
    ///     may be left out.
    ///   - key: the private key in PEM, not encrypted.
    /// - Throws: ``TLSConfigurationError`` with `.noCertificate`, `.unreadableCertificate`, `.unreadableKey`,
    ///   `.encryptedKey`, `.keyMismatch` or `.brokenChain`.
    public init(certificates: [UInt8], key: [UInt8]) throws(TLSConfigurationError) {
        handles = try PEMReader.certificates(certificates)
        self.key = try PEMReader.key(key)
        guard let leaf = handles.first, self.key.fits(leaf) else {
            throw TLSConfigurationError(
                .keyMismatch,
                "the private key is not that of the first certificate (\(handles.first?.subject ?? ""))"
            )
        }
        for (place, (subject, issuer)) in zip(handles, handles.dropFirst()).enumerated()
        where !subject.isIssued(by: issuer) {
            throw TLSConfigurationError(
                .brokenChain,
                "certificate \(place + 2) (\(issuer.subject)) did not issue certificate \(place + 1) "
                    + "(\(subject.subject))"
            )
        }
        chain = handles.map { TLSCertificate($0) }
    }

    /// The names that the certificate is for.
    public var names: CertificateNames { chain.first?.names ?? CertificateNames() }

    /// When all certificates of the chain are valid, in seconds since 1970; nil when there is no such time.
    public var validity: ClosedRange<Int64>? {
        let start = chain.map(\.validity.lowerBound).max() ?? 0
        let end = chain.map(\.validity.upperBound).min() ?? 0
        return start <= end ? start...end : nil
    }

    /// What is wrong with the dates.
    ///
    /// - Parameter time: the moment to look at, in seconds since 1970.
    /// - Returns: `.expired` or `.notYetValid` with the certificate; nil when all are valid.
    public func fault(at time: Int64) -> TLSConfigurationError? {
        for certificate in chain where !certificate.validity.contains(time) {
            let hasExpired = time > certificate.validity.upperBound
            return TLSConfigurationError(
                hasExpired ? .expired : .notYetValid,
                "the certificate \(certificate.subject) \(hasExpired ? "has expired" : "is not valid yet")"
            )
        }
        return nil
    }

    /// Whether the certificate is for a host: by its own name before a wildcard.
    enum Fit: Comparable {
        case none
        case wildcard
        case exact
    }

    func fit(_ host: DomainName) -> Fit {
        var best = Fit.none
        let services = names.srvNames.compactMap { DomainName.service($0).map { String($0.domain) } }
        for name in names.dnsNames + services + names.xmppAddresses {
            if host.isEqual(to: name) { return .exact }
            if host.isCovered(by: name) { best = .wildcard }
        }
        return best
    }
}

extension [TLSCredentials] {
    /// What is shown to a peer that asked for a name: the best certificate for it of each kind of key.
    ///
    /// Without a name, or with one that none is for, that is the first, and with it those for the same name.
    ///
    /// Source: RFC 7590 §3.5.
    func shown(for name: String?) -> [TLSCredentials] {
        guard let first else { return [] }
        if let name, let host = DomainName(name) {
            let chosen = best(for: host)
            if !chosen.isEmpty { return chosen }
        }
        guard let own = first.names.dnsNames.first, let host = DomainName(own) else { return [first] }
        let chosen = [first] + best(for: host)
        var kinds: Set<Int32> = []
        return chosen.filter { kinds.insert($0.key.kind).inserted }
    }

    private func best(for host: DomainName) -> [TLSCredentials] {
        var chosen: [(credentials: TLSCredentials, fit: TLSCredentials.Fit)] = []
        for credentials in self {
            let fit = credentials.fit(host)
            guard fit > .none else { continue }
            if let index = chosen.firstIndex(where: { $0.credentials.key.kind == credentials.key.kind }) {
                if fit > chosen[index].fit { chosen[index] = (credentials, fit) }
            } else {
                chosen.append((credentials, fit))
            }
        }
        // A certificate of the very name goes before a wildcard of another kind of key.
        let top = chosen.map(\.fit).max()
        return chosen.filter { $0.fit == top }.map(\.credentials)
    }
}
