import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// How much the gateway keeps to publish it elsewhere.
@Suite("SIMPLELeg: bounds of what is published elsewhere")
struct PublishBoundsTests {
    private static func part(_ device: String, _ note: String = "", of user: String = "juliet") -> PresencePart {
        let text =
            "<presence xmlns='jabber:client' from='\(user)@example.com/\(device)' to='romeo@example.net'>"
            + "<status>\(note)</status></presence>"
        return PresencePart(name: device, isOpen: true, content: Array(text.utf8), seen: 1_772_366_400_000)
    }

    private static func key(_ user: String = "juliet") -> WatchKey {
        WatchKey(watcher: "romeo@example.net", presentity: "\(user)@example.com", target: .xmpp)
    }

    private static func server(
        winfo: String = "off",
        _ change: (inout SIMPLELegSettings) -> Void
    ) throws -> Neighbor {
        try Neighbor(switches: [("pres.mode", "publish"), ("sub.winfo", winfo)], change: change)
    }

    private static func devices(_ peer: Neighbor) -> [String] {
        peer.stage.leg.publications.all.values.flatMap { $0.parts.map(\.name) }.sorted()
    }

    @Test("What devices said is kept up to so many bytes of all users; a device beyond that is not published")
    func bytes() throws {
        let first = Self.part("a", "one")
        let second = Self.part("b", "two", of: "nurse")
        let most = first.content.count + second.content.count
        for (room, devices) in [(most, ["a", "b"]), (most - 1, ["a"])] {
            let peer = try Self.server { $0.saidBytes = room }
            peer.stage.leg.publish(first, of: Self.key())
            peer.stage.leg.publish(second, of: Self.key("nurse"))
            #expect(Self.devices(peer) == devices)
            #expect(peer.stage.host.refusals.map(\.code) == (devices.count == 2 ? [] : ["presence-overflow"]))
            #expect(peer.stage.leg.publications.bytes <= room)
            // What it said before holds no more when there is no room for what it says.
            peer.stage.leg.publish(Self.part("a", String(repeating: "x", count: room)), of: Self.key())
            #expect(!Self.devices(peer).contains("a"))
        }
    }

    @Test("What goes makes room")
    func room() throws {
        let first = Self.part("a")
        let peer = try Self.server { $0.saidBytes = first.content.count }
        peer.stage.leg.publish(first, of: Self.key())
        #expect(peer.stage.leg.publications.bytes == first.content.count)
        var gone = first
        gone.isOpen = false
        peer.stage.leg.publish(gone, of: Self.key())
        #expect(peer.stage.leg.publications.bytes == 0)
        peer.stage.leg.publish(Self.part("b"), of: Self.key())
        #expect(Self.devices(peer) == ["b"])
    }

    @Test("After a restart with lower bounds only so many users and bytes are taken up")
    func lowered() throws {
        let part = Self.part("a")
        let peer = try Self.server { _ in }
        peer.stage.leg.publish(part, of: Self.key())
        peer.answer(try #require(peer.taken().last), 200, "SIP-ETag: a", "Expires: 3600")
        let usage = try #require(peer.stage.host.usages.values.first)
        for less in [0, 1] {
            let few = try Self.server { $0.publications = 1 - less }
            #expect(few.stage.leg.restore(usage, delay: 0) == (less == 0))
            let small = try Self.server { $0.saidBytes = part.content.count - less }
            #expect(small.stage.leg.restore(usage, delay: 0) == (less == 0))
            #expect(small.stage.leg.publications.bytes == (less == 0 ? part.content.count : 0))
        }
    }

    @Test("RFC 3857 §4: subscriptions to watchers that end take places, and who finds none is asked about later")
    func watchers() throws {
        let peer = try Self.server(winfo: "on") { $0.publications = 1 }
        let leg = peer.stage.leg
        leg.publish(Self.part("a"), of: Self.key())
        peer.answer(try #require(peer.taken().last), 200, "SIP-ETag: a", "Expires: 3600")
        let subscribe = try #require(peer.taken().last)
        peer.answer(subscribe, 200, "Expires: 3600", "Contact: <sip:127.0.0.1:5070>")
        let event = ["Event: presence.winfo", "From: <sip:juliet@example.com>;tag=n1"]
        try peer.notify(subscribe, "active;expires=3600", event)
        peer.store()
        peer.pass(10)
        _ = peer.taken()
        var gone = Self.part("a")
        gone.isOpen = false
        leg.publish(gone, of: Self.key())
        peer.answer(try #require(peer.taken().last { $0.hasPrefix("PUBLISH ") }), 200, "SIP-ETag: b", "Expires: 0")
        #expect(leg.publications.all.isEmpty && leg.publications.watchers.count == 1)
        let end = try #require(peer.taken().last { $0.hasPrefix("SUBSCRIBE ") })
        leg.publish(Self.part("a", of: "nurse"), of: Self.key("nurse"))
        peer.answer(try #require(peer.taken().last { $0.hasPrefix("PUBLISH ") }), 200, "SIP-ETag: c", "Expires: 3600")
        #expect(leg.publications.watchers.count == 1 && leg.publications.all.count == 1)
        #expect(!peer.taken().contains { $0.hasPrefix("SUBSCRIBE ") })
        peer.answer(end, 481)
        #expect(leg.publications.watchers.isEmpty)
        peer.pass(Double(SIMPLELeg.watcherPause))
        #expect(peer.taken().contains { $0.hasPrefix("SUBSCRIBE sip:nurse@example.com ") })
    }
}
