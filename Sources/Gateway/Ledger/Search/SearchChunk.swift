import AuditTrail

/// The records of the unfinished chunk of a search database, as its filler holds them.
struct SearchChunk {
    /// Their places, in order.
    private(set) var places: [RecordPlace] = []
    /// Each term of each record: its hash above the place within the chunk, in the order of the records.
    private var pairs: [UInt64] = []
    /// Where the terms of each record begin.
    private var starts: [Int] = []
    /// How many of the records lie in the table of the unfinished chunk.
    private var stored = 0

    /// What inserts so many rows into the table of the unfinished chunk; a statement costs more than a row.
    private static let insertions = [32, 1].map { rows in
        let values = Array(repeating: "(?, ?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
        return (rows, "INSERT INTO open(sequence, segment, offset, length, time_ms, terms) VALUES " + values)
    }

    /// The number of the chunk of a record.
    static func number(of sequence: Int64) -> Int64 { sequence >> Int64(PositionSet.capacityBits) }

    /// The place of a record within its chunk.
    static func position(of sequence: Int64) -> Int { Int(sequence & Int64(PositionSet.capacity - 1)) }

    /// Whether its last record is in.
    var isComplete: Bool {
        guard let last = places.last else { return false }
        return SearchChunk.position(of: last.sequence) == PositionSet.capacity - 1
    }

    /// Adds the next record with the hashes of its terms.
    mutating func append(_ place: RecordPlace, _ terms: [UInt64]) {
        starts.append(pairs.count)
        places.append(place)
        let position = UInt64(SearchChunk.position(of: place.sequence))
        for hash in terms { pairs.append(hash << UInt64(PositionSet.capacityBits) | position) }
    }

    /// Reads the unfinished chunk of a database.
    mutating func load(_ database: Database) throws(LedgerError) {
        let statement = try database.prepare(
            "SELECT sequence, segment, offset, length, time_ms, terms FROM open ORDER BY sequence"
        )
        while try statement.step() {
            var hashes: [UInt64] = []
            statement.withBytes(5) { span in SearchChunk.each(of: span) { hashes.append($0) } }
            append(SearchChunk.place(statement), hashes)
        }
        stored = places.count
    }

    /// Writes the records that are not yet in the table of the unfinished chunk.
    mutating func store(_ database: Database) throws(LedgerError) {
        var bytes: [UInt8] = []
        for (rows, insertion) in SearchChunk.insertions {
            let statement = try database.cached(insertion)
            while places.count - stored >= rows {
                for row in 0..<rows { bind(stored + row, to: statement, from: Int32(6 * row + 1), &bytes) }
                try statement.run()
                stored += rows
            }
        }
    }

    /// Binds a record to a row of the table of the unfinished chunk.
    private func bind(_ index: Int, to statement: Statement, from column: Int32, _ bytes: inout [UInt8]) {
        let place = places[index]
        bytes.removeAll(keepingCapacity: true)
        for pair in pairs[starts[index]..<(index + 1 < starts.count ? starts[index + 1] : pairs.count)] {
            let hash = pair >> UInt64(PositionSet.capacityBits)
            for index in 0..<RecordTerm.hashBits / 8 {
                bytes.append(UInt8(truncatingIfNeeded: hash &>> UInt64(8 * index)))
            }
        }
        statement.bind(column, place.sequence)
        statement.bind(column + 1, place.segment.first)
        statement.bind(column + 2, place.offset)
        statement.bind(column + 3, place.length)
        statement.bind(column + 4, place.time)
        statement.bind(column + 5, bytes)
    }

    /// Writes the chunk in its packed form, empties the table of the unfinished one, and begins the next.
    mutating func seal(_ database: Database) throws(LedgerError) {
        guard let first = places.first else { return }
        let chunk = SearchChunk.number(of: first.sequence)
        let insert = try database.cached("INSERT INTO terms(key, packed) VALUES(?1, ?2)")
        try TermBlock.pack(&pairs) { (hash, block) throws(LedgerError) in
            insert.bind(1, SearchChunk.key(chunk, hash))
            insert.bind(2, block)
            try insert.run()
        }
        var (since, until) = (Int64.max, Int64.min)
        var start = places.startIndex
        while start < places.endIndex {
            let number = places[start].sequence / PlaceBlock.capacity
            let end = places[start...].firstIndex { $0.sequence / PlaceBlock.capacity != number } ?? places.endIndex
            if let block = PlaceBlock(places[start..<end]) {
                try SearchChunk.store(block, database)
                (since, until) = (min(since, block.since), max(until, block.until))
            }
            start = end
        }
        let statement = try database.cached("INSERT INTO chunks(chunk, since_ms, until_ms) VALUES(?1, ?2, ?3)")
        statement.bind(1, chunk)
        statement.bind(2, since)
        statement.bind(3, until)
        try statement.run()
        try database.execute("DELETE FROM open")
        places.removeAll(keepingCapacity: true)
        pairs.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        stored = 0
    }

    /// The key under which a block of terms is stored.
    static func key(_ chunk: Int64, _ hash: UInt64) -> Int64 { chunk << Int64(RecordTerm.hashBits) | Int64(hash) }

    /// The place in the first five columns of a row.
    static func place(_ row: Statement) -> RecordPlace {
        RecordPlace(
            sequence: row.integer(0),
            segment: SegmentFile(first: row.integer(1)),
            offset: row.integer(2),
            length: row.integer(3),
            time: row.integer(4)
        )
    }

    /// Goes through the hashes of a row of the unfinished chunk.
    static func each(of bytes: Span<UInt8>, _ body: (UInt64) -> Void) {
        let size = RecordTerm.hashBits / 8
        for start in stride(from: 0, to: bytes.count - size + 1, by: size) {
            var hash: UInt64 = 0
            for index in 0..<size { hash |= UInt64(bytes[start + index]) << UInt64(8 * index) }
            body(hash)
        }
    }

    private static func store(_ block: PlaceBlock, _ database: Database) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT INTO places(first, segment, offset, time_ms, since_ms, until_ms, packed)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """
        )
        statement.bind(1, block.first)
        statement.bind(2, block.segment.first)
        statement.bind(3, block.offset)
        statement.bind(4, block.time)
        statement.bind(5, block.since)
        statement.bind(6, block.until)
        statement.bind(7, block.bytes)
        try statement.run()
    }
}
