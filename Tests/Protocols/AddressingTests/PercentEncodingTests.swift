import Addressing
import Testing

@Suite struct PercentEncodingTests {
    @Test(
        "RFC 3261 §25.1: the user part keeps what its rule allows",
        arguments: [
            ("m&m", "m&m"), ("tsch\u{FC}ss", "tsch%C3%BCss"), ("a#b%c", "a%23b%25c"), ("a b@c", "a%20b%40c"),
            (#"a b"c&d'e/f:g<h>i@j\27k"#, "a%20b%22c&d'e/f%3Ag%3Ch%3Ei%40j%5C27k"),
            ("-_.!~*'()&=+$,;?/", "-_.!~*'()&=+$,;?/"),
            ("[]^`{|}", "%5B%5D%5E%60%7B%7C%7D"), ("\u{0}\u{7F}", "%00%7F"), (#"foo\2Fbar"#, "foo%5C2Fbar"), ("", ""),
        ]
    )
    func user(_ text: String, _ escaped: String) throws {
        #expect(PercentEncoding.encode(text, keeping: .sipUser) == escaped)
        #expect(try PercentEncoding.decodeUTF8(escaped) == text)
    }

    @Test(
        "RFC 7247 §6.3: the gr value keeps paramchar",
        arguments: [
            ("B\u{FC}ro PC;1", "B%C3%BCro%20PC%3B1"), ("B\u{FC}ro @work;1/2", "B%C3%BCro%20%40work%3B1/2"),
            ("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
            ("[]/:&+$a=b?c,%>", "[]/:&+$a%3Db%3Fc%2C%25%3E"),
        ]
    )
    func parameter(_ text: String, _ escaped: String) throws {
        #expect(PercentEncoding.encode(text, keeping: .sipParameter) == escaped)
        #expect(try PercentEncoding.decodeUTF8(escaped) == text)
    }

    @Test("RFC 3922 §3.2, RFC 7247 §6.5: the three sets for im: and pres:")
    func instantMessagingSets() {
        #expect(
            PercentEncoding.encode("first.last-2(x)&o'b?#%25", keeping: .imSafe)
                == "first.last-2%28x%29%26o%27b%3F%23%2525"
        )
        #expect(PercentEncoding.encode("john-doe&co?_\u{FC}", keeping: .imRFC3922) == "john%2Ddoe%26co?_%C3%BC")
        #expect(PercentEncoding.encode("first.last", keeping: .imRFC7247) == "first%2Elast")
        #expect(PercentEncoding.encode("#%?&'/", keeping: .imRFC7247) == "#%?&'/")
        #expect(PercentEncoding.encode(#"(),.;[\]"#, keeping: .imRFC7247) == "%28%29%2C%2E%3B%5B%5C%5D")
    }

    @Test("RFC 3986 §2.3, RFC 3922 §3.2: each named set holds exactly its characters")
    func exactSets() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        let expected: [(ByteSet, String)] = [
            (.unreserved, "-._~"), (.sipUser, "-_.!~*'()&=+$,;?/"), (.sipParameter, "-_.!~*'()[]/:&+$"),
            (.imSafe, "-._~!$*+="), (.imRFC3922, "!$*.?_~+="), (.imRFC7247, "!#$%&'*+-/=?^_`{|}~"),
            (.sipPassword, "-_.!~*'()&=+$,"), (.sipHeader, "-_.!~*'()[]/?:+$"),
        ]
        for (set, characters) in expected {
            let allowed = Set((letters + characters).utf8)
            for byte in UInt8.min...UInt8.max { #expect(set.contains(byte) == allowed.contains(byte)) }
        }
        #expect(ByteSet([0x80, 0xFF, 0xC0] as [UInt8]).contains(0xFF))
        #expect(!ByteSet([0x80, 0xFF, 0xC0] as [UInt8]).contains(0xBF))
    }

    @Test("RFC 3986 §2.1: escapes are undone once, hexadecimal digits in either case")
    func decodingOnce() throws {
        #expect(try PercentEncoding.decodeUTF8("%2527") == "%27")
        #expect(try PercentEncoding.decodeUTF8("f%c3%bC") == "f\u{FC}")
        #expect(try PercentEncoding.decode(Array("%00%ff".utf8)) == [0, 255])
    }

    @Test(
        "RFC 3986 §2.1: a percent sign without two digits is refused, or kept when asked to",
        arguments: [("cr%zy", 2), ("%", 0), ("a%4", 1), ("%%41", 0), ("%C3%BC%", 6), ("%4g", 0)]
    )
    func malformedPercent(_ text: String, _ offset: Int) throws {
        #expect(throws: AddressError(.malformedPercent, "", at: offset)) { try PercentEncoding.decodeUTF8(text) }
        #expect(throws: AddressError(.malformedPercent, "", at: offset)) { try PercentEncoding.decode(text.utf8) }
        let lenient = try PercentEncoding.decodeUTF8(text, lenient: true)
        #expect(lenient.contains("%"))
    }

    @Test("Lenient decoding keeps exactly the stray percent signs")
    func lenientDecoding() throws {
        #expect(try PercentEncoding.decodeUTF8("cr%zy%41%", lenient: true) == "cr%zyA%")
        #expect(try PercentEncoding.decodeUTF8("%%41", lenient: true) == "%A")
    }

    @Test(
        "RFC 3629 §3: what is not well-formed UTF-8 has a code of its own",
        arguments: [
            ("f%FC", 1), ("%C0%AF", 0), ("a%ED%A0%80", 1), ("%F4%90%80%80", 0), ("%E2%82", 0), ("%80", 0), ("%F5", 0),
            ("ab%C3", 2), ("%E0%80%AF", 0),
        ]
    )
    func malformedUTF8(_ text: String, _ offset: Int) {
        #expect(throws: AddressError(.malformedUTF8, "", at: offset)) { try PercentEncoding.decodeUTF8(text) }
        #expect(throws: AddressError(.malformedUTF8, "", at: offset)) {
            try PercentEncoding.decodeUTF8(text, lenient: true)
        }
    }

    @Test("Decoding undoes encoding for generated text and every set without the percent sign")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 3986)
        let sets: [ByteSet] = [.sipUser, .sipParameter, .imSafe, .imRFC3922, .unreserved, .xmppNode, .xmppResource]
        for round in 0..<5000 {
            let text = random.text(length: 12)
            let encoded = PercentEncoding.encode(text, keeping: sets[round % sets.count])
            #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(try Array(PercentEncoding.decodeUTF8(encoded).utf8) == Array(text.utf8))
            let bytes = random.bytes(length: 12)
            #expect(try PercentEncoding.decode(PercentEncoding.encode(bytes, keeping: .unreserved).utf8) == bytes)
        }
    }
}
