extension FieldSelector {
    /// Keys that together name a part of an item.
    struct Form: Sendable {
        /// Those that have to be there.
        let required: [String]
        /// Those that can be.
        var optional: [String] = []
    }

    /// The ways in which rows name parts of an item that have no name of their own.
    static func forms(of vocabulary: Vocabulary) -> [Form] {
        switch vocabulary {
        case .xmpp:
            ["element", "event"].flatMap { key in
                [
                    Form(required: [key, "namespace"], optional: ["attribute", "child"]),
                    Form(required: [key, "namespace", "as"]),
                ]
            }
        case .cpim:
            [
                Form(required: ["header"], optional: ["namespace"]),
                Form(required: ["annotation", "namespace"]),
                Form(required: ["part"], optional: ["parameter", "as", "disposition", "place"]),
            ]
        case .sip: [Form(required: ["header"], optional: ["namespace"])]
        case .pidf:
            DocumentPart.allCases.map { part in
                part == .civic
                    ? Form(required: [part.rawValue], optional: ["namespace"])
                    : Form(required: [part.rawValue, "namespace"], optional: ["attribute", "child"])
            }
        }
    }
}
