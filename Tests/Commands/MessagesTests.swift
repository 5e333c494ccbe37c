import Foundation
import Testing

@Suite("messages, audit and status")
struct MessagesTests {
    @Test("Each crossing has its state, and every id by which a peer knows it")
    func list() throws {
        let site = try Site()
        try site.storeCrossings()
        let run = try site.run("messages", "list", "--json", "--limit", "0")
        #expect(run.code == 0, "\(run.errors)")
        let entries = try run.objects()
        #expect(entries.map { $0["state"] as? String } == ["waiting", "delivered", "failed", "refused"])
        #expect(entries.map { $0["id"] as? String } == ["1", "2", "3", nil])
        let identifiers = entries[0]["identifiers"] as? [String: String]
        #expect(identifiers == ["stanza.id": "m1", "sip.callID": "call-1@gw"])
        #expect(entries[1]["losses"] as? [String] == ["message.html"])
        #expect(entries[2]["outcome"] as? [String: String] == ["code": "404"])
        #expect(entries[3]["reason"] as? String == "identity-mismatch")
    }

    @Test(
        "Filters hold together, and the limit keeps the last",
        arguments: [
            (["--state", "failed"], ["3"]), (["--state", "waiting", "--state", "delivered"], ["1", "2"]),
            (["--containing", "call-2@"], ["2"]), (["--address", "romeo@example.net", "--limit", "2"], ["2", "3"]),
            (["--address", "juliet@example.com", "--until", "2026-03-01T12:02:00Z"], ["1"]),
            (["--since", "2026-03-01T12:03:00Z", "--address", "sip:romeo@example.net"], ["3"]),
            (["--address", "rom"], []), (["--since", "2027-01-01"], []),
        ]
    )
    func filters(_ options: [String], _ expected: [String]) throws {
        let site = try Site()
        try site.storeCrossings()
        let run = try Program.run(["messages", "list", "--json"] + options + site.config, in: site.scratch.url)
        #expect(try run.objects().map { $0["id"] as? String } == expected)
    }

    @Test("A person is found by the address of either shore, also where a message was refused untranslated")
    func eitherShore() throws {
        let site = try Site()
        try site.storeCrossings()
        for address in ["sip:tybalt@example.com", "tybalt@example.com", "mercutio@example.net"] {
            let found = try site.run("messages", "list", "--json", "--address", address).objects()
            #expect(found.map { $0["state"] as? String } == ["refused"], "\(address)")
        }
        for (address, count) in [("juliet@example.com/balcony", 3), ("juliet@example.com/phone", 0)] {
            #expect(try site.run("messages", "list", "--json", "--address", address).objects().count == count)
        }
    }

    @Test(
        "A state or a time that does not exist is wrong usage",
        arguments: [
            ["--state", "lost"], ["--since", "yesterday"], ["--limit", "-1"], ["--since", "5weeks"],
            ["--since", "2d", "--until", "3d"],
        ]
    )
    func wrongFilters(_ options: [String]) throws {
        let site = try Site()
        let run = try Program.run(["messages", "list"] + options + site.config, in: site.scratch.url)
        #expect(run.code == 2)
    }

    @Test("The table for people has a line for each")
    func table() throws {
        let site = try Site()
        try site.storeCrossings()
        let lines = try site.run("messages", "list").output.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0].hasPrefix("ID"))
        #expect(lines[3].contains("failed") && lines[3].contains("404"))
    }

    @Test("One message is shown with its events, and its bytes as long as they are kept")
    func show() throws {
        let site = try Site()
        try site.storeCrossings()
        let ended = try site.run("messages", "show", "2", "--json").object()
        #expect((ended["events"] as? [[String: Any]])?.map { $0["event"] as? String } == ["accepted", "delivered"])
        #expect(ended["source"] == nil)
        let open = try site.run("messages", "show", "1", "--content", "--json").object()
        #expect(open["source"] as? String == "<message id='m1'/>")
        let text = try site.run("messages", "show", "3").output
        #expect(text.contains("sip.callID    call-3@gw"))
        #expect(text.contains("juliet@example.com/balcony → sip:juliet@example.com"))
        #expect(try site.run("messages", "show", "77").code == 1)
    }

    @Test("Records are printed as they were committed")
    func audit() throws {
        let site = try Site()
        try site.storeCrossings()
        let run = try site.run("audit", "search", "--json")
        #expect(try run.objects().count == 6)
        let lines = run.output.split(separator: "\n")
        #expect(lines[1].hasPrefix("{\"seq\":1,\"v\":1,\"time\":\"2026-03-01T12:01:00.000Z\""))
        let shown = try site.run("audit", "show", "1").output.split(separator: "\n")
        #expect(shown.dropLast().last.map { $0 + "," } == lines[1])
        #expect(shown.last?.hasPrefix("leaf ") == true && shown.last?.count == 69)
        #expect(try site.run("audit", "show", "99").code == 1)
    }

    @Test(
        "Records are found by crossing, address, event, text and place",
        arguments: [
            (["--crossing", "2"], [2, 4]), (["--event", "failed"], [5]), (["--containing", "call-3@gw"], [3]),
            (["--address", "sip:tybalt@example.com"], [6]), (["--after", "4"], [5, 6]),
            (["--since", "2026-03-01T12:03:00Z", "--event", "accepted"], [3]), (["--limit", "1"], [1]),
        ]
    )
    func search(_ options: [String], _ expected: [Int]) throws {
        let site = try Site()
        try site.storeCrossings()
        let run = try Program.run(["audit", "search", "--json"] + options + site.config, in: site.scratch.url)
        #expect(try run.objects().map { $0["seq"] as? Int } == expected)
    }

    @Test("A store that is not served shows its counters, and that they balance")
    func status() throws {
        let site = try Site()
        try site.storeCrossings()
        let object = try site.run("status", "--json").object()
        #expect(object["running"] as? Bool == false)
        #expect(object["balances"] as? Bool == true)
        let rows = try #require(object["rows"] as? [[String: String]])
        #expect(rows.contains(["section": "counter", "name": "accepted", "value": "3"]))
        #expect(rows.contains(["section": "open", "name": "waiting", "value": "1"]))
        #expect(try site.run("status").output.contains("this gateway does not run"))
    }

    @Test("A process that owns the store and does not answer is out of reach")
    func ownedButSilent() throws {
        let site = try Site()
        try site.storeCrossings()
        let owner = try site.owner()
        let run = try site.run("address", "add", "juliet@example.com", "sip:jc@example.com")
        #expect(run.code == 3)
        #expect(run.errors.contains("owns"))
        withExtendedLifetime(owner) {}
    }
}
