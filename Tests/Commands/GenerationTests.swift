import Foundation
import Testing

/// Tables are put in force, compared, listed and taken back, by a person at a terminal.
@Suite("mappings apply, diff, log, rollback, shadow")
struct GenerationTests {
    private static let gone = """
        format: isthmus-mapping/1
        table: errors
        kind: errors
        rows:
          - {id: mine, overrides: sip-404, sip: {status: 404}, xmpp: {condition: gone, type: cancel}, retry: never, \
        way: to-xmpp}

        """

    private func edit(_ site: Site, _ text: String = gone) throws {
        try site.scratch.write(text, to: "Mappings/50-site/errors.yaml")
    }

    private func apply(_ site: Site, _ more: String...) throws -> Program.Run {
        try Program.run(
            ["mappings", "apply", "--reason", "ticket 1"] + more + site.config,
            in: site.scratch.url
        )
    }

    /// The identifiers of the log, the newest first.
    private func identifiers(_ site: Site) throws -> [String] {
        try site.run("mappings", "log", "--json").objects().compactMap { $0["generation"] as? String }
    }

    @Test("Without a gateway the tables come into force for its next start, and each stage is a line")
    func applied() throws {
        let site = try Site()
        let run = try apply(site)
        #expect(run.code == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 7, "\(run.output)")
        let shipped = try FileManager.default.contentsOfDirectory(
            atPath: Program.root.appending(path: "Mappings/00-standard").path
        )
        #expect(lines[0].hasPrefix("ok    read    \(shipped.count) files, "))
        #expect(lines[2].hasPrefix("ok    test    "))
        #expect(lines[3] == "skip  shadow  no recorded crossings are asked for")
        #expect(lines[5] == "skip  swap    no gateway runs; the next start takes these tables")
        #expect(lines[6].hasSuffix(" is in force; before it none"))

        let again = try apply(site)
        #expect(again.code == 0)
        #expect(again.output.hasSuffix(" is in force already\n"), "\(again.output)")
        #expect(try identifiers(site).count == 1)
        let record = try #require(try site.run("audit", "search", "--event", "activated", "--json").objects().first)
        #expect(record["actor"] as? String == "uid \(getuid())")
        #expect(record["reason"] as? String == "ticket 1")
    }

    @Test("What differs is shown by row, with columns and places before and after")
    func differences() throws {
        let site = try Site()
        _ = try apply(site)
        #expect(try site.run("mappings", "diff").output == "no row differs\n")
        try edit(site)
        let run = try site.run("mappings", "diff")
        #expect(run.code == 0)
        #expect(
            run.output.hasPrefix("added    errors.mine\n  after   Mappings/50-site/errors.yaml:5\n  + id: mine\n"),
            "\(run.output)"
        )
        #expect(run.output.hasSuffix("1 row: 1 added\n"))
        let object = try site.run("mappings", "diff", "--json").object()
        let rows = try #require(object["rows"] as? [[String: Any]])
        #expect(rows.first?["change"] as? String == "added")
        #expect(object["before"] as? String == (try identifiers(site)[0]))
        #expect(object["after"] as? String != object["before"] as? String)

        _ = try apply(site)
        let names = try identifiers(site)
        let back = try site.run("mappings", "diff", "active", String(names[1].prefix(8)))
        #expect(back.output.contains("removed  errors.mine\n  before  \(names[0].prefix(8)):50-site/errors.yaml:5\n"))
    }

    @Test("A fault in a file is shown with its line, a failing test too, and what was in force stays")
    func faulty() throws {
        let site = try Site()
        _ = try apply(site)
        try edit(site, Self.gone.replacing("condition: gone", with: "condition: gnoe"))
        let run = try apply(site)
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("Mappings/50-site/errors.yaml:5:"), "\(run.errors)")
        #expect(run.errors.contains("did you mean \"gone\"?"))
        #expect(run.output.contains("FAIL  check   2 faults in the files\n"), "\(run.output)")
        #expect(run.output.contains("stays in force\n"))
        let test = "tests:\n  - {name: wrong, given: {sip: {status: 404}}, expect: {xmpp: {condition: conflict, "
        try edit(site, Self.gone + test + "type: cancel}, retry: never, row: mine}}\n")
        let failing = try apply(site)
        #expect(failing.code == 1)
        #expect(failing.errors.contains("[test-failed]"))
        #expect(failing.output.contains("FAIL  test    1 of "), "\(failing.output)")
        #expect(try identifiers(site).count == 1)
        let records = try site.run("audit", "search", "--event", "activation-refused", "--json").objects()
        #expect(records.count == 2)
        try FileManager.default.removeItem(at: site.scratch.url.appending(path: "Mappings/00-standard"))
        #expect(try apply(site).code == 1)
    }

    @Test("Only what was reviewed comes into force where it is named")
    func expected() throws {
        let site = try Site()
        _ = try apply(site)
        try edit(site)
        let reviewed = try #require(try site.run("mappings", "diff", "--json").object()["after"] as? String)
        let other = try apply(site, "--expect", "00000000")
        #expect(other.code == 1)
        #expect(other.output.contains("FAIL  expect  these tables are \(reviewed), not 00000000"), "\(other.output)")
        #expect(try apply(site, "--expect", String(reviewed.prefix(8))).code == 0)
        #expect(try apply(site, "--expect", "xyz").code == 2)
    }

    @Test("There is a way back, to the generation before or to one that is named, and the log tells of all")
    func rollback() throws {
        let site = try Site()
        _ = try apply(site)
        #expect(try site.run("mappings", "rollback", "--reason", "none before").code == 1)
        try edit(site)
        _ = try apply(site)
        let names = try identifiers(site)
        // The files may have changed, or be broken.
        try edit(site, "broken: [")
        let run = try site.run("mappings", "rollback", "--reason", "ticket 2")
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        #expect(run.output.hasSuffix("generation \(names[1]) is in force; before it \(names[0])\n"))
        #expect(try site.run("mappings", "rollback", String(names[0].prefix(6)), "--reason", "again").code == 0)
        let log = try site.run("mappings", "log", "--json").objects()
        #expect(log.map { $0["state"] as? String } == ["active", "closing", "closing", "closing"])
        #expect(log.map { $0["cause"] as? String } == ["rollback", "rollback", "apply", "apply"])
        #expect(log.map { $0["reason"] as? String } == ["again", "ticket 2", "ticket 1", "ticket 1"])
        let table = try site.run("mappings", "log", "--limit", "1").output
        #expect(table.split(separator: "\n").count == 2)
        #expect(table.contains(names[0].prefix(12)))
    }

    @Test("What would change for recorded crossings is shown by row, and nothing is put in force")
    func shadow() throws {
        let site = try Site()
        try site.storeCrossings()
        _ = try apply(site)
        try edit(site)
        let run = try site.run("mappings", "shadow", "--last", "10")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("warn  shadow  1 of 4 crossings would change; "), "\(run.output)")
        let change = "item-not-found cancel, retry never → gone cancel, retry never"
        #expect(run.output.contains("\n  1 crossing would end otherwise: \(change)\n  such as 3\n"), "\(run.output)")
        #expect(run.output.contains("errors.sip-404  00-standard/errors.yaml:"))
        #expect(try identifiers(site).count == 1)
        let object = try #require(
            try site.run("mappings", "shadow", "--json").object()["shadow"] as? [String: Any]
        )
        #expect(object["crossings"] as? Int == 4 && object["changed"] as? Int == 1)
        let applied = try apply(site, "--shadow", "10", "--json").object()
        #expect((applied["shadow"] as? [String: Any])?["changed"] as? Int == 1)
        #expect(try site.run("mappings", "log", "--json").objects().first?["shadowed"] != nil)
    }

    @Test("Words that name nothing are refused with what could be meant")
    func wrongWords() throws {
        let site = try Site()
        #expect(try site.run("mappings", "diff").code == 3)
        _ = try apply(site)
        let short = try site.run("mappings", "diff", "ab")
        #expect(short.code == 2)
        #expect(short.errors.contains("at least 4 digits"), "\(short.errors)")
        #expect(try site.run("mappings", "diff", "zzzz").code == 2)
        let unknown = try site.run("mappings", "rollback", "0000", "--reason", "x")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("isthmus mappings log"), "\(unknown.errors)")
        #expect(try site.run("mappings", "rollback", "files", "--reason", "x").code == 2)
        #expect(try Program.run(["mappings", "apply"] + site.config, in: site.scratch.url).code == 2)
        #expect(try site.run("mappings", "apply", "--reason", " ").code == 2)
        #expect(try site.run("mappings", "apply", "--reason", String(repeating: "x", count: 4_097)).code == 2)
        #expect(try site.run("mappings", "apply", "--reason", "x", "--shadow", "100001").code == 2)
        #expect(try site.run("mappings", "shadow", "--last", "0").code == 2)
        #expect(try site.run("mappings", "log", "--limit", "-1").code == 2)
    }
}
