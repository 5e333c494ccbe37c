/// What of a record goes into a search database.
struct IndexedRecord {
    /// An address of a record and what it was translated into, as places in the record's bytes.
    struct Translation {
        let beforeHash: UInt64
        let afterHash: UInt64
        fileprivate let beforeText: Text
        fileprivate let afterText: Text

        /// The bare address before translation.
        func before(in record: Span<UInt8>) -> [UInt8] { beforeText.bare(in: record) }

        /// The bare address after translation.
        func after(in record: Span<UInt8>) -> [UInt8] { afterText.bare(in: record) }
    }

    /// When it was written: milliseconds since 1970-01-01T00:00:00Z; 0 for a record without a time.
    private(set) var time: Int64 = 0
    /// The hashes of its terms.
    private(set) var terms: [UInt64] = []
    private(set) var sender: Translation?
    private(set) var recipient: Translation?
    private var rules = KnownRules()

    /// What is read into later.
    init() {}

    /// Reads a record.
    init(_ record: Span<UInt8>) {
        read(record)
    }

    /// Reads a record in place of the one before, whose memory is used again.
    mutating func read(_ record: Span<UInt8>) {
        time = 0
        terms.removeAll(keepingCapacity: true)
        var addresses = InlineArray<4, Address?>(repeating: nil)
        // Where the list of rules stands that is not known, and which terms are of it.
        var list: (place: Range<Int>, terms: Range<Int>)?
        RecordScanner.scan(record) { start in
            guard let known = rules.find(at: start, in: record) else {
                list = (start..<start, terms.count..<terms.count)
                return nil
            }
            terms += known.terms
            return known.length
        } _: { part, range, isEscaped in
            let text = Text(range: range, isEscaped: isEscaped)
            switch part {
            case .time: time = Timestamp.milliseconds(written: record.extracting(range)) ?? 0
            case .term(let kind):
                terms.append(text.hash(kind, in: record))
                guard kind == .rule, let begun = list else { break }
                // Behind the quotation mark stands the next rule or the end of the list.
                list = (begun.place.lowerBound..<range.upperBound + 2, begun.terms.lowerBound..<terms.count)
            case .senderBefore, .senderAfter, .recipientBefore, .recipientAfter:
                let hash = text.hash(.address, in: record)
                terms.append(hash)
                addresses[part.addressIndex] = Address(hash: hash, text: text)
            }
        }
        if let list, list.place.count > 2, list.place.upperBound <= record.count,
            record[list.place.upperBound - 1] == UInt8(ascii: "]")
        {
            rules.note(record.extracting(list.place), terms[list.terms])
        }
        sender = IndexedRecord.translation(addresses[0], addresses[1])
        recipient = IndexedRecord.translation(addresses[2], addresses[3])
    }

    private static func translation(_ before: Address?, _ after: Address?) -> Translation? {
        guard let before, let after else { return nil }
        return Translation(
            beforeHash: before.hash,
            afterHash: after.hash,
            beforeText: before.text,
            afterText: after.text
        )
    }
}

/// An address of a record.
private struct Address {
    let hash: UInt64
    let text: Text
}

/// A string of a record by its place.
private struct Text {
    let range: Range<Int>
    let isEscaped: Bool

    func hash(_ kind: RecordTerm.Kind, in record: Span<UInt8>) -> UInt64 {
        if isEscaped {
            let text = kind == .address ? bare(in: record) : RecordScanner.text(record, range)
            return RecordTerm.hash(kind, text.span)
        }
        let text = record.extracting(range)
        return RecordTerm.hash(kind, kind == .address ? text.extracting(first: AddressForm.bareLength(text)) : text)
    }

    func bare(in record: Span<UInt8>) -> [UInt8] {
        let text = isEscaped ? RecordScanner.text(record, range) : range.map { record[$0] }
        return Array(text[..<AddressForm.bareLength(text.span)])
    }
}

extension RecordScanner.Part {
    fileprivate var addressIndex: Int {
        switch self {
        case .senderBefore: 0
        case .senderAfter: 1
        case .recipientBefore: 2
        case .recipientAfter, .time, .term: 3
        }
    }
}
