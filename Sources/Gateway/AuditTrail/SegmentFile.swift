/// The names and forms of the files of one segment of a log.
///
/// A segment is three files named by its first record: `.records`, where each record is one line of JSON; `.leaves`, the
/// 32 bytes of each record's leaf hash in the same order; and `.checkpoints`, notes that vouch for sizes within the
/// segment. The file `keys` beside them holds the notes of the key epochs.
public struct SegmentFile: Sendable, Hashable, Comparable {
    /// The kinds of files.
    public enum Kind: String, Sendable, CaseIterable {
        /// One record a line.
        case records
        /// 32 bytes a record.
        case leaves
        /// Notes behind each other.
        case checkpoints
    }

    /// The name of the file of the key epochs.
    public static let keys = "keys"
    /// The digits of the first sequence number in a name, so that names sort like numbers.
    private static let digits = 20

    /// The sequence number of the first record.
    public let first: Int64

    /// Names a segment.
    ///
    /// - Parameter first: the sequence number of its first record, from 1.
    public init(first: Int64) {
        self.first = first
    }

    /// Reads the name of a file of records; nil for any other name.
    ///
    /// - Parameter name: the name without its folder.
    public init?(recordsName name: String) {
        let suffix = "." + Kind.records.rawValue
        guard name.hasSuffix(suffix), let first = Int64(name.dropLast(suffix.count)), first > 0 else { return nil }
        self.first = first
        guard self.name(.records) == name else { return nil }
    }

    /// The name of one of its files.
    ///
    /// - Parameter kind: which one.
    /// - Returns: the name without a folder.
    public func name(_ kind: Kind) -> String {
        let number = String(first)
        return String(repeating: "0", count: max(0, SegmentFile.digits - number.count)) + number + "." + kind.rawValue
    }

    /// Whether one segment lies before another.
    ///
    /// - Parameters:
    ///   - left: one.
    ///   - right: the other.
    /// - Returns: true when it does.
    public static func < (left: SegmentFile, right: SegmentFile) -> Bool {
        left.first < right.first
    }

    /// The sequence number with which a record begins.
    ///
    /// - Parameter record: the JSON object, whose first key is `seq`.
    /// - Returns: the number; nil for bytes that do not begin so.
    public static func sequence(of record: ArraySlice<UInt8>) -> Int64? {
        let bytes = record.span
        guard bytes.count > opening.count else { return nil }
        for index in opening.indices where bytes[index] != opening[index] { return nil }
        var number: Int64 = 0
        var end = opening.count
        while end < bytes.count, (0x30...0x39).contains(bytes[end]) {
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, exceeds) = product.addingReportingOverflow(Int64(bytes[end] - 0x30))
            guard !overflows, !exceeds else { return nil }
            number = sum
            end += 1
        }
        guard end > opening.count, bytes[opening.count] != 0x30, end < bytes.count else { return nil }
        return bytes[end] == UInt8(ascii: ",") || bytes[end] == UInt8(ascii: "}") ? number : nil
    }

    private static let opening = Array("{\"seq\":".utf8)
}
