import BridgeCore
import Testing

@Suite("PresenceFlow: whether a watcher exists")
struct VerifyingTests {
    private let key = Transcript.out

    /// Juliet may see Romeo, and Romeo may see Juliet if the second is true.
    private func transcript(mutual: Bool = false, _ change: (inout PresenceLimits) -> Void = { _ in }) -> Transcript {
        var limits = PresenceLimits()
        change(&limits)
        var play = Transcript(limits)
        if mutual { play.approveInto() }
        play.approveOut()
        return play
    }

    @Test("RFC 8048 §8.1: before a renewal the watcher's server is asked, and what gets no answer in time is renewed")
    func asked() {
        var play = transcript()
        #expect(play.after(.refreshDue(key, patience: 60_000)) == [.verify(key)])
        #expect(play.pass(4_999) == [])
        #expect(play.pass(1) == [.subscribe(key)])
        #expect(play.pass(60_000) == [] && play.flow.deadline == nil)
        // Each renewal is asked for anew.
        #expect(play.after(.refreshDue(key, patience: 60_000)) == [.verify(key)])
    }

    @Test("SUB-020: who was online, or was probed for, since the last renewal is not asked, and the next time is again")
    func seen() {
        for sign in [PresenceEvent.watcherOnline(key, device: "b", true), .probed(key, by: "juliet@example.com/b")] {
            var play = transcript()
            _ = play.after(sign)
            #expect(play.after(.refreshDue(key, patience: 60_000)) == [.subscribe(key)])
            #expect(play.after(.refreshDue(key, patience: 60_000)) == [.verify(key)])
        }
    }

    @Test("An available presence is an answer; one that nobody is there lets the subscription rest")
    func answers() {
        var play = transcript(mutual: true)
        #expect(play.after(.refreshDue(key, patience: 60_000)) == [.verify(key)])
        #expect(play.after(.watcherOnline(key, device: "b", true)) == [.subscribe(key)])
        #expect(play.after(.refreshDue(key, patience: 60_000)) == [.verify(key)])
        #expect(play.after(.watcherOnline(key, device: "", false)) == [.rest(key)])
        #expect(play.pass(60_000) == [])
    }

    @Test("SUB-020: an error that names nobody ends the subscription, and another one does not")
    func errors() {
        var play = transcript()
        _ = play.after(.refreshDue(key, patience: 60_000))
        #expect(play.after(.watcherAnswered(key, .other)) == [.subscribe(key)])
        _ = play.after(.refreshDue(key, patience: 60_000))
        #expect(play.after(.watcherAnswered(key, .gone)) == [.store(key), .leave(key)])
        #expect(play.after(.left(key)) == [.tell(key, .refused), .forget(key)])
        #expect(play.pass(60_000) == [])
    }

    @Test("SUB-020, RFC 6121 §4.3.2: unsubscribed ends it where the presentity could see the watcher, and only there")
    func unauthorized() {
        var mutual = transcript(mutual: true)
        _ = mutual.after(.refreshDue(key, patience: 60_000))
        #expect(mutual.after(.watcherAnswered(key, .unauthorized)) == [.store(key), .leave(key)])
        var oneWay = transcript()
        _ = oneWay.after(.refreshDue(key, patience: 60_000))
        #expect(oneWay.after(.watcherAnswered(key, .unauthorized)) == [.subscribe(key)])
    }

    @Test("SUB-026: unsubscribed that answers nothing leaves the other direction alone")
    func notAsked() {
        var play = transcript(mutual: true)
        #expect(play.after(.watcherAnswered(key, .unauthorized)) == [])
        #expect(play.after(.watcherAnswered(key, .gone)) == [])
        #expect(play.flow.isApproved(key) == true)
    }

    @Test("A presentity that waits for the watcher's approval is not used to ask; nor is there time for it at the end")
    func notNow() {
        var waiting = transcript()
        _ = waiting.after(.watching(Transcript.into, subscription: 1, note: nil, nick: nil))
        #expect(waiting.after(.refreshDue(key, patience: 60_000)) == [.subscribe(key)])
        var late = transcript()
        #expect(late.after(.refreshDue(key, patience: 4_999)) == [.subscribe(key)])
        #expect(late.after(.refreshDue(key, patience: 5_000)) == [.verify(key)])
    }

    @Test("Renewals after a restart ask no faster than the pace of probes, and what gets no turn is renewed unasked")
    func pace() {
        var play = Transcript(
            {
                var limits = PresenceLimits()
                limits.probesPerSecond = 2
                return limits
            }()
        )
        let keys = (0..<60).map { WatchKey(watcher: "w\($0)", presentity: "p", target: .cpim) }
        for key in keys {
            play.flow.restore(WatchRecord(key: key, state: 1, request: nil, parts: []), isSubscribed: true)
        }
        var asked = 0
        var renewed = 0
        func count(_ effects: [PresenceEffect], most: Int) {
            let now = effects.count { if case .verify = $0 { true } else { false } }
            #expect(now <= most)
            asked += now
            renewed += effects.count { if case .subscribe = $0 { true } else { false } }
        }
        for key in keys { count(play.after(.refreshDue(key, patience: 600_000)), most: 1) }
        #expect(asked == 2 && renewed == 0)
        for _ in 1...19 { count(play.pass(1_000), most: 2) }
        #expect(asked == 40)
        for _ in 1...10 { count(play.pass(1_000), most: 2) }
        #expect(asked == 40 && renewed == 60)
        #expect(play.flow.deadline == nil)
    }

    @Test("Who leaves, or whose subscription ends, while it is looked for is not renewed")
    func endsMeanwhile() {
        var leaving = transcript()
        _ = leaving.after(.refreshDue(key, patience: 60_000))
        _ = leaving.after(.unsubscribed(key, request: nil))
        #expect(leaving.pass(10_000) == [])
        var ended = transcript()
        _ = ended.after(.refreshDue(key, patience: 60_000))
        _ = ended.after(.ended(key, .later(seconds: 600)))
        #expect(ended.pass(10_000) == [])
    }
}
