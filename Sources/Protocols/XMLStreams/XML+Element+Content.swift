extension XML.Element {
    // MARK: Attributes

    /// The attributes in wire order.
    public var attributes: [XML.Attribute] {
        let node = self.node
        return (0..<Int(node.count)).map { offset in
            let attribute = arena.attributes[Int(node.start) + offset]
            return XML.Attribute(
                arena.string(attribute.name),
                String(decoding: value(attribute), as: UTF8.self),
                namespace: arena.string(attribute.namespace)
            )
        }
    }

    /// An attribute's value as text.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for an attribute without a prefix.
    /// - Returns: the value, or nil when there is no such attribute.
    public func attribute(_ name: String, namespace: String = "") -> String? {
        attributeBytes(name, namespace: namespace).map { String(decoding: $0, as: UTF8.self) }
    }

    /// An attribute's value as UTF-8, without a copy.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for an attribute without a prefix.
    /// - Returns: the value, or nil when there is no such attribute.
    public func attributeBytes(_ name: String, namespace: String = "") -> ArraySlice<UInt8>? {
        let node = self.node
        let name = name.utf8.span
        for index in Int(node.start)..<(Int(node.start) + Int(node.count)) {
            let attribute = arena.attributes[index]
            guard arena.matches(attribute.name, name) else { continue }
            let inNamespace =
                namespace.isEmpty
                ? attribute.namespace == .empty : arena.matches(attribute.namespace, namespace)
            if inNamespace { return value(attribute) }
        }
        return nil
    }

    /// The element's own `xml:lang`; what it inherits is for the caller to look up.
    ///
    /// Source: RFC 6120 §8.1.
    public var language: String? { attribute("lang", namespace: XML.namespace) }

    func value(_ attribute: ArenaAttribute) -> ArraySlice<UInt8> {
        arena.bytes[Int(attribute.start)..<(Int(attribute.start) + Int(attribute.count))]
    }

    // MARK: Children

    /// The child elements in document order.
    public var children: Children { Children(of: self) }

    /// Text and child elements in document order.
    public var nodes: Nodes { Nodes(of: self) }

    /// The first child element with this name and namespace.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for none.
    /// - Returns: the child, or nil when there is none.
    public func first(_ name: String, _ namespace: String) -> XML.Element? {
        firstChild { arena.matches($0.name, name) && arena.matches($0.namespace, namespace) }
    }

    /// The first child element in the element's own namespace with this name.
    ///
    /// - Parameter name: the local name.
    /// - Returns: the child, or nil when there is none.
    public func firstOwn(_ name: String) -> XML.Element? {
        let namespace = node.namespace
        return firstChild { $0.namespace == namespace && arena.matches($0.name, name) }
    }

    /// The first child element whose node is looked for; no view is made of those before it.
    private func firstChild(where isWanted: (ArenaNode) -> Bool) -> XML.Element? {
        var upcoming = index + 1
        let end = Int(node.end)
        while upcoming < end {
            let node = arena.nodes[upcoming]
            if !node.isText, isWanted(node) { return XML.Element(arena, upcoming) }
            upcoming = Int(node.end)
        }
        return nil
    }

    /// The child elements with this name and namespace, in document order.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for none.
    /// - Returns: the children.
    public func all(_ name: String, _ namespace: String) -> [XML.Element] {
        children.filter { $0.is(name, namespace) }
    }

    // MARK: Text

    /// The element's own character data, joined; that of child elements is not part of it.
    public var text: String { String(decoding: textBytes, as: UTF8.self) }

    /// The same as ``text`` in UTF-8; no copy is made when the text is in one run.
    public var textBytes: ArraySlice<UInt8> {
        var joined: ArraySlice<UInt8> = []
        for node in nodes {
            guard case .text(let run) = node else { continue }
            if joined.isEmpty { joined = run } else { joined.append(contentsOf: run) }
        }
        return joined
    }

    /// The child elements of one element.
    public struct Children: Sequence, IteratorProtocol, Sendable {
        private let arena: Arena
        private var upcoming: Int
        private let end: Int

        init(of element: XML.Element) {
            arena = element.arena
            upcoming = element.index + 1
            end = Int(element.node.end)
        }

        /// The next child element, or nil at the end.
        public mutating func next() -> XML.Element? {
            while upcoming < end {
                let index = upcoming
                let node = arena.nodes[index]
                upcoming = Int(node.end)
                if !node.isText { return XML.Element(arena, index) }
            }
            return nil
        }
    }

    /// Text and child elements of one element.
    public struct Nodes: Sequence, IteratorProtocol, Sendable {
        private let arena: Arena
        private var upcoming: Int
        private let end: Int

        init(of element: XML.Element) {
            arena = element.arena
            upcoming = element.index + 1
            end = Int(element.node.end)
        }

        /// The next run of text or child element, or nil at the end.
        public mutating func next() -> XML.Node? {
            guard upcoming < end else { return nil }
            let index = upcoming
            let node = arena.nodes[index]
            upcoming = Int(node.end)
            guard node.isText else { return .element(XML.Element(arena, index)) }
            return .text(arena.bytes[Int(node.start)..<(Int(node.start) + Int(node.count))])
        }
    }
}
