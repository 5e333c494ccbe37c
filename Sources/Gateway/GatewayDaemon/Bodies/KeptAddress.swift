import Addressing
import Interworking
import OperatorFiles

/// Addresses in the form by which order is kept, under which what is kept of texts is found.
enum KeptAddress {
    /// The form of an address that a person wrote.
    ///
    /// - Parameters:
    ///   - text: a bare JID, of a user of either shore, or a `sip:` URI.
    ///   - configuration: says which domains are on the CPIM shore.
    ///   - stored: the URI of a pair that the address store has for a JID.
    /// - Returns: a bare JID of the XMPP shore, or a `sip:` URI of the CPIM shore in compared form.
    /// - Throws: ``AddressFault`` with what is wrong.
    static func form(
        _ text: String,
        _ configuration: GatewayConfiguration,
        stored: (String) -> String?
    ) throws(AddressFault) -> String {
        if text.contains(":") { return compared(try StoredAddress.uri(text).uri) }
        let jid = try StoredAddress.jid(text)
        let domain = jid.split(separator: "@").last.map { String($0) } ?? ""
        guard configuration.cpimDomains.contains(where: { $0.name == domain }) else { return jid }
        return compared(stored(jid) ?? "sip:" + jid)
    }

    private static func compared(_ uri: String) -> String {
        if case .sip(let sip)? = try? AddressURI(uri) { return sip.comparedAddress }
        return uri
    }
}
