import Synchronization
import Testing

@testable import Ledger

@Suite("Submissions for which nobody waits")
struct PatienceTests {
    /// Longer than any test runs.
    private static let long = 600_000_000

    private final class Ends: Sendable {
        let receipts = Mutex<[Result<CommitReceipt, LedgerError>]>([])

        func submit(_ writer: LedgerWriter, _ operations: [LedgerOperation]) throws {
            try writer.submit(operations, isPatient: true) { result in self.receipts.withLock { $0.append(result) } }
        }
    }

    private func writer(_ directory: borrowing TemporaryDirectory, patience: Int) throws -> LedgerWriter {
        var limits = WriterLimits()
        limits.patience = patience
        return try openWriter(directory.file("db"), limits: limits)
    }

    @Test("They are committed with the next one that somebody waits for, in order")
    func company() throws {
        let directory = try TemporaryDirectory()
        let writer = try writer(directory, patience: Self.long)
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        let ends = Ends()
        try ends.submit(writer, [.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        try ends.submit(writer, [.count(.refused)])
        #expect(ends.receipts.withLock(\.count) == 0)
        let receipt = try writer.perform([.accept(sampleRow(2), audit: sampleEntry())])
        #expect(receipt.groupSize == 3 && receipt.sequences == 3..<4)
        writer.close()
        let others = try ends.receipts.withLock { try $0.map { try $0.get() } }
        #expect(others.map(\.sequences) == [2..<3, 3..<3] && others.allSatisfy { $0.groupSize == 3 })
    }

    @Test("Without company they are committed when their time is over")
    func alone() throws {
        let directory = try TemporaryDirectory()
        let writer = try writer(directory, patience: 20_000)
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        let ends = Ends()
        try ends.submit(writer, [.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        let reader = try LedgerReader(path: directory.file("db"))
        let deadline = ContinuousClock.now + .seconds(30)
        while try !reader.outbox().isEmpty, ContinuousClock.now < deadline {}
        #expect(try reader.outbox().isEmpty)
        writer.close()
    }

    @Test("The end of the writer commits what still waits")
    func close() throws {
        let directory = try TemporaryDirectory()
        let writer = try writer(directory, patience: Self.long)
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        let ends = Ends()
        try ends.submit(writer, [.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        writer.close()
        #expect(ends.receipts.withLock(\.count) == 1)
        #expect(try LedgerReader(path: directory.file("db")).outbox().isEmpty)
    }

    @Test("So many that a transaction is worth its fsync wait for nothing")
    func many() throws {
        let directory = try TemporaryDirectory()
        let writer = try writer(directory, patience: Self.long)
        let ends = Ends()
        let count = WriterLimits().patientGroup
        for _ in 0..<count { try ends.submit(writer, [.count(.refused)]) }
        let deadline = ContinuousClock.now + .seconds(30)
        while ends.receipts.withLock(\.count) < count, ContinuousClock.now < deadline {}
        #expect(ends.receipts.withLock(\.count) == count)
        writer.close()
    }

    @Test("Many threads that submit either kind lose none, however short the patience", arguments: [0, 1, 50])
    func mixed(patience: Int) async throws {
        let directory = try TemporaryDirectory()
        let writer = try writer(directory, patience: patience)
        let ends = Ends()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    for index in 0..<500 {
                        if (index + lane) % 3 == 0 {
                            try await writer.store([.count(.refused)])
                        } else {
                            try ends.submit(writer, [.count(.refused)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        writer.close()
        #expect(try LedgerReader(path: directory.file("db")).balance()[.refused] == 2_000)
    }
}
