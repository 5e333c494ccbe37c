import AuditTrail
import Digests

/// How far a search database goes: the last record that is in, and where the next one begins.
struct SearchMark: Equatable, Sendable {
    /// The number of the last record; 0 when there is none.
    var sequence: Int64 = 0
    /// The segment that holds it.
    var segment = SegmentFile(first: 1)
    /// Where its line ends in the file, in bytes.
    var bytes: Int64 = 0
    /// The bytes of its line without the end.
    var length: Int64 = 0
    /// Its leaf hash; nil when there is none.
    var leaf: Digest?

    /// Whether the files of a log hold the record where the mark says.
    func holds(in folder: TrailFolder) throws(TrailFault) -> Bool {
        guard let leaf else { return sequence == 0 }
        let line = try folder.read(segment.name(.records), from: bytes - length - 1, count: length + 1)
        return Int64(line.count) == length + 1 && line.last == 0x0A && TreeEdge.leaf(line.dropLast()) == leaf
    }
}

extension SearchMark {
    static func read(_ database: Database) throws(LedgerError) -> SearchMark {
        let statement = try database.cached("SELECT sequence, segment, bytes, length, leaf FROM mark")
        defer { statement.reset() }
        guard try statement.step() else { return SearchMark() }
        return SearchMark(
            sequence: statement.integer(0),
            segment: SegmentFile(first: statement.integer(1)),
            bytes: statement.integer(2),
            length: statement.integer(3),
            leaf: Digest(bytes: statement.bytes(4))
        )
    }

    func store(_ database: Database) throws(LedgerError) {
        guard let leaf else { return }
        let statement = try database.cached(
            "INSERT OR REPLACE INTO mark(one, sequence, segment, bytes, length, leaf) VALUES(1, ?1, ?2, ?3, ?4, ?5)"
        )
        statement.bind(1, sequence)
        statement.bind(2, segment.first)
        statement.bind(3, bytes)
        statement.bind(4, length)
        statement.bind(5, leaf.bytes)
        try statement.run()
    }
}
