import BridgeCore
import GatewayDaemon
import Ledger

/// A subscription as the store has it, with what it rests on.
struct StoredSubscription {
    let row: WatchRow
    let usages: [UsageRow]

    var key: WatchKey { WatchKey(row) }
    var state: String { WatchRecord.stateName(UInt8(clamping: row.state), target: key.target) }
}

/// Subscriptions of one store.
struct SubscriptionList {
    private let store: OpenStore
    private static let page = 1_000

    init(_ store: OpenStore) { self.store = store }

    /// The name of a user in the store: the bare JID, on whichever shore.
    func user(_ address: String) throws(Stop) -> String {
        try AddressFinder(store).jid(of: address)
    }

    /// One subscription.
    ///
    /// - Throws: wrong usage for what is no address, a fault when there is no such subscription.
    func subscription(_ watcher: String, _ presentity: String) throws -> StoredSubscription {
        let watcher = try user(watcher)
        let presentity = try user(presentity)
        let rows = try store.read { reader throws(LedgerError) in
            try reader.watches(WatchFilter(user: watcher), limit: .max)
        }
        guard let row = rows.first(where: { $0.watcher == watcher && $0.presentity == presentity }) else {
            throw Stop.fault(
                "\(watcher) does not watch \(presentity); isthmus subscriptions list --user \(watcher) shows whom"
            )
        }
        return StoredSubscription(row: row, usages: try usages(of: [WatchKey(row)])[WatchKey(row)] ?? [])
    }

    /// Subscriptions in the order of watchers and presentities.
    func subscriptions(
        _ filter: WatchFilter,
        state: String?,
        after: (watcher: String, presentity: String)?,
        limit: Int
    ) throws(Stop) -> [StoredSubscription] {
        // The last of both directions between the two.
        var last = after.map {
            WatchRow(watcher: $0.watcher, presentity: $0.presentity, target: .cpim, state: 0, changed: 0, parts: [])
        }
        var found: [WatchRow] = []
        while found.count < limit {
            let rows = try store.read { [last] reader throws(LedgerError) in
                try reader.watches(filter, after: last, limit: Self.page)
            }
            found += rows.filter { row in
                state.map { $0 == StoredSubscription(row: row, usages: []).state } ?? true
            }
            guard rows.count == Self.page else { break }
            last = rows.last
        }
        let rows = found.prefix(limit)
        let usages = try usages(of: Set(rows.map { WatchKey($0) }))
        return rows.map { StoredSubscription(row: $0, usages: usages[WatchKey($0)] ?? []) }
    }

    /// What the subscriptions rest on.
    private func usages(of keys: Set<WatchKey>) throws(Stop) -> [WatchKey: [UsageRow]] {
        var found: [WatchKey: [UsageRow]] = [:]
        var last: Int64 = 0
        while !keys.isEmpty {
            let rows = try store.read { [last] reader throws(LedgerError) in
                try reader.usages(after: last, limit: Self.page)
            }
            for row in rows where row.kind == .subscriber || row.kind == .notifier {
                let key = WatchKey(
                    watcher: row.watcher,
                    presentity: row.presentity,
                    target: row.kind == .subscriber ? .cpim : .xmpp
                )
                if keys.contains(key) { found[key, default: []].append(row) }
            }
            guard rows.count == Self.page, let id = rows.last?.id else { break }
            last = id
        }
        return found
    }
}
