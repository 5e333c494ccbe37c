import SIPMessages
import SIPTransactions
import Testing

@Suite("NotifierState")
struct NotifierStateTests {
    private func open(
        _ request: SIPRequest,
        limits: EventLimits = EventLimits(),
        isAuthorized: Bool = true,
        now: UInt64 = 0
    ) throws -> (NotifierState, String) {
        switch NotifierState.open(request, limits: limits, isAuthorized: isAuthorized, now: now) {
        case .opened(let state, let actions): return (state, describe(actions))
        case .refused(let answer): throw SIPError(.malformedHeader, "refused: \(describe(answer))")
        }
    }

    private func refusal(_ request: SIPRequest, limits: EventLimits = EventLimits()) -> String? {
        guard case .refused(let answer) = NotifierState.open(request, limits: limits, isAuthorized: true, now: 0) else {
            return nil
        }
        return describe(answer)
    }

    private func subscribe(_ expires: String? = "600", event: String? = "presence") throws -> SIPRequest {
        try eventRequest("SUBSCRIBE", event: event, expires: expires)
    }

    @Test("SIP-SUB-001 SIP-SUB-002 SIP-SUB-003 RFC 6665 §4.2.1.2: 200, and a NOTIFY at once")
    func opens() throws {
        #expect(try open(subscribe()).1 == "200 Expires: 600, notify active;expires=600 +body")
        #expect(
            try open(subscribe(), isAuthorized: false).1 == "200 Expires: 600, notify pending;expires=600"
        )
        #expect(try open(subscribe(event: "presence;id=7")).0.event == SIPEvent("presence", id: "7"))
    }

    @Test("SIP-SUB-004 RFC 3856 §6.4: the duration is 3600 unless asked for, and never above what is asked")
    func durations() throws {
        let limits = EventLimits(maximum: 7_200)
        let cases: [(String?, EventLimits, String)] = [
            (nil, EventLimits(), "3600"), ("999999999", EventLimits(), "3600"), ("60", EventLimits(), "60"),
            ("3599", EventLimits(), "3599"), (nil, limits, "3600"), ("99999999999999", limits, "7200"),
            ("3600", EventLimits(minimum: 7_200), "3600"), (nil, EventLimits(maximum: 600), "600"),
        ]
        for (asked, limits, granted) in cases {
            #expect(try open(subscribe(asked), limits: limits).1.hasPrefix("200 Expires: \(granted),"), "\(granted)")
        }
    }

    @Test("SIP-SUB-005 SIP-SUB-007 SIP-SUB-008 RFC 6665 §4.2.1.1: the checks and their order")
    func refusals() throws {
        let allow = "489 Allow-Events: presence"
        for event in ["frobs", "Presence", nil, "presence" + String(repeating: ".winfo", count: 1_000)] {
            #expect(refusal(try subscribe(event: event)) == allow)
        }
        #expect(refusal(try subscribe(event: "presence;;")) == "400")
        #expect(refusal(try subscribe("1")) == "423 Min-Expires: 60")
        #expect(refusal(try subscribe("59")) == "423 Min-Expires: 60")
        #expect(refusal(try subscribe("3599"), limits: EventLimits(minimum: 7_200)) == "423 Min-Expires: 3600")
        #expect(refusal(try subscribe("soon")) == "400")
        #expect(
            refusal(try eventRequest("SUBSCRIBE", lines: "Accept: text/x")) == "406 Accept: application/pidf+xml"
        )
        #expect(refusal(try eventRequest("SUBSCRIBE", lines: "Accept: application/*")) == nil)
        #expect(refusal(try eventRequest("SUBSCRIBE", contact: nil)) == "400")
        #expect(refusal(try eventRequest("SUBSCRIBE", contact: "*")) == "400")
        let order: [(String?, String?, String, String, String)] = [
            ("x", nil, "Accept: a/b", "1", allow), ("presence", nil, "Accept: a/b", "1", "400"),
            ("presence", "<sip:a@h>", "Accept: a/b", "1", "406 Accept: application/pidf+xml"),
        ]
        for (event, contact, lines, expires, expected) in order {
            let request = try eventRequest("SUBSCRIBE", event: event, expires: expires, contact: contact, lines: lines)
            #expect(refusal(request) == expected)
        }
    }

    @Test("SIP-SUB-006 RFC 6665 §4.4.3: Expires 0 outside a dialog is a fetch")
    func fetch() throws {
        var (state, actions) = try open(subscribe("0"))
        #expect(actions == "200 Expires: 0, notify terminated;reason=timeout +body")
        #expect(state.deadline == nil)
        #expect(describe(state.refresh(try subscribe("600"), now: 1)) == "481")
        #expect(describe(state.answered(status: 200, now: 1)) == "ended")
    }

    @Test("SIP-SUB-006 RFC 3856 §6.6.2: a fetch waits a little for authorization")
    func undecidedFetch() throws {
        func fetch() throws -> NotifierState {
            let (state, actions) = try open(subscribe("0"), isAuthorized: false)
            #expect(actions == "200 Expires: 0")
            #expect(state.isPending)
            #expect(state.deadline == 3 * second)
            return state
        }
        var decided = try fetch()
        #expect(describe(decided.authorize(now: second)) == "notify terminated;reason=timeout +body")
        #expect(!decided.isPending)
        var refused = try fetch()
        #expect(describe(refused.end(.rejected, now: second)) == "notify terminated;reason=rejected")
        var silent = try fetch()
        #expect(describe(silent.timerFired(now: 3 * second - 1)) == "")
        #expect(describe(silent.timerFired(now: 3 * second)) == "notify terminated;reason=timeout")
    }

    @Test("SIP-SUB-009 RFC 6665 §4.2.1.4: a refresh brings a later expiry and a NOTIFY with the whole state")
    func refresh() throws {
        var state = try open(subscribe()).0
        _ = state.answered(status: 200, now: 0)
        #expect(
            describe(state.refresh(try subscribe("600"), now: 300 * second))
                == "200 Expires: 600, notify active;expires=600 +body"
        )
        #expect(state.deadline == 900 * second)
        #expect(describe(state.refresh(try subscribe("5"), now: 301 * second)) == "423 Min-Expires: 60")
        #expect(describe(state.refresh(try subscribe("x"), now: 301 * second)) == "400")
        #expect(describe(state.refresh(try subscribe("600", event: "presence;id=1"), now: 301 * second)) == "481")
        #expect(state.deadline == 900 * second)
        #expect(describe(state.refresh(try subscribe(nil), now: 400 * second)) == "200 Expires: 3600")
        #expect(describe(state.answered(status: 200, now: 401 * second)) == "notify active;expires=3599 +body")
    }

    @Test("SIP-SUB-010 RFC 6665 §4.2.2: an expired subscription is told, then removed")
    func expiry() throws {
        var state = try open(subscribe("3600")).0
        _ = state.answered(status: 200, now: 0)
        #expect(describe(state.timerFired(now: 3_600 * second - 1)) == "")
        #expect(describe(state.timerFired(now: 3_601 * second)) == "notify terminated;reason=timeout +body")
        #expect(state.deadline == nil)
        #expect(describe(state.answered(status: 500, now: 3_602 * second)) == "ended")
        var pending = try open(subscribe("3600"), isAuthorized: false).0
        _ = pending.answered(status: 200, now: 0)
        #expect(describe(pending.timerFired(now: 3_600 * second)) == "notify terminated;reason=timeout")
    }

    @Test(
        "SIP-SUB-011 RFC 6665 §4.2.2: what ends a subscription without another word",
        arguments: [404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]
    )
    func endingStatus(status: Int) throws {
        var state = try open(subscribe()).0
        #expect(describe(state.answered(status: status, now: second)) == "refused \(status)")
        #expect(describe(state.changed(now: 10 * second)) == "")
        #expect(state.deadline == nil)
    }

    @Test(
        "SIP-SUB-011 RFC 6665 §4.2.2: other errors keep it, and the document is sent later",
        arguments: [302, 400, 401, 403, 406, 408, 486, 500, 503, 600, 603]
    )
    func keepingStatus(status: Int) throws {
        var state = try open(subscribe()).0
        #expect(describe(state.answered(status: status, now: second)) == "")
        #expect(state.deadline == 11 * second)
        #expect(describe(state.changed(now: 2 * second)) == "")
        #expect(describe(state.timerFired(now: 11 * second)) == "notify active;expires=589 +body")
        #expect(describe(state.answered(status: status, retryAfter: 100, now: 12 * second)) == "")
        #expect(state.deadline == 112 * second)
        _ = state.timerFired(now: 112 * second)
        #expect(describe(state.answered(status: 200, now: 113 * second)) == "")
        #expect(state.deadline == 600 * second)
        #expect(describe(state.changed(now: 120 * second)) == "notify active;expires=480 +body")
        #expect(describe(state.answered(status: status, now: 120 * second)) == "")
        #expect(state.deadline == 130 * second)
    }

    @Test("SIP-SUB-011 RFC 6665 §4.2.2: without a pace too, what failed is sent again later, and ever later")
    func failuresWithoutPace() throws {
        var state = try open(subscribe(), limits: EventLimits(pace: 0)).0
        var now = second
        for pause: UInt64 in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000] {
            #expect(describe(state.finished(with: .transportError(wasSent: false), now: now)) == "")
            #expect(describe(state.changed(now: now + pause * millisecond - 1)) == "")
            #expect(state.deadline == now + pause * millisecond)
            now += pause * millisecond
            #expect(describe(state.timerFired(now: now)).hasPrefix("notify active;"))
        }
        // What is answered is followed by the next at once.
        #expect(describe(state.answered(status: 200, now: now)) == "")
        #expect(describe(state.changed(now: now)).hasPrefix("notify active;"))
        #expect(describe(state.changed(now: now)) == "")
        #expect(describe(state.answered(status: 200, now: now)).hasPrefix("notify active;"))
    }

    @Test("SIP-SUB-011 RFC 6665 §4.2.2: a NOTIFY that is not answered removes the subscription")
    func timeout() throws {
        var state = try open(subscribe()).0
        #expect(describe(state.timedOut()) == "unreachable")
        #expect(describe(state.timedOut()) == "")
        var fetch = try open(subscribe("0")).0
        #expect(describe(fetch.timedOut()) == "ended")
    }

    @Test("SIP-SUB-012 RFC 6665 §4.2.2: one NOTIFY at a time, then one with the newest state")
    func oneAtATime() throws {
        var state = try open(subscribe()).0
        for time in 6...8 { #expect(describe(state.changed(now: UInt64(time) * second)) == "") }
        #expect(state.deadline == 600 * second)
        #expect(describe(state.answered(status: 200, now: 9 * second)) == "notify active;expires=591 +body")
        #expect(describe(state.answered(status: 200, now: 10 * second)) == "")
        #expect(state.deadline == 600 * second)
        #expect(describe(state.answered(status: 200, now: 10 * second)) == "")
    }

    @Test("SIP-SUB-013 RFC 3856 §6.10: ten changes in a second are one NOTIFY at once and one at 5 s")
    func pace() throws {
        var state = try open(subscribe("3600")).0
        _ = state.answered(status: 200, now: 0)
        let start = 100 * second
        var sent: [String] = []
        for step in 0..<10 {
            let now = start + UInt64(step) * 100 * millisecond
            sent.append(describe(state.changed(now: now)))
            _ = state.answered(status: 200, now: now)
        }
        #expect(sent[0] == "notify active;expires=3500 +body")
        #expect(sent.dropFirst().allSatisfy { $0 == "" })
        #expect(state.deadline == start + 5 * second)
        #expect(describe(state.timerFired(now: start + 5 * second - 1)) == "")
        #expect(describe(state.timerFired(now: start + 5 * second)) == "notify active;expires=3495 +body")
        _ = state.answered(status: 200, now: start + 5 * second)
        #expect(state.deadline == 3_600 * second)
        var slow = try open(subscribe("3600"), limits: EventLimits(pace: 60 * second)).0
        _ = slow.answered(status: 200, now: 0)
        _ = slow.changed(now: second)
        #expect(slow.deadline == 60 * second)
    }

    @Test("SIP-SUB-014 RFC 3856 §6.6.2: a change of the subscription waits for no pace, and shows its state")
    func authorization() throws {
        var state = try open(subscribe(), isAuthorized: false).0
        #expect(state.isPending && !state.isActive)
        _ = state.answered(status: 200, now: 0)
        #expect(describe(state.changed(now: second)) == "")
        #expect(describe(state.authorize(now: 3 * second)) == "notify active;expires=597 +body")
        #expect(state.isActive && !state.isPending)
        #expect(describe(state.changed(now: 3 * second)) == "")
        #expect(describe(state.answered(status: 200, now: 3 * second)) == "")
        #expect(state.deadline == 8 * second)
        #expect(describe(state.end(.rejected, now: 4 * second)) == "notify terminated;reason=rejected")
        var waiting = try open(subscribe(), isAuthorized: false).0
        #expect(describe(waiting.authorize(now: second)) == "")
        #expect(describe(waiting.answered(status: 200, now: second)) == "notify active;expires=599 +body")
    }

    @Test("RFC 6665 §4.1.3: only what timed out or cannot change shows a last document")
    func lastDocuments() throws {
        for reason in SubscriptionState.Reason.standard {
            var state = try open(subscribe()).0
            _ = state.end(reason, retryAfter: 9, now: second)
            let last = state.answered(status: 200, now: second)
            let hasBody = reason == .timeout || reason == .invariant
            #expect(last == [.notify(.terminated(reason, retryAfter: 9), withBody: hasBody)])
        }
    }

    /// Every state, each with a NOTIFY open where there can be one.
    private func state(_ name: String) throws -> NotifierState {
        var state = try open(subscribe(name == "fetching" ? "0" : nil), isAuthorized: name.hasPrefix("active")).0
        if !name.hasSuffix("open"), name != "ending" { _ = state.answered(status: 200, now: 0) }
        switch name {
        case "ending", "closing": _ = state.end(.giveUp, now: 0)
        case "over":
            _ = state.end(.giveUp, now: 0)
            _ = state.answered(status: 200, now: 0)
        default: break
        }
        return state
    }

    @Test("Every input in every state")
    func everyPair() throws {
        let states = [
            "pending", "pending open", "active", "active open", "fetching", "ending", "closing", "over",
        ]
        let time = 100 * second
        let giveUp = "notify terminated;reason=giveup"
        let timeout = "notify terminated;reason=timeout"
        let granted = "200 Expires: 600"
        let inputs: [(String, (inout NotifierState) throws -> [NotifierState.Action], [String])] = [
            (
                "refresh", { $0.refresh(try subscribe(), now: time) },
                [
                    "\(granted), notify pending;expires=600", granted,
                    "\(granted), notify active;expires=600 +body", granted, "481", "481", "481", "481",
                ]
            ),
            (
                "unsubscribe", { $0.refresh(try subscribe("0"), now: time) },
                [
                    "200 Expires: 0, \(timeout)", "200 Expires: 0", "200 Expires: 0, \(timeout) +body",
                    "200 Expires: 0", "481", "481", "481", "481",
                ]
            ),
            (
                "authorize", { $0.authorize(now: time) },
                ["notify active;expires=3500 +body", "", "", "", "\(timeout) +body", "", "", ""]
            ),
            ("end", { $0.end(.giveUp, now: time) }, [giveUp, "", giveUp, "", giveUp, "", "", ""]),
            (
                "changed", { $0.changed(now: time) },
                ["", "", "notify active;expires=3500 +body", "", "", "", "", ""]
            ),
            ("200", { $0.answered(status: 200, now: time) }, ["", "", "", "", "", giveUp, "ended", ""]),
            (
                "481", { $0.answered(status: 481, now: time) },
                ["", "refused 481", "", "refused 481", "", "refused 481", "ended", ""]
            ),
            ("500", { $0.answered(status: 500, now: time) }, ["", "", "", "", "", giveUp, "ended", ""]),
            (
                "timedOut", { $0.timedOut() },
                ["", "unreachable", "", "unreachable", "", "unreachable", "ended", ""]
            ),
            ("early timer", { $0.timerFired(now: 1) }, ["", "", "", "", "", "", "", ""]),
            (
                "timer", { $0.timerFired(now: 3_600 * second) },
                [timeout, "", "\(timeout) +body", "", timeout, "", "", ""]
            ),
        ]
        for (input, perform, expected) in inputs {
            #expect(expected.count == states.count)
            for (name, expected) in zip(states, expected) {
                var state = try state(name)
                let actions = describe(try perform(&state))
                #expect(actions == expected, "\(name): \(input)")
            }
        }
    }

    @Test("What was owed while a NOTIFY was open is told when it ends")
    func owed() throws {
        let time = 100 * second
        var refreshed = try state("pending open")
        _ = refreshed.refresh(try subscribe(), now: time)
        #expect(describe(refreshed.answered(status: 200, now: time)) == "notify pending;expires=600")
        var left = try state("active open")
        _ = left.refresh(try subscribe("0"), now: time)
        #expect(left.deadline == nil)
        #expect(describe(left.answered(status: 503, now: time)) == "notify terminated;reason=timeout +body")
        var expired = try state("pending open")
        _ = expired.timerFired(now: 3_600 * second)
        #expect(describe(expired.answered(status: 200, now: 3_601 * second)) == "notify terminated;reason=timeout")
    }
}
