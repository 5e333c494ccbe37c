import Digests
import Dispatch
import Synchronization
import Testing

@testable import Ledger

@Suite("LedgerWriter")
struct LedgerWriterTests {
    @Test("An operation is small, whatever it stores: a submission is carried from one core to another")
    func operationSize() {
        #expect(MemoryLayout<LedgerOperation>.stride <= 48)
    }

    @Test("An accepted item is in the outbox with everything it came with, and its record is the first leaf")
    func acceptStoresEverything() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        #expect(writer.nextCrossingID == 1)
        var row = sampleRow(1)
        row.firstSent = sampleTime + 5
        row.facts = [0, 1, 2]
        let key = SeenKey(key: [1, 2, 3], expires: sampleTime + 1000, status: 202, crossing: "crossing-1")
        let receipt = try writer.perform([.accept(row, seen: [key], audit: sampleEntry())])
        #expect(receipt.sequences == 1..<2)
        #expect(receipt.groupSize == 1)
        #expect(receipt.duration > .zero)

        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.outbox() == [row])
        #expect(try reader.outboxRow(id: 1) == row)
        #expect(try reader.outboxRow(crossing: "crossing-1") == row)
        #expect(try reader.seen(at: sampleTime).keys == [key])
        let record = try #require(try reader.auditRecords().first)
        #expect(text(record.record) == "{\"seq\":1," + text(sampleEntry().body).dropFirst())
        #expect(record.leaf == SHA256.hash([0] + record.record))
        #expect(try reader.nextCrossingID() == 2)
        writer.close()
    }

    @Test("A settled item leaves the outbox, and its end is counted", arguments: Settlement.allCases)
    func settleDeletes(settlement: Settlement) throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        let receipt = try writer.perform([.settle(id: 1, as: settlement, audit: sampleEntry(.delivered))])
        #expect(receipt.sequences == 2..<3)
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.outbox().isEmpty)
        let balance = try reader.balance()
        #expect(balance[.accepted] == 1)
        #expect(balance[settlement.counter] == 1)
        #expect(balance.balances)
        #expect(balance.received == 1)
        writer.close()
    }

    @Test("Bodies of a settled item are no longer in the database file")
    func settledBodiesAreErased() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        var row = sampleRow(1)
        row.source = Array("a sentence that nobody else writes".utf8)
        try writer.perform([.accept(row, audit: sampleEntry())])
        try writer.perform([.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        writer.close()
        let bytes = try fileBytes(directory.file("db"))
        #expect(bytes.count > 0)
        #expect(!text(bytes).contains("nobody else writes"))
    }

    @Test("A second settlement is refused alone and counts nothing")
    func secondSettlement() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        try writer.perform([.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        #expect(throws: LedgerError(.unknownCrossing, "")) {
            try writer.perform([
                .audit(sampleEntry(.told)), .settle(id: 1, as: .failed, audit: sampleEntry(.failed)),
            ])
        }
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.auditRecords().count == 2)
        #expect(try reader.balance().balances)
        #expect(try writer.perform([.audit(sampleEntry())]).sequences == 3..<4)
        writer.close()
    }

    @Test("An update changes what it names and nothing else")
    func updateChangesWhatItNames() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        var row = sampleRow(1)
        try writer.perform([.accept(row, audit: sampleEntry())])
        let reader = try LedgerReader(path: directory.file("db"))

        try writer.perform([.update(id: 1, OutboxUpdate(state: .sent, attempts: 1, firstSent: sampleTime + 9))])
        row.state = .sent
        row.attempts = 1
        row.firstSent = sampleTime + 9
        #expect(try reader.outboxRow(id: 1) == row)

        let change = OutboxUpdate(deadline: sampleTime, hop: "other", wire: [7], identity: [8])
        try writer.perform([.update(id: 1, change)])
        row.deadline = sampleTime
        row.hop = "other"
        row.wire = [7]
        row.identity = [8]
        #expect(try reader.outboxRow(id: 1) == row)
        #expect(throws: LedgerError(.unknownCrossing, "")) { try writer.perform([.update(id: 2, change)]) }
        writer.close()
    }

    @Test("Outbox rows are read in order, in pages, by shore and by state")
    func outboxPages() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        try writer.perform((1...10).map { .accept(sampleRow($0), audit: sampleEntry()) })
        try writer.perform([.update(id: 4, OutboxUpdate(state: .held))])
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.outbox(limit: 4).map(\.id) == [1, 2, 3, 4])
        #expect(try reader.outbox(after: 4, limit: 100).map(\.id) == [5, 6, 7, 8, 9, 10])
        #expect(try reader.outbox(target: .xmpp).map(\.id) == [2, 4, 6, 8, 10])
        #expect(try reader.outbox(state: .held).map(\.id) == [4])
        #expect(try reader.balance().outbox == [.waiting: 9, .held: 1])
        writer.close()
    }

    @Test("Outbox ids are never given out again, also when the outbox is empty")
    func idsOnlyGrow() throws {
        let directory = try TemporaryDirectory()
        var writer = try openWriter(directory.file("db"))
        try writer.perform([.accept(sampleRow(41), audit: sampleEntry())])
        try writer.perform([.settle(id: 41, as: .delivered, audit: sampleEntry(.delivered))])
        writer.close()
        writer = try openWriter(directory.file("db"))
        #expect(writer.nextCrossingID == 42)
        #expect(try writer.perform([.audit(sampleEntry())]).sequences == 3..<4)
        writer.close()
    }

    @Test("An id used twice is refused alone; the others of its transaction are stored")
    func oneBadSubmission() throws {
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        let collector = Collector()
        disk.blockLogSyncs()
        try writer.submit([.audit(sampleEntry())], completion: collector.completion(0))
        disk.waitForBlockedSync()
        try writer.submit([.accept(sampleRow(2), audit: sampleEntry())], completion: collector.completion(1))
        try writer.submit(
            [.audit(sampleEntry()), .accept(sampleRow(1), audit: sampleEntry())],
            completion: collector.completion(2)
        )
        try writer.submit([.accept(sampleRow(3), audit: sampleEntry())], completion: collector.completion(3))
        disk.releaseLogSyncs()
        collector.wait(4)
        let results = collector.all
        #expect(try results[1]?.get().sequences == 3..<4)
        #expect(throws: LedgerError(.constraint, "")) { try results[2]?.get() }
        #expect(try results[3]?.get().sequences == 4..<5)
        guard case .failure(let error) = results[2] else { return }
        #expect(error.operation == 1)
        let reader = try LedgerReader(path: "db", vfs: layer.name)
        #expect(try reader.outbox().map(\.id) == [1, 2, 3])
        #expect(try reader.verifyLeaves().faults == [])
        #expect(try reader.balance().balances)
        let statistics = writer.statistics()
        #expect(statistics.refusedSubmissions == 1)
        #expect(statistics.failedCommits == 0)
        writer.close()
    }

    @Test("Everything that came during an fsync shares the next one, and one delivery")
    func groupCommit() throws {
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        let deliveries = Mutex<[Int]>([])
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { delivery in
            deliveries.withLock { $0.append(delivery.count) }
            delivery.run()
        }
        let collector = Collector()
        let before = disk.logSyncs
        disk.blockLogSyncs()
        try writer.submit([.audit(sampleEntry())], completion: collector.completion(0))
        disk.waitForBlockedSync()
        for index in 1...1000 {
            try writer.submit(
                [.accept(sampleRow(Int64(index)), audit: sampleEntry())],
                completion: collector.completion(index)
            )
        }
        disk.releaseLogSyncs()
        collector.wait(1001)
        #expect(deliveries.withLock { $0 } == [1, 1000])
        // One sync for each transaction, and one when the log begins again from its start.
        #expect(disk.logSyncs - before <= 4)
        let receipts = try collector.all.sorted { $0.key < $1.key }.map { try $0.value.get() }
        #expect(receipts.map(\.sequences.lowerBound) == Array(1...1001))
        #expect(receipts.last?.groupSize == 1000)
        let statistics = writer.statistics()
        #expect(statistics.commits == 2)
        #expect(statistics.operations == 1001)
        #expect(statistics.submissions == 1001)
        #expect(statistics.sizes[0] == 1)
        #expect(statistics.sizes[9] == 1)
        writer.close()
    }

    @Test("A transaction holds at most as many operations as the limit, and a submission is never divided")
    func groupsAreBounded() throws {
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        var limits = WriterLimits()
        limits.group = 10
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: limits) { $0.run() }
        let collector = Collector()
        disk.blockLogSyncs()
        try writer.submit([.audit(sampleEntry())], completion: collector.completion(0))
        disk.waitForBlockedSync()
        for (index, size) in [4, 4, 4, 25, 3].enumerated() {
            let operations = (0..<size).map { _ in LedgerOperation.audit(sampleEntry()) }
            try writer.submit(operations, completion: collector.completion(index + 1))
        }
        disk.releaseLogSyncs()
        collector.wait(6)
        let sizes = try collector.all.sorted { $0.key < $1.key }.map { try $0.value.get().groupSize }
        #expect(sizes == [1, 8, 8, 4, 25, 3])
        writer.close()
    }

    @Test("A full queue refuses at once and takes again when there is room")
    func overload() throws {
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        var limits = WriterLimits()
        limits.queue = 5
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: limits) { $0.run() }
        let collector = Collector()
        disk.blockLogSyncs()
        try writer.submit([.audit(sampleEntry())], completion: collector.completion(0))
        disk.waitForBlockedSync()
        for index in 1...5 {
            try writer.submit([.audit(sampleEntry())], completion: collector.completion(index))
        }
        #expect(throws: LedgerError(.overloaded, "")) {
            try writer.submit([.audit(sampleEntry())], completion: collector.completion(6))
        }
        #expect(writer.statistics().queued == 5)
        #expect(writer.statistics().overloads == 1)
        disk.releaseLogSyncs()
        collector.wait(6)
        try writer.perform([.audit(sampleEntry())])
        #expect(collector.all.count == 6)
        writer.close()
    }

    @Test("Closing stores what is queued and refuses what comes later")
    func closing() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        let collector = Collector()
        for index in 0..<200 {
            try writer.submit([.audit(sampleEntry())], completion: collector.completion(index))
        }
        writer.close()
        #expect(collector.all.count == 200)
        #expect(throws: LedgerError(.closed, "")) { try writer.perform([.audit(sampleEntry())]) }
        writer.close()
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.verifyLeaves().checked == 200)
    }

    @Test("Marks are forgotten from the oldest on, up to the first that still counts")
    func seenIsPurged() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        let expiries: [Int64] = [10, 20, 90, 30, 100]
        let keys = expiries.map { SeenKey(key: [UInt8($0)], expires: $0, status: 0, crossing: "c") }
        try writer.perform([.remember(keys)])
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.seen(at: 25).keys.map(\.expires) == [90, 30, 100])
        let page = try reader.seen(at: 25, limit: 2)
        #expect(page.keys.count == 2)
        #expect(try reader.seen(at: 25, after: page.last).keys.map(\.expires) == [100])
        try writer.perform([.forgetSeen(expiredAt: 30)])
        #expect(try reader.seen(at: 0).keys.map(\.expires) == [90, 30, 100])
        try writer.perform([.forgetSeen(expiredAt: 100)])
        #expect(try reader.seen(at: 0).keys.isEmpty)
        try writer.perform([.forgetSeen(expiredAt: 100)])
        writer.close()
    }

    @Test("What peers, conversations and tells have shown is kept until it expires")
    func rememberedThings() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        let first = ConversationThread(key: "a", callID: "x@y", tag: "t", cseq: 1, thread: "ü", expires: 100)
        var second = first
        second.key = "b"
        second.expires = 200
        try writer.perform([
            .capability(Capability(peer: "p", carrier: 1, scheme: "im", expires: 100)),
            .capability(Capability(peer: "p", carrier: 2, scheme: "sip", expires: 150)),
            .thread(first), .thread(second), .tell(Tell(key: "k", told: 5, expires: 100)),
            .meta(key: "node", value: "gw"),
        ])
        do {
            let reader = try LedgerReader(path: directory.file("db"))
            #expect(try reader.capabilities(at: 0) == [Capability(peer: "p", carrier: 2, scheme: "sip", expires: 150)])
            #expect(try reader.threads(callID: "x@y") == [first, second])
            #expect(try reader.thread(key: "a") == first)
            #expect(try reader.threads(at: 100) == [second])
            #expect(try reader.tells(at: 99) == [Tell(key: "k", told: 5, expires: 100)])
            #expect(try reader.meta("node") == "gw")
            #expect(try reader.meta("other") == nil)
            second.cseq = 2
            try writer.perform([.thread(second), .forgetExpired(at: 100)])
            #expect(try reader.threads(at: 0) == [second])
            #expect(try reader.tells(at: 0).isEmpty)
            #expect(try reader.capabilities(at: 0).count == 1)
        }
        writer.close()
    }

    @Test("Awaiting a commit suspends until it is durable")
    func asynchronousStore() async throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        let receipt = try await writer.store([.audit(sampleEntry()), .audit(sampleEntry())])
        #expect(receipt.sequences == 1..<3)
        await #expect(throws: LedgerError(.unknownAddress, "")) {
            try await writer.store([.removeAddress(jid: "nobody@example.com")])
        }
        writer.close()
    }
}
