import Testing

@testable import VectorSupport

@Suite("Placeholders")
struct PlaceholderTests {
    private func matches(_ template: String, _ text: String) -> Bool {
        var bindings = Bindings()
        return bindings.match(template, text)
    }

    /// What each of several matches in turn gives, with one set of bindings.
    private func matches(inTurn pairs: [(String, String)]) -> [Bool] {
        var bindings = Bindings()
        return pairs.map { bindings.match($0.0, $0.1) }
    }

    @Test("A placeholder stands for one or more characters")
    func oneOrMore() {
        #expect(matches("id=${id}", "id=a"))
        #expect(matches("${a}-${b}", "x-y-z"))
        #expect(!matches("id=${id}", "id="))
        #expect(!matches("id=${id};", "id=;"))
    }

    @Test("Text around a placeholder counts")
    func literals() {
        #expect(!matches("a${x}b", "aXc"))
        #expect(!matches("a${x}", "bX"))
        #expect(!matches("plain", "plane"))
    }

    @Test("The same name stands for the same text")
    func sameName() {
        #expect(matches(inTurn: [("${x}", "one"), ("${x}", "two"), ("<${x}>", "<one>")]) == [true, false, true])
        #expect(!matches("${x} ${x}", "a b"))
        #expect(matches("${x} ${x}", "a a"))
    }

    @Test("Different names may stand for equal text")
    func differentNames() { #expect(matches("${x} ${y}", "a a")) }

    @Test("A failed match binds nothing")
    func failureBindsNothing() {
        #expect(matches(inTurn: [("${x}!", "one?"), ("${x}", "two")]) == [false, true])
    }

    @Test("Placeholders for dates hold an RFC 3339 date-time")
    func dates() {
        #expect(matches("${datetime}", "2026-03-01T12:00:00Z"))
        #expect(!matches("${datetime}", "yesterday"))
    }

    @Test("A message id of receipts is a token (RFC 3862 §3.6)")
    func messageIDs() {
        #expect(matches("${imdnid}", "a-b.c"))
        #expect(!matches("${imdnid}", "a@b"))
    }

    @Test("Inputs are filled with what was bound")
    func filling() {
        var bindings = Bindings()
        let isBound = bindings.match("${tid}", "T1")
        #expect(isBound)
        #expect(
            bindings.filled(Array("MSRP ${tid} 200".utf8)).map { String(decoding: $0, as: UTF8.self) } == "MSRP T1 200"
        )
        #expect(bindings.filled(Array("${other}".utf8)) == nil)
    }

    @Test("What is no placeholder is text")
    func notPlaceholders() {
        #expect(matches("$5 {x} ${}", "$5 {x} ${}"))
        #expect(matches("${open", "${open"))
    }
}
