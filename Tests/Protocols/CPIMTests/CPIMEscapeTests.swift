import CPIM
import Testing

@Suite("CPIMEscape")
struct CPIMEscapeTests {
    @Test(
        "RFC 3862 §2.3.1: escapes are undone in one pass",
        arguments: [
            ("a\\u00e9b\\\\c", "aéb\\c"), ("a\\u00E9", "aé"), ("\\\\u0041", "\\u0041"),
            ("\\b\\t\\n\\r\\\"\\'", "\u{8}\t\n\r\"'"),
            ("a\\qb\\", "aqb"), ("\\u12g", "u12g"), ("\\u", "u"), ("\\u123", "u123"), ("\\U0041", "U0041"),
            ("\\é", "é"),
            ("\\ud83d\\ude00", "😀"), ("\\uD83D\\uDE00!", "😀!"), ("\\ud83d", "\u{FFFD}"), ("\\ude00", "\u{FFFD}"),
            ("\\ud83dx", "\u{FFFD}x"), ("\\ud83d\\u0041", "\u{FFFD}A"), ("\\ud83d\\ud83d\\ude00", "\u{FFFD}😀"),
            ("\\u0000", "\u{0}"),
            ("\\ufffe", "\u{FFFE}"), ("", ""), ("plain \"quotes\" '", "plain \"quotes\" '"), ("\\", ""),
        ]
    )
    func undone(value: String, plain: String) {
        #expect(CPIMEscape.unescape(bytes(value)).unicodeScalars.elementsEqual(plain.unicodeScalars))
    }

    @Test(
        "RFC 3862 §2.3.1: backslash and controls are escaped, nothing else is",
        arguments: [
            ("C:\\temp\tx", "C:\\\\temp\\tx"), ("\u{8}\n\r", "\\b\\n\\r"), ("\u{7F}", "\\u007f"),
            ("\u{1}\u{1F}\u{0}", "\\u0001\\u001f\\u0000"),
            ("l'été \"chaud\" \u{85}😀", "l'été \"chaud\" \u{85}😀"), ("", ""),
        ]
    )
    func written(plain: String, value: String) {
        #expect(text(CPIMEscape.escape(plain)) == value)
        #expect(CPIMEscape.unescape(CPIMEscape.escape(plain)[...]) == plain)
    }

    @Test("RFC 3862 §2.3.1: double quotes are escaped inside a quoted string, single quotes are not")
    func quoted() {
        #expect(text(CPIMEscape.quote("a \"b\" \\ 'c'\n")) == "\"a \\\"b\\\" \\\\ 'c'\\n\"")
    }

    @Test("The objects with every kind of escape")
    func samples() throws {
        #expect(try SampleObjects.read("073-cpim-escape-in").subjects == [CPIMSubject("aé\\u0041 😀 q\"' x")])
        #expect(try SampleObjects.read("072-cpim-escape-out").subjects == [CPIMSubject("C:\\temp\t\"x\"\nl'été\u{7F}")])
        #expect(try SampleObjects.read("077-cpim-control-chars-in").subjects == [CPIMSubject("ring\u{7}")])
    }

    @Test("Generated text survives writing and reading", arguments: [UInt64(1), 2])
    func generated(seed: UInt64) {
        var random = SeededGenerator(seed)
        let alphabet = Array("\\\"'<> \t\r\n\u{0}\u{7}\u{7F}\u{85}aé😀un".unicodeScalars)
        for _ in 0..<500 {
            var plain = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                plain.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            let value = CPIMEscape.escape(plain)
            #expect(CPIMEscape.unescape(value[...]) == plain)
            #expect(!value.contains { $0 < 0x20 || $0 == 0x7F })
            #expect(CPIMEscape.unescape(CPIMEscape.quote(plain)[...].dropFirst().dropLast()) == plain)
        }
    }
}

@Suite("LanguageTag")
struct LanguageTagTests {
    @Test(
        "RFC 3862 §3.3: well-formed tags",
        arguments: [
            "en", "cz", "fr-CA", "zh-Hant-TW", "de-CH-1901", "sl-rozaj-biske", "i-default", "I-Klingon", "en-GB-oed",
            "x-private", "en-x-us-1",
            "zh-cmn-Hans-CN", "es-419", "en-a-bbb-x-a", "en-u-ca-gregory-t-it", "sgn-BE-FR", "art-lojban", "zh-min-nan",
            "abcdefgh",
        ]
    )
    func valid(tag: String) { #expect(LanguageTag.isValid(tag)) }

    @Test(
        "RFC 3862 §3.3: other texts are no tags",
        arguments: [
            "", "en us", "e", "x", "en-", "-en", "en--us", "en_US", "123", "abcdefghi", "en-abcdefghi", "é", "en-a",
            "en-a-b", "i-foo",
            "en-US-US", "en\n", "en;x",
        ]
    )
    func invalid(tag: String) { #expect(!LanguageTag.isValid(tag)) }
}
