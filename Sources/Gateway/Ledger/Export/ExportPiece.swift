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

    /// Adds the record in a row of its number, its bytes and its leaf hash.
    fileprivate mutating func append(_ row: Statement) throws(LedgerError) {
        row.append(1, to: &lines)
        lines.append(0x0A)
        row.append(2, to: &leaves)
        count += 1
        guard leaves.count == count * Digest.byteCount else {
            throw LedgerError(.corrupt, "the leaf hash of audit record \(row.integer(0)) is not 32 bytes long")
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
            let statement = try database.cached(
                "SELECT sequence, record, leaf FROM audit WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"
            )
            statement.bind(1, sequence)
            statement.bind(2, Int64(limit))
            defer { statement.reset() }
            while piece.lines.count - piece.count < bytes, try statement.step() {
                let next = sequence + Int64(piece.count) + 1
                guard statement.integer(0) == next else {
                    throw LedgerError(.corrupt, "the store lacks audit record \(next)")
                }
                try piece.append(statement)
            }
        }
    }
}
