/// Comma-separated values: lines of fields as bytes, and back.
///
/// Source: RFC 4180 section 2.
public enum CSV {
    /// One record and the line on which it begins, counted from 1.
    public struct Record: Sendable, Equatable {
        /// The line on which the record begins, counted from 1.
        public var line: Int
        /// The fields, without their quotation marks.
        public var fields: [String]

        /// Creates a record.
        ///
        /// - Parameters:
        ///   - line: the line on which the record begins.
        ///   - fields: the fields.
        public init(line: Int, fields: [String]) {
            self.line = line
            self.fields = fields
        }
    }

    /// What is wrong with a text, and on which line.
    public struct Problem: Error, Sendable, Equatable {
        /// The line, counted from 1.
        public var line: Int
        /// What is wrong, as a sentence without the final period.
        public var reason: String

        /// Creates a problem.
        ///
        /// - Parameters:
        ///   - line: the line, counted from 1.
        ///   - reason: what is wrong.
        public init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    /// Reads all records.
    ///
    /// Lines end with CRLF or LF; a byte order mark and empty lines are skipped.
    ///
    /// - Parameter bytes: the text in UTF-8.
    /// - Returns: the records in order.
    /// - Throws: ``Problem`` at the first fault: an open quotation, characters behind a quotation, a quotation mark
    ///   inside a bare field, or bytes that are not UTF-8.
    public static func read(_ bytes: [UInt8]) throws(Problem) -> [Record] {
        var reader = CSVReader(bytes)
        var records: [Record] = []
        while let record = try reader.record() {
            records.append(record)
        }
        return records
    }

    /// Appends one record, ended by CRLF.
    ///
    /// - Parameters:
    ///   - fields: the fields; quoted where they hold a comma, a quotation mark, a line break or outer spaces.
    ///   - bytes: where the text goes.
    public static func append(_ fields: [String], to bytes: inout [UInt8]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field, alone: fields.count == 1, to: &bytes)
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    private static func append(_ field: String, alone: Bool, to bytes: inout [UInt8]) {
        let special = field.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        let outer = field.utf8.first == 0x20 || field.utf8.last == 0x20
        // A record of one empty field would otherwise be an empty line.
        guard special || outer || (alone && field.isEmpty) else {
            bytes.append(contentsOf: field.utf8)
            return
        }
        bytes.append(0x22)
        for byte in field.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}

/// Walks over a CSV text.
private struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    private var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    mutating func record() throws(CSV.Problem) -> CSV.Record? {
        while try lineBreak() {}
        guard next != nil else { return nil }
        var record = CSV.Record(line: line, fields: [])
        while true {
            record.fields.append(try field())
            guard next == UInt8(ascii: ",") else { break }
            position += 1
        }
        _ = try lineBreak()
        return record
    }

    private mutating func lineBreak() throws(CSV.Problem) -> Bool {
        switch next {
        case 0x0A:
            position += 1
        case 0x0D:
            guard position + 1 < bytes.count, bytes[position + 1] == 0x0A else {
                throw CSV.Problem(line: line, reason: "a carriage return stands without a line feed")
            }
            position += 2
        default:
            return false
        }
        line += 1
        return true
    }

    private mutating func field() throws(CSV.Problem) -> String {
        if next == 0x22 { return try quoted() }
        let start = position
        while let byte = next, byte != UInt8(ascii: ","), byte != 0x0A, byte != 0x0D {
            guard byte != 0x22 else {
                throw CSV.Problem(line: line, reason: "a quotation mark stands inside a field that is not quoted")
            }
            position += 1
        }
        return try text(bytes[start..<position], line: line)
    }

    private mutating func quoted() throws(CSV.Problem) -> String {
        let first = line
        position += 1
        var content: [UInt8] = []
        var closed = false
        while let byte = next {
            position += 1
            if byte == 0x0A { line += 1 }
            if byte == 0x22 {
                closed = next != 0x22
                if closed { break }
                position += 1
            }
            content.append(byte)
        }
        guard closed, atEndOfField else {
            throw CSV.Problem(line: first, reason: "a quoted field is not closed, or something stands behind it")
        }
        return try text(content[...], line: first)
    }

    /// Whether the position is at the end of a field.
    private var atEndOfField: Bool {
        guard let byte = next else { return true }
        return byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
    }

    private func text(_ bytes: ArraySlice<UInt8>, line: Int) throws(CSV.Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CSV.Problem(line: line, reason: "the text is not UTF-8")
        }
        return text
    }
}
