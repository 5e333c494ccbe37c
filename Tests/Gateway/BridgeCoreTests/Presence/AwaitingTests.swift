import Testing

@testable import BridgeCore

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
        #expect(play.flow.isApproved(key) == true)
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
        #expect(play.flow.canRepair(key) == false)
        #expect(play.flow.isApproved(key) == false)
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
        limits.watchesPerWatcher = 0
        var full = Transcript(limits)
        #expect(full.after(.awaiting(key, nick: nil)) == [])
    }

    private func other(_ name: String, of presentity: String = Transcript.juliet) -> WatchKey {
        WatchKey(watcher: "\(name)@example.net", presentity: presentity, target: .xmpp)
    }

    @Test("Of whom a server told takes no place of those who ask here, and the other way round")
    func ownPlaces() {
        var limits = PresenceLimits()
        limits.undecided = 1
        var play = Transcript(limits)
        for name in ["a", "b", "c"] { #expect(play.after(.awaiting(other(name), nick: nil)).count == 3) }
        #expect(play.flow.hasPlace(for: key) == true)
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(play.flow.hasPlace(for: other("d")) == false)
        #expect(play.after(.awaiting(other("d"), nick: nil)).count == 3)
        // Neither decision moves the count of the other.
        _ = play.after(.approved(other("a")))
        _ = play.after(.refused(other("b")))
        #expect(play.flow.hasPlace(for: other("e")) == false)
        _ = play.after(.refused(key))
        #expect(play.flow.hasPlace(for: other("e")) == true)
    }

    @Test("Of one presentity so many are kept, open and refused; who was told of longest ago goes first")
    func perPresentity() {
        var limits = PresenceLimits()
        limits.announcedPerPresentity = 2
        var play = Transcript(limits)
        _ = play.after(.awaiting(other("a"), nick: nil))
        _ = play.after(.refused(other("a")))
        _ = play.pass(1)
        _ = play.after(.awaiting(other("b"), nick: nil))
        #expect(play.after(.awaiting(other("x", of: "nurse@example.com"), nick: nil)).count == 3)
        _ = play.pass(1)
        // The server tells of the first again, so that the second is the older one.
        #expect(play.after(.awaiting(other("a"), nick: nil)) == [])
        let effects = play.after(.awaiting(other("c"), nick: nil))
        #expect(effects.first == .forget(other("b")) && effects.count == 4)
        // What is told of at one moment does not take the place of each other.
        #expect(play.after(.awaiting(other("d"), nick: nil)) == [])
        #expect(play.flow.announced(of: Transcript.juliet) == [other("a"), other("c")])
        #expect(play.flow.count.inward == 3)
    }

    @Test("In all so many are kept; who watches here as well is told that it was given up")
    func inAll() {
        var limits = PresenceLimits()
        limits.announced = 2
        var play = Transcript(limits)
        _ = play.after(.awaiting(key, nick: nil))
        _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
        _ = play.pass(1)
        _ = play.after(.awaiting(other("x", of: "nurse@example.com"), nick: nil))
        _ = play.pass(1)
        let effects = play.after(.awaiting(other("y", of: "tybalt@example.com"), nick: nil))
        let gone = PresenceEffect.access(key, .ended(reason: "giveup", retryAfter: nil), subscription: nil)
        #expect(Array(effects.prefix(2)) == [gone, .forget(key)] && effects.count == 5)
        #expect(play.flow.count.inward == 2)
    }

    @Test("Who is not told of any more is forgotten after a day, also after a restart; an approval stays")
    func expiry() throws {
        let day: Int64 = 86_400_000
        var play = announced()
        _ = play.after(.awaiting(other("a"), nick: nil))
        _ = play.after(.refused(other("a")))
        _ = play.after(.awaiting(other("b"), nick: nil))
        _ = play.after(.approved(other("b")))
        let stored = play.flow.record(of: key)
        let record = try #require(stored)
        #expect(play.flow.deadline == play.now + day)
        _ = play.pass(1_000)
        #expect(play.after(.awaiting(key, nick: nil)) == [])
        #expect(play.pass(day - 1_001) == [])
        #expect(play.pass(1) == [.forget(other("a"))])
        #expect(play.pass(999) == [])
        #expect(play.pass(1) == [.forget(key)])
        #expect(play.flow.isApproved(other("b")) && play.flow.count.inward == 1 && play.flow.deadline == nil)
        var next = Transcript()
        next.flow.restore(record)
        #expect(next.pass(day - 1) == [])
        #expect(next.pass(1) == [.forget(key)])
    }

    @Test("RFC 3858 §4: a refusal is not kept longer than the server tells of the watcher; an open question is")
    func unlisted() {
        var play = announced()
        #expect(play.after(.unlisted(key)) == [])
        #expect(play.after(.awaiting(key, nick: nil)) == [], "it is asked about already")
        _ = play.after(.refused(key))
        #expect(play.after(.unlisted(key)) == [.forget(key)])
        #expect(play.after(.unlisted(key)) == [])
        #expect(play.after(.awaiting(key, nick: nil)).count == 3)
        _ = play.after(.approved(key))
        #expect(play.after(.unlisted(key)) == [] && play.flow.isApproved(key))
    }

    @Test("Times that were moved away are not kept without end")
    func moved() {
        var play = Transcript()
        for _ in 0..<1_000 {
            _ = play.pass(1)
            _ = play.after(.awaiting(key, nick: nil))
        }
        #expect(play.flow.announced(of: Transcript.juliet) == [key])
        var times = WatchTimes()
        for time in 0..<1_000 { times.set(key, to: Int64(time)) }
        #expect(times.count == 1 && times.kept <= 2 + WatchTimes.slack)
        #expect(times.first()?.time == 999)
        times.set(key, to: nil)
        #expect(times.first() == nil && times.kept == 0)
    }

    @Test("Both states outlive a restart, and have names for people")
    func restart() throws {
        for (isRefused, name) in [(false, "asked"), (true, "refused")] {
            var play = announced()
            if isRefused { _ = play.after(.refused(key)) }
            let stored = play.flow.record(of: key)
            let record = try #require(stored)
            #expect(record.stateName == name)
            var limits = PresenceLimits()
            limits.announcedPerPresentity = 1
            var next = Transcript(limits)
            next.flow.restore(record)
            #expect(next.after(.awaiting(key, nick: nil)) == [])
            // Both count as such.
            #expect(next.after(.awaiting(other("paris"), nick: nil)) == [])
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
