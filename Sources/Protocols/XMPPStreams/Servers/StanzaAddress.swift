import Addressing
import XMLStreams

/// The address in a stanza's start tag, as far as the stream has to know it.
///
/// Source: RFC 7622 §3.2.
struct StanzaAddress {
    /// The domain; nil when there is none or it is none.
    var domain: String?
    /// Whether the rest of the address is one, too.
    var isWhole: Bool

    init(_ element: XML.Element, _ name: String) {
        guard let bytes = element.attributeBytes(name) else {
            self.domain = nil
            self.isWhole = false
            return
        }
        if let address = try? JID(bytes: bytes) {
            domain = address.domain
            isWhole = true
            return
        }
        // What fails may fail in a part that says nothing about the stream.
        let bare = bytes.prefix { $0 != 0x2F }
        let host = bare.firstIndex(of: 0x40).map { bare[($0 + 1)...] } ?? bare
        domain = BareDomain.read(String(decoding: host, as: UTF8.self))
        isWhole = false
    }
}
