/// Decides whether a record passes a filter, by its canonical bytes.
struct AuditMatcher {
    /// What a record must name: one of these, of a kind.
    fileprivate struct Group {
        let kind: RecordTerm.Kind
        let texts: [[UInt8]]
        /// The hashes of many texts, of which a record is compared with the few that have its own.
        let hashes: Set<UInt64>
    }

    private var groups: [Group] = []
    private var containing: [UInt8]?
    private var since: [UInt8]?
    private var until: [UInt8]?

    private static let timeKey = Array("\"time\":\"".utf8)

    init(_ filter: AuditFilter) {
        require(.crossing, filter.crossing.map { [$0] })
        require(.crossing, filter.crossings)
        require(.event, filter.events?.map(\.rawValue))
        require(.address, filter.address.map { [$0] })
        require(.address, filter.person)
        require(.peer, filter.peer.map { [$0] })
        require(.rule, filter.rule.map { [$0] })
        require(.loss, filter.loss.map { [$0] })
        require(.outcome, filter.outcome.map { [$0] })
        require(.identifier, filter.identifier.map { [$0] })
        if let text = filter.containing {
            var bytes: [UInt8] = []
            JSONWriter.escape(text, to: &bytes)
            containing = bytes
        }
        since = filter.since.map { Array(Timestamp.text(milliseconds: $0).utf8) }
        until = filter.until.map { Array(Timestamp.text(milliseconds: $0).utf8) }
    }

    private mutating func require(_ kind: RecordTerm.Kind, _ texts: [String]?) {
        if let texts, !texts.isEmpty { groups.append(Group(kind, texts)) }
    }

    /// Whether a record passes.
    func matches(_ record: Span<UInt8>) -> Bool {
        if since != nil || until != nil {
            guard let time = AuditMatcher.time(of: record) else { return false }
            if let since, time.lexicographicallyPrecedes(since) { return false }
            if let until, !time.lexicographicallyPrecedes(until) { return false }
        }
        if let containing, AuditMatcher.find(containing, in: record, from: 0) == nil { return false }
        return groups.isEmpty || hasTerms(record)
    }

    /// The text of the record's time, which orders like the time itself.
    static func time(of record: Span<UInt8>) -> [UInt8]? {
        guard let start = find(timeKey, in: record, from: 0), start + timeKey.count + 24 <= record.count else {
            return nil
        }
        return (0..<24).map { record[start + timeKey.count + $0] }
    }

    private func hasTerms(_ record: Span<UInt8>) -> Bool {
        var met = [Bool](repeating: false, count: groups.count)
        RecordScanner.scan(record) { part, range, isEscaped in
            let kind = part.kind
            for index in groups.indices where !met[index] && groups[index].kind == kind {
                met[index] =
                    isEscaped
                    ? groups[index].names(RecordScanner.text(record, range).span)
                    : groups[index].names(record.extracting(range))
            }
        }
        return !met.contains(false)
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

extension AuditMatcher.Group {
    fileprivate init(_ kind: RecordTerm.Kind, _ texts: [String]) {
        self.kind = kind
        self.texts = texts.map { Array($0.utf8) }
        hashes = texts.count > 8 ? Set(texts.map { RecordTerm(kind, $0).hash }) : []
    }

    /// Whether a text of the record is one of those that are looked for.
    fileprivate func names(_ text: Span<UInt8>) -> Bool {
        if !hashes.isEmpty, kind != .address, !hashes.contains(RecordTerm.hash(kind, text)) {
            return false
        }
        return texts.contains { wanted in
            if kind == .address { return AddressForm.matches(text, wanted) }
            guard text.count == wanted.count else { return false }
            return text.indices.allSatisfy { text[$0] == wanted[$0] }
        }
    }
}

extension RecordScanner.Part {
    /// The kind of term that it is; nil for the time.
    fileprivate var kind: RecordTerm.Kind? {
        switch self {
        case .time: nil
        case .term(let kind): kind
        case .senderBefore, .senderAfter, .recipientBefore, .recipientAfter: .address
        }
    }
}
