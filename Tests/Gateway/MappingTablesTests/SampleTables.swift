import MappingTables

/// A small set of tables in which nothing is wrong; a test changes one of them, or adds files.
struct SampleTables {
    var errors = SampleTables.errors
    var loss = SampleTables.loss
    var profiles = SampleTables.profiles
    var routes = "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows: []\notherwise: {profile: default}\n"
    var addresses = """
        format: isthmus-mapping/1
        table: addresses
        kind: addresses
        rows:
          - {id: same, xmpp: "{user}@{domain}", cpim: "{user}@{domain}"}
        """
    var fields = """
        format: isthmus-mapping/1
        table: message.xmpp
        kind: fields
        rows:
          - {id: body, xmpp: body, cpim: content, convert: text}
        """
    /// Further files with the folder that each lies in.
    var more: [(layer: TableFile.Layer, text: String)] = []

    static func text(_ kind: String, _ name: String? = nil, _ rows: String...) -> String {
        "format: isthmus-mapping/1\ntable: \(name ?? kind)\nkind: \(kind)\nrows:\n"
            + rows.map { "  - \($0)\n" }.joined()
    }

    static let errors: String = {
        let classes = (3...6).map {
            "{id: c\($0), sip: {status: \($0)xx}, xmpp: {condition: bad-request, type: modify}, way: to-xmpp}"
        }
        let failures = ["timeout", "transport"].map {
            "{id: \($0), sip: {failure: \($0)}, xmpp: {condition: remote-server-timeout, type: wait}, retry: hop, way: to-xmpp}"
        }
        let conditions = ErrorVocabulary.conditions.map {
            "{id: x-\($0), xmpp: {condition: \($0)}, sip: {status: 400}, way: to-sip}"
        }
        let refusals = ErrorVocabulary.refusals.map {
            "{id: g-\($0), gateway: \($0), xmpp: {condition: forbidden, type: auth}, sip: {status: 403}, text: No.}"
        }
        let rows = classes + failures + conditions + refusals
        return "format: isthmus-mapping/1\ntable: errors\nkind: errors\nrows:\n" + rows.map { "  - \($0)\n" }.joined()
    }()

    static let loss =
        "format: isthmus-mapping/1\ntable: loss\nkind: loss\nrows:\n"
        + LossClass.allCases.map { "  - {id: \($0.rawValue), do: note}\n" }.joined()

    static let profiles: String = {
        let values = Switch.allCases.map { name in
            switch name.domain {
            case .words(let words): "      \(name.name): \(words[0])\n"
            case .duration: "      \(name.name): 60s\n"
            case .domains: "      \(name.name): none\n"
            case .users(let word): "      \(name.name): \(word)\n"
            }
        }
        return "format: isthmus-mapping/1\ntable: profiles\nkind: profiles\nrows:\n  - id: default\n    set:\n"
            + values.joined()
    }()

    func compile() -> TableCompiler.Result {
        let standard = [addresses, errors, fields, loss, profiles, routes]
        let names = ["addresses", "errors", "fields", "loss", "profiles", "routes"]
        var files = zip(standard, names).map { text, name in
            TableFile(layer: .standard, root: TableText.node(text, file: name))
        }
        for (index, file) in more.enumerated() {
            files.append(TableFile(layer: file.layer, root: TableText.node(file.text, file: "more\(index)")))
        }
        return TableCompiler.compile(files, digest: Self.digest)
    }

    /// Tells inputs apart; no more is asked of it here.
    static func digest(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }

    /// The diagnostics as `FILE:LINE:COLUMN CODE`.
    func findings() -> [String] { compile().diagnostics.map { "\($0.position) \($0.code)" } }
}
