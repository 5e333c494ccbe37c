import AuditTrail

/// Reads a search database: the places of records that have terms.
final class SearchTables {
    /// Where the database is.
    let path: String
    private let database: Database

    /// Opens a database that a filler has made.
    ///
    /// - Throws: ``LedgerError`` when it cannot be used, or belongs to the files of another log.
    init(path: String, folder: TrailFolder) throws(LedgerError) {
        self.path = path
        database = try Database(path: path, role: .reader)
        try SearchSchema.prepareForReading(database)
        let mark = try SearchMark.read(database)
        let isOfLog: Bool
        do throws(TrailFault) { isOfLog = try mark.holds(in: folder) } catch { throw LedgerError(error) }
        guard isOfLog else {
            throw LedgerError(.constraint, "\(folder.path) does not hold record \(mark.sequence) where \(path) says")
        }
    }

    /// Does something over one moment of the database.
    ///
    /// - Throws: ``SearchFault`` when the database cannot be read, and what the body throws.
    func atOnce<Value>(_ body: (SearchMark) throws -> Value) throws -> Value {
        let mark: SearchMark
        do throws(LedgerError) {
            try database.execute("BEGIN")
            mark = try SearchMark.read(database)
        } catch {
            throw SearchFault(error: error)
        }
        defer { try? database.execute("ROLLBACK") }
        return try body(mark)
    }

    /// The addresses that an address was translated into or from; all bare.
    func forms(of form: String) throws(LedgerError) -> [String] {
        let statement = try database.cached("SELECT other FROM forms WHERE form = ?1")
        statement.bind(1, form)
        var forms: [String] = []
        while try statement.step() { forms.append(statement.text(0)) }
        return forms
    }

    /// Goes through the places of records that may match.
    ///
    /// - Parameters:
    ///   - query: what is looked for.
    ///   - range: the numbers of the records.
    ///   - order: in which order.
    ///   - body: gets places in that order, a few at a time; ends the walk with false.
    /// - Throws: ``LedgerError`` when the database cannot be read, and what the body throws.
    func places(
        _ query: SearchQuery,
        in range: ClosedRange<Int64>,
        _ order: RecordOrder,
        _ body: ([RecordPlace]) throws -> Bool
    ) throws {
        if order == .newestFirst, try !open(query, in: range, order, body) { return }
        let chunks = try chunks(query, in: range)
        for chunk in order == .newestFirst ? chunks.reversed() : chunks {
            guard let set = try positions(query, chunk) else { continue }
            guard try sealed(set, of: chunk, query, in: range, order, body) else { return }
        }
        if order == .oldestFirst { _ = try open(query, in: range, order, body) }
    }

    private func chunks(_ query: SearchQuery, in range: ClosedRange<Int64>) throws(LedgerError) -> [Int64] {
        let statement = try database.cached(
            "SELECT chunk, since_ms, until_ms FROM chunks WHERE chunk BETWEEN ?1 AND ?2 ORDER BY chunk"
        )
        statement.bind(1, SearchChunk.number(of: range.lowerBound))
        statement.bind(2, SearchChunk.number(of: range.upperBound))
        var chunks: [Int64] = []
        while try statement.step() {
            if query.meets(statement.integer(1), statement.integer(2)) { chunks.append(statement.integer(0)) }
        }
        return chunks
    }

    /// The places of a chunk whose records have one term of each group; nil when there is none.
    private func positions(_ query: SearchQuery, _ chunk: Int64) throws(LedgerError) -> PositionSet? {
        var all: PositionSet?
        for group in query.groups {
            var set = PositionSet()
            for hash in group.hashes { try insert(hash, chunk, into: &set) }
            if let before = all { set.formIntersection(before) }
            if set.isEmpty { return nil }
            all = set
        }
        return all ?? .all
    }

    private func insert(_ hash: UInt64, _ chunk: Int64, into set: inout PositionSet) throws(LedgerError) {
        let statement = try database.cached("SELECT key, packed FROM terms WHERE key <= ?1 ORDER BY key DESC LIMIT 1")
        statement.bind(1, SearchChunk.key(chunk, hash))
        defer { statement.reset() }
        guard try statement.step() else { return }
        let key = statement.integer(0)
        guard key >> Int64(RecordTerm.hashBits) == chunk else { return }
        let first = UInt64(key - SearchChunk.key(chunk, 0))
        // A span cannot leave the closure, a set can.
        var found = set
        let isWhole = statement.withBytes(1) { TermBlock.find(hash, from: first, in: $0, into: &found) }
        guard isWhole else { throw damaged("terms") }
        set = found
    }

    private func sealed(
        _ set: PositionSet,
        of chunk: Int64,
        _ query: SearchQuery,
        in range: ClosedRange<Int64>,
        _ order: RecordOrder,
        _ body: ([RecordPlace]) throws -> Bool
    ) throws -> Bool {
        let perBlock = Int(PlaceBlock.capacity)
        let blocks = 0..<PositionSet.capacity / perBlock
        let base = chunk << Int64(PositionSet.capacityBits)
        var found: [RecordPlace] = []
        for turn in blocks {
            let block = order == .newestFirst ? blocks.upperBound - 1 - turn : turn
            let start = block * perBlock
            guard set.words[start / 64] | set.words[start / 64 + 1] != 0 else { continue }
            let numbers = base + Int64(start)...base + Int64(start + perBlock - 1)
            guard numbers.overlaps(range) else { continue }
            let places = try places(of: numbers.upperBound, query).filter {
                numbers.contains($0.sequence) && range.contains($0.sequence)
                    && set.contains(SearchChunk.position(of: $0.sequence)) && query.meets($0.time, $0.time)
            }
            found += order == .newestFirst ? places.reversed() : places
            if found.count >= perBlock {
                guard try body(found) else { return false }
                found.removeAll(keepingCapacity: true)
            }
        }
        return found.isEmpty ? true : try body(found)
    }

    /// The places of the block that holds a record, or ends before it; none for one of another time.
    private func places(of sequence: Int64, _ query: SearchQuery) throws(LedgerError) -> [RecordPlace] {
        let statement = try database.cached(
            """
            SELECT first, segment, offset, time_ms, since_ms, until_ms, packed FROM places
            WHERE first <= ?1 ORDER BY first DESC LIMIT 1
            """
        )
        statement.bind(1, sequence)
        defer { statement.reset() }
        guard try statement.step() else { return [] }
        let block = PlaceBlock(
            first: statement.integer(0),
            segment: statement.integer(1),
            offset: statement.integer(2),
            time: statement.integer(3),
            since: statement.integer(4),
            until: statement.integer(5),
            bytes: statement.bytes(6)
        )
        guard let places = block.places else { throw damaged("places") }
        return query.meets(block.since, block.until) ? places : []
    }

    /// The same over the unfinished chunk.
    private func open(
        _ query: SearchQuery,
        in range: ClosedRange<Int64>,
        _ order: RecordOrder,
        _ body: ([RecordPlace]) throws -> Bool
    ) throws -> Bool {
        let statement = try database.cached(
            """
            SELECT sequence, segment, offset, length, time_ms, terms FROM open
            WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence \(order == .newestFirst ? "DESC" : "ASC")
            """
        )
        statement.bind(1, range.lowerBound)
        statement.bind(2, range.upperBound)
        defer { statement.reset() }
        var found: [RecordPlace] = []
        while try statement.step() {
            guard query.meets(statement.integer(4), statement.integer(4)) else { continue }
            let matches = statement.withBytes(5) { query.matches($0) }
            guard matches else { continue }
            found.append(SearchChunk.place(statement))
            if found.count >= Int(PlaceBlock.capacity) {
                guard try body(found) else { return false }
                found.removeAll(keepingCapacity: true)
            }
        }
        return found.isEmpty ? true : try body(found)
    }

    private func damaged(_ table: String) -> LedgerError {
        LedgerError(.corrupt, "the table \(table) of \(path) is damaged")
    }
}

/// A search database that cannot be used, apart from a ledger that cannot.
struct SearchFault: Error {
    let error: LedgerError
}
