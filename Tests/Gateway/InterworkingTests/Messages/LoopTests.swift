import Addressing
import MappingTables
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Destinations whose name is an address of the side that the item came from.
@Suite("ADDR-063: encapsulated destinations that lead back")
struct LoopTests {
    /// The shipped table, and one whose component has users of every domain of the CPIM shore in its localparts.
    private static let tables: [String?] = [
        nil,
        """
        format: isthmus-mapping/1
        table: addresses
        kind: addresses
        rows:
          - {id: own, overrides: same, xmpp: "{user}@example.com", cpim: "{user}@example.com"}
          - {id: others, xmpp: '{user}\\40{domain}@sip.example.com', cpim: "{user}@{domain}"}
        """,
    ]

    private func translator(_ table: String?) throws -> (MessageTranslator, Facts) {
        let generation = try table.map { try ShippedTables.generation(adding: $0) } ?? ShippedTables.generation()
        var facts = VectorRun.defaults
        facts.cpimDomains = ["example.net", "sip.example.com"]
        return (MessageTranslator(generation: generation), facts)
    }

    @Test("from XMPP: not-acceptable, in a message and in a subscription", arguments: tables)
    func fromXMPP(table: String?) throws {
        let (translator, facts) = try translator(table)
        func refusal(_ to: String) throws -> Refusal? {
            translator.pivot(from: try MessageSamples.stanza("<body>hi</body>", to: to), facts: facts).refusal
        }
        for to in [#"x\40example.com@sip.example.com"#, #"x\40EXAMPLE.com@sip.example.com"#] {
            let found = try #require(try refusal(to))
            #expect(found.auditCode == "loop" && found.condition == .notAcceptable)
        }
        #expect(try refusal(#"x\40example.net@sip.example.com"#) == nil)
        let ends = #"from='a@example.com' to='x\40example.com@sip.example.com'"#
        let xml = "<presence xmlns='jabber:client' \(ends) type='subscribe'/>"
        let stanza = try #require(PresenceStanza(try XML.DocumentReader.read(Array(xml.utf8)[...])))
        let presence = PresenceTranslator(generation: translator.generation)
        #expect(presence.operation(from: stanza, facts: facts).refusal?.auditCode == "loop")
    }

    @Test(
        "from SIP: the answer of the table",
        arguments: ["sip:x%40example.net@example.com", "im:x%40EXAMPLE.net@example.com"]
    )
    func fromSIP(uri: String) throws {
        let refusal = try #require(try MessageSamples().received(uri: uri).refusal)
        #expect(refusal.auditCode == "loop" && refusal.sipStatus == 482)
    }

    @Test("a name with an at sign leads nowhere else")
    func others() throws {
        for user in ["x%40home", "x%40example.org", "x%40", "%40example.net", "x%40example.net%40home"] {
            let uri = "sip:\(user)@example.com"
            #expect(try MessageSamples().received(uri: uri).refusal?.auditCode != "loop", "\(user)")
        }
    }
}
