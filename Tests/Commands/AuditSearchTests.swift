import AuditTrail
import Digests
import Foundation
import Ledger
import Testing

/// How an auditor finds records: by files and store of a gateway, or by the files alone.
@Suite("audit search, show and reindex")
struct AuditSearchTests {
    /// A site whose records have left the store for the files, but for the last two.
    private static func site() throws -> Site {
        let site = try Site()
        try site.storeCrossings()
        let state = site.scratch.url.appending(path: "state").path
        let path = StateDirectory.databasePath(in: state)
        let writer = try LedgerWriter(path: path) { $0.run() }
        defer { writer.close() }
        let signer = try #require(NoteSigner(name: "gw.example.net/audit", key: SigningKey()))
        var exporter = try TrailExporter(path: state + "/audit", reader: LedgerReader(path: path), signer: signer) {
            mark throws(LedgerError) in try writer.perform([.exported(mark)])
        }
        while try exporter.step().hasMore {}
        _ = try SearchIndex.rebuild(SearchIndex.path(in: state), from: state + "/audit")
        try writer.perform([.forgetAudit(through: 4)])
        return site
    }

    static let searches: [([String], [Int])] = [
        (["--person", "juliet@example.com"], [1, 2, 3, 4, 5]),
        (["--person", "sip:juliet@example.com"], [1, 2, 3, 4, 5]),
        (["--person", "romeo@example.net", "--outcome", "404"], [5]),
        (["--address", "sip:romeo@example.net"], [1, 2, 3]),
        (["--rule", "message.body", "--newest"], [3, 2, 1]), (["--loss", "message.html"], [2]),
        (["--outcome", "identity-mismatch"], [6]), (["--outcome", "200"], [4]), (["--id", "call-2@gw"], [2]),
        (["--crossing", "3", "--event", "failed"], [5]), (["--peer", "nobody.example"], []),
        (["--newest", "--limit", "2"], [6, 5]), (["--newest", "--after", "5", "--limit", "2"], [4, 3]),
        (["--after", "2", "--limit", "3"], [3, 4, 5]), (["--newest", "--after", "1"], []), (["--after", "6"], []),
        (["--since", "2026-03-01T12:02:00Z", "--until", "2026-03-01T12:03:00Z"], [2, 4]),
        (["--event", "failed", "--event", "refused"], [5, 6]), (["--containing", "call-3@"], [3]),
    ]

    @Test("Filters hold together over files and store, in either order and by pages", arguments: searches)
    func search(_ options: [String], _ expected: [Int]) throws {
        let site = try Self.site()
        for place in [site.config, ["--dir", "state/audit"]] {
            let run = try Program.run(["audit", "search", "--json"] + options + place, in: site.scratch.url)
            #expect(run.code == 0, "\(run.errors)")
            #expect(try run.objects().map { $0["seq"] as? Int } == expected, "\(place)")
            #expect(!run.errors.contains("search database"))
        }
    }

    @Test("A list that goes on says how, and one that ends does not")
    func pages() throws {
        let site = try Self.site()
        // Of the files alone, since each search of a gateway's log is one record more.
        func search(_ words: String...) throws -> Program.Run {
            try Program.run(["audit", "search", "--dir", "state/audit"] + words, in: site.scratch.url)
        }
        #expect(try search("--limit", "4").errors == "note: there are more; go on with --after 4\n")
        #expect(try search("--limit", "6").errors.isEmpty)
        let newest = try search("--newest", "--limit", "4")
        #expect(newest.errors == "note: there are more; go on with --after 3\n")
        #expect(newest.output.split(separator: "\n").count == 5)
        let event = try site.run("audit", "search", "--outcome", "failed")
        #expect(event.code == 0 && event.errors.contains("--event failed"))
    }

    @Test(
        "What cannot be meant is wrong usage, with help",
        arguments: [
            (["--person", "romeo"], "such as juliet@example.com"), (["--address", "a b@c"], "is no address"),
            (["--event", "deliverd"], "did you mean \"delivered\""), (["--crossing", "call-1@gw"], "--id"),
            (["--limit=-1"], "0 or more"), (["--after=-3"], "0 or more"), (["--after", "x"], "--after"),
            (["--since", "2d", "--until", "3d"], "--since is not before --until"), (["--rule", ""], "--rule is empty"),
            (["--since", "yesterday"], "--since"), (["--dir", "state/audit"], "either --dir or --config"),
            (["--index", "x.db"], "--index goes with --dir"),
        ]
    )
    func misuse(_ options: [String], _ help: String) throws {
        let run = try Program.run(["audit", "search"] + options + ["--config", "gateway.yaml"])
        #expect(run.code == 2)
        #expect(run.errors.contains(help), "\(run.errors)")
    }

    @Test("A record is shown with rules, losses and ids, also where there are none")
    func show() throws {
        let site = try Self.site()
        let lines = try site.run("audit", "show", "2").output.split(separator: "\n").map(String.init)
        #expect(lines.contains("rules       message.body"))
        #expect(lines.contains("losses      message.html"))
        #expect(lines.contains("ids         sip.callID=call-2@gw, stanza.id=m2"))
        #expect(lines.contains("from        juliet@example.com/balcony → sip:juliet@example.com"))
        let bare = try site.run("audit", "show", "6").output
        for name in ["rules", "losses", "ids"] {
            #expect(bare.contains(name + String(repeating: " ", count: 12 - name.count) + "none\n"))
        }
        let object = try #require(try site.run("audit", "show", "6", "--json").objects().first)
        #expect(object["rules"] as? [String] == [] && object["losses"] as? [String] == [])
        #expect((object["identifiers"] as? [String: String])?.isEmpty == true)
        let raw = try site.run("audit", "show", "2", "--json").output
        let record = try #require(
            try site.run("audit", "search", "--json", "--after", "1", "--limit", "1").output.split(separator: "\n")
                .dropFirst().first
        )
        #expect(raw.contains("\"record\":" + record))
        #expect(raw.contains(SHA256.hash(prefix: 0, Array(record.utf8).span).hexadecimal))
    }

    @Test("A message is shown by its number and by each id that a protocol has for it")
    func showMessage() throws {
        let site = try Self.site()
        for words in [["--crossing", "2"], ["call-2@gw"], ["m2"]] {
            let run = try Program.run(["audit", "show", "--json"] + words + site.config, in: site.scratch.url)
            #expect(try run.objects().map { $0["sequence"] as? Int } == [2, 4], "\(words)")
        }
        #expect(try site.run("audit", "show", "77").code == 1)
        #expect(try site.run("audit", "show", "nothing@gw").errors.contains("--containing"))
        #expect(try site.run("audit", "show", "--crossing", "77").code == 1)
        #expect(try site.run("audit", "show", "--crossing", "m2").code == 2)
    }

    @Test("Messages are listed and shown although their records have left the store")
    func messages() throws {
        let site = try Self.site()
        let all = try site.run("messages", "list", "--json", "--limit", "0").objects()
        #expect(all.map { $0["state"] as? String } == ["waiting", "delivered", "failed", "refused"])
        let narrow = try site.run("messages", "list", "--json", "--address", "juliet@example.com", "--limit", "2")
        #expect(try narrow.objects().map { $0["id"] as? String } == ["2", "3"])
        #expect(narrow.errors.isEmpty)
        #expect((try site.run("messages", "show", "2", "--json").object()["events"] as? [Any])?.count == 2)
        #expect(try site.run("ledger", "check").code == 0)
    }

    @Test("Without a search database one is made for the search, which is said, or the files are read through")
    func withoutSearch() throws {
        let site = try Self.site()
        let file = SearchIndex.path(in: site.scratch.url.appending(path: "state").path)
        try FileManager.default.removeItem(atPath: file)
        let files = try Program.run(
            ["audit", "search", "--json", "--id", "call-2@gw", "--dir", "state/audit"],
            in: site.scratch.url
        )
        #expect(try files.objects().map { $0["seq"] as? Int } == [2])
        let place = try #require(files.errors.firstMatch(of: /one is made in ([^ ]+) for this search/)?.1)
        #expect(files.errors.contains("isthmus audit reindex --dir state/audit"))
        #expect(!FileManager.default.fileExists(atPath: String(place)))
        // However the search ends: who wrote to whom does not stay behind.
        let cut = try Program.shell(
            "exec \"$@\" >/dev/full",
            ["audit", "search", "--dir", "state/audit"],
            in: site.scratch.url
        )
        #expect(cut.code == 3)
        let left = try #require(cut.errors.firstMatch(of: /one is made in ([^ ]+) for this search/)?.1)
        #expect(!FileManager.default.fileExists(atPath: String(left)))
        let gateway = try site.run("audit", "search", "--json", "--person", "sip:juliet@example.com")
        #expect(try gateway.objects().map { $0["seq"] as? Int } == [1, 2, 3, 4, 5])
        #expect(gateway.errors.contains("there is no search database"))
        try Data(repeating: 7, count: 9_000).write(to: URL(filePath: file))
        let damaged = try site.run("audit", "search", "--json", "--id", "call-2@gw")
        #expect(try damaged.objects().map { $0["seq"] as? Int } == [2])
        #expect(damaged.errors.contains("isthmus audit reindex"))
    }

    @Test("A search database is made anew from the files, for the gateway or for an auditor's copy")
    func reindex() throws {
        let site = try Self.site()
        let file = SearchIndex.path(in: site.scratch.url.appending(path: "state").path)
        try Data(repeating: 7, count: 9_000).write(to: URL(filePath: file))
        let run = try site.run("audit", "reindex", "--json")
        #expect(run.code == 0, "\(run.errors)")
        #expect(try run.object()["records"] as? Int == 6)
        #expect(try site.run("audit", "search", "--id", "call-2@gw").errors.isEmpty)
        func files(_ words: String...) throws -> Program.Run {
            try Program.run(["audit"] + words + ["--dir", "state/audit"], in: site.scratch.url)
        }
        try FileManager.default.removeItem(atPath: file)
        #expect(try files("reindex", "--index", "mine.db").output.contains("6 records can be searched by mine.db"))
        #expect(try files("search", "--index", "mine.db").errors.isEmpty)
        #expect(try files("search", "--index", "none.db").code == 3)
        #expect(try files("reindex").code == 0)
        #expect(try files("search").errors.isEmpty)
        #expect(try Program.run(["audit", "reindex", "--dir", "nowhere"], in: site.scratch.url).code == 3)
        #expect(try Program.run(["audit", "reindex"], in: site.scratch.url).code == 2)
        // What cannot be read leaves the present one.
        let records = site.scratch.url.appending(path: "state/audit/" + SegmentFile(first: 1).name(.records))
        try Data("nothing\n".utf8).write(to: records)
        #expect(try files("reindex", "--index", "mine.db").code == 3)
        #expect(FileManager.default.fileExists(atPath: site.scratch.url.appending(path: "mine.db").path))
    }
}
