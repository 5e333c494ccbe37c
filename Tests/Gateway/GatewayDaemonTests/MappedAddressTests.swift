import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Users whose address on the other shore has another domain.
    @Suite("Mapped addresses")
    struct MappedAddressTests {
        @Test("ADDR-043: users are reached under the domain that the tables give them")
        func renamed() async throws {
            let site = SiteTable(
                text: """
                    format: isthmus-mapping/1
                    table: addresses
                    kind: addresses
                    rows:
                      - {id: corp, xmpp: "{user}@example.com", cpim: "{user}@sip.corp.example", overrides: same}
                      - {id: others, xmpp: "{user}@{domain}", cpim: "{user}@{domain}"}
                    """
            )
            try await Stage.play(tables: [site]) { stage in
                try await stage.phone.answersAll(200)
                try await stage.write("hello", id: "m1", to: "romeo@example.net")
                let from = try await stage.phone.calls.next().from
                #expect(from.contains("juliet@sip.corp.example"))
                var note = Note("reply", call: "c1")
                note.to = "sip:juliet@sip.corp.example"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().attribute("to") == "juliet@example.com")
                note = Note("elsewhere", call: "c2")
                note.to = "sip:juliet@sip.other.example"
                #expect(try await stage.ask(note) == 404)
            }
        }

        @Test("ADDR-045: a number is reached by tel: where a row gives it a domain")
        func toNumber() async throws {
            try await Stage.play(tables: [Self.phones(at: "example.com")]) { stage in
                var note = Note("to a number", call: "c1")
                note.to = "tel:+1-212-555-0101"
                let status = try await stage.ask(note)
                #expect(status == 202)
                #expect(try await stage.server.stanzas.next().attribute("to") == "+12125550101@example.com")
            }
        }

        @Test("ADDR-045: a neighbor may speak for the numbers of its domain; without a row tel: is no scheme of ours")
        func numbers() async throws {
            let phones = Self.phones(at: "example.net")
            for tables in [[], [phones]] {
                try await Stage.play(tables: tables) { stage in
                    var note = Note("from a number", call: "c1")
                    note.from = "tel:+1-212-555-0101"
                    #expect(try await stage.ask(note) == (tables.isEmpty ? 403 : 202))
                    if !tables.isEmpty {
                        let stanza = try await stage.server.stanzas.next()
                        #expect(stanza.attribute("from") == "+12125550101@example.net")
                    } else {
                        note = Note("to a number", call: "c2")
                        note.to = "tel:+1-212-555-0101"
                        #expect(try await stage.ask(note) == 416)
                    }
                }
            }
        }

        private static func phones(at domain: String) -> SiteTable {
            SiteTable(
                text: """
                    format: isthmus-mapping/1
                    table: addresses
                    kind: addresses
                    rows:
                      - {id: phones, xmpp: "{phone}@\(domain)", cpim: "{phone}@\(domain)", overrides: same}
                      - {id: others, xmpp: "{user}@{domain}", cpim: "{user}@{domain}"}
                    """
            )
        }
    }
}
