import Addressing
import CPIM

extension AddressURI {
    /// The URI of the same user at an endpoint; the same URI when it names an endpoint itself, or cannot.
    ///
    /// An im: or pres: URI has no place for the name of one and becomes a sip: URI.
    ///
    /// - Parameter instance: the escaped value of `gr`.
    /// - Returns: the URI.
    ///
    /// Source: RFC 7247 §6.4.
    func at(_ instance: String) -> AddressURI {
        let base: SIPURI
        switch self {
        case .sip(let uri) where uri.parameter("gr").isPresent: return self
        case .sip(let uri): base = uri
        case .im, .pres:
            guard let key = AddressKey(self), let host = try? SIPURI.Host(key.domain),
                let uri = try? SIPURI(user: PercentEncoding.encode(key.user, keeping: .sipUser), host: host)
            else { return self }
            base = uri
        case .tel, .xmpp, .other: return self
        }
        return (try? base.setting("gr", to: instance)).map { .sip($0) } ?? self
    }

    /// The URI of the same user at the endpoint that an object names for this user, in the URI or after `>`; the same
    /// URI when the object names none, or names others.
    ///
    /// RFC 3862 has no parameters after `>`; RFC 7702 §6.3.1 prints them there.
    ///
    /// - Parameters:
    ///   - named: whom the object names.
    ///   - isLenient: whether a `%` that starts no escape is read as a percent sign.
    /// - Returns: the URI.
    func at(_ named: [CPIMAddress], isLenient: Bool) -> AddressURI {
        for address in named {
            guard let uri = try? address.uri(lenient: isLenient), let key = AddressKey(uri), key == AddressKey(self)
            else { continue }
            if case .sip(let uri) = uri, case .value(let instance) = uri.parameter("gr") { return at(instance) }
            if let parameter = address.trailingParameters.first(where: { $0.name.lowercased() == "gr" }) {
                return at(parameter.value)
            }
        }
        return self
    }
}
