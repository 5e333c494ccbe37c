import BridgeCore
import Digests
import Foundation
import Loopback
import MappingTables
import NIOCore
import OperatorFiles
import Testing

@testable import GatewayDaemon
@testable import Ledger

extension GatewayTests {
    /// What is kept of texts, and how it goes.
    @Suite("Texts that are kept")
    struct BodyTests {
        private static let secret = "xyzzy-plugh of the pomegranates"
        private static let day: Int64 = 86_400_000

        private static func keys(_ stage: Stage) -> BodyKeyReader { BodyKeyReader(beside: stage.databasePath) }

        private static func forms(_ stage: Stage, of crossing: Int64) throws -> KeptForms {
            try KeptForms(of: crossing, try stage.reader(), keys(stage))
        }

        /// Writes a message of the XMPP shore and waits until it was delivered.
        private static func cross(
            _ stage: Stage,
            _ count: Int,
            _ text: String = secret,
            more: String = ""
        ) async throws {
            try await stage.write(text, id: "m\(count)", more: more)
            try await stage.recorded(.delivered, count)
        }

        /// The files of the state directory, the log's included, that have some bytes.
        private static func files(_ stage: Stage, with needle: [UInt8]) throws -> [String] {
            let folder = URL(fileURLWithPath: stage.databasePath).deletingLastPathComponent()
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            return names.filter { name in
                let content = FileManager.default.contents(atPath: folder.appending(path: name).path) ?? Data()
                return content.range(of: Data(needle)) != nil
            }.sorted()
        }

        private static func act(
            _ stage: Stage,
            _ kind: BodyAct.Kind,
            as actor: String = "uid 1"
        ) async throws -> ControlReply {
            let act = BodyAct(kind, reason: "request 7")
            let acts = OperatorActs(
                node: "gw.example.net",
                actor: actor,
                now: try await stage.gateway.onLoop { $0.now.wall }
            )
            return try await stage.gateway.onLoop { $0.carryOut(act, as: acts) }.get()
        }

        @Test("With content all three forms are kept as ciphertext, of messages in both directions")
        func content() async throws {
            try await Stage.play(audit: "{bodies: content}") { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                #expect(try await stage.ask(Note(Self.secret + " back", call: "c1")) == 202)
                try await stage.recorded(.delivered, 2)
                let out = try Self.forms(stage, of: 1).forms.mapValues { String(decoding: $0, as: UTF8.self) }
                #expect(out[.source]?.hasPrefix("<message") == true && out[.source]?.contains(Self.secret) == true)
                #expect(out[.canonical]?.contains("From: ") == true && out[.canonical]?.contains(Self.secret) == true)
                #expect(out[.target]?.hasPrefix("MESSAGE sip:romeo@example.net") == true)
                let back = try Self.forms(stage, of: 2).forms.mapValues { String(decoding: $0, as: UTF8.self) }
                #expect(back[.source]?.hasPrefix("MESSAGE ") == true)
                #expect(back[.target]?.contains("<message") == true && back[.target]?.contains("back") == true)
                // Both are of one conversation and one day.
                #expect(try Self.keys(stage).entries(.everything).count == 1)
                await stage.stop()
                // Nothing of the text is left in the clear once the store is closed.
                #expect(try Self.files(stage, with: Array(Self.secret.utf8)) == [])
            }
        }

        @Test(
            "A route says what is kept of the texts to and from its neighbor, over what the configuration says",
            arguments: [
                ("log.bodies: metadata", "content", false, false), ("log.bodies: digest", "content", true, false),
                ("log.bodies: content", "metadata", true, true), ("log.bodies: configured", "digest", true, false),
                ("log.bodies: configured", "content", true, true), ("log.bodies: configured", "metadata", false, false),
            ]
        )
        func modes(route: String, configured: String, hasDigest: Bool, hasText: Bool) async throws {
            try await Stage.play(audit: "{bodies: \(configured)}", tables: [.switches(route)]) { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                #expect(try await stage.ask(Note("back", call: "c1")) == 202)
                try await stage.recorded(.delivered, 2)
                for record in try stage.records(.accepted) { #expect((record.digest != nil) == hasDigest) }
                for crossing in [1, 2] as [Int64] {
                    #expect(try Self.forms(stage, of: crossing).forms.count == (hasText ? 3 : 0))
                }
                // Where nothing is kept there are no keys either.
                #expect(Self.keys(stage).isThere == hasDigest)
            }
        }

        @Test("XEP-0334 §4: of a message that is not to be stored nothing is kept, whatever the configuration says")
        func notToBeStored() async throws {
            try await Stage.play(audit: "{bodies: content}") { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1, more: "<no-permanent-store xmlns='urn:xmpp:hints'/>")
                #expect(try stage.records(.accepted).first?.digest == nil)
                #expect(try Self.forms(stage, of: 1).absence == .notKept)
            }
        }

        @Test("A text is found by person and period, whichever address of the person is given")
        func search() async throws {
            try await Stage.play(audit: "{bodies: content}") { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                try await Self.cross(stage, 2, "something else")
                let today = BodyKeyEntry.day(of: try await stage.gateway.onLoop { $0.now.wall })
                func found(_ text: String, _ person: String, _ days: ClosedRange<Int64>) throws -> [Int64] {
                    var search = try TextSearch(text, of: person, days: days, stage.configuration, stage.reader())
                    var found: [Int64] = []
                    while !search.isDone { found += try search.next().map(\.crossing) }
                    return found
                }
                for person in ["juliet@example.com", "romeo@example.net", "sip:romeo@EXAMPLE.net"] {
                    #expect(try found("POMEGRANATES", person, today...today) == [1], "\(person)")
                }
                #expect(try found("pomegranates", "nurse@example.com", today...today) == [])
                #expect(try found("pomegranates", "juliet@example.com", 0...today - 1) == [])
                #expect(throws: AddressFault.self) { try found("x", "no address", 0...today) }
            }
        }

        @Test("The key of a day is taken up again after a restart: equal texts have equal digests")
        func afterRestart() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                try await stage.restart(after: 20_000)
                try await Self.cross(stage, 2)
                let digests = try stage.records(.accepted).map(\.digest)
                #expect(digests.count == 2 && digests[0] != nil && digests[0] == digests[1])
                #expect(try Self.keys(stage).entries(.everything).count == 1)
            }
        }

        @Test("A form in which a message is sent again takes the place of the one before")
        func sentAgain() async throws {
            let tables = [SiteTable.switches("msg.carrier: cpim")]
            try await Stage.play(audit: "{bodies: content}", tables: tables) { stage in
                try await stage.write(Self.secret, id: "m1")
                let call = try await stage.phone.calls.next()
                let first = try Self.forms(stage, of: 1).forms[.target].map { String(decoding: $0, as: UTF8.self) }
                #expect(first?.lowercased().contains("message/cpim") == true)
                try await stage.phone.answer(call, 415)
                let again = try await stage.phone.calls.next()
                try await stage.phone.answer(again, 200)
                try await stage.recorded(.delivered)
                let last = try Self.forms(stage, of: 1).forms[.target].map { String(decoding: $0, as: UTF8.self) }
                #expect(last?.lowercased().contains("message/cpim") == false)
                #expect(last?.contains(Self.secret) == true)
                #expect(try Self.forms(stage, of: 1).forms.count == 3)
            }
        }

        @Test("A held message is kept once tables let it cross, under the key of the day on which it was accepted")
        func held() async throws {
            let hold = SiteTable.row("loss", "loss", "id: message.extension, overrides: message.extension, do: hold")
            try await Stage.play(audit: "{bodies: content}", tables: [hold]) { stage in
                try await stage.phone.answersAll(200)
                try await stage.write(Self.secret, id: "m1", more: "<desk xmlns='urn:example:x'>4</desk>")
                try await stage.recorded(.held)
                #expect(try Self.forms(stage, of: 1).absence == .notKept)
                try await stage.activate([])
                let reply = try await stage.command(
                    ControlRequest.reprocessMessages,
                    ["ids": "1", "reason": "mended"]
                )
                #expect(reply.code == 0, "\(reply)")
                try await stage.recorded(.delivered)
                #expect(try Self.forms(stage, of: 1).forms.count == 3)
                #expect(try stage.records(AuditEvent(rawValue: "reprocessed")).first?.digest != nil)
            }
        }

        @Test(
            "After an erasure neither text nor key is in any file, the records verify, and the next text has its own key"
        )
        func erasure() async throws {
            try await Stage.play(audit: "{bodies: content}") { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                try await stage.write("of somebody else", id: "n1", from: "nurse@example.com/x")
                try await stage.recorded(.delivered, 2)
                let sealed = try #require(try stage.reader().sealedBodies(of: 1).first)
                #expect(try Self.forms(stage, of: 1).forms.count == 3)
                let today = BodyKeyEntry.day(of: try await stage.gateway.onLoop { $0.now.wall })

                let reply = try await stage.command(
                    ControlRequest.eraseBodies,
                    [
                        "scope": "person", "one": "juliet@example.com", "first": "0", "last": String(today),
                        "reason": "request 7",
                    ]
                )
                #expect(reply.code == 0, "\(reply)")
                #expect(reply.rows == [["keys": "1", "bodies": "3", "trimmed": "yes"]])
                #expect(try Self.keys(stage).key(sealed.key) == nil)
                #expect(try Self.files(stage, with: Array(Self.secret.utf8)) == [])
                #expect(try Self.files(stage, with: sealed.sealed) == [])
                #expect(try Self.forms(stage, of: 2).forms.count == 3)
                for event in ["erasure-ordered", "bodies-erased"] {
                    let record = try #require(try stage.records(AuditEvent(rawValue: event)).first)
                    #expect(record.actor?.hasPrefix("uid ") == true && record.reason == "request 7")
                    #expect(record.identifiers?["person"] == "juliet@example.com")
                    #expect(record.identifiers?["keys"] == "1" && record.identifiers?["bodies"] == "3")
                    #expect(record.identifiers?["first"] == "1970-01-01")
                }
                #expect(try stage.reader().verifyLeaves().faults == [])

                try await Self.cross(stage, 3)
                #expect(try Self.forms(stage, of: 3).forms.count == 3)
                let digests = try stage.records(.accepted).map(\.digest)
                #expect(digests[0] != digests[2])
                let again = try await Self.act(
                    stage,
                    .erase(.conversation("juliet@example.com", "sip:ROMEO@example.net"), days: 0...today)
                )
                #expect(again.rows.first?["keys"] == "0")
                let both = HoldScope.conversation("romeo@example.net", "juliet@example.com")
                #expect(try await Self.act(stage, .erase(both, days: 0...today)).rows.first?["keys"] == "1")
                await stage.stop()
                #expect(try Self.files(stage, with: Array(Self.secret.utf8)) == [])
            }
        }

        @Test(
            "An erasure is refused while an item of that person is open, under whichever of its addresses it is stored"
        )
        func openItems() async throws {
            let hold = SiteTable.row("loss", "loss", "id: message.extension, overrides: message.extension, do: hold")
            try await Stage.play(audit: "{bodies: content}", tables: [hold]) { stage in
                try await stage.write(Self.secret, id: "m1", more: "<desk xmlns='urn:example:x'>4</desk>")
                try await stage.recorded(.held)
                let today = BodyKeyEntry.day(of: try await stage.gateway.onLoop { $0.now.wall })
                for person in ["juliet@example.com", "romeo@example.net", "sip:romeo@example.net"] {
                    await #expect(throws: LedgerError(.openItems, "")) {
                        try await Self.act(stage, .erase(.person(person), days: 0...today))
                    }
                }
                let arguments = ["scope": "person", "one": "juliet@example.com", "first": "0", "reason": "r"]
                let refused = try await stage.command(
                    ControlRequest.eraseBodies,
                    arguments.merging(["last": String(today)]) { $1 }
                )
                #expect(refused.code == 1 && refused.message?.contains("message 1") == true, "\(refused)")
                let faulty = try await stage.command(ControlRequest.eraseBodies, arguments)
                #expect(faulty.code == 2)
                #expect(try stage.records(AuditEvent(rawValue: "erasure-ordered")).isEmpty)
                // Another day, and another person, can be erased.
                _ = try await Self.act(stage, .erase(.person("juliet@example.com"), days: 0...today - 1))
                _ = try await Self.act(stage, .erase(.person("nurse@example.com"), days: 0...today))
            }
        }

        @Test("A hold refuses an erasure in words, and two operators lift it")
        func holds() async throws {
            try await Stage.play(audit: "{bodies: content}") { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                let today = BodyKeyEntry.day(of: try await stage.gateway.onLoop { $0.now.wall })
                let placed = try await Self.act(stage, .hold(.person("romeo@example.net"), first: nil, last: nil))
                #expect(placed.rows == [["id": "1", "result": "placed"]])
                let erase = BodyAct.Kind.erase(.person("juliet@example.com"), days: 0...today)
                await #expect(throws: LedgerError(.onHold, "")) { try await Self.act(stage, erase) }
                #expect(try stage.records(AuditEvent(rawValue: "erasure-ordered")).isEmpty)
                #expect(try await Self.act(stage, .lift(1)).rows == [["id": "1", "result": "asked"]])
                await #expect(throws: LedgerError(.sameOperator, "")) { try await Self.act(stage, .lift(1)) }
                await #expect(throws: LedgerError(.onHold, "")) { try await Self.act(stage, erase) }
                #expect(try await Self.act(stage, .lift(1), as: "uid 2").rows == [["id": "1", "result": "lifted"]])
                await #expect(throws: LedgerError(.unknownHold, "")) {
                    try await Self.act(stage, .lift(1), as: "uid 2")
                }
                #expect(try await Self.act(stage, erase).rows.first?["keys"] == "1")
                let acts = try stage.records().filter { $0.identifiers?["hold"] == "1" }
                #expect(acts.map(\.event) == ["hold-placed", "hold-lift-asked", "hold-lifted"])
                #expect(acts.map(\.actor) == ["uid 1", "uid 1", "uid 2"])
                #expect(acts.first?.identifiers?["person"] == "sip:romeo@example.net")
            }
        }

        @Test("What was kept long enough goes by itself, domain by domain, unless it is held")
        func retention() async throws {
            let audit = "{bodies: content, retention: [{domain: example.com, days: 2}]}"
            try await Stage.play(audit: audit) { stage in
                try await stage.phone.answersAll(200)
                try await Self.cross(stage, 1)
                try await stage.write("held", id: "n1", from: "nurse@example.com/x")
                try await stage.recorded(.delivered, 2)
                _ = try await Self.act(stage, .hold(.person("nurse@example.com"), first: nil, last: nil))
                try await stage.restart(after: 2 * Self.day)
                try await stage.pass(milliseconds: 2_000)
                try await stage.restart(after: Self.day)
                #expect(try Self.forms(stage, of: 1).forms.count == 3)
                try await stage.pass(milliseconds: 2_000)
                let expired = AuditEvent(rawValue: "bodies-expired")
                try await stage.recorded(expired)
                #expect(try Self.forms(stage, of: 1).forms.isEmpty)
                #expect(try Self.forms(stage, of: 2).forms.count == 3)
                let record = try #require(try stage.records(expired).first)
                #expect(record.outcome == ["keys": "1", "texts": "0", "bodies": "3", "held": "1"])
                #expect(record.actor == "gateway")
                // Another walk finds nothing more to do.
                try await stage.pass(milliseconds: RetentionTimer.pause + 2_000)
                try await stage.pass(milliseconds: 2_000)
                try await Task.sleep(for: .milliseconds(50))
                #expect(try stage.records(expired).count == 1)
            }
        }
    }
}

extension GatewayTests.BodyTests {
    @Test("Texts can go before what their digests mean; then nothing in the files opens them")
    func retentionByKind() async throws {
        let audit = "{bodies: content, retention: [{kind: text, days: 1}, {kind: digest, days: 3}]}"
        try await Stage.play(audit: audit) { stage in
            try await stage.phone.answersAll(200)
            try await Self.cross(stage, 1)
            let file = Self.keys(stage)
            let entry = try #require(try file.entries(.everything).first)
            let key = try #require(try file.key(entry.id))
            let digest = try #require(try stage.records(.accepted).first?.digest)
            #expect(try !Self.files(stage, with: key.secret).isEmpty)

            try await stage.restart(after: 2 * Self.day)
            try await stage.pass(milliseconds: 2_000)
            let expired = AuditEvent(rawValue: "bodies-expired")
            try await stage.recorded(expired)
            let first = try #require(try stage.records(expired).first)
            #expect(first.outcome == ["keys": "0", "texts": "1", "bodies": "3", "held": "0"])
            #expect(try Self.forms(stage, of: 1).absence == .erased)
            let reduced = try #require(try file.key(entry.id))
            #expect(!reduced.entry.opensTexts && reduced.digest(of: Array(Self.secret.utf8)[...]).hexadecimal == digest)
            #expect(try file.keys(of: entry.name.conversation, day: entry.day).isEmpty)
            // The logs of the databases are emptied behind the commit that the record came with.
            try await stage.eventually("no file with the key") { try Self.files(stage, with: key.secret).isEmpty }
            // Another walk finds nothing to do until the digest's time has come too.
            try await stage.pass(milliseconds: RetentionTimer.pause + 2_000)
            try await stage.restart(after: 2 * Self.day)
            try await stage.pass(milliseconds: 2_000)
            try await stage.recorded(expired, 2)
            let last = try #require(try stage.records(expired).last)
            #expect(last.outcome == ["keys": "1", "texts": "0", "bodies": "0", "held": "0"])
            #expect(try file.key(entry.id) == nil)
        }
    }
}

@Suite("Retention")
struct RetentionTests {
    private let labels = BodyLabels(secret: [UInt8](repeating: 1, count: 32))

    private func key(_ one: String, _ other: String, day: Int64) -> BodyKeyEntry {
        BodyKey(of: labels.name(one, other), day: day).entry
    }

    @Test("The first rule that matches one of both domains decides; without one a key stays")
    func rules() {
        let rules = RetentionRules(
            [.init(domain: "example.net", days: 10), .init(domain: "example.com", days: 2)],
            labels
        )
        let both = key("a@example.com", "sip:b@example.net", day: 100)
        #expect(!Self.goes(rules, both, 110) && Self.goes(rules, both, 111))
        let one = key("a@example.com", "b@example.org", day: 100)
        #expect(!Self.goes(rules, one, 102) && Self.goes(rules, one, 103))
        #expect(!Self.goes(rules, key("a@example.org", "b@example.org", day: 0), 100_000))
        #expect(rules.lastDay(today: 103) == 100)
        let all = RetentionRules([.init(domain: nil, days: 5)], labels)
        #expect(Self.goes(all, key("a@example.org", "b@example.org", day: 0), 6))
        #expect(RetentionRules([], labels).lastDay(today: 9) == nil)
    }

    private static func goes(_ rules: RetentionRules, _ key: BodyKeyEntry, _ today: Int64) -> Bool {
        rules.due(key, today: today) == .everything
    }

    @Test("Each kind has its own first rule; what makes digests goes with the texts or after them")
    func kinds() {
        func dues(_ rules: [GatewayConfiguration.Retention], _ days: [Int64]) -> [RetentionRules.Due] {
            let key = key("a@example.com", "b@example.net", day: 0)
            return days.map { RetentionRules(rules, labels).due(key, today: $0) }
        }
        let text = GatewayConfiguration.Retention(domain: nil, kind: .text, days: 5)
        #expect(dues([text], [5, 6, 10_000]) == [.nothing, .texts, .texts])
        #expect(dues([text, .init(domain: nil, days: 9)], [5, 6, 9, 10]) == [.nothing, .texts, .texts, .everything])
        let digest = GatewayConfiguration.Retention(domain: nil, kind: .digest, days: 2)
        #expect(dues([digest, text], [3, 5, 6]) == [.nothing, .nothing, .everything])
        #expect(dues([digest], [10_000]) == [.nothing])
        let other = GatewayConfiguration.Retention(domain: "example.org", kind: .text, days: 1)
        #expect(dues([other, text], [2, 6]) == [.nothing, .texts])
    }

    @Test("A walk goes on piece by piece, then rests; without rules there is none")
    func timer() {
        let rule = GatewayConfiguration.Retention(domain: nil, days: 1)
        var timer = RetentionTimer([rule], labels, now: 0)
        let last = key("a@x", "b@y", day: 1)
        let early = [0, 1_000, 99_000].map { timer.begins(now: $0) }
        #expect(early == [false, true, false])
        timer.ended(last, now: 100_000)
        #expect(timer.cursor == last)
        let next = [100_999, 101_000].map { timer.begins(now: $0) }
        #expect(next == [false, true])
        timer.ended(nil, now: 101_000)
        #expect(timer.cursor == nil)
        let later = [101_000 + RetentionTimer.pause - 1, 101_000 + RetentionTimer.pause].map { timer.begins(now: $0) }
        #expect(later == [false, true])
        var none = RetentionTimer([], labels, now: 0)
        let never = none.begins(now: .max)
        #expect(!never)
    }
}
