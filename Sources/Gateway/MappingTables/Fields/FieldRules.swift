/// The rows of a field table that hold under one set of switches, by way.
///
/// Immutable; shared by all items that pass it.
public final class FieldRules: Sendable {
    /// From the pivot to the other vocabulary, in order.
    public let outward: [FieldRule]
    /// From the other vocabulary to the pivot, in order.
    public let inward: [FieldRule]
    /// The parts of a content that are read for the other vocabulary, in order.
    public let parts: [ContentPart]
    /// The personal events of which rows take or make something: the name of the payload by its namespace, which is the
    /// node (XEP-0163 §4).
    public let events: [String: String]
    /// Explains what the rows do; nil in live traffic.
    @usableFromInline
    let observer: FieldObserver?

    private let outwardIndex: FieldIndex
    private let inwardIndex: FieldIndex

    /// The most rules that are walked through without a look at what the item has.
    static let mostWalked = 64

    init(outward: [FieldRule], inward: [FieldRule], observer: FieldObserver? = nil) {
        self.observer = observer
        self.outward = outward
        self.inward = inward
        outwardIndex = FieldIndex(outward)
        inwardIndex = FieldIndex(inward)
        var parts: [ContentPart] = []
        for rule in outward {
            if case .content(let part) = rule.source, !parts.contains(part) { parts.append(part) }
        }
        self.parts = parts
        var events: [String: String] = [:]
        for rule in inward where rule.isEvent { rule.source.element.map { events[$0.namespace] = $0.name } }
        for rule in outward where rule.isEvent { rule.target.element.map { events[$0.namespace] = $0.name } }
        self.events = events
    }

    /// The rules that lead one way.
    ///
    /// - Parameter way: that to the pivot, `.toCPIM` or `.toPIDF`, or the way to the table's other vocabulary.
    /// - Returns: the rules in order.
    @inlinable
    public func rules(_ way: Way) -> [FieldRule] { way == .toCPIM || way == .toPIDF ? inward : outward }

    /// The rules that lead one way and can take something of an item.
    ///
    /// - Parameters:
    ///   - way: where it leads.
    ///   - anchors: what the item has; nil takes all rules.
    /// - Returns: the rules in order.
    public func rules(_ way: Way, having anchors: @autoclosure () -> [FieldAnchor]?) -> [FieldRule] {
        let rules = rules(way)
        guard rules.count > Self.mostWalked, let anchors = anchors() else { return rules }
        return index(way).rules(of: anchors, among: rules)
    }

    /// Whether a row takes a field.
    ///
    /// - Parameters:
    ///   - selector: the field of the source.
    ///   - way: where it leads.
    /// - Returns: whether it has a row.
    public func takes(_ selector: FieldSelector, _ way: Way) -> Bool { index(way).takes(selector) }

    /// Whether a row takes something of a part of an item.
    ///
    /// - Parameters:
    ///   - anchor: the part.
    ///   - way: where it leads.
    /// - Returns: whether it has a row.
    public func takes(_ anchor: FieldAnchor, _ way: Way) -> Bool { index(way).takes(anchor) }

    /// Whether a row takes something of elements of a namespace.
    ///
    /// - Parameters:
    ///   - namespace: the namespace of elements of stanzas.
    ///   - way: where it leads.
    /// - Returns: whether it has a row.
    public func takes(elementsOf namespace: String, _ way: Way) -> Bool { index(way).takes(elementsOf: namespace) }

    /// Whether a row takes something of an element of documents.
    ///
    /// - Parameters:
    ///   - part: where the element stands.
    ///   - namespace: its namespace.
    ///   - name: its name.
    ///   - way: where it leads.
    /// - Returns: whether it has a row.
    public func takes(_ part: DocumentPart, _ namespace: String, _ name: String, _ way: Way) -> Bool {
        index(way).takes(PartElement(part: part, namespace: namespace, name: name))
    }

    /// Whether a row names an element of documents, as the one that it takes or as one on the way into that.
    ///
    /// - Parameters:
    ///   - element: the element, in whatever part of a document.
    ///   - way: where it leads.
    /// - Returns: whether it has a row.
    public func goes(by element: FieldAnchor, _ way: Way) -> Bool { index(way).goes(by: element) }

    /// The parts of civic addresses that rows take, alone or with others.
    ///
    /// - Parameter way: where it leads.
    /// - Returns: the names (RFC 4119 §2.2.1).
    public func civicNames(_ way: Way) -> Set<String> { index(way).civicNames }

    /// Whether a row goes into an element by a child.
    ///
    /// - Parameters:
    ///   - anchor: the element.
    ///   - name: the name of the child.
    ///   - way: where it leads.
    /// - Returns: whether it has a row.
    public func enters(_ anchor: FieldAnchor, by name: String, _ way: Way) -> Bool {
        index(way).enters(anchor, by: name)
    }

    /// The rules that fill a field.
    ///
    /// - Parameters:
    ///   - selector: the field of the target.
    ///   - way: where it leads.
    /// - Returns: the rules in order.
    public func rules(filling selector: FieldSelector, _ way: Way) -> [FieldRule] {
        index(way).rules(filling: selector)
    }

    private func index(_ way: Way) -> FieldIndex { way == .toCPIM || way == .toPIDF ? inwardIndex : outwardIndex }

    /// Takes every field that a row names from a source to a target.
    ///
    /// - Parameters:
    ///   - source: what is read.
    ///   - target: what is filled.
    ///   - way: where it leads.
    ///   - converter: carries out the converters.
    ///   - trace: gets the rows that fired and the losses.
    /// - Throws: ``FieldRefusal`` when a row says that a value which cannot be converted refuses or holds the item.
    @inlinable
    public func apply<Source: FieldSource, Target: FieldTarget, Converting: FieldConverter>(
        from source: Source,
        to target: inout Target,
        way: Way,
        converter: Converting,
        trace: inout RuleTrace
    ) throws(FieldRefusal) {
        if let observer { observer.explain(from: source, to: target, way: way, converter: converter) }
        for rule in rules(way, having: source.anchors) {
            var values = rule.values(in: source)
            if values.isEmpty { continue }
            if rule.converter != .copy {
                if let first = values.head, values.rest.isEmpty {
                    values.head = try rule.converted(first, way, converter, &trace)
                } else {
                    values = try rule.converted(values, way, converter, &trace)
                }
                if values.isEmpty { continue }
            }
            do throws(ConversionFault) {
                if let field = rule.core.target {
                    try target.set(values, for: field)
                } else {
                    try target.set(values, for: rule.target)
                }
                trace.fire(rule.row)
            } catch {
                // What the target cannot hold cannot be kept.
                guard rule.remedy != .refuse, rule.remedy != .hold else {
                    throw rule.refusal(error)
                }
                trace.lose(rule.loss, error.reason)
            }
        }
    }
}

extension FieldSelector {
    /// The child element of a stanza that is named, or in which is what is named; nil for everything else.
    public var element: (namespace: String, name: String)? {
        switch self {
        case .element(let namespace, let name, _), .descendant(let namespace, let name, _, _),
            .markup(let namespace, let name):
            (namespace, name)
        case .core, .header, .annotation, .part, .content: nil
        }
    }
}
