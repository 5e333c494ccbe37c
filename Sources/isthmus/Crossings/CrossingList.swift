import Ledger

/// Which crossings are asked for.
struct CrossingQuery {
    var states: Set<String> = []
    /// The addresses of one person or device, on either shore; empty for all.
    var addresses: [String] = []
    var containing: String?
    /// Accepted from this moment on.
    var since: TimeArgument?
    /// Accepted before this moment.
    var until: TimeArgument?
    /// The last so many; nil for all.
    var limit: Int?

    /// Whether few records come into question, which are found without reading all.
    var isNarrow: Bool { !addresses.isEmpty || since != nil || until != nil }

    func matches(_ crossing: CrossingView) -> Bool {
        if !states.isEmpty, !states.contains(crossing.state) { return false }
        if !addresses.isEmpty, !addresses.contains(where: crossing.names) { return false }
        if let containing, !crossing.contains(containing) { return false }
        let time = crossing.accepted ?? crossing.ended ?? ""
        if let since, time < since.text { return false }
        if let until, time >= until.text { return false }
        return true
    }
}

/// Reads crossings from the outbox and the log.
struct CrossingList {
    private let store: OpenStore
    private let log: RecordReader
    private let page = 5_000

    init(_ store: OpenStore) {
        self.store = store
        log = store.records()
    }

    /// The addresses by which records may name the owner of an address: what is held or refused has those of one shore.
    func addresses(of address: String) throws(Stop) -> [String] {
        // A device is asked for by itself.
        guard !address.contains(where: { "/;?".contains($0) }) else { return [address] }
        var all = [address]
        do throws(LedgerError) { all += try log.forms(of: address) } catch { throw Stop(error) }
        // Of whom nothing crossed yet the log knows no other address.
        if let found = try? AddressFinder(store).both(of: address) { all += [found.jid, found.uri] }
        return all
    }

    /// The crossings of a query in the order of their first records.
    func crossings(_ query: CrossingQuery) throws(Stop) -> [CrossingView] {
        let open = try outbox()
        let found = try query.isNarrow ? narrow(query, open) : wide(query, open)
        log.noteFault()
        return found
    }

    /// One crossing with its records as they were committed.
    func crossing(_ id: String) throws(Stop) -> (view: CrossingView, rows: [AuditRow])? {
        let row = try store.read { reader throws(LedgerError) in try reader.outboxRow(crossing: id) }
        let rows = try read(1...Int64.max, AuditFilter(crossing: id), .oldestFirst, 1_000)
        if rows.isEmpty, row == nil { return nil }
        return (CrossingView(id: id, records: try RecordView.read(rows), row: row), rows)
    }

    /// The log is read from its end, in pieces that grow, until the query is answered.
    private func wide(_ query: CrossingQuery, _ open: [String: OutboxRow]) throws(Stop) -> [CrossingView] {
        let last: Int64
        do throws(LedgerError) { last = try log.lastSequence() } catch { throw Stop(error) }
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

    /// First records that come into question are looked for from the end of the log, then the others of their crossings.
    private func narrow(_ query: CrossingQuery, _ open: [String: OutboxRow]) throws(Stop) -> [CrossingView] {
        let limit = query.limit ?? .max
        var firsts = AuditFilter(
            events: [.accepted, .refused],
            since: query.since?.milliseconds,
            until: query.until?.milliseconds
        )
        firsts.person = query.addresses
        var found: [CrossingView] = []
        var next = Int64.max
        while found.count < limit, next > 0 {
            let rows = try read(1...next, firsts, .newestFirst, min(500, max(50, limit)))
            guard let end = rows.last?.sequence else { break }
            next = end - 1
            found += try whole(RecordView.read(rows), from: end, open).filter(query.matches)
        }
        if !query.addresses.isEmpty {
            // What was held has its other addresses since it was translated again.
            (firsts.events, firsts.until) = ([.reprocessed], nil)
            let known = Set(found.compactMap(\.id))
            let ids = try RecordView.read(read(1...Int64.max, firsts, .newestFirst, .max)).compactMap(\.crossing)
            for id in Set(ids).subtracting(known) {
                if let again = try crossing(id)?.view, query.matches(again) { found.append(again) }
            }
        }
        found.sort { ($0.records.first ?? 0) < ($1.records.first ?? 0) }
        return query.limit.map { Array(found.suffix($0)) } ?? found
    }

    /// The crossings of first records, with all records that follow them.
    private func whole(
        _ firsts: [RecordView],
        from start: Int64,
        _ open: [String: OutboxRow]
    ) throws(Stop) -> [CrossingView] {
        var filter = AuditFilter()
        filter.crossings = Array(Set(firsts.compactMap { $0.event == "accepted" ? $0.crossing : nil }))
        var records: [String: [RecordView]] = [:]
        if !filter.crossings.isEmpty {
            for record in try RecordView.read(read(start...Int64.max, filter, .oldestFirst, .max)) {
                if let id = record.crossing { records[id, default: []].append(record) }
            }
        }
        return firsts.compactMap { first in
            guard first.event == "accepted" else {
                return first.crossing == nil ? CrossingView(id: nil, records: [first], row: nil) : nil
            }
            guard let id = first.crossing else { return nil }
            return CrossingView(id: id, records: records[id] ?? [first], row: open[id])
        }
    }

    private func read(
        _ range: ClosedRange<Int64>,
        _ filter: AuditFilter,
        _ order: RecordOrder,
        _ limit: Int
    ) throws(Stop) -> [AuditRow] {
        do throws(LedgerError) {
            return try log.records(in: range, matching: filter, order, limit: limit)
        } catch {
            throw Stop(error)
        }
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
            let rows = try read(next...Int64.max, AuditFilter(), .oldestFirst, page)
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
