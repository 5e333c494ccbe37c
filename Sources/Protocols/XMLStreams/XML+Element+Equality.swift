extension XML.Element: Equatable {
    /// True when both elements mean the same: names, attributes in any order, text and children in order.
    ///
    /// Prefixes and namespace declarations do not count. The comparison walks both subtrees once.
    public static func == (left: XML.Element, right: XML.Element) -> Bool {
        let (one, two) = (left.node, right.node)
        if left.arena === right.arena, left.index == right.index { return true }
        let size = Int(one.end) - left.index
        guard size == Int(two.end) - right.index else { return false }
        for step in 0..<size where !sameNode(left, right, step) { return false }
        return true
    }

    private static func sameNode(_ left: XML.Element, _ right: XML.Element, _ step: Int) -> Bool {
        let (mine, theirs) = (left.arena.nodes[left.index + step], right.arena.nodes[right.index + step])
        guard mine.isText == theirs.isText, mine.count == theirs.count else { return false }
        // Equal ends, counted from each root, at every node make the shapes equal.
        guard Int(mine.end) - left.index == Int(theirs.end) - right.index else { return false }
        if mine.isText {
            return left.arena.bytes[Int(mine.start)..<(Int(mine.start) + Int(mine.count))]
                == right.arena.bytes[Int(theirs.start)..<(Int(theirs.start) + Int(theirs.count))]
        }
        let one = XML.Element(left.arena, left.index + step)
        let two = XML.Element(right.arena, right.index + step)
        guard same(mine.name, theirs.name, one, two), one.sharesNamespace(with: two) else { return false }
        // Names are unique within an element, so inclusion of equally many is equality.
        for index in Int(mine.start)..<(Int(mine.start) + Int(mine.count)) {
            let attribute = one.arena.attributes[index]
            let found = (Int(theirs.start)..<(Int(theirs.start) + Int(theirs.count))).contains { other in
                let candidate = two.arena.attributes[other]
                return same(attribute.name, candidate.name, one, two)
                    && same(attribute.namespace, candidate.namespace, one, two)
                    && one.value(attribute) == two.value(candidate)
            }
            if !found { return false }
        }
        return true
    }

    private static func same(
        _ mine: NameReference,
        _ theirs: NameReference,
        _ left: XML.Element,
        _ right: XML.Element
    ) -> Bool {
        if mine.isKnown, theirs.isKnown { return mine == theirs }
        return left.arena.nameBytes(mine) == right.arena.nameBytes(theirs)
    }
}

extension XML.Element: CustomStringConvertible {
    /// The element written out with its own namespace declarations.
    public var description: String {
        var writer = XML.Writer()
        writer.copy(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
