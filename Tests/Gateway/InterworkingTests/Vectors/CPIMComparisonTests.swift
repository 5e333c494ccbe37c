import Testing

@testable import VectorSupport

@Suite("CPIMComparison")
struct CPIMComparisonTests {
    private static let head = [
        "From: A B <im:a@b.example>", "To: <im:c@d.example>", "Subject: one", "Subject:;lang=fr deux",
        "NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: m1",
    ]

    private func text(
        _ head: [String],
        mime: [String] = ["Content-Type: text/plain; charset=utf-8"],
        _ body: String = "hi"
    )
        -> [UInt8]
    {
        Array((head + [""] + mime + ["", ""]).joined(separator: "\r\n").utf8) + Array(body.utf8)
    }

    private func areEqual(_ expected: [UInt8], _ actual: [UInt8]) -> Bool {
        var bindings = Bindings()
        return CPIMComparison.differences(expected: expected, actual: actual, bindings: &bindings).isEmpty
    }

    private func isEqual(replacing index: Int, by line: String) -> Bool {
        var lines = Self.head
        lines[index] = line
        return areEqual(text(Self.head), text(lines))
    }

    @Test("Headers are a multiset, but those of one name keep their order")
    func order() {
        #expect(areEqual(text(Self.head), text(Self.head)))
        #expect(areEqual(text(Self.head), text([1, 0, 4, 5, 2, 3].map { Self.head[$0] })))
        #expect(!areEqual(text(Self.head), text([0, 1, 3, 2, 4, 5].map { Self.head[$0] })))
        #expect(!areEqual(text(Self.head), text(Array(Self.head.dropLast()))))
        #expect(!areEqual(text(Self.head), text(Self.head + ["X: y"])))
    }

    @Test("A prefix is declared before it is used, and any prefix will do")
    func namespaces() {
        #expect(!areEqual(text(Self.head), text([0, 1, 2, 3, 5, 4].map { Self.head[$0] })))
        var lines = Self.head
        lines[4] = "NS: q <urn:ietf:params:imdn>"
        lines[5] = "q.Message-ID: m1"
        #expect(areEqual(text(Self.head), text(lines)))
        lines[4] = "NS: q <urn:other>"
        #expect(!areEqual(text(Self.head), text(lines)))
    }

    @Test("Values compare after escapes are undone; parameters count")
    func values() {
        #expect(isEqual(replacing: 2, by: "Subject: \\u006fne"))
        #expect(!isEqual(replacing: 2, by: "Subject: One"))
        #expect(!isEqual(replacing: 3, by: "Subject:;lang=de deux"))
        #expect(!isEqual(replacing: 3, by: "Subject: deux"))
    }

    @Test("A formal name is equal as tokens and as a quoted string followed directly by its address")
    func formalNames() {
        #expect(isEqual(replacing: 0, by: "From: \"A B\"<im:a@b.example>"))
        #expect(!isEqual(replacing: 0, by: "From: \"A B\" <im:a@b.example>"))
        #expect(!isEqual(replacing: 0, by: "From: A C <im:a@b.example>"))
        #expect(!isEqual(replacing: 0, by: "From: <im:a@b.example>"))
        #expect(!isEqual(replacing: 0, by: "From: A B <im:A@b.example>"))
    }

    @Test("A DateTime may be present when none is listed; a listed one counts")
    func dateTime() {
        #expect(areEqual(text(Self.head), text(Self.head + ["DateTime: 2026-03-01T12:00:00Z"])))
        #expect(!areEqual(text(Self.head), text(Self.head + ["DateTime: today"])))
        let dated = Self.head + ["DateTime: 2026-03-01T12:00:00Z"]
        #expect(areEqual(text(dated), text(Self.head + ["DateTime: 2026-03-01T13:00:00+01:00"])))
        #expect(!areEqual(text(dated), text(Self.head + ["DateTime: 2026-03-01T12:00:01Z"])))
        #expect(!areEqual(text(dated), text(Self.head)))
    }

    @Test("Blanks too many and bare line feeds fail")
    func spacing() {
        #expect(!isEqual(replacing: 2, by: "Subject:  one"))
        #expect(!isEqual(replacing: 2, by: "Subject: one "))
        #expect(!areEqual(text(Self.head), text(Self.head).filter { $0 != 0x0D }))
    }

    @Test("MIME headers ignore the case of names; all of them count")
    func mimeHeaders() {
        #expect(areEqual(text(Self.head), text(Self.head, mime: ["content-type: Text/Plain;Charset=\"utf-8\""])))
        #expect(!areEqual(text(Self.head), text(Self.head, mime: ["Content-Type: text/html; charset=utf-8"])))
        #expect(
            !areEqual(
                text(Self.head),
                text(Self.head, mime: ["Content-Type: text/plain; charset=utf-8", "Content-ID: <x@y>"])
            )
        )
    }

    @Test("Content is exact, or compared as XML for XML types")
    func content() {
        #expect(!areEqual(text(Self.head), text(Self.head, "hi ")))
        let mime = ["Content-Type: application/pidf+xml"]
        let declaration = "<?xml version='1.0'?>"
        #expect(
            areEqual(
                text(Self.head, mime: mime, "<a b='1'/>"),
                text(Self.head, mime: mime, declaration + "<a b=\"1\"></a>")
            )
        )
        #expect(!areEqual(text(Self.head, mime: mime, "<a/>"), text(Self.head, mime: mime, declaration + "<b/>")))
    }
}
