import Ledger

/// Which crossings are asked for.
struct CrossingQuery {
    var states: Set<String> = []
    var address: String?
    var containing: String?
    /// Accepted from this moment on, as text that orders like the moment.
    var since: String?
    /// Accepted before this moment.
    var until: String?
    /// The last so many; nil for all.
    var limit: Int?

    func matches(_ crossing: CrossingView) -> Bool {
        if !states.isEmpty, !states.contains(crossing.state) { return false }
        if let address, !crossing.names(address) { return false }
        if let containing, !crossing.contains(containing) { return false }
        let time = crossing.accepted ?? crossing.ended ?? ""
        if let since, time < since { return false }
        if let until, time >= until { return false }
        return true
    }
}

/// Reads crossings from the outbox and the log.
struct CrossingList {
    private let store: OpenStore
    private let page = 5_000

    init(_ store: OpenStore) { self.store = store }

    /// The crossings of a query in the order of their first records.
    ///
    /// The log is read from its end, in pieces that grow, until the query is answered.
    func crossings(_ query: CrossingQuery) throws(Stop) -> [CrossingView] {
        let open = try outbox()
        let last = try store.read { reader throws(LedgerError) in try reader.lastAuditRecord()?.sequence ?? 0 }
        var length = Int64(query.limit.map { max(1_000, $0 * 8) } ?? Int.max / 2)
        while true {
            let start = max(1, last - length + 1)
            let found = try views(from: start, open, isWhole: start == 1).filter(query.matches)
            if start == 1 || found.count >= query.limit ?? Int.max {
                return query.limit.map { Array(found.suffix($0)) } ?? found
            }
            length *= 4
        }
    }

    /// One crossing with its records as they were committed.
    func crossing(_ id: String) throws(Stop) -> (view: CrossingView, rows: [AuditRow])? {
        let row = try store.read { reader throws(LedgerError) in try reader.outboxRow(crossing: id) }
        let rows = try store.read { reader throws(LedgerError) in
            try reader.auditRecords(matching: AuditFilter(crossing: id), limit: 1_000)
        }
        if rows.isEmpty, row == nil { return nil }
        return (CrossingView(id: id, records: try RecordView.read(rows), row: row), rows)
    }

    private func outbox() throws(Stop) -> [String: OutboxRow] {
        var open: [String: OutboxRow] = [:]
        var after: Int64 = 0
        while true {
            let from = after
            let rows = try store.read { reader throws(LedgerError) in try reader.outbox(after: from) }
            guard let end = rows.last?.id else { return open }
            for row in rows { open[row.crossing] = row }
            after = end
        }
    }

    /// The crossings that begin in a piece of the log, and the refusals in it.
    private func views(from start: Int64, _ open: [String: OutboxRow], isWhole: Bool) throws(Stop) -> [CrossingView] {
        var order: [(id: String?, records: [RecordView])] = []
        var places: [String: Int] = [:]
        var next = start
        while true {
            let from = next
            let rows = try store.read { reader throws(LedgerError) in try reader.auditRecords(from: from, limit: page) }
            guard let end = rows.last?.sequence else { break }
            for record in try RecordView.read(rows) {
                if let id = record.crossing, let place = places[id] {
                    order[place].records.append(record)
                } else if let id = record.crossing {
                    // A crossing that began before this piece is left out.
                    guard record.event == "accepted" || isWhole else { continue }
                    places[id] = order.count
                    order.append((id, [record]))
                } else if record.event == "refused" {
                    order.append((nil, [record]))
                }
            }
            next = end + 1
        }
        return order.map { CrossingView(id: $0.id, records: $0.records, row: $0.id.flatMap { open[$0] }) }
    }
}
