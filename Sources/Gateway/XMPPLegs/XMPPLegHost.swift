public import Addressing
public import BridgeCore
public import Interworking
public import MappingTables
public import XMPPStanzas

/// What the XMPP leg asks of the gateway that it is a part of.
///
/// All calls are made on the event loop.
public protocol XMPPLegHost: AnyObject {
    /// The tables in force.
    var generation: Generation { get }

    /// Takes an item for the other shore.
    ///
    /// - Parameters:
    ///   - arrival: the item.
    ///   - shore: where it came from.
    /// - Returns: whether it was offered to the bridge, produces nothing, or was refused by the other leg.
    func accept(_ arrival: Arrival, from shore: Shore) -> Translated<Void>

    /// Takes an item that the tables say is held.
    ///
    /// - Parameters:
    ///   - arrival: the item, and why it is held.
    ///   - shore: where it came from.
    /// - Returns: whether it was offered to the bridge; false when there is no room, so that it is refused.
    func hold(_ arrival: HeldArrival, from shore: Shore) -> Bool

    /// Takes what a user of this shore says or asks about presence.
    ///
    /// - Parameters:
    ///   - operation: what is said.
    ///   - stanza: the words it was said in.
    ///   - account: who handed it over; like the trace it is asked for where it is written down, as for steps of
    ///     subscriptions.
    ///   - trace: the names of the rules that fired.
    func accept(
        _ operation: PresenceOperation,
        of stanza: PresenceStanza,
        account: @autoclosure () -> Arrival.Account,
        trace: @autoclosure () -> [String]
    )

    /// Takes what a user of this shore tells a contact of itself beside its presence.
    ///
    /// - Parameters:
    ///   - item: what it tells.
    ///   - key: the contact as the watcher, and the user.
    ///   - account: who handed it over.
    func accept(_ item: PersonalItem, of key: WatchKey, account: Arrival.Account)

    /// Whether a watcher may see a presentity.
    func isPresenceApproved(_ key: WatchKey) -> Bool

    /// A device of a watcher of this shore wants to be told of these nodes, and of no others.
    func interested(_ key: WatchKey, device: String, in nodes: Set<String>)

    /// What a user of this shore may know of a contact, or of a device of it.
    ///
    /// - Parameters:
    ///   - asker: the user.
    ///   - contact: the contact.
    ///   - device: the device of the contact that is asked about.
    ///   - node: the node that is asked about, whose item is told; nil for none.
    /// - Returns: what the user may know; nil for strangers.
    func acquaintance(of asker: String, with contact: String, device: String?, node: String?) -> Acquaintance?

    /// Adds what is known of messages between two users, and of their writing.
    ///
    /// - Parameters:
    ///   - sender: who says something, by the address on this shore.
    ///   - recipient: to whom.
    ///   - facts: takes what is known.
    ///   - shore: where it is said.
    func addSignals(from sender: BareJID, to recipient: BareJID, toFacts facts: inout Facts, of shore: Shore)

    /// Takes a notification for the other shore.
    ///
    /// - Parameters:
    ///   - arrival: the item.
    ///   - news: what is known once it is on its way.
    func accept(receipt arrival: Arrival, news: SignalNews)

    /// Takes that a user of this shore writes, or does not any more.
    ///
    /// - Parameters:
    ///   - pivot: the composing state.
    ///   - facts: what was known.
    func accept(composing pivot: Pivot, facts: Facts)

    /// Takes what became known of users by what they wrote.
    func learned(_ news: [SignalNews])

    /// Writes down what the leg refused by itself.
    func refused(_ account: Arrival.Account, code: String, trace: [String])

    /// What is known about two addresses of a shore.
    func facts(sender: String, recipient: String, from shore: Shore) -> Facts

    /// What is known about two addresses of this shore.
    func facts(from sender: BareJID, to recipient: BareJID) -> Facts

    /// The other side of a component has taken an item.
    func delivered(_ id: CrossingID, _ report: OutcomeReport)

    /// An item was refused.
    func failed(_ id: CrossingID, _ failure: Failure)

    /// A component is open.
    func hopUp(_ name: String)

    /// A component is gone, with the items that it had not confirmed, in the order they were sent.
    func hopDown(_ name: String, unconfirmed: [CrossingID])

    /// The users of another domain can be reached through a domain of the gateway: what they said may have changed, and
    /// they may not know what they were told; nil stands for all domains.
    func peerUp(_ peer: String?, of domain: String)

    /// The users of another domain cannot be reached: what they said holds for a while.
    func peerDown(_ peer: String, of domain: String)

    /// Asks for a flush at the end of this turn of the loop.
    func scheduleFlush()

    /// Random token text for ids.
    func freshToken() -> String
}

extension XMPPLegHost {
    /// A host that holds nothing.
    public func hold(_ arrival: HeldArrival, from shore: Shore) -> Bool { false }

    /// A host that knows addresses as texts.
    public func facts(from sender: BareJID, to recipient: BareJID) -> Facts {
        facts(sender: sender.description, recipient: recipient.description, from: .xmpp)
    }

    /// A host that knows nothing of messages.
    public func addSignals(from: BareJID, to: BareJID, toFacts facts: inout Facts, of shore: Shore) {}

    /// A host that takes no receipts.
    public func accept(receipt arrival: Arrival, news: SignalNews) {}

    /// A host that tells of nobody's writing.
    public func accept(composing pivot: Pivot, facts: Facts) {}

    /// A host that learns nothing.
    public func learned(_ news: [SignalNews]) {}
}
