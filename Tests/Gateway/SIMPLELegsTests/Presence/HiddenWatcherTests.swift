import BridgeCore
import Testing

@testable import SIMPLELegs

/// Watchers of this shore who hide.
@Suite("SIMPLELeg: SUBSCRIBE from a watcher who hides")
struct HiddenWatcherTests {
    private static let from = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=r"

    private static func peer(
        _ value: String = "on",
        change: (inout SIMPLELegSettings) -> Void = { _ in }
    ) throws -> Neighbor { try Neighbor(switches: [("sub.anonymous", value)], change: change) }

    private static func watch(_ peer: Neighbor, _ number: Int) -> WatchKey? {
        guard case .watching(let key, _, _, _)? = peer.stage.host.events.last(where: { $0.brief.hasPrefix("watching") })
        else { return nil }
        return number > 0 ? key : nil
    }

    @Test("REQ2779-5.1.14, RFC 5079 §5: where the route does not let them they are refused with 433, on record")
    func off() throws {
        for peer in [try Self.peer("off"), try Neighbor()] {
            peer.subscribe(Self.from)
            #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 433"])
            #expect(peer.stage.host.refusals.map(\.code) == ["anonymous-sender"] && peer.told.isEmpty)
        }
    }

    @Test("REQ2779-5.1.3: where it does, each has a name of its own that nobody can guess, as long as its dialog")
    func on() throws {
        let peer = try Self.peer()
        peer.subscribe(Self.from)
        let key = try #require(Self.watch(peer, 1))
        #expect(key.watcher.hasPrefix("anon-") && key.watcher.hasSuffix("@example.net"))
        #expect(key.presentity == "juliet@example.com" && peer.told == ["watching - -"])
        #expect(peer.stage.leg.isPseudonym(key.watcher))
        peer.store()
        let sent = peer.taken()
        let answer = try #require(sent.first)
        let pending = try #require(sent.last)
        #expect(pending.values("To") == ["<sip:anonymous@anonymous.invalid>;tag=r"])
        #expect(pending.values("Subscription-State") == ["pending;expires=600"])
        peer.answer(pending, 200)
        peer.stage.host.approved = [key]
        peer.stage.host.parts[key] = [PresencePart(name: "b", isOpen: true, seen: 1)]
        peer.stage.leg.access(key, .active, subscription: nil)
        let active = try #require(peer.taken().last)
        #expect(active.sipBody.contains("<basic>open</basic>"))
        peer.answer(active, 200)
        // It is the same in the dialog, and another one in the next.
        try peer.refresh(in: answer, cseq: 2, Self.from)
        #expect(peer.told == ["watching - -"])
        peer.subscribe(Self.from, "Call-ID: c2@example.net")
        let other = try #require(Self.watch(peer, 2))
        #expect(other.watcher != key.watcher && peer.stage.leg.isPseudonym(other.watcher))
    }

    @Test("A watcher who hides is nobody any more when its dialog ends")
    func end() throws {
        let peer = try Self.peer()
        peer.subscribe(Self.from)
        peer.store()
        let sent = peer.taken()
        peer.answer(try #require(sent.last), 200)
        try peer.refresh(in: try #require(sent.first), cseq: 2, Self.from, "Expires: 0")
        peer.store()
        peer.answer(try #require(peer.taken().last), 200)
        #expect(peer.told == ["watching - -", "stopped as asked", "stopped", "dropped"])
        #expect(peer.stage.host.usages.isEmpty)
    }

    @Test("A watcher who says who it is stays known when its dialog ends, whatever its name begins with")
    func lookalike() throws {
        let peer = try Self.peer()
        let name = "anon-" + String(repeating: "0", count: 32)
        #expect(!peer.stage.leg.isPseudonym("\(name)@example.net"))
        #expect(!peer.stage.leg.isPseudonym("anon-@example.net") && !peer.stage.leg.isPseudonym("example.net"))
        peer.subscribe("From: <sip:\(name)@example.net>;tag=r")
        peer.store(false)
        #expect(peer.told == ["watching - -", "stopped"])
    }

    @Test("Who comes openly under a name of the gateway's is none who hides, and makes no room for one")
    func openly() throws {
        let peer = try Self.peer()
        peer.subscribe(Self.from)
        peer.store()
        let name = try #require(Self.watch(peer, 1)?.watcher)
        #expect(peer.stage.leg.isPseudonym(name))
        peer.subscribe("From: <sip:\(name)>;tag=r", "Call-ID: open@example.net")
        peer.store(false)
        let hour = peer.stage.host.now.wall + 3_600_000
        let hasRoom = peer.stage.leg.subscriptions.hidden.hasRoom(for: "juliet@example.com", most: 1, now: hour)
        #expect(!hasRoom)
    }

    @Test("A watcher whom a proxy asserts does not hide from the gateway")
    func asserted() throws {
        let peer = try Self.peer { $0.intermediaries = ["127.0.0.1"] }
        peer.subscribe(Self.from, "P-Asserted-Identity: <sip:romeo@example.net>")
        #expect(Self.watch(peer, 1) == Neighbor.inward)
    }

    @Test("A message of a sender who hides is refused with 433 all the same")
    func message() throws {
        let peer = try Self.peer()
        peer.stage.receive(Stage.request("MESSAGE", Self.from))
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 433"])
        #expect(peer.stage.host.arrivals.isEmpty)
    }

    @Test("Ten that hide may watch one user, and ten ask in an hour; others go on")
    func bounds() throws {
        let peer = try Self.peer()
        for number in 1...11 { peer.subscribe(Self.from, "Call-ID: c\(number)@example.net") }
        #expect(peer.told.count == 10)
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 503"])
        peer.subscribe(Self.from, "Call-ID: n@example.net", uri: "sip:nurse@example.com")
        peer.subscribe("Call-ID: r@example.net")
        #expect(peer.told.count == 12)
        // One that ends makes no room within the hour, for another one would ask.
        peer.store(false)
        peer.subscribe(Self.from, "Call-ID: d1@example.net")
        #expect(peer.told.count { $0.hasPrefix("watching") } == 12)
        peer.pass(3_600)
        peer.subscribe(Self.from, "Call-ID: d2@example.net")
        #expect(peer.told.count { $0.hasPrefix("watching") } == 13)
    }

    @Test("Users who are asked are counted up to a bound in an hour, and those at once for as long as they last")
    func counts() {
        var hidden = HiddenWatchers()
        func room(_ user: String, _ now: Int64) -> Bool { hidden.hasRoom(for: user, most: 2, now: now) }
        for number in 0..<HiddenWatchers.largestCount {
            #expect(room("u\(number)", 0))
            hidden.add("u\(number)")
        }
        #expect(!room("one more", 0) && room("u0", 0))
        #expect(room("one more", 3_600_000))
        hidden.add("u0")
        #expect(!room("u0", 3_600_001))
        hidden.remove("u0")
        #expect(room("u0", 3_600_001))
        hidden.add("u0")
        #expect(!room("u0", 7_300_000))
    }
}
