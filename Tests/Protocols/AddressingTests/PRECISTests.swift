import Addressing
import Testing

@Suite struct PRECISTests {
    @Test(
        "RFC 8265 §3.6: legal userparts",
        arguments: [
            ("juliet@example.com", "juliet@example.com"), ("fussball", "fussball"), ("fu\u{DF}ball", "fu\u{DF}ball"),
            ("\u{3C0}", "\u{3C0}"), ("\u{3A3}", "\u{3C3}"), ("\u{3C3}", "\u{3C3}"), ("\u{3C2}", "\u{3C2}"),
            ("Juliet", "juliet"), ("JULI\u{C8}T", "juli\u{E8}t"), ("e\u{301}", "\u{E9}"), ("E\u{301}X", "\u{E9}x"),
            ("\u{FF21}\u{FF42}\u{FF11}", "ab1"), ("\u{FF76}\u{FF9E}", "\u{30AC}"), ("\u{1C5}", nil),
            ("\u{391}\u{3A3}", "\u{3B1}\u{3C3}"), ("\u{130}", "i\u{307}"), ("\u{1E9E}", "\u{DF}"),
            ("\u{10400}", "\u{10428}"), ("\u{3007}", "\u{3007}"),
        ] as [(String, String?)]
    )
    func usernames(_ text: String, _ expected: String?) throws {
        guard let expected else {
            #expect(throws: AddressError.self) { try PRECIS.usernameCaseMapped(text) }
            return
        }
        let enforced = try PRECIS.usernameCaseMapped(text)
        #expect(Array(enforced.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(try Array(PRECIS.usernameCaseMapped(enforced).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(
        "RFC 8265 §3.6, RFC 8264 §4.2: userparts that are refused",
        arguments: [
            ("foo bar", .disallowed, 3), ("", .empty, 0), ("henry\u{2163}", .disallowed, 5),
            ("\u{221E}", .disallowed, 0),
            ("a\u{3000}b", .disallowed, 1), ("\u{1100}\u{1161}", .disallowed, 0), ("a\u{AD}", .disallowed, 1),
            ("a\u{200B}b", .disallowed, 1), ("\u{FB01}", .disallowed, 0), ("\u{E000}", .disallowed, 0),
            ("a\u{378}", .unassigned, 1), ("\u{FFFE}", .disallowed, 0), ("x\u{1F600}", .disallowed, 1),
            ("\u{640}", .disallowed, 0), ("\u{302E}", .disallowed, 0), ("\u{3031}", .disallowed, 0),
            ("\u{303B}", .disallowed, 0), ("\u{7FA}", .disallowed, 0), ("a\u{9}", .disallowed, 1),
            ("\u{B2}", .disallowed, 0),
            ("\u{20DD}", .disallowed, 0), ("a\u{85}", .disallowed, 1),
        ] as [(String, AddressError.Code, Int)]
    )
    func refusedUsernames(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try PRECIS.usernameCaseMapped(text) }
    }

    @Test(
        "RFC 5892 §A: contextual rules",
        arguments: [
            ("col\u{B7}legi", true), ("co\u{B7}legi", false), ("l\u{B7}", false), ("\u{B7}l", false),
            ("\u{375}\u{3B1}", true), ("\u{375}a", false), ("\u{3B1}\u{375}", false),
            ("\u{5D0}\u{5F3}", true), ("a\u{5F3}", false), ("\u{5F3}\u{5D0}", false), ("\u{5D0}\u{5F4}\u{5D1}", true),
            ("a\u{30FB}b", false), ("\u{30A2}\u{30FB}b", true), ("\u{30FB}", false), ("\u{30FB}\u{6F22}", true),
            ("\u{6F0}\u{6F1}", nil), ("\u{627}\u{660}\u{661}", true), ("\u{627}\u{660}\u{6F1}", false),
            ("\u{627}\u{6F0}\u{6F1}", true),
            ("\u{915}\u{94D}\u{200D}\u{937}", true), ("a\u{200D}b", false), ("\u{200D}", false),
            ("\u{915}\u{94D}\u{200C}\u{937}", true), ("a\u{200C}b", false),
            ("\u{646}\u{645}\u{647}\u{200C}\u{627}\u{6CC}", true), ("\u{627}\u{200C}\u{627}", false),
            ("\u{646}\u{200C}", false), ("\u{628}\u{64E}\u{200C}\u{64E}\u{628}", true),
        ] as [(String, Bool?)]
    )
    func contextualRules(_ text: String, _ holds: Bool?) throws {
        switch holds {
        case true: #expect(try PRECIS.usernameCaseMapped(text) == text)
        case false:
            #expect { try PRECIS.usernameCaseMapped(text) } throws: { ($0 as? AddressError)?.code == .context }
        default:
            // Extended Arabic-Indic digits are European numbers: valid in context, refused by no rule.
            #expect(try PRECIS.usernameCaseMapped(text) == text)
        }
    }

    @Test(
        "RFC 8265 §3.3.1: the Bidi Rule binds strings with right-to-left characters",
        arguments: [
            ("\u{5D0}\u{5D1}", true), ("\u{5D0}1", true), ("\u{627}\u{661}", true), ("\u{5D0}a", false),
            ("a\u{5D0}", false), ("1\u{5D0}", false), ("\u{5D0}-", false), ("\u{5D0}\u{5B0}", true),
            ("\u{627}1\u{661}", false), ("\u{5D0}.\u{5D1}", true), ("\u{661}", false), ("1-2", true),
        ] as [(String, Bool)]
    )
    func bidiRule(_ text: String, _ holds: Bool) throws {
        if holds {
            #expect(try PRECIS.usernameCaseMapped(text) == text)
        } else {
            #expect { try PRECIS.usernameCaseMapped(text) } throws: { ($0 as? AddressError)?.code == .bidi }
        }
    }

    @Test(
        "RFC 8265 §4.3: legal opaque strings",
        arguments: [
            ("correct horse battery staple", "correct horse battery staple"),
            ("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
            ("\u{3C0}\u{DF}\u{E5}", "\u{3C0}\u{DF}\u{E5}"), ("Jack of \u{2666}s", "Jack of \u{2666}s"),
            ("foo\u{1680}bar", "foo bar"), ("a\u{A0}\u{3000}b", "a  b"), ("e\u{301}", "\u{E9}"),
            ("\u{FF21}", "\u{FF21}"), ("henry\u{2163}", "henry\u{2163}"), ("a\u{5D0}", "a\u{5D0}"),
            ("\u{1F600}", "\u{1F600}"),
        ]
    )
    func opaqueStrings(_ text: String, _ expected: String) throws {
        let enforced = try PRECIS.opaqueString(text)
        #expect(Array(enforced.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(
        "RFC 8265 §4.3, RFC 8264 §4.3: opaque strings that are refused",
        arguments: [
            ("", .empty, 0), ("my cat is a \u{9}by", .disallowed, 12), ("\u{E9}\u{0}", .disallowed, 2),
            ("\u{E000}", .disallowed, 0), ("a\u{FE0F}", .disallowed, 1), ("\u{1F468}\u{200D}\u{1F469}", .context, 4),
            ("a\u{378}", .unassigned, 1), ("\u{1160}", .disallowed, 0), ("a\u{2028}", .disallowed, 1),
        ] as [(String, AddressError.Code, Int)]
    )
    func refusedOpaqueStrings(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try PRECIS.opaqueString(text) }
    }

    @Test("The input limit holds for both profiles")
    func inputLimit() {
        for text in [
            String(repeating: "a", count: PRECIS.inputLimit + 1), String(repeating: "\u{E9}", count: PRECIS.inputLimit),
        ] {
            #expect(throws: AddressError(.tooLong, "", at: PRECIS.inputLimit)) { try PRECIS.usernameCaseMapped(text) }
            #expect(throws: AddressError(.tooLong, "", at: PRECIS.inputLimit)) { try PRECIS.opaqueString(text) }
        }
        #expect((try? PRECIS.opaqueString(String(repeating: "a", count: PRECIS.inputLimit))) != nil)
    }

    @Test("Every assigned code point of the first planes passes or is refused, and what passes is stable")
    func allCodePoints() {
        for value in UInt32(0)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = String(scalar)
            if let enforced = try? PRECIS.usernameCaseMapped(text) {
                #expect((try? PRECIS.usernameCaseMapped(enforced)) == enforced, "U+\(String(value, radix: 16))")
            }
            if let enforced = try? PRECIS.opaqueString(text) {
                #expect((try? PRECIS.opaqueString(enforced)) == enforced, "U+\(String(value, radix: 16))")
            }
        }
    }
}
