import Testing

@testable import Interworking

@Suite("CallIDText")
struct CallIDTextTests {
    @Test(
        "RFC 3261 §25.1: word [ @ word ]",
        arguments: [
            "a", "29377446-0CBB-4296", "a@b.example", "<x>:\\\"/[]?{}`'~()!%*_+.-", String(repeating: "a", count: 256),
        ]
    )
    func legal(text: String) { #expect(CallIDText.isLegal(text)) }

    @Test(
        "Anything else is no Call-ID",
        arguments: [
            "", "a b", "a@", "@b", "a@b@c", "ünïcode id", "a;b", "a,b", "a\r\nb", "a&b",
            String(repeating: "a", count: 257),
        ]
    )
    func illegal(text: String) { #expect(!CallIDText.isLegal(text)) }
}

@Suite("SingleLine")
struct SingleLineTests {
    @Test(
        "RFC 3261 §25.1: line breaks, tabs and controls become single spaces",
        arguments: [
            ("a\r\nContact: x", "a Contact: x"), ("a\tb\u{7F}c", "a b c"), (" a ", "a"), ("\n\n", ""),
            ("a \n b", "a b"),
            ("a  b", "a  b"), ("é\u{85}x", "é x"), ("plain", "plain"), ("", ""),
        ]
    )
    func oneLine(text: String, expected: String) { #expect(SingleLine.text(text) == expected) }

    @Test("A limit counts characters and leaves no space at the end")
    func limit() {
        #expect(SingleLine.text("abc def", limit: 5) == "abc d")
        #expect(SingleLine.text("abc def", limit: 4) == "abc")
        #expect(SingleLine.text("ééé", limit: 2) == "éé")
        #expect(SingleLine.text("abc", limit: 3) == "abc")
    }
}
