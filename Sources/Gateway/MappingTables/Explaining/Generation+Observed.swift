extension Generation {
    /// The same tables, whose every answer is explained to a witness.
    ///
    /// - Parameter witness: takes the steps.
    /// - Returns: a generation that translates as this one does, more slowly.
    public func observed(by witness: RuleWitness) -> Generation {
        let observer = TableObserver(witness, rows)
        var addresses = addresses
        addresses.observer = observer
        return Generation(
            identifier: identifier,
            rows: rows,
            addresses: addresses,
            tests: tests,
            proofs: proofs,
            tables: tables,
            peers: peers,
            routes: routes,
            otherwise: otherwise,
            observer: observer
        )
    }

    /// A route of this generation whose tables are observed.
    func observed(_ route: Route, peer: String, _ observer: TableObserver) -> Route {
        let set = peers[peer] ?? tables
        guard let profile = set.profiles[route.profile] else { return route }
        return set.route(profile, route.switches, row: route.row, origins: route.origins, observer: observer)
    }
}
