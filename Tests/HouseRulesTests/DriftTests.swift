import Foundation
import Testing

/// What drifts when nobody looks: folders, pages, comments at the head of tables, and paths that lead out.
@Suite("Drift")
struct DriftTests {
    /// Text files of the project, without this one.
    private static let texts: [SourceTree.File] = {
        let kinds: Set<String> = ["swift", "md", "yaml", "sh", "py", "txt", "tsv", "h", "modulemap"]
        let folders = ["Sources", "Tests", "Mappings", "Config"].flatMap {
            SourceTree.files(under: $0, extensions: kinds)
        }
        return (folders + ["README.md", "Package.swift", ".ci/run"].compactMap(SourceTree.file))
            .filter { !$0.path.hasSuffix("/DriftTests.swift") }
    }()

    @Test("Each shipped table opens with a comment")
    func tablesOpenWithComments() {
        let tables = SourceTree.files(under: "Mappings/00-standard", extensions: ["yaml"])
        #expect(tables.count >= 7)
        for table in tables {
            let first = table.lines.first ?? ""
            #expect(first.hasPrefix("# ") && first.count > 30, "\(table.path) does not say what it decides")
            let isSafe = table.lines.contains { $0.hasPrefix("# Safe to change") }
            #expect(isSafe, "\(table.path) does not say what is safe to change")
        }
    }

    @Test("Nothing names a path outside the project, or where and with what it was written")
    func nothingLeadsOut() {
        #expect(Self.texts.count > 300)
        let forbidden = [
            "/work/", "/home/", "/Users/", "../shared", "worktree", "Claude", "Anthropic", "ChatGPT", "Copilot",
        ]
        for file in Self.texts {
            let text = file.lines.joined(separator: "\n")
            for word in forbidden where text.contains(word) {
                let line = (file.lines.firstIndex { $0.contains(word) } ?? 0) + 1
                Issue.record("\(file.path):\(line) names \(word)")
            }
        }
    }

    @Test("Each folder with tests is a target, so that none is left out")
    func testFoldersAreTargets() throws {
        let package = try #require(SourceTree.file("Package.swift")).lines.joined(separator: "\n")
        var folders: Set<String> = []
        for file in SourceTree.tests where !file.path.hasPrefix("Tests/Benchmarks/") {
            let parts = file.path.split(separator: "/").map(String.init)
            let isLayer = ["Protocols", "Channels", "Gateway"].contains(parts[1])
            folders.insert(parts[isLayer ? 2 : 1])
        }
        #expect(folders.count > 15)
        for folder in folders {
            let isTarget = package.contains("\"\(folder)\"")
            #expect(isTarget, "Package.swift has no target \(folder)")
        }
    }

    @Test("Each module has a page with an example, and each example is compiled by a test")
    func modulesHavePages() {
        let modules = Set(SourceTree.sources.filter { $0.layer != "isthmus" }.map { "\($0.layer)/\($0.module)" })
        #expect(modules.count > 15)
        let tests = SourceTree.tests.map { Self.trimmed($0.lines) }
        for module in modules {
            let name = module.split(separator: "/").last ?? ""
            guard let page = SourceTree.file("Sources/\(module)/Documentation.docc/\(name).md") else {
                Issue.record("Sources/\(module) has no Documentation.docc/\(name).md")
                continue
            }
            let examples = Self.examples(page)
            #expect(!examples.isEmpty, "\(page.path) has no example")
            for example in examples {
                let isCompiled = tests.contains { Self.contains($0, example) }
                #expect(isCompiled, "\(page.path): no test has the example that begins with \(example.first ?? "")")
            }
        }
    }

    @Test("The page of the tables lists each code, switch, converter and class of losses")
    func mappingsPageIsWhole() throws {
        let path = "Sources/Gateway/GatewayDaemon/Documentation.docc/Mappings.md"
        let page = try #require(SourceTree.file(path)).lines.joined(separator: "\n")
        func words(_ file: String, _ pattern: Regex<(Substring, Substring)>) -> [String] {
            let text = SourceTree.file("Sources/Gateway/MappingTables/" + file)?.lines.joined(separator: "\n") ?? ""
            return text.matches(of: pattern).map { String($0.1) }
        }
        let switches = words("Switches/Switch.swift", /: \("([a-z0-9.-]+)", \./)
        let converters = words("Fields/Converter.swift", /case [A-Za-z]+ = "([a-z-]+)"/)
        let losses = words("Loss/LossClass.swift", /= "((?:message|presence)\.[a-z.]+)"/)
        let codes = SourceTree.sources.filter { ["MappingTables", "OperatorFiles"].contains($0.module) }.flatMap {
            $0.lines.joined(separator: "\n").matches(
                of:
                    /(?:findings\.add|findings\.unknown|fault|\.error|\.warning)\(\s*(?:[^,"]+,\s*)?"([a-z]+(?:-[a-z]+)+)"/
            ).map { String($0.1) }
        }
        #expect(switches.count > 20 && converters.count > 4 && losses.count > 10 && Set(codes).count > 40)
        // The columns and the steps of tables of values.
        let columns = words("Values/ValueColumn.swift", /name: "([a-z-]+)"/)
        let steps = words("Values/SubscriptionStep.swift", /= "([a-z-]+)"/)
        #expect(columns.count > 15 && steps.count > 1)
        for word in Set(columns + steps).sorted() {
            let isThere = page.contains("`\(word)`")
            #expect(isThere, "\(path) does not tell of `\(word)`")
        }
        for word in Set(switches + converters + losses + codes).sorted() {
            let isThere = page.contains("`\(word)`")
            #expect(isThere, "\(path) does not tell of `\(word)`")
        }
    }

    // MARK: Examples

    /// The Swift blocks of a page, without imports and indentation.
    private static func examples(_ page: SourceTree.File) -> [[Substring]] {
        var examples: [[Substring]] = []
        var block: [Substring]?
        for line in page.lines {
            if line.hasPrefix("```") {
                if let lines = block, !lines.isEmpty { examples.append(trimmed(lines)) }
                block = block == nil && line == "```swift" ? [] : nil
            } else {
                block?.append(line)
            }
        }
        return examples
    }

    private static func trimmed(_ lines: [Substring]) -> [Substring] {
        lines.filter { !$0.hasPrefix("import ") }.map { line in
            // An example is private in its test, so that the examples of two modules do not meet.
            let line = line.drop { $0 == " " }
            return line.hasPrefix("private ") ? line.dropFirst("private ".count) : line
        }.filter { !$0.isEmpty }
    }

    private static func contains(_ lines: [Substring], _ part: [Substring]) -> Bool {
        guard let first = part.first else { return true }
        return lines.indices.contains { start in
            lines[start] == first && lines[start...].prefix(part.count).elementsEqual(part)
        }
    }
}
