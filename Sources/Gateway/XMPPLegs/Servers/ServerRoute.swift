import BridgeCore
import DNSChannels
import DequeModule
import Logging
import NIOCore
import XMPPChannels
import XMPPStreams

/// The way from one domain of the gateway to one other domain: at most one stream, opened when there is something to
/// send, and what waits for it.
///
/// ```
/// idle ─something to send→ queued ─a place is free→ connecting ─connected→ negotiating ─established→ open
/// open ─idle, nothing left→ idle          open ─broken→ queued, with all that was not confirmed
/// connecting, negotiating ─failed→ (next server: connecting) or waiting ─time, or something to send→ queued
/// ```
///
/// What fails goes back to the bridge, which holds it as it holds what a SIP neighbor does not take.
///
/// Source: RFC 6120 §3.2, §4.3, XEP-0220 §2.1.
final class ServerRoute {
    enum State: Equatable {
        /// There is no stream and nothing to send; leads to `queued`.
        case idle
        /// Too many connections are being opened; leads to `connecting`.
        case queued
        /// A server is looked for; leads to `negotiating`, `waiting`.
        case connecting
        /// The stream is negotiated; leads to `open`, `connecting`, `waiting`.
        case negotiating
        /// Stanzas flow; leads to `idle`, `queued`.
        case open
        /// The last try failed; until this time of the monotonic clock no other is made; leads to `queued`, `idle`.
        case waiting(until: UInt64)
    }

    /// What waits for the stream.
    enum Outgoing {
        /// A stored item.
        case item(Item)
        /// A stanza that nobody asks about.
        case stanza([UInt8])
    }

    let pair: DomainPair
    /// The name of the neighbor in the bridge.
    let hop: String
    unowned let streams: ServerStreams
    var state = State.idle
    /// The stream of the present connection.
    var stream: (any StreamCarrier)?
    /// Whether that is one that the peer opened (XEP-0288).
    var isAdopted = false
    /// A search for a server.
    var search: OpenConnection?
    /// The number of the present connection, by which events of an earlier one are told apart.
    var attempt = 0
    /// The servers behind the one that is tried.
    var others: [ServerCandidate] = []
    /// Whether the present server named another one, and how often that happened in a row.
    var redirects = 0
    var reconnection: Reconnection
    /// In order; bounded by what the bridge lets be open, and by the bounds of stanzas that nobody asks about.
    var queue: Deque<Outgoing> = []
    /// Stanzas in the queue that nobody asks about, and their bytes.
    var unasked = (count: 0, bytes: 0)
    /// Items on the wire that nobody has confirmed, in order.
    var flying: Deque<Item> = []
    /// Items of a broken stream that may be resumed, in order.
    var suspended: Deque<Item> = []
    /// What is left of that stream, and until when it may be resumed.
    var session: (left: StreamManagement, until: UInt64)?
    /// Stanzas of the peer that came on this stream (XEP-0288).
    var arrivals = StreamArrivals()
    /// Why the machine did not take the stanza that was given to it last; nil when it did.
    var rejection: StreamRejection?
    /// How the peer is proved on the stream that stands or stood last.
    var proof: DomainProof?
    /// Whether the peer has confirmed anything on the present stream.
    var hasConfirmed = false
    /// How many streams in a row ended without a confirmation of what was sent on them.
    var fruitless = 0
    /// Since when a stream is looked for, in nanoseconds of the monotonic clock.
    var wantedAt: UInt64 = 0
    /// Whether presence went this way, so that a broken stream leaves states in doubt.
    var hasPresence: Bool {
        get { streams.links[pair.local]?.presencePeers.contains(pair.remote) ?? false }
        set { if newValue { streams.links[pair.local]?.exchangesPresence(with: pair.remote) } }
    }
    /// Whether what the peer's users said is in doubt until a stream stands again.
    var isInDoubt = false
    /// Since when no stream could be had, on both clocks; nil while there is one or none is needed.
    var downSince: Moment?
    /// Why the last stream or try ended; nil when nothing was wrong.
    var failure: RouteFailure?
    var openSince: Int64?
    /// When something last happened that keeps the route worth remembering.
    var usedAt: UInt64
    var counts = (sent: 0, received: 0)
    /// Whether bytes wait for a flush.
    var isDirty = false

    init(_ pair: DomainPair, streams: ServerStreams) {
        self.pair = pair
        self.streams = streams
        hop = Self.hop(from: pair.local, to: pair.remote)
        usedAt = streams.leg.now.monotonic
        let bounds = streams.settings.bounds
        reconnection = Reconnection(
            limits: .init(
                first: bounds.firstPause,
                longest: bounds.longestPause,
                slow: min(bounds.longestPause, bounds.firstPause &* 8),
                stable: 60_000_000_000
            )
        )
    }

    /// The neighbor of the bridge that a domain is.
    static func hop(from local: String, to remote: String) -> String { "\(hopPrefix)\(local)/\(remote)" }

    static let hopPrefix = "s2s:"

    /// Whether nothing would be lost with it.
    var isForgettable: Bool {
        guard queue.isEmpty, flying.isEmpty, suspended.isEmpty, !wantsRecovery else { return false }
        switch state {
        case .idle, .waiting: return true
        case .queued, .connecting, .negotiating, .open: return false
        }
    }

    /// For how long a stream is looked for only because presence is in doubt: a day.
    private static let recovery: UInt64 = 86_400_000_000_000

    /// Whether users of the domain were named by the operator.
    var isKnown: Bool { streams.leg.settings.xmppDomains.contains(pair.remote) }

    /// Whether a stream is wanted for what is in doubt alone.
    var wantsRecovery: Bool {
        let now = streams.leg.now.monotonic
        return isInDoubt && downSince.map { now < $0.monotonic &+ Self.recovery } ?? true
    }

    func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["leg": "xmpp", "domain": "\(pair.local)", "peer.domain": "\(pair.remote)"]) { $1 }
    }
}

/// Why there is no stream to a domain.
struct RouteFailure: Equatable {
    /// A stable word for records.
    var code: String
    /// A sentence for people.
    var sentence: String
    /// What an operator can do; empty when nothing.
    var remedy: String
    /// Whether there is nobody to ask: such a failure is told at once, others after a while.
    var isFinal = false
}
