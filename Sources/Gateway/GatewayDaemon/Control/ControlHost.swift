public import BridgeCore
public import Ledger
public import NIOCore

/// What commands ask of a running gateway.
///
/// Every method is called on the gateway's event loop, and its future ends there. A change is stored before its future
/// ends; the gateway's own view of the addresses follows the store.
public protocol ControlHost: AnyObject {
    /// Stores a pair together with the record of the act.
    ///
    /// - Parameters:
    ///   - pair: the pair, normalized.
    ///   - record: who did what, ready to be committed.
    /// - Returns: the reply once it is stored; a failure with `LedgerError` when the store refuses it.
    func addAddress(_ pair: AddressPair, record: AuditEntry) -> EventLoopFuture<ControlReply>

    /// Removes a pair together with the record of the act.
    ///
    /// - Parameters:
    ///   - jid: its address on the XMPP shore, normalized.
    ///   - record: who did what, ready to be committed.
    /// - Returns: the reply once it is gone; a failure with `LedgerError` when there is none.
    func removeAddress(jid: String, record: AuditEntry) -> EventLoopFuture<ControlReply>

    /// Stores all pairs or none, together with the record of the act.
    ///
    /// - Parameters:
    ///   - pairs: the pairs, normalized.
    ///   - record: who did what, ready to be committed.
    /// - Returns: the reply once all are stored; a failure with `LedgerError` whose `operation` is the position of the
    ///   pair that was refused.
    func importAddresses(_ pairs: [AddressPair], record: AuditEntry) -> EventLoopFuture<ControlReply>

    /// Asks the presentity's side of a subscription again, together with the record of the act.
    ///
    /// - Parameters:
    ///   - key: who watches whom; nil for all.
    ///   - record: who did what, ready to be committed.
    /// - Returns: the reply once the act is stored, with the number of subscriptions under `repaired`.
    func repair(_ key: WatchKey?, record: AuditEntry) -> EventLoopFuture<ControlReply>

    /// Ends a subscription on both shores, together with the record of the act.
    ///
    /// - Parameters:
    ///   - key: who watches whom.
    ///   - record: who did what, ready to be committed.
    /// - Returns: the reply once the act is stored; one with the code 1 when there is no such subscription.
    func drop(_ key: WatchKey, record: AuditEntry) -> EventLoopFuture<ControlReply>

    /// Puts mapping tables in force, or says why not.
    ///
    /// - Parameter order: which tables, who asks, and why.
    /// - Returns: the reply with the stages, once the tables are in force or the attempt has failed.
    func activate(order: ActivationOrder) -> EventLoopFuture<ControlReply>

    /// Translates held messages again under the tables in force, and sends those that they let cross.
    ///
    /// - Parameters:
    ///   - ids: the messages.
    ///   - act: who asks, and why.
    ///   - isTrial: whether it is only looked at: nothing changes, and the rows have the bytes of all stages.
    /// - Returns: the reply once all is stored, with a row for each message.
    func reprocess(_ ids: [CrossingID], _ act: MessageAct, isTrial: Bool) -> EventLoopFuture<ControlReply>

    /// Gives held messages up; their senders are told.
    ///
    /// - Parameters:
    ///   - ids: the messages.
    ///   - act: who asks, and why.
    /// - Returns: the reply once the act is stored, with a row for each message.
    func drop(_ ids: [CrossingID], _ act: MessageAct) -> EventLoopFuture<ControlReply>

    /// Records what somebody did to the log, such as an export.
    ///
    /// - Parameter record: the record.
    /// - Returns: the reply once it is stored.
    func note(_ record: AuditEntry) -> EventLoopFuture<ControlReply>

    /// Erases what is kept of texts, holds it, or lifts a hold, with the records of the act.
    ///
    /// - Parameters:
    ///   - act: what is done, and why.
    ///   - acts: who asks; makes the records.
    /// - Returns: the reply once all is stored. An erasure has one row with `keys`, `bodies` and `trimmed`, a hold one with
    ///   `id` and `result`, which is `placed`, `asked` or `lifted`. A failure with `LedgerError` when a hold, an open item
    ///   or a missing second operator stands in the way.
    func carryOut(_ act: BodyAct, as acts: OperatorActs) -> EventLoopFuture<ControlReply>

    /// Links, queues and counters: rows with `section`, `name` and `value`.
    var status: ControlReply { get }

    /// Links of the XMPP shore: rows with the columns of `LinkRow`.
    ///
    /// - Parameter peer: the domain at the other end of the links that are wanted; nil for all.
    /// - Returns: a row for each link.
    func links(peer: String?) -> ControlReply
}
