import Foundation
import Testing

@Suite("address")
struct AddressTests {
    @Test("A pair that was added is listed, found by either address, and removed")
    func wayOfAPair() throws {
        let site = try Site()
        let added = try site.run("address", "add", "Juliet@example.com", "sip:jc@example.com")
        #expect(added.code == 0, "\(added.errors)")
        let listed = try site.run("address", "list", "--json").objects()
        #expect(listed.map { $0["jid"] as? String } == ["juliet@example.com"])
        #expect(listed.first?["kind"] as? String == "explicit")
        for address in ["juliet@example.com", "sip:jc@EXAMPLE.COM"] {
            let found = try site.run("address", "lookup", address, "--json").object()
            #expect(found["uri"] as? String == "sip:jc@example.com")
            #expect(found["stored"] as? Bool == true)
        }
        #expect(try site.run("address", "remove", "sip:jc@example.com").code == 0)
        #expect(try site.run("address", "list", "--json").objects().isEmpty)
    }

    @Test("What is not stored is found by the address table in force, and by the files before there is one")
    func derived() throws {
        let site = try Site()
        let early = try site.run("address", "lookup", "romeo@example.net", "--json").object()
        #expect(early["uri"] as? String == "sip:romeo@example.net")
        #expect(early["stored"] as? Bool == false && early["inForce"] as? Bool == false)
        #expect(try site.run("mappings", "apply", "--reason", "first").code == 0)
        // What lies on disk and is not in force says nothing.
        let head = "format: isthmus-mapping/1\ntable: addresses\nkind: addresses\nrows:\n"
        let own = "  - {id: own, overrides: same, xmpp: \"{user}@example.net\", cpim: \"{user}@sip.example.net\"}\n"
        let rest = "  - {id: rest, xmpp: \"{user}@{domain}\", cpim: \"{user}@{domain}\"}\n"
        try site.scratch.write(head + own + rest, to: "Mappings/50-site/addresses.yaml")
        let found = try site.run("address", "lookup", "romeo@example.net", "--json").object()
        #expect(found["uri"] as? String == "sip:romeo@example.net")
        #expect(found["rule"] as? String == "addresses.same")
        #expect(found["inForce"] as? Bool == true && found["generation"] as? String == early["generation"] as? String)
        let line = try site.run("address", "lookup", "romeo@example.net").output
        let digits = try #require(found["generation"] as? String).prefix(12)
        #expect(line.hasSuffix("by the table (addresses.same) of generation \(digits), in force\n"), "\(line)")
    }

    @Test("A pair that contradicts a stored one is refused by name")
    func collision() throws {
        let site = try Site()
        #expect(try site.run("address", "add", "juliet@example.com", "sip:jc@example.com").code == 0)
        for pair in [("juliet@example.com", "sip:other@example.com"), ("other@example.com", "sip:jc@example.com")] {
            let run = try site.run("address", "add", pair.0, pair.1)
            #expect(run.code == 1)
            #expect(run.errors.contains("belongs to the stored pair juliet@example.com and sip:jc@example.com"))
        }
        #expect(try site.run("address", "list", "--json").objects().count == 1)
    }

    @Test(
        "What is no address is wrong usage",
        arguments: [
            ["example.com", "sip:jc@example.com"], ["juliet@example.com/balcony", "sip:jc@example.com"],
            ["juliet@example.com", "http://example.com"], ["juliet@example.com", "sip:example.com"],
        ]
    )
    func noAddress(_ pair: [String]) throws {
        let run = try Site().run("address", "add", pair[0], pair[1])
        #expect(run.code == 2)
        #expect(run.errors.contains("is no "))
    }

    @Test("Removing what is not stored is a fault")
    func removeNothing() throws {
        let site = try Site()
        try site.storeCrossings()
        for address in ["nobody@example.com", "sip:nobody@example.net"] {
            #expect(try site.run("address", "remove", address).code == 1)
        }
    }

    @Test("Every wrong line of a file is shown, and then nothing is stored")
    func wrongLines() throws {
        let site = try Site()
        #expect(try site.run("address", "add", "juliet@example.com", "sip:jc@example.com").code == 0)
        try site.scratch.write(
            "jid,uri\na@example.com,sip:a@example.com\nb@example.com,sip:jc@example.com\nnobody,sip:x@example.com\n",
            to: "pairs.csv"
        )
        let run = try site.run("address", "import", "pairs.csv")
        #expect(run.code == 1)
        #expect(run.errors.contains("pairs.csv:3:1: error: sip:jc@example.com belongs to"))
        #expect(run.errors.contains("pairs.csv:4:1: error: \"nobody\" is no bare JID"))
        let json = try site.run("address", "import", "pairs.csv", "--json")
        #expect(json.code == 1)
        let problems = try #require(try json.object()["problems"] as? [[String: Any]])
        #expect(problems.map { $0["line"] as? Int } == [3, 4])
        #expect(try site.run("address", "list", "--json").objects().count == 1)
    }

    @Test("A dry run stores nothing, an import everything, and an export comes back the same")
    func importAndExport() throws {
        let site = try Site()
        let csv = "jid,uri\na@example.com,sip:a1@example.com\nb@example.com,\"im:b,2@example.com\"\n"
        let dry = try site.run("address", "import", "-", "--dry-run", "--json", input: csv).object()
        #expect(dry["added"] as? Int == 2)
        #expect(try site.run("address", "list", "--json").objects().isEmpty)
        #expect(try site.run("address", "import", "-", input: csv).code == 0)
        let exported = try site.run("address", "export").output
        #expect(
            exported.hasPrefix("jid,uri,kind,rule,first-seen,last-used\r\n")
                || exported.hasPrefix("jid,uri,kind,rule,first-seen,last-used\n")
        )
        let again = try site.run("address", "import", "-", "--json", input: exported).object()
        #expect(again["added"] as? Int == 0)
        #expect(again["known"] as? Int == 2)
        #expect(try site.run("address", "export").output == exported)
        #expect(try site.run("address", "export", "--json").objects().count == 2)
    }

    @Test("Who changed the store stands in the records")
    func acts() throws {
        let site = try Site()
        #expect(try site.run("address", "add", "juliet@example.com", "sip:jc@example.com", "--json").code == 0)
        let records = try site.run("audit", "search", "--event", "address-added", "--json").objects()
        #expect(records.first?["actor"] as? String == "uid \(getuid())")
        #expect((records.first?["identifiers"] as? [String: String])?["uri"] == "sip:jc@example.com")
    }

    @Test("A file that is not there is out of reach")
    func missingFile() throws {
        let run = try Site().run("address", "import", "no-such.csv")
        #expect(run.code == 3)
        #expect(run.errors.contains("no-such.csv"))
    }

    @Test("A domain that the gateway does not serve is noted once, and refuses nothing")
    func unserved() throws {
        let site = try Site()
        let note = "note: nowhere.example is not served; domains: of the configuration does not name it\n"
        for pair in [["a@nowhere.example", "sip:a@nowhere.example"], ["b@example.com", "sip:b@nowhere.example"]] {
            let run = try Program.run(["address", "add"] + pair + site.config, in: site.scratch.url)
            #expect(run.code == 0 && run.errors == note, "\(run.errors)")
        }
        #expect(try site.run("address", "lookup", "romeo@nowhere.example").errors == note)
        #expect(try site.run("address", "add", "c@example.com", "sip:c@example.net").errors.isEmpty)
        #expect(try site.run("address", "lookup", "romeo@example.net").errors.isEmpty)
    }

    @Test("A reason that quotes a file of one long line is cut")
    func longLine() throws {
        let rest = "\"\" is no column; the columns are jid, uri, kind, rule, first-seen, last-used"
        for (length, end) in [(200 - rest.count, "last-used"), (201 - rest.count, "last-use…"), (100_000, "x…")] {
            let line = String(repeating: "x", count: length)
            let run = try Site().run("address", "import", "-", "--dry-run", input: line)
            #expect(run.code == 1)
            let first = try #require(run.errors.split(separator: "\n").first)
            #expect(first.hasPrefix("standard input:1:1: error: \"xxx") && first.hasSuffix(end), "\(first)")
        }
    }
}
