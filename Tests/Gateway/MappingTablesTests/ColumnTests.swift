import Testing

@testable import MappingTables

@Suite("TableColumn: what editors are told is what the compiler asks for")
struct ColumnTests {
    /// The columns that the compiler knows when a row has one that it does not.
    private static func known(_ kind: TableKind, _ cells: String) -> Set<String> {
        var tables = SampleTables()
        tables.more = [(.site, SampleTables.text(kind.rawValue, "t", "{id: a, zzz: 1\(cells)}"))]
        let help = tables.compile().diagnostics.first { $0.code == "unknown-column" }?.help ?? ""
        let list = help.components(after: "known columns: ")
        return Set(list.split(separator: ",").map { $0.drop { $0 == " " } }.map { String($0) })
    }

    @Test("the columns of each kind", arguments: TableKind.allCases)
    func columns(kind: TableKind) {
        let cells: [String] =
            switch kind {
            case .fields:
                [
                    ", xmpp: body, cpim: content, convert: values", ", sip: subject, cpim: subject",
                    ", pidf: note, xmpp: status",
                ]
            case .errors: ["", ", gateway: loop"]
            default: [""]
            }
        let asked = cells.reduce(into: Set<String>()) { $0.formUnion(Self.known(kind, $1)) }
        #expect(asked == Set((TableColumn.common + kind.columns).map(\.name)))
    }

    @Test("the keys of a file and of a test")
    func heads() {
        var tables = SampleTables()
        let text =
            "format: isthmus-mapping/1\ntable: t\nkind: %\nzzz: 1\ntests:\n  - {name: x, given: {a: b}, expect: {}, zzz: 1}"
        for kind in TableKind.allCases {
            tables.more = [(.site, text.replacing("%", with: kind.rawValue))]
            let helps = tables.compile().diagnostics.filter { $0.code == "unknown-column" }.compactMap(\.help)
            let lists = helps.map { help in
                Set(
                    help.components(after: "known columns: ").split(separator: ",").map {
                        String($0.drop { $0 == " " })
                    }
                )
            }
            let keys = TableHead.columns.filter { $0.kinds?.contains(kind) ?? true }.map(\.name)
            #expect(lists == [Set(keys), Set(TestReader.columns.map(\.name))])
        }
    }

    @Test("keys that name a part of an item", arguments: Vocabulary.allCases)
    func forms(vocabulary: Vocabulary) {
        for form in FieldSelector.forms(of: vocabulary) {
            for keys in [form.required, form.required + form.optional] {
                let values = [
                    "civic": "A3", "part": "text/calendar", "place": "whole", "namespace": "urn:x",
                    "as": vocabulary == .xmpp ? "xml" : "text",
                ]
                let cells = keys.map { "\($0): \(values[$0] ?? "x")" }.joined(separator: ", ")
                let partner =
                    vocabulary == .xmpp
                    ? keys.contains("event") ? "pidf: note" : "cpim: content"
                    : vocabulary == .cpim
                        ? "xmpp: body"
                        : vocabulary == .sip ? "cpim: content" : "xmpp: status"
                var tables = SampleTables()
                let row = "{id: a, \(vocabulary.rawValue): {\(cells)}, \(partner)}"
                tables.more = [(.site, SampleTables.text("fields", "f", row))]
                #expect(tables.findings() == [], "\(row)")
            }
        }
    }
}

extension String {
    fileprivate func components(after word: String) -> String {
        guard let range = self.firstRange(of: word) else { return "" }
        return String(self[range.upperBound...])
    }
}
