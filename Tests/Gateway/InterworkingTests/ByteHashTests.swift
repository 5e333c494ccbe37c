import Interworking
import Testing

@Suite("ByteHash")
struct ByteHashTests {
    @Test("Equal bytes have one hash; another byte, order or length has another one, also around whole words")
    func differences() {
        var cases: Set<[UInt8]> = []
        for count in 0...25 {
            let bytes = (0..<count).map { UInt8($0 + 1) }
            cases.formUnion([bytes, bytes.reversed(), Array(repeating: 0, count: count)])
            for place in bytes.indices {
                var other = bytes
                other[place] ^= 0x80
                cases.insert(other)
            }
        }
        #expect(Set(cases.map(ByteHash.of)).count == cases.count)
        #expect(cases.allSatisfy { ByteHash.of($0) == ByteHash.of(Array($0.reversed().reversed())) })
    }
}
