import Addressing

/// Reads the data of one record.
public enum RecordReader {
    /// Reads the data of a record that stands alone.
    ///
    /// - Parameters:
    ///   - type: the type of the record.
    ///   - bytes: its data; names in it are not compressed.
    /// - Returns: what the record says.
    /// - Throws: ``DNSError`` with `.truncated`, `.trailingBytes`, `.malformedName`, `.nameTooLong` or
    ///   `.forwardPointer`.
    public static func data(_ type: RecordType, _ bytes: ArraySlice<UInt8>) throws(DNSError) -> RecordData {
        let message = ArraySlice(Array(bytes))
        return try data(type, in: message, 0..<message.count)
    }

    /// Reads the data of a record in its message, where names may be compressed.
    static func data(
        _ type: RecordType,
        in message: ArraySlice<UInt8>,
        _ range: Range<Int>
    ) throws(DNSError) -> RecordData {
        var cursor = WireCursor(message, range)
        let data: RecordData
        switch type {
        case .a: data = .address(.v4(IPv4Address(bits: try cursor.uint32())))
        case .aaaa: data = .address(.v6(IPv6Address(high: try cursor.uint64(), low: try cursor.uint64())))
        case .cname: data = .alias(try cursor.name())
        case .srv: data = .service(try service(&cursor))
        case .tlsa: data = .association(try association(&cursor))
        case .txt: data = .texts(try texts(&cursor))
        case .naptr: data = .rule(try rule(&cursor))
        default: data = .other(type, cursor.rest())
        }
        guard cursor.isAtEnd else {
            throw DNSError(.trailingBytes, "The \(type) record has bytes behind its end.", at: cursor.place)
        }
        return data
    }

    /// Source: RFC 2782.
    private static func service(_ cursor: inout WireCursor) throws(DNSError) -> SRVRecord {
        SRVRecord(
            priority: try cursor.uint16(),
            weight: try cursor.uint16(),
            port: try cursor.uint16(),
            target: try cursor.name()
        )
    }

    /// Source: RFC 6698 §2.1.
    private static func association(_ cursor: inout WireCursor) throws(DNSError) -> TLSARecord {
        TLSARecord(
            usage: try cursor.uint8(),
            selector: try cursor.uint8(),
            matching: try cursor.uint8(),
            association: cursor.rest()
        )
    }

    /// Source: RFC 1035 §3.3.14.
    private static func texts(_ cursor: inout WireCursor) throws(DNSError) -> [[UInt8]] {
        var texts = [try cursor.characterString()]
        while !cursor.isAtEnd { texts.append(try cursor.characterString()) }
        return texts
    }

    private static func rule(_ cursor: inout WireCursor) throws(DNSError) -> NAPTRRecord {
        NAPTRRecord(
            order: try cursor.uint16(),
            preference: try cursor.uint16(),
            flags: try cursor.characterString(),
            services: try cursor.characterString(),
            pattern: try cursor.characterString(),
            replacement: try cursor.name()
        )
    }
}

/// A place in a message, and the end of what may be read from there.
struct WireCursor {
    private let message: ArraySlice<UInt8>
    private let end: Int
    private(set) var place: Int

    init(_ message: ArraySlice<UInt8>, _ range: Range<Int>) {
        self.message = message
        place = range.lowerBound
        end = min(range.upperBound, message.endIndex)
    }

    var isAtEnd: Bool { place >= end }

    mutating func uint8() throws(DNSError) -> UInt8 {
        guard place < end else { throw DNSError(.truncated, "A number ends early.", at: place) }
        defer { place += 1 }
        return message[place]
    }

    mutating func uint16() throws(DNSError) -> UInt16 { UInt16(try uint8()) << 8 | UInt16(try uint8()) }

    mutating func uint32() throws(DNSError) -> UInt32 { UInt32(try uint16()) << 16 | UInt32(try uint16()) }

    mutating func uint64() throws(DNSError) -> UInt64 { UInt64(try uint32()) << 32 | UInt64(try uint32()) }

    mutating func name() throws(DNSError) -> DNSName { try DNSName.read(message, at: &place, end: end) }

    /// A range of so many bytes from here.
    mutating func range(_ count: Int) throws(DNSError) -> Range<Int> {
        guard count <= end - place else { throw DNSError(.truncated, "A record ends early.", at: end) }
        defer { place += count }
        return place..<(place + count)
    }

    /// One length byte and so many others.
    ///
    /// Source: RFC 1035 §3.3.
    mutating func characterString() throws(DNSError) -> [UInt8] {
        let count = Int(try uint8())
        return Array(message[try range(count)])
    }

    mutating func rest() -> [UInt8] {
        defer { place = max(place, end) }
        return place < end ? Array(message[place..<end]) : []
    }
}
