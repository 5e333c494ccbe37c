import BridgeCore
import Testing

@Suite("PresenceFlow: watchers who wait at a presence server")
struct AwaitingTests {
    private let key = Transcript.into

    /// Romeo waits at the presence server, and Juliet was asked.
    private func announced() -> Transcript {
        var play = Transcript()
        #expect(
            play.after(.awaiting(key, nick: "Romeo")) == [
                .announced(key), .store(key), .tell(key, .ask(note: nil, nick: "Romeo")),
            ]
        )
        return play
    }

    @Test("RFC 3857 §4.7.1: the presentity is asked once for a watcher who waits, however often the server tells of it")
    func once() {
        var play = announced()
        #expect(play.after(.awaiting(key, nick: "Romeo")) == [])
        // A request here meanwhile asks no second time.
        let pending = PresenceEffect.access(key, .pending, subscription: 1)
        #expect(play.after(.watching(key, subscription: 1, note: nil, nick: nil)) == [pending])
        _ = play.after(.stopped(key, subscription: 1, asked: true))
        #expect(play.after(.awaiting(key, nick: nil)) == [])
    }

    @Test("The presentity's approval lets the watcher see when it subscribes here")
    func approved() {
        var play = announced()
        #expect(play.after(.approved(key)) == [.store(key), .access(key, .active, subscription: nil)])
        #expect(play.flow.isApproved(key))
        #expect(play.after(.awaiting(key, nick: nil)) == [])
        let effects = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(effects == [.access(key, .active, subscription: 1), .probe(key)])
    }

    @Test("Its refusal refuses the watcher when it subscribes here, is not asked for again, and can be taken back")
    func refused() {
        var play = announced()
        #expect(play.after(.refused(key)) == [.store(key)])
        #expect(play.after(.awaiting(key, nick: nil)) == [])
        let rejected = WatchAccess.ended(reason: "rejected", retryAfter: nil)
        #expect(
            play.after(.watching(key, subscription: 1, note: nil, nick: nil)) == [
                .access(key, rejected, subscription: 1)
            ]
        )
        #expect(
            play.after(.fetching(key, subscription: 2)) == [.answerFetch(key, subscription: 2, isNeutral: true)]
        )
        #expect(play.after(.refused(key)) == [])
        #expect(play.after(.askFailed(key, reason: "noresource", retryAfter: nil)) == [])
        #expect(!play.flow.canRepair(key) && !play.flow.isApproved(key))
        #expect(play.after(.approved(key)) == [.store(key), .access(key, .active, subscription: nil)])
    }

    @Test("A watcher who subscribed here while the presentity thought about it is ended by a refusal")
    func refusedWatching() {
        var play = announced()
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(
            play.after(.refused(key)) == [
                .store(key), .access(key, .ended(reason: "rejected", retryAfter: nil), subscription: nil),
            ]
        )
    }

    @Test("Who is known already is not announced, nor who failed lately, nor who has no place")
    func known() {
        var asked = Transcript()
        _ = asked.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(asked.after(.awaiting(key, nick: nil)) == [])
        var failed = announced()
        _ = failed.after(.askFailed(key, reason: "noresource", retryAfter: nil))
        #expect(failed.after(.awaiting(key, nick: nil)) == [])
        _ = failed.pass(3_600_000)
        #expect(failed.after(.awaiting(key, nick: nil)).count == 3)
        var limits = PresenceLimits()
        limits.undecided = 1
        var full = Transcript(limits)
        let other = WatchKey(watcher: "paris@example.net", presentity: Transcript.juliet, target: .xmpp)
        #expect(full.after(.awaiting(other, nick: nil)).count == 3)
        #expect(full.after(.awaiting(key, nick: nil)) == [])
        _ = full.after(.refused(other))
        #expect(full.after(.awaiting(key, nick: nil)).count == 3)
    }

    @Test("Both states outlive a restart, and have names for people")
    func restart() throws {
        for (isRefused, name) in [(false, "asked"), (true, "refused")] {
            var play = announced()
            if isRefused { _ = play.after(.refused(key)) }
            let record = try #require(play.flow.record(of: key))
            #expect(record.stateName == name)
            var limits = PresenceLimits()
            limits.undecided = 1
            var next = Transcript(limits)
            next.flow.restore(record)
            #expect(next.after(.awaiting(key, nick: nil)) == [])
            // One that is open counts as such.
            let other = WatchKey(watcher: "paris@example.net", presentity: Transcript.juliet, target: .xmpp)
            #expect(next.after(.awaiting(other, nick: nil)).isEmpty != isRefused)
        }
    }

    @Test("An operator who drops it makes it as if it had never been; one who repairs it asks again")
    func operators() {
        var play = announced()
        #expect(play.after(.repair(key)) == [.tell(key, .ask(note: nil, nick: nil))])
        for isRefused in [false, true] {
            var play = announced()
            if isRefused { _ = play.after(.refused(key)) }
            #expect(play.after(.dropped(key)) == [.forget(key), .tell(key, .withdrawn)])
            #expect(play.after(.awaiting(key, nick: nil)).count == 3)
        }
    }
}
