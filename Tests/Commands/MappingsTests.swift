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
        let text = try Program.run(["mappings", "explain", "-"], input: TranslateTests.stanza).output
        #expect(text.contains("  yes  message.xmpp.body  "))
        #expect(try Program.run(["mappings", "explain", "no-such-file.xml"]).code == 3)
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
