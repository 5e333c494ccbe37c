import Digests
import Testing

@Suite("SHA1")
struct SHA1Tests {
    @Test("FIPS 180-4: the published example")
    func publishedExample() {
        #expect(SHA1.hexadecimal("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(SHA1.hexadecimal("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test("XEP-0114 §3: stream id and secret are concatenated and the digits are lower case")
    func handshakeConcatenates() {
        #expect(SHA1.hexadecimal("3BF96D32", "test") == SHA1.hexadecimal("3BF96D32test"))
        #expect(SHA1.hexadecimal(Array("a".utf8), Array("bc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }
}
