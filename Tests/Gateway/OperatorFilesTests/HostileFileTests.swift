import Foundation
import MappingTables
import OperatorFiles
import Testing

@Suite("Hostile mapping files")
struct HostileFileTests {
    private static let head = "format: isthmus-mapping/1\ntable: loss\nkind: loss\nabout: x\n"

    /// What a site file has wrong, over the shipped tables.
    private static func report(_ text: String) -> DiagnosticReport {
        let bytes = Array(text.utf8)
        let (root, found) = YAMLFile.read(bytes, name: "a.yaml")
        let files = FaultyTable.shipped + (root.map { [TableFile(layer: .site, root: $0)] } ?? [])
        return DiagnosticReport(
            found + TableCompiler.compile(files) { _ in "" }.diagnostics,
            sources: ["a.yaml": bytes]
        )
    }

    private static func codes(_ text: String) -> [String: Int] {
        report(text).diagnostics.reduce(into: [:]) { $0[$1.code, default: 0] += 1 }
    }

    @Test("Values that repeat each other a billion times are refused where they are written")
    func laughs() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (one, other) in zip("bcdefghij", "abcdefghi") {
            text += "\(one): &\(one) [" + Array(repeating: "*\(other)", count: 9).joined(separator: ", ") + "]\n"
        }
        let codes = Self.codes(text)
        #expect(codes["yaml-anchor"] == 10)
        #expect(codes["yaml-alias"] == 81)
    }

    @Test("A huge text, a huge list and a huge line are read or refused, and what is said of them is short")
    func huge() {
        let word = String(repeating: "x", count: 200_000)
        let reports = [
            Self.report(Self.head + "rows:\n  - {id: \(word), do: note}\n"),
            Self.report(Self.head + "rows: [" + String(repeating: "y, ", count: 5_000) + "]\n"),
            Self.report(Self.head + "rows: {" + String(repeating: "&a x, ", count: 4_000) + "}\n"),
        ]
        for report in reports {
            #expect(report.hasErrors)
            for diagnostic in report.diagnostics {
                #expect(diagnostic.message.unicodeScalars.count <= 2_000)
                #expect((diagnostic.help ?? "").unicodeScalars.count <= 2_000)
            }
            #expect(report.text.utf8.count < 50_000_000)
        }
    }

    @Test("Rows with a fault each have their findings, however many")
    func manyFaults() {
        let rows = (0..<2_000).map { "  - {id: r\($0), overrides: q\($0)}\n" }.joined()
        let codes = Self.codes(Self.head + "rows:\n" + rows)
        #expect(codes["unknown-override"] == 2_000)
        #expect(codes["unknown-loss"] == 2_000)
    }

    @Test(
        "Rows that replace each other in a circle, and one that is to replace a later one, say where the other stands"
    )
    func circles() {
        let circle = Self.report(
            Self.head + "rows:\n  - {id: a, overrides: b, do: note}\n  - {id: b, overrides: a, do: note}\n"
        )
        #expect(
            circle.diagnostics.filter { $0.code == "unknown-override" }.map(\.message) == [
                "\"a\" and \"b\" replace each other"
            ]
        )
        let later = Self.report(Self.head + "rows:\n  - {id: a, overrides: b, do: note}\n  - {id: b, do: note}\n")
        #expect(
            later.diagnostics.filter { $0.code == "unknown-override" }.map(\.message) == [
                "\"b\" stands behind this row, at a.yaml:7:5"
            ]
        )
        let itself = Self.codes(Self.head + "rows:\n  - {id: a, overrides: a, do: note}\n")
        #expect(itself["unknown-override"] == 1)
    }

    @Test("Profiles in a long chain are made in time, and in a circle each of them is named once")
    func profiles() {
        let head = "format: isthmus-mapping/1\ntable: profiles\nkind: profiles\nrows:\n"
        let chain = (0..<1_000).map { "  - {id: p\($0), extends: \($0 == 0 ? "default" : "p\($0 - 1)")}\n" }
        #expect(Self.codes(head + chain.reversed().joined()) == [:])
        let circle = (0..<1_000).map { "  - {id: p\($0), extends: p\(($0 + 1) % 1_000)}\n" }
        #expect(Self.codes(head + circle.joined()) == ["profile-cycle": 1_000, "not-total": 1_000])
    }

    @Test("Two profiles of one name are a fault, in whatever tables they stand")
    func conflict() {
        let text =
            "format: isthmus-mapping/1\ntable: profiles.mine\nkind: profiles\nrows:\n  - {id: stox, extends: default}\n"
        let found = Self.report(text).diagnostics
        #expect(found.map(\.pin) == ["5:10 duplicate-row"])
        #expect(found.first?.message.contains("00-standard/profiles.yaml:") == true)
    }

    @Test("Two rows for one class of losses are a fault, in whatever tables they stand")
    func losses() {
        let text =
            "format: isthmus-mapping/1\ntable: loss.mine\nkind: loss\nrows:\n  - {id: message.html, do: refuse}\n"
        #expect(Self.report(text).diagnostics.map(\.pin) == ["5:5 shadowed-row"])
    }

    @Test("A pipe, a folder and links that lead nowhere are named; nothing waits for them")
    func names() throws {
        let directory = try TemporaryDirectory()
        try directory.write("00-standard/good.yaml", "a: 1\n")
        try directory.write("00-standard/folder.yaml/a.yaml", "a: 1\n")
        let standard = directory.path + "/00-standard/"
        let pipe = Process()
        pipe.executableURL = URL(fileURLWithPath: "/usr/bin/mkfifo")
        pipe.arguments = [standard + "pipe.yaml"]
        try pipe.run()
        pipe.waitUntilExit()
        let files = FileManager.default
        try files.createSymbolicLink(atPath: standard + "one.yaml", withDestinationPath: standard + "other.yaml")
        try files.createSymbolicLink(atPath: standard + "other.yaml", withDestinationPath: standard + "one.yaml")
        let folder = MappingFolder(directory.path)
        #expect(folder.documents.map(\.path) == ["00-standard/good.yaml"])
        let found = DiagnosticReport(folder.diagnostics, sources: [:]).diagnostics
        #expect(
            found.map { "\($0.position.file) \($0.code)" } == [
                "00-standard/folder.yaml unknown-folder", "00-standard/one.yaml unreadable",
                "00-standard/other.yaml unreadable", "00-standard/pipe.yaml unreadable",
            ]
        )
    }

    @Test("A folder with too many names is not read, and said so once")
    func manyNames() throws {
        let directory = try TemporaryDirectory()
        try directory.write("00-standard/good.yaml", "a: 1\n")
        let site = directory.path + "/50-site"
        try FileManager.default.createDirectory(atPath: site, withIntermediateDirectories: true)
        for name in 0..<MappingFolder.nameLimit {
            _ = FileManager.default.createFile(atPath: "\(site)/.\(name)", contents: nil)
        }
        #expect(MappingFolder(directory.path).diagnostics == [])
        _ = FileManager.default.createFile(atPath: site + "/more.txt", contents: nil)
        let folder = MappingFolder(directory.path)
        #expect(folder.diagnostics.map { "\($0.position.file) \($0.code)" } == ["50-site too-many-files"])
        #expect(folder.documents.count == 1)
    }

    @Test("Words that other readers of YAML take for truths, numbers or dates stay text")
    func text() throws {
        for word in [
            "no", "yes", "on", "off", "true", "null", "~", "1.10", "0x1F", "0o17", "1_000", "2026-03-01", ".inf",
        ] {
            let root = try yamlRoot("a: \(word)\n")
            #expect(root["a"]?.text == word)
        }
    }
}
