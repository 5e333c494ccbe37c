import Digests

/// Records that become one row of the store: those of one commit, or as many of them as fit a row.
///
/// A row for each record would have its own place in the tree of the table, its own cells to write and to remove. Together
/// records fill whole pages, which come and go as such, and lie as they go into the files of the log.
struct RecordBlock {
    /// A block of this length takes no further submission, in bytes (32 KiB): who reads one record reads its row.
    static let length = 32 * 1024

    /// The number of the first record.
    private(set) var first: Int64
    /// A line end, and behind it each record with the end of its line.
    private var buffer: [UInt8] = [lineEnd]
    private var hashes: [UInt8] = []

    /// Begins without records.
    ///
    /// - Parameter first: the number that the next record gets.
    init(first: Int64) {
        self.first = first
    }

    /// How many records there are.
    var count: Int { hashes.count / Digest.byteCount }

    /// The number of the last record; one less than the first while there is none.
    var last: Int64 { first + Int64(count) - 1 }

    /// The bytes of the records and their line ends.
    var byteCount: Int { buffer.count - 1 }

    /// Adds a record, which gets the next number.
    mutating func append(_ entry: AuditEntry) {
        let start = buffer.count
        entry.append(sequence: last + 1, to: &buffer)
        close(start)
    }

    /// Adds a record that has its number already.
    mutating func append(record: ArraySlice<UInt8>) {
        let start = buffer.count
        buffer.append(contentsOf: record)
        close(start)
    }

    /// Hashes the record that begins at a place, and ends its line.
    private mutating func close(_ start: Int) {
        // The leaf's prefix byte stands for a moment in place of the line end before the record, so that one pass hashes
        // both (RFC 9162 §2.1).
        buffer[start - 1] = 0
        SHA256.hash(buffer.span.extracting((start - 1)...)).append(to: &hashes)
        buffer[start - 1] = RecordBlock.lineEnd
        buffer.append(RecordBlock.lineEnd)
    }

    /// Binds the columns of ``StoredRecords`` in their order.
    func bind(to statement: Statement) {
        statement.bind(1, first)
        statement.bind(2, last)
        statement.bind(3, buffer.span.extracting(droppingFirst: 1))
        statement.bind(4, hashes)
    }

    /// Takes back the records behind a number, among them those that went into a row since.
    ///
    /// - Parameters:
    ///   - last: the number of the last record that stays.
    ///   - byteCount: how many bytes there were with it as the last.
    mutating func cut(behind last: Int64, _ byteCount: Int) {
        guard last >= first else { return begin(last + 1) }
        hashes.removeLast(Int(self.last - last) * Digest.byteCount)
        buffer.removeLast(self.byteCount - byteCount)
    }

    /// Begins anew behind the last record.
    mutating func clear() {
        begin(last + 1)
    }

    private mutating func begin(_ first: Int64) {
        self.first = first
        hashes.removeAll(keepingCapacity: true)
        buffer.removeLast(byteCount)
    }

    private static let lineEnd: UInt8 = 0x0A
}
