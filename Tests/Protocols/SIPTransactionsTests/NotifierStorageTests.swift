import SIPMessages
import SIPTransactions
import Testing

/// Subscriptions over a restart: how they are stored, and what their watchers are told after it.
@Suite("NotifierState: storage")
struct NotifierStorageTests {
    private func open(_ expires: String = "600", isAuthorized: Bool = true, now: UInt64 = 0) throws -> NotifierState {
        let request = try eventRequest("SUBSCRIBE", event: "presence;id=7", expires: expires)
        switch NotifierState.open(request, isAuthorized: isAuthorized, now: now) {
        case .opened(let state, _): return state
        case .refused(let answer): throw SIPError(.malformedHeader, "refused: \(describe(answer))")
        }
    }

    /// Stores a subscription and takes it up at 7 seconds, to tell at 8 seconds where it stands.
    private func restored(_ state: NotifierState, meanwhile seconds: UInt64 = 0) throws -> NotifierState {
        let bytes = try #require(state.stored(now: 0, date: 1_000_000))
        return try #require(
            NotifierState(stored: bytes, again: 8 * second, now: 7 * second, date: 1_000_000 + seconds)
        )
    }

    @Test("One that goes on keeps its expiry, and is told a pace after its time")
    func active() throws {
        let bytes = try #require(open(now: 50 * second).stored(now: 150 * second, date: 1_000_000))
        var state = try #require(
            NotifierState(stored: bytes, again: 8 * second, now: 7 * second, date: 1_000_100)
        )
        #expect(state.event == SIPEvent("presence", id: "7"))
        #expect(state.isActive)
        #expect(state.deadline == 13 * second)
        #expect(describe(state.timerFired(now: 13 * second - 1)) == "")
        #expect(describe(state.timerFired(now: 13 * second)) == "notify active;expires=394 +body")
        #expect(describe(state.answered(status: 200, now: 14 * second)) == "")
        #expect(state.deadline == 407 * second)
    }

    @Test("One that nobody has decided on is told so again, without a body")
    func pending() throws {
        var state = try restored(try open(isAuthorized: false))
        #expect(state.isPending && state.deadline == 13 * second)
        #expect(describe(state.timerFired(now: 13 * second)) == "notify pending;expires=594")
        #expect(describe(state.answered(status: 200, now: 14 * second)) == "")
        #expect(state.deadline == 607 * second)
    }

    @Test("RFC 6665 §4.2.1.2: what happens before that time is told at once, and nothing is told twice")
    func toldBefore() throws {
        let refresh = try eventRequest("SUBSCRIBE", event: "presence;id=7", expires: "600")
        let inputs: [(isActive: Bool, (inout NotifierState) -> [NotifierState.Action], String)] = [
            (true, { $0.changed(now: 9 * second) }, "notify active;expires=598 +body"),
            (false, { $0.authorize(now: 9 * second) }, "notify active;expires=598 +body"),
            (true, { $0.refresh(refresh, now: 9 * second) }, "200 Expires: 600, notify active;expires=600 +body"),
            (false, { $0.refresh(refresh, now: 9 * second) }, "200 Expires: 600, notify pending;expires=600"),
        ]
        for (isActive, perform, expected) in inputs {
            var state = try restored(try open(isAuthorized: isActive))
            #expect(describe(perform(&state)) == expected)
            #expect(describe(state.answered(status: 200, now: 10 * second)) == "")
            #expect(state.deadline == state.expiry, "\(expected)")
        }
        var ended = try restored(try open())
        #expect(describe(ended.end(.rejected, now: 9 * second)) == "notify terminated;reason=rejected")
        #expect(ended.deadline == nil)
    }

    @Test("SIP-SUB-010: one that ran out meanwhile is told so at its time")
    func late() throws {
        var state = try restored(try open(), meanwhile: 600)
        #expect(state.deadline == 8 * second)
        #expect(describe(state.timerFired(now: 8 * second - 1)) == "")
        #expect(describe(state.timerFired(now: 8 * second)) == "notify terminated;reason=timeout +body")
        #expect(try restored(try open(), meanwhile: 599).expiry == 8 * second)
        #expect(try restored(try open(), meanwhile: 598).expiry == 9 * second)
    }

    @Test(
        "RFC 6665 §4.2.2: the last NOTIFY, owed or open, is told again with its reason and without a document",
        arguments: SubscriptionState.Reason.standard + [.other("moved")],
        [nil, 1, 300] as [UInt32?]
    )
    func last(reason: SubscriptionState.Reason, retryAfter: UInt32?) throws {
        var owed = try open()
        #expect(describe(owed.end(reason, retryAfter: retryAfter, now: 0)) == "")
        var unanswered = owed
        #expect(describe(unanswered.answered(status: 200, now: 0)).hasPrefix("notify terminated;"))
        let refresh = try eventRequest("SUBSCRIBE", event: "presence;id=7", expires: "600")
        let expected = "notify \(SubscriptionState.terminated(reason, retryAfter: retryAfter))"
        for stored in [owed, unanswered] {
            var state = try restored(stored)
            #expect(!state.isActive && !state.isPending)
            #expect(state.event == SIPEvent("presence", id: "7"))
            let bytes = try #require(state.stored(now: 7 * second, date: 1_000_000))
            #expect(bytes == stored.stored(now: 0, date: 1_000_000))
            #expect(state.deadline == 8 * second)
            #expect(describe(state.changed(now: 8 * second)) == "")
            #expect(describe(state.refresh(refresh, now: 8 * second)) == "481")
            #expect(describe(state.timerFired(now: 8 * second - 1)) == "")
            #expect(describe(state.timerFired(now: 8 * second)) == expected)
            #expect(state.deadline == nil)
            #expect(describe(state.answered(status: 200, now: 9 * second)) == "ended")
            #expect(state.stored(now: 9 * second, date: 1_000_002) == nil)
        }
    }

    @Test("What is over, and a fetch that nobody has decided on, is not stored")
    func nothing() throws {
        #expect(try open("0", isAuthorized: false).stored(now: 0, date: 0) == nil)
        var state = try open()
        _ = state.timedOut()
        #expect(state.stored(now: 0, date: 0) == nil)
    }

    @Test("What an earlier version stored is read; what no version stored is not")
    func versions() throws {
        func read(_ bytes: [UInt8]) -> NotifierState? { NotifierState(stored: bytes, again: 0, now: 0, date: 0) }
        let version1: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 2, 0x58] + Array("presence".utf8)
        let pending = try #require(read(version1))
        #expect(pending.isPending)
        #expect(pending.event == .presence)
        #expect(pending.expiry == 600 * second)
        #expect(pending.stored(now: 0, date: 0) == version1)
        for end in 0..<11 { #expect(read(Array(version1.prefix(end))) == nil) }

        let reason = Array("rejected".utf8)
        let event = Array("presence".utf8)
        let head: [UInt8] = [2, 2, 0, 0, 0, 0, 0, 0, 2, 0x58, 0, 0, 0, 0, 8]
        var ended = try #require(read(head + reason + event))
        #expect(describe(ended.timerFired(now: 0)) == "notify terminated;reason=rejected")
        for end in 0...(head + reason).count { #expect(read(Array((head + reason + event).prefix(end))) == nil) }
        for (version, kind): (UInt8, UInt8) in [(1, 2), (2, 0), (2, 1), (2, 3), (3, 0), (0, 0)] {
            #expect(read([version, kind] + version1.dropFirst(2)) == nil)
            #expect(read([version, kind] + (head + reason + event).dropFirst(2)) == nil)
        }
    }
}
