import Digests
import Testing

@Suite("Digest")
struct DigestTests {
    @Test("Bytes go in and come out in the same order")
    func bytesRoundTrip() throws {
        let bytes = (0..<32).map { UInt8($0 * 7) }
        let digest = try #require(Digest(bytes: bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.hexadecimal == Hexadecimal.encode(bytes))
        var buffer: [UInt8] = [9]
        digest.append(to: &buffer)
        #expect(buffer == [9] + bytes)
    }

    @Test("Any other length is no digest", arguments: [0, 31, 33])
    func otherLengths(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test("A difference in any one byte is seen, by both comparisons")
    func everyByteCounts() throws {
        let bytes = [UInt8](repeating: 0x55, count: 32)
        let digest = try #require(Digest(bytes: bytes))
        #expect(ConstantTime.equal(digest, digest))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let other = try #require(Digest(bytes: changed))
            #expect(other != digest)
            #expect(!ConstantTime.equal(other, digest))
            #expect(!ConstantTime.equal(changed, bytes))
        }
    }

    @Test("Byte strings of different lengths are unequal")
    func lengthsCount() {
        #expect(!ConstantTime.equal([1, 2], [1, 2, 3]))
        #expect(ConstantTime.equal([UInt8](), [UInt8]()))
    }

    @Test("RFC 4648 §8: hexadecimal digits, both ways")
    func hexadecimalDigits() {
        #expect(Hexadecimal.encode([0x00, 0x9F, 0xA0, 0xFF]) == "009fa0ff")
        #expect(Hexadecimal.decode("009fA0Ff") == [0x00, 0x9F, 0xA0, 0xFF])
        #expect(Hexadecimal.decode("0") == nil)
        #expect(Hexadecimal.decode("0g") == nil)
        #expect(Hexadecimal.decode("") == [])
    }

    @Test("A slice of any place, an array and a collection of another kind make the same digest")
    func sources() {
        let bytes = (0..<96).map { UInt8($0) }
        let digest = Digest(bytes: bytes[40..<72])
        #expect(digest?.bytes == Array(bytes[40..<72]))
        #expect(Digest(bytes: Array(bytes[40..<72])) == digest)
        #expect(Digest(bytes: bytes[40..<72].lazy.map { $0 }) == digest)
        for count in [0, 31, 33] {
            #expect(Digest(bytes: bytes[..<count]) == nil && Digest(bytes: Array(bytes[..<count])) == nil)
        }
    }

    @Test("RFC 9162 §2.1.1: a node is the hash of one byte and two digests")
    func nodes() {
        let (left, right) = (SHA256.hash([1]), SHA256.hash([2]))
        #expect(SHA256.hash(prefix: 1, left, right) == SHA256.hash([1] + left.bytes + right.bytes))
    }
}
