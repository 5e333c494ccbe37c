import Foundation
import GatewayDaemon
import Interworking
import MappingTables
import OperatorFiles
import Testing

/// The tables that the article on mappings shows are tables.
@Suite("Article on mappings")
struct MappingsPageTests {
    private static let page = "Sources/Gateway/GatewayDaemon/Documentation.docc/Mappings.md"

    /// The YAML blocks of the page.
    private static func tables() throws -> [String] {
        let text = try String(contentsOfFile: Checkout.path(page), encoding: .utf8)
        return text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test("all tables of the page compile together over the shipped ones, and their tests pass")
    func tablesHold() throws {
        let tables = try Self.tables()
        #expect(tables.count == 10)
        let files = FileManager.default
        let folder = files.temporaryDirectory.appending(path: "isthmus-page-\(UUID().uuidString)")
        defer { try? files.removeItem(at: folder) }
        let site = folder.appending(path: "50-site")
        try files.createDirectory(at: site, withIntermediateDirectories: true)
        let shipped = Checkout.path("Mappings/00-standard")
        try files.copyItem(atPath: shipped, toPath: folder.appending(path: "00-standard").path(percentEncoded: false))
        for (index, table) in tables.enumerated() {
            try table.write(to: site.appending(path: "\(index).yaml"), atomically: true, encoding: .utf8)
        }
        let loaded = MappingLoader.load(directory: folder.path(percentEncoded: false))
        #expect(loaded.diagnostics.map(\.description) == [])
        let report = TableTestRunner(try #require(loaded.generation)).run()
        #expect(report.outcomes.filter { !$0.passed }.map(\.difference) == [])
    }

    @Test("The page lists each code that a check can give")
    func codes() throws {
        let text = try String(contentsOfFile: Checkout.path(Self.page), encoding: .utf8)
        let list = try #require(text.components(separatedBy: "\n## Findings\n").last)
        #expect(FindingGuide.codes.filter { !list.contains("`\($0)`") } == [])
    }
}
