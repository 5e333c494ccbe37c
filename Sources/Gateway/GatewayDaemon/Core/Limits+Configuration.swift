import BridgeCore
import OperatorFiles

extension PresenceLimits {
    /// The bounds that a configuration sets.
    init(_ limits: ConfigLimits) {
        self.init()
        watches = limits.subscriptions
        watchesPerWatcher = limits.subscriptionsPerWatcher
        undecided = limits.subscriptionsUndecided
        subscriptionsPerSecond = limits.subscriptionsPerSecond
        probesPerSecond = limits.probesPerSecond
        bytes = limits.presenceBytes
        pace = Int64(limits.presencePace)
    }
}

extension PersonalLimits {
    /// The bounds that a configuration sets.
    init(_ limits: ConfigLimits) {
        self.init()
        pace = Int64(limits.presencePace)
    }
}

extension BridgeLimits {
    /// The bounds that a configuration sets.
    init(_ limits: ConfigLimits) {
        self.init()
        items = limits.items
        bytes = limits.bytes
        itemsPerHop = limits.itemsPerHop
        itemsPerPair = limits.itemsPerPair
        reportsPerServer = limits.reportsPerServer
        reportBytesPerServer = max(1, limits.bytes / 8)
        openPerHop = limits.openPerHop
        deadline = Int64(limits.deadline)
        receiptDeadline = Int64(limits.receiptDeadline)
        heldItems = limits.held
        heldBytes = limits.heldBytes
        heldDeadline = Int64(limits.heldDeadline)
        duplicateWindow = Int64(limits.duplicateWindow)
        firstPause = Int64(limits.firstPause)
        longestPause = Int64(limits.longestPause)
        attempts = limits.attempts
        retryAfter = limits.retryAfter / 1_000
    }
}

extension ReceiptBook.Limits {
    /// The bounds that a configuration sets.
    init(_ limits: ConfigLimits) {
        self.init()
        messages = limits.receipts
        messagesPerPair = limits.receiptsPerPair
        lifetime = Int64(limits.receiptLifetime)
    }
}
