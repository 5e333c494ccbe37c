import Digests
import Testing

@Suite("HMAC")
struct HMACTests {
    private struct Example: Sendable {
        var key: [UInt8]
        var message: [UInt8]
        var code: String
    }

    private static let examples: [Example] = [
        Example(
            key: [UInt8](repeating: 0x0B, count: 20),
            message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        Example(
            key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Example(
            key: [UInt8](repeating: 0xAA, count: 20),
            message: [UInt8](repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        Example(
            key: Array(1...25),
            message: [UInt8](repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        Example(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        Example(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
            ),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test("RFC 4231 section 4: test cases 1 to 4, 6 and 7", arguments: examples.indices)
    func publishedExamples(index: Int) {
        let example = HMACTests.examples[index]
        #expect(HMAC.sha256(key: example.key, message: example.message).hexadecimal == example.code)
        let prepared = HMAC(key: example.key)
        #expect(prepared.code(for: example.message[...]).hexadecimal == example.code)
        #expect(prepared.code(for: example.message).hexadecimal == example.code)
    }

    @Test("A key of exactly one block is not hashed first")
    func blockSizedKey() {
        let key = [UInt8](repeating: 7, count: 64)
        #expect(HMAC.sha256(key: key, message: [1]) != HMAC.sha256(key: SHA256.hash(key).bytes, message: [1]))
        let longer = key + [7]
        #expect(HMAC.sha256(key: longer, message: [1]) == HMAC.sha256(key: SHA256.hash(longer).bytes, message: [1]))
    }
}
