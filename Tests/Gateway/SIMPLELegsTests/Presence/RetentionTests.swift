import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Locations in what users publish to the gateway.
@Suite("SIMPLELeg: published locations")
struct RetentionTests {
    // The clock of the stage stands at 2026-03-01T12:00:00Z.

    @Test("GEO-007: a location whose time is over is not stored; the rest of what was published is")
    func past() throws {
        let esc = try PublishingNeighbor()
        let tag = try esc.published(Self.document("2026-03-01T12:00:00Z"))
        #expect(try Self.stored(esc).contains("Verona") == false)
        #expect(try Self.stored(esc).contains("<note>n</note>"))
        #expect(try esc.publish(tag: tag).status == 200)
        esc.leg.subscribe(Neighbor.outward)
        #expect(esc.told.last == "state t1+")
        #expect(esc.leg.compositions.bytes == esc.leg.compositions.all.values.first?.state.weight.bytes)
        // One that ends its publication takes nothing from another.
        let other = try esc.published(Self.document("2026-03-01T12:10:00Z"))
        _ = try esc.publish(Self.document("2026-03-01T12:00:00Z"), expires: 0)
        #expect(try Self.stored(esc).contains("Verona"))
        #expect(try esc.publish(tag: other, expires: 0).status == 200)
    }

    @Test("GEO-007: a location leaves the store when its time comes, and its publication goes on")
    func later() throws {
        let esc = try PublishingNeighbor()
        let tag = try esc.published(Self.document("2026-03-01T12:01:00Z"))
        let whole = esc.leg.compositions.bytes
        esc.peer.pass(59)
        #expect(try Self.stored(esc).contains("Verona"))
        esc.peer.pass(1)
        #expect(try Self.stored(esc).contains("Verona") == false)
        #expect(try Self.stored(esc).contains("<note>n</note>"))
        let state = try #require(esc.leg.compositions.all.values.first?.state)
        #expect(esc.leg.compositions.bytes == state.weight.bytes && state.weight.bytes < whole)
        #expect(try esc.publish(tag: tag).status == 200)
        esc.peer.pass(60)
        #expect(esc.leg.compositions.all.count == 1)
    }

    @Test("GEO-007: a location whose time came while nothing ran leaves the store after the start")
    func restarted() throws {
        let esc = try PublishingNeighbor()
        let tag = try esc.published(Self.document("2026-03-01T12:01:00Z"))
        let usage = try #require(esc.host.usages.values.first)
        for (seconds, isKept) in [(59.0, true), (60.0, false)] {
            let next = try PublishingNeighbor()
            next.peer.pass(seconds)
            next.host.usages = [usage.id: usage]
            #expect(next.leg.restore(usage, delay: 0))
            next.peer.pass(0)
            #expect(try Self.stored(next).contains("Verona") == isKept)
            #expect(try next.publish(tag: tag).status == 200)
        }
    }

    @Test("GEO-007: without a time of its own a location leaves the store a day after its receipt, refreshed or not")
    func day() throws {
        for timestamp in ["", "<timestamp>2026-04-01T00:00:00Z</timestamp>"] {
            let esc = try PublishingNeighbor()
            let tag = try Self.refreshed(esc, Self.document(timestamp: timestamp))
            esc.peer.pass(2_399)
            #expect(try Self.stored(esc).contains("Verona"))
            esc.peer.pass(1)
            #expect(try Self.stored(esc).contains("Verona") == false)
            #expect(try Self.stored(esc).contains("<note>n</note>"))
            #expect(try esc.publish(tag: tag).status == 200)
        }
    }

    @Test("GEO-007: a restart gives a location without a time of its own no other day")
    func dayRestarted() throws {
        let esc = try PublishingNeighbor()
        let tag = try Self.refreshed(esc, Self.document())
        let usage = try #require(esc.host.usages.values.first)
        for (seconds, isKept) in [(86_399.0, true), (86_400.0, false)] {
            let next = try PublishingNeighbor()
            next.peer.pass(seconds)
            next.host.usages = [usage.id: usage]
            #expect(next.leg.restore(usage, delay: 0))
            next.peer.pass(0)
            #expect(try Self.stored(next).contains("Verona") == isKept)
            #expect(try next.publish(tag: tag).status == 200)
        }
    }

    // MARK: Helpers

    /// Publishes a document and refreshes it each 3000 seconds, 84,000 in all; the last entity-tag.
    private static func refreshed(_ esc: PublishingNeighbor, _ document: String) throws -> String {
        var tag = try esc.published(document, expires: 3_600)
        for _ in 1...28 {
            esc.peer.pass(3_000)
            tag = try esc.published("", tag: tag, expires: 3_600)
        }
        return tag
    }

    /// A document with a location that may be kept so long; without a time it does not say how long.
    private static func document(_ end: String = "", timestamp: String = "") -> String {
        let rule = end.isEmpty ? "" : "<g:retention-expires>\(end)</g:retention-expires>"
        let location =
            "<g:geopriv xmlns:g='urn:ietf:params:xml:ns:pidf:geopriv10'><g:location-info><x:where xmlns:x='urn:x'>"
            + "Verona</x:where></g:location-info><g:usage-rules>\(rule)</g:usage-rules></g:geopriv>"
        return PublishingNeighbor.document(
            "<tuple id='t1'><status><basic>open</basic>\(location)</status><note>n</note>\(timestamp)</tuple>"
        )
    }

    /// What the store has of the only user.
    private static func stored(_ esc: PublishingNeighbor) throws -> String {
        #expect(esc.host.usages.count == 1)
        return String(decoding: try #require(esc.host.usages.values.first).state, as: UTF8.self)
    }
}
