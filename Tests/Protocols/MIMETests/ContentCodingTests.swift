import MIME
import Testing

/// Bodies that are packed as a whole.
@Suite("ContentCoding")
struct ContentCodingTests {
    private func fault(_ bytes: [UInt8], limit: Int = 1 << 20) -> MIMEError.Code? {
        do throws(MIMEError) {
            _ = try ContentCoding.deflate.decode(bytes[...], limit: limit)
            return nil
        } catch { return error.code }
    }

    /// A body as one block that is not compressed.
    private func stored(_ body: [UInt8]) -> [UInt8] {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in body {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let sizes = [UInt16(body.count), ~UInt16(body.count)].flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
        }
        return [0x78, 0x01, 0x01] + sizes + body
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (high << 16 | low) >> $0) }
    }

    /// A zero, and so many times 258 zeros again, each in 13 bits.
    private func zeros(_ times: Int) -> [UInt8] {
        let again = String(repeating: "1100010100000", count: times)
        let bits = Array(("110" + "00110000" + again + "0000000").utf8)
        var bytes: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bits.count, by: 8) {
            bytes.append(bits[start..<min(start + 8, bits.count)].reversed().reduce(0) { $0 << 1 | ($1 & 1) })
        }
        let sum = UInt32(1 + 258 * times) % 65_521
        return bytes + [UInt8(sum >> 8), UInt8(truncatingIfNeeded: sum), 0, 1]
    }

    @Test("RFC 3261 §20.12: names are compared without regard to case")
    func names() {
        #expect(ContentCoding(name: "Deflate") == .deflate)
        #expect(ContentCoding(name: "identity") == .identity)
        #expect(ContentCoding(name: "gzip") == nil)
    }

    @Test("What was packed comes back, whatever stands before it in memory")
    func unpacks() throws {
        for count in [0, 1, 1_000, 65_000] {
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let bytes = [0xFF, 0xFF] + stored(body)
            #expect(try ContentCoding.deflate.decode(bytes.dropFirst(2), limit: 1 << 20) == body)
            #expect(try ContentCoding.identity.decode(body[...], limit: count) == body)
        }
        #expect(try ContentCoding.deflate.decode(zeros(10)[...], limit: 1 << 20) == Array(repeating: 0, count: 2_581))
    }

    @Test("Every prefix, every changed byte at the ends and everything behind the end is refused")
    func strict() {
        let whole = stored(Array("Hello".utf8))
        #expect(fault(whole) == nil)
        for count in 0..<whole.count { #expect(fault(Array(whole.prefix(count))) == .invalidCompression) }
        for place in [0, 1, 3, 4, 5, whole.count - 1, whole.count - 4] {
            var changed = whole
            changed[place] ^= 0x5A
            #expect(fault(changed) == .invalidCompression, "byte \(place)")
        }
        #expect(fault(whole + [0]) == .invalidCompression)
        // Without the head and the checksum of zlib it is another format.
        #expect(fault(Array(whole.dropFirst(2).dropLast(4))) == .invalidCompression)
        #expect(fault([0x78, 0xBB, 0x14, 0xE1, 0x03, 0xB4, 0x43, 0x00]) == .invalidCompression)
        #expect(fault([]) == .invalidCompression)
    }

    @Test("The limit holds at the edge")
    func limit() {
        let body = Array(repeating: UInt8(ascii: "a"), count: 5_000)
        #expect(fault(stored(body), limit: 5_000) == nil)
        #expect(fault(stored(body), limit: 4_999) == .contentTooLong)
    }

    @Test("What grows beyond a hundred times its size is refused, but for small bodies")
    func ratio() {
        // 15 times 258 zeros are few, however well they are packed.
        #expect(fault(zeros(15)) == nil)
        #expect(1 + 258 * 15 <= ContentCoding.smallestBound)
        let bomb = zeros(4_000)
        #expect(bomb.count * ContentCoding.largestRatio < 258 * 4_000)
        #expect(fault(bomb, limit: 1 << 24) == .contentTooLong)
    }
}
