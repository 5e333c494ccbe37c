import Addressing
import MappingTables
import PIDF
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// A personal event that no Swift knows crosses by rows alone.
@Suite("Events by rows")
struct EventRowTests {
    private static let tune = "http://jabber.org/protocol/tune"
    private static let payload =
        "<tune xmlns='\(tune)'><artist>Yes</artist><title>Heart of the Sunrise</title></tune>"

    private func translator() throws -> PresenceTranslator {
        PresenceTranslator(generation: try Examples.generation("user-tune"))
    }

    @Test("XEP-0163 §4.2: contacts announce that they want it, and the wishes of devices are kept")
    func interests() throws {
        let translator = try translator()
        let contact = PresenceSamples.romeo.jid.bare
        #expect(translator.interests(of: contact) == [Self.tune + "+notify"])
        #expect(translator.tellsEvents(of: contact))
        #expect(translator.generation.events[Self.tune] == "tune")
        let nodes = PersonalEvent.nodes(
            translator.generation.eventNodes,
            wantedBy: [Self.tune + "+notify", "urn:x+notify"]
        )
        #expect(nodes == [Self.tune])
        let shipped = PresenceTranslator(generation: try ShippedTables.generation())
        #expect(shipped.interests(of: contact) == [] && shipped.stopped(Self.tune) == nil)
    }

    @Test("RFC 4479 §3.2: an event becomes part of the person of a document, and comes back as an event")
    func crosses() throws {
        let translator = try translator()
        let document = translator.document(
            of: PresenceSamples.juliet,
            resources: [try PresenceSamples.resource("a")],
            events: [try XML.DocumentReader.read(Array(Self.payload.utf8)[...])],
            for: PresenceSamples.romeo,
            facts: PresenceSamples().facts
        )
        let written = HeaderText.text(PIDFWriter.write(try #require(document.value)))
        #expect(document.trace.losses.isEmpty)
        #expect(written.contains("urn:example:tune") && written.contains("Heart of the Sunrise"))
        let content =
            PresenceSamples.tuple()
            + "<dm:person id='p'><u:tune xmlns:u='urn:example:tune'><u:artist>Yes</u:artist>"
            + "<u:title>Heart of the Sunrise</u:title></u:tune></dm:person>"
        let reading = translator.reading(
            of: PresenceBody(type: "application/pidf+xml", bytes: Array(PresenceSamples.pidf(content).utf8)),
            about: PresenceSamples.romeo,
            facts: PresenceSamples().facts,
            language: nil
        )
        let value = try #require(reading.value)
        #expect(value.events.map(\.node) == [Self.tune])
        #expect(value.events.map { HeaderText.text($0.payload) } == [Self.payload])
        // It stands in no presence.
        #expect(value.presences.allSatisfy { !HeaderText.text($0.payload).contains("tune") })
    }

    @Test("XEP-0163 §4.3: the end of what was told has an empty payload of the row's name")
    func stopped() throws {
        let event = try #require(try translator().stopped(Self.tune))
        #expect(HeaderText.text(event.payload) == "<tune xmlns='\(Self.tune)'/>")
    }

    @Test("what was learned under other tables is learned again")
    func relearned() {
        var book = InterestBook(nodes: ["urn:a"])
        let element = CapabilitiesElement(hash: "sha-1", node: "n", version: "v")
        func announced() -> [InterestBook.Action] {
            book.announced(element, by: "a@example.com/r", to: "b@example.net", now: 1, freshID: { "q" })
        }
        #expect(announced() == [.ask(id: "q", device: "a@example.com/r", contact: "b@example.net", node: "n#v")])
        let information = ServiceInformation(identities: [], features: ["urn:a+notify", "urn:b+notify"])
        func answer() -> [InterestBook.Action] {
            book.answered("q", by: "a@example.com/r", information, now: 2, freshID: { "q" }, hash: { _ in "v" })
        }
        #expect(answer() == [.learned(device: "a@example.com/r", contact: "b@example.net", nodes: ["urn:a"])])
        #expect(announced() == [.learned(device: "a@example.com/r", contact: "b@example.net", nodes: ["urn:a"])])
        book.nodes = ["urn:a", "urn:b"]
        #expect(announced() == [.ask(id: "q", device: "a@example.com/r", contact: "b@example.net", node: "n#v")])
        #expect(answer() == [.learned(device: "a@example.com/r", contact: "b@example.net", nodes: ["urn:a", "urn:b"])])
    }
}
