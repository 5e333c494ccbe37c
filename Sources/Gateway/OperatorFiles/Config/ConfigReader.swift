import MappingTables

/// Compares a parsed file with the declarations, fills in defaults, and reports every fault in one run.
struct ConfigReader {
    private(set) var diagnostics: [Diagnostic] = []

    mutating func read(_ node: MappingNode, as shape: ConfigShape) -> ConfigValue? {
        switch shape {
        case .section(let keys): section(node, keys)
        case .list(let element): list(node, element)
        case .table(let name, let kind, let element): table(node, nameOf: name, kind, element)
        case .scalar(let kind): scalar(node, kind)
        case .planned: nil
        }
    }

    private mutating func section(_ node: MappingNode, _ keys: [ConfigKey]) -> ConfigValue? {
        let names = keys.filter { !$0.isPlanned }.map(\.name)
        // A section whose keys are all commented out is an empty one.
        guard let pairs = node.isAbsent ? [] : node.pairs else {
            let expected = names.isEmpty ? "write {}" : "expected keys: " + names.joined(separator: ", ")
            fault(node, "wrong-type", "this must be a section with keys", help: expected)
            return nil
        }
        var values: [String: ConfigValue] = [:]
        for (keyNode, valueNode) in pairs {
            guard let key = keys.first(where: { $0.name == keyNode.text }) else {
                unknown(keyNode, among: names)
                continue
            }
            if key.isPlanned {
                fault(keyNode, "not-supported", "\"\(key.name)\" is not supported yet", help: "remove the key")
            } else {
                values[key.name] = read(valueNode, as: key.shape)
            }
        }
        for key in keys where !pairs.contains(where: { $0.key.text == key.name }) {
            values[key.name] = absent(key, in: node)
        }
        return .section(values, node.position)
    }

    /// What holds when a key is not in the file.
    private mutating func absent(_ key: ConfigKey, in node: MappingNode) -> ConfigValue? {
        if key.isRequired {
            var example = ""
            if case .scalar = key.shape, let text = key.example { example = " Example: \(key.name): \(text)" }
            fault(node, "missing-key", "the key \"\(key.name)\" is missing", help: key.about + example)
            return nil
        }
        if key.isOptional { return nil }
        switch key.shape {
        case .section(let keys): return section(MappingNode(.mapping([]), at: node.position), keys)
        case .scalar(let kind):
            return key.standard.flatMap { scalar(MappingNode(.scalar($0, .plain), at: node.position), kind) }
        case .list, .table, .planned: return nil
        }
    }

    private mutating func list(_ node: MappingNode, _ element: ConfigShape) -> ConfigValue? {
        guard let nodes = node.elements else {
            let help = "write the values as [a, b] or on lines that begin with -"
            fault(node, "wrong-type", "this must be a list", help: help)
            return nil
        }
        if nodes.isEmpty { fault(node, "empty", "the list is empty", help: "name at least one, or remove the key") }
        return .list(nodes.compactMap { read($0, as: element) })
    }

    private mutating func table(
        _ node: MappingNode,
        nameOf: String,
        _ kind: ConfigScalar,
        _ element: ConfigShape
    ) -> ConfigValue? {
        guard let pairs = node.pairs else {
            fault(node, "wrong-type", "this must name \(nameOf)s", help: "write NAME: {…} on a line for each \(nameOf)")
            return nil
        }
        if pairs.isEmpty { fault(node, "empty", "no \(nameOf) is named", help: "name at least one") }
        var entries: [(name: String, position: SourcePosition, value: ConfigValue)] = []
        for (keyNode, valueNode) in pairs {
            let key = scalar(keyNode, kind)
            guard let value = read(valueNode, as: element), case .text(let name, let position)? = key else { continue }
            // The file's reader compares spellings; names that are spelled in two ways come here.
            if entries.contains(where: { $0.name == name }) {
                fault(keyNode, "duplicate-key", "\"\(name)\" is there twice", help: "remove one of the two")
            }
            entries.append((name, position, value))
        }
        return .table(entries)
    }

    private mutating func scalar(_ node: MappingNode, _ kind: ConfigScalar) -> ConfigValue? {
        guard let text = node.text else {
            fault(node, "wrong-type", "this must be a single value", help: "expected \(kind.expected)")
            return nil
        }
        switch kind.read(text) {
        case .success(.text(let text)): return .text(text, node.position)
        case .success(.number(let number)): return .number(number, node.position)
        case .failure(let reason):
            let code = reason.isPlanned ? "not-supported" : "wrong-value"
            fault(node, code, "\"\(Self.shortened(text))\" \(reason.reason)", help: "expected \(kind.expected)")
            return nil
        }
    }

    private mutating func unknown(_ node: MappingNode, among names: [String]) {
        let name = Self.shortened(node.text ?? "")
        if SecretLines.isSecret(name) {
            let help = "write it to a file that only the gateway can read; name that with secret-file"
            fault(node, SecretLines.code, "a secret does not stand in this file", help: help)
            return
        }
        let known = names.isEmpty ? "no keys are known here" : "known keys: " + Spelling.listed(names)
        let nearest = Spelling.nearest(to: name, among: names).map { "did you mean \"\($0)\"? " } ?? ""
        fault(node, "unknown-key", "\"\(name)\" is not a key of this section", help: nearest + known)
    }

    private static func shortened(_ text: String) -> String {
        text.unicodeScalars.count <= 64 ? text : String(text.unicodeScalars.prefix(63)) + "…"
    }

    private mutating func fault(_ node: MappingNode, _ code: String, _ message: String, help: String) {
        diagnostics.append(.error(code, at: node.position, message, help: help, length: node.width))
    }
}

extension MappingNode {
    /// Whether nothing stands behind the colon.
    fileprivate var isAbsent: Bool {
        guard case .scalar("", .plain) = value else { return false }
        return true
    }
}
