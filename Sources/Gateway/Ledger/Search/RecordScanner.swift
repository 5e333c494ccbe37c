/// Goes through the canonical bytes of a record once and names what it can be looked for by.
///
/// Keys that are not known are passed over, whatever stands behind them; bytes that are no JSON object end the walk.
///
/// Source: RFC 8259 section 2.
struct RecordScanner {
    /// What a string of the record is.
    enum Part {
        case time
        case senderBefore, senderAfter, recipientBefore, recipientAfter
        case term(RecordTerm.Kind)
    }

    private var position = 0

    /// Calls the body with each string that counts and where it stands between its quotation marks.
    ///
    /// - Parameters:
    ///   - record: the JSON object.
    ///   - rules: gets the place at which the list of rules begins; its length where it need not be gone through.
    ///   - body: gets the part, the place, and whether it holds escapes.
    static func scan(
        _ record: Span<UInt8>,
        rules: (Int) -> Int? = { _ in nil },
        _ body: (Part, Range<Int>, Bool) -> Void
    ) {
        var scanner = RecordScanner()
        guard scanner.take(UInt8(ascii: "{"), record) else { return }
        while let key = scanner.string(record) {
            guard scanner.take(UInt8(ascii: ":"), record), scanner.value(key.range, record, rules, body),
                scanner.take(UInt8(ascii: ","), record)
            else { return }
        }
    }

    /// Passes over the value of a key; false at the end of what can be read.
    private mutating func value(
        _ key: Range<Int>,
        _ record: Span<UInt8>,
        _ rules: (Int) -> Int?,
        _ body: (Part, Range<Int>, Bool) -> Void
    ) -> Bool {
        guard position < record.count else { return false }
        switch record[position] {
        case UInt8(ascii: "\""):
            guard let value = string(record) else { return false }
            if let part = part(key, record) { body(part, value.range, value.isEscaped) }
            return true
        case UInt8(ascii: "["):
            let kind: RecordTerm.Kind? =
                names(key, "rules", record) ? .rule : names(key, "losses", record) ? .loss : nil
            guard let kind else { return pass(record) }
            if kind == .rule, let length = rules(position) {
                position += length
                return true
            }
            position += 1
            while let value = string(record) {
                body(.term(kind), value.range, value.isEscaped)
                guard take(UInt8(ascii: ","), record) else { break }
            }
            return take(UInt8(ascii: "]"), record)
        case UInt8(ascii: "{"):
            let isSender = names(key, "sender", record)
            let isKnown =
                isSender || names(key, "recipient", record) || names(key, "identifiers", record)
                || names(key, "outcome", record)
            guard isKnown else { return pass(record) }
            position += 1
            while let name = string(record) {
                guard take(UInt8(ascii: ":"), record), let value = string(record) else { return false }
                if let part = member(name.range, of: key, record) { body(part, value.range, value.isEscaped) }
                guard take(UInt8(ascii: ","), record) else { break }
            }
            return take(UInt8(ascii: "}"), record)
        default: return pass(record)
        }
    }

    private func part(_ key: Range<Int>, _ record: Span<UInt8>) -> Part? {
        switch key.count {
        case 4: names(key, "time", record) ? .time : names(key, "peer", record) ? .term(.peer) : nil
        case 5: names(key, "event", record) ? .term(.event) : names(key, "actor", record) ? .term(.actor) : nil
        case 6: names(key, "reason", record) ? .term(.outcome) : nil
        case 8: names(key, "crossing", record) ? .term(.crossing) : nil
        default: nil
        }
    }

    private func member(_ name: Range<Int>, of key: Range<Int>, _ record: Span<UInt8>) -> Part? {
        switch key.count {
        case 6: names(name, "before", record) ? .senderBefore : names(name, "after", record) ? .senderAfter : nil
        case 9: names(name, "before", record) ? .recipientBefore : names(name, "after", record) ? .recipientAfter : nil
        // A report names its item among its ids.
        case 11: .term(names(name, "crossing", record) ? .crossing : .identifier)
        default: .term(.outcome)
        }
    }

    @inline(__always)
    private func names(_ range: Range<Int>, _ word: StaticString, _ record: Span<UInt8>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        let key = record.extracting(range)
        // The bytes of a literal never move.
        return word.withUTF8Buffer { bytes in
            for index in key.indices where unsafe key[index] != bytes[index] { return false }
            return true
        }
    }

    private mutating func take(_ byte: UInt8, _ record: Span<UInt8>) -> Bool {
        guard position < record.count, record[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func string(_ record: Span<UInt8>) -> (range: Range<Int>, isEscaped: Bool)? {
        guard take(UInt8(ascii: "\""), record) else { return nil }
        let start = position
        guard var end = record.place(of: UInt8(ascii: "\""), or: UInt8(ascii: "\\"), from: start) else {
            position = record.count
            return nil
        }
        let isEscaped = record[end] == UInt8(ascii: "\\")
        if isEscaped { end = RecordScanner.end(record, from: end) }
        position = min(end + 1, record.count)
        return end < record.count ? (start..<end, isEscaped) : nil
    }

    /// Where a string ends whose first backslash stands at a place; the end of the record where it does not.
    private static func end(_ record: Span<UInt8>, from first: Int) -> Int {
        var position = first
        while position < record.count, record[position] != UInt8(ascii: "\"") {
            position += record[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, record.count)
    }

    /// Passes over one value of any kind.
    private mutating func pass(_ record: Span<UInt8>) -> Bool {
        var depth = 0
        while position < record.count {
            switch record[position] {
            case UInt8(ascii: "\""):
                guard string(record) != nil else { return false }
                if depth == 0 { return true }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The end of what holds the value belongs to the caller.
                if depth == 0 { return true }
                depth -= 1
                position += 1
                if depth == 0 { return true }
            case UInt8(ascii: ","):
                if depth == 0 { return true }
                position += 1
            default: position += 1
            }
        }
        return false
    }

    /// The text of a JSON string with its escapes undone.
    static func text(_ record: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard record[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
                bytes.append(record[index])
                index += 1
                continue
            }
            index += 2
            switch record[index - 1] {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                // The writer escapes so what is below U+0020 only; other units stand in no record of this program.
                let end = min(index + 4, range.upperBound)
                let digits = String(decoding: (index..<end).map { record[$0] }, as: UTF8.self)
                if let unit = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(unit) {
                    bytes += Array(String(Character(scalar)).utf8)
                }
                index = end
            case let other: bytes.append(other)
            }
        }
        return bytes
    }
}
