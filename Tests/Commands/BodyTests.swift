import Foundation
import Ledger
import Testing

/// Texts that were kept are shown, held and erased by a person at a terminal.
@Suite("audit erase and hold, messages show --content")
struct BodyTests {
    private static let text = "a distinctive sentence about pomegranates"

    /// A site whose store has a delivered message between two, of which all forms were kept.
    private static func site() throws -> Site {
        let site = try Site()
        let directory = try site.owner()
        let secret = [UInt8](repeating: 7, count: 32)
        try Data(secret).write(to: site.scratch.url.appending(path: "state/secret"))
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        let moment: Int64 = 1_772_366_400_000
        let name = BodyLabels(secret: secret).name("juliet@example.com", "sip:romeo@example.net")
        let key = BodyKey(of: name, day: BodyKeyEntry.day(of: moment))
        var record = AuditRecord(.accepted, time: moment, node: "gw.example.net", crossing: "1")
        record.digest = .of(Array(text.utf8)[...], by: key)
        record.sender = AuditAddress(before: "juliet@example.com/balcony")
        let row = OutboxRow(
            id: 1,
            crossing: "1",
            target: .cpim,
            sender: "juliet@example.com",
            recipient: "sip:romeo@example.net",
            hop: "tcp:127.0.0.1:5070",
            source: Array("<body>\(text)</body>".utf8),
            wire: Array(text.utf8),
            generation: "g1",
            accepted: moment,
            deadline: moment + 86_400_000
        )
        let forms = BodyForm.allCases.map { form in
            key.seal(Array("\(form.name) of \(text)".utf8), crossing: 1, form: form, accepted: moment)
        }
        try writer.perform([.accept(row, audit: record.entry()), .keep(key, forms)])
        let end = AuditRecord(.delivered, time: moment + 9, node: "gw.example.net", crossing: "1")
        try writer.perform([.settle(id: 1, as: .delivered, audit: end.entry())])
        return site
    }

    @Test("The three forms of a message are shown where they were kept, and one line says why not where they were not")
    func shown() throws {
        let site = try Self.site()
        let run = try site.run("messages", "show", "1", "--content")
        for part in [
            "as received:\n  source of \(Self.text)", "in the middle:\n  canonical of \(Self.text)",
            "as sent:\n  target of \(Self.text)",
        ] {
            #expect(run.output.contains(part), "\(run)")
        }
        let kept = try #require(
            try site.run("messages", "show", "1", "--content", "--json").object()["kept"] as? [String: Any]
        )
        #expect(kept["canonical"] as? String == "canonical of \(Self.text)" && kept["absent"] == nil)
        #expect(try !site.run("messages", "show", "1").output.contains("pomegranates"))
        let plain = try Site()
        try plain.storeCrossings()
        let none = try plain.run("messages", "show", "2", "--content")
        #expect(none.code == 0 && none.output.contains("the text was not kept"), "\(none)")
        // What is open is shown from the outbox.
        let open = try plain.run("messages", "show", "1", "--content").output
        #expect(open.contains("as received:\n  <message id='m1'/>\n"))
    }

    @Test("audit show has the three forms beside rules and losses, or says why not")
    func recordShown() throws {
        let site = try Self.site()
        let plain = try site.run("audit", "show", "1").output
        #expect(!plain.contains("pomegranates"))
        let run = try site.run("audit", "show", "1", "--content")
        for part in [
            "rules", "losses", "source of \(Self.text)", "canonical of \(Self.text)", "target of \(Self.text)",
        ] {
            #expect(run.output.contains(part), "\(run)")
        }
        // The second record of the message does not repeat them.
        let all = try site.run("audit", "show", "1", "--crossing", "--content", "--json").objects()
        #expect(all.count == 2 && all[1]["content"] == nil)
        #expect((all[0]["content"] as? [String: String])?["target"] == "target of \(Self.text)")
        _ = try site.run("audit", "erase", "--person", "juliet@example.com", "--reason", "request 7")
        #expect(try site.run("audit", "show", "1", "--content").output.contains("was erased"))
        let files = ["audit", "show", "1", "--content", "--dir", "state"]
        #expect(try Program.run(files, in: site.scratch.url).code == 2)
    }

    @Test("audit search --text opens the texts of one person in one period, and does not write down for what")
    func searched() throws {
        let site = try Self.site()
        func search(_ words: String...) throws -> [Int?] {
            let run = try Program.run(["audit", "search", "--json"] + words + site.config, in: site.scratch.url)
            #expect(run.code == 0, "\(run)")
            return try run.objects().map { $0["seq"] as? Int }
        }
        let romeo = "sip:romeo@example.net"
        #expect(try search("--text", "POMEGRANATES", "--person", romeo, "--since", "2026-03-01") == [1, 2])
        let narrow = ["--person", romeo, "--since", "2026-03-01", "--event", "delivered"]
        #expect(
            try search("--text", "pomegranates", narrow[0], narrow[1], narrow[2], narrow[3], narrow[4], narrow[5]) == [
                2
            ]
        )
        #expect(try search("--text", "quinces", "--person", romeo, "--since", "2026-03-01") == [])
        #expect(try search("--text", "pomegranates", "--person", romeo, "--since", "2026-03-02") == [])
        #expect(try search("--text", "pomegranates", "--person", "tybalt@example.com", "--since", "2026-03-01") == [])
        let usage = try site.run("audit", "search", "--text", "pomegranates", "--person", romeo)
        #expect(usage.code == 2 && usage.errors.contains("--since"), "\(usage)")
        let reads = try site.run("audit", "search", "--event", "audit-read", "--json").output
        #expect(reads.contains("\"read.text\":\"yes\"") && !reads.lowercased().contains("pomegranates"))
    }

    @Test("A person's texts are erased without a gateway; the records stay and say who and why")
    func erased() throws {
        let site = try Self.site()
        let run = try site.run("audit", "erase", "--person", "sip:romeo@example.net", "--reason", "request 7")
        #expect(run.code == 0, "\(run)")
        #expect(run.output == "1 keys are erased, and with them 3 forms of texts\n")
        let shown = try site.run("messages", "show", "1", "--content")
        #expect(shown.code == 0 && !shown.output.contains("pomegranates"), "\(shown)")
        #expect(shown.output.contains("a key of its conversation and day, was erased"), "\(shown)")
        let record = try #require(
            try site.run("audit", "search", "--event", "bodies-erased", "--json").objects().first
        )
        #expect(record["reason"] as? String == "request 7")
        #expect((record["identifiers"] as? [String: String])?["person"] == "sip:romeo@example.net")
        #expect(try site.run("ledger", "check").code == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: site.scratch.url.appending(path: "state").path)
        {
            let content = try Data(contentsOf: site.scratch.url.appending(path: "state/\(name)"))
            #expect(content.range(of: Data(Self.text.utf8)) == nil, "\(name)")
        }
        let again = try site.run("audit", "erase", "--person", "romeo@example.net", "--reason", "again", "--json")
        #expect(try again.object()["keys"] as? Int == 0)
    }

    @Test("Only the days of the period are erased")
    func period() throws {
        let site = try Self.site()
        let both = ["--conversation", "romeo@example.net", "juliet@example.com", "--reason", "r", "--json"]
        func keys(_ period: [String]) throws -> Int? {
            let run = try Program.run(["audit", "erase"] + both + period + site.config, in: site.scratch.url)
            return try run.object()["keys"] as? Int
        }
        #expect(try keys(["--until", "2026-03-01"]) == 0)
        #expect(try keys(["--since", "2026-03-02"]) == 0)
        #expect(try keys(["--since", "2026-03-01", "--until", "2026-03-02"]) == 1)
    }

    @Test("A hold is placed, listed, refuses an erasure by its name, and is not lifted by one operator")
    func holds() throws {
        let site = try Self.site()
        let placed = try site.run("audit", "hold", "add", "--domain", "example.com", "--reason", "case 12", "--json")
        #expect(placed.code == 0, "\(placed)")
        #expect(try placed.object()["id"] as? String == "1")
        let erase = ["audit", "erase", "--person", "juliet@example.com", "--reason", "r"] + site.config
        let refused = try Program.run(erase, in: site.scratch.url)
        #expect(
            refused.code == 1 && refused.errors.contains("hold 1") && refused.errors.contains("case 12"),
            "\(refused)"
        )
        let list = try site.run("audit", "hold", "list").output
        #expect(list.contains("example.com") && list.contains("in force") && list.contains("case 12"), "\(list)")
        let asked = try site.run("audit", "hold", "lift", "1", "--reason", "closed")
        #expect(asked.code == 0 && asked.output.contains("second operator"), "\(asked)")
        let twice = try site.run("audit", "hold", "lift", "1", "--reason", "closed")
        #expect(twice.code == 1 && twice.errors.contains("cannot lift hold 1 alone"), "\(twice)")
        #expect(try Program.run(erase, in: site.scratch.url).code == 1)
        #expect(try site.run("audit", "hold", "lift", "9", "--reason", "closed").code == 1)
        let holds = try site.run("audit", "hold", "list", "--all", "--json").objects()
        #expect(holds.count == 1 && holds.first?["liftAskedBy"] as? String == "uid \(getuid())")
    }

    @Test("A backup has no keys: a store restored elsewhere shows everything but the texts, and says why")
    func backup() throws {
        let site = try Self.site()
        let backup = try site.run("ledger", "backup", "copy.db")
        #expect(backup.code == 0 && backup.output.contains("the keys of texts are not in it"), "\(backup)")
        for name in ["keys.db", "keys.db-wal", "keys.db-shm"] {
            try? FileManager.default.removeItem(at: site.scratch.url.appending(path: "state/\(name)"))
        }
        #expect(try site.run("ledger", "restore", "copy.db", "--reason", "moved").code == 0)
        let shown = try site.run("messages", "show", "1", "--content")
        #expect(shown.code == 0 && shown.output.contains("delivered"))
        #expect(shown.output.contains("keys.db; keys are not part of a backup"), "\(shown)")
    }

    @Test(
        "What says too little is wrong usage",
        arguments: [
            ["erase", "--reason", "r"], ["erase", "--person", "juliet@example.com"],
            ["erase", "--person", "juliet@example.com", "--reason", ""],
            ["erase", "--conversation", "juliet@example.com", "--reason", "r"],
            [
                "erase", "--person", "a@example.com", "--reason", "r", "--conversation", "a@example.com",
                "b@example.net",
            ],
            [
                "erase", "--person", "juliet@example.com", "--reason", "r", "--since", "2026-02-02", "--until",
                "2026-01-01",
            ],
            ["erase", "--person", "no address", "--reason", "r"],
            ["hold", "add", "--reason", "r"], ["hold", "add", "--domain", "example.com"],
            ["hold", "add", "--domain", "example.com", "--person", "juliet@example.com", "--reason", "r"],
            ["hold", "lift", "1"], ["hold", "lift", "one", "--reason", "r"],
        ]
    )
    func usage(_ words: [String]) throws {
        let site = try Self.site()
        let run = try Program.run(["audit"] + words + site.config, in: site.scratch.url)
        #expect(run.code == 2 && run.output.isEmpty, "\(run)")
    }
}
