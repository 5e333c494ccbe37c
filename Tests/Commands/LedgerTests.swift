import Foundation
import Testing

/// The store is checked, copied and replaced by a person at a terminal.
@Suite("ledger check, backup, restore")
struct LedgerTests {
    private func damage(_ site: Site) throws {
        let file = site.scratch.url.appending(path: "state/isthmus.db")
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(8_192..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 8_192))
        try bytes.write(to: file)
    }

    @Test("A sound store is called so, with its size; without a store there is nothing to check")
    func check() throws {
        let site = try Site()
        let none = try site.run("ledger", "check")
        #expect(none.code == 3 && none.errors.contains("isthmus serve"))
        try site.storeCrossings()
        let run = try site.run("ledger", "check")
        #expect(run.code == 0 && run.output.hasSuffix("isthmus.db is sound: 6 records, 1 open items\n"), "\(run)")
        let view = try site.run("ledger", "check", "--json").object()
        #expect(view["sound"] as? Bool == true && view["records"] as? Int == 6)
    }

    @Test("A damaged store is a fault: check ends with 1 and says what to do, serve with 3")
    func damaged() throws {
        let site = try Site()
        try site.storeCrossings()
        try damage(site)
        let run = try site.run("ledger", "check")
        #expect(run.code == 1 && run.errors.contains("isthmus ledger restore"), "\(run)")
        let serve = try site.run("serve")
        #expect(serve.code == 3 && serve.errors.contains("isthmus ledger restore"), "\(serve)")
        #expect(try site.run("ledger", "backup", "copy.db").code != 0)
        #expect(!FileManager.default.fileExists(atPath: site.scratch.url.appending(path: "copy.db").path))
    }

    @Test("A backup is made beside a gateway and takes the place of a damaged store; both leave a trace")
    func restore() throws {
        let site = try Site()
        try site.storeCrossings()
        do {
            let owner = try site.owner()
            #expect(try site.run("ledger", "backup", "copy.db").code == 0)
            let refused = try site.run("ledger", "restore", "copy.db", "--reason", "too early")
            #expect(refused.code == 3 && refused.errors.contains("owns the state directory"), "\(refused)")
            withExtendedLifetime(owner) {}
        }
        let again = try site.run("ledger", "backup", "copy.db")
        #expect(again.code == 3 && again.errors.contains("name another file"))
        try damage(site)
        let run = try site.run("ledger", "restore", "copy.db", "--reason", "disk replaced", "--json")
        let kept = try #require(try run.object()["kept"] as? String)
        let path = site.scratch.url.appending(path: kept).path
        #expect(run.code == 0 && FileManager.default.fileExists(atPath: path), "\(run)")
        #expect(try site.run("ledger", "check").code == 0)
        #expect(try site.run("messages", "list", "--json").objects().count == 4)
        let record = try #require(
            try site.run("audit", "search", "--event", "ledger-restored", "--json").objects().first
        )
        #expect(record["reason"] as? String == "disk replaced")
        #expect((record["actor"] as? String)?.hasPrefix("uid ") == true)
    }

    @Test("What is no backup is refused, and a reason is asked for")
    func wrong() throws {
        let site = try Site()
        try site.storeCrossings()
        try site.scratch.write("nothing of the kind\n", to: "copy.db")
        #expect(try site.run("ledger", "restore", "copy.db").code == 2)
        let run = try site.run("ledger", "restore", "copy.db", "--reason", "test")
        #expect(run.code == 3 && run.errors.contains("copy.db"), "\(run)")
        let missing = try site.run("ledger", "restore", "none.db", "--reason", "test")
        #expect(missing.code == 3 && missing.errors.contains("none.db"), "\(missing)")
        #expect(try site.run("ledger", "check").code == 0)
    }
}
