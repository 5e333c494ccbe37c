import AuditTrail
import Foundation
import Ledger
import Testing

/// What strangers write into errors, ids and addresses, as commands print it.
@Suite("Texts of strangers in lists")
struct ForgedTextTests {
    /// A reason that would add a record to a table, turn the line around and clear the terminal.
    private static let reason = "gone\r\n7  2026-03-01T12:09:00.000Z  delivered\u{1B}[2J\u{202E}\tx"
    private static let shown = #"gone\r\n7  2026-03-01T12:09:00.000Z  delivered\u{1B}[2J\u{202E}\tx"#

    /// A site with one message that was refused with that reason, under an id of the same kind.
    private static func site() throws -> Site {
        let site = try Site()
        let directory = try site.owner()
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        var record = AuditRecord(.refused, time: 1_772_366_400_000, node: "gw.example.net")
        record.sender = AuditAddress(before: "juliet@example.com/\u{202E}x")
        record.recipient = AuditAddress(before: "romeo@example.net")
        record.identifiers = [AuditField("stanza.id", "m\n1")]
        record.reason = reason
        try writer.perform([.audit(record.entry()), .count(.refused)])
        return site
    }

    @Test(
        "A text with line ends and escape sequences stays in its own line",
        arguments: [(["audit", "search"], 2), (["messages", "list"], 2)]
    )
    func lists(_ command: [String], _ count: Int) throws {
        let site = try Self.site()
        let run = try Program.run(command + site.config, in: site.scratch.url)
        #expect(run.code == 0, "\(run.errors)")
        let lines = run.output.unicodeScalars.split(separator: "\n").map { String($0) }
        #expect(lines.count == count, "\(run.output)")
        #expect(lines.last?.hasSuffix(Self.shown) == true, "\(run.output)")
        #expect(lines.last?.contains(#"juliet@example.com/\u{202E}x"#) == true, "\(run.output)")
    }

    @Test("A record is shown with one line for each of its fields, and --json has the text as it is")
    func record() throws {
        let site = try Self.site()
        let text = try site.run("audit", "show", "1").output
        let lines = text.unicodeScalars.split(separator: "\n").map { String($0) }
        #expect(lines.contains("reason      " + Self.shown), "\(text)")
        #expect(lines.contains(#"ids         stanza.id=m\n1"#))
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\r" || $0 == "\u{202E}" })
        let messages = try site.run("messages", "list", "--json").objects()
        #expect(messages.map { $0["reason"] as? String } == [Self.reason])
    }
}
