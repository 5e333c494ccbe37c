import Testing

@testable import BridgeCore

@Suite("What users tell beside their presence")
struct PersonalFlowTests {
    private let out = Transcript.out
    private let into = Transcript.into
    private let both: Set<String> = ["mood", "place"]

    private func item(_ node: String, _ payload: String = "") -> PersonalItem {
        PersonalItem(node: node, payload: Array(payload.utf8))
    }

    @Test("A watch that ends leaves no time behind, however often one begins and ends")
    func times() {
        var flow = PersonalFlow()
        for _ in 0..<1_000 {
            _ = flow.online("a", out, wants: both)
            _ = flow.state(out, [item("mood", "happy")], now: 10_000)
            #expect(flow.state(out, [item("mood", "sad")], now: 10_001) == [])
            #expect(flow.timers.count == 1)
            _ = flow.ended(out)
            #expect(flow.timers.count == 0 && flow.timers.kept <= WatchTimes.slack)
        }
        #expect(flow.advance(now: 60_000) == [] && flow.deadline == nil)
    }

    // MARK: Watchers of the XMPP shore

    @Test("XEP-0163 §4.2: only devices that want a node are told of it")
    func onlyWhoWants() {
        var flow = PersonalFlow()
        #expect(flow.online("a", out, wants: ["mood"]) == [])
        #expect(flow.online("b", out, wants: ["place"]) == [])
        #expect(flow.online("c", out, wants: both) == [])
        #expect(flow.online("d", out, wants: []) == [])
        #expect(
            flow.state(out, [item("mood", "happy")], now: 10_000) == [
                .publish(out, item("mood", "happy"), to: ["a", "c"])
            ]
        )
        #expect(flow.items(of: out) == [item("mood", "happy")])
    }

    @Test("A state that was told is not told again, and of several only what changed")
    func onlyChanges() {
        var flow = PersonalFlow()
        _ = flow.online("a", out, wants: both)
        _ = flow.state(out, [item("mood", "happy"), item("place", "home")], now: 10_000)
        #expect(flow.state(out, [item("place", "home"), item("mood", "happy")], now: 20_000) == [])
        #expect(
            flow.state(out, [item("mood", "sad"), item("place", "home")], now: 30_000) == [
                .publish(out, item("mood", "sad"), to: ["a"])
            ]
        )
    }

    @Test("XEP-0107 §2.2: what is told no more is stopped, once")
    func stops() {
        var flow = PersonalFlow()
        _ = flow.online("a", out, wants: both)
        _ = flow.state(out, [item("mood", "happy")], now: 10_000)
        #expect(flow.state(out, [], now: 20_000) == [.publish(out, item("mood"), to: ["a"])])
        #expect(flow.state(out, [], now: 30_000) == [])
    }

    @Test("XEP-0163 §4.3.4: a device that comes is told the state once, and what it wants besides when it wants more")
    func comes() {
        var flow = PersonalFlow()
        _ = flow.state(out, [item("mood", "happy"), item("place", "home")], now: 10_000)
        #expect(flow.online("a", out, wants: ["mood"]) == [.publish(out, item("mood", "happy"), to: ["a"])])
        #expect(flow.online("a", out, wants: ["mood"]) == [])
        #expect(flow.online("a", out, wants: both) == [.publish(out, item("place", "home"), to: ["a"])])
        flow.offline("a", out)
        #expect(flow.state(out, [item("mood", "sad")], now: 20_000) == [])
        #expect(flow.online("a", out, wants: both) == [.publish(out, item("mood", "sad"), to: ["a"])])
        flow.offline("", out)
        #expect(flow.state(out, [], now: 30_000) == [])
        #expect(flow.count == (0, 0))
        #expect(flow.bytes == 0)
    }

    @Test("RFC 3856 §6.10: changes within the pace are one event, the last")
    func pace() {
        var flow = PersonalFlow()
        _ = flow.online("a", out, wants: both)
        _ = flow.state(out, [item("mood", "1")], now: 10_000)
        #expect(flow.state(out, [item("mood", "2")], now: 11_000) == [])
        #expect(flow.state(out, [item("mood", "3")], now: 12_000) == [])
        #expect(flow.items(of: out) == [item("mood", "3")])
        #expect(flow.deadline == 15_000)
        #expect(flow.advance(now: 14_999) == [])
        #expect(flow.advance(now: 15_000) == [.publish(out, item("mood", "3"), to: ["a"])])
        #expect(flow.deadline == nil)
        // What comes back to what was told within the pace is no news.
        _ = flow.state(out, [item("mood", "4")], now: 16_000)
        _ = flow.state(out, [item("mood", "3")], now: 17_000)
        #expect(flow.advance(now: 20_000) == [])
    }

    @Test("The end of a watch stops what was told, and nothing of it is kept")
    func end() {
        var flow = PersonalFlow()
        _ = flow.online("a", out, wants: ["mood"])
        _ = flow.state(out, [item("mood", "happy"), item("place", "home")], now: 10_000)
        _ = flow.received(item("mood", "sad"), of: into)
        #expect(flow.ended(out) == [.publish(out, item("mood"), to: ["a"])])
        #expect(flow.ended(into) == [])
        #expect(flow.count == (0, 0))
        #expect(flow.bytes == 0)
    }

    // MARK: Watchers of the CPIM shore

    @Test("RFC 4480 §3: what a user tells holds until it tells something else, or that it tells it no more")
    func received() {
        var flow = PersonalFlow()
        #expect(flow.received(item("mood", "happy"), of: into) == [.changed(into)])
        #expect(flow.received(item("mood", "happy"), of: into) == [])
        #expect(flow.received(item("place", "home"), of: into) == [.changed(into)])
        #expect(flow.received(item("mood", "sad"), of: into) == [.changed(into)])
        #expect(flow.items(of: into) == [item("mood", "sad"), item("place", "home")])
        #expect(flow.received(item("mood"), of: into) == [.changed(into)])
        #expect(flow.received(item("mood"), of: into) == [])
        #expect(flow.items(of: into) == [item("place", "home")])
        #expect(flow.items(of: out) == [])
    }

    // MARK: Bounds

    @Test("XMP-LIM-04: an item of the largest size is kept, a larger one is not")
    func itemBytes() {
        var limits = PersonalLimits()
        limits.itemBytes = 4
        var flow = PersonalFlow(limits: limits)
        #expect(flow.received(item("mood", "1234"), of: into) == [.changed(into)])
        #expect(flow.received(item("mood", "12345"), of: into) == [.overflow(into)])
        #expect(flow.items(of: into) == [item("mood", "1234")])
        _ = flow.online("a", out, wants: ["mood"])
        #expect(flow.state(out, [item("mood", "12345")], now: 10_000) == [.overflow(out)])
        #expect(
            flow.state(out, [item("mood", "1234")], now: 20_000) == [.publish(out, item("mood", "1234"), to: ["a"])]
        )
    }

    @Test("XMP-LIM-04: of so many watches something is kept; an end makes room")
    func watches() {
        var limits = PersonalLimits()
        limits.watches = 1
        var flow = PersonalFlow(limits: limits)
        let other = WatchKey(watcher: "nurse@example.net", presentity: into.presentity, target: .xmpp)
        #expect(flow.received(item("mood", "1"), of: into) == [.changed(into)])
        #expect(flow.received(item("nick", "1"), of: into) == [.changed(into)])
        #expect(flow.received(item("mood", "1"), of: other) == [.overflow(other)])
        _ = flow.ended(into)
        #expect(flow.received(item("mood", "1"), of: other) == [.changed(other)] && flow.bytes == 1)
    }

    @Test("XMP-LIM-04: so many kinds of things are kept, and no more")
    func items() {
        var limits = PersonalLimits()
        limits.items = 2
        var flow = PersonalFlow(limits: limits)
        for node in ["a", "b"] { #expect(flow.received(item(node, "x"), of: into) == [.changed(into)]) }
        #expect(flow.received(item("c", "x"), of: into) == [.overflow(into)])
        #expect(flow.received(item("b", "y"), of: into) == [.changed(into)])
        #expect(flow.state(out, ["a", "b", "c"].map { item($0, "x") }, now: 10_000) == [.overflow(out)])
        #expect(flow.items(of: out).map(\.node) == ["a", "b"])
    }

    @Test("XMP-LIM-04: so many bytes are kept in all, and no more")
    func bytes() {
        var limits = PersonalLimits()
        limits.bytes = 8
        var flow = PersonalFlow(limits: limits)
        #expect(flow.received(item("mood", "1234"), of: into) == [.changed(into)])
        #expect(flow.state(out, [item("mood", "1234")], now: 10_000) == [])
        #expect(flow.bytes == 8)
        #expect(flow.online("a", out, wants: ["mood"]) == [])
        #expect(flow.received(item("place", "1"), of: into) == [.overflow(into)])
        #expect(flow.received(item("mood", "12"), of: into) == [.changed(into)])
        #expect(flow.received(item("place", "12"), of: into) == [.changed(into)])
        #expect(flow.bytes == 8)
    }

    @Test("XMP-LIM-04: so many devices of one watcher are told, and no more")
    func devices() {
        var limits = PersonalLimits()
        limits.devices = 2
        var flow = PersonalFlow(limits: limits)
        for device in ["a", "b", "c"] { _ = flow.online(device, out, wants: ["mood"]) }
        #expect(
            flow.state(out, [item("mood", "x")], now: 10_000) == [.publish(out, item("mood", "x"), to: ["a", "b"])]
        )
    }
}

@Suite("When a contact was there last")
struct ContactActivityTests {
    private let key = Transcript.out

    @Test("XEP-0012 §3: since the last device was closed, and for as long as nothing else is said")
    func closed() {
        var play = Transcript()
        play.approveOut()
        #expect(play.flow.closedSince(key) == nil)
        _ = play.after(.state(key, [Transcript.open("a", seen: 5_000)]))
        #expect(play.flow.closedSince(key) == nil)
        play.now += 10_000
        _ = play.after(.state(key, [Transcript.closed("a", seen: 7_000)]))
        #expect(play.flow.closedSince(key) == 7_000)
        play.now += 10_000
        _ = play.after(.state(key, [Transcript.closed("a", seen: 9_000)]))
        #expect(play.flow.closedSince(key) == 7_000)
        #expect(play.flow.closedSince(key.reversed) == nil)
    }

    @Test("A watch is one while it is not decided, and none before and after")
    func watched() {
        var play = Transcript()
        #expect(play.flow.isWatched(key) == false)
        _ = play.after(.asked(key, request: nil))
        #expect(play.flow.isWatched(key) && !play.flow.isWatched(key.reversed))
    }
}
