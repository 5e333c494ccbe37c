import MappingTables

extension TestBench {
    /// Takes the fields of one side to the other and compares fields and losses.
    mutating func fields(_ route: Route, _ facts: Facts) throws(TestFault) -> String? {
        let there = try cross(test.given, to: test.expect, route, facts)
        if let difference = there.difference(from: test.expect) { return difference }
        guard let back = test.andBack else { return nil }
        return try cross(test.expect, to: back, route, facts).difference(from: back).map { "on the way back " + $0 }
    }

    /// The fields of one side on the other, with the losses.
    mutating func crossed(_ route: Route, _ facts: Facts) throws(TestFault) -> TestValue {
        let found = try cross(test.given, to: test.expect, route, facts)
        return .keys([(found.side.rawValue, .keys(found.fields)), ("loss", .list(found.losses))])
    }

    private mutating func cross(
        _ given: MappingNode,
        to expected: MappingNode,
        _ route: Route,
        _ facts: Facts
    ) throws(TestFault) -> FieldsFound {
        let sides = Vocabulary.allCases
        guard let source = sides.first(where: { given[$0.rawValue] != nil }), let node = given[source.rawValue] else {
            throw TestFault("given names none of xmpp, cpim, sip, pidf")
        }
        let isPresence = test.table == "presence.fields"
        let hasSIP = source == .sip || test.table == "message.sip" || expected["sip"] != nil
        let middle: Vocabulary = isPresence ? .pidf : .cpim
        let target: Vocabulary = source != middle ? middle : hasSIP ? .sip : .xmpp
        let way = target.way
        let rules = isPresence ? route.presenceFields : hasSIP ? route.carrierFields : route.messageFields
        try check(node, source, rules, way, isPresence)
        let fields = TestFields(node, source)
        let setting = Setting(facts, route, generation.addresses)
        let conversion = FieldConversion(
            sender: ("", ""),
            recipient: ("", ""),
            setting: setting,
            freshCallID: "fresh@gw.example.org"
        )
        var filled = TestFields(target)
        var trace = RuleTrace()
        do throws(FieldRefusal) {
            try rules.apply(from: fields, to: &filled, way: way, converter: conversion, trace: &trace)
        } catch {
            fire(error.row)
            return FieldsFound(
                side: target,
                fields: [(error.isHeld ? "held" : "refused", .text(Refusal.Code.loss.rawValue))],
                losses: []
            )
        }
        for row in trace.rows { fire(row) }
        let unnamed = fields.entries.filter { !rules.takes($0.selector, way) }
        let losses = trace.losses.map(\.lossClass) + unnamed.compactMap { $0.selector.lossClass(isPresence) }
        return FieldsFound(side: target, fields: filled.written, losses: losses.map(\.rawValue).sorted())
    }

    /// A name that says no namespace is that of a field, or of a header: one that a row takes, or that is like no field.
    private func check(
        _ node: MappingNode,
        _ side: Vocabulary,
        _ rules: FieldRules,
        _ way: Way,
        _ isPresence: Bool
    ) throws(TestFault) {
        for (key, _) in node.pairs ?? [] {
            guard let name = key.text, !name.contains(where: { $0 == "{" || $0 == " " }),
                CoreField(rawValue: name) == nil
            else { continue }
            let fields =
                isPresence && side == .xmpp
                ? CoreField.presenceFields(writing: false) : CoreField.fields(of: side, writing: false)
            let words = fields.map(\.rawValue)
            if side == .cpim || side == .sip {
                if rules.takes(.header(namespace: nil, name: name), way) { continue }
                if Spelling.nearest(to: name, among: words) == nil { continue }
            }
            throw TestFault(side, lacks: name, among: words)
        }
    }
}

/// The fields that came out, and what was lost.
private struct FieldsFound {
    let side: Vocabulary
    let fields: [(key: String, value: TestValue)]
    let losses: [String]

    /// Fields are compared exactly; losses are where the test names them.
    func difference(from node: MappingNode) -> String? {
        for end in ["refused", "held"] {
            let isEnd = fields.first?.key == end
            if node[end] != nil { return isEnd ? nil : "the item is not \(end)" }
            if isEnd { return "the item is \(end)" }
        }
        guard let expected = node[side.rawValue] else { return "\(side.rawValue) is not expected" }
        if let difference = TestValue.keys(fields).difference(from: expected, at: side.rawValue + ".", isExact: true) {
            return difference
        }
        guard let expected = node["loss"] else { return nil }
        let classes = (expected.elements?.compactMap(\.text) ?? []).sorted()
        return classes == losses ? nil : "loss is \(losses) instead of \(classes)"
    }
}

/// The fields of one side as tests write them.
///
/// Core fields and headers stand by name, others as `{NAMESPACE}NAME`, with `@ATTRIBUTE` for an attribute of an element,
/// and `+` before the name of an annotation. Elements of a document begin with `tuple`, `status` or `person` and a blank,
/// and `/PATH` behind a name leads to what is inside it. Parts of a civic address begin
/// with `civic` and a blank, parts of a content with `part` and a blank, and behind them `@` and the parameter that is
/// meant. Behind an element ` as xml` stands for all of it.
private struct TestFields: FieldSource, FieldTarget {
    let side: Vocabulary
    private(set) var entries: [(selector: FieldSelector, values: [String])] = []

    init(_ side: Vocabulary) { self.side = side }

    init(_ node: MappingNode, _ side: Vocabulary) {
        self.side = side
        for (key, value) in node.pairs ?? [] {
            let values = value.elements?.compactMap(\.text) ?? value.text.map { [$0] } ?? []
            entries.append((Self.selector(key.text ?? "", side), values))
        }
    }

    func values(of selector: FieldSelector) -> FieldValues {
        if case .part(.civic, _, let name, _, _) = selector, let names = CivicNames(name) {
            return FieldValues(
                text: names.joined { name in entries.first { $0.selector == .civic(name) }?.values.first }
            )
        }
        if case .content(let part) = selector {
            let found = entries.filter { $0.selector.content.map { part.isIn($0) } ?? false }
            return FieldValues(found.flatMap(\.values).map { FieldValue(text: $0) })
        }
        return FieldValues(entries.first { $0.selector == selector }?.values.map { FieldValue(text: $0) } ?? [])
    }

    /// Of several rows that write a field the first stands.
    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        if !entries.contains(where: { $0.selector == selector }) { entries.append((selector, values.map(\.text))) }
    }

    var written: [(key: String, value: TestValue)] {
        entries.map { (Self.name($0.selector), $0.values.count == 1 ? .text($0.values[0]) : .list($0.values)) }
    }

    private static func selector(_ name: String, _ side: Vocabulary) -> FieldSelector {
        if let field = CoreField(rawValue: name) { return .core(field) }
        if name.hasPrefix("civic ") { return .civic(String(name.dropFirst(6))) }
        if let part = DocumentPart.allCases.first(where: { name.hasPrefix($0.rawValue + " ") }) {
            let found = qualified(String(name.dropFirst(part.rawValue.count + 1)))
            return .part(
                part,
                namespace: found.namespace ?? "",
                name: found.name,
                path: found.path,
                attribute: found.attribute
            )
        }
        if name.hasPrefix("part ") {
            let sides = name.dropFirst(5).split(separator: "@", maxSplits: 1).map { String($0) }
            let form = sides.count > 1 ? ContentPart.Form.parameter(sides[1].lowercased()) : .text
            if let part = ContentPart(sides.first ?? "", form: form) { return .content(part) }
        }
        if name.hasSuffix(" as xml") {
            let found = qualified(String(name.dropLast(7)))
            return .markup(namespace: found.namespace ?? "", name: found.name)
        }
        let isAnnotation = name.hasPrefix("+")
        let found = qualified(isAnnotation ? String(name.dropFirst()) : name)
        let namespace = found.namespace ?? ""
        if isAnnotation { return .annotation(namespace: namespace, name: found.name) }
        guard side == .xmpp else { return .header(namespace: found.namespace, name: found.name) }
        return found.path == .none
            ? .element(namespace: namespace, name: found.name, attribute: found.attribute)
            : .descendant(namespace: namespace, name: found.name, path: found.path, attribute: found.attribute)
    }

    /// `{NAMESPACE}NAME/PATH@ATTRIBUTE`.
    private static func qualified(
        _ text: String
    ) -> (namespace: String?, name: String, path: ElementPath, attribute: String?) {
        var namespace: String?
        var local = text
        if text.hasPrefix("{"), let end = text.firstIndex(of: "}") {
            namespace = String(text[text.index(after: text.startIndex)..<end])
            local = String(text[text.index(after: end)...])
        }
        let parts = local.split(separator: "@", maxSplits: 1).map { String($0) }
        let steps = (parts.first ?? "").split(separator: "/", maxSplits: 1).map { String($0) }
        let path = steps.count > 1 ? ElementPath(steps[1]) : nil
        return (namespace, steps.first ?? "", path ?? .none, parts.count > 1 ? parts[1] : nil)
    }

    private static func name(_ selector: FieldSelector) -> String {
        switch selector {
        case .core(let field): field.rawValue
        case .element(let namespace, let name, let attribute):
            "{\(namespace)}\(name)" + inside(.none, attribute)
        case .header(let namespace, let name): (namespace.map { "{\($0)}" } ?? "") + name
        case .annotation(let namespace, let name): "+{\(namespace)}\(name)"
        case .markup(let namespace, let name): "{\(namespace)}\(name) as xml"
        case .content(let part): "part \(part.text)" + (part.parameter.map { "@" + $0 } ?? "")
        case .descendant(let namespace, let name, let path, let attribute):
            "{\(namespace)}\(name)" + inside(path, attribute)
        case .part(.civic, _, let name, _, _): "civic \(name)"
        case .part(let part, let namespace, let name, let path, let attribute):
            "\(part.rawValue) {\(namespace)}\(name)" + inside(path, attribute)
        }
    }
}

private func inside(_ path: ElementPath, _ attribute: String?) -> String {
    (path == .none ? "" : "/" + path.text) + (attribute.map { "@" + $0 } ?? "")
}

extension ContentPart {
    /// The parameter that is the value; nil for the content.
    fileprivate var parameter: String? {
        if case .parameter(let name) = form { name } else { nil }
    }

    /// Whether a row that names this takes a part that a test has.
    fileprivate func isIn(_ other: ContentPart) -> Bool {
        parameter == other.parameter
            && matches(other.type) { name in other.parameters.first { $0.name == name }?.value }
    }
}

extension FieldRules {
    /// Whether a row takes a field, by itself or with others.
    fileprivate func takes(_ selector: FieldSelector, _ way: Way) -> Bool {
        if let part = selector.content {
            return rules(way).contains { $0.source.content.map { $0.isIn(part) } ?? false }
        }
        return names(selector, way: way) || joins(selector, way)
    }

    /// Whether a row joins a part of a civic address with others.
    fileprivate func joins(_ selector: FieldSelector, _ way: Way) -> Bool {
        guard case .part(.civic, _, let name, _, _) = selector else { return false }
        return civicNames(way).contains(name)
    }
}

extension FieldSelector {
    /// One part of a civic address.
    fileprivate static func civic(_ name: String) -> FieldSelector {
        .part(.civic, namespace: "", name: name, path: .none, attribute: nil)
    }

    /// The part of a content that is named; nil for everything else.
    fileprivate var content: ContentPart? {
        if case .content(let part) = self { part } else { nil }
    }

    /// What is lost where no row takes the field; nil for one that nobody misses.
    fileprivate func lossClass(_ isPresence: Bool) -> LossClass? {
        switch self {
        case .core(.note): .presenceNote
        case .part: .presenceDocument
        case .element, .descendant, .markup: isPresence ? .presenceElement : .element
        case .content: .part
        case .core(.cc): .copies
        case .core(.html): .html
        case .core(.subject): .subject
        case .core(.thread): .thread
        case .core, .annotation: nil
        case .header: .header
        }
    }
}
