import AuditTrail

extension TrailFolder {
    /// Records that lie less far apart are read at once, in bytes.
    private static let gap: Int64 = 4_096
    /// So many bytes are read at once at most.
    private static let piece: Int64 = 1 << 20

    /// The records at some places, in the order of the places, which grow or fall.
    ///
    /// - Throws: `LedgerError` with `.corrupt` when another record lies there, ``TrailFault`` when a file cannot be read.
    func records(at places: [RecordPlace]) throws -> [AuditRow] {
        guard let first = places.first, let last = places.last else { return [] }
        let isFalling = first.sequence > last.sequence
        let sorted = isFalling ? places.reversed() : places
        var rows: [AuditRow] = []
        rows.reserveCapacity(places.count)
        var start = 0
        while start < sorted.count {
            let begin = sorted[start]
            var end = start + 1
            while end < sorted.count, sorted[end].segment == begin.segment,
                sorted[end].offset - (sorted[end - 1].offset + sorted[end - 1].length) < TrailFolder.gap,
                sorted[end].offset + sorted[end].length - begin.offset < TrailFolder.piece
            {
                end += 1
            }
            let last = sorted[end - 1]
            let name = begin.segment.name(.records)
            let bytes = try read(name, from: begin.offset, count: last.offset + last.length - begin.offset)
            for place in sorted[start..<end] {
                let from = Int(place.offset - begin.offset)
                let line = from + Int(place.length) <= bytes.count ? bytes[from..<from + Int(place.length)] : []
                guard SegmentFile.sequence(of: line) == place.sequence else {
                    throw LedgerError(.corrupt, "\(path(name)) does not hold record \(place.sequence) where it should")
                }
                rows.append(AuditRow(sequence: place.sequence, record: Array(line), leaf: TreeEdge.leaf(line)))
            }
            start = end
        }
        return isFalling ? rows.reversed() : rows
    }

    /// Reads through the files for records that no search database has.
    ///
    /// - Parameters:
    ///   - range: the numbers of the records.
    ///   - mark: where reading may begin.
    ///   - matcher: which records.
    ///   - order: in which order.
    ///   - limit: at most so many.
    /// - Returns: the records in that order.
    /// - Throws: ``TrailFault`` when a file cannot be read or a line is no record.
    func lines(
        _ range: ClosedRange<Int64>,
        from mark: SearchMark,
        _ matcher: AuditMatcher,
        _ order: RecordOrder,
        _ limit: Int
    ) throws -> [AuditRow] {
        var rows: [AuditRow] = []
        let segments = try segments()
        let begin = segments.last { $0.first <= range.lowerBound } ?? segments.first
        for segment in segments where segment >= begin ?? segment && segment.first <= range.upperBound {
            let isMarked = segment == mark.segment && mark.sequence < range.lowerBound
            let goesOn = try eachRecord(of: segment, from: isMarked ? mark.bytes : 0) { sequence, line in
                if sequence > range.upperBound { return false }
                guard sequence >= range.lowerBound, matcher.matches(line.span) else { return true }
                rows.append(AuditRow(sequence: sequence, record: Array(line), leaf: TreeEdge.leaf(line)))
                // Of the newest, no more are kept than are asked for.
                if order == .newestFirst, limit < .max / 2, rows.count >= 2 * limit + 1_000 {
                    rows.removeFirst(rows.count - limit)
                }
                return order == .newestFirst || rows.count < limit
            }
            guard goesOn else { break }
        }
        return order == .newestFirst ? rows.suffix(limit).reversed() : rows
    }

    /// Goes through the records of one file in order.
    ///
    /// - Parameters:
    ///   - segment: the file's.
    ///   - offset: the byte at which a record begins.
    ///   - body: gets each sequence number and the bytes of the record; ends the walk with false.
    /// - Returns: whether the walk came to the end of the file.
    /// - Throws: ``TrailFault`` when the file cannot be read or a line is no record, and what the body throws.
    func eachRecord(
        of segment: SegmentFile,
        from offset: Int64 = 0,
        _ body: (Int64, ArraySlice<UInt8>) throws -> Bool
    ) throws -> Bool {
        let name = segment.name(.records)
        var offset = offset
        var carried: [UInt8] = []
        while true {
            let bytes = try read(name, from: offset, count: TrailFolder.piece)
            if bytes.isEmpty { return true }
            offset += Int64(bytes.count)
            carried += bytes
            var rest = carried[...]
            while let end = rest.firstIndex(of: 0x0A) {
                let line = rest[rest.startIndex..<end]
                rest = rest[(end + 1)...]
                guard let sequence = SegmentFile.sequence(of: line) else {
                    throw TrailFault(
                        .different,
                        "\(path(name)) has a line that is no record",
                        remedy: "isthmus audit verify names it"
                    )
                }
                guard try body(sequence, line) else { return false }
            }
            carried = Array(rest)
        }
    }
}
