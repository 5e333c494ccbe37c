public import Addressing
import MappingTables
public import SIPMessages

/// Whose a request is.
extension MessageTranslator {
    /// Whom a neighbor names as the sender of a request: the From, or whom a trusted intermediary asserts.
    ///
    /// Whether the neighbor may speak for that user is not asked here.
    ///
    /// - Parameters:
    ///   - request: a valid request.
    ///   - isIntermediary: whether the neighbor is believed when it says who somebody else is.
    /// - Returns: the address.
    /// - Throws: ``Refusal`` with `.malformedAddress`.
    ///
    /// Source: RFC 3325 §8, §9.
    public static func namedSender(of request: SIPRequest, isIntermediary: Bool) throws(Refusal) -> AddressURI {
        if isIntermediary, let asserted = try asserted(by: request, takesStrayPercents: { _ in true }) {
            return asserted
        }
        return try from(of: request, takesStrayPercents: { _ in true })
    }

    /// Who sent a request: ``namedSender(of:isIntermediary:)``, for whom the neighbor may speak.
    ///
    /// A From beside an asserted identity is the neighbor's word too.
    ///
    /// - Throws: ``Refusal`` with `.malformedAddress`, `.anonymousSender` or `.identityMismatch`.
    ///
    /// Source: RFC 3325 §8, §9, RFC 3860 §3.4.2.
    func sender(of request: SIPRequest, _ facts: Facts) throws(Refusal) -> AddressURI {
        let from = try Self.from(of: request, takesStrayPercents: takesStrayPercents)
        let isHidden = AddressTranslator.isAnonymous(from)
        if !isHidden { try check(from, facts) }
        let isIntermediary = facts.peer.isTrustedIntermediary
        guard isIntermediary, let asserted = try Self.asserted(by: request, takesStrayPercents: takesStrayPercents)
        else {
            if isHidden { throw .anonymous }
            return from
        }
        if AddressTranslator.isAnonymous(asserted) { throw .anonymous }
        try check(asserted, facts)
        return asserted
    }

    /// The domain of an address of the CPIM shore, by which its route is found.
    func domain(of uri: AddressURI) -> String { AddressTranslator.peerDomain(of: uri, generation.addresses) }

    /// Throws: ``Refusal`` with `.identityMismatch` when the neighbor may not speak for the domain.
    private func check(_ uri: AddressURI, _ facts: Facts) throws(Refusal) {
        guard let proved = facts.peer.authenticatedDomains else { return }
        if !proved.contains(domain(of: uri)) { throw .identityMismatch }
    }

    /// The first asserted identity that is not a telephone number, else the first that is one; nil without any, and
    /// for a user who wants none of it told (RFC 3325 §9.3).
    private static func asserted(
        by request: SIPRequest,
        takesStrayPercents: (AddressURI) -> Bool
    ) throws(Refusal) -> AddressURI? {
        guard request.headers.has(.assertedIdentity), !request.headers.privacy.contains("id") else { return nil }
        let values: [NameAddress]
        do throws(SIPError) { values = try request.headers.addresses(.assertedIdentity) } catch {
            throw .malformedAddress
        }
        var number: AddressURI?
        for value in values {
            guard let uri = value.uri(takesStrayPercents) else { continue }
            switch uri {
            case .sip: return value.address(uri)
            case .tel: number = number ?? uri
            case .im, .pres, .xmpp, .other: continue
            }
        }
        guard let number else { throw .malformedAddress }
        return number
    }

    private static func from(
        of request: SIPRequest,
        takesStrayPercents: (AddressURI) -> Bool
    ) throws(Refusal) -> AddressURI {
        let from: NameAddress
        do throws(SIPError) { from = try request.from() } catch { throw .malformedAddress }
        guard let uri = (try? request.fromURI()) ?? from.uri(takesStrayPercents) else { throw .malformedAddress }
        return from.address(uri)
    }

    /// Whether the route of a user takes a `%` that starts no escape.
    private func takesStrayPercents(_ user: AddressURI) -> Bool {
        route(domain(of: user)).switches.isSet(.percent, "lenient")
    }
}

extension NameAddress {
    /// The URI; nil for one that cannot be read, and for one that only leniency can read where its user is not given it.
    fileprivate func uri(_ takesStrayPercents: (AddressURI) -> Bool) -> AddressURI? {
        if let uri = try? uri() { return uri }
        return (try? uri(lenient: true)).flatMap { takesStrayPercents($0) ? $0 : nil }
    }
}
