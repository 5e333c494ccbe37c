import Foundation
import MappingTables
import OperatorFiles
import Testing

/// A mapping file with one fault, over the shipped tables.
struct FaultyTable: CustomTestStringConvertible, Sendable {
    let code: String
    let kind: String
    let table: String
    let rows: [String]
    var layer = TableFile.Layer.site
    /// What stands in place of the first three lines.
    var head: String?

    var testDescription: String { code }

    init(
        _ code: String,
        _ kind: String,
        _ table: String,
        _ rows: String...,
        layer: TableFile.Layer = .site,
        head: String? = nil
    ) {
        self.code = code
        self.kind = kind
        self.table = table
        self.rows = rows
        self.layer = layer
        self.head = head
    }

    var text: String {
        (head ?? "format: isthmus-mapping/1\ntable: \(table)\nkind: \(kind)\n") + "rows:\n"
            + rows.map { "  - \($0)\n" }.joined()
    }

    var path: String {
        if case .peer(let domain) = layer { "90-peers/\(domain)/mine.yaml" } else { "50-site/mine.yaml" }
    }

    /// What is found in the file.
    func report() -> DiagnosticReport {
        let bytes = Array(text.utf8)
        let (root, found) = YAMLFile.read(bytes, name: path)
        let files = Self.shipped + (root.map { [TableFile(layer: layer, root: $0)] } ?? [])
        let compiled = TableCompiler.compile(files) { _ in "" }
        return DiagnosticReport(found + compiled.diagnostics, sources: [path: bytes])
    }

    static let shipped = MappingFolder(Checkout.root.appendingPathComponent("Mappings").path).documents.map {
        TableFile(layer: .standard, root: $0.root)
    }

    static let all = [
        FaultyTable("unknown-format", "loss", "loss", head: "format: isthmus-mapping/2\ntable: loss\nkind: loss\n"),
        FaultyTable("wrong-kind", "loss", "errors", "{id: message.html, do: refuse}"),
        FaultyTable("wrong-type", "loss", "loss", "message.html"),
        FaultyTable(
            "unknown-column",
            "fields",
            "message.xmpp",
            "{id: urgency, xmpp: {element: urgency, namespace: n, atribute: x}, cpim: {header: U, namespace: \"urn:n\"}}"
        ),
        FaultyTable("missing-column", "routes", "routes", "{id: acme, profile: stox}"),
        FaultyTable("unknown-value", "loss", "loss", "{id: message.html, overrides: message.html, do: refse}"),
        FaultyTable(
            "unknown-field",
            "fields",
            "message.xmpp",
            "{id: text, overrides: body, xmpp: bdy, cpim: content}"
        ),
        FaultyTable(
            "unknown-switch",
            "routes",
            "routes",
            "{id: acme, match: {domain: acme.example}, set: {msg.carier: sip}}"
        ),
        FaultyTable("unknown-loss", "loss", "loss", "{id: message.htm, do: refuse}"),
        FaultyTable(
            "unknown-table",
            "fields",
            "message.xmpp",
            "{id: mood, xmpp: subject, cpim: content, convert: values, values: presence.mods, on-error: drop}"
        ),
        FaultyTable("unknown-profile", "routes", "routes", "{id: acme, match: {domain: acme.example}, profile: stx}"),
        FaultyTable(
            "unknown-override",
            "errors",
            "errors",
            "{id: busy, overrides: sip-468, sip: {status: 486}, xmpp: {condition: conflict, type: wait}, way: to-xmpp}"
        ),
        FaultyTable("duplicate-row", "loss", "loss", "{id: message.html, do: refuse}"),
        FaultyTable("bad-name", "fields", "message.sip", "{id: urgency, sip: {header: \"X-Urgency:\"}, cpim: subject}"),
        FaultyTable("bad-pattern", "addresses", "addresses", "{id: corp, xmpp: juliet@x, cpim: \"{user}@y\"}"),
        FaultyTable(
            "not-for-peers",
            "profiles",
            "profiles",
            "{id: plain, extends: stox}",
            layer: .peer("acme.example")
        ),
        FaultyTable(
            "profile-cycle",
            "profiles",
            "profiles",
            "{id: one, extends: other}",
            "{id: other, extends: one}"
        ),
        FaultyTable(
            "not-total",
            "values",
            "presence.mine",
            "{id: on, xmpp: {show: away}, pidf: {basic: open}, relation: equal}"
        ),
        FaultyTable(
            "not-reversible",
            "addresses",
            "addresses",
            "{id: corp, xmpp: \"{user}@corp.example\", cpim: \"{user}@sip.corp.example\"}"
        ),
        FaultyTable(
            "unreachable-row",
            "routes",
            "routes",
            "{id: all, match: {domain: \"*.example\"}, profile: stox}",
            "{id: acme, match: {domain: acme.example}, profile: default}"
        ),
        FaultyTable(
            "shadowed-row",
            "errors",
            "errors",
            "{id: busy, sip: {status: 486}, xmpp: {condition: conflict, type: wait}, way: to-xmpp}"
        ),
    ]
}

@Suite("Diagnostic codes of tables")
struct MappingCodeTests {
    private static let folder = DiagnosticCodeTests.folder.appendingPathComponent("Mappings")

    @Test("Each code stands in the file, and its whole text is pinned", arguments: FaultyTable.all)
    func codes(_ file: FaultyTable) throws {
        let report = file.report()
        #expect(report.diagnostics.contains { $0.code == file.code }, "\(report.text)")
        #expect(report.diagnostics.allSatisfy { $0.position.file == file.path }, "\(report.text)")
        try expectGolden(report.text, in: Self.folder.appendingPathComponent(file.code + ".txt"))
    }

    @Test("Every code that the compiler gives has its snapshot, and every snapshot its code")
    func everyCode() throws {
        var given: Set<String> = []
        let sources = Checkout.root.appendingPathComponent("Sources/Gateway/MappingTables/Compiling")
        for url in try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil) {
            let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
            for match in text.matches(of: /[(,?:]\s*"([a-z]+(?:-[a-z]+)+)"(?=,| :)/) { given.insert(String(match.1)) }
        }
        // A column of rows, and a sentence's ends.
        given.subtract(["on-error"])
        #expect(given == Set(FaultyTable.all.map(\.code)))
        let stored = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(stored) == Set(FaultyTable.all.map { $0.code + ".txt" }))
    }
}

@Suite("Article on findings")
struct FindingsPageTests {
    private static let page = Checkout.root.appendingPathComponent(
        "Sources/Gateway/GatewayDaemon/Documentation.docc/Findings.md"
    )

    /// The sections by their codes.
    private static func sections() throws -> [String: String] {
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        let parts = text.components(separatedBy: "\n### `").dropFirst().map { part in
            (part.components(separatedBy: "`").first ?? "", part.components(separatedBy: "\n## ").first ?? "")
        }
        return Dictionary(parts, uniquingKeysWith: { $0 + $1 })
    }

    @Test("Each code has a section that says what it means, what makes it and how to mend it")
    func everyCode() throws {
        let sections = try Self.sections()
        var codes: Set<String> = [
            "unknown-file", "unknown-folder", "missing-folder", "peer-domain", "too-many-files", "unreadable",
            "invalid-utf-8", "file-too-large", "too-many-nodes", "test-failed", "case-failed", "expiring",
            "certificate-name",
        ]
        codes.formUnion(FaultyFile.all.map(\.code) + FaultyTable.all.map(\.code))
        let certificates = Checkout.root.appendingPathComponent(
            "Sources/Channels/TLSChannels/Contexts/TLSConfigurationError.swift"
        )
        let text = String(decoding: try Data(contentsOf: certificates), as: UTF8.self)
        for match in text.matches(of: /\n {8}case \w+(?: = "([a-z-]+)")?\n/) {
            codes.insert(String(match.1 ?? match.0.split(separator: " ").last?.dropLast() ?? ""))
        }
        #expect(Set(sections.keys) == codes)
        for (code, section) in sections {
            #expect(section.contains("\n\nTo mend it: "), "\(code)")
        }
    }

    @Test("The program prints what the page says")
    func samePage() throws {
        let text = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
        #expect(text.hasSuffix("\n\n" + FindingGuide.markdown))
        #expect(Set(FindingGuide.codes).count == FindingGuide.codes.count)
        #expect(FindingGuide.entry("unknown-valeu") == nil)
        let entry = try #require(FindingGuide.entry("unknown-value"))
        #expect(FindingGuide.text(entry).hasPrefix("unknown-value\n\n"))
        #expect(FindingGuide.text(entry).contains("did you mean \"refuse\"?"))
    }

    @Test("A code is printed alone, so that nothing in it stands above")
    func alone() {
        for entry in FindingGuide.codes.compactMap({ FindingGuide.entry($0) }) {
            let text = entry.meaning + " " + entry.remedy
            #expect(!text.lowercased().contains("as above"), "\(entry.code)")
        }
    }

    @Test("The list has each code with one sentence on a line of its own")
    func list() {
        let lines = FindingGuide.list.split(separator: "\n").filter { $0.hasPrefix("  ") }
        #expect(lines.map { String($0.split(separator: " ")[0]) } == FindingGuide.codes)
        #expect(lines.allSatisfy { $0.hasSuffix(".") && !$0.contains("`") })
    }

    @Test("The examples of the sections are what the program prints")
    func examples() throws {
        let sections = try Self.sections()
        let reports =
            FaultyFile.all.filter { $0.code != "wrong-type" }.map { ($0.code, $0.report) }
            + FaultyTable.all.map { ($0.code, $0.report()) }
        for (code, report) in reports {
            #expect(sections[code]?.contains("\n```\n" + report.text + "```\n") == true, "\(code)")
        }
    }
}
