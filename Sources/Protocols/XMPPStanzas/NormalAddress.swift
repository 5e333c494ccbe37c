import Addressing

/// An address in the form in which answers name it.
enum NormalAddress {
    /// The normal form of an address; the bytes themselves where they are in it, as nearly all are.
    ///
    /// Of a text that is no address the domain alone is put into its form, if it is one, so that the error can be sent.
    ///
    /// Source: RFC 7622 §3.2, §3.3.
    static func bytes(of address: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let bare = address.prefix { $0 != UInt8(ascii: "/") }
        if isPlain(bare) { return address }
        if let jid = try? JID(bytes: address) { return Array(jid.description.utf8)[...] }
        let host = bare.firstIndex(of: UInt8(ascii: "@")).map { bare[($0 + 1)...] } ?? bare
        guard let domain = try? DomainName.normalized(String(decoding: host, as: UTF8.self)) else { return address }
        return (address[..<host.startIndex] + Array(domain.utf8) + address[host.endIndex...])[...]
    }

    /// Whether a bare address is its own normal form at first sight: no capitals, no label of another script in ASCII,
    /// no dot at the end, nothing outside ASCII.
    private static func isPlain(_ bare: ArraySlice<UInt8>) -> Bool {
        var last = UInt8(ascii: ".")
        for byte in bare {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "%"),
                UInt8(ascii: "\\"):
                break
            // Two of them may be those of `xn--`.
            case UInt8(ascii: "-") where last != byte: break
            default: return false
            }
            last = byte
        }
        return last != UInt8(ascii: ".")
    }
}
