import Testing

@testable import VectorSupport

@Suite("SIPComparison")
struct SIPComparisonTests {
    private static let head = [
        "MESSAGE sip:romeo@example.net SIP/2.0", "From: <sip:juliet@example.com;gr=a>;tag=t;x=y", "Subject: a b",
        "Content-Type: text/plain;charset=utf-8", "Accept: text/plain", "Content-Length: 2",
    ]

    private func text(_ lines: [String], _ body: String = "hi") -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private func areEqual(_ expected: [UInt8], _ actual: [UInt8]) -> Bool {
        var bindings = Bindings()
        return SIPComparison.differences(expected: expected, actual: actual, bindings: &bindings).isEmpty
    }

    /// Whether the sample equals itself with one line replaced.
    private func isEqual(replacing index: Int, by line: String) -> Bool {
        var lines = Self.head
        lines[index] = line
        return areEqual(text(Self.head), text(lines))
    }

    @Test("The method and the Request-URI decide")
    func requestLine() {
        #expect(areEqual(text(Self.head), text(Self.head)))
        #expect(isEqual(replacing: 0, by: "MESSAGE sip:%72omeo@EXAMPLE.net SIP/2.0"))
        #expect(!isEqual(replacing: 0, by: "MESSAGE sip:Romeo@example.net SIP/2.0"))
        #expect(!isEqual(replacing: 0, by: "MESSAGE sip:romeo@example.net;gr=x SIP/2.0"))
        #expect(!isEqual(replacing: 0, by: "NOTIFY sip:romeo@example.net SIP/2.0"))
    }

    @Test("The status code decides, the reason does not")
    func statusLine() {
        let expected = text(["SIP/2.0 404 ${reason}", "Content-Length: 2"])
        #expect(areEqual(expected, text(["SIP/2.0 404 Gone", "Content-Length: 2"])))
        #expect(!areEqual(expected, text(["SIP/2.0 400 Gone", "Content-Length: 2"])))
    }

    @Test("Names ignore case and compact form, white space collapses")
    func headerNames() {
        #expect(isEqual(replacing: 2, by: "s:  a \t b"))
        #expect(isEqual(replacing: 2, by: "SUBJECT: a b"))
        #expect(!isEqual(replacing: 2, by: "Subject: ab"))
        #expect(!isEqual(replacing: 2, by: "X-Subject: a b"))
    }

    @Test("Header parameters stand in any order; URI and header parameters are not the same")
    func addresses() {
        #expect(isEqual(replacing: 1, by: "f: \"J\" <sip:juliet@example.com;gr=a>;x=y;tag=t"))
        #expect(!isEqual(replacing: 1, by: "From: <sip:juliet@example.com>;gr=a;tag=t;x=y"))
        #expect(!isEqual(replacing: 1, by: "From: <sip:juliet@example.com;gr=b>;tag=t;x=y"))
        #expect(!isEqual(replacing: 1, by: "From: <sip:juliet@example.com;gr=a>;tag=u;x=y"))
        #expect(!isEqual(replacing: 1, by: "From: <sip:juliet@example.com;gr=a>;tag=t"))
        #expect(!isEqual(replacing: 1, by: "From: <sip:juliet@example.com;gr=a>;tag=t;x=y;z=1"))
        let bare = text(["SIP/2.0 200 OK", "To: sip:a@b.example;tag=1", "Content-Length: 0"], "")
        #expect(areEqual(bare, text(["SIP/2.0 200 OK", "To: <sip:a@b.example>;tag=1", "Content-Length: 0"], "")))
        #expect(!areEqual(bare, text(["SIP/2.0 200 OK", "To: <sip:a@b.example;tag=1>", "Content-Length: 0"], "")))
    }

    @Test("Headers that are not listed may be present, listed ones must")
    func presence() {
        #expect(areEqual(text(Self.head), text(Self.head + ["Via: SIP/2.0/UDP x", "Date: x"])))
        for index in 1..<5 {
            var lines = Self.head
            lines.remove(at: index)
            #expect(!areEqual(text(Self.head), text(lines)))
        }
    }

    @Test("Content-Length is the true length")
    func length() {
        #expect(!isEqual(replacing: 5, by: "Content-Length: 3"))
        #expect(!areEqual(text(Self.head), text(Array(Self.head.dropLast()))))
    }

    @Test("The charset of ASCII text may be absent, us-ascii or utf-8")
    func charset() {
        #expect(isEqual(replacing: 3, by: "Content-Type: text/plain"))
        #expect(isEqual(replacing: 3, by: "c: TEXT/plain; charset=\"US-ASCII\""))
        #expect(!isEqual(replacing: 3, by: "Content-Type: text/plain;charset=utf-16"))
        #expect(!isEqual(replacing: 3, by: "Content-Type: text/html;charset=utf-8"))
        let lines = ["SIP/2.0 200 OK", "Content-Type: text/plain;charset=utf-8", "Content-Length: 2"]
        let plain = ["SIP/2.0 200 OK", "Content-Type: text/plain", "Content-Length: 2"]
        #expect(!areEqual(text(lines, "é"), text(plain, "é")))
    }

    @Test("Text bodies are exact")
    func bodies() {
        #expect(!areEqual(text(Self.head), text(Self.head, "ho")))
        #expect(!areEqual(text(Self.head), text(Self.head, "hi\r\n")))
    }

    @Test("Header lines end with CR LF")
    func lineEnds() {
        let bare = Array((Self.head.joined(separator: "\n") + "\n\nhi").utf8)
        #expect(!areEqual(text(Self.head), bare))
    }

    @Test("Via parameters stand in any order, and placeholders are bound")
    func via() {
        let expected = text(
            ["SIP/2.0 200 OK", "Via: SIP/2.0/${t} ${h};branch=z9hG4bK${b};rport", "Content-Length: 0"],
            ""
        )
        #expect(areEqual(expected, text(["SIP/2.0 200 OK", "v: SIP/2.0/UDP h;rport;branch=z9hG4bKx", "l: 0"], "")))
        #expect(!areEqual(expected, text(["SIP/2.0 200 OK", "v: SIP/2.0/UDP h;rport;branch=z9hG4b", "l: 0"], "")))
        #expect(!areEqual(expected, text(["SIP/2.0 200 OK", "v: SIP/2.0/UDP h;rport;branch=x9hG4bKx", "l: 0"], "")))
    }
}
