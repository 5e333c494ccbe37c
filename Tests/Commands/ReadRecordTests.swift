import Foundation
import GatewayDaemon
import Glibc
import Ledger
import Testing

/// That somebody reads the log is a record of the log.
@Suite("Reads are records")
struct ReadRecordTests {
    /// The records of reads; the search that finds them is none of them.
    private func reads(_ site: Site) throws -> [[String: String]] {
        let found = try site.run("audit", "search", "--event", "audit-read", "--limit", "0", "--json").objects()
        #expect(found.allSatisfy { $0["actor"] as? String == "uid \(getuid())" })
        return found.compactMap { $0["identifiers"] as? [String: String] }
    }

    @Test("Without a gateway the command itself records what was asked and how much was found")
    func alone() throws {
        let site = try Site()
        try site.storeCrossings()
        let filters = ["--address", "juliet@example.com", "--event", "accepted", "--event", "failed"]
        let search = ["audit", "search", "--json", "--since", "2026-03-01"] + filters + site.config
        let found = try Program.run(search, in: site.scratch.url).objects()
        #expect(found.count == 4)
        #expect(try site.run("audit", "search", "--containing", "nothing at all").code == 0)
        #expect(try site.run("audit", "show", "1").code == 0)
        // What shows nothing is no read.
        #expect(try site.run("audit", "show", "99").code == 1)
        #expect(try site.run("messages", "show", "1").code == 0)
        let shown = try site.run("messages", "show", "1", "--content")
        #expect(shown.output.contains("<message id='m1'/>"))
        #expect(
            try reads(site) == [
                [
                    "read.command": "audit search", "read.address": "juliet@example.com",
                    "read.event": "accepted,failed",
                    "read.since": "2026-03-01T00:00:00.000Z", "read.limit": "100", "read.records": "4",
                ],
                [
                    "read.command": "audit search", "read.containing": "nothing at all", "read.limit": "100",
                    "read.records": "0",
                ],
                ["read.command": "audit show", "read.record": "1", "read.records": "1"],
                ["read.command": "messages show", "read.crossing": "1", "read.content": "yes", "read.records": "1"],
            ]
        )
        // The search above is the next one.
        let last = try reads(site).last
        #expect(
            last == [
                "read.command": "audit search", "read.event": "audit-read", "read.limit": "0", "read.records": "4",
            ]
        )
    }

    @Test("A read that cannot be recorded is refused, and nothing is shown")
    func refused() throws {
        let site = try Site()
        try site.storeCrossings()
        // Somebody owns the store who answers no command.
        let owner = try site.owner()
        for words in [["audit", "search"], ["audit", "show", "1"], ["messages", "show", "1", "--content"]] {
            let run = try Program.run(words + site.config, in: site.scratch.url)
            #expect(run.code == 3, "\(words)")
            #expect(run.output == "", "\(words)")
            #expect(run.errors.contains("the read cannot be recorded, so nothing is shown: process \(getpid()) owns"))
        }
        // What shows no content goes on: whoever looks after a gateway that takes nothing must see what it does.
        #expect(try site.run("messages", "show", "1").code == 0)
        #expect(try site.run("messages", "list").code == 0)
        withExtendedLifetime(owner) {}
    }
}
