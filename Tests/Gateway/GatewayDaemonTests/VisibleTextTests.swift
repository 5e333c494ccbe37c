import Logging
import Synchronization
import Testing

@testable import GatewayDaemon

@Suite("Text that others wrote, on terminals and in logs")
struct VisibleTextTests {
    static let edges: [(UInt32, String)] = [
        (0x00, "\\u{0}"), (0x09, "\\t"), (0x0A, "\\n"), (0x0D, "\\r"), (0x1B, "\\u{1B}"), (0x1F, "\\u{1F}"),
        (0x7F, "\\u{7F}"), (0x80, "\\u{80}"), (0x85, "\\u{85}"), (0x9B, "\\u{9B}"), (0x9F, "\\u{9F}"),
        (0x61C, "\\u{61C}"), (0x200E, "\\u{200E}"), (0x200F, "\\u{200F}"), (0x2028, "\\u{2028}"),
        (0x2029, "\\u{2029}"), (0x202A, "\\u{202A}"), (0x202E, "\\u{202E}"), (0x2066, "\\u{2066}"),
        (0x2069, "\\u{2069}"),
    ]

    @Test("Controls, separators and marks of direction are written as escapes", arguments: edges)
    func escaped(_ value: UInt32, _ escape: String) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(VisibleText.line("a\(scalar)b") == "a\(escape)b")
    }

    @Test(
        "Their neighbors stay, and so does everything that is text",
        arguments: [0x20, 0x5C, 0x7E, 0xA0, 0x61B, 0x61D, 0x200D, 0x2010, 0x2027, 0x202F, 0x2065, 0x206A, 0x1F600]
    )
    func kept(_ value: UInt32) throws {
        let text = "a\(try #require(Unicode.Scalar(value)))b"
        #expect(VisibleText.line(text) == text)
        #expect(VisibleText.lines(text) == text)
    }

    @Test("A line end of two characters is two escapes in a line, and one line end in a text of lines")
    func lineEnds() {
        #expect(VisibleText.line("one\r\ntwo") == #"one\r\ntwo"#)
        #expect(VisibleText.lines("one\r\n\ttwo\u{1B}[2J\n\rthree\r\n") == "one\n\ttwo\\u{1B}[2J\n\\rthree\n")
        #expect(VisibleText.lines("") == "" && VisibleText.line("") == "")
    }

    /// Where lines of a log go in a test.
    private final class Sink: Sendable {
        let text = Mutex("")
    }

    @Test("An event of the log is one line, whatever a peer wrote into it")
    func log() {
        let sink = Sink()
        let lines = LogLines { written in sink.text.withLock { $0 += written } }
        let logger = Logger(label: "isthmus") { StreamLogHandler(label: $0, stream: lines) }
        logger.notice("bounced\n2026-03-01 notice isthmus: forged", metadata: ["reason": "a\u{1B}[2J\r\nb"])
        let text = sink.text.withLock { $0 }
        #expect(text.hasSuffix(#"bounced\n2026-03-01 notice isthmus: forged"# + "\n"), "\(text)")
        #expect(text.contains(#"reason=a\u{1B}[2J\r\nb"#))
        #expect(text.unicodeScalars.count { $0 == "\n" } == 1)
    }

    @Test("A log of JSON escapes the same characters as JSON does")
    func jsonLog() {
        var line = ""
        JSONLogHandler.append("a\"\\\n\u{1}\u{7F}\u{9B}\u{202E}ä", to: &line)
        #expect(line == #""a\"\\\n\u0001\u007f\u009b\u202eä""#)
    }
}
