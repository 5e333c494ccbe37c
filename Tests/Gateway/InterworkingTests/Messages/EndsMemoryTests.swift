import Addressing
import MappingTables
import Testing

@testable import Interworking
@testable import VectorSupport

/// What is remembered of the ends of items: bounded, and no larger than it must be.
@Suite struct EndsMemoryTests {
    private static let juliet = "juliet@xmpp.example"
    private static let romeo = "sip:romeo@sip.example"

    private func correspondent(jid: String = juliet, uri: String = romeo) throws -> Correspondent {
        Correspondent(jid: try JID(jid), uri: try SIPURI(uri))
    }

    private func setting() throws -> Setting {
        let generation = try ShippedTables.generation()
        return Setting(VectorRun.defaults, generation.route(peer: "sip.example"), generation.addresses)
    }

    @Test func `forgets the older half when it is full`() throws {
        let memory = EndsMemory()
        let setting = try setting()
        let user = try correspondent()
        let instant = try InstantURI("im:romeo@sip.example")
        let ends = Ends(user, user, instants: (instant, instant), rows: [])
        func spelling(_ number: Int) -> EndsMemory.Spelling { .init(sender: "\(number)", recipient: "romeo") }
        for number in 0..<EndsMemory.capacity { memory.insert(ends, spelling(number), setting) }
        #expect(memory.find(spelling(0), setting) != nil)
        memory.insert(ends, spelling(EndsMemory.capacity), setting)
        #expect(memory.find(spelling(EndsMemory.capacity / 2 - 1), setting) == nil)
        #expect(memory.find(spelling(EndsMemory.capacity / 2), setting) != nil)
        #expect(memory.find(spelling(EndsMemory.capacity), setting) != nil)
    }

    @Test func `keeps the texts of an address as the addresses write them`() throws {
        let bare = try correspondent()
        #expect(bare.key == "juliet@xmpp.example")
        #expect(bare.fullKey == bare.key)
        #expect(bare.address == "sip:romeo@sip.example")
        #expect(bare.canonicalAddress == bare.uri.canonicalDescription)
        #expect(bare.comparedAddress == bare.uri.comparedAddress)

        let full = try correspondent(jid: "juliet@xmpp.example/balcony", uri: "sip:Rom%65o@SIP.example;transport=tcp")
        #expect(full.key == "juliet@xmpp.example")
        #expect(full.fullKey == "juliet@xmpp.example/balcony")
        #expect(full.address == full.uri.description)
        #expect(full.canonicalAddress == full.uri.canonicalDescription)
        #expect(full.comparedAddress == full.uri.comparedAddress)
        #expect(full.address != full.canonicalAddress)
    }

    @Test func `the ends of a watch say what documents about the user name it by, also after a message`() throws {
        let generation = try ShippedTables.generation()
        let memory = EndsMemory()
        let translator = PresenceTranslator(generation: generation, memory: memory)
        let facts = VectorRun.defaults
        let (user, contact) = ("juliet@example.com", "romeo@example.net")
        // A message between the same two spells them the same.
        let message = Setting(facts, generation.route(peer: "example.net"), generation.addresses)
        var crossing = Crossing(message)
        let plain = try translator.messages.ends(user, contact, &crossing) { crossing throws(Refusal) in
            try translator.messages.ends(from: try Self.jid(user), to: try Self.jid(contact), &crossing)
        }
        #expect(plain.names == nil)
        let first = try #require(translator.ends(user: user, contact: contact, facts: facts).value)
        let again = try #require(translator.ends(user: user, contact: contact, facts: facts).value)
        #expect(first.names.entity == "pres:juliet@example.com")
        #expect(first.names.spelling == (source: "juliet@example.com", target: "sip:juliet@example.com"))
        #expect(first.ends === again.ends)
        // Under other facts they are searched again.
        var others = facts
        others.pairs = [
            AddressPair(jid: try BareJID(user), uri: try AddressURI("sip:capulet@example.com"), isExplicit: true)
        ]
        let other = try #require(translator.ends(user: user, contact: contact, facts: others).value)
        #expect(other.names.entity == "pres:capulet@example.com")
        #expect(translator.ends(user: user, contact: "example.net", facts: facts).refusal?.code == .domainRecipient)
        #expect(translator.ends(user: user, contact: "@", facts: facts).refusal?.code == .malformedAddress)
    }

    private static func jid(_ text: String) throws(Refusal) -> JID {
        do { return try JID(text) } catch { throw .malformedAddress }
    }
}
