import BridgeCore
import Testing

@Suite("A watcher of the CPIM shore")
struct InwardWatchTests {
    private let key = Transcript.into

    @Test("RFC 8048 §5.3.1: a subscription asks the presentity once, and is undecided until then")
    func subscriptionAsksOnce() {
        var play = Transcript()
        #expect(
            play.after(.watching(key, subscription: 1, note: "Hi", nick: "Romeo")) == [
                .store(key), .access(key, .pending, subscription: 1), .tell(key, .ask(note: "Hi", nick: "Romeo")),
            ]
        )
        #expect(
            play.after(.watching(key, subscription: 2, note: nil, nick: nil))
                == [.access(key, .pending, subscription: 2)]
        )
    }

    @Test("RFC 8048 §5.3.1: an approval holds for all subscriptions of the watcher, and once")
    func approvalHoldsForAll() {
        var play = Transcript()
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(play.after(.approved(key)) == [.store(key), .access(key, .active, subscription: nil)])
        #expect(play.after(.approved(key)) == [])
    }

    @Test("RFC 6121 §3.4: an approval that nobody asked for changes nothing")
    func unsolicitedApproval() {
        var play = Transcript()
        #expect(play.after(.approved(key)) == [])
        #expect(play.flow.count.inward == 0)
    }

    @Test("RFC 6121 §3.4: where the route keeps it, an approval that nobody asked for needs no question later")
    func preapproval() {
        var play = Transcript()
        #expect(play.after(.preapproved(key)) == [.store(key)])
        #expect(play.after(.preapproved(key)) == [])
        #expect(
            play.after(.watching(key, subscription: 1, note: nil, nick: nil)) == [
                .access(key, .active, subscription: 1), .probe(key),
            ]
        )
    }

    @Test("RFC 6121 §3.2.3: a refusal ends the subscriptions, and the next one asks again")
    func refusalEndsSubscriptions() {
        var play = Transcript()
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(
            play.after(.refused(key)) == [
                .access(key, .ended(reason: "rejected", retryAfter: nil), subscription: nil), .forget(key),
            ]
        )
        #expect(play.flow.count.inward == 0)
        #expect(
            play.after(.watching(key, subscription: 2, note: nil, nick: nil)).last
                == .tell(key, .ask(note: nil, nick: nil))
        )
    }

    @Test("RFC 6121 §3.2: an approval taken back ends the subscriptions and forgets the devices")
    func revocation() {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.said(key, Transcript.open("balcony")))
        _ = play.after(.refused(key))
        #expect(play.flow.parts(of: key) == [])
        #expect(play.after(.said(key, Transcript.open("balcony"))) == [])
    }

    @Test("RFC 8048 §8.2: what a presentity says reaches nobody who may not see it")
    func nothingLeaks() {
        var play = Transcript()
        #expect(play.after(.said(key, Transcript.open("balcony"))) == [])
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(play.after(.said(key, Transcript.open("balcony"))) == [])
        #expect(play.flow.parts(of: key) == [])
    }

    @Test("RFC 3922 §6.3.1: all devices are kept, and only changes are news")
    func devicesAreKept() {
        var play = Transcript()
        play.approveInto()
        #expect(play.after(.said(key, Transcript.open("balcony"))) == [.store(key), .changed(key)])
        #expect(play.after(.said(key, Transcript.open("balcony"))) == [])
        #expect(play.after(.said(key, Transcript.open("chamber", "away"))) == [.store(key), .changed(key)])
        #expect(play.flow.parts(of: key).map(\.name) == ["balcony", "chamber"])
    }

    @Test("RFC 8048 §6.2: a device that went is closed in one state, and gone from the next; the last one stays")
    func closedDevices() {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.said(key, Transcript.open("balcony")))
        _ = play.after(.said(key, Transcript.open("chamber")))
        _ = play.after(.said(key, Transcript.closed("balcony")))
        #expect(play.flow.parts(of: key) == [Transcript.closed("balcony"), Transcript.open("chamber")])
        _ = play.after(.said(key, Transcript.closed("chamber")))
        #expect(play.flow.parts(of: key) == [Transcript.closed("chamber")])
        _ = play.after(.said(key, Transcript.open("balcony")))
        #expect(play.flow.parts(of: key) == [Transcript.open("balcony")])
    }

    @Test("RFC 6121 §4.3.2: a presentity that is away as a whole closes all its devices")
    func wholePresentityIsAway() {
        var play = Transcript()
        play.approveInto()
        let bare = Transcript.closed("", "", seen: 9)
        #expect(play.after(.silent(key, bare)) == [.store(key), .changed(key)])
        #expect(play.flow.parts(of: key) == [bare])
        _ = play.after(.said(key, Transcript.open("balcony", "x")))
        #expect(play.flow.parts(of: key).map(\.name) == ["balcony"])
        #expect(play.after(.silent(key, bare)) == [.store(key), .changed(key)])
        #expect(play.flow.parts(of: key) == [Transcript.closed("balcony", "", seen: 9)])
        #expect(play.after(.silent(key, bare)) == [])
    }

    @Test("RFC 8048 §5.3.3: a watcher that stops looking keeps its authorization, and the presentity hears it")
    func watcherStops() {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.watching(key, subscription: 2, note: nil, nick: nil))
        #expect(play.after(.stopped(key, subscription: 1, asked: true)) == [])
        #expect(play.after(.stopped(key, subscription: 2, asked: true)) == [.tell(key, .departed)])
        #expect(play.flow.isApproved(key) == true)
        #expect(
            play.after(.watching(key, subscription: 3, note: nil, nick: nil)) == [
                .access(key, .active, subscription: 3), .probe(key),
            ]
        )
    }

    @Test("RFC 8048 §5.3.3: a presentity that sees devices of the watcher does not hear that it stopped looking")
    func watcherStaysInSight() {
        var play = Transcript()
        play.approveOut()
        play.approveInto()
        _ = play.after(.state(Transcript.out, [Transcript.closed("t0"), Transcript.open("t1")]))
        #expect(play.after(.stopped(key, subscription: 1, asked: true)) == [])
        #expect(play.flow.isApproved(key) == true)
        #expect(play.flow.shown(to: Transcript.out).contains { $0.isOpen })
        // With no device in sight nothing untrue is said.
        _ = play.after(.watching(key, subscription: 2, note: nil, nick: nil))
        play.now += 10_000
        _ = play.after(.state(Transcript.out, [Transcript.closed("t1")]))
        #expect(play.after(.stopped(key, subscription: 2, asked: true)) == [.tell(key, .departed)])
    }

    @Test("RFC 8048 §7.2: a fetch of an approved watcher asks the presentity when nothing is known")
    func fetchProbes() {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.stopped(key, subscription: 1, asked: false))
        #expect(play.after(.fetching(key, subscription: 5)) == [.probe(key)])
        #expect(
            play.after(.said(key, Transcript.open("balcony"))) == [
                .store(key), .answerFetch(key, subscription: 5, isNeutral: false),
            ]
        )
        #expect(
            play.after(.fetching(key, subscription: 6)) == [.answerFetch(key, subscription: 6, isNeutral: false)]
        )
    }

    @Test("RFC 3856 §6.6.2: a fetch of a stranger learns nothing, and asks for no subscription")
    func strangersFetch() {
        var play = Transcript()
        #expect(play.after(.fetching(key, subscription: 5)) == [.probe(key)])
        #expect(play.after(.refused(key)) == [.answerFetch(key, subscription: 5, isNeutral: true)])
        #expect(play.flow.count.inward == 0)
    }

    @Test("RFC 6121 §4.3.2: a fetch while nothing is decided learns nothing, and asks nobody")
    func undecidedFetch() {
        var play = Transcript()
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(
            play.after(.fetching(key, subscription: 2)) == [.answerFetch(key, subscription: 2, isNeutral: true)]
        )
        #expect(play.after(.approved(key)).contains(.access(key, .active, subscription: nil)))
    }

    @Test("a fetch that nobody answers has its answer in time")
    func fetchTimesOut() {
        var play = Transcript()
        _ = play.after(.fetching(key, subscription: 5))
        #expect(play.pass(2_999) == [])
        #expect(play.pass(1) == [.answerFetch(key, subscription: 5, isNeutral: true)])
        #expect(play.flow.count.inward == 0)
    }

    @Test("RFC 6121 §3.1.3: an error ends the subscriptions, and the presentity is not asked again for an hour")
    func errorHoldsOff() {
        var play = Transcript()
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(
            play.after(.askFailed(key, reason: "noresource", retryAfter: nil)) == [
                .access(key, .ended(reason: "noresource", retryAfter: nil), subscription: nil), .forget(key),
            ]
        )
        guard
            case .access(key, .ended(reason: "probation", retryAfter: let wait?), subscription: 2)? =
                play.after(.watching(key, subscription: 2, note: nil, nick: nil)).first
        else {
            Issue.record("the presentity was asked again")
            return
        }
        #expect(wait > 3_590)
        _ = play.after(.stopped(key, subscription: 2, asked: false))
        #expect(play.pass(3_600_000) == [])
        #expect(play.flow.count.inward == 0)
    }

    @Test("XMP-PRS-12 RFC 6121 §11: after an error a fetch asks nobody for an hour, and learns nothing")
    func errorHoldsFetchesOff() {
        var play = Transcript()
        #expect(play.after(.fetching(key, subscription: 5)) == [.probe(key)])
        let answer = PresenceEffect.answerFetch(key, subscription: 5, isNeutral: true)
        #expect(play.after(.askFailed(key, reason: "noresource", retryAfter: nil)) == [answer])
        #expect(play.pass(3_599_999) == [])
        let neutral = PresenceEffect.answerFetch(key, subscription: 6, isNeutral: true)
        #expect(play.after(.fetching(key, subscription: 6)) == [neutral])
        #expect(play.pass(1) == [])
        #expect(play.flow.count.inward == 0)
        #expect(play.after(.fetching(key, subscription: 7)) == [.probe(key)])
    }

    @Test("RFC 6121 §4.3: after a link came back its presentities are asked, no faster than the rate")
    func linkComesBack() {
        var limits = PresenceLimits()
        limits.probesPerSecond = 2
        var play = Transcript(limits)
        for number in 0..<5 {
            let key = WatchKey(watcher: "w\(number)@example.net", presentity: "p", target: .xmpp)
            _ = play.after(.watching(key, subscription: UInt64(number), note: nil, nick: nil))
            _ = play.after(.approved(key))
            _ = play.after(.said(key, Transcript.open("balcony")))
        }
        #expect(play.after(.linkUp(domain: "other.example")) == [])
        #expect(play.after(.advanced) == [])
        _ = play.after(.linkUp(domain: "example.net"))
        #expect(play.after(.advanced).count == 2)
        #expect(play.pass(1_000).count == 2)
        #expect(play.pass(1_000).count == 1)
    }

    @Test("a presentity that cannot be asked any more is away after a while")
    func silenceMeansAway() {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.said(key, Transcript.open("balcony")))
        _ = play.after(.linkDown(domain: "example.net"))
        #expect(play.pass(59_999) == [])
        #expect(play.pass(1) == [.store(key), .changed(key)])
        #expect(play.flow.parts(of: key).allSatisfy { !$0.isOpen })
        _ = play.after(.linkUp(domain: "example.net"))
        #expect(play.after(.advanced) == [.probe(key)])
        #expect(play.after(.said(key, Transcript.open("balcony"))) == [.store(key), .changed(key)])
    }

    @Test("after a restart the watcher is approved as before, and the presentity is not asked again")
    func restartKeepsApproval() throws {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.said(key, Transcript.open("balcony", "away")))
        let stored = play.flow.record(of: key)
        let record = try #require(stored)
        var later = Transcript()
        later.flow.restore(record)
        later.flow.restore(subscription: 1, of: key)
        #expect(later.flow.parts(of: key) == [Transcript.open("balcony", "away")])
        #expect(
            later.after(.watching(key, subscription: 2, note: nil, nick: nil)) == [
                .access(key, .active, subscription: 2), .probe(key),
            ]
        )
        #expect(later.after(.said(key, Transcript.open("balcony"))) == [.store(key), .changed(key)])
    }

    @Test("devices of one presentity are bounded; the oldest goes")
    func devicesAreBounded() {
        var limits = PresenceLimits()
        limits.parts = 3
        var play = Transcript(limits)
        play.approveInto()
        for name in ["a", "b", "c", "d"] { _ = play.after(.said(key, Transcript.open(name))) }
        #expect(play.flow.parts(of: key).map(\.name) == ["b", "c", "d"])
    }

    @Test("what one device says is bounded")
    func contentIsBounded() {
        var limits = PresenceLimits()
        limits.partBytes = 8
        var play = Transcript(limits)
        play.approveInto()
        #expect(play.after(.said(key, Transcript.open("a", "123456789"))) == [])
        #expect(play.after(.said(key, Transcript.open("a", "12345678"))) == [.store(key), .changed(key)])
    }
}
