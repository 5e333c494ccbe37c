/// Places of records within a chunk of a search database: so many bits.
struct PositionSet: Equatable {
    /// Records of a chunk: a power of two, so that a number's upper bits name the chunk and its lower ones the place.
    static let capacity = 1 << capacityBits
    static let capacityBits = 15

    private(set) var words = [UInt64](repeating: 0, count: capacity / 64)

    /// All places.
    static var all: PositionSet {
        var set = PositionSet()
        for index in set.words.indices { set.words[index] = .max }
        return set
    }

    mutating func insert(_ position: Int) { words[position >> 6] |= 1 << UInt64(position & 63) }

    func contains(_ position: Int) -> Bool { words[position >> 6] & 1 << UInt64(position & 63) != 0 }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    mutating func formIntersection(_ other: PositionSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func formUnion(_ other: PositionSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// The places in order.
    var positions: [Int] {
        var positions: [Int] = []
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                positions.append(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return positions
    }
}

extension PositionSet {
    /// Appends a list of places: the distances between them, or all bits where that is shorter.
    ///
    /// Shape: a packed number, twice the count of the bytes behind it, and one more for bits.
    static func append(_ positions: [Int], to bytes: inout [UInt8]) {
        var (length, last) = (0, -1)
        for position in positions {
            length += PackedNumber.length(UInt64(position - last))
            last = position
        }
        if length <= capacity / 8 {
            PackedNumber.append(UInt64(length) << 1, to: &bytes)
            last = -1
            for position in positions {
                PackedNumber.append(UInt64(position - last), to: &bytes)
                last = position
            }
            return
        }
        var set = PositionSet()
        for position in positions { set.insert(position) }
        PackedNumber.append(UInt64(capacity / 8) << 1 | 1, to: &bytes)
        for word in set.words {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }

    /// Adds the places of a list; false for bytes that are none.
    mutating func insert(_ list: Span<UInt8>, isBits: Bool) -> Bool {
        if isBits {
            guard list.count == PositionSet.capacity / 8 else { return false }
            for index in list.indices {
                words[index >> 3] |= UInt64(list[index]) << UInt64(8 * (index & 7))
            }
            return true
        }
        var place = 0
        var position = -1
        while place < list.count {
            guard let distance = PackedNumber.read(list, &place), distance > 0,
                distance <= UInt64(PositionSet.capacity)
            else { return false }
            position += Int(distance)
            guard position < PositionSet.capacity else { return false }
            insert(position)
        }
        return true
    }
}

/// Numbers in as few bytes as they need: seven bits a byte, the lowest first, the uppermost bit set where more follow.
enum PackedNumber {
    /// So many bytes a number needs.
    static func length(_ number: UInt64) -> Int { max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 6) / 7) }

    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number of either sign.
    static func append(signed number: Int64, to bytes: inout [UInt8]) {
        append(UInt64(bitPattern: number << 1 ^ number >> 63), to: &bytes)
    }

    /// The number at a place, which moves behind it; nil when the bytes end before it does.
    static func read(_ bytes: Span<UInt8>, _ place: inout Int) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    static func readSigned(_ bytes: Span<UInt8>, _ place: inout Int) -> Int64? {
        read(bytes, &place).map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }
}
