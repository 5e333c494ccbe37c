import Addressing
import BridgeCore
import Interworking
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// How often the documents of one user are read and put together.
@Suite("SIMPLELeg: the pace of what is published")
struct CompositionPaceTests {
    private static func document(_ id: String, _ note: String = "") -> String {
        PublishingNeighbor.document(PublishingNeighbor.tuple(id, "open", note: note))
    }

    @Test("RFC 3903 §6: of the documents of a user only the one that changes is read")
    func readOnce() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        var tags: [String] = []
        for id in ["a", "b", "c"] { tags.append(try esc.published(Self.document(id))) }
        #expect(esc.leg.compositions.documentsRead == 3)
        _ = try esc.published(Self.document("b", "Back soon"), tag: tags[1])
        #expect(esc.leg.compositions.documentsRead == 4)
        #expect(esc.told.last == "state a+ b+ c+" && esc.shown["b"]?.contains("Back soon") == true)
        // Who asks, and an end, make nothing be read again.
        esc.leg.fetch(Neighbor.outward, by: "juliet@example.com/balcony")
        #expect(try esc.publish(tag: tags[0], expires: 0).status == 200)
        #expect(esc.told.last == "state b+ c+" && esc.leg.compositions.documentsRead == 4)
    }

    @Test("A document that comes with its own end changes nothing of what another one says")
    func unpublishedAtOnce() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        _ = try esc.published(Self.document("a", "At the desk"))
        #expect(try esc.publish(Self.document("z"), expires: 0).status == 200)
        _ = try esc.published(Self.document("b"))
        #expect(esc.told.last == "state a+ b+" && esc.shown["a"]?.contains("At the desk") == true)
    }

    @Test("RFC 3856 §6.10: each PUBLISH is answered when it is stored; watchers are told at their pace, the last state")
    func paced() throws {
        let esc = try PublishingNeighbor { $0.events.pace = 5_000_000_000 }
        esc.leg.subscribe(Neighbor.outward)
        var tag = try esc.published(Self.document("a"))
        let count = esc.told.count
        #expect(esc.told.last == "state a+")
        for number in 1...10 { tag = try esc.published(Self.document("a", "Note \(number)"), tag: tag) }
        #expect(esc.told.count == count)
        esc.peer.pass(4.9)
        #expect(esc.told.count == count)
        esc.peer.pass(0.1)
        #expect(esc.told.count == count + 1 && esc.shown["a"]?.contains("Note 10") == true)
        esc.peer.pass(60)
        #expect(esc.told.count == count + 1)
        // After a rest there is nothing to wait for, and an end is told at once.
        tag = try esc.published(Self.document("a", "Back"), tag: tag)
        #expect(esc.told.count == count + 2)
        #expect(try esc.publish(tag: tag, expires: 0).status == 200)
        #expect(esc.told.last == "state ")
    }

    @Test("RFC 8048 §7.1: who asks while the pace waits learns what is published, and the others do in their turn")
    func asked() throws {
        let esc = try PublishingNeighbor { $0.events.pace = 5_000_000_000 }
        esc.leg.subscribe(Neighbor.outward)
        _ = try esc.published(Self.document("a"))
        _ = try esc.published(Self.document("b"))
        esc.leg.fetch(Neighbor.outward, by: "juliet@example.com/balcony")
        #expect(esc.told.last == "fetched juliet@example.com/balcony a+ b+")
        esc.peer.pass(5)
        #expect(esc.told.last == "state a+ b+")
    }

    @Test("What nobody watches is not put together")
    func unwatched() throws {
        let esc = try PublishingNeighbor()
        _ = try esc.published(Self.document("a"))
        #expect(esc.leg.compositions.toldBytes == 0)
        esc.leg.subscribe(Neighbor.outward)
        #expect(esc.told.last == "state a+" && esc.leg.compositions.toldBytes > 0)
    }

    @Test("RFC 4480 §3.1: what ceases to hold is told at the pace, too")
    func timed() throws {
        let esc = try PublishingNeighbor { $0.events.pace = 5_000_000_000 }
        esc.leg.subscribe(Neighbor.outward)
        // The clock of the stage stands at 2026-03-01T12:00:00Z.
        let person = "<dm:person id='p'><r:activities until='2026-03-01T12:00:01Z'><r:away/></r:activities></dm:person>"
        _ = try esc.published(PublishingNeighbor.document(PublishingNeighbor.tuple("a"), more: person))
        let count = esc.told.count
        for _ in 1...9 { esc.peer.pass(0.5) }
        #expect(esc.told.count == count && esc.shown["a"]?.contains("away") == true)
        esc.peer.pass(0.5)
        #expect(esc.told.count == count + 1 && esc.shown["a"]?.contains("away") == false)
    }

    @Test("What documents say is kept up to a bound in bytes, and of what lies beyond it the last one")
    func bounded() throws {
        let content = try PublishingNeighbor.content()
        var contents = PublishedContents()
        let size = 64 << 10
        let count = UInt64(3 * PublishedContents.largestBytes / size)
        for number in 0..<count {
            contents.keep(content, bytes: size, of: number, 1)
            #expect(contents.bytes <= PublishedContents.largestBytes && contents.content(of: number, 1) != nil)
        }
        #expect(contents.content(of: 0, 1) == nil && contents.content(of: count - 1, 2) == nil)
        contents.keep(content, bytes: PublishedContents.largestBytes, of: count - 1, 1)
        #expect(contents.content(of: count - 1, 1) == nil, "what it said before holds no more")
        contents.forget(Array(0..<count), of: 1)
        #expect(contents.bytes == 0)
    }
}

extension PublishingNeighbor {
    /// What some document says.
    static func content() throws -> PublishedContent {
        let host = try PublishingNeighbor().host
        let facts = host.facts(sender: "", recipient: "", from: .cpim)
        let translator = PresenceTranslator(generation: host.generation)
        let contact = try #require(translator.presentity(try BareJID("romeo@example.net"), facts: facts).value)
        let body = PresenceBody(type: "application/pidf+xml", bytes: Array(document(tuple("a")).utf8))
        return try #require(translator.content(of: body, by: contact, facts: facts).value)
    }
}
