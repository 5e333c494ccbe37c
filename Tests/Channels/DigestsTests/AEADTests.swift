import Testing

@testable import Digests

@Suite("AEAD")
struct AEADTests {
    private static func bytes(_ text: String) throws -> [UInt8] { try #require(Hexadecimal.decode(text)) }

    @Test("The examples of the GCM specification for 256 bits: cases 13, 14 and 16")
    func examples() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        let examples: [(key: [UInt8], nonce: [UInt8], text: [UInt8], context: [UInt8], sealed: String)] = [
            (zero, Array(zero.prefix(12)), [], [], "530f8afbc74536b9a963b4f1c4cb738b"),
            (
                zero, Array(zero.prefix(12)), Array(zero.prefix(16)), [],
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
            ),
            (
                try Self.bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
                try Self.bytes("cafebabefacedbaddecaf888"),
                try Self.bytes(
                    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                        + "b16aedf5aa0de657ba637b39"
                ),
                try Self.bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                    + "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
            ),
        ]
        for example in examples {
            let aead = try #require(AEAD(key: example.key))
            let sealed = aead.seal(example.text, context: example.context, nonce: example.nonce)
            #expect(Hexadecimal.encode(sealed) == Hexadecimal.encode(example.nonce) + example.sealed)
            #expect(aead.open(sealed, context: example.context) == example.text)
        }
    }

    @Test("Any other byte, key or context opens nothing")
    func changes() throws {
        let aead = try #require(AEAD(key: [UInt8](repeating: 1, count: 32)))
        let other = try #require(AEAD(key: [UInt8](repeating: 2, count: 32)))
        let text = Array("Neither, fair saint, if either thee dislike.".utf8)
        let sealed = aead.seal(text, context: [1, 2])
        #expect(aead.open(sealed, context: [1, 2]) == text)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(aead.open(changed, context: [1, 2]) == nil, "byte \(index)")
        }
        #expect(other.open(sealed, context: [1, 2]) == nil)
        for context in [[1, 3], [1], [], [1, 2, 0]] as [[UInt8]] {
            #expect(aead.open(sealed, context: context) == nil)
        }
        for count in 0..<sealed.count { #expect(aead.open(Array(sealed.prefix(count)), context: [1, 2]) == nil) }
    }

    @Test("Sealed twice, a text looks different; a key has 32 bytes")
    func nonces() throws {
        let aead = try #require(AEAD(key: [UInt8](repeating: 1, count: 32)))
        let seals = Set((0..<100).map { _ in aead.seal([7], context: []) })
        #expect(seals.count == 100 && seals.allSatisfy { $0.count == 1 + AEAD.overhead })
        for count in [0, 16, 31, 33] { #expect(AEAD(key: [UInt8](repeating: 0, count: count)) == nil) }
    }
}

@Suite("HKDF")
struct HKDFTests {
    @Test("RFC 5869 appendix A: test cases 1 and 3")
    func examples() throws {
        let secret = [UInt8](repeating: 0x0B, count: 22)
        let key = HKDF.extract(secret, salt: Array(0...12))
        #expect(Hexadecimal.encode(key) == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
        #expect(
            Hexadecimal.encode(HKDF.expand(key, purpose: Array(0xF0...0xF9), count: 42))
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        )
        #expect(
            Hexadecimal.encode(HKDF.expand(HKDF.extract(secret), purpose: [], count: 42))
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        )
    }

    @Test("As many bytes as are asked for, up to 255 blocks; a shorter result begins a longer one")
    func lengths() {
        let key = [UInt8](repeating: 3, count: 32)
        let longest = HKDF.expand(key, purpose: [1], count: HKDF.mostBytes)
        #expect(longest.count == 8_160)
        for count in [0, 1, 31, 32, 33, 64] {
            #expect(HKDF.expand(key, purpose: [1], count: count) == Array(longest.prefix(count)))
        }
        #expect(HKDF.expand(key, purpose: [2]) != HKDF.expand(key, purpose: [1]))
    }
}
