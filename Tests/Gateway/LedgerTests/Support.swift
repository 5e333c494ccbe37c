import Digests
import Dispatch
import Foundation
import Ledger
import Synchronization

/// A directory that is removed with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String {
        "\(path)/\(name)"
    }
}

/// Collects results of submissions and lets a test wait for them.
final class Collector: Sendable {
    private let results = Mutex<[Int: Result<CommitReceipt, LedgerError>]>([:])
    private let signal = DispatchSemaphore(value: 0)

    func completion(_ index: Int) -> @Sendable (Result<CommitReceipt, LedgerError>) -> Void {
        { result in
            self.results.withLock { results in
                precondition(results[index] == nil, "a completion was called twice")
                results[index] = result
            }
            self.signal.signal()
        }
    }

    /// Waits for as many results as given, on top of those waited for before.
    func wait(_ count: Int) {
        for _ in 0..<count {
            signal.wait()
        }
    }

    var all: [Int: Result<CommitReceipt, LedgerError>] {
        results.withLock { $0 }
    }
}

/// The time of the samples: 2026-05-04T09:08:07.006Z.
let sampleTime: Int64 = 1_777_885_687_006

func sampleRow(_ id: Int64, size: Int = 100) -> OutboxRow {
    OutboxRow(
        id: id,
        crossing: "crossing-\(id)",
        target: id % 2 == 0 ? .xmpp : .cpim,
        sender: "juliet@example.com",
        recipient: "romeo@example.net",
        hop: "sip:192.0.2.1",
        source: [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: size),
        wire: [UInt8](repeating: UInt8(truncatingIfNeeded: id &+ 1), count: size * 2),
        identity: Array("branch-\(id)".utf8),
        facts: [],
        generation: "g1",
        accepted: sampleTime,
        deadline: sampleTime + 86_400_000
    )
}

func sampleEntry(
    _ event: AuditEvent = .accepted,
    _ crossing: String = "crossing-1",
    time: Int64 = sampleTime
) -> AuditEntry {
    AuditRecord(event, time: time, node: "gw.example.net", crossing: crossing).entry()
}

func samplePair(_ jid: String, _ uri: String, kind: AddressKind = .learned, at time: Int64 = sampleTime) -> AddressPair
{
    AddressPair(
        jid: jid,
        uri: uri,
        uriKey: "key:" + uri,
        kind: kind,
        rule: "address.default",
        firstSeen: time,
        lastUsed: time
    )
}

/// A writer whose completions run at once on its own thread.
func openWriter(_ path: String, limits: WriterLimits = WriterLimits()) throws(LedgerError) -> LedgerWriter {
    try LedgerWriter(path: path, limits: limits) { $0.run() }
}

func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
}

func fileBytes(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: path)))
}
