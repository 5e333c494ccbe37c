import AuditTrail

/// In which order records are read.
public enum RecordOrder: Sendable {
    /// By growing numbers.
    case oldestFirst
    /// By falling numbers.
    case newestFirst
}

/// Reads the records of a log wherever they lie: in its files, through the search database, and in the ledger.
///
/// Records leave the ledger once files and search database have them. Without a search database, or behind its end, the
/// files are read through; without files the ledger alone. What matches is decided by the record itself: the search
/// database only says where to look. Each call sees at least what was committed before it. Used by one thread at a time.
public final class RecordReader {
    private let ledger: LedgerReader?
    private let folder: TrailFolder?
    private var search: SearchTables?

    /// Why there is no search database, as a sentence without the final period; nil while there is one.
    public private(set) var searchFault: String?

    /// Reads a log.
    ///
    /// - Parameters:
    ///   - ledger: the store; nil for files alone.
    ///   - folder: the folder of the log's files; one that does not exist holds no records.
    ///   - search: the path of the search database; there may be none.
    public init(ledger: LedgerReader?, folder: String?, search: String?) {
        self.ledger = ledger
        let files = folder.map { TrailFolder(existing: $0) }
        self.folder = files.flatMap { FileIdentity($0.path) == nil ? nil : $0 }
        guard let folder = self.folder, let search else { return }
        guard FileIdentity(search) != nil else {
            searchFault = "there is no search database \(search)"
            return
        }
        do throws(LedgerError) {
            self.search = try SearchTables(path: search, folder: folder)
        } catch {
            searchFault = error.reason
        }
    }

    /// Reads records.
    ///
    /// - Parameters:
    ///   - range: the numbers of the records.
    ///   - filter: which records.
    ///   - order: in which order.
    ///   - limit: at most so many.
    /// - Returns: the records in that order.
    /// - Throws: ``LedgerError`` when store or files cannot be read.
    public func records(
        in range: ClosedRange<Int64> = 1...Int64.max,
        matching filter: AuditFilter = AuditFilter(),
        _ order: RecordOrder = .oldestFirst,
        limit: Int = 100
    ) throws(LedgerError) -> [AuditRow] {
        guard limit > 0 else { return [] }
        do {
            return try read(range, filter, order, limit)
        } catch let fault as SearchFault {
            searchFault = fault.error.reason
            search = nil
            do { return try read(range, filter, order, limit) } catch { throw RecordReader.error(error) }
        } catch {
            throw RecordReader.error(error)
        }
    }

    /// Reads one record.
    ///
    /// - Parameter sequence: its number.
    /// - Returns: the record; nil when there is none.
    /// - Throws: ``LedgerError`` when store or files cannot be read.
    public func record(_ sequence: Int64) throws(LedgerError) -> AuditRow? {
        guard sequence > 0 else { return nil }
        return try records(in: sequence...sequence, limit: 1).first
    }

    /// The number of the last record; 0 when there is none.
    ///
    /// - Returns: the number.
    /// - Throws: ``LedgerError`` when store or files cannot be read.
    public func lastSequence() throws(LedgerError) -> Int64 {
        if let ledger { return try ledger.lastSequence() }
        return try records(.newestFirst, limit: 1).first?.sequence ?? 0
    }

    /// The addresses under which the log knows the owner of an address: itself, and what it was translated into or from.
    ///
    /// - Parameter address: on either shore, with or without what may follow a bare one.
    /// - Returns: bare addresses, the given one first.
    /// - Throws: ``LedgerError`` when store or files cannot be read.
    public func forms(of address: String) throws(LedgerError) -> [String] {
        let bare = String(decoding: RecordTerm(.address, address).text, as: UTF8.self)
        var forms = [bare]
        func note(_ form: String) { if !forms.contains(form) { forms.append(form) } }
        var indexed: Int64 = 0
        if let search {
            do {
                for form in try search.forms(of: bare) { note(form) }
                indexed = try search.atOnce { $0.sequence }
            } catch {
                searchFault = RecordReader.error(error).reason
                self.search = nil
            }
        }
        // What the search database does not have yet is little, or there is none.
        let rest = try records(in: indexed + 1...Int64.max, matching: AuditFilter(address: bare), limit: .max)
        for row in rest {
            let record = IndexedRecord(row.record.span)
            for pair in [record.sender, record.recipient] {
                guard let pair else { continue }
                let before = String(decoding: pair.before(in: row.record.span), as: UTF8.self)
                let after = String(decoding: pair.after(in: row.record.span), as: UTF8.self)
                if before == bare { note(after) }
                if after == bare { note(before) }
            }
        }
        return forms
    }

    // MARK: The three places

    private func read(
        _ range: ClosedRange<Int64>,
        _ filter: AuditFilter,
        _ order: RecordOrder,
        _ limit: Int
    ) throws -> [AuditRow] {
        let matcher = AuditMatcher(filter)
        guard let search else { return try unindexed(range, filter, matcher, order, limit, from: SearchMark()) }
        return try search.atOnce { mark in
            var rows: [AuditRow] = []
            let behind = max(range.lowerBound, mark.sequence + 1)
            if order == .newestFirst, behind <= range.upperBound {
                rows = try unindexed(behind...range.upperBound, filter, matcher, order, limit, from: mark)
            }
            if range.lowerBound <= mark.sequence, rows.count < limit {
                let numbers = range.lowerBound...min(range.upperBound, mark.sequence)
                try indexed(search, numbers, filter, matcher, order, limit, &rows)
            }
            if order == .oldestFirst, behind <= range.upperBound, rows.count < limit {
                let left = limit == .max ? .max : limit - rows.count
                rows += try unindexed(behind...range.upperBound, filter, matcher, order, left, from: mark)
            }
            return rows
        }
    }

    private func indexed(
        _ search: SearchTables,
        _ range: ClosedRange<Int64>,
        _ filter: AuditFilter,
        _ matcher: AuditMatcher,
        _ order: RecordOrder,
        _ limit: Int,
        _ rows: inout [AuditRow]
    ) throws {
        guard let folder else { return }
        do {
            try search.places(SearchQuery(filter), in: range, order) { places in
                for row in try folder.records(at: places) where matcher.matches(row.record.span) {
                    rows.append(row)
                    if rows.count >= limit { return false }
                }
                return true
            }
        } catch let error as LedgerError {
            throw SearchFault(error: error)
        }
    }

    /// Records that the search database does not have, from the files and the ledger.
    private func unindexed(
        _ range: ClosedRange<Int64>,
        _ filter: AuditFilter,
        _ matcher: AuditMatcher,
        _ order: RecordOrder,
        _ limit: Int,
        from mark: SearchMark
    ) throws -> [AuditRow] {
        var rows: [AuditRow] = []
        var next = range.lowerBound
        guard let ledger else {
            return try folder?.lines(range, from: mark, matcher, order, limit) ?? []
        }
        if order == .newestFirst {
            let (first, kept) = try ledger.kept(range, filter, order, limit)
            rows = kept
            let end = min(range.upperBound, (first ?? .max) - 1)
            guard let folder, rows.count < limit, next <= end else { return rows }
            let left = limit == .max ? .max : limit - rows.count
            return rows + (try folder.lines(next...end, from: mark, matcher, order, left))
        }
        while true {
            let left = limit == .max ? .max : limit - rows.count
            let (first, kept) = try ledger.kept(next...range.upperBound, filter, order, left)
            guard let folder, next < first ?? .max else { return rows + kept }
            // What has left the ledger, also while this went on, is in the files.
            let end = min(range.upperBound, (first ?? .max) - 1)
            rows += try folder.lines(next...end, from: mark, matcher, order, left)
            guard first != nil, end < range.upperBound, rows.count < limit else { return rows }
            next = end + 1
        }
    }

    private static func error(_ error: any Error) -> LedgerError {
        if let fault = error as? SearchFault { return fault.error }
        if let fault = error as? TrailFault { return LedgerError(fault) }
        return error as? LedgerError ?? LedgerError(.database, "\(error)")
    }
}
