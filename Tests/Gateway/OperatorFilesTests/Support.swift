import Foundation
import MappingTables
import OperatorFiles
import Testing

/// Where the files of the checkout are.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// Compares with a stored file; `UPDATE_GOLDENS=1` stores it.
func expectGolden(_ text: String, in file: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }
    let stored = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(stored == text, "\(file.lastPathComponent)", sourceLocation: sourceLocation)
}

/// A directory that is removed with its owner.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("operator-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and the folders above it.
    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}

extension Diagnostic {
    /// `LINE:COLUMN CODE`, what tests pin.
    var pin: String { "\(position.line):\(position.column) \(code)" }
}

/// The pins of what a YAML text has wrong.
func yamlFaults(_ text: String) -> [String] {
    YAMLFile.read(Array(text.utf8), name: "a.yaml").diagnostics.map(\.pin)
}

/// The tree of a YAML text without faults.
func yamlRoot(_ text: String) throws -> MappingNode {
    let (root, diagnostics) = YAMLFile.read(Array(text.utf8), name: "a.yaml")
    #expect(diagnostics == [])
    return try #require(root)
}
