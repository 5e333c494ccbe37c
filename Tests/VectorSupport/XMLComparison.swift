import CPIM
import XMLStreams

/// Compares two documents as canonical XML, by the rules of the vector format.
struct XMLComparison {
    enum Mode {
        case stanza
        case document
    }

    let mode: Mode
    private(set) var differences: [String] = []

    private static let contentNamespaces: Set<String> = ["jabber:client", "jabber:server", "jabber:component:accept"]
    private static let stanzaErrors = "urn:ietf:params:xml:ns:xmpp-stanzas"

    /// Namespaces of documents in which all order matters.
    private static let orderedNamespaces: Set<String> = [
        "http://www.w3.org/1999/xhtml", "urn:ietf:params:xml:ns:pidf", "urn:ietf:params:xml:ns:imdn",
        "urn:ietf:params:xml:ns:im-iscomposing", "urn:ietf:params:xml:ns:conference-info",
    ]
    private static let dateAttributes: Set<String> = ["stamp", "since", "last-input", "timestamp"]

    init(_ mode: Mode) { self.mode = mode }

    /// Compares; an empty list says that the documents are equal.
    static func differences(
        expected: [UInt8],
        actual: [UInt8],
        mode: Mode,
        bindings: inout Bindings
    ) -> [String] {
        var comparison = XMLComparison(mode)
        guard let one = try? XML.DocumentReader.read(expected[...]) else { return ["the expected XML cannot be read"] }
        guard let other = try? XML.DocumentReader.read(actual[...]) else { return ["the XML cannot be read"] }
        if mode == .document, !actual.starts(with: Array("<?xml ".utf8)) {
            comparison.differences.append("the document has no XML declaration")
        }
        comparison.compare(Tree(one), Tree(other), "", depth: 0, ordered: mode == .document, &bindings)
        return comparison.differences
    }

    private mutating func compare(
        _ one: Tree,
        _ other: Tree,
        _ outer: String,
        depth: Int,
        ordered: Bool,
        _ bindings: inout Bindings
    ) {
        let path = outer + "/" + one.name
        guard identity(one, depth) == identity(other, depth) else {
            return differences.append("\(path): found {\(other.namespace)}\(other.name)")
        }
        let isErrorStanza = depth == 0 && mode == .stanza && one.attributes[Name("", "type")] == "error"
        compareAttributes(one, other, path, depth, &bindings)
        if ordered || Self.orderedNamespaces.contains(one.namespace) {
            compareInOrder(one, other, path, depth, &bindings)
        } else {
            if !bindings.match(one.text, other.text) {
                differences.append("\(path): text '\(other.text)' instead of '\(one.text)'")
            }
            compareByName(one, other, path, depth, allowsEcho: isErrorStanza, &bindings)
        }
    }

    private mutating func compareAttributes(
        _ one: Tree,
        _ other: Tree,
        _ path: String,
        _ depth: Int,
        _ bindings: inout Bindings
    ) {
        for (name, value) in one.attributes.sorted(by: { $0.key.local < $1.key.local }) {
            guard let found = other.attributes[name] else {
                differences.append("\(path)/@\(name.local): missing")
                continue
            }
            if isSameDate(name.local, value, found) || bindings.match(value, found) { continue }
            differences.append("\(path)/@\(name.local): '\(found)' instead of '\(value)'")
        }
        for name in other.attributes.keys where one.attributes[name] == nil {
            if !isExtra(name, of: one, depth) { differences.append("\(path)/@\(name.local): not expected") }
        }
    }

    /// What an element may have beyond what is expected: who made an error, and the name of a presence, by which an
    /// error about it is found (RFC 6120 §8.1.3).
    private func isExtra(_ name: Name, of one: Tree, _ depth: Int) -> Bool {
        guard mode == .stanza else { return false }
        if depth == 0 { return one.name == "presence" && name == Name("", "id") }
        return depth == 1 && one.name == "error" && name == Name("", "by")
    }

    private func isSameDate(_ name: String, _ one: String, _ other: String) -> Bool {
        guard Self.dateAttributes.contains(name), let first = CPIMDateTime(one), let second = CPIMDateTime(other)
        else { return false }
        return first == second
    }

    private mutating func compareInOrder(
        _ one: Tree,
        _ other: Tree,
        _ path: String,
        _ depth: Int,
        _ bindings: inout Bindings
    ) {
        guard one.nodes.count == other.nodes.count else {
            return differences.append("\(path): \(other.nodes.count) nodes instead of \(one.nodes.count)")
        }
        for (first, second) in zip(one.nodes, other.nodes) {
            switch (first, second) {
            case (.text(let expected), .text(let found)):
                let isDate = isSameDate(one.name, expected, found)
                if !isDate, !bindings.match(expected, found) {
                    differences.append("\(path): text '\(found)' instead of '\(expected)'")
                }
            case (.tree(let expected), .tree(let found)):
                compare(expected, found, path, depth: depth + 1, ordered: true, &bindings)
            case (.text(let expected), .tree(let found)):
                differences.append("\(path): <\(found.name)> instead of '\(expected)'")
            case (.tree(let expected), .text(let found)):
                differences.append("\(path): '\(found)' instead of <\(expected.name)>")
            }
        }
    }

    private mutating func compareByName(
        _ one: Tree,
        _ other: Tree,
        _ path: String,
        _ depth: Int,
        allowsEcho: Bool,
        _ bindings: inout Bindings
    ) {
        var rest = other.children
        for child in one.children {
            let index = rest.firstIndex { identity($0, depth + 1) == identity(child, depth + 1) }
            guard let index else {
                differences.append("\(path)/\(child.name): missing")
                continue
            }
            compare(child, rest.remove(at: index), path, depth: depth + 1, ordered: false, &bindings)
        }
        for child in rest where !isExtra(child, of: one, depth: depth, allowsEcho: allowsEcho) {
            differences.append("\(path)/\(child.name): not expected")
        }
    }

    /// What the output may hold beyond what is expected.
    private func isExtra(_ child: Tree, of parent: Tree, depth: Int, allowsEcho: Bool) -> Bool {
        guard mode == .stanza else { return false }
        if depth == 0 {
            if child.name == "origin-id", child.namespace == "urn:xmpp:sid:0" { return true }
            if child.namespace == "urn:xmpp:hints" { return true }
            return allowsEcho && child.name != "error"
        }
        return depth == 1 && parent.name == "error" && child.name == "text" && child.namespace == Self.stanzaErrors
    }

    private func identity(_ tree: Tree, _ depth: Int) -> Name {
        let isCore = mode == .stanza && depth <= 1 && Self.contentNamespaces.contains(tree.namespace)
        return Name(isCore ? "jabber:client" : tree.namespace, tree.name)
    }
}

extension XMLComparison {
    /// A name with its namespace.
    struct Name: Hashable {
        let namespace: String
        let local: String

        init(_ namespace: String, _ local: String) {
            self.namespace = namespace
            self.local = local
        }
    }

    /// An element without what canonical form ignores.
    struct Tree {
        enum Node {
            case text(String)
            case tree(Tree)
        }

        let name: String
        let namespace: String
        let attributes: [Name: String]
        let nodes: [Node]

        init(_ element: XML.Element) {
            name = element.name
            namespace = element.namespace
            attributes = Dictionary(
                element.attributes.map { (Name($0.namespace, $0.name), $0.value) },
                uniquingKeysWith: { first, _ in first }
            )
            var hasChildren = false
            for _ in element.children { hasChildren = true }
            nodes = element.nodes.compactMap { node in
                switch node {
                case .element(let child): .tree(Tree(child))
                case .text(let bytes):
                    hasChildren && bytes.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
                        ? nil : .text(String(decoding: bytes, as: UTF8.self))
                }
            }
        }

        var children: [Tree] { nodes.compactMap { if case .tree(let tree) = $0 { tree } else { nil } } }
        var text: String { nodes.map { if case .text(let text) = $0 { text } else { "" } }.joined() }
    }
}
