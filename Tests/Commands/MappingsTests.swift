import Foundation
import Testing

@Suite("mappings")
struct MappingsTests {
    @Test("The shipped tables have no fault")
    func shipped() throws {
        let run = try Program.run(["mappings", "check", "--mappings", "Mappings", "--json"])
        #expect(run.code == 0, "\(run.output)")
        #expect((try run.object()["faults"] as? [Any])?.isEmpty == true)
    }

    @Test("A directory without tables is out of reach")
    func missing() throws {
        let run = try Program.run(["mappings", "check", "--mappings", "no-such-directory"])
        #expect(run.code == 3)
        #expect(run.errors.hasPrefix("no-such-directory:1:1: error: "), "\(run.errors)")
    }

    @Test("Tests of tables run, and rows without one are listed with their places")
    func tests() throws {
        let object = try Program.run(["mappings", "test", "--mappings", "Mappings", "--json"]).object()
        let tests = try #require(object["tests"] as? [[String: Any]])
        #expect(!tests.isEmpty)
        #expect(tests.allSatisfy { $0["passed"] as? Bool == true })
        for row in object["unreached"] as? [[String: Any]] ?? [] { #expect((row["line"] as? Int ?? 0) > 0) }
    }

    @Test("A test that fails is a fault with its place")
    func failingTest() throws {
        let site = try Site()
        let file = site.scratch.url.appending(path: "Mappings/00-standard/errors.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacing(
                "given: {sip: {status: 404}}, expect: {xmpp: {condition: item-not-found",
                with: "given: {sip: {status: 404}}, expect: {xmpp: {condition: gone"
            )
        try Data(text.utf8).write(to: file)
        let run = try site.run("mappings", "test")
        #expect(run.code == 1)
        #expect(run.errors.contains("errors.yaml:") && run.errors.contains("[test-failed]"), "\(run.errors)")
        #expect(try site.run("check").code == 1)
    }

    @Test("A shipped test that the site's rows alone fail is a warning to check, test and apply alike")
    func overruled() throws {
        let site = try Site()
        let head = "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows: []\n"
        try site.scratch.write(head + "otherwise: {profile: stox}\n", to: "Mappings/50-site/routes.yaml")
        let runs = try ["check", "test"].map { try site.run("mappings", $0) } + [site.run("check")]
        for run in runs {
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.errors.contains("routes.yaml:"), "\(run.errors)")
            #expect(run.errors.contains(": warning: your rows overrule the shipped test "), "\(run.errors)")
            #expect(run.output.contains(" shipped one your rows overrule"), "\(run.output)")
        }
        let tests = try #require(try site.run("mappings", "test", "--json").object()["tests"] as? [[String: Any]])
        #expect(tests.count { $0["standing"] as? String == "overruled" && $0["passed"] as? Bool == false } == 1)
        let applied = try site.run("mappings", "apply", "--reason", "x")
        #expect(applied.code == 0 && applied.output.contains("warn  test    "), "\(applied.output)")
        // The same test fails for its own sake where the shipped file is the one that was edited.
        let shipped = site.scratch.url.appending(path: "Mappings/00-standard/routes.yaml")
        let text = try String(contentsOf: shipped, encoding: .utf8)
            .replacing("otherwise: {profile: default", with: "otherwise: {profile: stox")
        try Data(text.utf8).write(to: shipped)
        for command in ["check", "test"] { #expect(try site.run("mappings", command).code == 1) }
        #expect(try site.run("mappings", "apply", "--reason", "x").code == 1)
    }

    @Test("An unknown table is wrong usage, and the nearest one is named")
    func unknownTable() throws {
        let run = try Program.run(["mappings", "test", "--mappings", "Mappings", "--table", "los"])
        #expect(run.code == 2)
        #expect(run.errors.contains("did you mean \"loss\"?"))
    }

    @Test("Each row is explained: matched or not, why, and where it stands")
    func explain() throws {
        let scratch = try Scratch()
        try scratch.write(TranslateTests.stanza, to: "message.xml")
        let file = scratch.url.appending(path: "message.xml").path
        let run = try Program.run(["mappings", "explain", file, "--json"])
        #expect(run.code == 0, "\(run.errors)")
        let tables = try #require(try run.object()["tables"] as? [[String: Any]])
        #expect(tables.contains { $0["kind"] as? String == "routes" })
        let rows = tables.flatMap { $0["rows"] as? [[String: Any]] ?? [] }
        let body = rows.first { $0["row"] as? String == "message.xmpp.body" }
        #expect(body?["matched"] as? Bool == true)
        #expect((body?["why"] as? String)?.contains("body → content") == true, "\(body ?? [:])")
        let subject = rows.first { $0["row"] as? String == "message.xmpp.subject" }
        #expect(subject?["matched"] as? Bool == false)
        #expect((subject?["why"] as? String)?.contains("the item has no subject") == true, "\(subject ?? [:])")
        #expect(subject?["reason"] as? String == "absent" && (subject?["column"] as? Int ?? 0) > 0)
        let text = try Program.run(["mappings", "explain", "-"], input: TranslateTests.stanza).output
        #expect(text.contains("  yes  message.xmpp.body  "))
        #expect(try Program.run(["mappings", "explain", "no-such-file.xml"]).code == 3)
    }

    @Test("One value is explained: of a table, an address, an error, a route")
    func explainValues() throws {
        let value = ["mappings", "explain", "--table", "presence.show", "--value"]
        let show = try Program.run(value + ["xmpp: {show: xa}", "--json"])
        let answer = try show.object()["answer"] as? String
        #expect(show.code == 0 && answer?.contains("activities: \"away\"") == true)
        let all = try Program.run(value + ["xmpp: {show: xa}", "--all"]).output
        #expect(all.contains("       show: away ≠ xa\n"))
        #expect(try Program.run(["mappings", "explain", "--address", "juliet@example.com"]).code == 0)
        #expect(try Program.run(["mappings", "explain", "--address", "a b@"]).code == 1)
        let error = try Program.run(["mappings", "explain", "--error", "403", "--peer", "acme.example"])
        #expect(error.output.contains("route (acme.example)") && error.output.contains("errors.sip-403"))
        #expect(try Program.run(["mappings", "explain", "--peer", "acme.example"]).code == 0)
    }

    @Test("What cannot be explained is told with what was meant")
    func unexplained() throws {
        func run(_ words: String..., input: String = "") throws -> Program.Run {
            try Program.run(["mappings", "explain"] + words, input: input)
        }
        let table = try run("--table", "presence.shwo", "--value", "xmpp: {show: xa}")
        #expect(table.code == 2 && table.errors.contains("did you mean \"presence.show\"?"))
        let column = try run("--table", "presence.show", "--value", "xmpp: {shwo: xa}")
        #expect(column.code == 2 && column.errors.contains("did you mean \"show\"?"))
        let error = try run("--error", "forbiden")
        #expect(error.code == 2 && error.errors.contains("did you mean \"forbidden\"?"))
        #expect(try run("--error", "200").code == 2)
        #expect(try run().code == 2)
        #expect(try run("-").errors.contains("standard input:1:1: error: there is no item in it"))
        let presence = "<presence xmlns='jabber:client'/>"
        let two = try run("-", input: presence + "\n" + presence)
        #expect(two.code == 1 && two.errors.hasPrefix("standard input:2:1: error: more stands behind"))
        let text = try run("-", input: "hello there")
        #expect(text.code == 1 && text.errors.contains("[unknown-form]"))
    }

    @Test("A file that is tried is laid over the folder, for an item and for a value")
    func triedFile() throws {
        let scratch = try Scratch()
        try scratch.write(
            """
            format: isthmus-mapping/1
            table: routes
            kind: routes
            about: Acme reads plain text.
            rows:
              - {id: acme, match: {domain: acme.example}, profile: stox, set: {msg.thread: ignore}}

            """,
            to: "acme.yaml"
        )
        let file = scratch.url.appending(path: "acme.yaml").path
        let words = ["mappings", "try", "--with", file, "--as", "90-peers/acme.example", "--peer"]
        let acme = try Program.run(words + ["acme.example"])
        #expect(acme.code == 0 && acme.output.contains("set   msg.thread: call-id → ignore\n"), "\(acme.errors)")
        #expect(acme.output.contains("rule  routes.acme  \(file):6\n"))
        #expect(acme.output.hasSuffix("the file changes the answer\n"))
        #expect(try Program.run(words + ["other.example"]).output.hasSuffix("the file changes nothing here\n"))
        let item = try Program.run(["mappings", "try", "--with", file], input: TranslateTests.stanza)
        #expect(item.code == 0 && item.output.hasSuffix("the file changes nothing here\n"))
        #expect(try Program.run(["mappings", "try", "--with", file, "--as", "50-sight", "--error", "404"]).code == 2)
        #expect(try Program.run(["mappings", "try", "--with", "no-such.yaml", "--error", "404"]).code == 3)
        #expect(try Program.run(["mappings", "try", "--error", "404"]).code == 2)
    }

    private static let row = """
        {id: mine, gateway: unknown-domain, overrides: gateway-unknown-domain, \
        xmpp: {condition: gone, type: cancel}, sip: {status: 410}, text: "Moved."}
        """

    @Test("A row that is tried shows the output without it and with it")
    func tried() throws {
        let stranger = TranslateTests.stanza.replacing("romeo@example.net", with: "romeo@example.org")
        let words = ["mappings", "try", "--table", "errors", "--row", Self.row]
        let object = try Program.run(words + ["--json"], input: stranger).object()
        #expect(object["changed"] as? Bool == true)
        func bytes(_ side: String) -> String {
            let products = (object[side] as? [String: Any])?["products"] as? [[String: Any]]
            return products?.first?["bytes"] as? String ?? ""
        }
        #expect(bytes("before").contains("<item-not-found"))
        #expect(bytes("after").contains("<gone"))
        let same = try Program.run(words, input: TranslateTests.stanza)
        #expect(same.output.hasSuffix("the row changes nothing here\n"), "\(same.output)\(same.errors)")
    }

    @Test("A row that cannot be read or that names nothing is shown with its place")
    func wrongRow() throws {
        let words = ["mappings", "try", "--table", "errors", "--row"]
        let yaml = try Program.run(words + ["{id: mine, gateway: ["], input: TranslateTests.stanza)
        #expect(yaml.code == 1)
        #expect(yaml.errors.hasPrefix("--row:1:"), "\(yaml.errors)")
        let unknown = Self.row.replacing("overrides: gateway-unknown-domain", with: "overrides: gateway-unknown-domian")
        let run = try Program.run(words + [unknown], input: TranslateTests.stanza)
        #expect(run.code == 1)
        #expect(run.errors.contains("did you mean \"gateway-unknown-domain\"?"), "\(run.errors)")
        #expect(try Program.run(["mappings", "try", "--table", "erors", "--row", Self.row], input: "").code == 2)
    }
}
