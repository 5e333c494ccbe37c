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
            let table = RecordTable(database)
            let first = try table.first()
            var start = range.lowerBound
            if let since = filter.since {
                start = max(start, try LedgerReader.firstSequence(since: since, in: table))
            }
            guard start <= range.upperBound else { return (first, []) }
            let statement = try table.rows(start...range.upperBound, order)
            defer { statement.reset() }
            var rows: [AuditRow] = []
            while rows.count < limit, try statement.step() {
                let stored = try StoredRecords.whole(statement)
                let numbers = stored.numbers(in: start...range.upperBound)
                for step in 0..<Int64(numbers.count) where rows.count < limit {
                    let number =
                        order == .oldestFirst ? numbers.lowerBound + step : numbers.upperBound - 1 - step
                    switch LedgerReader.judge(stored.record(number).span, matcher, edge, order) {
                    case .beyond: return (first, rows)
                    case .matches: rows.append(try stored.row(number))
                    case .other: break
                    }
                }
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
            let table = RecordTable(database)
            guard let last = try table.last() else { return nil }
            return try table.record(last)
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
            var result = LeafVerification()
            guard from <= through else { return result }
            let statement = try RecordTable(database).rows(from...through)
            defer { statement.reset() }
            var expected = from
            while try statement.step() {
                let stored = StoredRecords(statement)
                guard stored.isWhole else {
                    // Which of its records is whose cannot be told.
                    result.note(stored.first, .altered)
                    expected = stored.last &+ 1
                    continue
                }
                for number in stored.numbers(in: from...through) {
                    if number != expected { result.note(number, .missing) }
                    let record = stored.record(number).span
                    let leaf = SHA256.hash(prefix: 0, record)
                    if leaf.bytes[...] != stored.leaf(number) { result.note(number, .altered) }
                    if !LedgerReader.names(number, record) { result.note(number, .misplaced) }
                    result.checked += 1
                    result.last = number
                    expected = number &+ 1
                }
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

    /// A sequence number before which no record is as late as a moment, found by halving.
    private static func firstSequence(since: Int64, in table: RecordTable) throws(LedgerError) -> Int64 {
        let bound = Array(Timestamp.text(milliseconds: clampedSum(since, -disorder)).utf8)
        var low = try table.first() ?? 1
        var high = try table.last() ?? 0
        while low < high {
            let middle = low + (high - low) / 2
            let time = try table.record(middle).flatMap { AuditMatcher.time(of: $0.record.span) }
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
