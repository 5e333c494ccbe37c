import SIPTransactions
import Testing

@Suite("SubscriberState before it is due")
struct SubscriberRefreshTests {
    @Test(
        "RFC 6665 §4.1.2.2: a refresh goes out at once in the dialog, and never twice; nothing stands outside of one",
        arguments: [
            ("idle", ""), ("waiting", ""), ("subscribing", ""), ("answered", ""),
            ("pending", "send 3600 dialog 2"), ("active", "send 3600 dialog 2"), ("refreshing", ""), ("leaving", ""),
            ("ended", ""),
        ]
    )
    func refresh(_ name: String, _ expected: String) throws {
        var tested = try TestedSubscriber.named(name)
        #expect(describe(tested.state.refresh(now: 100 * second)) == expected)
        #expect(describe(tested.state.refresh(now: 100 * second)) == "")
    }

    @Test("RFC 6665 §4.1.2.4: a NOTIFY has to follow within timer N")
    func noNotify() throws {
        var tested = try TestedSubscriber.named("active")
        for case .send(let subscribe) in tested.state.refresh(now: 100 * second) { tested.attempt = subscribe.attempt }
        #expect(try tested.answer(200, sequence: 2, at: 100 * second) == "")
        #expect(tested.fire(132 * second) == "noNotify lost")
    }

    @Test("The refresh of a subscription that stands is due from 90 % to its end, and not while a SUBSCRIBE is out")
    func isRefreshDue() throws {
        for name in ["idle", "waiting", "subscribing", "answered", "refreshing", "leaving", "ended"] {
            #expect(try !TestedSubscriber.named(name).state.isRefreshDue(now: 3_300 * second))
        }
        let state = try TestedSubscriber.named("active").state
        #expect(!state.isRefreshDue(now: 3_239 * second) && state.isRefreshDue(now: 3_240 * second))
        #expect(state.isRefreshDue(now: 3_599 * second) && !state.isRefreshDue(now: 3_600 * second))
        var failed = try TestedSubscriber.named("active")
        for case .send(let next) in failed.state.refresh(now: 3_241 * second) { failed.attempt = next.attempt }
        _ = try failed.answer(500, sequence: 2, at: 3_241 * second)
        #expect(failed.state.deadline == 3_271 * second)
        #expect(!failed.state.isRefreshDue(now: 3_300 * second))
    }

    @Test(
        "SUB-014 RFC 8048 §5.2.2: a refusal ends what stands at once where the caller says so, without another try",
        arguments: [403, 423, 481, 500, 603]
    )
    func refusal(status: Int) throws {
        var tested = try TestedSubscriber.named("refreshing")
        #expect(try tested.refuse(status, sequence: 2, at: 3_241 * second) == "refused \(status) lost")
        #expect(tested.state.phase == nil && tested.state.deadline == nil)
        #expect(try tested.notify(sequence: 2, at: 3_242 * second) == "481")
    }

    @Test("RFC 6665 §4.1.2.1: what the caller says of a refusal counts for nothing but what stands")
    func refusalOfOthers() throws {
        var subscribing = try TestedSubscriber.named("subscribing")
        #expect(try subscribing.refuse(481) == "send 3600 fresh 1")
        var leaving = try TestedSubscriber.named("leaving")
        #expect(try leaving.refuse(403, sequence: 2) == "unsubscribed, ended")
        var active = try TestedSubscriber.named("active")
        #expect(try active.refuse(403) == "")
        #expect(active.state.phase == .active)
    }

    @Test("The end is known while the subscription stands")
    func expiry() throws {
        #expect(try TestedSubscriber.named("active").state.expiry == 3_600 * second)
        #expect(try TestedSubscriber.named("waiting").state.expiry == nil)
    }
}

extension TestedSubscriber {
    /// The last SUBSCRIBE is answered with what the caller takes for the end.
    fileprivate mutating func refuse(_ status: Int, sequence: Int = 1, at now: UInt64 = 0) throws -> String {
        let outcome = try subscribeResponse(status, sequence: sequence, lines: "Min-Expires: 7200")
        return describe(state.finished(attempt, with: outcome, isEnd: true, now: now))
    }
}
