import AuditTrail

/// Where a record lies in the files of the log, and when it was written.
struct RecordPlace: Equatable, Sendable {
    let sequence: Int64
    /// The segment, named by its first record.
    let segment: SegmentFile
    /// Where its line begins, in bytes.
    let offset: Int64
    /// The bytes of the line without its end.
    let length: Int64
    /// Milliseconds since 1970-01-01T00:00:00Z; 0 for a record without a time.
    let time: Int64
}

/// Places of records behind each other, packed.
///
/// Shape: for each record the length of its line with one bit below it that says whether it begins a segment, then the
/// distance of its time to the one before; all packed. Segment, offset and time before the first record, and the earliest
/// and latest time, stand beside it; at the end a ``PackedCheck`` with all of them.
struct PlaceBlock {
    /// Records of a block.
    static let capacity: Int64 = 128

    let first: Int64
    let segment: SegmentFile
    let offset: Int64
    let time: Int64
    private(set) var since: Int64
    private(set) var until: Int64
    private(set) var bytes: [UInt8] = []

    /// Packs the places of records in the order of their numbers, without gaps; there is at least one.
    init?(_ places: ArraySlice<RecordPlace>) {
        guard let start = places.first else { return nil }
        (first, segment, offset, time) = (start.sequence, start.segment, start.offset, start.time)
        (since, until) = (start.time, start.time)
        var last = start
        for place in places {
            let begins: UInt64 = place.segment != last.segment ? 1 : 0
            PackedNumber.append(UInt64(place.length) << 1 | begins, to: &bytes)
            PackedNumber.append(signed: place.time - last.time, to: &bytes)
            since = min(since, place.time)
            until = max(until, place.time)
            last = place
        }
        let numbers = numbers
        PackedCheck.append(to: &bytes, beside: numbers)
    }

    /// A stored block.
    init(first: Int64, segment: Int64, offset: Int64, time: Int64, since: Int64, until: Int64, bytes: [UInt8]) {
        self.first = first
        self.segment = SegmentFile(first: segment)
        self.offset = offset
        self.time = time
        self.since = since
        self.until = until
        self.bytes = bytes
    }

    private var numbers: [Int64] { [first, segment.first, offset, time, since, until] }

    /// The places; nil for bytes that are damaged.
    var places: [RecordPlace]? {
        guard let length = PackedCheck.length(bytes.span, beside: numbers) else { return nil }
        let span = bytes.span
        var places: [RecordPlace] = []
        var (sequence, segment, offset, time) = (first, segment, offset, time)
        var index = 0
        while index < length {
            guard let head = PackedNumber.read(span, &index), let step = PackedNumber.readSigned(span, &index),
                head >> 1 <= UInt64(Int32.max)
            else { return nil }
            if head & 1 == 1 { (segment, offset) = (SegmentFile(first: sequence), 0) }
            time &+= step
            let length = Int64(head >> 1)
            places.append(
                RecordPlace(sequence: sequence, segment: segment, offset: offset, length: length, time: time)
            )
            offset += length + 1
            sequence += 1
        }
        return places
    }
}
