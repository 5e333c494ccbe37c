/// A filter in the terms of a search database: one term of each group, and a time.
struct SearchQuery {
    /// Terms of which a record has one, by their hashes.
    struct Group {
        let hashes: [UInt64]
        /// The same for many, where looking through them all would take long.
        private let many: Set<UInt64>

        init(_ terms: [RecordTerm]) {
            hashes = terms.map(\.hash)
            many = terms.count > 8 ? Set(hashes) : []
        }

        func contains(_ hash: UInt64) -> Bool {
            if !many.isEmpty { return many.contains(hash) }
            for candidate in hashes where candidate == hash { return true }
            return false
        }
    }

    /// A record has a term of each; fewer than 64.
    let groups: [Group]
    let since: Int64?
    let until: Int64?

    init(_ filter: AuditFilter) {
        var groups: [[RecordTerm]] = []
        if let crossing = filter.crossing { groups.append([RecordTerm(.crossing, crossing)]) }
        groups.append(filter.crossings.map { RecordTerm(.crossing, $0) })
        if let identifier = filter.identifier { groups.append([RecordTerm(.identifier, identifier)]) }
        if let address = filter.address { groups.append([RecordTerm(.address, address)]) }
        groups.append(filter.person.map { RecordTerm(.address, $0) })
        if let rule = filter.rule { groups.append([RecordTerm(.rule, rule)]) }
        if let loss = filter.loss { groups.append([RecordTerm(.loss, loss)]) }
        if let outcome = filter.outcome { groups.append([RecordTerm(.outcome, outcome)]) }
        if let peer = filter.peer { groups.append([RecordTerm(.peer, peer)]) }
        groups.append((filter.events ?? []).map { RecordTerm(.event, $0.rawValue) })
        groups.removeAll(where: \.isEmpty)
        self.groups = groups.map { Group($0) }
        since = filter.since
        until = filter.until
    }

    /// Whether the terms of a record in the unfinished chunk match.
    func matches(_ terms: Span<UInt8>) -> Bool {
        var missing = (UInt64(1) << UInt64(groups.count)) - 1
        guard missing != 0 else { return true }
        SearchChunk.each(of: terms) { hash in
            for index in groups.indices where groups[index].contains(hash) { missing &= ~(1 << UInt64(index)) }
        }
        return missing == 0
    }

    /// Whether something written between two moments may match.
    func meets(_ first: Int64, _ last: Int64) -> Bool {
        (since ?? .min) <= last && first < (until ?? .max)
    }
}
