/// A check of packed bytes, since SQLite has none for its pages: what is damaged must not hide a record.
///
/// Shape: four bytes behind the packed ones, FNV-1a, its halves laid over each other, over the numbers that stand beside them and over
/// themselves, the lowest byte first.
enum PackedCheck {
    private static let size = 4

    /// Appends the check of some bytes and the numbers beside them.
    static func append(to bytes: inout [UInt8], beside numbers: [Int64]) {
        let check = sum(bytes.span, bytes.count, numbers)
        for shift in stride(from: 0, to: UInt32(8 * size), by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: check >> shift))
        }
    }

    /// How many bytes stand before the check; nil when it does not hold.
    static func length(_ bytes: Span<UInt8>, beside numbers: [Int64]) -> Int? {
        let length = bytes.count - size
        guard length >= 0 else { return nil }
        var check: UInt32 = 0
        for index in 0..<size { check |= UInt32(bytes[length + index]) << UInt32(8 * index) }
        return check == sum(bytes, length, numbers) ? length : nil
    }

    private static func sum(_ bytes: Span<UInt8>, _ length: Int, _ numbers: [Int64]) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for number in numbers {
            for shift in stride(from: 0, to: 64, by: 8) {
                hash = (hash ^ UInt64(bitPattern: number) >> UInt64(shift) & 0xFF) &* 0x0000_0100_0000_01B3
            }
        }
        for index in 0..<length { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
