import BridgeCore
import Ledger
import Logging
import NIOCore
import NIOPosix
import OperatorFiles

/// Keys go when they were kept long enough, unless a hold covers them.
extension Gateway {
    /// What one piece of the file of keys has.
    private struct Piece: Sendable {
        var last: BodyKeyEntry?
        /// Keys that go.
        var due: [BodyKeyEntry] = []
        /// Keys of which what opens texts goes.
        var texts: [BodyKeyEntry] = []
        var held = 0
        var bodies = 0
    }

    /// Looks at the next piece of the file of keys when it is time.
    func retain(_ now: Int64) {
        guard isServing, retention.begins(now: now) else { return }
        let today = BodyKeyEntry.day(of: now)
        let (rules, cursor, file) = (retention.rules, retention.cursor, bodyKeys.file)
        let path = StateDirectory.databasePath(in: configuration.state)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try Self.piece(rules, today: today, after: cursor, file, ledger: path)
        }.flatMap { piece in
            bound.value.erase(piece, at: now).map { piece.last }
        }.whenComplete { result in
            let gateway = bound.value
            switch result {
            case .success(let last): gateway.retention.ended(last, now: gateway.now.wall)
            case .failure(let error):
                gateway.retention.ended(nil, now: gateway.now.wall)
                gateway.logger.error(
                    "what was kept long enough could not be erased",
                    metadata: ["reason": "\(error)"]
                )
            }
        }
    }

    private static func piece(
        _ rules: RetentionRules,
        today: Int64,
        after cursor: BodyKeyEntry?,
        _ file: BodyKeyReader,
        ledger path: String
    ) throws(LedgerError) -> Piece {
        var piece = Piece()
        guard let last = rules.lastDay(today: today) else { return piece }
        let entries = try file.entries(
            .everything,
            days: Int64.min...last,
            after: cursor,
            limit: RetentionTimer.piece
        )
        piece.last = entries.last
        let due = entries.filter { rules.due($0, today: today) != .nothing }
        guard !due.isEmpty else { return piece }
        let ledger = try LedgerReader(path: path)
        let holds = try ledger.holds()
        let free = due.filter { key in !holds.contains { $0.covers(key) } }
        let open = try ledger.keysOfOpenItems(among: free)
        let keys = free.filter { !open.contains($0.id) }
        piece.due = keys.filter { rules.due($0, today: today) == .everything }
        piece.texts = keys.filter { rules.due($0, today: today) == .texts }
        piece.held = due.count - free.count
        piece.bodies = try ledger.countSealedBodies(under: keys)
        return piece
    }

    private func erase(_ piece: Piece, at now: Int64) -> EventLoopFuture<Void> {
        guard !piece.due.isEmpty || !piece.texts.isEmpty else { return eventLoop.makeSucceededVoidFuture() }
        var record = AuditRecord(AuditEvent(rawValue: "bodies-expired"), time: now, node: configuration.name)
        record.actor = "gateway"
        record.outcome = [
            AuditField("keys", String(piece.due.count)), AuditField("texts", String(piece.texts.count)),
            AuditField("bodies", String(piece.bodies)), AuditField("held", String(piece.held)),
        ]
        bodyKeys.beginErasure()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let erased = stored([
            .eraseBodies(BodyErasure(keys: piece.due)),
            .eraseBodies(BodyErasure(keys: piece.texts, leavesDigests: true)),
            .audit(record.entry()),
        ])
        erased.whenComplete { _ in bound.value.bodyKeys.endErasure() }
        return erased.map { _ in }
    }
}
