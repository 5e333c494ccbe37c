import BridgeCore
public import Ledger
public import SIMPLELegs

extension StoredUsage {
    /// What a row of the store says.
    ///
    /// - Parameter row: the row.
    public init(_ row: UsageRow) {
        let kind = Kind(row.kind)
        self.init(
            id: UInt64(bitPattern: row.id),
            kind: kind,
            key: WatchKey(
                watcher: row.watcher,
                presentity: row.presentity,
                target: kind == .subscriber || kind == .compositor ? .cpim : .xmpp
            ),
            expires: row.expires,
            state: row.state
        )
    }
}

extension StoredUsage.Kind {
    var row: UsageRow.Kind {
        switch self {
        case .subscriber: .subscriber
        case .notifier: .notifier
        case .publisher: .publisher
        case .compositor: .compositor
        }
    }

    init(_ row: UsageRow.Kind) {
        switch row {
        case .subscriber: self = .subscriber
        case .notifier: self = .notifier
        case .publisher: self = .publisher
        case .compositor: self = .compositor
        }
    }
}
