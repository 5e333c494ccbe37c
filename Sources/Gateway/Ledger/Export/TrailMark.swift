public import AuditTrail
import Digests

/// How far the records have gone into the files of the log.
public struct TrailMark: Sendable, Equatable {
    /// The tree of the records in the files; its size is the sequence number of the last one.
    public var edge: TreeEdge
    /// The segment that is written to.
    public var segment: SegmentFile
    /// The length of its file of records, in bytes.
    public var bytes: Int64

    /// Holds a mark; without values the one of a log without records.
    ///
    /// - Parameters:
    ///   - edge: the tree of the records in the files.
    ///   - segment: the segment that is written to.
    ///   - bytes: the length of its file of records.
    public init(edge: TreeEdge = TreeEdge(), segment: SegmentFile = SegmentFile(first: 1), bytes: Int64 = 0) {
        self.edge = edge
        self.segment = segment
        self.bytes = bytes
    }
}

/// The one row of the mark.
struct TrailTable {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    func store(_ mark: TrailMark) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT INTO trail(one, exported, stack, segment, bytes) VALUES(1, ?1, ?2, ?3, ?4)
            ON CONFLICT(one) DO UPDATE SET exported = excluded.exported, stack = excluded.stack,
                segment = excluded.segment, bytes = excluded.bytes
            """
        )
        var stack: [UInt8] = []
        for hash in mark.edge.stack { hash.append(to: &stack) }
        statement.bind(1, mark.edge.size)
        statement.bind(2, stack)
        statement.bind(3, mark.segment.first)
        statement.bind(4, mark.bytes)
        try statement.run()
    }

    func read() throws(LedgerError) -> TrailMark? {
        let statement = try database.cached("SELECT exported, stack, segment, bytes FROM trail")
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        let bytes = statement.bytes(1)
        let hashes = stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap {
            Digest(bytes: bytes[$0..<min($0 + Digest.byteCount, bytes.count)])
        }
        guard let edge = TreeEdge(size: statement.integer(0), stack: hashes), statement.integer(2) > 0 else {
            throw LedgerError(.corrupt, "the mark of the audit log's files cannot be read")
        }
        return TrailMark(edge: edge, segment: SegmentFile(first: statement.integer(2)), bytes: statement.integer(3))
    }
}

extension LedgerReader {
    /// How far the records have gone into the files of the log.
    ///
    /// - Returns: the mark; nil when nothing was ever exported.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func trailMark() throws(LedgerError) -> TrailMark? {
        try read { database throws(LedgerError) in try TrailTable(database).read() }
    }

    /// The sequence number of the last record that was ever committed; 0 when there is none.
    ///
    /// - Returns: the number.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func lastSequence() throws(LedgerError) -> Int64 {
        try read { database throws(LedgerError) in try RecordTable(database).lastEver() }
    }
}
