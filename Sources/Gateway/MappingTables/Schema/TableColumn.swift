/// A column of rows, or a key of a file: its name, what can stand in it, and for whom.
///
/// What an editor is told is made of these; a test compares them with what the compiler asks for.
struct TableColumn: Sendable {
    let name: String
    let schema: SchemaNode
    var isRequired = false
    /// The kinds of tables that have it; nil for all.
    var kinds: [TableKind]?

    init(
        _ name: String,
        _ description: String,
        _ schema: SchemaNode,
        isRequired: Bool = false,
        kinds: [TableKind]? = nil
    ) {
        self.name = name
        // What is declared elsewhere has its description there.
        var pairs: [(String, SchemaNode)] = [("description", .text(description))]
        if case .keys(let keys) = schema { pairs += keys }
        self.schema = .keys(pairs)
        self.isRequired = isRequired
        self.kinds = kinds
    }

    /// The columns of every row.
    static let common = [
        TableColumn("id", "a name that no other row of the table has", .scalar, isRequired: true),
        TableColumn("overrides", "the id of the row of an earlier folder that this one replaces", .scalar),
        TableColumn("about", "a sentence for people", .scalar),
    ]

    /// The switches under which a row holds.
    static func conditions(_ when: String = "condition") -> [TableColumn] {
        [
            TableColumn("when", "switches, and the values under which the row holds", .reference(when)),
            TableColumn(
                "unless",
                "switches, and the values under which the row does not hold",
                .reference("condition")
            ),
        ]
    }

    static func way(_ ways: [Way]) -> TableColumn {
        TableColumn("way", "where the row leads; both without it", .words(ways.map(\.rawValue)))
    }
}

extension TableHead {
    /// The keys of a file.
    static let columns = [
        TableColumn("format", "the format of the file", ["const": .text(format)], isRequired: true),
        TableColumn("table", "the table that the rows belong to", .scalar, isRequired: true),
        TableColumn(
            "kind",
            "what the rows decide",
            .words(TableKind.allCases.map(\.rawValue)),
            isRequired: true
        ),
        TableColumn("about", "a sentence, and the RFC that is followed", .scalar),
        TableColumn("rows", "the rows; the first that matches wins", ["type": ["array", "null"]]),
        TableColumn(
            "tests",
            "what is true of the rows",
            ["type": ["array", "null"], "items": .reference("test")]
        ),
        TableColumn(
            "otherwise",
            "what holds for all other domains",
            .object([("profile", .scalar), ("set", .reference("settings")), ("about", .scalar)]),
            kinds: [.routes]
        ),
        TableColumn("unmapped", "what records become that no row takes", unmapped, kinds: [.values]),
    ]

    private static var unmapped: SchemaNode {
        let part: SchemaNode = .object(
            [
                ("use", .any([.scalar, ["type": "object", "additionalProperties": .scalar]])),
                ("loss", .reference("lossClass")),
            ],
            required: ["use"]
        )
        return .object(ValueRow.sides.map { ($0.way.rawValue, part) })
    }
}

extension TestReader {
    /// The keys of a test.
    static let columns = [
        TableColumn("name", "a sentence that is true", .scalar, isRequired: true),
        TableColumn("given", "the input", ["type": "object"], isRequired: true),
        TableColumn("expect", "what comes of it", ["type": "object"], isRequired: true),
        TableColumn("and-back", "what comes back when that is translated again", ["type": "object"]),
        TableColumn("profile", "the profile under which it runs; default without it", .scalar),
        TableColumn("set", "the switches under which it runs", .reference("settings")),
        TableColumn("context", "what is known, in lines", .any([.scalar, .list(of: .scalar)])),
    ]
}

extension ValueRow {
    /// The sides of value tables.
    static let sides: [Vocabulary] = [.xmpp, .cpim, .pidf, .sip]

    /// How what a row gives can relate to what it takes.
    static let relations = ["equal", "broader", "narrower"]
}
