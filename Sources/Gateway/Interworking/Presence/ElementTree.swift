import MappingTables
import PIDF
import XMLStreams

/// The elements of a stanza, or of a part of a document, as rows name them.
///
/// Source: RFC 4480 §3, XEP-0107 §2, XEP-0108 §2.
struct ElementTree {
    /// Whose elements they are, by which the text behind a name has its place.
    enum Side {
        /// The text stands beside the name, in `<text/>`.
        case stanza
        /// The text stands inside the name.
        case document
    }

    let side: Side
    var elements: [PresenceElement] = []

    /// The children that are texts about the others, not names.
    private static let texts: Set<String> = ["note", "text"]

    // MARK: Reading

    /// The values of an element, of an attribute or of what is inside it.
    func values(_ namespace: String, _ name: String, _ path: ElementPath, _ attribute: String?) -> [FieldValue] {
        var values: [FieldValue] = []
        for element in elements where element.is(name, namespace) {
            var found = [element]
            for name in path.names { found = found.flatMap { $0.children.filter { $0.name == name } } }
            if let filter = path.filter { found = found.filter { $0.attribute(filter.name) == filter.value } }
            for element in found {
                if path.depth > 0 {
                    values += names(in: element, path.depth).map { FieldValue(text: $0) }
                } else if let attribute {
                    if let value = element.attribute(attribute) { values.append(FieldValue(text: value)) }
                } else if !Blank.isBlank(element.text) {
                    let language = element.attribute("lang", namespace: XML.namespace)
                    values.append(FieldValue(text: element.text, language: language))
                }
            }
        }
        return values
    }

    /// The names of the elements inside one, with what is inside those; names of other namespaces mean nothing, but
    /// those of places have one of their own.
    ///
    /// Source: RFC 4480 §3.7, XEP-0108 §2.1.
    private func names(in element: PresenceElement, _ depth: Int) -> [String] {
        let children = element.children.filter { child in
            !Self.texts.contains(child.name)
                && (child.namespace == element.namespace || child.namespace == PresenceNamespace.places)
        }
        return children.map { child in
            if depth > 1 { return names(in: child, depth - 1).first.map { child.name + "/" + $0 } ?? child.name }
            let text = SingleLine.text(child.text)
            return side == .document && !text.isEmpty ? child.name + "/" + text : child.name
        }
    }

    // MARK: Writing

    /// Takes the values of a row; those of several rows join in one element.
    mutating func set(
        _ values: [FieldValue],
        _ namespace: String,
        _ name: String,
        _ path: ElementPath,
        _ attribute: String?
    ) throws(ConversionFault) {
        guard XML.Characters.isName(name), path.names.allSatisfy(XML.Characters.isName),
            attribute.map(XML.Characters.isName) ?? true, path.filter.map({ XML.Characters.isName($0.name) }) ?? true
        else { throw ConversionFault("'\(name)' is no name.") }
        guard path != .none || attribute != nil else {
            for value in values { elements.append(Self.element(name, namespace, value)) }
            return
        }
        let place = elements.firstIndex { $0.is(name, namespace) } ?? elements.count
        var element = place < elements.count ? elements[place] : PresenceElement(name, namespace)
        for value in values {
            try add(value, to: &element, path.names[...], path.depth, attribute, path.filter)
            // Of names only one has room.
            if path.depth > 0 || attribute != nil { break }
        }
        if place < elements.count { elements[place] = element } else { elements.append(element) }
    }

    private func add(
        _ value: FieldValue,
        to element: inout PresenceElement,
        _ names: ArraySlice<String>,
        _ depth: Int,
        _ attribute: String?,
        _ filter: AttributeFilter?
    ) throws(ConversionFault) {
        guard let name = names.first else {
            if depth > 0 { return try add(named: value.text, to: &element, depth) }
            if let attribute { element.attributes.append(PresenceAttribute(attribute, value.text)) }
            return
        }
        if names.count == 1, depth == 0, attribute == nil {
            var named = Self.element(name, element.namespace, value)
            if let filter { named.attributes.insert(PresenceAttribute(filter.name, filter.value), at: 0) }
            if filter == nil, Self.hasText(element, like: named) { return }
            let child = PresenceElement.Content.element(named)
            // Notes come before what they are about (RFC 4480 §3.5).
            let isFirst = side == .document && Self.texts.contains(name)
            let notes = element.children.prefix { Self.texts.contains($0.name) }.count
            element.content.insert(child, at: isFirst ? notes : element.content.count)
            return
        }
        let isLast = names.count == 1
        let existing = element.children.first { child in
            child.is(name, element.namespace)
                && (!isLast || filter.map { child.attribute($0.name) == $0.value } ?? true)
        }
        var child = existing ?? PresenceElement(name, element.namespace)
        if existing == nil, isLast, let filter {
            child.attributes.append(PresenceAttribute(filter.name, filter.value))
        }
        let place = element.content.firstIndex { $0 == .element(child) }
        try add(value, to: &child, names.dropFirst(), depth, attribute, filter)
        if let place { element.content[place] = .element(child) } else { element.content.append(.element(child)) }
    }

    /// Adds the elements that a value such as `working/in_a_meeting` names, and the text behind them.
    private func add(named text: String, to element: inout PresenceElement, _ depth: Int) throws(ConversionFault) {
        let parts = text.split(separator: "/", maxSplits: depth, omittingEmptySubsequences: false).map { String($0) }
        let names = parts.prefix(depth).filter { !$0.isEmpty }
        guard !names.isEmpty, names.allSatisfy(XML.Characters.isName) else {
            throw ConversionFault("'\(String(text.unicodeScalars.prefix(64)))' is no name.")
        }
        let rest = parts.count > depth ? parts[depth] : ""
        var child: PresenceElement?
        for name in names.reversed() {
            child = PresenceElement(
                name,
                element.namespace,
                text: child == nil && side == .document ? rest : "",
                children: child.map { [$0] } ?? []
            )
        }
        if let child { element.content.append(.element(child)) }
        if side == .stanza, !rest.isEmpty {
            let text = PresenceElement("text", element.namespace, text: rest)
            if !Self.hasText(element, like: text) { element.content.append(.element(text)) }
        }
    }

    /// Whether an element has a text of the same name in the same language: of several the first stays.
    ///
    /// Source: XEP-0107 §2, XEP-0108 §2, RFC 6121 §4.7.2.2.
    private static func hasText(_ element: PresenceElement, like text: PresenceElement) -> Bool {
        texts.contains(text.name) && element.children.contains { $0.name == text.name && $0.tongue == text.tongue }
    }

    private static func element(_ name: String, _ namespace: String, _ value: FieldValue) -> PresenceElement {
        let language = value.language.map { [PresenceAttribute("lang", $0, namespace: XML.namespace)] }
        return PresenceElement(name, namespace, attributes: language ?? [], text: value.text)
    }

    /// Joins what others say into elements of the same name; of texts of one name and language the first stays.
    mutating func merge(_ others: [PresenceElement]) {
        for other in others {
            if let place = elements.firstIndex(where: { $0.is(other.name, other.namespace) }), !other.children.isEmpty {
                let notes = other.content.filter { Self.isText($0) && !Self.hasText(elements[place], like: $0) }
                let rest = other.content.filter { !Self.isText($0) && !elements[place].content.contains($0) }
                elements[place].content = notes + elements[place].content + rest
            } else if !elements.contains(where: { $0.is(other.name, other.namespace) }) {
                elements.append(other)
            }
        }
    }

    private static func isText(_ content: PresenceElement.Content) -> Bool {
        guard case .element(let element) = content else { return false }
        return texts.contains(element.name)
    }

    private static func hasText(_ element: PresenceElement, like content: PresenceElement.Content) -> Bool {
        guard case .element(let text) = content else { return false }
        return hasText(element, like: text)
    }
}

extension PresenceElement {
    /// The language that a text says it is in, as languages are compared.
    fileprivate var tongue: String? { attribute("lang", namespace: XML.namespace)?.lowercased() }
}

extension XML.Writer {
    /// Writes an element with everything in it.
    mutating func write(_ element: PresenceElement) {
        start(element.name, element.namespace)
        for attribute in element.attributes {
            self.attribute(attribute.name, namespace: attribute.namespace, Array(attribute.value.utf8)[...])
        }
        for content in element.content {
            switch content {
            case .text(let text): self.text(text)
            case .element(let child): write(child)
            }
        }
        end()
    }
}
