/// A filter turned into byte strings that are looked for in the canonical bytes of a record.
///
/// Inside a JSON string every quotation mark is escaped, so that a quoted key with its colon can only be a key.
struct AuditMatcher {
    private var required: [[UInt8]] = []
    private var events: [[UInt8]] = []
    private var addresses: [[UInt8]] = []
    private var since: [UInt8]?
    private var until: [UInt8]?

    private static let timeKey = Array("\"time\":\"".utf8)

    init(_ filter: AuditFilter) {
        if let crossing = filter.crossing { required.append(AuditMatcher.field("crossing", crossing)) }
        if let text = filter.containing { required.append(AuditMatcher.escaped(text)) }
        events = (filter.events ?? []).map { AuditMatcher.field("event", $0.rawValue) }
        if let address = filter.address {
            // Without the closing quotation mark: what may follow is checked at the match.
            addresses = ["before", "after"].map { AuditMatcher.field($0, address).dropLast() }
        }
        since = filter.since.map { Array(Timestamp.text(milliseconds: $0).utf8) }
        until = filter.until.map { Array(Timestamp.text(milliseconds: $0).utf8) }
    }

    /// Whether a record passes.
    func matches(_ record: Span<UInt8>) -> Bool {
        if since != nil || until != nil {
            guard let time = AuditMatcher.time(of: record) else { return false }
            if let since, time.lexicographicallyPrecedes(since) { return false }
            if let until, !time.lexicographicallyPrecedes(until) { return false }
        }
        for needle in required where AuditMatcher.find(needle, in: record, from: 0) == nil {
            return false
        }
        if !events.isEmpty, !events.contains(where: { AuditMatcher.find($0, in: record, from: 0) != nil }) {
            return false
        }
        return addresses.isEmpty || addresses.contains { names($0, in: record) }
    }

    /// The text of the record's time, which orders like the time itself.
    static func time(of record: Span<UInt8>) -> [UInt8]? {
        guard let start = find(timeKey, in: record, from: 0), start + timeKey.count + 24 <= record.count else {
            return nil
        }
        return (0..<24).map { record[start + timeKey.count + $0] }
    }

    private func names(_ needle: [UInt8], in record: Span<UInt8>) -> Bool {
        var position = 0
        while let start = AuditMatcher.find(needle, in: record, from: position) {
            let end = start + needle.count
            if end < record.count, "\"/;?".utf8.contains(record[end]) { return true }
            position = start + 1
        }
        return false
    }

    private static func field(_ key: String, _ value: String) -> [UInt8] {
        Array("\"\(key)\":\"".utf8) + escaped(value) + [UInt8(ascii: "\"")]
    }

    private static func escaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.escape(text, to: &bytes)
        return bytes
    }

    /// Where a byte string first occurs.
    private static func find(_ needle: [UInt8], in record: Span<UInt8>, from start: Int) -> Int? {
        guard let first = needle.first else { return start }
        var position = start
        while position + needle.count <= record.count {
            if record[position] == first {
                var length = 1
                while length < needle.count, record[position + length] == needle[length] {
                    length += 1
                }
                if length == needle.count { return position }
            }
            position += 1
        }
        return nil
    }
}
