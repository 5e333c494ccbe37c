extension PatchSelector {
    /// A place in a tree: the indexes into the content of each element from the root on.
    typealias Path = [Int]

    /// The elements that the steps lead to.
    ///
    /// - Parameter root: the root of the document; a step may name it as PIDF or partial PIDF does.
    func elements(in root: PresenceElement) -> [Path] {
        var places: [Path]
        var remaining = steps[...]
        if let start {
            places = []
            Self.find(id: start, in: root, at: [], into: &places)
        } else {
            guard let first = remaining.popFirst() else { return [] }
            places = Self.isRoot(first.name) ? Self.filtered([[]], first.predicates, root) : []
        }
        for step in remaining {
            var found: [Path] = []
            for place in places {
                guard let element = root.element(at: place[...]) else { continue }
                var candidates: [Path] = []
                for (index, item) in element.content.enumerated() {
                    guard case .element(let child) = item else { continue }
                    if let name = step.name, !child.is(name.local, name.namespace) { continue }
                    candidates.append(place + [index])
                }
                found.append(contentsOf: Self.filtered(candidates, step.predicates, root))
            }
            places = found
        }
        return places
    }

    private static func isRoot(_ name: Name?) -> Bool {
        guard let name else { return true }
        return name == Name(local: "presence", namespace: PresenceNamespace.pidf)
            || name == Name(local: "pidf-full", namespace: PresenceNamespace.diff)
    }

    /// Each predicate numbers what the one before has left.
    private static func filtered(_ paths: [Path], _ predicates: [Predicate], _ root: PresenceElement) -> [Path] {
        var paths = paths
        for predicate in predicates {
            if case .position(let number) = predicate {
                paths = number <= paths.count ? [paths[number - 1]] : []
                continue
            }
            paths = paths.filter { root.element(at: $0[...])?.satisfies(predicate) ?? false }
        }
        return paths
    }

    /// The attribute `id` is the one of type ID in PIDF and the data model.
    private static func find(id: String, in element: PresenceElement, at path: Path, into places: inout [Path]) {
        if element.attribute("id") == id { places.append(path) }
        for (index, item) in element.content.enumerated() {
            if case .element(let child) = item { find(id: id, in: child, at: path + [index], into: &places) }
        }
    }
}

extension PresenceElement {
    fileprivate func satisfies(_ predicate: PatchSelector.Predicate) -> Bool {
        switch predicate {
        case .position: false
        case .attribute(let name, let value): attribute(name.local, namespace: name.namespace) == value
        case .value(let value): wholeText == value
        case .child(let name, let value):
            children.contains { $0.is(name.local, name.namespace) && $0.wholeText == value }
        }
    }

    /// The text of the element and of all within it: its string value.
    private var wholeText: String {
        var text = ""
        for item in content {
            switch item {
            case .text(let run): text += run
            case .element(let child): text += child.wholeText
            }
        }
        return text
    }

    func element(at path: ArraySlice<Int>) -> PresenceElement? {
        guard let index = path.first else { return self }
        guard content.indices.contains(index), case .element(let child) = content[index] else { return nil }
        return child.element(at: path.dropFirst())
    }

    /// Changes the element at a path.
    mutating func update(
        at path: ArraySlice<Int>,
        _ change: (inout PresenceElement) throws(PIDFError) -> Void
    )
        throws(PIDFError)
    {
        guard let index = path.first else { return try change(&self) }
        guard content.indices.contains(index), case .element(var child) = content[index] else { return }
        // So that the child is changed in place and not copied.
        content[index] = .text("")
        try child.update(at: path.dropFirst(), change)
        content[index] = .element(child)
    }
}
