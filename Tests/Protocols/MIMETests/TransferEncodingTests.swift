import MIME
import Testing

@Suite("TransferEncoding")
struct TransferEncodingTests {
    @Test("RFC 2045 §6.1: names are compared without case; unknown names are refused")
    func names() throws {
        #expect(try TransferEncoding(bytes: bytes(" BASE64 (comment)")) == .base64)
        #expect(try TransferEncoding(bytes: bytes("Quoted-Printable")) == .quotedPrintable)
        #expect(throws: MIMEError(.unknownEncoding, "", at: 0)) { try TransferEncoding(bytes: bytes("x-gzip")) }
        #expect(throws: MIMEError(.unknownEncoding, "", at: 1)) { try TransferEncoding(bytes: bytes(" 7bit 8bit")) }
        #expect(throws: MIMEError(.unknownEncoding, "", at: 0)) { try TransferEncoding(bytes: bytes("")) }
    }

    @Test(
        "RFC 4648 §10: the vectors of base64",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64Vectors(plain: String, encoded: String) throws {
        #expect(text(Base64.encode(bytes(plain))[...]) == encoded)
        #expect(text(try Base64.decode(bytes(encoded))[...]) == plain)
    }

    @Test("RFC 2045 §6.8: lines have at most 76 digits and line ends are stepped over")
    func base64Lines() throws {
        let plain = (0..<200).map { UInt8($0) }[...]
        let encoded = Base64.encode(plain)
        let lines = text(encoded[...]).split(separator: "\r\n")
        #expect(lines.map(\.count) == [76, 76, 76, 40])
        #expect(try TransferEncoding.base64.decode(encoded[...]) == plain)
        #expect(Base64.encode(plain, lineLength: 0).count == 268)
    }

    @Test(
        "RFC 4648 §3.2, §3.3, §3.5: base64 is read strictly",
        arguments: [
            ("Zg=", 3), ("Zg", 2), ("Z", 1), ("Zg==Zg==", 4), ("Zg=a", 3), ("Zm9v=", 4), ("=", 0), ("Z===", 1),
            ("Zm-_", 2),
            ("Zh==", 4), ("Zm9=", 4), ("Zg===", 4), ("Zm8=\u{0}", 4),
        ]
    )
    func base64Faults(encoded: String, offset: Int) {
        #expect(throws: MIMEError(.invalidBase64, "", at: offset)) { try Base64.decode(bytes(encoded)) }
    }

    @Test(
        "RFC 2045 §6.7: quoted-printable text is read",
        arguments: [
            (
                "Now's the time =\r\nfor all folk to come=\r\n to the aid",
                "Now's the time for all folk to come to the aid"
            ),
            ("caf=C3=A9=3D", "café="), ("caf=c3=a9", "café"), ("a  \t\r\nb \n c ", "a\r\nb\n c"),
            ("a =20\r\n", "a  \r\n"),
            ("a= \t\r\nb", "ab"), ("=\nx", "x"), ("", ""),
        ]
    )
    func quotedPrintable(encoded: String, plain: String) throws {
        #expect(text(try QuotedPrintable.decode(bytes(encoded))[...]) == plain)
    }

    @Test(
        "RFC 2045 §6.7: wrong quoted-printable is refused",
        arguments: [("a=", 1), ("a=4", 1), ("a=4g", 1), ("a\rb", 1), ("é", 0), ("a\u{7}", 1), ("=\r", 0)]
    )
    func quotedPrintableFaults(encoded: String, offset: Int) {
        #expect(throws: MIMEError(.invalidQuotedPrintable, "", at: offset)) {
            try QuotedPrintable.decode(bytes(encoded))
        }
    }

    @Test("RFC 2045 §6.7: written lines have at most 76 octets and no blank at their end")
    func quotedPrintableWritten() throws {
        let plain = bytes("a \r\nb\t\r\n" + String(repeating: "é=x ", count: 60) + "\rz\n ")
        let encoded = QuotedPrintable.encode(plain)
        let lines = text(encoded[...]).utf8.split(separator: 0x0A)
        #expect(lines.allSatisfy { $0.count <= 77 })
        #expect(text(encoded[...]).hasPrefix("a=20\r\nb=09\r\n"))
        #expect(encoded.allSatisfy { $0 < 0x7F })
        #expect(try QuotedPrintable.decode(encoded[...])[...] == plain)
        // A line of exactly 76 octets needs no soft break.
        let full = bytes(String(repeating: "x", count: 76))
        #expect(QuotedPrintable.encode(full)[...] == full)
        #expect(QuotedPrintable.encode(bytes(String(repeating: "x", count: 77))).count == 80)
    }

    @Test("Generated octets survive each encoding", arguments: [UInt64(1), 2, 3])
    func roundTrips(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        for length in 0..<120 {
            let plain = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }[...]
            for encoding in [TransferEncoding.base64, .quotedPrintable, .binary] {
                #expect(try encoding.decode(encoding.encode(plain)[...]) == plain)
            }
        }
    }

    @Test("RFC 2045 §2.7, §2.8: what 7bit and 8bit cannot carry is not written so")
    func identity() throws {
        #expect(throws: MIMEError(.octetOutsideEncoding, "", at: 3)) {
            try TransferEncoding.sevenBit.encode(bytes("cafés"))
        }
        #expect(text(try TransferEncoding.eightBit.encode(bytes("café\r\n"))[...]) == "café\r\n")
        for (wrong, offset) in [
            ("a\nb", 1), ("a\rb", 1), ("a\r", 1), ("a\u{0}", 1), (String(repeating: "a", count: 999), 998),
        ] {
            #expect(throws: MIMEError(.octetOutsideEncoding, "", at: offset)) {
                try TransferEncoding.eightBit.encode(bytes(wrong))
            }
        }
        #expect(try TransferEncoding.sevenBit.decode(bytes("é")) == bytes("é"))
    }

    @Test("The limit holds for the decoded content")
    func limit() throws {
        #expect(try TransferEncoding.base64.decode(bytes("Zm9v"), limit: 3).count == 3)
        #expect(throws: MIMEError(.contentTooLong, "", at: 8)) {
            try TransferEncoding.base64.decode(bytes("Zm9vYg=="), limit: 3)
        }
        #expect(throws: MIMEError(.contentTooLong, "", at: 3)) {
            try TransferEncoding.binary.decode(bytes("Zm9v"), limit: 3)
        }
        #expect(throws: MIMEError(.contentTooLong, "", at: 12)) {
            try TransferEncoding.base64.decode(bytes("Zm9v\r\n\r\n\r\n\r\n "), limit: 3)
        }
    }

    @Test("RFC 2047 §4, §8: encoded words become text")
    func encodedWords() {
        func decode(_ text: String) -> String { EncodedWord.decode(bytes(text)) }
        #expect(decode("(=?us-ascii?Q?a?=)") == "(a)")
        #expect(decode("=?utf-8?Q?a?= b") == "a b")
        #expect(decode("=?utf-8?Q?a?=  \r\n =?UTF-8*en?q?b_c=2E?=") == "ab c.")
        #expect(decode("=?utf-8?B?w6k=?=") == "é")
        #expect(decode("=?utf-8?B?ww==?= =?utf-8?B?qQ==?=") == "é")
        #expect(
            decode("=?iso-8859-1?Q?a?= =?utf-8?X?a?= =?utf-8?B?*?= =?utf-8?Q?a b?= =?")
                == "=?iso-8859-1?Q?a?= =?utf-8?X?a?= =?utf-8?B?*?= =?utf-8?Q?a b?= =?"
        )
    }
}

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
