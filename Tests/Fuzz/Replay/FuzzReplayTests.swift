import Foundation
import FuzzTargets
import Testing

/// Inputs that fuzzing found, kept as files of `Found/TARGET/NAME`.
@Suite("Found inputs")
struct FuzzReplayTests {
    struct Found: Sendable, CustomTestStringConvertible {
        let target: String
        let file: URL

        var testDescription: String { "\(target)/\(file.lastPathComponent)" }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Found")

    private static func names(in folder: URL) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    static let found: [Found] = names(in: folder).flatMap { target in
        let inner = folder.appending(path: target)
        return names(in: inner).map { Found(target: target, file: inner.appending(path: $0)) }
    }

    @Test("What was found once holds", arguments: found)
    func holds(_ found: Found) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == found.target }, "no such target")
        try target.run(Array(Data(contentsOf: found.file)))
    }

    @Test("Every target takes the empty input and one byte", arguments: FuzzTarget.all.map(\.name))
    func takesAlmostNothing(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        try target.run([])
        for byte in UInt8.min...UInt8.max { try target.run([byte]) }
    }

    @Test("There are found inputs")
    func thereAreInputs() { #expect(!Self.found.isEmpty) }
}
