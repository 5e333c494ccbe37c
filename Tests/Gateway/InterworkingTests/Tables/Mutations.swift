import FoundationEssentials
import MappingTables
import OperatorFiles
import Testing

@testable import Interworking
@testable import VectorSupport

/// One change of one file.
struct Mutation: Sendable, CustomTestStringConvertible {
    let table: String
    let testDescription: String
    let files: [TableFile]
}

/// The shipped tables with one thing changed.
enum Mutations {
    static let files: [TableFile] = {
        let path = VectorFolder.testsDirectory.deletingLastPathComponent().appending(path: "Mappings").path
        return MappingFolder(path).documents.filter { $0.layer == .standard }
            .map { TableFile(layer: .standard, root: $0.root) }
    }()

    /// What the tables prove when nothing is changed, by table.
    private static let proofs = Set(TableCompiler.compile(files, digest: { _ in "" }).generation?.proofs ?? [])

    /// Whether a generation that does not compile, or a table test that fails, shows the change.
    static func isSeen(_ mutation: Mutation) -> Bool {
        let result = compiled(mutation)
        // The shipped tables have no warning either (ShippedTables).
        guard let generation = result.generation, result.diagnostics.isEmpty else { return true }
        let runner = TableTestRunner(generation)
        return generation.tests.contains { $0.table == mutation.table && !runner.run($0).passed }
    }

    /// Whether a proof of the table has other numbers.
    static func isProvedOtherwise(_ mutation: Mutation) -> Bool {
        guard let generation = compiled(mutation).generation else { return true }
        let own = generation.proofs.filter { $0.hasPrefix(mutation.table + ":") }
        return own.isEmpty || !own.allSatisfy { proofs.contains($0) }
    }

    /// Whether a conversion vector comes out otherwise.
    static func isSeenByVectors(_ mutation: Mutation) -> Bool {
        guard let generation = TableCompiler.compile(mutation.files, digest: { _ in "" }).generation else {
            return true
        }
        return VectorFolder.shipped.filter { SkippedVectors.reason($0) == nil }.contains { folder in
            guard var run = try? VectorRun(folder, generation), let differences = try? run.differences() else {
                return true
            }
            return !differences.isEmpty
        }
    }

    private static func compiled(_ mutation: Mutation) -> TableCompiler.Result {
        // Tests of other tables, and other tables of fields and values, have no say in it; fields go through values.
        let own = mutation.files.first { $0.root["table"]?.text == mutation.table }?.root["kind"]?.text
        let files = mutation.files.compactMap { file -> TableFile? in
            if file.root["table"]?.text == mutation.table { return file }
            let kind = file.root["kind"]?.text
            if kind == "fields" || kind == "values" && own != "fields" { return nil }
            if kind == "errors" { return errors }
            let none = MappingNode(.sequence([]), at: file.root.position)
            return TableFile(layer: file.layer, root: file.root.replacing("tests", with: none))
        }
        return TableCompiler.compile(files, digest: { _ in "" })
    }

    /// A table of errors that says one thing of each, for the tests of other tables: it is proved in no time.
    private static let errors: TableFile? = {
        let classes = ["3xx", "4xx", "5xx", "6xx"].map { "sip: {status: \($0)}" }
        let failures = (classes + ["sip: {failure: timeout}", "sip: {failure: transport}"]).enumerated().map {
            "{id: f\($0), \($1), xmpp: {condition: gone, type: cancel}, retry: never, way: to-xmpp}"
        }
        let conditions = ErrorVocabulary.conditions.map {
            "{id: c-\($0), xmpp: {condition: \($0)}, sip: {status: 403}, way: to-sip}"
        }
        let refusals = ErrorVocabulary.refusals.map {
            "{id: g-\($0), gateway: \($0), xmpp: {condition: gone, type: cancel}, sip: {status: 403}, text: No.}"
        }
        let text =
            "format: isthmus-mapping/1\ntable: errors\nkind: errors\nrows:\n"
            + (failures + conditions + refusals).map { "  - \($0)\n" }.joined()
        return YAMLFile.read(Array(text.utf8), name: "errors").root.map { TableFile(layer: .standard, root: $0) }
    }()

    /// Each file with one of its rows changed in each way, or left out where a change is nil.
    static func rows(_ changes: (MappingNode) -> [(name: String, row: MappingNode?)]) -> [Mutation] {
        var mutations: [Mutation] = []
        for (index, file) in files.enumerated() {
            let table = file.root["table"]?.text ?? ""
            guard let node = file.root["rows"], let rows = node.elements else { continue }
            for (number, row) in rows.enumerated() {
                for (name, changed) in changes(row) {
                    var rest = rows
                    if let changed { rest[number] = changed } else { rest.remove(at: number) }
                    let list = MappingNode(.sequence(rest), at: node.position)
                    var mutated = files
                    mutated[index] = TableFile(layer: .standard, root: file.root.replacing("rows", with: list))
                    mutations.append(Mutation(table: table, testDescription: "\(table): \(name)", files: mutated))
                }
            }
        }
        return mutations
    }
}

extension MappingNode {
    func replacing(_ key: String, with value: MappingNode) -> MappingNode {
        MappingNode(.mapping((pairs ?? []).map { ($0.key, $0.key.text == key ? value : $0.value) }), at: position)
    }

    func replacing(_ path: [String], with text: String) -> MappingNode {
        guard let key = path.first else { return MappingNode(.scalar(text, .plain), at: position) }
        return self[key].map { replacing(key, with: $0.replacing(Array(path.dropFirst()), with: text)) } ?? self
    }

    /// The row without a column.
    func without(_ key: String) -> MappingNode {
        MappingNode(.mapping((pairs ?? []).filter { $0.key.text != key }), at: position)
    }

    /// The row with a column, in the place of what it had.
    func setting(_ key: String, _ text: String) -> MappingNode {
        func scalar(_ text: String) -> MappingNode { MappingNode(.scalar(text, .plain), at: position) }
        return MappingNode(.mapping((without(key).pairs ?? []) + [(scalar(key), scalar(text))]), at: position)
    }
}
