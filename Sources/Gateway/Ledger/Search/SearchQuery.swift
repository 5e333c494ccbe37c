/// A filter in the terms of a search database: one term of each group, and a time.
struct SearchQuery {
    /// Hashes of terms; a record has one of each group.
    let groups: [Set<UInt64>]
    let since: Int64?
    let until: Int64?

    init(_ filter: AuditFilter) {
        var groups: [[RecordTerm]] = []
        if let crossing = filter.crossing { groups.append([RecordTerm(.crossing, crossing)]) }
        if !filter.crossings.isEmpty { groups.append(filter.crossings.map { RecordTerm(.crossing, $0) }) }
        if let identifier = filter.identifier { groups.append([RecordTerm(.identifier, identifier)]) }
        if let address = filter.address { groups.append([RecordTerm(.address, address)]) }
        if !filter.person.isEmpty { groups.append(filter.person.map { RecordTerm(.address, $0) }) }
        if let rule = filter.rule { groups.append([RecordTerm(.rule, rule)]) }
        if let loss = filter.loss { groups.append([RecordTerm(.loss, loss)]) }
        if let outcome = filter.outcome { groups.append([RecordTerm(.outcome, outcome)]) }
        if let peer = filter.peer { groups.append([RecordTerm(.peer, peer)]) }
        if let events = filter.events { groups.append(events.map { RecordTerm(.event, $0.rawValue) }) }
        self.groups = groups.map { Set($0.map(\.hash)) }
        since = filter.since
        until = filter.until
    }

    /// Whether something written between two moments may match.
    func meets(_ first: Int64, _ last: Int64) -> Bool {
        (since ?? .min) <= last && first < (until ?? .max)
    }
}
