import Foundation
import Testing

@testable import Ledger

@Suite("StateDirectory")
struct StateDirectoryTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("The directory and its files are private")
    func privateFiles() throws {
        let parent = try TemporaryDirectory()
        let state = try StateDirectory(path: parent.file("state"))
        #expect(try mode(state.path) == 0o700)
        let writer = try openWriter(state.databasePath)
        try writer.perform([.audit(sampleEntry())])
        for name in ["isthmus.db", "isthmus.db-wal", "isthmus.db-shm", "isthmus.lock"] {
            #expect(try mode(parent.file("state/\(name)")) == 0o600)
        }
        writer.close()
    }

    @Test("A second owner is refused and told who the first is; afterwards the directory is free")
    func exclusiveOwner() throws {
        let parent = try TemporaryDirectory()
        let path = parent.file("state")
        #expect(StateDirectory.owner(of: path) == nil)
        var first: StateDirectory? = try StateDirectory(path: path)
        #expect(StateDirectory.owner(of: path) == ProcessInfo.processInfo.processIdentifier)
        do {
            _ = try StateDirectory(path: path)
            Issue.record("two owners")
        } catch {
            #expect(error.code == .locked)
            #expect(error.reason.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
            #expect(!error.remedy.isEmpty)
        }
        #expect(first != nil)
        first = nil
        #expect(StateDirectory.owner(of: path) == nil)
        #expect(throws: Never.self) { try StateDirectory(path: path) }
    }

    @Test("Another process that holds the lock is refused too")
    func otherProcess() throws {
        let parent = try TemporaryDirectory()
        let state = try StateDirectory(path: parent.file("state"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["-n", StateDirectory.lockPath(in: state.path), "true"]
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/flock") else { return }
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
    }

    @Test("A directory whose parent is missing cannot be opened")
    func missingParent() throws {
        let parent = try TemporaryDirectory()
        #expect(throws: LedgerError(.cannotOpen, "")) { try StateDirectory(path: parent.file("none/state")) }
    }
}
