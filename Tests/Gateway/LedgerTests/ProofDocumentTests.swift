import AuditTrail
import Digests
import Foundation
import Testing

@testable import Ledger

/// Proofs that another program verifies.
@Suite("ProofDocument")
struct ProofDocumentTests {
    private static let script = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("../../Proofs/verify.py").standardizedFileURL.path

    private func log(_ count: Int) throws -> (TemporaryDirectory, TrailFiles, NoteKey) {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("isthmus.db"))
        for number in 0..<count { try writer.perform([.audit(sampleEntry(.refused, "ä \"\(number)\""))]) }
        let key = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32)))
        let signer = try #require(NoteSigner(name: "gw.example.net/audit", key: key))
        let reader = try LedgerReader(path: directory.file("isthmus.db"))
        var exporter = try TrailExporter(path: directory.file("audit"), reader: reader, signer: signer) {
            mark throws(LedgerError) in try writer.perform([.exported(mark)])
        }
        while try exporter.step().hasMore {}
        try writer.perform([.audit(sampleEntry())])
        writer.close()
        return (directory, TrailFiles(directory.file("audit")), signer.publicKey)
    }

    /// What the second program says.
    private func verify(_ document: [UInt8], _ key: String) throws -> (code: Int32, text: String) {
        let directory = try TemporaryDirectory()
        try Data(document).write(to: URL(fileURLWithPath: directory.file("in")))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", ProofDocumentTests.script, key]
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: directory.file("in")))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("RFC 9162 §2.1.3.2: a second program, of Python's library alone, verifies the proof of each record")
    func secondProgram() throws {
        let (directory, files, key) = try log(5)
        for sequence in 1...5 as ClosedRange<Int64> {
            let document = try ProofDocument(of: sequence, in: files)
            let said = try verify(document.json, key.description)
            #expect(said.code == 0)
            #expect(said.text == "proved: record \(sequence) is one of 5 that gw.example.net/audit signed\n")
        }
        withExtendedLifetime(directory) {}
    }

    @Test("The second program refuses a record, path, signature or key that is another one")
    func secondProgramRefuses() throws {
        let (directory, files, key) = try log(3)
        let text = String(decoding: try ProofDocument(of: 2, in: files).json, as: UTF8.self)
        let other = try #require(NoteKey(name: key.name, key: SigningKey().publicKey))
        let seed = try #require(SigningKey(seed: [UInt8](repeating: 8, count: 32)))
        let forger = try #require(NoteSigner(name: key.name, key: seed))
        let note = Checkpoint(origin: key.name, size: 3, root: SHA256.hash([1])).signed(by: forger).written
        let forged = note.split(separator: "\n").last.map(String.init) ?? ""
        for (changed, reason) in [
            (text.replacing("gw.example.net", with: "gw.example.org", maxReplacements: 2), "does not lead"),
            (text.replacing("refused", with: "delivered"), "does not lead"),
            (text.replacing("\"size\":3", with: "\"size\":4"), "checkpoint is another"),
            (text.replacing("\"path\":[\"", with: "\"path\":[\"00"), "does not lead"),
            (text.replacing(/\u{2014} [^ ]+ [^\\]+/, with: forged), "key has not signed"),
        ] {
            #expect(changed != text)
            let said = try verify(Array(changed.utf8), key.description)
            #expect(said.code == 1 && said.text.contains(reason), "\(said)")
        }
        #expect(try verify(Array(text.utf8), other.description).text.contains("key has not signed"))
        #expect(try verify(Array(text.utf8), key.description).code == 0)
        withExtendedLifetime(directory) {}
    }

    @Test("What no file holds, what no checkpoint covers, and what was altered has no proof")
    func missing() throws {
        let (directory, files, _) = try log(3)
        #expect(throws: ProofDocument.Missing.record) { try ProofDocument(of: 4, in: files) }
        #expect(throws: ProofDocument.Missing.record) { try ProofDocument(of: 0, in: files) }
        let folder = TrailFolder(existing: directory.file("audit"))
        let segment = SegmentFile(first: 1)
        let whole = try folder.read(segment.name(.records))
        var altered = whole
        altered[30] ^= 1
        try Data(altered).write(to: URL(fileURLWithPath: folder.path(segment.name(.records))))
        #expect(throws: ProofDocument.Missing.hashes) { try ProofDocument(of: 1, in: files) }
        try Data().write(to: URL(fileURLWithPath: folder.path(segment.name(.checkpoints))))
        #expect(throws: ProofDocument.Missing.checkpoint) { try ProofDocument(of: 1, in: files) }
    }
}
