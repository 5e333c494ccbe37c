import Addressing
public import Ledger

/// An address that cannot be stored.
public struct AddressFault: Error, Sendable {
    /// A sentence with the offending text.
    public let reason: String
}

/// Addresses in the form in which the store keeps and compares them.
public enum StoredAddress {
    /// The address of a user on the XMPP shore.
    ///
    /// - Parameter text: a bare JID with a localpart.
    /// - Returns: the enforced form.
    /// - Throws: ``AddressFault`` with what is wrong.
    public static func jid(_ text: String) throws(AddressFault) -> String {
        do throws(AddressError) {
            let jid = try BareJID(text)
            guard jid.local != nil else { throw AddressError(.empty, "it is a domain, not the address of a user") }
            return jid.description
        } catch {
            throw AddressFault(
                reason: "\"\(shortened(text))\" is no bare JID such as juliet@example.com: \(clause(error.reason))"
            )
        }
    }

    /// The address of a user on the CPIM shore.
    ///
    /// - Parameter text: a sip:, sips:, im: or tel: URI.
    /// - Returns: the spelling by which it is reached, and the form by which it is compared.
    /// - Throws: ``AddressFault`` with what is wrong.
    public static func uri(_ text: String) throws(AddressFault) -> (uri: String, key: String) {
        do throws(AddressError) {
            let uri = try AddressURI(text)
            switch uri {
            case .sip(let sip):
                guard sip.user != nil else { throw AddressError(.empty, "it names no user") }
            case .im, .pres, .tel: break
            case .xmpp, .other:
                throw AddressError(.disallowed, "its scheme is not one of the CPIM shore: sip, sips, im, tel")
            }
            return ("\(uri)", AddressIndex.key(uri))
        } catch {
            throw AddressFault(
                reason: "\"\(shortened(text))\" is no address such as sip:romeo@example.net: \(clause(error.reason))"
            )
        }
    }

    /// Normalizes one line of an address file.
    ///
    /// - Parameter entry: the line.
    /// - Returns: both addresses as they are compared, or what is wrong.
    public static func normalization(_ entry: AddressFileEntry) -> AddressNormalization {
        do throws(AddressFault) {
            return .normalized(jid: try jid(entry.jid), uriKey: try uri(entry.uri).key)
        } catch {
            return .refused(error.reason)
        }
    }

    /// A sentence as the end of another one.
    private static func clause(_ reason: String) -> String {
        let open = reason.hasSuffix(".") ? reason.dropLast() : reason[...]
        return open.prefix(1).lowercased() + open.dropFirst()
    }

    private static func shortened(_ text: String) -> String { String(text.unicodeScalars.prefix(80)) }
}
