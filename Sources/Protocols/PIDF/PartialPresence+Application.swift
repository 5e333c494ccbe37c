import XMLStreams

extension PartialPresence {
    /// The presence after this document.
    ///
    /// The changes are made one after the other; the result is read like any other document, so that it keeps within
    /// the limits. When a change fails nothing is changed, and the whole presence has to be asked for.
    ///
    /// - Parameters:
    ///   - document: the presence before; without an entity on either side no comparison is made.
    ///   - reader: the reader of the result.
    /// - Returns: the presence after.
    /// - Throws: ``PIDFError`` with `.patch` when a change finds no single place or does not fit there, or when the
    ///   changes are of another presentity; with another code when the result is no presence document, and with
    ///   `.limit` when the selectors together look at too much.
    ///
    /// Source: RFC 5262 §3.2; RFC 5261 §4, §4.1.
    public func apply(
        to document: PresenceDocument,
        reader: PIDFReader = PIDFReader()
    ) throws(PIDFError) -> PresenceDocument {
        guard case .diff(let entity, _, let operations) = self else {
            guard case .full(let whole, _) = self else { return document }
            return whole
        }
        if let entity, let before = document.entity, entity != before {
            throw PIDFError(.patch, "The changes are of '\(entity.prefix(80))'.")
        }
        var tree = try PresenceTree(document)
        for operation in operations { try tree.apply(operation) }
        return try reader.read(tree.bytes[...])
    }
}

/// A document as a tree of elements.
private struct PresenceTree {
    private var root: PresenceElement
    /// How much the selectors of all changes together may look at: a hundred times the elements of a large document.
    private var work = 1_000_000

    init(_ document: PresenceDocument) throws(PIDFError) {
        var writer = DocumentWriter()
        writer.keepsMustUnderstand = true
        writer.write(document)
        let limits = XML.Limits(
            documentBytes: 1 << 28,
            startTagBytes: 1 << 28,
            depth: 250,
            attributes: 1 << 16,
            children: 1 << 20
        )
        do throws(XMLStreamError) {
            root = PresenceElement(try XML.DocumentReader.read(writer.xml.bytes[...], limits: limits))
        } catch {
            throw PIDFError(.patch, "The presence before cannot be written: \(error.reason).")
        }
    }

    var bytes: [UInt8] {
        var writer = DocumentWriter()
        writer.keepsMustUnderstand = true
        writer.write(tree: root)
        return writer.xml.bytes
    }

    mutating func apply(_ operation: PatchOperation) throws(PIDFError) {
        let found = try operation.selector.elements(in: root, work: &work)
        guard found.count == 1 else {
            throw PIDFError(.patch, "A selector finds \(found.count) elements.")
        }
        let path = found[0]
        switch operation.selector.last {
        case .attribute(let name):
            try root.update(at: path[...]) { element throws(PIDFError) in
                try element.change(name, by: operation.kind)
            }
        case .text(let number):
            try root.update(at: path[...]) { element throws(PIDFError) in
                try element.change(at: element.index(ofText: number), by: operation.kind)
            }
        case .element:
            switch operation.kind {
            case .declarePrefix: break
            case .addAttribute(let attribute):
                try root.update(at: path[...]) { element throws(PIDFError) in try element.add(attribute) }
            case .add(let content, let position) where position == .append || position == .prepend:
                try root.update(at: path[...]) { element throws(PIDFError) in
                    element.content.insert(contentsOf: content, at: position == .append ? element.content.count : 0)
                    element.joinTexts()
                }
            case .add, .replace, .remove:
                guard let index = path.last else { throw PIDFError(.patch, "The root has no siblings and stays.") }
                try root.update(at: path.dropLast()) { parent throws(PIDFError) in
                    try parent.change(at: index, by: operation.kind)
                }
            }
        }
    }
}

extension PresenceElement {
    fileprivate mutating func add(_ attribute: PresenceAttribute) throws(PIDFError) {
        guard self.attribute(attribute.name, namespace: attribute.namespace) == nil else {
            throw PIDFError(.patch, "The attribute '\(attribute.name.prefix(80))' is there already.")
        }
        attributes.append(attribute)
    }

    fileprivate mutating func change(
        _ name: PatchSelector.Name,
        by kind: PatchOperation.Kind
    ) throws(PIDFError) {
        let place = attributes.firstIndex { $0.name == name.local && $0.namespace == name.namespace }
        guard let place else { throw PIDFError(.patch, "There is no attribute '\(name.local.prefix(80))'.") }
        switch kind {
        case .replace(let content): attributes[place].value = PresenceElement.joined(content)
        case .remove: attributes.remove(at: place)
        case .add, .addAttribute, .declarePrefix: throw PIDFError(.patch, "Nothing can be added to an attribute.")
        }
    }

    /// Where a run of text stands.
    fileprivate func index(ofText number: Int?) throws(PIDFError) -> Int {
        let places = content.indices.filter { index in
            guard case .text = content[index] else { return false }
            return true
        }
        guard number != nil || places.count == 1, let number = Optional(number ?? 1), number <= places.count else {
            throw PIDFError(.patch, "A selector finds \(number == nil ? places.count : 0) runs of text.")
        }
        return places[number - 1]
    }

    /// Changes a child, or its surroundings.
    fileprivate mutating func change(at index: Int, by kind: PatchOperation.Kind) throws(PIDFError) {
        switch kind {
        case .add(let added, .before): content.insert(contentsOf: added, at: index)
        case .add(let added, .after): content.insert(contentsOf: added, at: index + 1)
        case .replace(let replacement):
            content.replaceSubrange(index...index, with: try fitting(replacement, at: index))
        case .remove(let space): try remove(at: index, space)
        case .add, .addAttribute, .declarePrefix: throw PIDFError(.patch, "A run of text has no content.")
        }
        joinTexts()
    }

    /// An element makes way for one element, text for text.
    ///
    /// Source: RFC 5261 §4.4.1, §4.4.6.
    private func fitting(_ replacement: [Content], at index: Int) throws(PIDFError) -> [Content] {
        if case .text = content[index] { return [.text(PresenceElement.joined(replacement))] }
        let elements = replacement.filter { item in
            guard case .element = item else { return false }
            return true
        }
        guard elements.count == 1 else { throw PIDFError(.patch, "An element is replaced by \(elements.count).") }
        return elements
    }

    /// White space that is not there is no fault, because documents are kept without that between their elements.
    ///
    /// Source: RFC 5261 §4.5.
    private mutating func remove(at index: Int, _ space: PatchOperation.WhiteSpace) throws(PIDFError) {
        var (first, last) = (index, index)
        if space == .before || space == .both, isSpace(at: index - 1) { first -= 1 }
        if space == .after || space == .both, isSpace(at: index + 1) { last += 1 }
        content.removeSubrange(first...last)
    }

    private func isSpace(at index: Int) -> Bool {
        guard content.indices.contains(index), case .text(let run) = content[index] else { return false }
        return run.utf8.allSatisfy(XMLSpace.isSpace)
    }

    /// Text next to text is one run.
    ///
    /// Source: RFC 5261 §4.3.5.
    fileprivate mutating func joinTexts() {
        var joined: [Content] = []
        for item in content {
            if case .text(let run) = item {
                if run.isEmpty { continue }
                if case .text(let before)? = joined.last {
                    joined[joined.count - 1] = .text(before + run)
                    continue
                }
            }
            joined.append(item)
        }
        content = joined
    }

    private static func joined(_ content: [Content]) -> String {
        var text = ""
        for case .text(let run) in content { text += run }
        return text
    }
}
