import XMLStreams

/// A path to one place of a document, in the part of XPath that partial documents use.
///
/// Steps are names or `*`, each with any number of predicates: a position, the value of an attribute, of a child or of
/// the element itself. The last step may be an attribute or `text()` as well. `id('x')` may stand first. Comments and
/// processing instructions cannot be named, because documents are read without.
///
/// Source: RFC 5261 §4.1, §4.2.
public struct PatchSelector: Sendable, Hashable {
    /// An expanded name.
    struct Name: Sendable, Hashable {
        let local: String
        let namespace: String
    }

    enum Predicate: Sendable, Hashable {
        case position(Int)
        case attribute(Name, String)
        case child(Name, String)
        case value(String)
    }

    struct Step: Sendable, Hashable {
        /// The name; nil for any element.
        var name: Name?
        var predicates: [Predicate] = []
    }

    enum Last: Sendable, Hashable {
        /// The element that the steps lead to.
        case element
        case attribute(Name)
        /// A run of text in that element; without a number it must be the only one.
        case text(Int?)
    }

    /// The id of the element to begin at; nil to begin above the root.
    let start: String?
    let steps: [Step]
    let last: Last

    /// Reads a selector; nil for one that is malformed, of another part of XPath, or with a prefix not declared.
    ///
    /// - Parameters:
    ///   - text: the selector.
    ///   - prefixes: the namespace of each prefix where it stands; that of the empty prefix is for element names.
    public init?(_ text: String, prefixes: [String: String]) {
        var scanner = SelectorScanner(text, prefixes)
        guard let selector = scanner.selector() else { return nil }
        self = selector
    }

    init(start: String?, steps: [Step], last: Last) {
        self.start = start
        self.steps = steps
        self.last = last
    }
}

extension PatchSelector.Name {
    /// Expands a name.
    ///
    /// An attribute without a prefix is in no namespace.
    init?(_ text: Substring, prefixes: [String: String], isAttribute: Bool) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.last, XML.Characters.isName(String(name)) else { return nil }
        local = String(name)
        if parts.count == 1 {
            namespace = isAttribute ? "" : prefixes[""] ?? ""
        } else if parts[0] == "xml" {
            namespace = XML.namespace
        } else {
            guard !parts[0].isEmpty, let declared = prefixes[String(parts[0])] else { return nil }
            namespace = declared
        }
    }
}

/// Reads a selector from left to right.
private struct SelectorScanner {
    private var rest: Substring
    private let prefixes: [String: String]

    init(_ text: String, _ prefixes: [String: String]) {
        rest = text[...]
        self.prefixes = prefixes
    }

    mutating func selector() -> PatchSelector? {
        trim()
        var start: String?
        let isRooted = skip("/")
        if skip("id(") {
            guard let id = literal(), skip(")") else { return nil }
            start = id
            if rest.isEmpty { return PatchSelector(start: id, steps: [], last: .element) }
            guard skip("/") else { return nil }
        } else if isRooted, rest.isEmpty {
            return nil
        }
        var steps: [PatchSelector.Step] = []
        while true {
            trim()
            if let last = last() {
                // What has no parent element cannot be text or an attribute.
                guard rest.isEmpty, start != nil || !steps.isEmpty else { return nil }
                return PatchSelector(start: start, steps: steps, last: last)
            }
            guard let step = step() else { return nil }
            steps.append(step)
            trim()
            if rest.isEmpty { return PatchSelector(start: start, steps: steps, last: .element) }
            guard skip("/") else { return nil }
        }
    }

    /// An attribute or text, which ends a path.
    private mutating func last() -> PatchSelector.Last? {
        let before = rest
        if skip("@") {
            if let name = name(isAttribute: true) { return .attribute(name) }
        } else if skip("text()") {
            guard skip("[") else { return .text(nil) }
            if let number = number(), skip("]") { return .text(number) }
        }
        rest = before
        return nil
    }

    private mutating func step() -> PatchSelector.Step? {
        var step = PatchSelector.Step(name: nil)
        if !skip("*") {
            guard let name = name(isAttribute: false) else { return nil }
            step.name = name
        }
        while skip("[") {
            trim()
            guard let predicate = predicate() else { return nil }
            trim()
            guard skip("]") else { return nil }
            step.predicates.append(predicate)
        }
        return step
    }

    private mutating func predicate() -> PatchSelector.Predicate? {
        if let number = number() { return .position(number) }
        if skip("@") { return name(isAttribute: true).flatMap { name in value().map { .attribute(name, $0) } } }
        if skip(".") { return value().map { .value($0) } }
        return name(isAttribute: false).flatMap { name in value().map { .child(name, $0) } }
    }

    private mutating func value() -> String? {
        trim()
        guard skip("=") else { return nil }
        trim()
        return literal()
    }

    private mutating func literal() -> String? {
        guard let quote = rest.first, quote == "'" || quote == "\"", let end = rest.dropFirst().firstIndex(of: quote)
        else { return nil }
        let text = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        return String(text)
    }

    /// A position, counted from 1.
    private mutating func number() -> Int? {
        let digits = rest.utf8.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count < 7, let number = Int(String(rest[..<digits.endIndex])), number > 0 else {
            return nil
        }
        rest = rest[digits.endIndex...]
        return number
    }

    private mutating func name(isAttribute: Bool) -> PatchSelector.Name? {
        let end = rest.unicodeScalars.firstIndex { "/[]()=@*'\" \t\r\n".unicodeScalars.contains($0) } ?? rest.endIndex
        let name = PatchSelector.Name(rest[..<end], prefixes: prefixes, isAttribute: isAttribute)
        if name != nil { rest = rest[end...] }
        return name
    }

    private mutating func skip(_ word: String) -> Bool {
        guard rest.hasPrefix(word) else { return false }
        rest = rest.dropFirst(word.count)
        return true
    }

    private mutating func trim() {
        while let first = rest.utf8.first, XMLSpace.isSpace(first) { rest = rest.dropFirst() }
    }
}
