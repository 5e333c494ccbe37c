import Testing

@testable import Ledger

@Suite("Stored watches")
struct WatchTests {
    private let directory: TemporaryDirectory
    private let writer: LedgerWriter
    private let reader: LedgerReader

    init() throws {
        directory = try TemporaryDirectory()
        writer = try openWriter(directory.file("db"))
        reader = try LedgerReader(path: directory.file("db"))
    }

    private func watch(_ watcher: String, _ presentity: String, _ target: OutboxTarget = .cpim) -> WatchRow {
        WatchRow(
            watcher: watcher,
            presentity: presentity,
            target: target,
            state: 1,
            changed: sampleTime,
            parts: [0, 1, 255]
        )
    }

    @Test("RFC 3859 §3.4: a watch is kept once for each pair and direction, and the later one holds")
    func oneForEachPair() throws {
        var first = watch("a@x", "b@y")
        try writer.perform([.watch(first), .watch(watch("b@y", "a@x", .xmpp))])
        first.state = 2
        first.parts = []
        try writer.perform([.watch(first)])
        #expect(try reader.watches() == [first, watch("b@y", "a@x", .xmpp)])
        try writer.perform([.forgetWatch(watcher: "a@x", presentity: "b@y", target: .xmpp)])
        #expect(try reader.watches().count == 2)
        try writer.perform([.forgetWatch(watcher: "a@x", presentity: "b@y", target: .cpim)])
        #expect(try reader.watches() == [watch("b@y", "a@x", .xmpp)])
    }

    @Test("watches are read page by page, and by user and direction")
    func pages() throws {
        let rows = (0..<25).map { watch("w\($0 % 5)", "p\($0 / 5)", $0 % 2 == 0 ? .cpim : .xmpp) }
        try writer.perform(rows.map { .watch($0) })
        var found: [WatchRow] = []
        while true {
            let page = try reader.watches(after: found.last, limit: 4)
            if page.isEmpty { break }
            found += page
        }
        #expect(found.count == 25)
        #expect(Set(found.map { $0.watcher + $0.presentity }).count == 25)
        #expect(try reader.watches(WatchFilter(user: "w3")).count == 5)
        #expect(try reader.watches(WatchFilter(user: "p3")).count == 5)
        #expect(try reader.watches(WatchFilter(user: "w3", target: .xmpp)).allSatisfy { $0.target == .xmpp })
        #expect(try reader.watches(WatchFilter(user: "nobody")) == [])
    }

    @Test("usages are kept by their numbers")
    func usages() throws {
        var row = UsageRow(id: 3, kind: .notifier, watcher: "w", presentity: "p", expires: sampleTime, state: [1])
        let other = UsageRow(id: 9, kind: .publisher, watcher: "", presentity: "p", expires: sampleTime, state: [])
        try writer.perform([.usage(row), .usage(other)])
        row.state = [2, 3]
        try writer.perform([.usage(row)])
        #expect(try reader.usages() == [row, other])
        #expect(try reader.usages(after: 3) == [other])
        try writer.perform([.forgetUsage(id: 3)])
        #expect(try reader.usages() == [other])
    }
}
