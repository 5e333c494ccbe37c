import Foundation
import MappingTables
import OperatorFiles
import Testing

@Suite("MappingFolder")
struct MappingFolderTests {
    @Test("Files come in the order of folder, peer and name")
    func order() throws {
        let directory = try TemporaryDirectory()
        for name in [
            "90-peers/b.example/x.yaml", "90-peers/a.example/y.yaml", "50-site/a.yaml", "00-standard/b.yaml",
            "00-standard/a.yaml", "00-standard/.a.yaml.swp", ".git/config", "examples/c.yaml",
        ] {
            try directory.write(name, "table: \(name)\n")
        }
        let folder = MappingFolder(directory.path)
        #expect(folder.diagnostics == [])
        #expect(
            folder.documents.map(\.path) == [
                "00-standard/a.yaml", "00-standard/b.yaml", "50-site/a.yaml", "90-peers/a.example/y.yaml",
                "90-peers/b.example/x.yaml",
            ]
        )
        #expect(
            folder.documents.map(\.layer) == [
                .standard, .standard, .site, .peer("a.example"), .peer("b.example"),
            ]
        )
        #expect(
            folder.documents[2].root["table"]?.position == SourcePosition(file: "50-site/a.yaml", line: 1, column: 8)
        )
        #expect(folder.documents[2].source == Array("table: 50-site/a.yaml\n".utf8))
    }

    @Test("No file is left out unseen; all findings come in one run")
    func unknownNames() throws {
        let directory = try TemporaryDirectory()
        for name in [
            "00-standard/a.yaml", "00-standard/b.yml", "00-standard/more/c.yaml", "50-sites/d.yaml", "README.md",
            "90-peers/loose.yaml", "90-peers/Example.NET/e.yaml", "90-peers/a b/f.yaml",
        ] {
            try directory.write(name, "a: 1\n")
        }
        try directory.write("50-site/twice.yaml", "a: 1\na: 2\n")
        try directory.write("50-site/open.yaml", "a: [\n")
        let folder = MappingFolder(directory.path)
        #expect(folder.documents.map(\.path) == ["00-standard/a.yaml"])
        let report = DiagnosticReport(folder.diagnostics, sources: folder.sources)
        #expect(
            report.diagnostics.map { "\($0.position.file) \($0.code)" } == [
                "00-standard/b.yml unknown-file", "00-standard/more unknown-folder", "50-site/open.yaml yaml-syntax",
                "50-site/twice.yaml duplicate-key", "50-sites unknown-folder", "90-peers/Example.NET peer-domain",
                "90-peers/a b peer-domain", "90-peers/loose.yaml unknown-file", "README.md unknown-file",
            ]
        )
        try expectGolden(report.text, in: DiagnosticCodeTests.folder.appendingPathComponent("folder.txt"))
    }

    @Test("A directory that is not there, and one without the shipped tables, are named")
    func missing() throws {
        let directory = try TemporaryDirectory()
        #expect(MappingFolder(directory.path).diagnostics.map(\.code) == ["missing-folder"])
        let absent = MappingFolder(directory.path + "/none")
        #expect(
            absent.diagnostics.map(\.description) == [
                "\(directory.path)/none:1:1: error: this cannot be read: there is no such file or folder [unreadable]"
            ]
        )
        // Who sees the path alone does not know which key names it.
        #expect(absent.diagnostics.first?.help?.contains("gateway: mappings:") == true)
    }

    @Test("A file that is none, and one that is too large, are not read")
    func notFiles() throws {
        let directory = try TemporaryDirectory()
        try directory.write("00-standard/large.yaml", String(repeating: "#", count: YAMLLimits().bytes + 1))
        try directory.write("00-standard/whole.yaml", String(repeating: "#", count: YAMLLimits().bytes))
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/00-standard/lost.yaml",
            withDestinationPath: directory.path + "/nowhere"
        )
        let folder = MappingFolder(directory.path)
        #expect(folder.documents.map(\.path) == ["00-standard/whole.yaml"])
        #expect(
            folder.diagnostics.map { "\($0.position.file) \($0.code)" } == [
                "00-standard/large.yaml file-too-large", "00-standard/lost.yaml unreadable",
            ]
        )
    }

    @Test("The number of files is bounded")
    func fileLimit() throws {
        let directory = try TemporaryDirectory()
        for number in 0...MappingFolder.fileLimit { try directory.write("00-standard/\(10_000 + number).yaml", "") }
        let folder = MappingFolder(directory.path)
        #expect(folder.documents.count == MappingFolder.fileLimit)
        #expect(
            folder.diagnostics.map { "\($0.position.file) \($0.code)" } == ["00-standard/11000.yaml too-many-files"]
        )
    }
}
