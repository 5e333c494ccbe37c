extension XML.Writer {
    /// Copies an element with everything in it.
    ///
    /// With `content`, the copy moves to another stream: the element's own namespace, and those of descendants that
    /// are joined to it by elements of that namespace only, become `content`. What lies inside an element of another
    /// namespace, such as a forwarded stanza, keeps its own.
    ///
    /// - Parameters:
    ///   - element: the element.
    ///   - content: the content namespace of the stream the copy is for; nil keeps all namespaces.
    ///   - attributes: attributes, without a namespace, that replace those of the same name on the element itself;
    ///     one without a value is left out.
    ///
    /// Source: RFC 6120 §4.8.3.
    public mutating func copy(
        _ element: XML.Element,
        content: String? = nil,
        replacing attributes: KeyValuePairs<String, String?> = [:]
    ) {
        let arena = element.arena
        let source = element.node.namespace
        /// The ends of the open elements, and whether each belongs to the content namespace's region.
        var open: [(end: Int, isContent: Bool)] = []
        // Most of what is copied is no deeper.
        open.reserveCapacity(6)
        var index = element.index
        let last = Int(element.node.end)
        while index < last {
            while let top = open.last, top.end <= index {
                end()
                open.removeLast()
            }
            let node = arena.nodes[index]
            if node.isText {
                text(arena.bytes[Int(node.start)..<(Int(node.start) + Int(node.count))])
            } else {
                let isContent = content != nil && node.namespace == source && open.last?.isContent ?? true
                let namespace = isContent ? content : nil
                start(arena.string(node.name), namespace ?? arena.string(node.namespace))
                copyAttributes(of: node, in: arena, except: index == element.index ? attributes : [:])
                open.append((Int(node.end), isContent))
            }
            index += 1
        }
        while open.popLast() != nil { end() }
    }

    private mutating func copyAttributes(
        of node: ArenaNode,
        in arena: Arena,
        except replacing: KeyValuePairs<String, String?>
    ) {
        for index in Int(node.start)..<(Int(node.start) + Int(node.count)) {
            let attribute = arena.attributes[index]
            let value = arena.bytes[Int(attribute.start)..<(Int(attribute.start) + Int(attribute.count))]
            if attribute.namespace == .empty {
                let name = arena.string(attribute.name)
                if !replacing.contains(where: { $0.key == name }) { self.attribute(name, value) }
            } else {
                self.attribute(arena.string(attribute.name), namespace: arena.string(attribute.namespace), value)
            }
        }
        for (name, value) in replacing {
            if let value { attribute(name, value) }
        }
    }
}
