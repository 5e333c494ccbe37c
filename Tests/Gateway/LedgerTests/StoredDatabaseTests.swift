import AuditTrail
import Digests
import Foundation
import Testing

@testable import Ledger

/// Database files of every released schema, kept for good.
@Suite("Stored databases")
struct StoredDatabaseTests {
    private static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Databases")
    }

    static let watch = WatchRow(
        watcher: "juliet@example.com",
        presentity: "romeo@example.net",
        target: .cpim,
        state: 1,
        changed: sampleTime,
        parts: [1, 2]
    )
    static let usage = UsageRow(
        id: 7,
        kind: .subscriber,
        watcher: "juliet@example.com",
        presentity: "romeo@example.net",
        expires: sampleTime,
        state: [3]
    )

    static let activation = ActivationRow(
        generation: "g1",
        cause: .start,
        actor: "start",
        checked: sampleTime,
        tested: sampleTime,
        activated: sampleTime
    )
    static let file = GenerationFile(path: "00-standard/loss.yaml", content: Array("table: loss".utf8))

    static let mark: TrailMark = {
        var edge = TreeEdge()
        edge.append(SHA256.hash([1]))
        return TrailMark(edge: edge, segment: SegmentFile(first: 1), bytes: 117)
    }()

    static let labels = BodyLabels(secret: [UInt8](repeating: 9, count: 32))
    static let hold = Hold(
        id: 1,
        scope: .conversation("juliet@example.com", "romeo@example.net"),
        label: labels.conversation("juliet@example.com", "romeo@example.net"),
        firstDay: 20_500,
        reason: "case 12",
        placed: Hold.Act(actor: "uid 1", time: sampleTime)
    )
    /// A key knows whether it is stored, so that each database gets its own.
    static var bodyKey: BodyKey {
        BodyKey(
            BodyKeyEntry(id: 7, name: labels.name("juliet@example.com", "romeo@example.net"), day: 20_577),
            secret: [UInt8](repeating: 5, count: 32)
        )
    }
    static let body = SealedBody(crossing: 1, form: .canonical, key: 7, accepted: sampleTime, sealed: [1, 2, 3])

    /// What every stored database holds.
    static func sampleOperations() -> [[LedgerOperation]] {
        let key = SeenKey(key: [1, 2, 3], expires: sampleTime + 600_000, status: 202, crossing: "crossing-1")
        return [
            [.meta(key: "node", value: "gw.example.net")],
            // Together: their records share a row.
            [
                .accept(sampleRow(1), seen: [key], audit: sampleEntry()),
                .accept(sampleRow(2), audit: sampleEntry(.accepted, "crossing-2")),
            ],
            [.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))],
            [.learn(samplePair("romeo@example.net", "sip:Romeo@example.net"))],
            [.addAddress(samplePair("desk@example.net", "tel:+15550100", kind: .explicit))],
            [.capability(Capability(peer: "example.net", carrier: 1, scheme: "sip", expires: sampleTime))],
            [
                .thread(
                    ConversationThread(key: "k", callID: "c@h", tag: "t", cseq: 3, thread: "th", expires: sampleTime)
                )
            ],
            [.watch(watch), .usage(usage)],
            [.activate(activation, files: [file])],
            [.exported(mark)],
            [.placeHold(hold), .keep(bodyKey, [body])],
            [.tell(Tell(key: "k", told: sampleTime, expires: sampleTime + 1)), .count(.refused, by: 2)],
        ]
    }

    @Test(
        "A database of this version and of every earlier one is opened with all it holds",
        arguments: 1...Schema.version
    )
    func storedDatabasesOpen(version: Int64) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("isthmus.db")
        let stored = StoredDatabaseTests.folder.appendingPathComponent("v\(version).db")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1",
            !FileManager.default.fileExists(atPath: stored.path)
        {
            let writer = try openWriter(path)
            for operations in StoredDatabaseTests.sampleOperations() {
                try writer.perform(operations)
            }
            writer.close()
            try FileManager.default.copyItem(atPath: path, toPath: stored.path)
            try FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.copyItem(atPath: stored.path, toPath: path)

        let writer = try openWriter(path)
        let reader = try LedgerReader(path: path)
        #expect(try reader.integrityFindings() == [])
        #expect(try reader.meta("node") == "gw.example.net")
        #expect(try reader.outbox() == [sampleRow(2)])
        #expect(try reader.seen(at: sampleTime).keys.map(\.key) == [[1, 2, 3]])
        #expect(try reader.verifyLeaves() == LeafVerification(checked: 3, faults: [], last: 3))
        #expect(try reader.address(uriKey: "key:sip:Romeo@example.net")?.jid == "romeo@example.net")
        #expect(try reader.addresses().map(\.kind) == [.explicit, .learned])
        #expect(try reader.capabilities(at: 0).count == 1)
        #expect(try reader.thread(key: "k")?.cseq == 3)
        #expect(try reader.tells(at: 0).count == 1)
        // Presence came with the second schema.
        #expect(try reader.watches() == (version < 2 ? [] : [StoredDatabaseTests.watch]))
        #expect(try reader.usages() == (version < 2 ? [] : [StoredDatabaseTests.usage]))
        // Generations came with the third.
        #expect(try reader.activations().map(\.generation) == (version < 3 ? [] : ["g1"]))
        #expect(try reader.files(of: "g1") == (version < 3 ? [] : [StoredDatabaseTests.file]))
        // Files of the log came with the fourth.
        #expect(try reader.trailMark() == (version < 4 ? nil : StoredDatabaseTests.mark))
        // Texts and holds came with the fifth.
        #expect(try reader.holds() == (version < 5 ? [] : [StoredDatabaseTests.hold]))
        #expect(try reader.sealedBodies(of: 1) == (version < 5 ? [] : [StoredDatabaseTests.body]))
        let balance = try reader.balance()
        #expect(balance.balances)
        #expect(balance.received == 4)
        #expect(writer.nextCrossingID == 3)
        #expect(try writer.perform([.audit(sampleEntry())]).sequences == 4..<5)
        writer.close()
    }
}
