import BridgeCore
import Interworking
import Ledger
import MappingTables
import OperatorFiles

/// What the log of crossings says of presence.
extension Gateway {
    /// Writes down what crossed, or was said about a subscription.
    func recordPresence(
        _ event: String,
        _ account: Arrival.Account,
        trace: RuleTrace,
        notes: [String],
        isSubscription: Bool
    ) {
        let generation = generation
        // A document has many of one class.
        var losses: [String] = []
        for loss in trace.losses {
            let name = generation.name(of: loss.lossClass)
            if !losses.contains(name) { losses.append(name) }
        }
        let rows = trace.rows.map { generation.name(of: $0) }
        record(isSubscription ? .subscription : .presence, event, account, rows, losses: losses, notes: notes)
    }

    /// The names of the rows that fired, which one presence after the other shares.
    private func names(_ trace: [String]) -> AuditNames {
        if let known = presenceRules.first(where: { $0.names == trace }) { return known }
        let names = AuditNames(trace)
        if presenceRules.count >= Self.rulesKept { presenceRules.removeFirst() }
        presenceRules.append(names)
        return names
    }

    /// How many different lists of rows are kept written.
    private static let rulesKept = 12

    func record(
        _ event: AuditEvent,
        _ what: String,
        _ account: Arrival.Account,
        _ trace: [String],
        losses: [String] = [],
        notes: [String] = []
    ) {
        var record = AuditRecord(event, time: now.wall, node: configuration.name)
        record.leg = account.leg
        record.peer = account.peer
        record.proof = account.proof
        record.direction = account.leg == "xmpp" ? "to-cpim" : "to-xmpp"
        record.sender = AuditAddress(before: account.sender)
        record.recipient = AuditAddress(before: account.recipient)
        record.identifiers = account.identifiers.map { AuditField($0.name, $0.value) }
        record.generation = generation.identifier
        record.ruleNames = names(trace)
        record.losses = losses
        record.append(notes: notes)
        record.reason = what
        operations.append(.audit(record.entry()))
    }
}
