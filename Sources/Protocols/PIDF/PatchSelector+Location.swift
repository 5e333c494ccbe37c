extension PatchSelector {
    /// A place in a tree: the indexes into the content of each element from the root on.
    typealias Path = [Int]

    /// The elements that the steps lead to.
    ///
    /// - Parameters:
    ///   - root: the root of the document; a step may name it as PIDF or partial PIDF does.
    ///   - work: how much may be looked at; what is looked at is taken off.
    /// - Returns: their places, in the order of the document.
    /// - Throws: ``PIDFError`` with `.limit` when the work is used up.
    func elements(in root: PresenceElement, work: inout Int) throws(PIDFError) -> [Path] {
        var places: [Path] = []
        var remaining = steps[...]
        if let start {
            try Self.find(id: start, in: root, at: [], into: &places, work: &work)
        } else {
            guard let first = remaining.popFirst(), Self.isRoot(first.name) else { return [] }
            places = try Self.filtered([[]], first.predicates, root, work: &work)
        }
        for step in remaining {
            var found: [Path] = []
            for place in places {
                guard let element = root.element(at: place[...]) else { continue }
                var candidates: [Path] = []
                try Self.spend(element.content.count, of: &work)
                for (index, item) in element.content.enumerated() {
                    guard case .element(let child) = item else { continue }
                    if let name = step.name, !child.is(name.local, name.namespace) { continue }
                    candidates.append(place + [index])
                }
                found.append(contentsOf: try Self.filtered(candidates, step.predicates, root, work: &work))
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
    private static func filtered(
        _ paths: [Path],
        _ predicates: [Predicate],
        _ root: PresenceElement,
        work: inout Int
    ) throws(PIDFError) -> [Path] {
        var paths = paths
        for predicate in predicates {
            try spend(1 + paths.count, of: &work)
            if case .position(let number) = predicate {
                paths = number <= paths.count ? [paths[number - 1]] : []
                continue
            }
            var kept: [Path] = []
            for path in paths {
                guard let element = root.element(at: path[...]) else { continue }
                if try satisfies(element, predicate, work: &work) { kept.append(path) }
            }
            paths = kept
        }
        return paths
    }

    private static func satisfies(
        _ element: PresenceElement,
        _ predicate: Predicate,
        work: inout Int
    ) throws(PIDFError) -> Bool {
        switch predicate {
        case .position: return false
        case .attribute(let name, let value):
            try spend(element.attributes.count, of: &work)
            return element.attribute(name.local, namespace: name.namespace) == value
        case .value(let value): return try text(of: element, work: &work) == value
        case .child(let name, let value):
            for case .element(let child) in element.content where child.is(name.local, name.namespace) {
                if try text(of: child, work: &work) == value { return true }
            }
            try spend(element.content.count, of: &work)
            return false
        }
    }

    /// The text of an element and of all within it: its string value.
    private static func text(of element: PresenceElement, work: inout Int) throws(PIDFError) -> String {
        var joined = ""
        try spend(1 + element.content.count, of: &work)
        for item in element.content {
            switch item {
            case .text(let run):
                try spend(run.utf8.count / 64, of: &work)
                joined += run
            case .element(let child): joined += try text(of: child, work: &work)
            }
        }
        return joined
    }

    /// The attribute `id` is the one of type ID in PIDF and the data model.
    private static func find(
        id: String,
        in element: PresenceElement,
        at path: Path,
        into places: inout [Path],
        work: inout Int
    ) throws(PIDFError) {
        try spend(1 + element.content.count, of: &work)
        if element.attribute("id") == id { places.append(path) }
        for (index, item) in element.content.enumerated() {
            guard case .element(let child) = item else { continue }
            try find(id: id, in: child, at: path + [index], into: &places, work: &work)
        }
    }

    private static func spend(_ count: Int, of work: inout Int) throws(PIDFError) {
        work -= count
        if work < 0 { throw PIDFError(.limit, "The selectors look at too much.") }
    }
}

extension PresenceElement {
    func element(at path: ArraySlice<Int>) -> PresenceElement? {
        guard let index = path.first else { return self }
        guard content.indices.contains(index), case .element(let child) = content[index] else { return nil }
        return child.element(at: path.dropFirst())
    }

    /// Changes the element at a path.
    mutating func update(
        at path: ArraySlice<Int>,
        _ change: (inout PresenceElement) throws(PIDFError) -> Void
    ) throws(PIDFError) {
        guard let index = path.first else { return try change(&self) }
        guard content.indices.contains(index), case .element(var child) = content[index] else { return }
        // So that the child is changed in place and not copied.
        content[index] = .text("")
        try child.update(at: path.dropFirst(), change)
        content[index] = .element(child)
    }
}
