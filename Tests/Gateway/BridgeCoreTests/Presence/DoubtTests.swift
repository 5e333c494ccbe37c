import Testing

@testable import BridgeCore

@Suite("What devices said before a link went down or the gateway was restarted")
struct DoubtTests {
    private let key = Transcript.into
    private let balcony = Transcript.open("balcony", "b")
    private let chamber = Transcript.open("chamber", "cc")
    private var news: [PresenceEffect] { [.store(key), .changed(key)] }

    /// Romeo sees two devices of Juliet.
    private func two() -> Transcript {
        var play = Transcript()
        play.approveInto()
        _ = play.after(.said(key, balcony))
        _ = play.after(.said(key, chamber))
        return play
    }

    /// The link was down for a second, and Juliet is asked.
    private func asked() -> Transcript {
        var play = two()
        #expect(play.after(.linkDown(domain: "example.net")) == [])
        play.now += 1_000
        #expect(play.after(.linkUp(domain: "example.net")) == [])
        #expect(play.after(.advanced) == [.probe(key)])
        return play
    }

    @Test("PRES-015 XMP-PRS-08 RFC 6121 §4.3.2: of two devices that are asked the silent one goes, once")
    func silentDevice() {
        var play = asked()
        #expect(play.after(.said(key, chamber)) == [])
        #expect(play.pass(59_999) == [])
        #expect(play.flow.parts(of: key) == [balcony, chamber])
        #expect(play.pass(1) == news)
        #expect(play.flow.parts(of: key) == [Transcript.closed("balcony", seen: play.now), chamber])
        #expect(play.flow.bytes == 2)
        #expect(play.pass(3_600_000) == [])
        #expect(play.after(.said(key, Transcript.open("chamber", "away"))) == news)
        #expect(play.flow.parts(of: key) == [Transcript.open("chamber", "away")])
    }

    @Test("XMP-PRS-08 RFC 6121 §4.3: devices that answer what they said before are no news, and not asked again")
    func bothAnswer() {
        var play = asked()
        #expect(play.after(.said(key, chamber)) == [])
        #expect(play.after(.said(key, balcony)) == [])
        #expect(play.pass(120_000) == [])
        #expect(play.flow.parts(of: key) == [balcony, chamber])
        #expect(
            play.after(.watching(key, subscription: 2, note: nil, nick: nil))
                == [.access(key, .active, subscription: 2)]
        )
    }

    @Test("PRES-015: a device that was silent for long comes back with its next word")
    func silentDeviceComesBack() {
        var play = asked()
        _ = play.after(.said(key, chamber))
        #expect(play.pass(60_000) == news)
        #expect(play.after(.said(key, balcony)) == news)
        #expect(play.flow.parts(of: key) == [balcony, chamber])
        #expect(play.after(.said(key, chamber)) == [])
    }

    @Test("PRES-015 RFC 6121 §4.5.2: a device that says that it goes does not hold one that is silent")
    func oneLeaves() {
        var play = asked()
        #expect(play.after(.said(key, Transcript.closed("balcony"))) == news)
        #expect(play.flow.parts(of: key) == [Transcript.closed("balcony"), chamber])
        #expect(play.pass(60_000) == news)
        #expect(play.flow.parts(of: key) == [Transcript.closed("chamber", seen: play.now)])
        var other = asked()
        _ = other.after(.said(key, Transcript.closed("balcony")))
        #expect(other.after(.said(key, chamber)) == [])
        #expect(other.pass(60_000) == [])
        #expect(other.flow.parts(of: key) == [Transcript.closed("balcony"), chamber])
    }

    @Test("PRES-016: a presentity of whom no device answers is away with all of them, once, and asked when one looks")
    func allSilent() {
        var play = asked()
        #expect(play.pass(60_000) == news)
        let (one, other) = (Transcript.closed("balcony", seen: play.now), Transcript.closed("chamber", seen: play.now))
        #expect(play.flow.parts(of: key) == [one, other])
        #expect(play.flow.bytes == 0)
        _ = play.after(.linkDown(domain: "example.net"))
        #expect(play.pass(60_000) == [])
        #expect(
            play.after(.watching(key, subscription: 2, note: nil, nick: nil))
                == [.access(key, .active, subscription: 2), .probe(key)]
        )
        // An answer that says the same is none that watchers need.
        #expect(play.after(.silent(key, Transcript.closed(""))) == [])
    }

    @Test("XMP-PRS-08: who looks while a device is in doubt asks again, and gives it no more time")
    func askedAgain() {
        var play = asked()
        _ = play.after(.said(key, chamber))
        #expect(play.pass(59_000) == [])
        #expect(
            play.after(.watching(key, subscription: 2, note: nil, nick: nil))
                == [.access(key, .active, subscription: 2), .probe(key)]
        )
        #expect(play.pass(999) == [])
        #expect(play.pass(1) == news)
    }

    // MARK: A fetch

    @Test("RFC 8048 §7.2 RFC 6121 §4.3.2: a fetch waits for each device in doubt, and has its answer in time")
    func fetchInDoubt() {
        let answer = PresenceEffect.answerFetch(key, subscription: 5, isNeutral: false)
        var play = asked()
        #expect(play.after(.fetching(key, subscription: 5)) == [.probe(key)])
        #expect(play.after(.said(key, chamber)) == [])
        #expect(play.after(.said(key, balcony)) == [answer])
        var other = asked()
        _ = other.after(.said(key, chamber))
        #expect(other.after(.fetching(key, subscription: 5)) == [.probe(key)])
        #expect(other.after(.said(key, chamber)) == [])
        #expect(other.pass(2_999) == [])
        #expect(other.pass(1) == [answer])
        // The whole user is away.
        _ = other.after(.fetching(key, subscription: 5))
        #expect(other.after(.silent(key, Transcript.closed(""))) == news + [answer])
    }

    @Test("RFC 8048 §7.2: fetches again and again hold no device that is silent")
    func polling() {
        var play = asked()
        let answer = PresenceEffect.answerFetch(key, subscription: 5, isNeutral: false)
        for _ in 0..<4 {
            #expect(play.after(.fetching(key, subscription: 5)) == [.probe(key)])
            #expect(play.after(.said(key, chamber)) == [])
            #expect(play.pass(3_000) == [answer])
            #expect(play.pass(11_000) == [])
        }
        #expect(play.pass(3_999) == [])
        #expect(play.pass(1) == news)
        #expect(play.after(.fetching(key, subscription: 5)) == [answer])
    }

    // MARK: A restart

    /// The flow after a restart, with one subscription of Romeo's or none.
    private func restarted(isWatched: Bool = true) throws -> Transcript {
        let stored = two().flow.record(of: key)
        let record = try #require(stored)
        var later = Transcript()
        later.flow.restore(record)
        if isWatched { later.flow.restore(subscription: 1, of: key) }
        return later
    }

    @Test("PRES-015: after a restart the first answer is told, for nobody knows what was; a silent device goes")
    func restart() throws {
        var play = try restarted()
        _ = play.after(.linkUp(domain: "example.net"))
        #expect(play.after(.advanced) == [.probe(key)])
        #expect(play.after(.said(key, chamber)) == news)
        #expect(play.pass(59_999) == [])
        #expect(play.pass(1) == news)
        #expect(play.flow.parts(of: key) == [Transcript.closed("balcony", seen: play.now), chamber])
        var both = try restarted()
        _ = both.after(.linkUp(domain: "example.net"))
        _ = both.after(.advanced)
        #expect(both.after(.said(key, chamber)) == news)
        #expect(both.after(.said(key, balcony)) == [])
        #expect(both.pass(60_000) == [])
    }

    @Test("PRES-015: what was said before a restart holds for a while without a link, where somebody looks")
    func restartWithoutLink() throws {
        var play = try restarted()
        #expect(play.pass(59_999) == [])
        #expect(play.pass(1) == news)
        #expect(play.flow.parts(of: key).allSatisfy { !$0.isOpen })
        var unwatched = try restarted(isWatched: false)
        #expect(unwatched.pass(3_600_000) == [])
        _ = unwatched.after(.watching(key, subscription: 1, note: nil, nick: nil))
        #expect(unwatched.after(.said(key, chamber)) == [])
        #expect(unwatched.pass(60_000) == news)
        #expect(unwatched.flow.parts(of: key).map(\.isOpen) == [false, true])
    }

    // MARK: Bounds

    @Test("XMP-PRS-08: who waits for its turn to be asked has not been silent")
    func turns() throws {
        var limits = PresenceLimits()
        limits.probesPerSecond = 1
        limits.silence = 2_000
        var play = Transcript(limits)
        for user in ["a", "b", "c"] {
            let key = WatchKey(watcher: Transcript.romeo, presentity: user, target: .xmpp)
            _ = play.after(.watching(key, subscription: 1, note: nil, nick: nil))
            _ = play.after(.approved(key))
            _ = play.after(.said(key, balcony))
        }
        _ = play.after(.linkDown(domain: "example.net"))
        _ = play.after(.linkUp(domain: "example.net"))
        let effects = [play.after(.advanced)] + (1...4).map { _ in play.pass(1_000) }
        var keys: [WatchKey] = []
        for case .probe(let key) in effects.joined() { keys.append(key) }
        try #require(keys.count == 3)
        #expect(
            effects == [
                [.probe(keys[0])], [.probe(keys[1])],
                [.store(keys[0]), .changed(keys[0]), .probe(keys[2])],
                [.store(keys[1]), .changed(keys[1])], [.store(keys[2]), .changed(keys[2])],
            ]
        )
    }

    @Test("what a device says again takes no more room")
    func room() {
        var limits = PresenceLimits()
        limits.bytes = 10
        var play = Transcript(limits)
        play.approveInto()
        let full = Transcript.open("balcony", "1234567890")
        #expect(play.after(.said(key, full)) == news)
        _ = play.after(.linkDown(domain: "example.net"))
        #expect(play.after(.said(key, full)) == [])
        #expect(play.flow.bytes == 10)
        #expect(play.pass(60_000) == [])
    }
}
