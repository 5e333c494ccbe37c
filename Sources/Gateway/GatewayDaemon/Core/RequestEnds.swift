import Addressing
import Interworking
import MappingTables

/// What the tables alone say of the two addresses of a request.
final class RequestEnds {
    /// Of how many pairs of spellings they are remembered.
    static let capacity = 8_000

    /// Two addresses in compared form.
    struct Spelling: Hashable {
        let sender: String
        let recipient: String
    }

    /// One of the two.
    struct End {
        /// The address; nil when it cannot be read.
        let uri: AddressURI?
        /// The JID that the rules give; nil when they give none.
        let jid: BareJID?
        /// That as text.
        let key: String?
        /// The user whom the rules give that JID when it is not this sender, but one who differs in spelling.
        let rival: AddressPair?

        init(_ text: String, _ role: AddressRole, _ translator: AddressTranslator, _ facts: Facts) {
            uri = try? AddressURI(text)
            let mapped = uri.flatMap { try? translator.jid(for: $0, role: role, facts: facts) }
            jid = mapped?.jid.bare
            key = jid?.description
            rival = role == .sender ? mapped.flatMap { Self.rival(of: $0, translator, facts) } : nil
        }

        private static func rival(
            of sender: MappedJID,
            _ translator: AddressTranslator,
            _ facts: Facts
        ) -> AddressPair? {
            guard !sender.isDerivable, let uri = try? translator.uri(for: sender.jid.bare.jid, facts: facts).uri
            else { return nil }
            return AddressPair(jid: sender.jid.bare, uri: .sip(uri))
        }
    }

    let sender: End
    let recipient: End
    /// Whether a message to the recipient goes to the resource that was seen last.
    let needsResource: Bool
    /// Whether the type of a message to the recipient is that of their own last one.
    let needsType: Bool

    init(_ spelling: Spelling, _ generation: Generation, _ facts: Facts) {
        let text = spelling.sender
        let domain =
            text.utf8.lastIndex(of: UInt8(ascii: "@")).map { String(text[text.utf8.index(after: $0)...]) } ?? ""
        let switches = generation.route(peer: domain).switches
        let translator = AddressTranslator(table: generation.addresses, switches: switches)
        sender = End(text, .sender, translator, facts)
        recipient = End(spelling.recipient, .recipient, translator, facts)
        needsResource = switches.isSet(.toResource, "known")
        needsType = switches.isSet(.pagerType, "reply")
    }
}
