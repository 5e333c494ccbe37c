extension XML {
    /// Builds an element piece by piece, for places that are not hot.
    ///
    /// What XML 1.0 cannot carry becomes U+FFFD.
    public struct ElementBuilder {
        private var bytes: [UInt8] = []
        private var nodes: [ArenaNode] = []
        private var attributes: [ArenaAttribute] = []
        private var stack: [Int] = []
        private var names: [String: NameReference] = [:]
        private var growingText = -1

        /// Begins the root element.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace, empty for none.
        ///   - attributes: the attributes in order; those without a value are left out; `xml:lang` is understood.
        public init(_ name: String, _ namespace: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
            begin(name, namespace, Self.resolved(attributes))
        }

        /// Begins a child element; without an open element nothing happens.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace, empty for none.
        ///   - attributes: the attributes in order; those without a value are left out; `xml:lang` is understood.
        public mutating func start(
            _ name: String,
            _ namespace: String,
            _ attributes: KeyValuePairs<String, String?> = [:]
        ) {
            if !stack.isEmpty { begin(name, namespace, Self.resolved(attributes)) }
        }

        /// Ends the element begun last; the root is ended by ``finish()``.
        public mutating func end() {
            guard stack.count > 1, let index = stack.popLast() else { return }
            nodes[index].end = UInt32(truncatingIfNeeded: nodes.count)
            growingText = -1
        }

        /// Adds a child element that holds only text.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace, empty for none.
        ///   - attributes: the attributes in order; those without a value are left out; `xml:lang` is understood.
        ///   - text: the content.
        public mutating func element(
            _ name: String,
            _ namespace: String,
            _ attributes: KeyValuePairs<String, String?> = [:],
            text: String = ""
        ) {
            start(name, namespace, attributes)
            self.text(text)
            end()
        }

        /// Adds character data.
        ///
        /// - Parameter text: the text.
        public mutating func text(_ text: String) {
            append(text: Array(Characters.sanitize(text).text.utf8)[...])
        }

        /// Adds a copy of an element with everything in it.
        ///
        /// - Parameter element: the element; it may come from another stanza.
        public mutating func copy(_ element: Element) {
            let base = stack.count
            var ends: [Int] = []
            for index in element.index..<Int(element.node.end) {
                while let last = ends.last, last <= index {
                    ends.removeLast()
                    end()
                }
                let node = element.arena.nodes[index]
                if node.isText {
                    let start = Int(node.start)
                    append(text: element.arena.bytes[start..<(start + Int(node.count))])
                } else {
                    let view = Element(element.arena, index)
                    begin(view.name, view.namespace, view.attributes)
                    ends.append(Int(node.end))
                }
            }
            while stack.count > base { end() }
        }

        /// The element built; open elements are ended.
        ///
        /// - Returns: the root.
        public func finish() -> Element {
            var nodes = self.nodes
            for index in stack { nodes[index].end = UInt32(truncatingIfNeeded: nodes.count) }
            return Element(Arena(bytes: bytes, nodes: nodes, attributes: attributes))
        }

        // MARK: Pieces

        private static func resolved(_ pairs: KeyValuePairs<String, String?>) -> [Attribute] {
            pairs.compactMap { name, value in
                guard let value else { return nil }
                return name == "xml:lang" ? Attribute("lang", value, namespace: XML.namespace) : Attribute(name, value)
            }
        }

        private mutating func begin(_ name: String, _ namespace: String, _ own: [Attribute]) {
            growingText = -1
            stack.append(nodes.count)
            let nameReference = reference(to: name)
            let namespaceReference = reference(to: namespace)
            nodes.append(
                ArenaNode(
                    name: nameReference,
                    namespace: namespaceReference,
                    start: UInt32(truncatingIfNeeded: attributes.count),
                    count: UInt32(truncatingIfNeeded: own.count),
                    end: 0,
                    isPrefixed: false
                )
            )
            for attribute in own {
                let name = reference(to: attribute.name)
                let namespace = reference(to: attribute.namespace)
                let value = Array(Characters.sanitize(attribute.value).text.utf8)
                attributes.append(
                    ArenaAttribute(
                        name: name,
                        namespace: namespace,
                        start: UInt32(truncatingIfNeeded: bytes.count),
                        count: UInt32(truncatingIfNeeded: value.count)
                    )
                )
                bytes.append(contentsOf: value)
            }
        }

        private mutating func append(text: ArraySlice<UInt8>) {
            guard !text.isEmpty, !stack.isEmpty else { return }
            if growingText < 0 {
                growingText = nodes.count
                nodes.append(
                    ArenaNode(
                        name: .text,
                        namespace: .empty,
                        start: UInt32(truncatingIfNeeded: bytes.count),
                        count: 0,
                        end: UInt32(truncatingIfNeeded: nodes.count + 1),
                        isPrefixed: false
                    )
                )
            }
            bytes.append(contentsOf: text)
            nodes[growingText].count += UInt32(truncatingIfNeeded: text.count)
        }

        private mutating func reference(to name: String) -> NameReference {
            if let number = KnownNames.shared.number(of: Array(name.utf8)) { return NameReference(known: number) }
            if let earlier = names[name], Array(name.utf8) == earlierBytes(earlier) { return earlier }
            let made = NameReference(place: bytes.count)
            let utf8 = Array(name.utf8)
            for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: utf8.count >> (8 * shift))) }
            bytes.append(contentsOf: utf8)
            names[name] = made
            return made
        }

        /// String keys compare by canonical equivalence; names compare by bytes.
        private func earlierBytes(_ name: NameReference) -> [UInt8] {
            let count = (0..<4).reduce(0) { $0 | Int(bytes[name.place + $1]) << (8 * $1) }
            return Array(bytes[(name.place + 4)..<(name.place + 4 + count)])
        }
    }
}

extension XML.Element {
    /// Makes an element with attributes and text or child elements.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for none.
    ///   - attributes: the attributes in order; those without a value are left out; `xml:lang` is understood.
    ///   - text: character data before the children.
    ///   - children: the child elements.
    public init(
        _ name: String,
        _ namespace: String,
        _ attributes: KeyValuePairs<String, String?> = [:],
        text: String = "",
        children: [XML.Element] = []
    ) {
        var builder = XML.ElementBuilder(name, namespace, attributes)
        builder.text(text)
        for child in children { builder.copy(child) }
        self = builder.finish()
    }
}
