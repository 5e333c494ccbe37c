import Digests

/// The records of one row of the store.
struct StoredRecords {
    /// The columns from which a row is read, in this order.
    static let columns = "first, last, lines, leaves"

    /// The numbers of the first and the last record, as the row says.
    let first, last: Int64
    private let lines: [UInt8]
    private let leaves: [UInt8]
    /// Where the line of each record ends.
    private let ends: [Int]

    /// Reads the current row.
    init(_ row: Statement) {
        first = row.integer(0)
        last = row.integer(1)
        lines = row.bytes(2)
        leaves = row.bytes(3)
        ends = StoredRecords.ends(lines)
    }

    /// Reads the current row where it must be whole.
    ///
    /// - Throws: ``LedgerError`` with `.corrupt` when it does not hold as many records and hashes as it has numbers.
    static func whole(_ row: Statement) throws(LedgerError) -> StoredRecords {
        let stored = StoredRecords(row)
        guard stored.isWhole else {
            throw LedgerError(.corrupt, "the row of audit records \(stored.first) to \(stored.last) is damaged")
        }
        return stored
    }

    /// Whether there is a line and a leaf hash for each number.
    var isWhole: Bool {
        let (distance, overflow) = last.subtractingReportingOverflow(first)
        return !overflow && distance >= 0 && distance < ends.count && Int(distance) + 1 == ends.count
            && leaves.count == ends.count * Digest.byteCount && ends.last == lines.count - 1
    }

    /// The numbers of those records of a whole row that lie in a range.
    func numbers(in range: ClosedRange<Int64>) -> Range<Int64> {
        let lower = max(first, range.lowerBound)
        return lower..<max(lower, min(last, range.upperBound) + 1)
    }

    /// The bytes of a record of a whole row.
    func record(_ number: Int64) -> ArraySlice<UInt8> {
        let index = Int(number - first)
        return lines[(index == 0 ? 0 : ends[index - 1] + 1)..<ends[index]]
    }

    /// The stored leaf hash of a record of a whole row.
    func leaf(_ number: Int64) -> ArraySlice<UInt8> {
        let start = Int(number - first) * Digest.byteCount
        return leaves[start..<start + Digest.byteCount]
    }

    /// A record of a whole row with its number and leaf hash.
    func row(_ number: Int64) throws(LedgerError) -> AuditRow {
        guard let leaf = Digest(bytes: leaf(number)) else {
            throw LedgerError(.corrupt, "the leaf hash of audit record \(number) is not 32 bytes long")
        }
        return AuditRow(sequence: number, record: Array(record(number)), leaf: leaf)
    }

    private static func ends(_ lines: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var next = 0
        while let end = lines.span.place(of: 0x0A, from: next) {
            ends.append(end)
            next = end + 1
        }
        return ends
    }
}
