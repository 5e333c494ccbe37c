import BridgeCore
import Logging

/// The way between one domain of the gateway and the servers of this shore.
///
/// Bound to the leg's event loop.
protocol XMPPLink: AnyObject {
    /// The domain of the gateway whose users the link serves.
    var domain: String { get }
    /// The largest stanza that the other side takes, in bytes.
    var largestStanza: Int { get }
    /// Whether stanzas may be sent.
    var isOpen: Bool { get }
    /// Whether who sends over the link can be answered; not once the gateway has ended a stream on which it still reads.
    var takesAnswers: Bool { get }
    /// Whether nothing is connected and nothing will be.
    var isStopped: Bool { get }
    /// What the link does, for people.
    var state: String { get }

    /// The name under which the bridge knows the neighbor that users of a domain are reached by.
    func hop(to domain: String) -> String

    /// Who hands over what users of a domain send, and how it has shown that it may.
    func voucher(for domain: String) -> Voucher

    /// Connects where connections are kept up.
    func start()

    /// Ends what is open once what was sent has left; ``isStopped`` tells when it has.
    func stop()

    /// Carries out what time alone decides.
    func advance()

    /// Lets queued bytes leave.
    func flush()

    /// Sends a stored item when its turn comes.
    func send(_ item: Item)

    /// Sends a stanza that nobody asks about any more to a user of a domain.
    func write(_ stanza: [UInt8], to domain: String)
}

/// A neighbor that speaks for users of this shore.
struct Voucher {
    /// The domain of the neighbor.
    let peer: String
    /// How it was proved, in a word.
    let proof: String
}

extension XMPPLink {
    // A server acknowledges what it takes (XEP-0198 §4), or sends again what nobody acknowledged.
    var takesAnswers: Bool { true }

    func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["leg": "xmpp", "peer.domain": "\(domain)"]) { $1 }
    }
}
