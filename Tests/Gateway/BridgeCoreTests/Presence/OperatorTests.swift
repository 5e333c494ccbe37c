import BridgeCore
import Testing

@Suite("What operators ask of watches")
struct OperatorTests {
    private let out = Transcript.out
    private let into = Transcript.into

    @Test("RFC 6665 §4.1.2.2: repair renews the subscription on the presentity's side")
    func repairRenews() {
        var play = Transcript()
        play.approveOut()
        #expect(play.after(.repair(out)) == [.renew(out)])
    }

    @Test("A repaired subscription that waits for a pause is made at once, and the pause is over")
    func repairEndsThePause() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.ended(out, .later(seconds: 600)))
        #expect(play.after(.repair(out)) == [.renew(out)])
        #expect(play.pass(600_000) == [])
    }

    @Test("Repair keeps to the pace, and asks once for what already waits")
    func repairIsPaced() {
        var limits = PresenceLimits()
        limits.subscriptionsPerSecond = 1
        var play = Transcript(limits)
        play.approveOut()
        let other = WatchKey(watcher: Transcript.juliet, presentity: "tybalt@example.net", target: .cpim)
        _ = play.after(.asked(other, request: nil))
        play.now += 10_000
        #expect(play.after(.repair(out)) == [.renew(out)])
        for _ in 0..<3 { #expect(play.after(.repair(other)) == []) }
        #expect(play.flow.queued.subscriptions == 1)
        #expect(play.pass(1_000) == [.renew(other)])
        #expect(play.flow.queued.subscriptions == 0)
        #expect(play.pass(1_000) == [])
    }

    @Test("A subscription that ended while it waited for its turn can be repaired again")
    func endedWhileWaiting() {
        var limits = PresenceLimits()
        limits.subscriptionsPerSecond = 1
        var play = Transcript(limits)
        play.approveOut()
        let other = WatchKey(watcher: Transcript.juliet, presentity: "tybalt@example.net", target: .cpim)
        _ = play.after(.asked(other, request: nil))
        _ = play.after(.admitted(other))
        play.now += 10_000
        #expect(play.after(.repair(other)) == [.renew(other)])
        #expect(play.after(.repair(out)) == [])
        _ = play.after(.ended(out, .final))
        #expect(play.pass(1_000) == [])
        play.now += 1_000
        #expect(play.after(.repair(out)) == [.store(out), .renew(out)])
    }

    @Test("A subscription that rests, since nobody looks, is not repaired")
    func restingIsLeftAlone() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.watcherOnline(out, device: "balcony", true))
        _ = play.after(.watcherOnline(out, device: "balcony", false))
        #expect(play.flow.canRepair(out) == false)
        #expect(play.flow.repairable == [])
        #expect(play.after(.repair(out)) == [])
    }

    @Test(
        "RFC 8048 §7.2: repair asks a presentity of the XMPP shore, and watchers see the answer even if it is the same"
    )
    func repairProbes() {
        var play = Transcript()
        play.approveInto()
        let part = Transcript.open("balcony")
        _ = play.after(.said(into, part))
        #expect(play.after(.said(into, part)) == [])
        #expect(play.after(.repair(into)) == [.probe(into)])
        #expect(play.after(.said(into, part)) == [.store(into), .changed(into)])
    }

    @Test("RFC 6121 §3.1.3: repair asks an undecided presentity once more")
    func repairAsksAgain() {
        var play = Transcript()
        _ = play.after(.watching(into, subscription: 1, note: "Hi", nick: nil))
        #expect(play.after(.repair(into)) == [.tell(into, .ask(note: nil, nick: nil))])
    }

    @Test("Presentities that are asked for a repair keep to the pace of probes")
    func probesArePaced() {
        var limits = PresenceLimits()
        limits.probesPerSecond = 1
        var play = Transcript(limits)
        play.approveInto()
        let other = WatchKey(watcher: "tybalt@example.net", presentity: Transcript.juliet, target: .xmpp)
        _ = play.after(.watching(other, subscription: 2, note: nil, nick: nil))
        _ = play.after(.approved(other))
        play.now += 2_000
        let keys = play.flow.repairable
        #expect(Set(keys) == [into, other])
        #expect(keys.flatMap { play.after(.repair($0)) } == [.probe(keys[0])])
        #expect(play.after(.repair(keys[1])) == [])
        #expect(play.pass(1_000) == [.probe(keys[1])])
        #expect(play.pass(1_000) == [])
    }

    @Test("RFC 8048 §5.2.3: a dropped watch is left on the presentity's side, and the watcher hears that it is over")
    func dropOutward() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(out, [Transcript.open("a")]))
        #expect(
            play.after(.dropped(out)) == [
                .show(out, [Transcript.closed("a")], to: nil), .store(out), .leave(out),
            ]
        )
        #expect(play.after(.left(out)) == [.tell(out, .refused), .forget(out)])
        #expect(play.flow.count.outward == 0)
    }

    @Test("RFC 6665 §4.1.3: a dropped watcher of the CPIM shore is rejected, and the presentity hears that it is over")
    func dropInward() {
        var play = Transcript()
        play.approveInto()
        #expect(
            play.after(.dropped(into)) == [
                .access(into, .ended(reason: "rejected", retryAfter: nil), subscription: nil), .forget(into),
                .tell(into, .withdrawn),
            ]
        )
        #expect(play.flow.count.inward == 0)
        #expect(play.after(.said(into, Transcript.open("balcony"))) == [])
    }

    @Test("What nobody watches is neither repaired nor dropped")
    func unknown() {
        var play = Transcript()
        for event in [PresenceEvent.repair(out), .dropped(out), .repair(into), .dropped(into)] {
            #expect(play.after(event) == [])
        }
        #expect(play.flow.canRepair(out) == false)
    }
}
