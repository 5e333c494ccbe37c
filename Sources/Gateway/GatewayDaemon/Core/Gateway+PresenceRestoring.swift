import BridgeCore
import Ledger
import Logging
import SIMPLELegs

/// Presence after a restart: watches and subscriptions of an earlier process go on.
extension Gateway {
    /// Takes up watches and subscriptions of an earlier process, once the legs are there.
    func restorePresence() {
        guard let reader = recovered else { return }
        recovered = nil
        do throws(LedgerError) { try restorePresence(reader) } catch {
            logger.error("subscriptions of an earlier start could not be read", metadata: error.logged)
        }
        scheduleFlush()
    }

    private func restorePresence(_ reader: LedgerReader) throws(LedgerError) {
        var taken: Set<WatchKey> = []
        var notified: [(WatchKey, UInt64)] = []
        var restored: [StoredUsage.Kind: Int64] = [:]
        var last: Int64 = 0
        while true {
            let page = try reader.usages(after: last)
            guard let end = page.last else { break }
            last = end.id
            restore(page, &taken, &notified, &restored)
        }
        var hidden: Set<WatchKey> = []
        var previous: WatchRow?
        while true {
            let page = try reader.watches(after: previous)
            guard let end = page.last else { break }
            previous = end
            restore(page, subscribed: taken)
            hidden.formUnion(page.map { WatchKey($0) }.filter { simple?.isPseudonym($0.watcher) == true })
        }
        for (key, id) in notified {
            presence.restore(subscription: id, of: key)
            hidden.remove(key)
        }
        // A watcher who hides is nobody any more without its dialog.
        for key in hidden { handle(.dropped(key)) }
    }

    private func restore(
        _ usages: [UsageRow],
        _ taken: inout Set<WatchKey>,
        _ notified: inout [(WatchKey, UInt64)],
        _ restored: inout [StoredUsage.Kind: Int64]
    ) {
        for row in usages {
            let usage = StoredUsage(row)
            // So many of each kind send something in a second.
            let number = restored[usage.kind, default: 0]
            let delay = number * 1_000 / Int64(max(1, presence.limits.subscriptionsPerSecond))
            guard simple?.restore(usage, delay: delay) == true else {
                operations.append(.forgetUsage(id: row.id))
                continue
            }
            restored[usage.kind] = number + 1
            switch usage.kind {
            case .subscriber: taken.insert(usage.key)
            case .notifier: notified.append((usage.key, usage.id))
            case .publisher, .compositor: break
            }
        }
    }

    private func restore(_ watches: [WatchRow], subscribed taken: Set<WatchKey>) {
        for row in watches {
            let key = WatchKey(row)
            guard let state = UInt8(exactly: row.state),
                let record = WatchRecord(key: key, state: state, bytes: row.parts)
            else { continue }
            presence.restore(record, isSubscribed: taken.contains(key))
            lastSeen = max(lastSeen, record.parts.map(\.seen).max() ?? 0)
        }
    }
}
