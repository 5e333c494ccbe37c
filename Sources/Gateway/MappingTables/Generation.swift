/// One checked, immutable set of all mapping tables; shared by everything that it translates.
public final class Generation: Sendable {
    /// What a row is, for people.
    public struct RowInfo: Sendable, Hashable {
        /// `TABLE.ID`.
        public let name: String
        /// The table.
        public let table: String
        /// The kind of the table.
        public let kind: TableKind
        /// Where the row stands.
        public let position: SourcePosition
        /// The row that it replaces; nil for none.
        public let overridden: String?
        /// Whether another row replaces it for all neighbors.
        public internal(set) var isReplaced = false
    }

    /// The digest of the canonical form, in lower-case hexadecimal.
    public let identifier: String
    /// Every row in order of folder, file and row, those included that others replace.
    public let rows: [RowInfo]
    /// How addresses are mapped.
    public let addresses: AddressTable
    /// The tests that stand beside the rows.
    public let tests: [TableTest]
    /// What was proved at load, a sentence each.
    public let proofs: [String]

    /// The personal events of which some row of some route takes or makes something: the name of the payload by its
    /// namespace, which is the node (XEP-0163 §4).
    public let events: [String: String]
    /// The nodes of those events.
    public let eventNodes: Set<String>

    let tables: TableSet
    let peers: [String: TableSet]
    let routes: RouteTable
    let otherwise: Route
    /// Explains what the tables are asked; nil in live traffic.
    let observer: TableObserver?

    init(
        identifier: String,
        rows: [RowInfo],
        addresses: AddressTable,
        tests: [TableTest],
        proofs: [String],
        tables: TableSet,
        peers: [String: TableSet],
        routes: RouteTable,
        otherwise: Route,
        observer: TableObserver? = nil
    ) {
        self.observer = observer
        self.identifier = identifier
        self.rows = rows
        self.addresses = addresses
        self.tests = tests
        self.proofs = proofs
        self.tables = tables
        self.peers = peers
        self.routes = routes
        self.otherwise = otherwise
        var events: [String: String] = [:]
        for set in [tables] + peers.values {
            for row in set.fields.values.joined() where row.isEvent {
                row.outer.element.map { events[$0.namespace] = $0.name }
            }
        }
        self.events = events
        eventNodes = Set(events.keys)
    }

    /// The name of a row, for records and people.
    ///
    /// - Parameter row: a row of this generation.
    /// - Returns: `TABLE.ID`; the number for a row of another generation.
    public func name(of row: RowID) -> String {
        rows.indices.contains(row.index) ? rows[row.index].name : "#\(row.index)"
    }

    /// The name of a class of losses.
    ///
    /// - Parameter lossClass: the class.
    /// - Returns: its name in tables.
    public func name(of lossClass: LossClass) -> String { lossClass.rawValue }

    /// The route of items to and from a domain of the CPIM shore.
    ///
    /// - Parameter peer: the domain, in lower case.
    /// - Returns: the first route that takes it, else that of all others.
    public func route(peer: String) -> Route {
        let route = routes.first(peer) ?? otherwise
        guard let observer else { return route }
        observer.explain(peer: peer, routes, route)
        return observed(route, peer: peer, observer)
    }

    /// A route of its own: a profile with single switches set.
    ///
    /// - Parameters:
    ///   - profile: the name of a profile.
    ///   - settings: names and values of switches.
    ///   - peer: the neighbor whose own tables hold; nil for none.
    /// - Returns: the route.
    /// - Throws: ``SettingFault`` for an unknown profile, switch or value.
    public func route(
        profile: String,
        settings: [(name: String, value: String)] = [],
        peer: String? = nil
    ) throws(SettingFault) -> Route {
        let tables = peer.flatMap { peers[$0] } ?? tables
        guard let profile = tables.profiles[profile] else {
            throw SettingFault(reason: "there is no profile \"\(profile)\"", known: tables.profiles.keys.sorted())
        }
        return try route(profile, profile.switches, profile.origins, settings, row: nil, tables)
    }

    /// A route with single switches set over it.
    ///
    /// - Parameters:
    ///   - route: a route of this generation.
    ///   - settings: names and values of switches.
    ///   - peer: the neighbor whose own tables hold; nil for none.
    /// - Returns: the route.
    /// - Throws: ``SettingFault`` for an unknown switch or value.
    public func route(
        _ route: Route,
        settings: [(name: String, value: String)],
        peer: String?
    ) throws(SettingFault) -> Route {
        let tables = peer.flatMap { peers[$0] } ?? tables
        guard let profile = tables.profiles[route.profile] else { return route }
        return try self.route(profile, route.switches, route.origins, settings, row: route.row, tables)
    }

    private func route(
        _ profile: TableSet.Profile,
        _ switches: SwitchSet,
        _ origins: [SourcePosition?],
        _ settings: [(name: String, value: String)],
        row: RowID?,
        _ tables: TableSet
    ) throws(SettingFault) -> Route {
        var switches = switches
        var origins = origins
        for (name, value) in settings {
            guard let known = Switch(name: name) else {
                throw SettingFault(reason: "there is no switch \"\(name)\"", known: Switch.names)
            }
            do throws(SwitchSet.Fault) { try switches.set(known, to: value) } catch {
                throw SettingFault(reason: error.reason, known: error.expected)
            }
            if origins.indices.contains(known.rawValue) { origins[known.rawValue] = nil }
        }
        return tables.route(profile, switches, row: row, origins: origins, observer: observer)
    }

    /// The names of the profiles.
    public var profiles: [String] { tables.profiles.keys.sorted() }
}

/// A profile or switch that does not exist, or a value that it cannot have.
public struct SettingFault: Error, Sendable, Equatable {
    /// A sentence with the offending text.
    public let reason: String
    /// What could stand there.
    public let known: [String]
}

/// The kinds of tables.
public enum TableKind: String, Sendable, CaseIterable {
    /// Which field becomes which.
    case fields
    /// Closed sets of values, both ways.
    case values
    /// Errors of both protocols and of the gateway.
    case errors
    /// Patterns of addresses.
    case addresses
    /// What is done about losses.
    case loss
    /// Which neighbor uses which profile.
    case routes
    /// Named sets of switches and tables.
    case profiles
}
