import MappingTables
import Yams

/// Turns Yams' tree into ours, and refuses what our files do not use.
struct YAMLWalk {
    private let source: YAMLSource
    private let columns: YAMLColumns
    private let limits: YAMLLimits
    private(set) var diagnostics: [Diagnostic] = []
    /// Where nodes with an anchor begin: an alias is a node that comes a second time.
    private var anchored: Set<SourcePosition> = []
    /// The node before this one, where the search for an alias begins.
    private var last: SourcePosition
    private var nodes = 0

    init(source: YAMLSource, columns: YAMLColumns, limits: YAMLLimits) {
        self.source = source
        self.columns = columns
        self.limits = limits
        self.last = source.position(line: 1, column: 1)
    }

    /// Reads a whole file; one without content is an empty mapping.
    mutating func read(_ root: Node) -> MappingNode {
        let node = read(root, depth: 1)
        guard case .scalar("", .plain) = node.value else { return node }
        return MappingNode(.mapping([]), at: node.position)
    }

    private mutating func read(_ node: Node, depth: Int) -> MappingNode {
        nodes += 1
        guard nodes <= limits.nodes else {
            if nodes == limits.nodes + 1 {
                fault(
                    "too-many-nodes",
                    at: position(node),
                    "the file has more than \(limits.nodes) values",
                    help: "split it"
                )
            }
            return MappingNode(.scalar("", .plain), at: last)
        }
        let place = position(node)
        guard !isAlias(node, at: place) else { return MappingNode(.scalar("", .plain), at: last) }
        last = max(last, place)
        guard depth <= limits.depth || node.scalar != nil else {
            fault(
                "too-deep",
                at: place,
                "lists and mappings are nested too deeply",
                help: "at most \(limits.depth) levels are read"
            )
            return MappingNode(.scalar("", .plain), at: place)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return MappingNode(.scalar(scalar.string, isPlain ? .plain : .quoted), at: place)
        case .sequence(let sequence):
            return MappingNode(.sequence(sequence.map { read($0, depth: depth + 1) }), at: place)
        case .mapping(let mapping):
            return MappingNode(.mapping(pairs(mapping, depth: depth)), at: place)
        case .alias:
            return MappingNode(.scalar("", .plain), at: place)
        }
    }

    private mutating func pairs(_ mapping: Node.Mapping, depth: Int) -> [(key: MappingNode, value: MappingNode)] {
        var pairs: [(key: MappingNode, value: MappingNode)] = []
        var seen: [String: SourcePosition] = [:]
        for (key, value) in mapping {
            guard nodes <= limits.nodes else { break }
            if let key = name(key, depth: depth) {
                if let first = seen[key.text ?? ""] {
                    fault(
                        "duplicate-key",
                        at: key.position,
                        "the key \"\(key.text ?? "")\" is there twice",
                        help: "the first is on line \(first.line); remove one of the two",
                        length: key.width
                    )
                } else {
                    seen[key.text ?? ""] = key.position
                }
                pairs.append((key, read(value, depth: depth + 1)))
            } else {
                _ = read(value, depth: depth + 1)
            }
        }
        return pairs
    }

    /// A key without what was put into it; nil when it is no text.
    private mutating func name(_ node: Node, depth: Int) -> MappingNode? {
        let count = diagnostics.count
        var key = read(node, depth: depth + 1)
        guard diagnostics.count == count else { return nil }
        guard case .scalar(var text, let style) = key.value else {
            fault("yaml-key", at: key.position, "a key must be text", help: "write KEY: VALUE")
            return nil
        }
        if columns.keys.contains(key.position) {
            text.unicodeScalars.removeFirst()
            key.value = .scalar(text, style)
        }
        if text == "<<", style == .plain {
            fault(
                "yaml-merge",
                at: key.position,
                "merge keys are not used in this file",
                help: "write the keys out",
                length: 2
            )
            return nil
        }
        if text.isEmpty {
            fault("yaml-key", at: key.position, "a key is missing before the colon", help: "write KEY: VALUE")
            return nil
        }
        return key
    }

    /// Whether a node is there by an alias; reports that, and anchors and tags before it.
    private mutating func isAlias(_ node: Node, at place: SourcePosition) -> Bool {
        // A mapping without braces begins with its first key, whose properties these are.
        if case .mapping(let mapping) = node, let first = mapping.first, position(first.key) == place { return false }
        var column = place.column
        while let scalar = source.scalar(line: place.line, column: column), scalar == "&" || scalar == "!" {
            let word = word(line: place.line, column: column)
            let start = source.position(line: place.line, column: column)
            if scalar == "&" {
                guard anchored.insert(start).inserted else {
                    reportAlias(word.dropFirst())
                    return true
                }
                fault(
                    "yaml-anchor",
                    at: start,
                    "anchors are not used in this file",
                    help: YAMLProblem.quotes("&"),
                    length: word.count
                )
            } else {
                fault(
                    "yaml-tag",
                    at: start,
                    "tags are not used in this file",
                    help: YAMLProblem.quotes("!"),
                    length: word.count
                )
            }
            column += word.count
            while source.scalar(line: place.line, column: column) == " " { column += 1 }
        }
        return false
    }

    /// The parser gives an alias the place of its anchor; its own is the next `*name` behind the last node.
    private mutating func reportAlias(_ name: ArraySlice<Unicode.Scalar>) {
        let alias = ["*"] + name
        var line = last.line
        var column = last.column + 1
        while line <= source.lines.count {
            let length = source.lines[line - 1].count
            while column <= length {
                if source.scalar(line: line, column: column) == "*", word(line: line, column: column) == alias[...] {
                    last = source.position(line: line, column: column)
                    line = source.lines.count
                    break
                }
                column += 1
            }
            line += 1
            column = 1
        }
        fault(
            "yaml-alias",
            at: last,
            "aliases are not used in this file",
            help: "write the value out",
            length: alias.count
        )
    }

    /// An anchor, alias or tag with its indicator.
    private func word(line: Int, column: Int) -> ArraySlice<Unicode.Scalar> {
        source.lines[line - 1].dropFirst(column - 1).prefix { !" \t,[]{}".unicodeScalars.contains($0) }
    }

    private func position(_ node: Node) -> SourcePosition {
        guard let mark = node.mark else { return last }
        return source.position(line: mark.line, column: columns.original(line: mark.line, column: mark.column))
    }

    private mutating func fault(
        _ code: String,
        at position: SourcePosition,
        _ message: String,
        help: String? = nil,
        length: Int = 1
    ) {
        diagnostics.append(.error(code, at: position, message, help: help, length: length))
    }
}

extension MappingNode {
    /// How many characters of the line it takes, as far as that is known.
    var width: Int {
        guard case .scalar(let text, let style) = value else { return 1 }
        return max(1, text.unicodeScalars.count + (style == .quoted ? 2 : 0))
    }
}
