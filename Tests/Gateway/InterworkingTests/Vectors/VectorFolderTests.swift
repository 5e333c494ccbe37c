import Foundation
import Testing

@testable import VectorSupport

@Suite("VectorFolder")
struct VectorFolderTests {
    @Test("File names are read by role, number and kind")
    func names() throws {
        let file = try #require(VectorFolder.classify("expected.2.error.xml", [1]))
        #expect(file.number == 2 && !file.isInput && file.kind == .stanzaError)
        #expect(VectorFolder.classify("in.pidf.xml", [1])?.kind == .pidf)
        for name in [
            "in", "in.txt", "out.xml", "in.0.xml", "expected.xml.bak", "in.none", "in.error.xml", ".gitattributes",
        ] {
            #expect(VectorFolder.classify(name, []) == nil, "\(name)")
        }
        #expect(VectorFolder.classify("expected.none", []) != nil)
        #expect(VectorFolder.classify("expected.none", [0x0A]) == nil)
    }

    @Test("An unused file, an unknown key and a missing input fail the folder")
    func faults() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-vector-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: directory.appending(path: name))
        }
        try write("about.txt", "Title: t\n")
        try write("in.xml", "<a/>")
        #expect(try VectorFolder(at: directory).faults.isEmpty)
        try write("notes.txt", "x")
        #expect(try VectorFolder(at: directory).faults.count == 1)
        try write("about.txt", "Titel: t\nno key\n")
        #expect(try VectorFolder(at: directory).faults.count == 3)
        try FileManager.default.removeItem(at: directory.appending(path: "in.xml"))
        #expect(try VectorFolder(at: directory).faults.count == 4)
    }

    @Test("The shipped folders are complete and have no faults")
    func shipped() {
        #expect(VectorFolder.shipped.count == 122)
        for folder in VectorFolder.shipped { #expect(folder.faults.isEmpty, "\(folder.name): \(folder.faults)") }
    }
}
