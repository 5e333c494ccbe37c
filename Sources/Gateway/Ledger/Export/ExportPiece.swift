import AuditTrail
import Digests

/// Records of the store as they go into the files.
struct ExportPiece: Sendable {
    /// How many there are.
    private(set) var count = 0
    /// The records, each with the end of its line.
    private(set) var lines: [UInt8] = []
    /// Their leaf hashes.
    private(set) var leaves: [UInt8] = []

    /// Forgets the records, whose memory is used again.
    fileprivate mutating func clear() {
        count = 0
        lines.removeAll(keepingCapacity: true)
        leaves.removeAll(keepingCapacity: true)
    }

    /// Adds the records of a row of the store.
    ///
    /// - Parameters:
    ///   - row: its columns are ``StoredRecords/columns``.
    ///   - next: the first record that is wanted.
    ///   - limit: at most so many.
    /// - Throws: ``LedgerError`` with `.corrupt` when the row is damaged or begins behind the wanted record.
    fileprivate mutating func append(_ row: Statement, from next: Int64, limit: Int) throws(LedgerError) {
        let (first, last) = (row.integer(0), row.integer(1))
        guard first <= next else { throw LedgerError(.corrupt, "the store lacks audit record \(next)") }
        guard first == next, last - first < limit else {
            // Only a part is wanted.
            let stored = try StoredRecords.whole(row)
            for number in stored.numbers(in: next...next + Int64(limit) - 1) {
                lines += stored.record(number)
                lines.append(0x0A)
                leaves += stored.leaf(number)
                count += 1
            }
            return
        }
        let start = lines.count
        row.append(2, to: &lines)
        row.append(3, to: &leaves)
        count += Int(last - first) + 1
        guard leaves.count == count * Digest.byteCount, lines.count > start, lines.last == 0x0A else {
            throw LedgerError(.corrupt, "the row of audit records \(first) to \(last) is damaged")
        }
    }

    /// Adds the records to the tree of those before them.
    func extend(_ edge: inout TreeEdge) {
        for start in stride(from: 0, to: leaves.count, by: Digest.byteCount) {
            guard let leaf = Digest(bytes: leaves[start..<start + Digest.byteCount]) else { return }
            edge.append(leaf)
        }
    }
}

extension LedgerReader {
    /// Records to be exported, in order.
    func exportable(after sequence: Int64, limit: Int, bytes: Int) throws(LedgerError) -> ExportPiece {
        var piece = ExportPiece()
        try export(after: sequence, limit: limit, bytes: bytes, into: &piece)
        return piece
    }

    /// Records to be exported, in order, in place of those before.
    func export(
        after sequence: Int64,
        limit: Int,
        bytes: Int,
        into piece: inout ExportPiece
    ) throws(LedgerError) {
        piece.clear()
        try read { database throws(LedgerError) in
            let statement = try RecordTable(database).rows(sequence + 1...Int64.max)
            defer { statement.reset() }
            while piece.count < limit, piece.lines.count - piece.count < bytes, try statement.step() {
                try piece.append(statement, from: sequence + Int64(piece.count) + 1, limit: limit - piece.count)
            }
        }
    }
}
