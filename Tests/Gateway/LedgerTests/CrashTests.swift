import Digests
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// Random work, a power failure at a random write or sync, and what must be true afterwards.
@Suite("LedgerWriter and power failures")
struct CrashTests {
    /// One submission and what it stores.
    private struct Step {
        var operations: [LedgerOperation]
        var records: Int
        var accepts: Int64?
        var settles: Int64?
        var mark: [UInt8]?
        var pair: AddressPair?
    }

    @Test(
        "What was reported as stored is there after a power failure; the rest is there whole or not at all",
        arguments: 0..<250
    )
    func committedSurvives(seed: Int) throws {
        let disk = FaultDisk(seed: UInt64(seed))
        let layer = FaultFileLayer(disk)
        var random = SplitMix(seed: UInt64(seed) &+ 7_000)
        disk.cutPower(afterSteps: Int(random.next() % 700) + 1)
        let steps = CrashTests.work(&random)
        let results = CrashTests.run(steps, on: layer, &random)
        // Work that ended before the failure is a case of its own: power fails after everything was reported.
        if disk.hasPower { disk.cutPower(keepingUnsynced: random.next() % 2 == 0) }
        disk.restorePower()
        try CrashTests.check(steps, results, on: layer)
    }

    @Test("Without a power failure everything is reported as stored and is there")
    func everythingWithoutFailure() throws {
        let layer = FaultFileLayer(FaultDisk(seed: 1))
        var random = SplitMix(seed: 1)
        let steps = CrashTests.work(&random)
        let results = CrashTests.run(steps, on: layer, &random)
        #expect(results.count == steps.count)
        #expect(results.values.allSatisfy { (try? $0.get()) != nil })
        try CrashTests.check(steps, results, on: layer)
    }

    @Test("What was refused because of a failed fsync does not come back after a power failure")
    func refusedStaysRefused() throws {
        let disk = FaultDisk(seed: 3)
        let layer = FaultFileLayer(disk)
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        disk.refuse(.sync, times: 1)
        #expect(throws: LedgerError(.inputOutput, "")) {
            try writer.perform([.accept(sampleRow(2), audit: sampleEntry(.accepted, "crossing-2"))])
        }
        // The pages of the refused commit are still in the system's memory and reach the disk with the power failure.
        disk.cutPower(keepingUnsynced: true)
        writer.close()
        disk.restorePower()
        let again = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        let reader = try LedgerReader(path: "db", vfs: layer.name)
        #expect(try reader.outbox().map(\.id) == [1])
        #expect(try reader.auditRecords().count == 1)
        again.close()
    }

    private static func work(_ random: inout SplitMix) -> [Step] {
        var steps: [Step] = []
        var open: [Int64] = []
        var next: Int64 = 1
        for _ in 0..<90 {
            let index = steps.count
            let name = "step-\(index)"
            func entry(_ event: AuditEvent, _ random: inout SplitMix) -> AuditEntry {
                var record = AuditRecord(event, time: sampleTime + Int64(index), node: "gw", crossing: name)
                record.reason = String(repeating: "x", count: Int(random.next() % 900))
                return record.entry()
            }
            switch random.next() % 8 {
            case 0...3:
                let id = next
                next += 1
                open.append(id)
                let mark = SHA256.hash(Array(name.utf8)).bytes
                let key = SeenKey(key: mark, expires: sampleTime + 600_000, status: 202, crossing: name)
                let size = Int(random.next() % (index % 9 == 0 ? 20_000 : 1500))
                let operation = LedgerOperation.accept(
                    sampleRow(id, size: size),
                    seen: [key],
                    audit: entry(.accepted, &random)
                )
                steps.append(Step(operations: [operation], records: 1, accepts: id, mark: mark))
            case 4, 5:
                guard let id = open.popLast() else { continue }
                let operation = LedgerOperation.settle(id: id, as: .delivered, audit: entry(.delivered, &random))
                steps.append(Step(operations: [operation], records: 1, settles: id))
            case 6:
                let pair = samplePair("user\(index)@example.com", "sip:user\(index)@example.net")
                let operations: [LedgerOperation] = [.learn(pair), .audit(entry(.told, &random))]
                steps.append(Step(operations: operations, records: 1, pair: pair))
            default:
                let operations: [LedgerOperation] = [
                    .audit(entry(.refused, &random)), .count(.refused), .audit(entry(.refused, &random)),
                ]
                steps.append(Step(operations: operations, records: 2))
            }
        }
        return steps
    }

    private static func run(
        _ steps: [Step],
        on layer: FaultFileLayer,
        _ random: inout SplitMix
    ) -> [Int: Result<CommitReceipt, LedgerError>] {
        var limits = WriterLimits()
        limits.checkpointPages = 6
        limits.fullCheckpointPages = 14
        limits.group = 12
        let collector = Collector()
        // The power may fail while the database is created.
        guard let writer = try? LedgerWriter(path: "db", vfs: layer.name, limits: limits, deliver: { $0.run() }) else {
            return [:]
        }
        var waiting = 0
        for (index, step) in steps.enumerated() {
            guard (try? writer.submit(step.operations, completion: collector.completion(index))) != nil else { break }
            waiting += 1
            if random.next() % 5 == 0 {
                collector.wait(waiting)
                waiting = 0
            }
        }
        writer.close()
        collector.wait(waiting)
        return collector.all
    }

    private static func check(
        _ steps: [Step],
        _ results: [Int: Result<CommitReceipt, LedgerError>],
        on layer: FaultFileLayer
    ) throws {
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        let reader = try LedgerReader(path: "db", vfs: layer.name)
        #expect(try reader.integrityFindings() == [])
        let records = try reader.auditRecords(limit: .max)
        let verification = try reader.verifyLeaves()
        #expect(verification.faults == [])
        #expect(verification.checked == records.count)
        let balance = try reader.balance()
        #expect(balance.balances)

        let texts = records.map { text($0.record) }
        let outbox = Set(try reader.outbox(limit: .max).map(\.id))
        let marks = Set(try reader.seen(at: 0, limit: .max).keys.map(\.key))
        var stored: [Int: Bool] = [:]
        for (index, step) in steps.enumerated() {
            let found = texts.filter { $0.contains("\"crossing\":\"step-\(index)\"") }.count
            #expect(found == 0 || found == step.records, "step \(index) is there in part")
            stored[index] = found > 0
            if case .success(let receipt) = results[index] {
                #expect(found == step.records, "step \(index) was reported as stored and is lost")
                #expect(receipt.sequences.count == step.records)
                for sequence in receipt.sequences {
                    let place = Int(sequence) - 1
                    #expect(texts.indices.contains(place) && texts[place].contains("\"crossing\":\"step-\(index)\""))
                }
            }
            if let mark = step.mark { #expect(marks.contains(mark) == (found > 0)) }
            if let pair = step.pair { #expect(try reader.address(jid: pair.jid) == (found > 0 ? pair : nil)) }
        }
        var expected: Set<Int64> = []
        for (index, step) in steps.enumerated() where stored[index] == true {
            if let id = step.accepts { expected.insert(id) }
            if let id = step.settles { expected.remove(id) }
        }
        #expect(outbox == expected)
        #expect(
            balance[.accepted] == Int64(steps.indices.filter { stored[$0] == true && steps[$0].accepts != nil }.count)
        )

        // The ledger goes on where it was.
        let receipt = try writer.perform([.audit(sampleEntry())])
        #expect(receipt.sequences.lowerBound == Int64(records.count) + 1)
        #expect(writer.nextCrossingID > (expected.max() ?? 0))
        writer.close()
    }
}
