import Foundation

/// A copy of the shipped mapping files that a test may edit.
final class MappingsCopy: Sendable {
    private let url: URL

    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "isthmus-mappings-\(UUID().uuidString)")
        // A link would be copied as such, and edits would go to the shipped files.
        let shipped = URL(filePath: Tables.directory).resolvingSymlinksInPath()
        try FileManager.default.copyItem(at: shipped, to: url)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file of the site; none takes it away.
    func site(_ table: SiteTable?, name: String = "site.yaml") throws {
        let file = url.appending(path: "50-site/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        if let table {
            try Data(table.text.utf8).write(to: file)
        } else {
            try? FileManager.default.removeItem(at: file)
        }
    }
}
