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

    @Test("The end is known while the subscription stands")
    func expiry() throws {
        #expect(try TestedSubscriber.named("active").state.expiry == 3_600 * second)
        #expect(try TestedSubscriber.named("waiting").state.expiry == nil)
    }
}
