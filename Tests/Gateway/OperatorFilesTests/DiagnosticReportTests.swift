import Foundation
import MappingTables
import OperatorFiles
import Testing

@Suite("DiagnosticReport")
struct DiagnosticReportTests {
    private func diagnostic(
        _ line: Int,
        _ column: Int,
        _ message: String = "wrong",
        file: String = "a.yaml",
        help: String? = nil,
        severity: Diagnostic.Severity = .error
    ) -> Diagnostic {
        Diagnostic(
            severity: severity,
            position: SourcePosition(file: file, line: line, column: column),
            message: message,
            code: "some-code",
            help: help,
            length: 2
        )
    }

    @Test("Findings come sorted by place, each once, with line, caret and help")
    func text() {
        let second = diagnostic(2, 4, help: "write x")
        let report = DiagnosticReport(
            [second, diagnostic(1, 1), diagnostic(1, 3, file: "A.yaml"), second],
            sources: ["a.yaml": Array("\u{FEFF}one\r\nä: two\r\n".utf8)]
        )
        #expect(
            report.text == """
                A.yaml:1:3: error: wrong [some-code]
                a.yaml:1:1: error: wrong [some-code]
                     1 | one
                       | ^~
                a.yaml:2:4: error: wrong [some-code]
                     2 | ä: two
                       |    ^~
                  help: write x

                """
        )
    }

    @Test("JSON has the fields of the text but the source line")
    func json() throws {
        let report = DiagnosticReport(
            [diagnostic(2, 4, "a \"b\" \\ \u{1B}\né"), diagnostic(1, 1, help: "x", severity: .warning)],
            sources: [:]
        )
        #expect(
            report.json == #"""
                [
                {"file":"a.yaml","line":1,"column":1,"endLine":1,"endColumn":3,"severity":"warning","code":"some-code","message":"wrong","help":"x"},
                {"file":"a.yaml","line":2,"column":4,"endLine":2,"endColumn":6,"severity":"error","code":"some-code","message":"a \"b\" \\ \u001b\u000aé","help":null}
                ]

                """#
        )
        let objects = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [[String: Any]]
        #expect(objects?.last?["message"] as? String == "a \"b\" \\ \u{1B}\né")
        #expect(DiagnosticReport([], sources: [:]).json == "[]\n")
        #expect(DiagnosticReport([], sources: [:]).text == "")
    }

    @Test("Warnings alone are no errors")
    func severity() {
        #expect(!DiagnosticReport([diagnostic(1, 1, severity: .warning)], sources: [:]).hasErrors)
        #expect(DiagnosticReport([diagnostic(1, 1)], sources: [:]).hasErrors)
    }

    @Test("Nothing from a file steers the terminal", arguments: ["\u{1B}", "\u{9B}", "\u{202E}", "\u{2028}", "\r"])
    func printable(_ character: String) {
        let report = DiagnosticReport(
            [diagnostic(1, 1, "x\(character)y", help: character)],
            sources: ["a.yaml": Array("a\(character)b\n".utf8)]
        )
        #expect(!report.text.contains(character))
        #expect(report.text.contains("a\u{FFFD}b"))
    }

    @Test("Long lines are cut, and left out where the place is far to the right")
    func longLines() {
        let line = String(repeating: "x", count: 10_000)
        let near = DiagnosticReport([diagnostic(1, 400)], sources: ["a.yaml": Array(line.utf8)]).text
        #expect(near.contains("x…\n"))
        #expect(near.utf8.count < 1_200)
        #expect(!DiagnosticReport([diagnostic(1, 401)], sources: ["a.yaml": Array(line.utf8)]).text.contains("xx"))
    }

    @Test("A line outside the file is left out")
    func outside() {
        #expect(
            DiagnosticReport([diagnostic(9, 1)], sources: ["a.yaml": [0x61]]).text
                == "a.yaml:9:1: error: wrong [some-code]\n"
        )
    }
}
