import FoundationEssentials
import MappingTables
import OperatorFiles
import Testing

@testable import Interworking
@testable import VectorSupport

/// The shipped tables, each row of which is taken away, and each value of which is changed, in turn.
@Suite("Shipped tables: no row and no value is there for nothing")
struct MutationTests {
    /// One change of one file.
    struct Mutation: Sendable, CustomTestStringConvertible {
        let table: String
        let testDescription: String
        let files: [TableFile]
    }

    private static let files: [TableFile] = {
        let path = VectorFolder.testsDirectory.deletingLastPathComponent().appending(path: "Mappings").path
        return MappingFolder(path).documents.filter { $0.layer == .standard }
            .map { TableFile(layer: .standard, root: $0.root) }
    }()

    /// Whether a generation that does not compile, or a table test that fails, shows the change.
    private static func isSeen(_ mutation: Mutation) -> Bool {
        // Tests of other tables, and other tables of fields and values, have no say in it; fields go through values.
        let own = mutation.files.first { $0.root["table"]?.text == mutation.table }?.root["kind"]?.text
        let files = mutation.files.compactMap { file -> TableFile? in
            if file.root["table"]?.text == mutation.table { return file }
            let kind = file.root["kind"]?.text
            if kind == "fields" || kind == "values" && own != "fields" { return nil }
            let none = MappingNode(.sequence([]), at: file.root.position)
            return TableFile(layer: file.layer, root: file.root.replacing("tests", with: none))
        }
        guard let generation = TableCompiler.compile(files, digest: { _ in "" }).generation else {
            return true
        }
        let runner = TableTestRunner(generation)
        return generation.tests.contains { $0.table == mutation.table && !runner.run($0).passed }
    }

    @Test("without any change nothing is seen")
    func unchanged() {
        let tables = Self.files.compactMap { $0.root["table"]?.text }
        #expect(tables.count >= 7)
        for table in tables {
            #expect(!Self.isSeen(Mutation(table: table, testDescription: "", files: Self.files)), "\(table)")
        }
    }

    @Test("a row that is deleted is missed", arguments: deletions)
    func deleted(mutation: Mutation) {
        #expect(Self.isSeen(mutation))
    }

    @Test("a value of a switch that is changed is noticed", arguments: settings)
    func changedSetting(mutation: Mutation) {
        #expect(Self.isSeen(mutation))
    }

    @Test("a word of an error row, and what is done about a loss, that is changed is noticed", arguments: words)
    func changedWord(mutation: Mutation) {
        #expect(Self.isSeen(mutation))
    }

    @Test("a cell that a row of values gives, and what is said of the unmapped, is missed", arguments: cells)
    func changedCell(mutation: Mutation) {
        #expect(Self.isSeen(mutation))
    }

    // MARK: Changes

    private static let deletions: [Mutation] = rows { row in [("without \(row["id"]?.text ?? "")", nil)] }

    private static let settings: [Mutation] = rows { row in
        (row["set"]?.pairs ?? []).compactMap { key, value in
            guard let name = key.text, let known = Switch(name: name), let text = value.text else { return nil }
            let other: String
            switch known.domain {
            case .words(let words): other = words.first { $0 != text } ?? text
            case .duration: other = "17s"
            case .domains: other = "x.example"
            case .users: other = "x@x.example"
            }
            return ("\(name): \(other)", row.replacing(["set", name], with: other))
        }
    }

    private static let words: [Mutation] = rows { row in
        var changes: [(String, MappingNode?)] = []
        func change(_ path: [String], _ other: String) {
            guard let text = path.reduce(MappingNode?.some(row), { $0?[$1] })?.text, text != other else { return }
            changes.append(
                ("\(row["id"]?.text ?? "") \(path.joined(separator: ".")): \(other)", row.replacing(path, with: other))
            )
        }
        let isAnswer = row["way"]?.text == "to-sip" || row["gateway"] != nil
        if row["do"] != nil { change(["do"], row["do"]?.text == "note" ? "refuse" : "note") }
        if isAnswer { change(["sip", "status"], "499") }
        if !isAnswer || row["gateway"] != nil, row["xmpp"]?["type"] != nil {
            change(["xmpp", "condition"], "subscription-required")
            change(["xmpp", "type"], "continue")
        }
        if row["retry"] != nil { change(["retry"], row["retry"]?.text == "never" ? "hop" : "never") }
        return changes
    }

    private static let cells: [Mutation] = {
        let given = rows { row in
            guard row["relation"] != nil else { return [] }
            // The last cell is enough: rows that lead both ways are proved one to one in all of them.
            let cells = ["xmpp", "pidf", "sip"].flatMap { side in
                (row[side]?.pairs ?? []).compactMap { key, value in
                    value.text == "none" ? nil : key.text.map { [side, $0] }
                }
            }
            guard let path = cells.last else { return [] }
            let name = "\(row["id"]?.text ?? "") without \(path.joined(separator: "."))"
            return [(name, row.replacing(path, with: "none"))]
        }
        let unmapped = files.enumerated().flatMap { index, file in
            (file.root["unmapped"]?.pairs ?? []).map { way, _ in
                var mutated = files
                let left = file.root["unmapped"]?.pairs?.filter { $0.key.text != way.text } ?? []
                let node = MappingNode(.mapping(left), at: file.root.position)
                mutated[index] = TableFile(layer: .standard, root: file.root.replacing("unmapped", with: node))
                let table = file.root["table"]?.text ?? ""
                return Mutation(table: table, testDescription: "\(table): unmapped \(way.text ?? "")", files: mutated)
            }
        }
        return given + unmapped
    }()

    /// Each file with one of its rows changed in each way, or left out where a change is nil.
    private static func rows(_ changes: (MappingNode) -> [(name: String, row: MappingNode?)]) -> [Mutation] {
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
    fileprivate func replacing(_ key: String, with value: MappingNode) -> MappingNode {
        MappingNode(.mapping((pairs ?? []).map { ($0.key, $0.key.text == key ? value : $0.value) }), at: position)
    }

    fileprivate func replacing(_ path: [String], with text: String) -> MappingNode {
        guard let key = path.first else { return MappingNode(.scalar(text, .plain), at: position) }
        return self[key].map { replacing(key, with: $0.replacing(Array(path.dropFirst()), with: text)) } ?? self
    }
}
