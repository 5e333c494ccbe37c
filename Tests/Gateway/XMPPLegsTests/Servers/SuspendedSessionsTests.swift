import Testing

@testable import XMPPLegs
@testable import XMPPStreams

@Suite("SuspendedSessions: what is left of broken streams")
struct SuspendedSessionsTests {
    private let pair = DomainPair(normalized: "sip.example.com", "example.com")
    private let minute: UInt64 = 60_000_000_000

    private func left(_ id: String?) -> StreamManagement { StreamManagement(pair: pair, id: id, limits: .init()) }

    @Test("XEP-0198 §5: a broken stream may be resumed for five minutes, and once")
    func expiry() {
        var sessions = SuspendedSessions()
        for id in ["a", "b"] { sessions.keep(left(id), StreamArrivals(), now: minute) }
        #expect(sessions.take("a", for: [pair], now: 6 * minute - 1) != nil)
        #expect(sessions.take("a", for: [pair], now: minute) == nil)
        #expect(sessions.take("b", for: [pair], now: 6 * minute) == nil)
        #expect(sessions.take("c", for: [pair], now: minute) == nil)
    }

    @Test("Those that may not be resumed any more are forgotten, others are not")
    func forgetting() {
        var sessions = SuspendedSessions()
        sessions.keep(left("a"), StreamArrivals(), now: 0)
        sessions.keep(left("b"), StreamArrivals(), now: 1)
        sessions.forget(at: 5 * minute)
        // Asked for at a time when it could still be had.
        #expect(sessions.take("a", for: [pair], now: 0) == nil)
        #expect(sessions.take("b", for: [pair], now: 0) != nil)
    }

    @Test("XEP-0198 §5: a stream between other domains gets nothing, and takes nothing away")
    func otherDomains() {
        var sessions = SuspendedSessions()
        sessions.keep(left("a"), StreamArrivals(), now: 0)
        let other = DomainPair(normalized: "sip.example.com", "example.org")
        #expect(sessions.take("a", for: [other], now: 0) == nil)
        #expect(sessions.take("a", for: [], now: 0) == nil)
        #expect(sessions.take("a", for: [other, pair], now: 0) != nil)
    }

    @Test("A thousand are kept; of more, the one that would end first makes room, and none without an id")
    func capacity() {
        var sessions = SuspendedSessions()
        sessions.keep(left(nil), StreamArrivals(), now: 0)
        #expect(SuspendedSessions.capacity == 1_000)
        for number in 1...1_000 { sessions.keep(left("s\(number)"), StreamArrivals(), now: UInt64(number)) }
        sessions.keep(left("late"), StreamArrivals(), now: 2_000)
        #expect(sessions.take("s1", for: [pair], now: 0) == nil)
        for id in ["s2", "s1000", "late"] { #expect(sessions.take(id, for: [pair], now: 0) != nil) }
    }

    @Test("XEP-0198 §4: what the ledger has meanwhile counts as taken")
    func committedLater() throws {
        var sessions = SuspendedSessions()
        let arrivals = StreamArrivals()
        var management = left("a")
        for _ in 1...3 { management.arrived() }
        sessions.keep(management, arrivals, now: 0)
        arrivals.tell(2)
        let taken = sessions.take("a", for: [pair], now: 0)
        let session = try #require(taken)
        #expect(session.left.handled == 2)
        arrivals.tell(3)
        #expect(session.left.handled == 3)
    }
}
