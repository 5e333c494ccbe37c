import SIPMessages
import SIPTransactions
import Testing

/// A subscription with short inputs and described actions.
struct TestedSubscriber {
    var state = SubscriberState()
    var attempt: UInt32 = 0

    init(_ state: SubscriberState = SubscriberState()) { self.state = state }

    private mutating func note(_ actions: [SubscriberState.Action]) -> String {
        for case .send(let subscribe) in actions { attempt = subscribe.attempt }
        return describe(actions)
    }

    mutating func start(_ now: UInt64 = 0) -> String { note(state.start(now: now)) }

    mutating func answer(
        _ status: Int,
        sequence: Int = 1,
        toTag: String = "theirs",
        lines: String = "",
        at now: UInt64 = 0
    ) throws -> String {
        let outcome = try subscribeResponse(status, sequence: sequence, toTag: toTag, lines: lines)
        return note(state.finished(attempt, with: outcome, now: now))
    }

    mutating func finish(_ outcome: ClientOutcome, at now: UInt64 = 0) -> String {
        note(state.finished(attempt, with: outcome, now: now))
    }

    mutating func notify(
        _ told: String? = "active;expires=3600",
        sequence: Int = 1,
        event: String? = "presence",
        fromTag: String = "theirs",
        contact: String? = "<sip:a@192.0.2.7>",
        lines: String = "",
        body: String = "",
        at now: UInt64 = 0
    ) throws -> String {
        let fields = [told.map { "Subscription-State: \($0)" }, lines.isEmpty ? nil : lines].compactMap { $0 }
        let request = try eventRequest(
            "NOTIFY",
            event: event,
            fromTag: fromTag,
            toTag: "ours",
            sequence: sequence,
            contact: contact,
            lines: fields.joined(separator: "\n"),
            body: body
        )
        return note(state.notified(request, now: now))
    }

    mutating func fire(_ now: UInt64) -> String { note(state.timerFired(now: now)) }

    mutating func unsubscribe(_ now: UInt64 = 0) -> String { note(state.unsubscribe(now: now)) }

    mutating func stop() -> String { note(state.stop()) }

    /// A subscription in a state of this name.
    static func named(_ name: String) throws -> TestedSubscriber {
        var tested = TestedSubscriber(SubscriberState(expires: name.hasPrefix("fetching") ? 0 : 3_600))
        if name == "idle" { return tested }
        if name == "waiting" {
            tested.state.retry(at: 500 * second)
            return tested
        }
        if name == "ended" {
            _ = tested.stop()
            return tested
        }
        _ = tested.start()
        if name == "subscribing" || name == "fetching" { return tested }
        if name == "leaving early" {
            _ = tested.unsubscribe()
            return tested
        }
        _ = try tested.answer(200, lines: "Expires: 3600")
        if name == "answered" || name == "fetching answered" { return tested }
        _ = try tested.notify(name == "pending" ? "pending;expires=3600" : "active;expires=3600")
        if name == "refreshing" { _ = tested.fire(3_240 * second) }
        if name == "leaving" { _ = tested.unsubscribe() }
        if name == "leaving confirmed" {
            _ = tested.unsubscribe()
            _ = try tested.answer(200, sequence: 2)
        }
        return tested
    }
}

@Suite("SubscriberState")
struct SubscriberStateTests {
    @Test("RFC 6665 §4.1.2.1: SUBSCRIBE, 200, NOTIFY pending, NOTIFY active")
    func subscribes() throws {
        var tested = TestedSubscriber()
        #expect(tested.start() == "send 3600 fresh 1")
        #expect(tested.state.deadline == 32 * second)
        #expect(try tested.answer(200, lines: "Expires: 3600", at: second) == "")
        #expect(tested.state.phase == nil)
        #expect(try tested.notify("pending;expires=3600", body: "x", at: second) == "200, pending +body")
        #expect(tested.state.phase == .pending)
        #expect(try tested.notify(sequence: 2, body: "x", at: 2 * second) == "200, active first +body")
        #expect(try tested.notify(sequence: 3, at: 3 * second) == "200, active")
        #expect(tested.state.phase == .active)
        #expect(tested.state.dialog?.requestKey == DialogKey(callID: "call", localTag: "ours", remoteTag: nil))
        var known = TestedSubscriber(SubscriberState(wasActive: true))
        _ = known.start()
        #expect(try known.notify() == "200, active")
        var odd = TestedSubscriber()
        _ = odd.start()
        #expect(try odd.notify("waiting;expires=3600", body: "x") == "200, pending +body")
    }

    @Test("SIP-SUB-015 RFC 6665 §4.1.2.4: a NOTIFY before the 200 counts, and none within timer N is a failure")
    func timerN() throws {
        var early = TestedSubscriber()
        _ = early.start()
        #expect(try early.notify("active;expires=600", body: "x") == "200, active first +body")
        #expect(try early.answer(200, lines: "Expires: 3600") == "")
        #expect(early.state.deadline == 540 * second)
        var silent = TestedSubscriber()
        _ = silent.start()
        _ = try silent.answer(202, at: second)
        #expect(silent.fire(32 * second - 1) == "")
        #expect(silent.fire(32 * second) == "noNotify")
        #expect(silent.state.deadline == nil)
        #expect(try silent.notify(at: 33 * second) == "481")
        var refreshed = try TestedSubscriber.named("refreshing")
        _ = try refreshed.answer(200, sequence: 2, at: 3_241 * second)
        #expect(refreshed.state.deadline == 3_272 * second)
        #expect(refreshed.fire(3_272 * second) == "noNotify lost")
        var short = TestedSubscriber(SubscriberState(patience: second))
        _ = short.start()
        #expect(short.state.deadline == second)
    }

    @Test("SIP-SUB-016 RFC 6665 §4.1.3: the checks of a NOTIFY")
    func notifyChecks() throws {
        var tested = try TestedSubscriber.named("active")
        #expect(try tested.notify(nil, sequence: 2) == "400")
        #expect(try tested.notify("active;expires=x", sequence: 2) == "400")
        #expect(try tested.notify(sequence: 2, event: nil) == "489 Allow-Events: presence")
        #expect(try tested.notify(sequence: 2, event: "dialog") == "489 Allow-Events: presence")
        #expect(try tested.notify(sequence: 2, event: "presence;id=7") == "481")
        #expect(try tested.notify(sequence: 2, event: "a/b") == "400")
        #expect(try tested.notify(sequence: 2) == "200, active")
        var unreachable = TestedSubscriber()
        _ = unreachable.start()
        #expect(try unreachable.notify(contact: "*") == "400")
        #expect(unreachable.state.dialog == nil)
        #expect(try unreachable.notify("terminated;reason=rejected", contact: nil) == "200, terminated rejected")
    }

    @Test("SIP-SUB-019 RFC 3856 §6.9: of forked NOTIFYs the first is kept")
    func forks() throws {
        var tested = TestedSubscriber()
        _ = tested.start()
        _ = try tested.answer(200)
        _ = try tested.notify()
        #expect(try tested.notify(fromTag: "fork", at: second) == "481")
        #expect(try tested.notify("terminated", fromTag: "fork", at: second) == "481")
        #expect(try tested.notify(sequence: 2, at: second) == "200, active")
    }

    @Test("SIP-SUB-020 RFC 3856 §6.8: a late NOTIFY gets 500, and the body is that of the highest number")
    func order() throws {
        var tested = TestedSubscriber()
        _ = tested.start()
        #expect(try tested.notify(sequence: 7, body: "x") == "200, active first +body")
        #expect(try tested.notify(sequence: 8) == "200, active")
        #expect(try tested.notify(sequence: 6, body: "x") == "500")
        #expect(try tested.notify(sequence: 8, body: "x") == "500")
    }

    @Test("SUB-019 SUB-022 RFC 6665 §4.1.3: refreshed at 90 % or 30 s before the expiry that the notifier tells")
    func refreshTimes() throws {
        let cases: [(UInt64, UInt64)] = [
            (3_600, 3_240), (600, 540), (499, 449), (300, 270), (200, 170), (60, 30), (40, 20), (30, 15), (20, 10),
            (8, 5),
        ]
        for (expires, refresh) in cases {
            var tested = TestedSubscriber()
            _ = tested.start()
            _ = try tested.answer(200, lines: "Expires: 3600")
            _ = try tested.notify("active;expires=\(expires)", at: second)
            let deadline = try #require(tested.state.deadline)
            #expect(deadline / second == refresh + 1, "\(expires)")
            #expect(tested.fire(deadline) == "send 3600 dialog 2")
        }
        var hasty = TestedSubscriber()
        _ = hasty.start()
        _ = try hasty.answer(200)
        _ = try hasty.notify("active;expires=0")
        #expect(hasty.fire(0) == "expired lost")
        var byResponse = TestedSubscriber()
        _ = byResponse.start()
        _ = try byResponse.answer(200, lines: "Expires: 600")
        _ = try byResponse.notify("active")
        #expect(byResponse.state.deadline == 540 * second)
        var asked = TestedSubscriber()
        _ = asked.start()
        _ = try asked.notify("active")
        #expect(asked.state.deadline == 3_600 * second)
        _ = try asked.answer(200, lines: "Expires: 600")
        #expect(asked.state.deadline == 540 * second)
    }

    @Test("RFC 6665 §4.1.2.2: a refresh goes on with the expiry of its 200 and NOTIFY, whichever comes first")
    func refreshes() throws {
        for isNotifyFirst in [true, false] {
            for told in ["active;expires=3600", "active"] {
                var tested = try TestedSubscriber.named("refreshing")
                let now = 3_241 * second
                if isNotifyFirst { #expect(try tested.notify(told, sequence: 2, at: now) == "200, active") }
                #expect(try tested.answer(200, sequence: 2, lines: "Expires: 3600", at: now) == "")
                if !isNotifyFirst { #expect(try tested.notify(told, sequence: 2, at: now) == "200, active") }
                #expect(tested.state.deadline == now + 3_240 * second)
                #expect(tested.fire(now + 3_240 * second) == "send 3600 dialog 3")
            }
        }
    }

    @Test("RFC 3261 §22.2: numbers that the answer to a challenge took are not used again")
    func challenges() throws {
        var tested = TestedSubscriber()
        _ = tested.start()
        _ = try tested.answer(200, sequence: 2)
        _ = try tested.notify()
        #expect(tested.fire(3_240 * second) == "send 3600 dialog 3")
        _ = try tested.answer(200, sequence: 4, at: 3_240 * second)
        _ = try tested.notify(sequence: 2, at: 3_240 * second)
        #expect(tested.unsubscribe(3_250 * second) == "send 0 dialog 5")
    }

    @Test("RFC 3261 §8.1.1.5: a number that a peer makes up is not followed")
    func inventedNumbers() throws {
        for number in [11, 4_294_967_295] {
            var tested = TestedSubscriber()
            _ = tested.start()
            #expect(try tested.answer(423, sequence: number, lines: "Min-Expires: 7200") == "send 7200 again 2")
            _ = try tested.notify()
            _ = try tested.answer(200, sequence: number)
            #expect(tested.unsubscribe() == "send 0 dialog 3")
        }
    }

    @Test("RFC 3261 §12.2.1.2: a 200 in the dialog moves the peer, one of another branch does not")
    func target() throws {
        var tested = try TestedSubscriber.named("refreshing")
        var other = tested
        _ = try tested.answer(200, sequence: 2, lines: "Contact: <sip:moved@h>", at: 3_241 * second)
        var dialog = try #require(tested.state.dialog)
        #expect(dialog.nextRequest(.subscribe).uri == "sip:moved@h")
        _ = try other.answer(200, sequence: 2, toTag: "x", lines: "Contact: <sip:moved@h>", at: 3_241 * second)
        dialog = try #require(other.state.dialog)
        #expect(dialog.nextRequest(.subscribe).uri == "sip:a@192.0.2.7")
    }

    @Test("SUB-016 RFC 3261 §21.4.17: 423 is followed once, and its duration stays")
    func tooBrief() throws {
        var tested = TestedSubscriber()
        _ = tested.start()
        #expect(try tested.answer(423, lines: "Min-Expires: 7200") == "send 7200 again 2")
        #expect(try tested.answer(423, sequence: 2, lines: "Min-Expires: 9000") == "refused 423")
        for lines in ["", "Min-Expires: 3600", "Min-Expires: x"] {
            var useless = TestedSubscriber()
            _ = useless.start()
            #expect(try useless.answer(423, lines: lines) == "refused 423")
        }
        var refreshed = try TestedSubscriber.named("refreshing")
        #expect(
            try refreshed.answer(423, sequence: 2, lines: "Min-Expires: 7200", at: 3_241 * second)
                == "send 7200 dialog 3"
        )
        _ = try refreshed.answer(200, sequence: 3, at: 3_242 * second)
        _ = try refreshed.notify("active;expires=7200", sequence: 2, at: 3_242 * second)
        #expect(refreshed.fire(3_242 * second + 6_480 * second) == "send 7200 dialog 4")
        #expect(
            try refreshed.answer(423, sequence: 4, lines: "Min-Expires: 8000", at: 9_722 * second)
                == "send 8000 dialog 5"
        )
        var fetch = try TestedSubscriber.named("fetching")
        #expect(try fetch.answer(423, lines: "Min-Expires: 60") == "refused 423, ended")
    }

    @Test("SUB-016 RFC 6665 §4.1.2.2: 481 means another dialog, once")
    func renewal() throws {
        var tested = try TestedSubscriber.named("refreshing")
        #expect(try tested.answer(481, sequence: 2, at: 3_241 * second) == "send 3600 fresh 1")
        #expect(tested.state.dialog == nil)
        #expect(try tested.answer(481, at: 3_242 * second) == "refused 481 lost")
        var again = try TestedSubscriber.named("refreshing")
        _ = try again.answer(481, sequence: 2, at: 3_241 * second)
        #expect(try again.notify(fromTag: "other", at: 3_242 * second) == "200, active")
        _ = try again.answer(200, toTag: "other", at: 3_242 * second)
        let refresh = try #require(again.state.deadline)
        _ = again.fire(refresh)
        #expect(try again.answer(481, sequence: 2, toTag: "other", at: refresh) == "send 3600 fresh 1")
        var first = TestedSubscriber()
        _ = first.start()
        #expect(try first.answer(481) == "send 3600 fresh 1")
        #expect(try first.answer(481) == "refused 481")
    }

    @Test(
        "SIP-SUB-017 RFC 6665 §4.1.2.2: what ends a subscription when it is refreshed",
        arguments: [404, 405, 410, 416, 480, 482, 483, 484, 485, 489, 501, 604]
    )
    func endingStatus(status: Int) throws {
        var tested = try TestedSubscriber.named("refreshing")
        #expect(
            try tested.answer(status, sequence: 2, lines: "Retry-After: 9", at: 3_241 * second)
                == "refused \(status) 9 lost"
        )
        #expect(tested.state.phase == nil)
        #expect(try tested.notify(sequence: 2, at: 3_242 * second) == "481")
    }

    @Test(
        "SIP-SUB-017 RFC 6665 §4.1.2.2: other errors keep it until its expiry, with tries in between",
        arguments: [302, 400, 403, 408, 486, 500, 503, 600, 603]
    )
    func keepingStatus(status: Int) throws {
        var tested = try TestedSubscriber.named("refreshing")
        #expect(try tested.answer(status, sequence: 2, at: 3_240 * second) == "")
        #expect(tested.state.phase == .active)
        var times: [UInt64] = []
        var sequence = 3
        while let deadline = tested.state.deadline, deadline < 3_600 * second {
            times.append(deadline / second)
            #expect(tested.fire(deadline) == "send 3600 dialog \(sequence)")
            _ = try tested.answer(status, sequence: sequence, at: deadline)
            sequence += 1
        }
        #expect(times == [3_270, 3_330, 3_450])
        #expect(tested.fire(3_600 * second) == "expired lost")
        #expect(tested.state.deadline == nil)
    }

    @Test("RFC 6665 §4.1.2.2: a refresh without an answer is tried again, after Retry-After and not for a NOTIFY")
    func unansweredRefresh() throws {
        var tested = try TestedSubscriber.named("refreshing")
        #expect(tested.finish(.timeout, at: 3_272 * second) == "")
        #expect(tested.state.deadline == 3_302 * second)
        #expect(try tested.notify("active;expires=320", sequence: 2, at: 3_280 * second) == "200, active")
        #expect(tested.state.deadline == 3_302 * second)
        _ = tested.fire(3_302 * second)
        #expect(tested.finish(.transportError(wasSent: true), at: 3_303 * second) == "")
        #expect(tested.state.deadline == 3_363 * second)
        _ = tested.fire(3_363 * second)
        #expect(try tested.answer(503, sequence: 4, lines: "Retry-After: 200", at: 3_364 * second) == "")
        #expect(tested.state.deadline == 3_564 * second)
        _ = tested.fire(3_564 * second)
        #expect(try tested.answer(200, sequence: 5, lines: "Expires: 3600", at: 3_565 * second) == "")
        #expect(try tested.notify(sequence: 3, at: 3_565 * second) == "200, active")
        #expect(tested.state.deadline == 6_805 * second)
    }

    @Test("SUB-014 SUB-015 SUB-017: an initial SUBSCRIBE that fails is told with its status")
    func refused() throws {
        for status in [302, 400, 403, 404, 408, 480, 489, 500, 503, 603, 604] {
            var tested = TestedSubscriber()
            _ = tested.start()
            #expect(try tested.answer(status, lines: "Retry-After: 120") == "refused \(status) 120")
            #expect(tested.state.deadline == nil)
        }
        for outcome in [ClientOutcome.timeout, .transportError(wasSent: false)] {
            var tested = TestedSubscriber()
            _ = tested.start()
            #expect(tested.finish(outcome) == "unanswered")
        }
    }

    @Test(
        "SIP-SUB-018 RFC 6665 §4.1.3: the reason is told, and what follows is the caller's to say",
        arguments: SubscriptionState.Reason.standard + [.other("because")]
    )
    func reasons(reason: SubscriptionState.Reason) throws {
        var tested = try TestedSubscriber.named("active")
        let told = SubscriptionState.terminated(reason, retryAfter: 120).description
        #expect(try tested.notify(told, sequence: 2, body: "x") == "200, terminated \(reason.name) 120 +body")
        #expect(tested.state.phase == nil)
        #expect(tested.state.deadline == nil)
        tested.state.retry(at: 120 * second)
        #expect(tested.state.deadline == 120 * second)
        #expect(tested.fire(119 * second) == "")
        #expect(tested.fire(120 * second) == "send 3600 fresh 1")
        #expect(try tested.notify(at: 121 * second) == "200, active")
        var bare = try TestedSubscriber.named("active")
        #expect(try bare.notify("terminated", sequence: 2) == "200, terminated -")
        #expect(bare.stop() == "ended")
    }

    @Test("SUB-023 SUB-024 SUB-025 RFC 6665 §4.1.2.3: the end is asked for in the dialog")
    func unsubscribes() throws {
        var tested = try TestedSubscriber.named("active")
        #expect(tested.unsubscribe(second) == "send 0 dialog 2")
        #expect(try tested.notify(sequence: 2, body: "x", at: second) == "200")
        #expect(try tested.answer(200, sequence: 2, lines: "Expires: 0", at: 2 * second) == "unsubscribed")
        #expect(try tested.notify("terminated;reason=timeout", sequence: 3, body: "x", at: 2 * second) == "200, ended")
        var quick = try TestedSubscriber.named("active")
        _ = quick.unsubscribe(second)
        #expect(try quick.notify("terminated", sequence: 2, at: second) == "200, unsubscribed, ended")
        #expect(try quick.answer(200, sequence: 2, at: second) == "")
        var silent = try TestedSubscriber.named("active")
        _ = silent.unsubscribe(second)
        _ = try silent.answer(200, sequence: 2, at: 2 * second)
        #expect(silent.fire(33 * second) == "ended")
        var lost = try TestedSubscriber.named("active")
        _ = lost.unsubscribe(second)
        #expect(lost.finish(.timeout, at: 33 * second) == "unsubscribed, ended")
    }

    @Test("RFC 6665 §4.1.2.3: the end waits for a dialog and for the SUBSCRIBE that is out")
    func unsubscribesEarly() throws {
        var tested = TestedSubscriber()
        _ = tested.start()
        #expect(tested.unsubscribe() == "")
        #expect(try tested.notify(body: "x", at: second) == "200")
        #expect(try tested.answer(200, at: second) == "send 0 dialog 2")
        #expect(try tested.answer(200, sequence: 2, at: 2 * second) == "unsubscribed")
        var answered = try TestedSubscriber.named("answered")
        #expect(answered.unsubscribe() == "")
        #expect(try answered.notify(at: second) == "200, send 0 dialog 2")
        var refused = try TestedSubscriber.named("leaving early")
        #expect(try refused.answer(500) == "unsubscribed, ended")
        var over = try TestedSubscriber.named("leaving early")
        #expect(try over.notify("terminated;reason=rejected") == "200, unsubscribed, ended")
        var silent = try TestedSubscriber.named("leaving early")
        _ = try silent.answer(200)
        #expect(silent.fire(32 * second) == "unsubscribed, ended")
        var refreshing = try TestedSubscriber.named("refreshing")
        #expect(refreshing.unsubscribe(3_241 * second) == "")
        #expect(try refreshing.answer(500, sequence: 2, at: 3_242 * second) == "send 0 dialog 3")
        var gone = try TestedSubscriber.named("refreshing")
        _ = gone.unsubscribe(3_241 * second)
        #expect(try gone.answer(404, sequence: 2, at: 3_242 * second) == "unsubscribed, ended")
    }

    @Test("SUB-028 SUB-029 RFC 6665 §4.4.3: a fetch ends with the NOTIFY")
    func fetch() throws {
        var tested = TestedSubscriber(SubscriberState(expires: 0))
        #expect(tested.state.isFetch)
        #expect(tested.start() == "send 0 fresh 1")
        #expect(try tested.answer(200, lines: "Expires: 0", at: second) == "")
        #expect(
            try tested.notify("terminated;reason=timeout", body: "x", at: second)
                == "200, terminated timeout +body, ended"
        )
        var refused = try TestedSubscriber.named("fetching")
        #expect(try refused.answer(481) == "refused 481, ended")
        var silent = try TestedSubscriber.named("fetching")
        #expect(silent.finish(.timeout) == "unanswered, ended")
        var mute = try TestedSubscriber.named("fetching answered")
        #expect(mute.fire(32 * second) == "noNotify, ended")
        var stubborn = try TestedSubscriber.named("fetching answered")
        #expect(try stubborn.notify("active;expires=3600", body: "x") == "200, active first +body")
        #expect(stubborn.fire(32 * second) == "ended")
    }

    @Test("The end of an older SUBSCRIBE is passed over")
    func staleAttempts() throws {
        var tested = try TestedSubscriber.named("refreshing")
        let stale = tested.attempt
        _ = try tested.notify("terminated;reason=deactivated", sequence: 2, at: 3_241 * second)
        #expect(tested.start(3_241 * second) == "send 3600 fresh 1")
        let outcome = try subscribeResponse(500, sequence: 2)
        #expect(tested.state.finished(stale, with: outcome, now: 3_242 * second) == [])
        #expect(try tested.answer(200, at: 3_242 * second) == "")
        #expect(try tested.answer(500, at: 3_242 * second) == "")
    }
}
