public import BridgeCore
public import Ledger

/// Acts on subscriptions.
extension OperatorActs {
    /// The record of a subscription whose other side is asked again.
    ///
    /// - Parameter key: who watches whom; nil for all.
    /// - Returns: the record.
    public func repaired(_ key: WatchKey?) -> AuditEntry {
        record("subscription-repaired", key.map { identifiers($0) } ?? [])
    }

    /// The record of a subscription that was ended.
    ///
    /// - Parameters:
    ///   - key: who watched whom.
    ///   - reason: why, in the words of the operator.
    /// - Returns: the record.
    public func dropped(_ key: WatchKey, reason: String?) -> AuditEntry {
        record("subscription-dropped", identifiers(key), reason: reason)
    }

    private func identifiers(_ key: WatchKey) -> [AuditField] {
        [
            AuditField("watcher", key.watcher), AuditField("presentity", key.presentity),
            AuditField("direction", "to-" + key.target.name),
        ]
    }
}

extension WatchKey {
    /// Reads the arguments of a request; nil when they name no watch.
    init?(_ arguments: [String: String]) {
        guard let watcher = arguments["watcher"], let presentity = arguments["presentity"],
            let target = Shore.allCases.first(where: { $0.name == arguments["target"] })
        else { return nil }
        self.init(watcher: watcher, presentity: presentity, target: target)
    }

    /// The watch as arguments of a request.
    public var arguments: [String: String] {
        ["watcher": watcher, "presentity": presentity, "target": target.name]
    }

    /// Who watches whom in a stored row.
    ///
    /// - Parameter row: the row.
    public init(_ row: WatchRow) {
        self.init(
            watcher: row.watcher,
            presentity: row.presentity,
            target: row.target == .xmpp ? .xmpp : .cpim
        )
    }
}
