public import Addressing
public import BridgeCore
public import IMDN
public import Interworking
public import MappingTables
public import XMLStreams

/// What the SIP leg asks of the gateway that it is a part of.
///
/// All calls are made on the event loop.
public protocol SIMPLELegHost: AnyObject {
    /// The tables in force.
    var generation: Generation { get }

    /// Whether the gateway stops, so that nothing is taken any more.
    var isStopping: Bool { get }

    /// The time, on both clocks.
    var now: Moment { get }

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

    /// Adds what is known of messages between two users, and of their writing.
    ///
    /// - Parameters:
    ///   - sender: who says something, by the address on the other shore.
    ///   - recipient: to whom.
    ///   - facts: takes what is known.
    ///   - shore: where it is said.
    func addSignals(from sender: BareJID, to recipient: BareJID, toFacts facts: inout Facts, of shore: Shore)

    /// Keeps who a user of this shore is that subscribes or publishes, so that nobody who differs in spelling alone gets
    /// the JID; an item keeps that of its sender.
    ///
    /// - Parameter user: the user.
    func keepAddress(of user: Correspondent)

    /// Takes notifications for the other shore.
    ///
    /// - Parameter arrival: the item.
    /// - Returns: whether they were offered to the bridge, or say nothing that anybody asked for.
    func accept(receipts arrival: Arrival) -> Translated<Void>

    /// Takes that a user of this shore writes, or does not any more.
    ///
    /// - Parameters:
    ///   - status: the state.
    ///   - pivot: who says it to whom.
    ///   - facts: what was known.
    func accept(_ status: ComposingStatus, of pivot: Pivot, facts: Facts)

    /// A request that told of somebody's writing has its end.
    ///
    /// - Parameters:
    ///   - passing: the request.
    ///   - status: the code of the answer; nil when none came.
    func ended(_ passing: SIMPLELeg.Passing, status: Int?)

    /// Who hands over what users of the other shore say, and how it has shown that it may.
    ///
    /// - Parameters:
    ///   - domain: the users' domain.
    ///   - contacts: the domain that users of this shore have there.
    /// - Returns: the neighbor's domain, and the proof in a word.
    func voucher(of domain: String, to contacts: String) -> (peer: String, proof: String)

    /// Writes down what the leg refused by itself.
    func refused(_ account: Arrival.Account, code: String, trace: [String])

    /// What is known about two addresses, spelled as on the shore that an item comes from.
    ///
    /// - Parameters:
    ///   - sender: the sender's bare address.
    ///   - recipient: the recipient's bare address.
    ///   - shore: where the item comes from.
    /// - Returns: the snapshot.
    func facts(sender: String, recipient: String, from shore: Shore) -> Facts

    /// The other side has taken an item.
    func delivered(_ id: CrossingID, _ report: OutcomeReport)

    /// An item was refused, or could not be sent.
    func failed(_ id: CrossingID, _ failure: Failure)

    /// Another rendering of a stored item, made from its source; nil when that is not possible.
    func rendering(of id: CrossingID, plainText: Bool) -> Cargo?

    /// A correspondent has shown what it reads.
    ///
    /// - Parameters:
    ///   - address: the bare JID that stands for the correspondent.
    ///   - readsCPIM: whether it reads message/cpim.
    ///   - shape: the shape of its URIs in Message/CPIM headers; nil when none was seen.
    func learned(_ address: String, readsCPIM: Bool, shape: CPIMURIShape?)

    /// A correspondent has named the media types that it reads.
    ///
    /// - Parameters:
    ///   - address: the bare JID that stands for the correspondent.
    ///   - accepts: types and ranges in lower case; empty when what it named before has turned out wrong.
    func learned(_ address: String, accepts: [String])

    /// A thread goes under a Call-ID that is not its own text.
    ///
    /// - Parameters:
    ///   - thread: the thread and its Call-ID.
    ///   - sender: the bare JID of one of the two users.
    ///   - recipient: the bare JID of the other.
    func rememberThread(_ thread: ThreadPair, _ sender: String, _ recipient: String)

    /// The tables that a stored item was accepted under.
    func tables(of id: CrossingID) -> Generation

    /// Stores how far sequence numbers may run ahead of the clock, before the next item leaves.
    func reserve(sequenceLead: UInt32)

    /// Something happened to a subscription.
    func presence(_ event: PresenceEvent)

    /// What a watcher of this shore may see of a user of the other one.
    func presenceParts(of key: WatchKey) -> [PresencePart]

    /// The stanza that was kept as these bytes, when it is the last one that was said; nil for any other.
    func saidLast(_ content: [UInt8]) -> XML.Element?

    /// Takes all that a presentity of this shore tells of itself beside its presence, for a watcher of the other one.
    func personal(_ items: [PersonalItem], of key: WatchKey)

    /// Nothing of a user of the other shore is published to a domain any more.
    func unpublished(_ user: String, to domain: String)

    /// What a user of the other shore tells of itself, as a watcher of this one may know it.
    func personalItems(of key: WatchKey) -> [PersonalItem]

    /// The language that a user of the other shore, named by its bare address, spoke last; nil when it is not known.
    func language(of user: String) -> String?

    /// Whether a watcher may see a presentity.
    func isPresenceApproved(_ key: WatchKey) -> Bool

    /// The watchers of a user of the other shore of whom a presence server told, who wait or were refused.
    func announcedWatchers(of user: String) -> [WatchKey]

    /// Whether a watch can be kept: one that is, or for which there is room.
    func hasPresenceRoom(for key: WatchKey) -> Bool

    /// The words of a watcher for the request that is being made; given once.
    func takeNote(_ key: WatchKey) -> String?

    /// Asks a user of the other shore for its present state, in the name of a contact that it shows itself to.
    func ask(_ key: WatchKey)

    /// Keeps the state of a subscription or publication.
    func store(_ usage: StoredUsage)

    /// Forgets the state of a subscription or publication.
    func forget(usage id: UInt64)

    /// Lets the leg know, by ``SIMPLELeg/stored(_:_:)``, when what was collected so far is stored.
    func whenStored(_ token: UInt64)

    /// Writes down what crossed, or was said about a subscription.
    ///
    /// - Parameters:
    ///   - event: what it was.
    ///   - account: who handed it over, and about whom it is.
    ///   - trace: the rules that fired, and what was lost.
    ///   - notes: what was tolerated, in the stable words of records.
    ///   - isSubscription: whether it is about the subscription.
    func recordPresence(
        _ event: String,
        _ account: Arrival.Account,
        trace: RuleTrace,
        notes: [String],
        isSubscription: Bool
    )

    /// Asks for a flush at the end of this turn of the loop.
    func scheduleFlush()

    /// Random token text for branches, tags and Call-IDs.
    func freshToken() -> String

    /// Token text that is always the same for the same texts and cannot be guessed from them.
    func token(for texts: [String]) -> String
}

extension SIMPLELegHost {
    /// A host that holds nothing.
    public func hold(_ arrival: HeldArrival, from shore: Shore) -> Bool { false }

    /// A host that knows nothing of messages.
    public func addSignals(from: BareJID, to: BareJID, toFacts facts: inout Facts, of shore: Shore) {}

    /// A host that takes no receipts.
    public func accept(receipts arrival: Arrival) -> Translated<Void> {
        Translated(outcome: .nothing(reason: "unknown-message"), trace: .none)
    }

    /// A host that tells of nobody's writing.
    public func accept(_ status: ComposingStatus, of pivot: Pivot, facts: Facts) {}

    /// A host that sends nothing of the kind.
    public func ended(_ passing: SIMPLELeg.Passing, status: Int?) {}
}
