import BridgeCore
import Testing

@Suite("A presentity of the CPIM shore whose state will not change")
struct FinalStateTests {
    private let key = Transcript.out
    private let orchard = Transcript.open("orchard")
    private let device = Transcript.juliet + "/balcony"

    /// Juliet saw a device of Romeo, and then that its state will not change.
    private func final() -> Transcript {
        var play = Transcript()
        play.approveOut()
        _ = play.after(.state(key, [orchard]))
        #expect(play.after(.ended(key, .final)) == [.store(key)])
        return play
    }

    @Test("SUB-012 RFC 6665 §4.1.3: it stays as it is, and nobody subscribes who was not asked to")
    func stays() {
        var play = final()
        #expect(play.flow.shown(to: key) == [orchard])
        #expect(play.after(.probed(key, by: device)) == [.show(key, [orchard], to: device)])
        #expect(play.after(.watcherOnline(key, device: "balcony", true)) == [])
        #expect(play.after(.watcherOnline(key, device: "balcony", false)) == [])
        #expect(play.after(.watcherOnline(key, device: "chamber", true)) == [])
        #expect(play.pass(7_200_000) == [])
        #expect(play.flow.deadline == nil)
        _ = play.after(.linkUp(domain: "example.net"))
        #expect(play.after(.advanced) == [.show(key, [orchard], to: nil)])
    }

    @Test("SUB-012: the watcher's next request, and an operator's repair, make a subscription that is one as before")
    func wished() {
        for event in [PresenceEvent.asked(key, request: "s2"), .repair(key)] {
            var play = final()
            let effects = play.after(event)
            #expect(effects.contains(.store(key)))
            #expect(effects.contains(.subscribe(key)) || effects.contains(.renew(key)))
            #expect(play.flow.record(of: key)?.isFinal == false)
            #expect(play.after(.admitted(key)) == [])
            #expect(play.after(.state(key, [orchard])) == [])
            #expect(play.after(.ended(key, .again)).last == .subscribe(key))
        }
    }

    @Test("SUB-012: the watcher can leave, and what it asks for then is a request like any other")
    func leaving() {
        var play = final()
        #expect(
            play.after(.unsubscribed(key, request: "u1")) == [
                .show(key, [Transcript.closed("orchard")], to: nil), .store(key), .tell(key, .refused), .forget(key),
            ]
        )
        #expect(play.after(.asked(key, request: "s2")) == [.store(key), .subscribe(key)])
    }

    @Test("SUB-012: a restart keeps it, and takes what was stored before there were such states for subscriptions")
    func restart() throws {
        let stored = final().flow.record(of: key)
        let record = try #require(stored)
        let read = try #require(WatchRecord(key: key, state: record.state, bytes: record.bytes))
        #expect(read.isFinal)
        var later = Transcript()
        later.flow.restore(read)
        #expect(later.after(.advanced) == [])
        #expect(later.after(.watcherOnline(key, device: "balcony", true)) == [])
        #expect(later.after(.probed(key, by: device)) == [.show(key, [orchard], to: device)])
        #expect(later.after(.repair(key)) == [.store(key), .renew(key)])
        var earlier = read
        earlier.isFinal = false
        var other = Transcript()
        other.flow.restore(earlier)
        #expect(other.after(.advanced) == [.subscribe(key)])
    }

    @Test("SUB-012 RFC 6121 §4.5: a gateway that stops hides the devices, and shows them again after the start")
    func goodbye() throws {
        var play = final()
        _ = play.after(.stopping)
        let stored = play.flow.record(of: key)
        let record = try #require(stored)
        #expect(record.parts == [orchard])
        var later = Transcript()
        later.flow.restore(record)
        _ = later.after(.linkUp(domain: "example.net"))
        #expect(later.after(.advanced) == [.show(key, [orchard], to: nil)])
        // So is what came within the pace.
        var held = Transcript()
        held.approveOut()
        _ = held.after(.state(key, [orchard]))
        let balcony = Transcript.open("balcony")
        #expect(held.after(.state(key, [balcony])) == [])
        _ = held.after(.ended(key, .final))
        #expect(held.flow.record(of: key)?.parts == [balcony])
    }
}
