extension XML {
    /// One element: a light view into the storage of a stanza or document.
    ///
    /// Copying one copies a reference and a number. A view keeps the whole stanza it came from alive.
    public struct Element: Sendable {
        let arena: Arena
        let index: Int

        init(_ arena: Arena, _ index: Int = 0) {
            self.arena = arena
            self.index = index
        }

        var node: ArenaNode { arena.nodes[index] }

        /// The local name.
        public var name: String { arena.string(node.name) }

        /// The namespace; empty when the element is in none.
        public var namespace: String { arena.string(node.namespace) }

        /// True when the tag was written with a prefix.
        ///
        /// Source: RFC 6120 §4.8.5, §4.9.3.
        public var isPrefixed: Bool { node.isPrefixed }

        /// The element's own namespace declarations in wire order, where they are kept: those of a stream header, and
        /// those of a document that was read to keep them; empty elsewhere.
        public var declarations: [NamespaceDeclaration] { arena.declarations[index] ?? [] }

        /// How many elements there are: this one and all within it.
        public var elementCount: Int {
            arena.nodes[index..<Int(node.end)].reduce(0) { $1.isText ? $0 : $0 + 1 }
        }

        /// True when the element has this local name and this namespace, compared byte by byte.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace, empty for none.
        /// - Returns: whether both agree.
        public func `is`(_ name: String, _ namespace: String) -> Bool {
            let node = self.node
            return arena.matches(node.name, name) && arena.matches(node.namespace, namespace)
        }

        /// True when the element has this local name, in whatever namespace, compared byte by byte.
        ///
        /// - Parameter name: the local name.
        /// - Returns: whether they agree.
        public func isNamed(_ name: String) -> Bool { arena.matches(node.name, name) }

        /// True when the element is in this namespace, compared byte by byte.
        ///
        /// - Parameter namespace: the namespace, empty for none.
        /// - Returns: whether they agree.
        public func isIn(_ namespace: String) -> Bool { arena.matches(node.namespace, namespace) }

        /// True when both elements are in one namespace.
        ///
        /// - Parameter other: the element to compare with; it may come from another stanza.
        /// - Returns: whether they agree.
        public func sharesNamespace(with other: Element) -> Bool {
            let (mine, theirs) = (node.namespace, other.node.namespace)
            if arena === other.arena || (mine.isKnown && theirs.isKnown) { return mine == theirs }
            return arena.nameBytes(mine) == other.arena.nameBytes(theirs)
        }
    }

    /// One attribute of an element; namespace declarations are not attributes.
    public struct Attribute: Sendable, Equatable {
        /// The local name.
        public let name: String
        /// The namespace; empty for an attribute written without a prefix.
        public let namespace: String
        /// The value after entity decoding and white space normalization.
        public let value: String

        /// Makes an attribute.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - value: the value.
        ///   - namespace: the namespace, empty for none.
        public init(_ name: String, _ value: String, namespace: String = "") {
            self.name = name
            self.namespace = namespace
            self.value = value
        }
    }

    /// What an element holds, in document order.
    public enum Node: Sendable, Equatable {
        /// A run of character data as UTF-8; adjacent runs are joined.
        case text(ArraySlice<UInt8>)
        /// A child element.
        case element(Element)
    }
}
