import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// What users of one domain, and one user, may publish and say, and what one document may hold.
@Suite("SIMPLELeg: bounds of what is published")
struct CompositionBoundsTests {
    private static let romeo = Neighbor.document()
    private static let nurse = Neighbor.document(entity: "pres:nurse@example.net")

    // MARK: Bytes

    @Test("RFC 3903 §14.2: the users of one domain hold so many bytes of documents, and what goes makes room")
    func perPeer() throws {
        let most = Self.romeo.utf8.count + Self.nurse.utf8.count
        for (room, status) in [(most, 200), (most - 1, 503)] {
            let esc = try PublishingNeighbor { $0.publicationBytesPerPeer = room }
            let tag = try esc.published()
            #expect(try esc.publish(Self.nurse, user: "nurse").status == status)
            #expect(esc.host.refusals.map(\.code) == (status == 200 ? [] : ["queue-full"]))
            #expect(try esc.publish(tag: tag, expires: 0).status == 200)
            if status != 200 { #expect(try esc.publish(Self.nurse, user: "nurse").status == 200) }
            #expect(esc.leg.compositions.bytesByDomain == ["example.net": Self.nurse.utf8.count])
        }
    }

    @Test("RFC 3903 §14.2: one user holds so many bytes of documents, whatever others have")
    func perUser() throws {
        let other = Neighbor.document(id: "garden")
        for (room, status) in [(Self.romeo.utf8.count + other.utf8.count, 200), (Self.romeo.utf8.count, 503)] {
            let esc = try PublishingNeighbor { $0.publicationBytesPerUser = room }
            let tag = try esc.published()
            #expect(try esc.publish(other).status == status)
            #expect(try esc.publish(tag: tag).status == 200, "what is there may be refreshed")
            #expect(try esc.publish(Self.nurse, user: "nurse").status == 200)
        }
    }

    @Test("What the documents of one domain and of one user tell watchers is bounded: beyond it devices have no words")
    func words() throws {
        let document = PublishingNeighbor.document(PublishingNeighbor.tuple("t1", "open", note: "Gone to Mantua"))
        let plain = try PublishingNeighbor()
        plain.leg.subscribe(Neighbor.outward)
        _ = try plain.published(document)
        let bytes = plain.leg.compositions.toldBytes
        #expect(plain.leg.compositions.toldBytesByDomain == ["example.net": bytes] && bytes > 0)
        for (most, isKept) in [(bytes, true), (bytes - 1, false)] {
            let changes: [(inout SIMPLELegSettings) -> Void] = [
                { $0.composedBytesPerPeer = most }, { $0.composedBytesPerUser = most },
            ]
            for change in changes {
                let esc = try PublishingNeighbor(change: change)
                esc.leg.subscribe(Neighbor.outward)
                let tag = try esc.published(document)
                #expect(esc.told.last == "state t1+" && esc.shown["t1"]?.isEmpty == !isKept)
                #expect(try esc.publish(tag: tag, expires: 0).status == 200)
                #expect(esc.leg.compositions.toldBytes == 0 && esc.leg.compositions.toldBytesByDomain.isEmpty)
            }
        }
    }

    @Test("After a restart with lower bounds only what they allow is taken up")
    func lowered() throws {
        let esc = try PublishingNeighbor()
        _ = try esc.published()
        let usage = try #require(esc.host.usages.values.first)
        let size = Self.romeo.utf8.count
        let changes: [(inout SIMPLELegSettings, Int) -> Void] = [
            { $0.publicationBytes = size - $1 }, { $0.publicationBytesPerPeer = size - $1 },
            { $0.publicationBytesPerUser = size - $1 }, { $0.publicationsPerPeer = 1 - $1 },
        ]
        for change in changes {
            for less in [0, 1] {
                let next = try PublishingNeighbor { change(&$0, less) }
                #expect(next.leg.restore(usage, delay: 0) == (less == 0))
                #expect(next.leg.compositions.all.isEmpty == (less == 1))
            }
        }
    }

    @Test("RFC 3903 §14.2: after a restart a user has as many publications as the bound of then lets it, the last ones")
    func fewer() throws {
        let esc = try PublishingNeighbor()
        var tags: [String] = []
        for id in ["orchard", "garden", "vault"] { tags.append(try esc.published(Neighbor.document(id: id))) }
        let usage = try #require(esc.host.usages.values.first)
        for (most, kept) in [(3, tags), (2, Array(tags.dropFirst()))] {
            let next = try PublishingNeighbor { $0.publicationsPerUser = most }
            #expect(next.leg.restore(usage, delay: 0))
            let composition = try #require(next.leg.compositions.all.values.first)
            #expect(composition.state.publications.map(\.tag) == kept)
            #expect(next.leg.compositions.counts == ["example.net": most])
            #expect(try next.publish(tag: tags[0]).status == (most == 3 ? 200 : 412))
        }
    }

    // MARK: One document

    /// A document of romeo that has so many of one thing.
    enum Size: CaseIterable {
        case depth, tuples, elements, attributes, bytes

        /// How many are taken.
        var most: Int {
            switch self {
            case .depth: 64
            case .tuples: 500
            case .elements: 10_000
            case .attributes: 256
            case .bytes: 256 << 10
            }
        }

        func document(_ count: Int) -> String {
            let empty = PublishingNeighbor.document("")
            switch self {
            case .depth:
                let depth = count - 1
                let open = String(repeating: "<r:x>", count: depth)
                return PublishingNeighbor.document("", more: open + String(repeating: "</r:x>", count: depth))
            case .tuples:
                return PublishingNeighbor.document((0..<count).map { PublishingNeighbor.tuple("t\($0)") }.joined())
            case .elements:
                return PublishingNeighbor.document("", more: String(repeating: "<r:x/>", count: count - 1))
            case .attributes:
                let attributes = (0..<count).map { " a\($0)=''" }.joined()
                return PublishingNeighbor.document("", more: "<r:x\(attributes)/>")
            case .bytes:
                let more = String(repeating: " ", count: count - empty.utf8.count)
                return PublishingNeighbor.document("", more: more)
            }
        }
    }

    @Test(
        "SIP-PUB-010: depth, tuples, elements, attributes and bytes are taken up to the bound; more is a 4xx, recorded",
        arguments: Size.allCases
    )
    func document(size: Size) throws {
        let esc = try PublishingNeighbor()
        #expect(try esc.publish(size.document(size.most)).status == 200)
        #expect(esc.host.refusals.isEmpty && esc.host.usages.count == 1)
        let other = try PublishingNeighbor()
        #expect(try other.publish(size.document(size.most + 1)).status == 413)
        #expect(other.host.refusals.map(\.code) == [size == .bytes ? "oversize" : "pidf-limit"])
        #expect(other.host.usages.isEmpty && other.leg.compositions.all.isEmpty)
    }

    @Test("SIP-PUB-010: the depth is the operator's to set, and holds when a document is read again")
    func depth() throws {
        for (depth, status) in [(100, 200), (99, 413)] {
            let esc = try PublishingNeighbor { $0.publishedDepth = depth }
            #expect(try esc.publish(Size.depth.document(100)).status == status)
        }
        let esc = try PublishingNeighbor { $0.publishedDepth = 100 }
        let deep = String(repeating: "<r:x>", count: 98) + String(repeating: "</r:x>", count: 98)
        _ = try esc.published(PublishingNeighbor.document(PublishingNeighbor.tuple("t1"), more: deep))
        let usage = try #require(esc.host.usages.values.first)
        let next = try PublishingNeighbor { $0.publishedDepth = 100 }
        #expect(next.leg.restore(usage, delay: 0))
        next.leg.subscribe(Neighbor.outward)
        #expect(next.told.last == "state t1+")
    }

    // MARK: The end

    @Test("RFC 3261 §21.5.4: a gateway that stops takes no PUBLISH, and says so; what it took before it answers")
    func stopping() throws {
        let esc = try PublishingNeighbor()
        esc.send(Self.romeo)
        esc.send(Neighbor.document(id: "garden"))
        #expect(esc.leg.publishesOpen == 1)
        esc.host.isStopping = true
        let nurse = try #require(
            { () -> String? in
                esc.send(Self.nurse, user: "nurse")
                return esc.peer.taken().first
            }()
        )
        #expect(nurse.status == 503 && nurse.values("Retry-After").count == 1)
        esc.peer.store()
        #expect(esc.peer.taken().map(\.status) == [200, 503])
        #expect(esc.host.refusals.map(\.code) == ["stopping", "stopping"])
        #expect(esc.leg.compositions.byUser.count == 1 && esc.host.usages.count == 1 && esc.leg.publishesOpen == 0)
    }
}
