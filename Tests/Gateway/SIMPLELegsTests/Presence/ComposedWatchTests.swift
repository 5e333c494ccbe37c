import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Watchers of the other shore and users who publish to the gateway.
@Suite("SIMPLELeg: watchers of users who publish")
struct ComposedWatchTests {
    @Test("RFC 3856 §7.3: a watcher is let in at once and shown what is published; no SUBSCRIBE goes out")
    func subscribed() throws {
        let esc = try PublishingNeighbor()
        esc.host.notes[Neighbor.outward] = "Hello"
        _ = try esc.published()
        esc.leg.subscribe(Neighbor.outward)
        #expect(esc.told == ["admitted", "state orchard+"])
        #expect(esc.peer.taken().isEmpty && esc.host.notes.isEmpty)
        esc.leg.renew(Neighbor.outward)
        #expect(Array(esc.told.suffix(2)) == ["admitted", "state orchard+"])
        esc.leg.rest(Neighbor.outward)
        _ = try esc.published(Neighbor.document(id: "garden"))
        #expect(esc.told.last == "state orchard+ garden+", "who looks away for a while is shown what changes")
        #expect(esc.leg.subscriptionsHeld.made == 0)
    }

    @Test("RFC 3856 §6.7: who watches a user that has published nothing sees an absence")
    func unpublished() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        #expect(esc.told == ["admitted", "state *-"])
    }

    @Test("Who stops watching is shown nothing more; others go on")
    func left() throws {
        let esc = try PublishingNeighbor()
        let nurse = WatchKey(watcher: "nurse@example.com", presentity: "romeo@example.net", target: .cpim)
        esc.leg.subscribe(Neighbor.outward)
        esc.leg.subscribe(nurse)
        _ = try esc.published()
        #expect(esc.told.filter { $0 == "state orchard+" }.count == 2)
        esc.leg.leave(Neighbor.outward)
        #expect(esc.told.last == "left")
        let count = esc.told.count
        _ = try esc.published(Neighbor.document(id: "garden"))
        #expect(esc.told.count == count + 1)
        esc.leg.leave(nurse)
        #expect(esc.leg.compositions.watchers.isEmpty)
    }

    @Test("XEP-0163 §4: what users publish of themselves is told too, and that it is over; to a polite route nothing")
    func events() throws {
        let mood =
            "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' id='p'>"
            + "<r:mood xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'><r:happy/></r:mood></dm:person>"
        let document = String(Neighbor.document().dropLast("</presence>".count)) + mood + "</presence>"
        let nodes: (PublishingNeighbor) -> [[String]] = { $0.host.told.map { $0.1.map(\.node) } }
        let esc = try PublishingNeighbor(switches: [("rich.pep", "on")])
        let tag = try esc.published(document)
        esc.leg.subscribe(Neighbor.outward)
        #expect(nodes(esc) == [["http://jabber.org/protocol/mood"]])
        _ = try esc.publish(Neighbor.document(), tag: tag)
        #expect(nodes(esc).last == [])
        let polite = try PublishingNeighbor(switches: [("rich.pep", "on"), ("sub.policy", "polite-block")])
        _ = try polite.published(document)
        polite.leg.subscribe(Neighbor.outward)
        #expect(nodes(polite) == [[]])
    }

    @Test("RFC 8048 §7.1: a probe is answered from what is published, or with nothing")
    func fetched() throws {
        let esc = try PublishingNeighbor()
        esc.leg.fetch(Neighbor.outward, by: "juliet@example.com/balcony")
        _ = try esc.published()
        esc.leg.fetch(Neighbor.outward, by: "juliet@example.com/balcony")
        #expect(
            esc.told == ["fetched juliet@example.com/balcony ", "fetched juliet@example.com/balcony orchard+"]
        )
        #expect(esc.peer.taken().isEmpty && esc.leg.compositions.watchers.isEmpty)
    }

    @Test("A route that blocks refuses watchers of its users; one that is polite shows them nobody")
    func policies() throws {
        let blocking = try PublishingNeighbor(switches: [("sub.policy", "block")])
        _ = try blocking.published()
        blocking.leg.subscribe(Neighbor.outward)
        blocking.leg.fetch(Neighbor.outward, by: "juliet@example.com/balcony")
        #expect(blocking.told == ["ended refused 403 policy", "fetchRefused"])
        #expect(blocking.leg.compositions.watchers.isEmpty)
        let polite = try PublishingNeighbor(switches: [("sub.policy", "polite-block")])
        _ = try polite.published()
        polite.leg.subscribe(Neighbor.outward)
        polite.leg.fetch(Neighbor.outward, by: "juliet@example.com/balcony")
        _ = try polite.published(Neighbor.document(id: "garden"))
        #expect(
            polite.told == [
                "admitted", "state *-", "fetched juliet@example.com/balcony *-", "state *-",
            ]
        )
    }

    @Test("SIP-PUB-004: after a restart what is left of it is there, under its tags; what expired meanwhile is not")
    func restored() throws {
        let esc = try PublishingNeighbor()
        let desk = try esc.published(Neighbor.document(id: "desk"), expires: 60)
        let phone = try esc.published(Neighbor.document(id: "phone"), expires: 600)
        let usage = try #require(esc.host.usages.values.first)
        #expect(usage.expires == esc.host.now.wall + 600_000 && usage.details == nil)
        let next = try PublishingNeighbor()
        next.peer.pass(60)
        #expect(next.leg.restore(usage, delay: 0))
        next.leg.subscribe(Neighbor.outward)
        #expect(next.told == ["admitted", "state phone+"])
        #expect(next.leg.compositions.counts == ["example.net": 1])
        #expect(try next.publish(tag: desk).status == 412)
        #expect(try next.publish(Neighbor.document("closed", id: "phone"), tag: phone).status == 200)
        #expect(next.told.last == "state phone-")
        next.peer.pass(601)
        #expect(next.told.last == "state " && next.host.usages.isEmpty)
        let late = try PublishingNeighbor()
        late.peer.pass(600)
        #expect(!late.leg.restore(usage, delay: 0))
        var broken = usage
        broken.state = [9]
        #expect(try !PublishingNeighbor().leg.restore(broken, delay: 0))
    }

    @Test("RFC 3903 §6: a PUBLISH whose answer was lost makes no other device when it comes again after a restart")
    func repeated() throws {
        let esc = try PublishingNeighbor()
        let tag = try esc.published()
        let usage = try #require(esc.host.usages.values.first)
        let next = try PublishingNeighbor()
        #expect(next.leg.restore(usage, delay: 0))
        // Its numbers begin again, so that the first is a copy and the second is not.
        #expect(try next.published() == tag)
        #expect(next.leg.compositions.counts == ["example.net": 1] && next.host.records.isEmpty)
        #expect(try next.published() != tag)
        #expect(next.leg.compositions.counts == ["example.net": 2])
    }

    @Test("pres.mode: a route that is not composed has no publications, and its users are subscribed to")
    func otherMode() throws {
        let esc = try PublishingNeighbor()
        _ = try esc.published()
        let usage = try #require(esc.host.usages.values.first)
        let plain = try Neighbor()
        #expect(!plain.stage.leg.restore(usage, delay: 0))
        plain.stage.leg.subscribe(Neighbor.outward)
        #expect(plain.taken().first?.hasPrefix("SUBSCRIBE ") == true && plain.told.isEmpty)
    }

    @Test("pres.mode: a subscription of a time before the route was composed is not taken up")
    func earlierSubscription() throws {
        let plain = try Neighbor()
        _ = try plain.subscribed()
        let usage = try #require(plain.stage.host.usages.values.first)
        #expect(try !PublishingNeighbor().leg.restore(usage, delay: 0))
        #expect(try Neighbor().stage.leg.restore(usage, delay: 0))
    }
}
