import BridgeCore
import Testing

@testable import SIMPLELegs

/// What watchers of the SIP shore see of devices that went.
@Suite("SIMPLELeg: devices that went")
struct DevicesGoneTests {
    @Test("PRES-016: a device that went is closed in the next document, and in none that a refresh asks for")
    func once() throws {
        let peer = try Neighbor()
        Self.say(peer, "balcony+", "chamber+")
        let (answer, first) = try peer.admitted()
        #expect(Self.devices(first) == ["balcony": "open", "chamber": "open"])
        #expect(try Self.changed(peer, "balcony-", "chamber+") == ["balcony": "closed", "chamber": "open"])
        for number in 2...3 {
            try peer.refresh(in: answer, cseq: number)
            peer.store()
            let again = try #require(peer.taken().last)
            #expect(Self.devices(again) == ["chamber": "open"])
            peer.answer(again, 200)
        }
        #expect(try Self.changed(peer, "balcony+", "chamber+") == ["balcony": "open", "chamber": "open"])
        #expect(try Self.changed(peer, "balcony-", "chamber+") == ["balcony": "closed", "chamber": "open"])
    }

    @Test("PRES-016: the last one that went stays as the only tuple")
    func last() throws {
        let peer = try Neighbor()
        Self.say(peer, "balcony+", "chamber+")
        let (answer, _) = try peer.admitted()
        #expect(try Self.changed(peer, "balcony-", "chamber-") == ["balcony": "closed", "chamber": "closed"])
        for number in 2...3 {
            try peer.refresh(in: answer, cseq: number)
            peer.store()
            let again = try #require(peer.taken().last)
            #expect(Self.devices(again) == ["chamber": "closed"])
            peer.answer(again, 200)
        }
    }

    @Test("PRES-016: who comes later, and who only asks, sees nothing of a device that it never saw open")
    func newcomers() throws {
        let peer = try Neighbor()
        Self.say(peer, "balcony-", "chamber+")
        #expect(Self.devices(try peer.admitted().notify) == ["chamber": "open"])
        #expect(try Self.changed(peer, "balcony-", "chamber+") == ["chamber": "open"])
        peer.subscribe("Call-ID: c2@example.net", "Expires: 0")
        peer.store()
        let fetches = peer.stage.host.events.compactMap { event -> UInt64? in
            if case .fetching(_, let id) = event { id } else { nil }
        }
        peer.stage.leg.answerFetch(try #require(fetches.last), isNeutral: false)
        let fetch = try #require(peer.taken().last)
        #expect(fetch.values("Subscription-State") == ["terminated;reason=timeout"])
        #expect(Self.devices(fetch) == ["chamber": "open"])
        let gone = try Neighbor()
        Self.say(gone, "balcony-", "chamber-")
        #expect(Self.devices(try gone.admitted().notify) == ["chamber": "closed"])
    }

    @Test("PRES-016: a document that the watcher did not take is not the next one")
    func refused() throws {
        let peer = try Neighbor()
        Self.say(peer, "balcony+", "chamber+")
        _ = try peer.admitted()
        peer.pass(10)
        Self.say(peer, "balcony-", "chamber+")
        peer.stage.leg.presenceChanged(Neighbor.inward)
        peer.answer(try #require(peer.taken().last), 500)
        peer.pass(60)
        let again = try #require(peer.taken().last)
        #expect(Self.devices(again) == ["balcony": "closed", "chamber": "open"])
        peer.answer(again, 200)
        #expect(try Self.changed(peer, "balcony-", "chamber+") == ["chamber": "open"])
    }

    // MARK: Helpers

    /// What the devices of juliet say: their names, each with `+` or `-`.
    private static func say(_ peer: Neighbor, _ devices: String...) { say(peer, devices) }

    private static func say(_ peer: Neighbor, _ devices: [String]) {
        peer.stage.host.parts[Neighbor.inward] = devices.map { device in
            let (name, isOpen) = (String(device.dropLast()), device.hasSuffix("+"))
            let text = "<presence xmlns='jabber:client' from='juliet@example.com/\(name)'"
            return PresencePart(
                name: name,
                isOpen: isOpen,
                content: Array((text + (isOpen ? "/>" : " type='unavailable'/>")).utf8),
                seen: peer.stage.host.now.wall
            )
        }
    }

    /// The document after a change, which the watcher takes.
    private static func changed(_ peer: Neighbor, _ devices: String...) throws -> [String: String] {
        peer.pass(10)
        say(peer, devices)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        let notify = try #require(peer.taken().last)
        peer.answer(notify, 200)
        return Self.devices(notify)
    }

    /// The devices of a document, and whether they are open.
    private static func devices(_ notify: String) -> [String: String] {
        var devices: [String: String] = [:]
        for tuple in notify.sipBody.split(separator: "<tuple id='ID-").dropFirst() {
            devices[String(tuple.prefix { $0 != "'" })] = tuple.contains("<basic>open</basic>") ? "open" : "closed"
        }
        return devices
    }
}
