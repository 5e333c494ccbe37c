extension TableKind {
    /// The columns that rows of the kind have beside those of every row.
    var columns: [TableColumn] {
        switch self {
        case .fields: Self.fieldColumns
        case .values: Self.valueColumns
        case .errors: Self.errorColumns
        case .addresses: Self.addressColumns
        case .loss:
            [TableColumn("do", "what is done", .words(LossAction.allCases.map(\.rawValue)), isRequired: true)]
        case .routes:
            [
                TableColumn("profile", "the profile that it starts from; that of all others without it", .scalar),
                TableColumn("set", "the switches that it sets", .reference("settings")),
                TableColumn(
                    "match",
                    "a domain of the SIP side, or *. and a domain",
                    .object([("domain", ["type": "string", "pattern": "^(\\*\\.)?[^* ]+$"])], required: ["domain"]),
                    isRequired: true
                ),
            ]
        case .profiles:
            [
                TableColumn("extends", "the profile that it starts from", .scalar),
                TableColumn("set", "the switches that it sets", .reference("settings")),
                TableColumn(
                    "tables",
                    "tables of fields or values, and those that stand for them",
                    ["type": "object", "additionalProperties": .scalar]
                ),
            ]
        }
    }

    /// What holds between columns.
    var rules: [(String, SchemaNode)] {
        switch self {
        case .fields:
            let fallible = Converter.allCases.filter(\.declaration.canFail).map(\.rawValue)
            return [
                (
                    "anyOf",
                    [
                        ["required": ["xmpp", "cpim"]], ["required": ["sip", "cpim"]], ["required": ["xmpp", "pidf"]],
                    ]
                ),
                (
                    "if", ["properties": ["convert": ["enum": .texts(fallible)]], "required": ["convert"]]
                ),
                ("then", ["required": ["on-error"]]),
            ]
        case .loss:
            let groups = Dictionary(grouping: LossClass.allCases) { $0.actions.map(\.rawValue).joined(separator: " ") }
            let rules = groups.sorted { $0.key < $1.key }.map { actions, classes -> SchemaNode in
                [
                    "if": ["properties": ["id": ["enum": .texts(classes.map(\.rawValue))]]],
                    "then": ["properties": ["do": .words(actions.split(separator: " ").map { String($0) })]],
                ]
            }
            return [("allOf", .list(rules + [["properties": ["id": .reference("lossClass")]]]))]
        case .errors:
            return [
                ("if", ["required": ["gateway"]]),
                ("then", ["required": ["text", "sip", "xmpp"]]),
                ("else", ["required": ["sip", "xmpp"]]),
            ]
        case .values, .addresses, .routes, .profiles: return []
        }
    }

    // MARK: Fields

    private static let fieldColumns =
        [
            TableColumn("xmpp", "a field of stanzas", .selector(.xmpp)),
            TableColumn("pidf", "a field of presence documents", .selector(.pidf)),
            TableColumn("sip", "a field of requests", .selector(.sip)),
            TableColumn("cpim", "a field in the middle", .selector(.cpim)),
            .way([.both, .toCPIM, .toPIDF, .toXMPP, .toSIP]),
            TableColumn(
                "convert",
                "a converter; without it the text is copied",
                [
                    "oneOf": .list(
                        Converter.allCases.map { converter in
                            [
                                "const": .text(converter.rawValue),
                                "description": .text(converter.declaration.does),
                            ]
                        }
                    )
                ]
            ),
            TableColumn(
                "on-error",
                "what happens to a value that the converter refuses",
                .words(ConversionRemedy.allCases.map(\.rawValue))
            ),
            TableColumn("values", "the table of kind values that the converter values goes through", .scalar),
            TableColumn("loss", "the class of the loss when a value is dropped", .reference("lossClass")),
        ] + TableColumn.conditions()

    // MARK: Values

    private static let valueColumns =
        ValueRow.sides.map { side in
            TableColumn(side.rawValue, "what the row takes and gives on this side", .reference("side-\(side.rawValue)"))
        } + [
            .way([.both, .toXMPP, .toCPIM, .toPIDF, .toSIP]),
            TableColumn(
                "relation",
                "whether what the row gives means the same, more or less",
                .words(ValueRow.relations),
                isRequired: true
            ),
            TableColumn("loss", "the class of what is lost when the row fires", .reference("lossClass")),
        ] + TableColumn.conditions("value-condition")

    // MARK: Errors

    private static let errorColumns =
        [
            TableColumn(
                "sip",
                "the response or failure",
                .object([
                    ("status", .any([["type": "integer"], ["type": "string", "pattern": "^[3-6]([0-9][0-9]|xx)$"]])),
                    ("failure", .words(["timeout", "transport"])),
                    ("retry-after", .words(["yes", "no"])),
                    ("reason", .scalar),
                ])
            ),
            TableColumn(
                "xmpp",
                "the stanza error",
                .object([
                    ("condition", .words(ErrorVocabulary.conditions)),
                    ("type", .words(ErrorVocabulary.types)),
                    ("to", .words(["full", "bare"])),
                    ("address", .words(["yes", "no"])),
                    ("pending", .words(["yes", "no"])),
                ])
            ),
            TableColumn("gateway", "a refusal of the gateway's own", .words(ErrorVocabulary.refusals)),
            TableColumn("text", "the sentence for the sender", .scalar),
            TableColumn("do", "what is done about a refusal of the gateway's own", .words(ErrorVocabulary.actions)),
            .way([.both, .toXMPP, .toSIP]),
            TableColumn("retry", "what happens before the sender is told", .words(Retry.allCases.map(\.rawValue))),
        ] + TableColumn.conditions()

    // MARK: Addresses

    private static let addressColumns = ["xmpp", "cpim"].map { side in
        TableColumn(
            side,
            #"a pattern: {user}@{domain}, {user}@DOMAIN, {phone}@DOMAIN, and for xmpp {user}\40{domain}@DOMAIN"#,
            ["type": "string", "pattern": #"^(\{user\}|\{phone\}|\{user\}\\40\{domain\})@(\{domain\}|[^ {}/@]+)$"#],
            isRequired: true
        )
    }
}

extension SchemaNode {
    /// A field that is known by name, or keys that name a part of an item.
    fileprivate static func selector(_ vocabulary: Vocabulary) -> SchemaNode {
        var names: [String] = []
        for writing in [false, true] {
            var fields = CoreField.fields(of: vocabulary, writing: writing)
            if vocabulary == .xmpp { fields += CoreField.presenceFields(writing: writing) }
            for field in fields where !names.contains(field.rawValue) { names.append(field.rawValue) }
        }
        let forms = FieldSelector.forms(of: vocabulary).map { form -> SchemaNode in
            .object((form.required + form.optional).map { ($0, .scalar) }, required: form.required)
        }
        return .any([.words(names)] + forms)
    }
}
