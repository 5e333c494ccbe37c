/// The part of an item without which a field row has nothing to take: an element of a stanza or a document, a header or an
/// annotation by its name, or a civic address.
public struct FieldAnchor: Sendable, Hashable {
    /// The namespace; empty for a header of a request.
    public let namespace: String
    /// The name; that of a header of a request in lower case, and `civic` of a civic address, both without a namespace.
    public let name: String

    /// The civic address of a location, whichever of its parts a row takes.
    public static let civicAddress = FieldAnchor(namespace: "", name: DocumentPart.civic.rawValue)

    /// Makes an anchor.
    ///
    /// - Parameters:
    ///   - namespace: the namespace; empty for a header of a request.
    ///   - name: the name.
    @inlinable
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }
}

extension FieldSelector {
    /// What must be in an item for the field to have a value; nil where the item is asked in any case.
    public var anchor: FieldAnchor? {
        switch self {
        case .element(let namespace, let name, _), .descendant(let namespace, let name, _, _),
            .markup(let namespace, let name), .annotation(let namespace, let name):
            FieldAnchor(namespace: namespace, name: name)
        case .header(let namespace?, let name): FieldAnchor(namespace: namespace, name: name)
        case .header(nil, let name): FieldAnchor(namespace: "", name: name.lowercased())
        case .part(.civic, _, _, _, _): .civicAddress
        case .part(_, let namespace, let name, _, _): FieldAnchor(namespace: namespace, name: name)
        case .core, .content: nil
        }
    }
}

extension FieldSource {
    /// Every anchor that the item has; nil where each row has to ask the item.
    public var anchors: [FieldAnchor]? { nil }
}

/// Rules of one way by what they take, so that those of absent parts cost nothing.
///
/// One object, so that a question copies nothing.
final class FieldIndex: Sendable {
    /// The places of the rules that are tried in any case.
    private let always: [Int]
    private let anchored: [FieldAnchor: [Int]]
    private let sources: Set<FieldSelector>
    /// Those of ``sources`` that the translators know; few, and faster compared than hashed.
    private let coreSources: [CoreField]
    /// The namespaces of elements that are taken.
    private let namespaces: Set<String>
    /// The elements of documents that are taken, by the part in which they stand.
    private let parts: Set<PartElement>
    /// The elements of documents by which rules go, the first and those on the way into it.
    private let elements: Set<FieldAnchor>
    /// The parts of civic addresses that are taken.
    let civicNames: Set<String>
    /// The first elements of the ways into elements that are taken.
    private let steps: [FieldAnchor: Set<String>]
    private let targets: [FieldSelector: [FieldRule]]
    /// What is tried of an item that has no anchor of a rule.
    private let usual: [FieldRule]

    init(_ rules: [FieldRule]) {
        var anchored: [FieldAnchor: [Int]] = [:]
        for (place, rule) in rules.enumerated() {
            if let anchor = rule.source.anchor { anchored[anchor, default: []].append(place) }
        }
        self.anchored = anchored
        always = rules.indices.filter { rules[$0].source.anchor == nil }
        usual = always.map { rules[$0] }
        let sources = Set(rules.map(\.source))
        self.sources = sources
        coreSources = CoreField.allCases.filter { sources.contains(.core($0)) }
        namespaces = Set(rules.compactMap { $0.source.element?.namespace })
        targets = Dictionary(grouping: rules, by: \.target)
        var parts: Set<PartElement> = []
        var elements: Set<FieldAnchor> = []
        var civicNames: Set<String> = []
        var steps: [FieldAnchor: Set<String>] = [:]
        for rule in rules {
            switch rule.source {
            case .part(let part, let namespace, let name, let path, _):
                for name in [name] + path.names { elements.insert(FieldAnchor(namespace: namespace, name: name)) }
                parts.insert(PartElement(part: part, namespace: namespace, name: name))
                if part == .civic { civicNames.formUnion(CivicNames(name)?.names ?? []) }
            case .descendant(let namespace, let name, let path, _):
                guard let first = path.names.first else { continue }
                steps[FieldAnchor(namespace: namespace, name: name), default: []].insert(first)
            default: continue
            }
        }
        self.parts = parts
        self.elements = elements
        self.civicNames = civicNames
        self.steps = steps
    }

    /// The rules that can take something of an item, in order.
    func rules(of anchors: [FieldAnchor], among rules: [FieldRule]) -> [FieldRule] {
        var places: Set<Int> = []
        for anchor in anchors { places.formUnion(anchored[anchor] ?? []) }
        if places.isEmpty { return usual }
        return (always + places).sorted().map { rules[$0] }
    }

    /// Whether a rule takes a field.
    func takes(_ selector: FieldSelector) -> Bool {
        if case .core(let field) = selector { return coreSources.contains(field) }
        return sources.contains(selector)
    }

    /// Whether a rule takes something of elements of a namespace.
    func takes(elementsOf namespace: String) -> Bool { namespaces.contains(namespace) }

    /// Whether a rule takes something of an element of a part of documents.
    func takes(_ element: PartElement) -> Bool { parts.contains(element) }

    /// Whether a rule goes by an element of documents of this namespace and name.
    func goes(by element: FieldAnchor) -> Bool { elements.contains(element) }

    /// Whether a rule goes into an element by a child of this name.
    func enters(_ anchor: FieldAnchor, by name: String) -> Bool { steps[anchor]?.contains(name) ?? false }

    /// Whether a rule takes something of a part.
    func takes(_ anchor: FieldAnchor) -> Bool { anchored[anchor] != nil }

    /// The rules that fill a field, in order.
    func rules(filling selector: FieldSelector) -> [FieldRule] { targets[selector] ?? [] }
}

/// An element of one part of documents.
struct PartElement: Sendable, Hashable {
    let part: DocumentPart
    let namespace: String
    let name: String
}
