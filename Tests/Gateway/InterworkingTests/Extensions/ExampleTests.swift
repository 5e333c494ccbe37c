import MappingTables
import Testing

@testable import Interworking

@Suite("Examples for operators")
struct ExampleTests {
    @Test("every example is in a group that is tested")
    func complete() throws {
        #expect(try Examples.names() == Set(Examples.groups.joined()).sorted())
    }

    @Test(
        "an example compiles with the shipped tables, its tests pass, and they reach each of its rows",
        arguments: Examples.groups
    )
    func works(names: [String]) throws {
        let generation = try Examples.generation(names.map { try Examples.file($0) })
        let report = TableTestRunner(generation).run()
        #expect(report.outcomes.filter { !$0.passed }.map { "\($0.test.name): \($0.difference ?? "")" } == [])
        #expect(report.unreached.map { generation.name(of: $0) } == [])
    }

    @Test("all examples can be in force together")
    func together() throws {
        let generation = try Examples.generation(Examples.names().map { try Examples.file($0) })
        let report = TableTestRunner(generation).run()
        #expect(report.outcomes.filter { !$0.passed }.map { "\($0.test.name): \($0.difference ?? "")" } == [])
    }

    @Test("a row of an example that is deleted is missed", arguments: Examples.groups)
    func needed(names: [String]) throws {
        for name in names {
            let file = try Examples.file(name)
            let rows = try #require(file.root["rows"]?.elements)
            for index in rows.indices {
                var left = rows
                left.remove(at: index)
                let root = MappingNode(
                    .mapping(
                        (file.root.pairs ?? []).map { key, value in
                            (key, key.text == "rows" ? MappingNode(.sequence(left), at: value.position) : value)
                        }
                    ),
                    at: file.root.position
                )
                let others = try names.filter { $0 != name }.map { try Examples.file($0) }
                let result = TableCompiler.compile(
                    ShippedTables.files + others + [TableFile(layer: file.layer, root: root)],
                    digest: { _ in "" }
                )
                guard let generation = result.generation else { continue }
                let report = TableTestRunner(generation).run()
                #expect(!report.passed, "\(name) without \(rows[index]["id"]?.text ?? "")")
            }
        }
    }
}
