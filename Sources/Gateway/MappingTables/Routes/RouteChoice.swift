/// What one route holds, for people: its profile, and the switches that somebody set beside what is shipped.
public struct RouteChoice: Sendable, Equatable {
    /// A switch and its value.
    public struct Setting: Sendable, Equatable {
        /// The name of the switch.
        public let name: String
        /// The value as ``SwitchSet/text(_:)`` gives it.
        public let value: String
    }

    /// Which neighbors take it: a domain, `*.` and a domain, or `otherwise`.
    public let neighbors: String
    /// The name of its profile.
    public let profile: String
    /// The switches that the route sets over its profile, or a profile that is not shipped, in the order of their
    /// declarations.
    public let settings: [Setting]

    /// The choice on one line: the profile, and `NAME=VALUE` for each switch, with commas between them.
    public var text: String { ([profile] + settings.map { "\($0.name)=\($0.value)" }).joined(separator: ", ") }
}

extension Generation {
    /// What each route holds: that of all others, then those of single domains in the order in which they match.
    ///
    /// - Parameter isShipped: whether a file is one of those that are shipped; what these say of profiles is not listed.
    /// - Returns: the routes that some domain can take.
    public func routeChoices(isShipped: (String) -> Bool) -> [RouteChoice] {
        var choices = [choice("otherwise", otherwise, tables, isShipped)]
        var seen: Set<DomainPattern> = []
        for (pattern, route) in zip(routes.patterns, routes.routes) where seen.insert(pattern).inserted {
            let set = pattern.isBelow ? tables : peers[pattern.suffix] ?? tables
            choices.append(choice(pattern.text, route, set, isShipped))
        }
        return choices
    }

    private func choice(
        _ neighbors: String,
        _ route: Route,
        _ set: TableSet,
        _ isShipped: (String) -> Bool
    ) -> RouteChoice {
        let ofProfile = set.profiles[route.profile]?.origins ?? []
        let settings = Switch.allCases.filter { name in
            guard route.origins.indices.contains(name.rawValue), let origin = route.origins[name.rawValue] else {
                return false
            }
            return !ofProfile.contains(origin) || !isShipped(origin.file)
        }
        return RouteChoice(
            neighbors: neighbors,
            profile: route.profile,
            settings: settings.map { RouteChoice.Setting(name: $0.name, value: route.switches.text($0)) }
        )
    }
}
