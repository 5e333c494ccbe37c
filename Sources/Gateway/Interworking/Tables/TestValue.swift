import MappingTables

/// What a test has produced, in the shape in which tests write it.
indirect enum TestValue {
    case text(String)
    case list([String])
    case keys([(key: String, value: TestValue)])

    /// How this differs from what a node says; nil when it does not.
    ///
    /// - Parameters:
    ///   - node: what was expected.
    ///   - path: where it stands.
    ///   - isExact: whether keys that were not expected are a difference.
    /// - Returns: a sentence.
    func difference(from node: MappingNode, at path: String = "", isExact: Bool = false) -> String? {
        switch (self, node.value) {
        case (.keys(let found), .mapping(let pairs)):
            for (key, expected) in pairs {
                let name = key.text ?? ""
                guard let value = found.first(where: { $0.key == name })?.value else {
                    return "\(path)\(name) is missing"
                }
                if let difference = value.difference(from: expected, at: "\(path)\(name).", isExact: isExact) {
                    return difference
                }
            }
            let extra = isExact ? found.first { pair in !pairs.contains { $0.key.text == pair.key } } : nil
            return extra.map { "\(path)\($0.key) is \($0.value.description), which was not expected" }
        case (.text(let found), .scalar(let expected, _)):
            return found == expected ? nil : "\(path.dropLast()) is \"\(found)\" instead of \"\(expected)\""
        case (.text(let found), .sequence(let nodes)):
            return nodes.compactMap(\.text) == [found] ? nil : "\(path.dropLast()) is \"\(found)\" instead of a list"
        case (.list(let found), _):
            let expected = node.elements?.compactMap(\.text) ?? node.text.map { [$0] } ?? []
            return found == expected ? nil : "\(path.dropLast()) is \(found) instead of \(expected)"
        default: return "\(path.dropLast()) is \(description)"
        }
    }

    var description: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .list(let texts): "\(texts)"
        case .keys(let pairs): "{" + pairs.map { "\($0.key): \($0.value.description)" }.joined(separator: ", ") + "}"
        }
    }
}
