import Foundation

/// The project's files, read once.
struct SourceTree {
    struct File {
        /// The path from the top of the project.
        let path: String
        let lines: [Substring]

        var module: String { path.split(separator: "/").dropFirst(2).first.map(String.init) ?? "" }
        var layer: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let sources: [File] = files(under: "Sources", extensions: ["swift"])
    static let tests: [File] = files(under: "Tests", extensions: ["swift"])
    static let mappings: [File] = files(under: "Mappings", extensions: ["yaml"])

    /// One file by its path from the top; nil when it is not there.
    static func file(_ path: String) -> File? {
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
        return File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    static func files(under folder: String, extensions: Set<String>) -> [File] {
        let base = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else { return [] }
        var found: [File] = []
        for case let url as URL in walker where extensions.contains(url.pathExtension) {
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
            let path = String(url.path(percentEncoded: false).dropFirst(root.path(percentEncoded: false).count))
            found.append(File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
        }
        return found.sorted { $0.path < $1.path }
    }
}
