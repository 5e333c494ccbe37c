import Digests

/// What a check of stored audit records found.
public struct LeafVerification: Sendable, Equatable {
    /// One record that is not what was committed.
    public struct Fault: Sendable, Equatable {
        /// The kinds of faults.
        public enum Kind: Sendable, Equatable {
            /// The leaf hash is not that of the record's bytes.
            case altered
            /// The record names another sequence number than its place.
            case misplaced
            /// Records before this one are missing.
            case missing
        }

        /// The place of the record.
        public var sequence: Int64
        /// What is wrong.
        public var kind: Kind
    }

    /// How many records were checked.
    public var checked = 0
    /// The first faults, at most 100.
    public var faults: [Fault] = []
    /// The sequence number of the last record, 0 when there is none.
    public var last: Int64 = 0
}

extension LedgerReader {
    /// How far apart two records may lie in sequence and yet have their times the other way round, in milliseconds.
    private static let disorder: Int64 = 60_000

    /// Audit records that are still in the store, in the order of their sequence.
    ///
    /// To read on, call again with `from` one higher than the last record's sequence number.
    ///
    /// - Parameters:
    ///   - from: only records from this sequence number on.
    ///   - filter: which records.
    ///   - limit: at most so many.
    /// - Returns: the records.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func auditRecords(
        from: Int64 = 1,
        matching filter: AuditFilter = AuditFilter(),
        limit: Int = 100
    ) throws(LedgerError) -> [AuditRow] {
        try kept(from...Int64.max, filter, .oldestFirst, limit).rows
    }

    /// Records that are still in the store.
    ///
    /// - Parameters:
    ///   - range: the numbers of the records.
    ///   - filter: which records.
    ///   - order: in which order.
    ///   - limit: at most so many.
    /// - Returns: the number of the first record that the store holds, whatever was asked for, and the records, both of
    ///   one moment.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    func kept(
        _ range: ClosedRange<Int64>,
        _ filter: AuditFilter,
        _ order: RecordOrder,
        _ limit: Int
    ) throws(LedgerError) -> (first: Int64?, rows: [AuditRow]) {
        let matcher = AuditMatcher(filter)
        let edge = LedgerReader.edge(filter, order)
        return try read { database throws(LedgerError) in
            try database.execute("BEGIN")
            defer { try? database.execute("ROLLBACK") }
            let first = try database.integer("SELECT min(sequence) FROM audit")
            var start = range.lowerBound
            if let since = filter.since {
                start = max(start, try LedgerReader.firstSequence(since: since, in: database))
            }
            let statement = try database.cached(
                """
                SELECT sequence, record, leaf FROM audit WHERE sequence BETWEEN ?1 AND ?2
                ORDER BY sequence \(order == .newestFirst ? "DESC" : "ASC")
                """
            )
            statement.bind(1, start)
            statement.bind(2, range.upperBound)
            defer { statement.reset() }
            var rows: [AuditRow] = []
            while rows.count < limit, try statement.step() {
                let verdict = statement.withBytes(1) { LedgerReader.judge($0, matcher, edge, order) }
                if verdict == .beyond { break }
                if verdict == .matches { rows.append(try LedgerReader.auditRow(statement)) }
            }
            return (first, rows)
        }
    }

    /// The last audit record.
    ///
    /// - Returns: the record, or nil when there is none.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func lastAuditRecord() throws(LedgerError) -> AuditRow? {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT sequence, record, leaf FROM audit ORDER BY sequence DESC LIMIT 1"
            )
            defer { statement.reset() }
            return try statement.step() ? try LedgerReader.auditRow(statement) : nil
        }
    }

    /// Recomputes the leaf hashes and looks for gaps (RFC 9162 §2.1).
    ///
    /// - Parameters:
    ///   - from: the first sequence number to check; records before it are taken to exist.
    ///   - through: the last sequence number to check.
    /// - Returns: what was found.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func verifyLeaves(from: Int64 = 1, through: Int64 = .max) throws(LedgerError) -> LeafVerification {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT sequence, record, leaf FROM audit WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence"
            )
            statement.bind(1, from)
            statement.bind(2, through)
            var result = LeafVerification()
            var expected = from
            while try statement.step() {
                let sequence = statement.integer(0)
                let leaf = statement.bytes(2)
                let (computed, begins) = statement.withBytes(1) { record in
                    (SHA256.hash(prefix: 0, record), LedgerReader.names(sequence, record))
                }
                if sequence != expected { result.note(sequence, .missing) }
                if computed.bytes != leaf { result.note(sequence, .altered) }
                if !begins { result.note(sequence, .misplaced) }
                result.checked += 1
                result.last = sequence
                expected = sequence &+ 1
            }
            return result
        }
    }

    private enum Verdict {
        case matches
        case other
        case beyond
    }

    /// The time behind which, in the order of reading, no record can match any more.
    private static func edge(_ filter: AuditFilter, _ order: RecordOrder) -> [UInt8]? {
        let edge =
            switch order {
            case .oldestFirst: filter.until.map { clampedSum($0, disorder) }
            case .newestFirst: filter.since.map { clampedSum($0, -disorder) }
            }
        return edge.map { Array(Timestamp.text(milliseconds: $0).utf8) }
    }

    private static func judge(
        _ record: Span<UInt8>,
        _ matcher: AuditMatcher,
        _ edge: [UInt8]?,
        _ order: RecordOrder
    ) -> Verdict {
        if let edge, let time = AuditMatcher.time(of: record) {
            let isBeyond =
                order == .oldestFirst ? edge.lexicographicallyPrecedes(time) : time.lexicographicallyPrecedes(edge)
            if isBeyond { return .beyond }
        }
        return matcher.matches(record) ? .matches : .other
    }

    static func auditRow(_ row: Statement) throws(LedgerError) -> AuditRow {
        let sequence = row.integer(0)
        guard let leaf = Digest(bytes: row.bytes(2)) else {
            throw LedgerError(.corrupt, "the leaf hash of audit record \(sequence) is not 32 bytes long")
        }
        return AuditRow(sequence: sequence, record: row.bytes(1), leaf: leaf)
    }

    /// A sequence number before which no record is as late as a moment, found by halving.
    private static func firstSequence(since: Int64, in database: Database) throws(LedgerError) -> Int64 {
        let bound = Array(Timestamp.text(milliseconds: clampedSum(since, -disorder)).utf8)
        var low = try database.integer("SELECT min(sequence) FROM audit") ?? 1
        var high = try database.integer("SELECT max(sequence) FROM audit") ?? 0
        let statement = try database.cached("SELECT record FROM audit WHERE sequence = ?1")
        while low < high {
            let middle = low + (high - low) / 2
            statement.bind(1, middle)
            let isRow = try statement.step()
            let time = isRow ? statement.withBytes(0) { AuditMatcher.time(of: $0) } : nil
            statement.reset()
            // A record without a time stops the search where it is safe: at the lower end.
            guard let time else { return low }
            if time.lexicographicallyPrecedes(bound) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a record begins with its sequence number.
    private static func names(_ sequence: Int64, _ record: Span<UInt8>) -> Bool {
        var expected = Array("{\"seq\":".utf8)
        JSONWriter.append(sequence, to: &expected)
        guard record.count > expected.count else { return false }
        for (index, byte) in expected.enumerated() where record[index] != byte {
            return false
        }
        return record[expected.count] == UInt8(ascii: ",") || record[expected.count] == UInt8(ascii: "}")
    }
}

extension LeafVerification {
    fileprivate mutating func note(_ sequence: Int64, _ kind: Fault.Kind) {
        if faults.count < 100 { faults.append(Fault(sequence: sequence, kind: kind)) }
    }
}

/// A sum that stops at the ends of the range instead of trapping.
private func clampedSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right < 0 ? .min : .max) : sum
}
