public import XMLStreams

/// An element of an extension, with everything in it.
///
/// Names are expanded: prefixes have no meaning and are not kept (RFC 3863 §4.2.1).
public struct PresenceElement: Sendable, Hashable {
    /// What an element holds, in document order.
    public enum Content: Sendable, Hashable {
        /// A run of text.
        case text(String)
        /// A child element.
        case element(PresenceElement)
    }

    /// The local name.
    public var name: String
    /// The namespace; empty for none.
    public var namespace: String
    /// The attributes in order.
    public var attributes: [PresenceAttribute]
    /// Text and child elements in order.
    public var content: [Content]

    /// Makes an element.
    ///
    /// - Parameters:
    ///   - name: the local name; an element whose name is no XML name is not written.
    ///   - namespace: the namespace, empty for none.
    ///   - attributes: the attributes in order.
    ///   - text: text before the children.
    ///   - children: the child elements.
    public init(
        _ name: String,
        _ namespace: String,
        attributes: [PresenceAttribute] = [],
        text: String = "",
        children: [PresenceElement] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        content = text.isEmpty ? [] : [.text(text)]
        if !children.isEmpty { content.append(contentsOf: children.map(Content.element)) }
    }

    /// Copies an element that was read.
    ///
    /// - Parameter element: the element; its depth is bounded by the reader it came from.
    public init(_ element: XML.Element) {
        var namespaces = SharedNamespaces()
        self.init(element, &namespaces)
    }

    init(_ element: XML.Element, _ namespaces: inout SharedNamespaces) {
        name = element.name
        namespace = namespaces.shared(element.namespace)
        attributes = []
        for attribute in element.attributes {
            let namespace = namespaces.shared(attribute.namespace)
            attributes.append(PresenceAttribute(attribute.name, attribute.value, namespace: namespace))
        }
        content = []
        for node in element.nodes {
            switch node {
            case .text(let run): content.append(.text(String(decoding: run, as: UTF8.self)))
            case .element(let child): content.append(.element(PresenceElement(child, &namespaces)))
            }
        }
    }

    /// True when the element has this local name and this namespace.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for none.
    /// - Returns: whether both agree.
    public func `is`(_ name: String, _ namespace: String) -> Bool {
        self.name == name && self.namespace == namespace
    }

    /// The element's own text, joined; that of child elements is not part of it.
    public var text: String {
        if content.count == 1, case .text(let only) = content[0] { return only }
        var joined = ""
        for case .text(let run) in content { joined += run }
        return joined
    }

    /// The child elements in order.
    public var children: [PresenceElement] {
        content.compactMap { item in
            guard case .element(let child) = item else { return nil }
            return child
        }
    }

    /// The first child element with this name and namespace.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for none.
    /// - Returns: the child, or nil when there is none.
    public func first(_ name: String, _ namespace: String) -> PresenceElement? {
        for case .element(let child) in content where child.is(name, namespace) { return child }
        return nil
    }

    /// The value of an attribute.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace, empty for an attribute without a prefix.
    /// - Returns: the value, or nil when there is no such attribute.
    public func attribute(_ name: String, namespace: String = "") -> String? {
        attributes.first { $0.name == name && $0.namespace == namespace }?.value
    }
}

/// An attribute of a ``PresenceElement``; namespace declarations are not attributes.
public struct PresenceAttribute: Sendable, Hashable {
    /// The local name.
    public var name: String
    /// The value.
    public var value: String
    /// The namespace; empty for an attribute without a prefix.
    public var namespace: String

    /// Makes an attribute.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - value: the value.
    ///   - namespace: the namespace, empty for none.
    public init(_ name: String, _ value: String, namespace: String = "") {
        self.name = name
        self.value = value
        self.namespace = namespace
    }
}

/// Long namespaces of one document, each kept once, so that many elements of one do not multiply it.
struct SharedNamespaces {
    private var long: Set<String> = []

    mutating func shared(_ namespace: String) -> String {
        if namespace.utf8.count <= 64 { return namespace }
        return long.insert(namespace).memberAfterInsert
    }
}
