import SIPMessages
import SIPTransactions
import Testing

@Suite("PublisherState")
struct PublisherStateTests {
    private struct Tested {
        var state = PublisherState()
        var attempt: UInt32 = 0

        private mutating func note(_ actions: [PublisherState.Action]) -> String {
            for case .send(let publish) in actions { attempt = publish.attempt }
            return describe(actions)
        }

        mutating func change(_ now: UInt64 = 0) -> String { note(state.changed(now: now)) }
        mutating func remove(_ now: UInt64 = 0) -> String { note(state.remove(now: now)) }
        mutating func fire(_ now: UInt64) -> String { note(state.timerFired(now: now)) }

        mutating func finish(_ outcome: ClientOutcome, at now: UInt64 = 0) -> String {
            note(state.finished(attempt, with: outcome, now: now))
        }

        mutating func answer(_ status: Int, _ lines: String = "", at now: UInt64 = 0) throws -> String {
            finish(try subscribeResponse(status, lines: lines), at: now)
        }

        /// Publishes at 0 for an hour, under the entity-tag A.
        mutating func publish() throws {
            _ = change()
            _ = try answer(200, "SIP-ETag: A\nExpires: 3600")
        }

        static func named(_ name: String) throws -> Tested {
            var tested = Tested()
            if name == "absent" { return tested }
            if name == "initial" {
                _ = tested.change()
                return tested
            }
            try tested.publish()
            switch name {
            case "refresh": _ = tested.fire(3_240 * second)
            case "modify": _ = tested.change(10 * second)
            case "remove": _ = tested.remove(10 * second)
            default: break
            }
            return tested
        }
    }

    @Test("RFC 3903 §4.2, §4.3, §4.4, §4.5: initial, refresh, modify, remove, each with the last entity-tag")
    func operations() throws {
        var tested = Tested()
        #expect(tested.change() == "initial 3600")
        #expect(try tested.answer(200, "SIP-ETag: A\nExpires: 600") == "published")
        #expect(tested.state.entityTag == "A")
        #expect(tested.state.deadline == 540 * second)
        #expect(tested.fire(539 * second) == "")
        #expect(tested.fire(540 * second) == "refresh 3600 if A")
        #expect(try tested.answer(200, "SIP-ETag: B\nExpires: 600", at: 541 * second) == "published")
        #expect(tested.change(600 * second) == "modify 3600 if B")
        #expect(try tested.answer(200, "SIP-ETag: C", at: 600 * second) == "published")
        #expect(tested.state.deadline == 600 * second + 3_240 * second)
        #expect(tested.remove(700 * second) == "remove 0 if C")
        #expect(try tested.answer(200, "SIP-ETag: D\nExpires: 0", at: 700 * second) == "removed")
        #expect(tested.state.entityTag == nil)
        #expect(tested.state.deadline == nil)
    }

    @Test("RFC 3903 §4.1: initial and modify have a body")
    func bodies() throws {
        for (name, hasBody) in [("initial", true), ("refresh", false), ("modify", true), ("remove", false)] {
            var tested = try Tested.named(name == "initial" ? "absent" : "published")
            let actions =
                switch name {
                case "refresh": tested.state.timerFired(now: 3_240 * second)
                case "remove": tested.state.remove(now: 10 * second)
                default: tested.state.changed(now: 10 * second)
                }
            guard case .send(let publish)? = actions.first else {
                Issue.record("nothing is sent")
                return
            }
            #expect(publish.hasBody == hasBody)
            #expect("\(publish.operation)" == name)
        }
    }

    @Test("SIP-PUB-007 RFC 3903 §5: 412 leads to one PUBLISH without entity-tag")
    func conditionFailed() throws {
        for name in ["refresh", "modify"] {
            var tested = try Tested.named(name)
            #expect(try tested.answer(412, at: 3_241 * second) == "initial 3600")
            #expect(try tested.answer(200, "SIP-ETag: B", at: 3_241 * second) == "published")
            #expect(tested.state.entityTag == "B")
        }
        var twice = try Tested.named("refresh")
        _ = try twice.answer(412, at: 3_241 * second)
        #expect(try twice.answer(412, at: 3_241 * second) == "failed 412")
        #expect(twice.state.deadline == 3_271 * second)
        #expect(twice.fire(3_271 * second) == "initial 3600")
    }

    @Test("SIP-PUB-007 RFC 3903 §5: 423 leads to one PUBLISH with Min-Expires, and its duration stays")
    func tooBrief() throws {
        var tested = try Tested.named("initial")
        #expect(try tested.answer(423, "Min-Expires: 7200") == "initial 7200")
        #expect(try tested.answer(423, "Min-Expires: 9000") == "failed 423")
        var modified = try Tested.named("modify")
        #expect(try modified.answer(423, "Min-Expires: 7200", at: 10 * second) == "modify 7200 if A")
        #expect(try modified.answer(200, "SIP-ETag: B", at: 10 * second) == "published")
        #expect(modified.fire(6_490 * second) == "refresh 7200 if B")
        #expect(try modified.answer(423, "Min-Expires: 9000", at: 6_490 * second) == "refresh 9000 if B")
        for lines in ["", "Min-Expires: 60", "Min-Expires: x"] {
            var useless = try Tested.named("initial")
            #expect(try useless.answer(423, lines) == "failed 423")
        }
    }

    @Test("SIP-PUB-007 RFC 3903 §4: one PUBLISH at a time, then one with the newest document")
    func oneAtATime() throws {
        var tested = try Tested.named("initial")
        for time in 1...3 { #expect(tested.change(UInt64(time) * second) == "") }
        #expect(tested.state.deadline == nil)
        #expect(try tested.answer(200, "SIP-ETag: A", at: 6 * second) == "published, modify 3600 if A")
        #expect(try tested.answer(200, "SIP-ETag: B", at: 7 * second) == "published")
        #expect(tested.change(8 * second) == "")
        #expect(tested.state.deadline == 11 * second)
        #expect(tested.fire(11 * second) == "modify 3600 if B")
        #expect(tested.remove(11 * second) == "")
        #expect(try tested.answer(200, "SIP-ETag: C", at: 12 * second) == "published, remove 0 if C")
        #expect(tested.change(12 * second) == "")
        #expect(try tested.answer(200, at: 12 * second) == "")
        #expect(tested.fire(16 * second) == "initial 3600")
    }

    @Test("Failures are tried again after a pause or Retry-After; a refresh until what is published expires")
    func failures() throws {
        var first = try Tested.named("initial")
        #expect(try first.answer(503, "Retry-After: 100") == "failed 503")
        #expect(first.state.deadline == 100 * second)
        #expect(first.fire(100 * second) == "initial 3600")
        #expect(first.finish(.timeout, at: 132 * second) == "failed 408")
        #expect(first.state.deadline == 192 * second)
        var refresh = try Tested.named("refresh")
        #expect(refresh.finish(.transportError(wasSent: false), at: 3_240 * second) == "failed 503")
        #expect(refresh.state.deadline == 3_270 * second)
        #expect(refresh.fire(3_270 * second) == "refresh 3600 if A")
        #expect(try refresh.answer(500, "Retry-After: 1000", at: 3_271 * second) == "failed 500")
        #expect(refresh.state.deadline == 3_600 * second)
        #expect(refresh.fire(3_600 * second) == "")
        #expect(refresh.state.entityTag == nil)
        #expect(refresh.state.deadline == 4_271 * second)
        #expect(refresh.fire(4_271 * second) == "initial 3600")
        var untagged = try Tested.named("initial")
        #expect(try untagged.answer(200) == "failed 500")
        #expect(untagged.fire(30 * second) == "initial 3600")
        var removal = try Tested.named("remove")
        #expect(removal.finish(.timeout, at: 42 * second) == "removed")
    }

    @Test(
        "What will be refused again waits for the next change",
        arguments: [400, 403, 404, 405, 410, 415, 416, 489, 501, 604]
    )
    func finalFailures(status: Int) throws {
        var tested = try Tested.named("modify")
        #expect(try tested.answer(status, at: 10 * second) == "failed \(status) final")
        #expect(tested.state.entityTag == nil)
        #expect(tested.state.deadline == nil)
        #expect(tested.change(50 * second) == "initial 3600")
    }

    @Test("Every input in every state")
    func everyPair() throws {
        let states = ["absent", "initial", "published", "refresh", "modify", "remove"]
        let time = 3_250 * second
        let inputs: [(String, (inout Tested) throws -> String, [String])] = [
            ("changed", { $0.change(time) }, ["initial 3600", "", "modify 3600 if A", "", "", ""]),
            ("remove", { $0.remove(time) }, ["", "", "remove 0 if A", "", "", ""]),
            ("timer", { $0.fire(time) }, ["", "", "refresh 3600 if A", "", "", ""]),
            ("late timer", { $0.fire(4_000 * second) }, ["", "", "initial 3600", "", "", ""]),
            (
                "200", { try $0.answer(200, "SIP-ETag: Z", at: time) },
                ["", "published", "", "published", "published", "removed"]
            ),
            (
                "412", { try $0.answer(412, at: time) },
                ["", "failed 412", "", "initial 3600", "initial 3600", "removed"]
            ),
            (
                "423", { try $0.answer(423, "Min-Expires: 7200", at: time) },
                ["", "initial 7200", "", "refresh 7200 if A", "modify 7200 if A", "removed"]
            ),
            (
                "403", { try $0.answer(403, at: time) },
                ["", "failed 403 final", "", "failed 403 final", "failed 403 final", "removed"]
            ),
            ("500", { try $0.answer(500, at: time) }, ["", "failed 500", "", "failed 500", "failed 500", "removed"]),
            (
                "timeout", { $0.finish(.timeout, at: time) },
                ["", "failed 408", "", "failed 408", "failed 408", "removed"]
            ),
            (
                "500 to what is not wanted",
                {
                    _ = $0.remove(time)
                    return try $0.answer(500, at: time)
                },
                [
                    "", "failed 500, removed", "removed", "failed 500, remove 0 if A", "failed 500, remove 0 if A",
                    "removed",
                ]
            ),
            (
                "412 to what is not wanted",
                {
                    _ = $0.remove(time)
                    return try $0.answer(412, at: time)
                },
                ["", "failed 412, removed", "removed", "removed", "removed", "removed"]
            ),
        ]
        for (input, perform, expected) in inputs {
            #expect(expected.count == states.count)
            for (name, expected) in zip(states, expected) {
                var tested = try Tested.named(name)
                let actions = try perform(&tested)
                #expect(actions == expected, "\(name): \(input)")
            }
        }
    }

    @Test("The end of an older PUBLISH is passed over")
    func staleAttempts() throws {
        var tested = try Tested.named("initial")
        let stale = tested.attempt
        _ = try tested.answer(200, "SIP-ETag: A")
        _ = tested.change(10 * second)
        #expect(tested.state.finished(stale, with: .timeout, now: 10 * second) == [])
        #expect(try tested.answer(200, "SIP-ETag: B", at: 10 * second) == "published")
    }

    @Test("A stored publication goes on under its tag, for the time that is left; other bytes are none")
    func storage() throws {
        let published = try Tested.named("published").state
        let bytes = try #require(published.stored(now: 600 * second, date: 10_600))
        var later = Tested()
        later.state = try #require(PublisherState(stored: bytes, now: 5 * second, date: 11_600))
        #expect(later.state.entityTag == "A" && later.state.deadline == 1_805 * second)
        #expect(later.change(5 * second) == "modify 3600 if A")
        later.state = try #require(PublisherState(stored: bytes, now: 5 * second, date: 20_000))
        #expect(later.fire(5 * second) == "initial 3600")
        #expect(PublisherState().stored(now: 0, date: 0) == nil)
        for count in 0..<14 { #expect(PublisherState(stored: bytes.prefix(count), now: 0, date: 0) == nil) }
        #expect(PublisherState(stored: [2] + bytes.dropFirst(), now: 0, date: 0) == nil)
    }
}
