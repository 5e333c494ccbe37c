import Addressing
import Testing

@Suite struct JIDEscapingTests {
    @Test(
        "XEP-0106 §5: the examples, both ways",
        arguments: [
            ("space cadet", #"space\20cadet"#),
            (#"call me "ishmael""#, #"call\20me\20\22ishmael\22"#),
            ("at&t guy", #"at\26t\20guy"#),
            ("d'artagnan", #"d\27artagnan"#),
            ("/.fanboy", #"\2f.fanboy"#),
            ("::foo::", #"\3a\3afoo\3a\3a"#),
            ("<foo>", #"\3cfoo\3e"#),
            ("user@host", #"user\40host"#),
            (#"c:\net"#, #"c\3a\net"#),
            (#"c:\\net"#, #"c\3a\\net"#),
            (#"c:\cool stuff"#, #"c\3a\cool\20stuff"#),
            (#"c:\5commas"#, #"c\3a\5c5commas"#),
            ("here's_a_wild_&_/cr%zy/_address", #"here\27s_a_wild_\26_\2fcr%zy\2f_address"#),
            (
                #"here's_a_wild_&_/cr%zy/_address_for:<wv>("IMPS")"#,
                #"here\27s_a_wild_\26_\2fcr%zy\2f_address_for\3a\3cwv\3e(\22IMPS\22)"#
            ),
            (#"\3and\2is\5cool"#, #"\5c3and\2is\5c5cool"#),
            (
                #"CN=D'Artagnan Saint-Andr\E9,O=Example & Company, Inc.,DC=example,DC=com"#,
                #"CN=D\27Artagnan\20Saint-Andr\E9,O=Example\20\26\20Company,\20Inc.,DC=example,DC=com"#
            ),
            (#"\2plus\2is\4"#, #"\2plus\2is\4"#),
            (#"foo\bar"#, #"foo\bar"#),
            (#"foob\41r"#, #"foob\41r"#),
            ("tr\u{E9}ville@musketeers.lit", "tr\u{E9}ville\\40musketeers.lit"),
        ]
    )
    func examples(_ text: String, _ escaped: String) {
        #expect(JIDEscaping.escape(text, form: .xep0106) == escaped)
        #expect(JIDEscaping.unescape(escaped, form: .xep0106) == text)
        #expect(JIDEscaping.isReversible(escaped, form: .xep0106))
    }

    @Test(
        "XEP-0106 §4: only the ten sequences in lower case are undone, in one pass",
        arguments: [
            (#"foo\2Fbar"#, #"foo\2Fbar"#), (#"c\3a\net"#, #"c:\net"#), (#"\5c27"#, #"\27"#), (#"\5c5c27"#, #"\5c27"#),
            (#"\5c"#, #"\"#), (#"\\27"#, #"\'"#), (#"\2"#, #"\2"#), (#"\"#, #"\"#), (#"a\20"#, "a "),
            (#"\21"#, #"\21"#),
            (#"\20\22\26\27\2f\3a\3c\3e\40\5c"#, #" "&'/:<>@\"#), (#"\3A\5C"#, #"\3A\5C"#),
        ]
    )
    func unescaping(_ escaped: String, _ text: String) {
        #expect(JIDEscaping.unescape(escaped, form: .xep0106) == text)
    }

    @Test("XEP-0106 §3.2: no localpart begins or ends with an escaped space", arguments: [" romeo", "romeo ", " "])
    func outerSpaces(_ text: String) {
        #expect(JIDEscaping.escape(text, form: .xep0106) == nil)
    }

    @Test("XEP-0106 §4.2: a backslash is escaped exactly before one of the ten sequences")
    func backslashes() {
        #expect(JIDEscaping.escape(#"\27"#, form: .xep0106) == #"\5c27"#)
        #expect(JIDEscaping.escape(#"\5c"#, form: .xep0106) == #"\5c5c"#)
        #expect(JIDEscaping.escape(#"\5C"#, form: .xep0106) == #"\5C"#)
        #expect(JIDEscaping.escape(#"\\27"#, form: .xep0106) == #"\\5c27"#)
        #expect(JIDEscaping.escape(#"\2"#, form: .xep0106) == #"\2"#)
        #expect(!JIDEscaping.isReversible(#"\5ca"#, form: .xep0106))
    }

    @Test("XEP-0100 §6.2: an escaped user nests inside an escaped foreign address")
    func nestedAddress() {
        let inner = JIDEscaping.escape("o'malley", form: .xep0106)
        #expect(inner == #"o\27malley"#)
        #expect(JIDEscaping.escape("o'malley@h", form: .xep0106) == #"o\27malley\40h"#)
    }

    @Test(
        "RFC 3922 §3.2, §3.3: three characters in the form #hh;",
        arguments: [
            ("o'malley/test", "o#27;malley#2f;test"), ("john-doe&co?_\u{FC}", "john-doe#26;co?_\u{FC}"), ("a#b", "a#b"),
            ("a#2F;b", "a#2F;b"), (#"a\27b"#, #"a\27b"#), ("#2", "#2"), ("#26", "#26"),
        ]
    )
    func hashForm(_ text: String, _ escaped: String) {
        #expect(JIDEscaping.escape(text, form: .hash) == escaped)
        #expect(JIDEscaping.unescape(escaped, form: .hash) == text)
    }

    @Test("RFC 3922 §3.2: text that holds a sequence of the hash form has no escaped form")
    func hashFormCannotEscapeItself() {
        #expect(JIDEscaping.escape("a#27;b", form: .hash) == nil)
        #expect(JIDEscaping.unescape("#26;#27;#2f;", form: .hash) == "&'/")
    }

    @Test("Unescaping undoes escaping for generated text", arguments: JIDEscaping.Form.allCases)
    func roundTrip(_ form: JIDEscaping.Form) {
        var random = SeededGenerator(seed: 106)
        var escapes = 0
        for _ in 0..<20000 {
            let text = random.text(length: 14)
            guard let escaped = JIDEscaping.escape(text, form: form) else { continue }
            if escaped != text { escapes += 1 }
            #expect(Array(JIDEscaping.unescape(escaped, form: form).utf8) == Array(text.utf8))
            #expect(JIDEscaping.isReversible(escaped, form: form))
        }
        #expect(escapes > 1000)
    }
}
