import BridgeCore
import Testing

@Suite("A watcher of the XMPP shore")
struct OutwardWatchTests {
    private let key = Transcript.out
    private let no = OutcomeReport(protocolCode: "603")

    @Test("RFC 8048 §5.2.1: a request becomes a subscription, and is stored before that")
    func requestIsCarriedOver() {
        var play = Transcript()
        #expect(play.after(.asked(key, request: "s1")) == [.store(key), .subscribe(key)])
    }

    @Test("RFC 8048 §5.2.1: the watcher hears of the approval once, and then sees the devices")
    func approvalIsToldOnce() {
        var play = Transcript()
        _ = play.after(.asked(key, request: "s1"))
        #expect(play.after(.undecided(key)) == [])
        #expect(play.after(.state(key, [Transcript.open("a")])) == [])
        #expect(play.after(.admitted(key)) == [.store(key), .tell(key, .approved)])
        #expect(
            play.after(.state(key, [Transcript.open("a")])) == [
                .show(key, [Transcript.open("a")], to: nil), .store(key),
            ]
        )
        #expect(play.after(.admitted(key)) == [])
    }

    @Test("RFC 6121 §3.1.3: who asks again hears that it may see; while nothing is decided it is one request")
    func askingAgain() {
        var play = Transcript()
        _ = play.after(.asked(key, request: "s1"))
        #expect(play.after(.asked(key, request: "s2")) == [])
        _ = play.after(.admitted(key))
        _ = play.after(.state(key, [Transcript.open("a")]))
        #expect(
            play.after(.asked(key, request: "s3")) == [
                .tell(key, .again(request: "s3")), .show(key, [Transcript.open("a")], to: nil),
            ]
        )
    }

    @Test("RFC 3922 §6.3.1: only what changed is shown")
    func onlyChangesAreShown() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a"), Transcript.open("b")]))
        play.now += 10_000
        #expect(play.after(.state(key, [Transcript.open("a"), Transcript.open("b")])) == [])
        #expect(
            play.after(.state(key, [Transcript.open("b"), Transcript.open("c", "away")])) == [
                .show(key, [Transcript.open("c", "away"), Transcript.closed("a")], to: nil), .store(key),
            ]
        )
    }

    @Test("RFC 3856 §6.8: a device that closes is shown as closed once")
    func closedDeviceIsShownOnce() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a")]))
        play.now += 10_000
        let closed = Transcript.closed("a", "gone")
        #expect(play.after(.state(key, [closed])) == [.show(key, [closed], to: nil), .store(key)])
        play.now += 10_000
        #expect(play.after(.state(key, [closed])) == [])
    }

    @Test("RFC 3856 §6.10: within the pace the newest state waits, and nothing else is shown")
    func paceKeepsTheNewest() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a", "1")]))
        for text in ["2", "3", "4"] { #expect(play.after(.state(key, [Transcript.open("a", text)])) == []) }
        #expect(play.pass(4_999) == [])
        #expect(play.pass(1) == [.show(key, [Transcript.open("a", "4")], to: nil), .store(key)])
        #expect(play.flow.deadline == nil)
    }

    @Test("RFC 8048 §5.2.2: a refusal takes the authorization away and hides the devices")
    func refusalEndsIt() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a")]))
        #expect(
            play.after(.ended(key, .refused(no))) == [
                .show(key, [Transcript.closed("a")], to: nil), .tell(key, .refused), .forget(key),
            ]
        )
        #expect(play.flow.count.outward == 0)
        #expect(play.after(.admitted(key)) == [])
    }

    @Test("RFC 7247 §7.2: a request that fails is told as an error about it")
    func failedRequestIsTold() {
        var play = Transcript()
        _ = play.after(.asked(key, request: "s1"))
        let failure = Failure(report: OutcomeReport(protocolCode: "404"), retry: .never)
        #expect(
            play.after(.ended(key, .failed(failure))) == [.tell(key, .failed(request: "s1", failure)), .forget(key)]
        )
    }

    @Test("RFC 6665 §4.1.3: a deactivated subscription is made anew at once, without another word")
    func deactivationIsRepaired() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a")]))
        #expect(
            play.after(.ended(key, .again)) == [
                .show(key, [Transcript.closed("a")], to: nil), .store(key), .subscribe(key),
            ]
        )
        play.now += 10_000
        #expect(play.after(.admitted(key)) == [])
        #expect(play.after(.state(key, [Transcript.open("a")])).first == .show(key, [Transcript.open("a")], to: nil))
    }

    @Test("RFC 6665 §4.1.3: who is deactivated again and again waits ever longer")
    func repeatedDeactivationSlowsDown() {
        var play = Transcript()
        play.approveOut()
        #expect(play.after(.ended(key, .again)).last == .subscribe(key))
        #expect(play.after(.ended(key, .again)) == [.store(key)])
        #expect(play.pass(119_999) == [])
        #expect(play.pass(1) == [.subscribe(key)])
        #expect(play.after(.ended(key, .again)) == [.store(key)])
        #expect(play.pass(239_999) == [])
        #expect(play.pass(1) == [.subscribe(key)])
    }

    @Test("RFC 6665 §4.1.3: probation is kept to the second")
    func probationIsKept() {
        var play = Transcript()
        play.approveOut()
        #expect(play.after(.ended(key, .later(seconds: 120))) == [.store(key)])
        #expect(play.pass(119_999) == [])
        #expect(play.pass(1) == [.subscribe(key)])
    }

    @Test("RFC 8048 §5.2.3: who unsubscribes sees the devices go, and hears the end when the other side knows it")
    func unsubscribing() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a")]))
        #expect(
            play.after(.unsubscribed(key, request: "u1")) == [
                .show(key, [Transcript.closed("a")], to: nil), .store(key), .leave(key),
            ]
        )
        play.now += 10_000
        #expect(play.after(.state(key, [Transcript.open("a")])) == [])
        #expect(play.after(.left(key)) == [.tell(key, .refused), .forget(key)])
        #expect(play.flow.count.outward == 0)
    }

    @Test("RFC 3922 §6.4: who unsubscribes from nobody hears that")
    func unsubscribingFromNobody() {
        var play = Transcript()
        #expect(play.after(.unsubscribed(key, request: "u1")) == [.tell(key, .unknown(request: "u1"))])
    }

    @Test("RFC 6121 §3.1.2: who asks while leaving asks anew")
    func askingWhileLeaving() {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.unsubscribed(key, request: "u1"))
        #expect(play.after(.asked(key, request: "s2")) == [.store(key), .subscribe(key)])
        #expect(play.after(.admitted(key)) == [.store(key), .tell(key, .approved)])
    }

    @Test("RFC 8048 §7.1: a probe of an approved watcher is answered from what it was shown")
    func probeIsAnswered() {
        var play = Transcript()
        play.approveOut()
        let chamber = Transcript.juliet + "/chamber"
        #expect(
            play.after(.probed(key, by: chamber))
                == [.show(key, [PresencePart(name: "", isOpen: false, seen: 0)], to: chamber)]
        )
        _ = play.after(.state(key, [Transcript.open("a")]))
        #expect(play.after(.probed(key, by: chamber)) == [.show(key, [Transcript.open("a")], to: chamber)])
    }

    @Test("RFC 8048 §7.1: a probe of a stranger asks once, and its answer says nothing of an approval")
    func strangersProbeIsAFetch() {
        var play = Transcript()
        #expect(play.after(.probed(key, by: "j/c")) == [.fetch(key, by: "j/c")])
        #expect(
            play.after(.fetched(key, [Transcript.open("a")], by: "j/c")) == [
                .show(key, [Transcript.open("a")], to: "j/c")
            ]
        )
        #expect(play.after(.fetchRefused(key)) == [.tell(key, .refused)])
        #expect(play.flow.count.outward == 0)
    }

    @Test("RFC 8048 §5.2.2: a subscription rests while no device of the watcher is online, and is taken up again")
    func subscriptionRests() {
        var play = Transcript()
        play.approveOut()
        #expect(play.after(.watcherOnline(key, device: "b", true)) == [])
        #expect(play.after(.watcherOnline(key, device: "b", false)) == [.rest(key)])
        #expect(play.after(.watcherOnline(key, device: "b", true)) == [.subscribe(key)])
        _ = play.after(.watcherOnline(key, device: "b", false))
        #expect(play.after(.ended(key, .again)) == [.store(key)])
        #expect(play.after(.watcherOnline(key, device: "c", true)) == [.subscribe(key)])
    }

    @Test("beyond the bound of one watcher a request fails aloud")
    func boundOfOneWatcher() {
        var limits = PresenceLimits()
        limits.watchesPerWatcher = 2
        var play = Transcript(limits)
        for name in ["a", "b"] {
            let key = WatchKey(watcher: Transcript.juliet, presentity: name, target: .cpim)
            #expect(play.after(.asked(key, request: nil)) == [.store(key), .subscribe(key)])
        }
        guard case .tell(key, .failed(request: "s", let failure))? = play.after(.asked(key, request: "s")).first else {
            Issue.record("no failure was told")
            return
        }
        #expect(failure.report.protocolCode == "503")
        let other = WatchKey(watcher: "nurse@example.com", presentity: "a", target: .cpim)
        #expect(play.after(.asked(other, request: nil)) == [.store(other), .subscribe(other)])
    }

    @Test("after a restart subscriptions are made anew, no faster than the rate")
    func restartHasNoBurst() {
        var limits = PresenceLimits()
        limits.subscriptionsPerSecond = 3
        var play = Transcript(limits)
        for number in 0..<8 {
            let key = WatchKey(watcher: "w\(number)", presentity: "p", target: .cpim)
            play.flow.restore(WatchRecord(key: key, state: 1, request: nil, parts: []))
        }
        #expect(play.after(.advanced).count == 3)
        #expect(play.pass(500).isEmpty)
        #expect(play.pass(500).count == 3)
        #expect(play.pass(1_000).count == 2)
        #expect(play.flow.deadline == nil)
    }

    @Test("after a restart a watch that was being left goes on leaving")
    func restartGoesOnLeaving() {
        var play = Transcript()
        play.flow.restore(WatchRecord(key: key, state: 2, request: nil, parts: []))
        #expect(play.after(.advanced) == [.leave(key)])
    }

    @Test("RFC 6121 §4.5: a gateway that stops hides the devices, and they come back with the first state after that")
    func goodbye() throws {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a")]))
        #expect(play.after(.stopping) == [.show(key, [Transcript.closed("a")], to: nil), .store(key)])
        #expect(play.after(.stopping) == [])
        let stored = play.flow.record(of: key)
        let record = try #require(stored)
        var later = Transcript()
        later.flow.restore(record)
        _ = later.after(.advanced)
        #expect(
            later.after(.state(key, [Transcript.open("a")])) == [
                .show(key, [Transcript.open("a")], to: nil), .store(key),
            ]
        )
    }

    @Test("XEP-0114 §3: after a link came back the devices are shown again, no faster than the rate")
    func linkComesBack() {
        var limits = PresenceLimits()
        limits.subscriptionsPerSecond = 2
        var play = Transcript(limits)
        for number in 0..<3 {
            let key = WatchKey(watcher: "w\(number)", presentity: Transcript.romeo, target: .cpim)
            let part = number == 1 ? Transcript.closed("a") : Transcript.open("a")
            play.flow.restore(WatchRecord(key: key, state: 1, request: nil, parts: [part]), isSubscribed: true)
        }
        #expect(play.after(.linkUp(domain: "other.example")) == [])
        #expect(play.after(.advanced) == [])
        #expect(play.after(.linkUp(domain: "example.net")) == [])
        let shown = play.after(.advanced)
        #expect(shown.count == 2)
        #expect(shown.allSatisfy { if case .show(_, [Transcript.open("a")], to: nil) = $0 { true } else { false } })
        #expect(play.flow.deadline == nil)
    }

    @Test("after a restart the watcher is not told of its approval again")
    func restartTellsNothingTwice() throws {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [Transcript.open("a")]))
        let stored = play.flow.record(of: key)
        let record = try #require(stored)
        var later = Transcript()
        later.flow.restore(record)
        #expect(later.after(.advanced) == [.subscribe(key)])
        #expect(later.after(.admitted(key)) == [])
        #expect(later.after(.state(key, [Transcript.open("a")])) == [])
    }
}
