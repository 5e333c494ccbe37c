import MappingTables
import Testing

@testable import Interworking

/// The shipped tables, each row of which is taken away, and each value of which is changed, in turn.
@Suite("Shipped tables: no row and no value is there for nothing")
struct MutationTests {
    @Test("without any change nothing is seen")
    func unchanged() {
        let tables = Mutations.files.compactMap { $0.root["table"]?.text }
        #expect(tables.count >= 7)
        for table in tables {
            #expect(!Mutations.isSeen(Mutation(table: table, testDescription: "", files: Mutations.files)), "\(table)")
        }
    }

    @Test("a row that is deleted is missed", arguments: deletions)
    func deleted(mutation: Mutation) {
        #expect(Mutations.isSeen(mutation))
    }

    @Test("a value of a switch that is changed is noticed", arguments: settings)
    func changedSetting(mutation: Mutation) {
        #expect(Mutations.isSeen(mutation))
    }

    @Test("a word of an error row, and what is done about a loss, that is changed is noticed", arguments: words)
    func changedWord(mutation: Mutation) {
        #expect(Mutations.isSeen(mutation))
    }

    @Test("a cell that a row of values gives, and what is said of the unmapped, is missed", arguments: cells)
    func changedCell(mutation: Mutation) {
        #expect(Mutations.isSeen(mutation))
    }

    // MARK: Changes

    private static let deletions: [Mutation] = Mutations.rows { row in [("without \(row["id"]?.text ?? "")", nil)] }

    private static let settings: [Mutation] = Mutations.rows { row in
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

    private static let words: [Mutation] = Mutations.rows { row in
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
        let given = Mutations.rows { row in
            guard row["relation"] != nil else { return [] }
            // The last cell is enough: rows that lead both ways are proved one to one in all of them.
            let cells = ["xmpp", "cpim", "pidf", "sip"].flatMap { side in
                (row[side]?.pairs ?? []).compactMap { key, value in
                    value.text == "none" ? nil : key.text.map { [side, $0] }
                }
            }
            guard let path = cells.last else { return [] }
            let name = "\(row["id"]?.text ?? "") without \(path.joined(separator: "."))"
            return [(name, row.replacing(path, with: "none"))]
        }
        let unmapped = Mutations.files.enumerated().flatMap { index, file in
            (file.root["unmapped"]?.pairs ?? []).map { way, _ in
                var mutated = Mutations.files
                let left = file.root["unmapped"]?.pairs?.filter { $0.key.text != way.text } ?? []
                let node = MappingNode(.mapping(left), at: file.root.position)
                mutated[index] = TableFile(layer: .standard, root: file.root.replacing("unmapped", with: node))
                let table = file.root["table"]?.text ?? ""
                return Mutation(table: table, testDescription: "\(table): unmapped \(way.text ?? "")", files: mutated)
            }
        }
        return given + unmapped
    }()
}
