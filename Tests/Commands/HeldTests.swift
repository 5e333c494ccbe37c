import Foundation
import Ledger
import Testing

@Suite("messages reprocess and drop")
struct HeldTests {
    /// A site whose store holds a message with an element that no row knows.
    private static func site() throws -> Site {
        let site = try Site()
        try site.storeHeld()
        return site
    }

    @Test("Held messages are listed with their reasons and the time at which each is given up")
    func list() throws {
        let site = try Self.site()
        let lines = try site.run("messages", "list", "--held").output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("ID  ACCEPTED") && lines[0].contains("UNTIL"))
        #expect(lines[1].contains("juliet@example.com/balcony") && lines[1].hasSuffix("loss"))
        let entries = try site.run("messages", "list", "--held", "--json").objects()
        #expect(entries.map { $0["state"] as? String } == ["held"])
        #expect(entries.first?["rules"] as? [String] == ["loss.message.extension"])
        let shown = try site.run("messages", "show", "1").output
        #expect(shown.contains("held for      loss"))
        #expect(shown.contains("held until    "))
        #expect(try site.run("messages", "list", "--held", "--state", "held").code == 2)
    }

    @Test("A trial without a gateway shows every stage, and changes nothing")
    func trial() throws {
        let site = try Self.site()
        let before = try site.rows()
        let run = try site.run("messages", "reprocess", "1", "--dry-run")
        #expect(run.code == 0, "\(run.errors)")
        for part in [
            "message 1 would be sent", "romeo@example.net → sip:romeo@example.net", "as received:\n  <message",
            "in the middle:",
            "as sent:\n  MESSAGE sip:romeo@example.net SIP/2.0",
        ] {
            #expect(run.output.contains(part))
        }
        #expect(try site.rows() == before)
        let object = try site.run("messages", "reprocess", "--all", "--dry-run", "--json").object()
        #expect(object["dryRun"] as? Bool == true)
        let messages = try #require(object["messages"] as? [[String: Any]])
        #expect(messages.map { $0["result"] as? String } == ["waiting"])
        #expect((messages.first?["rules"] as? [String])?.contains("message.xmpp.body") == true)
    }

    @Test("Without a gateway it waits in the store for the next start; who asked is recorded")
    func reprocess() throws {
        let site = try Self.site()
        let run = try site.run("messages", "reprocess", "1", "--reason", "mended")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("waiting") && run.output.contains("sip:romeo@example.net"))
        let row = try #require(try site.rows().first)
        #expect(row.state == .waiting && row.hop == "sip:tcp:127.0.0.1:5070" && !row.wire.isEmpty && row.id == 1)
        // It names a socket at which answers come back.
        #expect(String(decoding: row.wire, as: UTF8.self).contains("127.0.0.1:5060;branch="))
        let records = try site.run("audit", "search", "--event", "reprocessed", "--json").objects()
        #expect(records.first?["actor"] as? String == "uid \(getuid())")
        #expect(records.first?["reason"] as? String == "mended")
        #expect(try site.run("messages", "reprocess", "1").code == 1)
        #expect(try site.run("status").code == 0)
    }

    @Test("What stays held ends the command with 1, and says how much")
    func stays() throws {
        let site = try Self.site()
        try site.scratch.write(
            "format: isthmus-mapping/1\ntable: loss\nkind: loss\nrows:\n"
                + "  - {id: message.extension, overrides: message.extension, do: hold}\n",
            to: "Mappings/50-site/held.yaml"
        )
        let run = try site.run("messages", "reprocess", "--all")
        #expect(run.code == 1 && run.errors.contains("1 of 1 stay held"))
        #expect(try site.rows().map(\.state) == [.held])
    }

    @Test("A message is given up with a reason, and its sender is told after the next start")
    func drop() throws {
        let site = try Self.site()
        let run = try site.run("messages", "drop", "1", "--reason", "by mail")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output == "message 1 is given up; it was held for loss\n")
        let rows = try site.rows()
        #expect(rows.map(\.state) == [.waiting] && rows.map(\.target) == [.xmpp])
        #expect(rows.first.map { String(decoding: $0.wire, as: UTF8.self).contains("not-acceptable") } == true)
        #expect(try site.run("status", "--json").object()["balances"] as? Bool == true)
    }

    @Test(
        "Wrong usage is 2, what is not held or unknown is 1, and nothing is done",
        arguments: [
            (["reprocess"], 2), (["reprocess", "1", "--all"], 2), (["reprocess", "x"], 2), (["reprocess", "-1"], 2),
            (["reprocess", "77"], 1), (["reprocess", "1", "77"], 1), (["drop", "1"], 2),
            (["drop", "1", "--reason", ""], 2), (["drop", "77", "--reason", "x"], 1), (["drop", "--reason", "x"], 2),
        ] as [([String], Int32)]
    )
    func wrong(_ words: [String], _ code: Int32) throws {
        let site = try Self.site()
        let run = try Program.run(["messages"] + words + site.config, in: site.scratch.url)
        #expect(run.code == code, "\(run.output)\(run.errors)")
        #expect(!run.errors.isEmpty)
        #expect(try site.rows().map(\.state) == [.held])
    }

    @Test("None held is no fault; an owner that does not answer is out of reach")
    func none() throws {
        let site = try Site()
        try site.storeCrossings()
        let run = try site.run("messages", "reprocess", "--all")
        #expect(run.code == 0 && run.output == "no message is held\n")
        #expect(try site.run("messages", "list", "--held").output == "no message is held\n")
        #expect(try site.run("messages", "reprocess", "1").errors.contains("message 1 is not held: it is waiting"))
        let held = try Self.site()
        let owner = try held.owner()
        #expect(try held.run("messages", "reprocess", "1").code == 3)
        withExtendedLifetime(owner) {}
    }
}

extension Site {
    /// Stores a message that is held.
    func storeHeld() throws {
        let directory = try owner()
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        let stanza =
            "<message xmlns='jabber:component:accept' type='chat' from='juliet@example.com/balcony' "
            + "to='romeo@example.net' id='m1'><body>one</body><desk xmlns='urn:example:x'>4</desk></message>"
        let facts =
            "from=juliet@example.com/balcony\nto=romeo@example.net\nlink=example.net\nid=m1\nheld=loss\n"
            + "held-rules=loss.message.extension\n"
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let row = OutboxRow(
            id: 1,
            crossing: "1",
            target: .cpim,
            state: .held,
            sender: "juliet@example.com",
            recipient: "romeo@example.net",
            hop: "",
            source: Array(stanza.utf8),
            wire: [],
            facts: Array(facts.utf8),
            generation: "g1",
            accepted: now,
            deadline: now + 86_400_000
        )
        var accepted = AuditRecord(.accepted, time: now, node: "gw.example.net", crossing: "1")
        accepted.sender = AuditAddress(before: "juliet@example.com/balcony")
        accepted.recipient = AuditAddress(before: "romeo@example.net")
        accepted.rules = ["loss.message.extension"]
        var held = AuditRecord(.held, time: now, node: "gw.example.net", crossing: "1")
        held.outcome = [AuditField("code", "loss")]
        try writer.perform([.accept(row, audit: accepted.entry()), .audit(held.entry())])
    }

    /// What is open in the store.
    func rows() throws -> [OutboxRow] {
        let path = StateDirectory.databasePath(in: scratch.url.appending(path: "state").path)
        return try LedgerReader(path: path).outbox()
    }
}
