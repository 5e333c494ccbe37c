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

    @Test("XEP-0115 §5.2: the hash of an announcement in Base64")
    func base64() {
        let input = """
            client/pc//Exodus 0.9.1<http://jabber.org/protocol/caps<http://jabber.org/protocol/disco#info<\
            http://jabber.org/protocol/disco#items<http://jabber.org/protocol/muc<
            """
        #expect(SHA1.base64(Array(input.utf8)) == "QgayPKawpkPSDYmwT/WM94uAlu0=")
    }
}
