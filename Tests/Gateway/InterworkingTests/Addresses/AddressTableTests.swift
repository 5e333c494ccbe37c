import Addressing
import MappingTables
import Testing

@testable import Interworking

/// Rows of the address table.
@Suite("AddressTranslator over a site's rows")
struct AddressTableTests {
    private func translator() throws -> AddressTranslator {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: addresses
                kind: addresses
                rows:
                  - {id: corp, xmpp: "{user}@corp.example", cpim: "{user}@sip.corp.example", overrides: same}
                  - {id: phones, xmpp: "{phone}@tel.example.com", cpim: "{phone}@pstn.example.net"}
                  - {id: others, xmpp: '{user}\\40{domain}@gw.example.com', cpim: "{user}@{domain}"}
                """
        )
        let route = try generation.route(profile: "default")
        return AddressTranslator(table: generation.addresses, switches: route.switches)
    }

    private func uri(_ jid: String) throws -> String {
        try translator().uri(for: JID(jid), facts: VectorRun.defaults).uri.description
    }

    private func jid(_ uri: String) throws -> String {
        try translator().jid(for: AddressURI(uri), role: .sender, facts: VectorRun.defaults).jid.description
    }

    @Test("ADDR-043: a domain is another on the other shore, and comes back")
    func domains() throws {
        #expect(try uri("juliet@corp.example/x") == "sip:juliet@sip.corp.example")
        #expect(try jid("sip:juliet@sip.corp.example") == "juliet@corp.example")
    }

    @Test("ADDR-044: foreign addresses stand in the localpart at a component, and come back")
    func encapsulated() throws {
        #expect(try uri(#"romeo\40example.net@gw.example.com"#) == "sip:romeo@example.net")
        #expect(try jid("sip:romeo@example.net") == #"romeo\40example.net@gw.example.com"#)
        #expect(try jid("sip:o'malley@example.net") == #"o\27malley\40example.net@gw.example.com"#)
        #expect(try uri(#"o\27malley\40example.net@gw.example.com"#) == "sip:o'malley@example.net")
        #expect(throws: Refusal.irreversibleJID) { try uri("nobody@gw.example.com") }
    }

    @Test("ADDR-045: telephone numbers are users at a domain of their own, separators removed")
    func phones() throws {
        #expect(try jid("tel:+1-212-555-0101") == "+12125550101@tel.example.com")
        #expect(try jid("sip:+12125550101@pstn.example.net;user=phone") == "+12125550101@tel.example.com")
        #expect(try uri("+12125550101@tel.example.com") == "sip:+12125550101@pstn.example.net;user=phone")
        #expect(throws: Refusal.irreversibleJID) { try uri("juliet@tel.example.com") }
    }

    @Test("The route of a JID goes by the domain of its URI")
    func peers() throws {
        let table = try translator().table
        func peer(_ jid: String) throws -> String { AddressTranslator.peerDomain(of: try BareJID(jid), table) }
        #expect(try peer("juliet@corp.example") == "sip.corp.example")
        #expect(try peer(#"romeo\40example.net@gw.example.com"#) == "example.net")
        #expect(try peer("+12125550101@tel.example.com") == "pstn.example.net")
    }
}
