import HeapModule
import Testing

@testable import BridgeCore

@Suite("Bounds of presence")
struct PresenceBoundsTests {
    private let out = Transcript.out
    private let into = Transcript.into

    @Test("who asks, leaves and asks again waits in the queue once")
    func queueHoldsEachOnce() {
        var limits = PresenceLimits()
        limits.subscriptionsPerSecond = 1
        var play = Transcript(limits)
        _ = play.after(.asked(WatchKey(watcher: "a", presentity: "b", target: .cpim), request: nil))
        for _ in 0..<50 {
            _ = play.after(.asked(out, request: "s"))
            _ = play.after(.unsubscribed(out, request: "u"))
            _ = play.after(.left(out))
        }
        #expect(play.flow.queued.subscriptions == 1)
    }

    @Test("SIP-SUB-023: a kept watch has its place, another none beyond the bound, and one that ends leaves its own")
    func placeOfAWatch() {
        var limits = PresenceLimits()
        limits.watchesPerWatcher = 2
        var play = Transcript(limits)
        let keys = (1...3).map { WatchKey(watcher: Transcript.romeo, presentity: "u\($0)", target: .xmpp) }
        for key in keys.prefix(2) {
            #expect(play.flow.hasPlace(for: key) == true)
            _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        }
        #expect(play.flow.hasPlace(for: keys[0]) && !play.flow.hasPlace(for: keys[2]))
        #expect(play.flow.hasPlace(for: WatchKey(watcher: "other", presentity: "u1", target: .xmpp)) == true)
        // What comes all the same is ended, and asks nobody.
        #expect(
            play.after(.watching(keys[2], subscription: 3, note: nil, nick: nil)) == [
                .access(keys[2], .ended(reason: "probation", retryAfter: 300), subscription: 3)
            ]
        )
        _ = play.after(.refused(keys[0]))
        #expect(play.flow.hasPlace(for: keys[2]) == true)
    }

    @Test("a link that comes and goes asks and shows each once")
    func flappingLink() {
        var limits = PresenceLimits()
        limits.probesPerSecond = 1
        limits.subscriptionsPerSecond = 1
        var play = Transcript(limits)
        play.approveInto()
        play.approveOut()
        _ = play.after(.said(into, Transcript.open("balcony")))
        _ = play.after(.state(out, [Transcript.open("orchard")]))
        for _ in 0..<50 {
            _ = play.after(.linkDown(domain: "example.net"))
            _ = play.after(.linkUp(domain: "example.net"))
        }
        #expect(play.flow.queued.probes == 1)
        #expect(play.flow.showQueue.count == 1)
        #expect(play.flow.timers.unordered.count { $0.kind == .silence } == 1)
    }

    @Test("a doubt that is renewed ends when the last one does")
    func doubtIsRenewed() {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.said(into, Transcript.open("balcony")))
        _ = play.after(.linkDown(domain: "example.net"))
        play.now += 50_000
        _ = play.after(.linkDown(domain: "example.net"))
        #expect(play.pass(59_999) == [])
        #expect(play.pass(1) == [.store(into), .changed(into)])
    }

    @Test("errors that answer nothing are passed over, and one timer waits for those that count")
    func errorFlood() {
        var play = Transcript()
        for _ in 0..<50 {
            #expect(play.after(.askFailed(into, reason: "noresource", retryAfter: nil)) == [])
        }
        #expect(play.flow.count.inward == 0)
        _ = play.after(.watching(into, subscription: 1, note: nil, nick: nil))
        for _ in 0..<50 { _ = play.after(.askFailed(into, reason: "noresource", retryAfter: nil)) }
        #expect(play.flow.timers.unordered.count { $0.kind == .failure } == 1)
    }

    @Test("words of the other shore's users are kept up to the bound, and beyond it the user is away")
    func wordsOfUsers() {
        var limits = PresenceLimits()
        limits.bytes = 10
        var play = Transcript(limits)
        play.approveInto()
        #expect(play.after(.said(into, Transcript.open("a", "1234567890"))) == [.store(into), .changed(into)])
        #expect(play.flow.bytes == 10)
        #expect(play.after(.said(into, Transcript.open("b", "1"))) == [.overflow(into), .store(into), .changed(into)])
        #expect(play.flow.parts(of: into) == [Transcript.closed("a")])
        #expect(play.flow.bytes == 0)
        #expect(play.after(.said(into, Transcript.open("b", "1"))) == [.store(into), .changed(into)])
        _ = play.after(.refused(into))
        #expect(play.flow.bytes == 0)
    }

    @Test("words of contacts are kept up to the bound, and beyond it a device is there without any")
    func wordsOfContacts() {
        var limits = PresenceLimits()
        limits.bytes = 10
        var play = Transcript(limits)
        play.approveOut()
        _ = play.after(.state(out, [Transcript.open("a", "1234567890")]))
        #expect(play.flow.bytes == 10)
        play.now += 10_000
        #expect(
            play.after(.state(out, [Transcript.open("a", "x")])) == [
                .overflow(out), .show(out, [Transcript.open("a")], to: nil), .store(out),
            ]
        )
        #expect(play.flow.bytes == 0)
        // What waits for the pace counts too.
        _ = play.after(.state(out, [Transcript.open("a", "12345")]))
        #expect(play.flow.bytes == 5)
        #expect(play.pass(5_000) == [.show(out, [Transcript.open("a", "12345")], to: nil), .store(out)])
        #expect(play.flow.bytes == 5)
        _ = play.after(.ended(out, .refused(OutcomeReport(protocolCode: "603"))))
        #expect(play.flow.bytes == 0)
    }
}
