import SIPMessages
import SIPTransactions
import Testing

@Suite("SubscriberState, pair by pair and stored")
struct SubscriberTableTests {
    @Test("Every input in every state")
    func everyPair() throws {
        let states = [
            "idle", "waiting", "subscribing", "answered", "pending", "active", "refreshing", "leaving early", "leaving",
            "leaving confirmed", "fetching", "ended",
        ]
        let fresh = "send 3600 fresh 1"
        let late = 4_000 * second
        let inputs: [(String, (inout TestedSubscriber) throws -> String, [String])] = [
            ("start", { $0.start() }, [fresh, fresh, "", "", "", "", "", "", "", "", "", ""]),
            ("stop", { $0.stop() }, ["ended", "ended", "", "", "", "", "", "", "", "", "", ""]),
            (
                "unsubscribe", { $0.unsubscribe() },
                [
                    "unsubscribed, ended", "unsubscribed, ended", "", "", "send 0 dialog 2", "send 0 dialog 2", "", "",
                    "", "", "unsubscribed, ended", "",
                ]
            ),
            (
                "200", { try $0.answer(200, sequence: 2) },
                ["", "", "", "", "", "", "", "", "unsubscribed", "", "", ""]
            ),
            (
                "404", { try $0.answer(404, sequence: 2) },
                [
                    "", "", "refused 404", "", "", "", "refused 404 lost", "unsubscribed, ended", "unsubscribed, ended",
                    "", "refused 404, ended", "",
                ]
            ),
            (
                "481", { try $0.answer(481, sequence: 2) },
                [
                    "", "", fresh, "", "", "", fresh, "unsubscribed, ended", "unsubscribed, ended", "",
                    "refused 481, ended", "",
                ]
            ),
            (
                "423", { try $0.answer(423, sequence: 2, lines: "Min-Expires: 7200") },
                [
                    "", "", "send 7200 again 3", "", "", "", "send 7200 dialog 3", "unsubscribed, ended",
                    "unsubscribed, ended", "", "refused 423, ended", "",
                ]
            ),
            (
                "500", { try $0.answer(500, sequence: 2) },
                [
                    "", "", "refused 500", "", "", "", "", "unsubscribed, ended", "unsubscribed, ended", "",
                    "refused 500, ended", "",
                ]
            ),
            (
                "timeout", { $0.finish(.timeout) },
                [
                    "", "", "unanswered", "", "", "", "", "unsubscribed, ended", "unsubscribed, ended", "",
                    "unanswered, ended", "",
                ]
            ),
            (
                "NOTIFY pending", { try $0.notify("pending;expires=9", sequence: 5) },
                [
                    "481", "481", "200, pending", "200, pending", "200, pending", "200, pending", "200, pending", "200",
                    "200", "200", "200, pending", "481",
                ]
            ),
            (
                "NOTIFY active", { try $0.notify("active;expires=9", sequence: 5) },
                [
                    "481", "481", "200, active first", "200, active first", "200, active first", "200, active",
                    "200, active", "200", "200", "200", "200, active first", "481",
                ]
            ),
            (
                "NOTIFY terminated", { try $0.notify("terminated", sequence: 5) },
                [
                    "481", "481", "200, terminated -", "200, terminated -", "200, terminated -", "200, terminated -",
                    "200, terminated -", "200, unsubscribed, ended", "200, unsubscribed, ended", "200, ended",
                    "200, terminated -, ended", "481",
                ]
            ),
            ("early timer", { $0.fire(1) }, Array(repeating: "", count: 12)),
            (
                "timer", { $0.fire($0.state.deadline ?? late) },
                [
                    "", fresh, "unanswered", "noNotify", "send 3600 dialog 2", "send 3600 dialog 2", "expired lost",
                    "unsubscribed, ended", "unsubscribed, ended", "ended", "unanswered, ended", "",
                ]
            ),
            (
                "retry",
                {
                    $0.state.retry(at: 77)
                    return $0.state.deadline == 77 ? "waits" : ""
                }, ["waits", "waits", "", "", "", "", "", "", "", "", "", ""]
            ),
        ]
        for (input, perform, expected) in inputs {
            #expect(expected.count == states.count)
            for (name, expected) in zip(states, expected) {
                var tested = try TestedSubscriber.named(name)
                let actions = try perform(&tested)
                #expect(actions == expected, "\(name): \(input)")
            }
        }
    }

    @Test("SUB-046: stored subscriptions are refreshed in their dialog")
    func storage() throws {
        for name in ["idle", "waiting", "subscribing", "answered", "leaving", "ended", "fetching"] {
            #expect(try TestedSubscriber.named(name).state.stored(now: 0, date: 0) == nil, "\(name)")
        }
        let active = try TestedSubscriber.named("active").state
        let bytes = try #require(active.stored(now: 100 * second, date: 1_000_000))
        func restored(date: UInt64) -> TestedSubscriber? {
            SubscriberState(stored: bytes, now: 7 * second, date: date, refresh: 50 * second).map {
                TestedSubscriber($0)
            }
        }
        var soon = try #require(restored(date: 1_000_000))
        #expect(soon.state.phase == .active)
        #expect(soon.state.dialog == active.dialog)
        #expect(soon.state.deadline == 50 * second)
        #expect(soon.fire(50 * second) == "send 3600 dialog 2")
        #expect(try soon.answer(404, sequence: 2, at: 50 * second) == "refused 404 lost")
        var known = try #require(restored(date: 1_000_000))
        #expect(try known.notify("active;expires=9", sequence: 2) == "200, active")
        #expect(try known.notify(sequence: 1) == "500")
        var late = try #require(restored(date: 2_000_000))
        #expect(late.fire(7 * second) == "expired lost")
        for end in bytes.indices.dropLast(30) {
            #expect(SubscriberState(stored: bytes.prefix(end), now: 0, date: 0, refresh: 0) == nil)
        }
        #expect(SubscriberState(stored: [2] + bytes.dropFirst(), now: 0, date: 0, refresh: 0) == nil)
    }

    @Test("Bytes that version 1 stored can be read for ever")
    func storedVersion1() throws {
        let event = Array("presence;id=7".utf8)
        let head: [UInt8] = [1, 0, 1, 0, 0, 0x1C, 0x20, 0, 0, 0, 0, 0, 0, 2, 0x58, UInt8(event.count)]
        let dialog: [UInt8] =
            [1, 0, 0, 0, 3, 1, 0, 0, 0, 9] + Array("call\nours\nsip:b@example.com\ntheirs\nsip:a@example.net\n".utf8)
        let bytes = head + event + dialog
        let state = try #require(SubscriberState(stored: bytes, now: 0, date: 0, refresh: 1_000 * second))
        #expect(state.phase == .pending)
        #expect(state.event == SIPEvent("presence", id: "7"))
        #expect(state.deadline == 540 * second)
        #expect(state.stored(now: 0, date: 0) == bytes)
        var tested = TestedSubscriber(state)
        #expect(tested.fire(540 * second) == "send 7200 dialog 4")
        #expect(try tested.notify(sequence: 10, event: "presence;id=7") == "200, active")
    }
}
