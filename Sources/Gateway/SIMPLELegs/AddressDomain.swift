import Addressing
import Interworking
import SIPMessages

extension AddressURI {
    /// The domain of a user of either shore, in the normal form of facts and settings; nil for other URIs.
    var userDomain: String? {
        switch self {
        case .sip(let uri): uri.userDomain
        case .im(let uri): DomainName.toUnicode(uri.domain)
        case .pres(let uri): DomainName.toUnicode(uri.domain)
        case .tel, .xmpp, .other: nil
        }
    }
}

extension SIPRequest {
    /// Whether To has a tag, so that the request names a dialog.
    var isInDialog: Bool {
        do throws(SIPError) { return try headers.to().tagBytes != nil } catch { return false }
    }

    /// Who sent it, a stray percent sign tolerated; nil when From cannot be read.
    var sender: AddressURI? {
        do throws(SIPError) { return try fromURI(lenient: true) } catch { return nil }
    }

    /// Whom its neighbor names as its sender; nil when that cannot be read.
    func sender(isIntermediary: Bool) -> AddressURI? {
        guard isIntermediary else { return sender }
        return try? MessageTranslator.namedSender(of: self, isIntermediary: true)
    }

    /// Who is to get it, a stray percent sign tolerated; nil when the Request-URI cannot be read.
    var recipient: AddressURI? {
        do throws(SIPError) { return try uri(lenient: true) } catch { return nil }
    }
}
