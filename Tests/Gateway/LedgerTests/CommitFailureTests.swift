import Testing

@testable import Ledger

@Suite("LedgerWriter and a failing disk")
struct CommitFailureTests {
    private static let faults: [(FaultDisk.Fault, LedgerError.Code)] = [
        (.full, .diskFull), (.write, .inputOutput), (.sync, .inputOutput),
    ]

    @Test("A commit that fails refuses its whole group, stores nothing of it, and later ones work", arguments: 0..<3)
    func groupIsRefused(index: Int) throws {
        let (fault, code) = CommitFailureTests.faults[index]
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        var limits = WriterLimits()
        limits.group = 19
        let collector = Collector()
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: limits) { delivery in
            // The disk fails for the group that follows the first one.
            if delivery.count == 1 { disk.refuse(fault, times: 1) }
            delivery.run()
        }
        disk.blockLogSyncs()
        try writer.submit([.accept(sampleRow(1), audit: sampleEntry())], completion: collector.completion(1))
        disk.waitForBlockedSync()
        for id in 2...40 {
            try writer.submit(
                [.accept(sampleRow(Int64(id)), audit: sampleEntry())],
                completion: collector.completion(id)
            )
        }
        disk.releaseLogSyncs()
        collector.wait(40)
        let results = collector.all
        #expect(try results[1]?.get().sequences == 1..<2)
        for id in 2...20 {
            #expect(throws: LedgerError(code, "")) { try results[id]?.get() }
        }
        for id in 21...40 {
            #expect(try results[id]?.get().sequences == Int64(id - 19)..<Int64(id - 18))
        }
        let reader = try LedgerReader(path: "db", vfs: layer.name)
        #expect(try reader.outbox(limit: 100).map(\.id) == [1] + Array(21...40))
        #expect(try reader.verifyLeaves() == LeafVerification(checked: 21, faults: [], last: 21))
        #expect(try reader.integrityFindings() == [])
        let balance = try reader.balance()
        #expect(balance.balances)
        #expect(balance[.accepted] == 21)
        #expect(balance[.failedCommits] == 1)
        #expect(writer.statistics().failedCommits == 1)
        writer.close()
    }

    @Test("While the disk fails every commit is refused; when it works again so does the ledger", arguments: 0..<3)
    func longFailure(index: Int) throws {
        let (fault, code) = CommitFailureTests.faults[index]
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        disk.refuse(fault, times: .max)
        for _ in 0..<5 {
            #expect(throws: LedgerError(code, "")) { try writer.perform([.audit(sampleEntry())]) }
        }
        disk.refuse(.none, times: 0)
        #expect(try writer.perform([.audit(sampleEntry())]).sequences == 1..<2)
        let reader = try LedgerReader(path: "db", vfs: layer.name)
        #expect(try reader.balance()[.failedCommits] == 5)
        writer.close()
    }
}
