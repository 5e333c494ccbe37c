/// The routes of single domains and of all domains below one, found without a look at those of others.
struct RouteTable: Sendable {
    private(set) var routes: [Route] = []
    private(set) var patterns: [DomainPattern] = []
    private var index = DomainIndex()

    /// Adds a route behind the others.
    mutating func append(_ pattern: DomainPattern, _ route: Route) {
        index.insert(pattern, at: routes.count)
        routes.append(route)
        patterns.append(pattern)
    }

    /// Whether an earlier route takes every domain that a pattern takes.
    func covers(_ pattern: DomainPattern) -> Bool { index.covers(pattern) }

    /// The first route that takes a domain; nil when none does.
    func first(_ domain: String) -> Route? { index.first(domain).map { routes[$0] } }
}

/// Finds the first of many domain patterns that takes a domain.
///
/// A domain is looked up itself and by what stands behind each of its dots, so that the cost grows with its labels and not
/// with the patterns.
struct DomainIndex: Sendable {
    private var exact: [String: Int] = [:]
    private var below: [String: Int] = [:]

    /// Adds a pattern; of equal ones the first stays.
    mutating func insert(_ pattern: DomainPattern, at place: Int) {
        if pattern.isBelow {
            if below[pattern.suffix] == nil { below[pattern.suffix] = place }
        } else if exact[pattern.suffix] == nil {
            exact[pattern.suffix] = place
        }
    }

    /// The place of the first pattern that takes a domain.
    func first(_ domain: String) -> Int? {
        var first = exact.isEmpty ? nil : exact[domain]
        guard !below.isEmpty else { return first }
        for suffix in DomainIndex.suffixes(of: domain) {
            guard let place = below[suffix] else { continue }
            if place < first ?? .max { first = place }
        }
        return first
    }

    /// Whether some pattern takes everything that another takes.
    func covers(_ pattern: DomainPattern) -> Bool {
        if pattern.isBelow ? below[pattern.suffix] != nil : exact[pattern.suffix] != nil { return true }
        return DomainIndex.suffixes(of: pattern.suffix).contains { below[$0] != nil }
    }

    /// What stands behind each dot of a domain, the longest first.
    static func suffixes(of domain: String) -> [String] {
        var suffixes: [String] = []
        var rest = domain[...]
        while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[rest.utf8.index(after: dot)...]
            suffixes.append(String(rest))
        }
        return suffixes
    }
}
