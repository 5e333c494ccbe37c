public import Addressing
import CPIM
public import IMDN

/// A message that went to the CPIM shore with a request for notifications.
///
/// Source: RFC 5438 §7.1.3.
public struct SentMessage: Sendable, Hashable {
    /// The identifier of the stanza.
    public var stanzaID: String
    /// The imdn.Message-ID that the message got.
    public var messageID: String
    /// Who sent it.
    public var from: JID
    /// Whom it was sent to.
    public var to: BareJID
    /// The type of the stanza; nil when it had none.
    public var type: String?
    /// Whether a receipt was asked for (XEP-0184 §5.3).
    public var asksReceipt: Bool
    /// Whether a marker was asked for (XEP-0333 §4.1).
    public var asksMarker: Bool
    /// Its DateTime; empty when nobody knows it.
    public var dateTime: String
    /// The kinds of notification that its sender has had.
    public var told: Set<Disposition.Kind> = []

    /// Makes an entry of which nothing has been told.
    ///
    /// - Parameters:
    ///   - stanzaID: the identifier of the stanza.
    ///   - messageID: the imdn.Message-ID.
    ///   - from: who sent it.
    ///   - to: whom it was sent to.
    ///   - type: the type of the stanza.
    ///   - asksReceipt: whether a receipt was asked for.
    ///   - asksMarker: whether a marker was asked for.
    ///   - dateTime: its DateTime.
    public init(
        stanzaID: String,
        messageID: String,
        from: JID,
        to: BareJID,
        type: String?,
        asksReceipt: Bool,
        asksMarker: Bool,
        dateTime: String
    ) {
        self.stanzaID = stanzaID
        self.messageID = messageID
        self.from = from
        self.to = to
        self.type = type
        self.asksReceipt = asksReceipt
        self.asksMarker = asksMarker
        self.dateTime = dateTime
    }
}

/// A message that came from the CPIM shore with a request for notifications.
///
/// Source: RFC 5438 §7.2.1.
public struct ReceivedMessage: Sendable, Hashable {
    /// Its imdn.Message-ID.
    public var messageID: String
    /// The identifier of the stanza that was made of it.
    public var stanzaID: String
    /// The URI of its CPIM From.
    public var from: String
    /// The URI of its CPIM To.
    public var to: String
    /// Its sender by the address on the XMPP shore; nil when From says it.
    public var sender: BareJID?
    /// Its recipient; nil when To says it.
    public var recipient: BareJID?
    /// Its DateTime as it was written, else when it was received.
    public var dateTime: String
    /// What its sender wants to hear.
    public var asks: Set<DispositionRequest>
    /// The kinds of notification that its sender has had.
    public var told: Set<Disposition.Kind> = []
    /// The URI of its Original-To; nil when it had none that can be read.
    public var originalTo: String?
    /// The values of its IMDN-Record-Route headers, in order.
    public var routes: [String] = []

    /// Makes an entry of which nothing has been told.
    ///
    /// - Parameters:
    ///   - messageID: its imdn.Message-ID.
    ///   - stanzaID: the identifier of the stanza.
    ///   - from: the URI of its CPIM From.
    ///   - to: the URI of its CPIM To.
    ///   - dateTime: its DateTime as it was written.
    ///   - asks: what its sender wants to hear.
    public init(
        messageID: String,
        stanzaID: String,
        from: String,
        to: String,
        dateTime: String,
        asks: Set<DispositionRequest>
    ) {
        self.messageID = messageID
        self.stanzaID = stanzaID
        self.from = from
        self.to = to
        self.dateTime = dateTime
        self.asks = asks
    }

    /// The URI of an address header, without a formal name and brackets; nil when there is none in it.
    ///
    /// - Parameter text: the value of Original-To or of IMDN-Record-Route, or a URI alone.
    /// - Returns: the URI in the spelling received.
    ///
    /// Source: RFC 5438 §10, §11.1.4.
    static func uri(in text: String) -> String? {
        (CPIMAddress(headerText: text) ?? CPIMAddress(uriText: text))?.uriText
    }

    /// Whether a notification of a kind is wanted and has not gone out.
    ///
    /// Source: RFC 5438 §7.2.1.
    func wants(_ disposition: Disposition) -> Bool {
        guard !told.contains(disposition.kind) else { return false }
        switch disposition.kind {
        case .delivery where disposition.status == .delivered: return asks.contains(.positiveDelivery)
        case .delivery where disposition.status == .forbidden:
            return asks.contains(.positiveDelivery) || asks.contains(.negativeDelivery)
        case .delivery: return asks.contains(.negativeDelivery)
        case .display: return asks.contains(.display)
        case .processing: return asks.contains(.processing)
        }
    }
}

/// What is known of receipts and of who is writing, when an item between two users is translated.
public struct ReceiptFacts: Sendable, Equatable {
    /// Who writes to whom: two users as lines name them, by address or by the part before the `@` alone.
    public struct Pair: Sendable, Hashable {
        /// Who writes.
        public var from: String
        /// Who reads.
        public var to: String

        /// Names two users.
        ///
        /// - Parameters:
        ///   - from: who writes.
        ///   - to: who reads.
        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// Messages that went to the CPIM shore, in order.
    public var sent: [SentMessage] = []
    /// Messages that came from the CPIM shore, in order.
    public var received: [ReceivedMessage] = []
    /// The XMPP users whose clients have used chat states in the conversation (XEP-0085 §5.1).
    public var chatStates: Set<BareJID> = []
    /// The composing state that one user was told of another last.
    public var composing: [Pair: ComposingStatus.State] = [:]
    /// Whether one user has written to another in the conversation; where nothing stands, nobody has looked.
    ///
    /// Source: RFC 3994 §7.
    public var hasWritten: [Pair: Bool] = [:]

    /// Knows nothing.
    public init() {}

    /// The composing state that one user was told of another last.
    func state(from: BareJID, to: BareJID) -> ComposingStatus.State {
        Self.value(composing, from, to) ?? .idle
    }

    /// Whether one user may be told that another is writing.
    ///
    /// Source: RFC 3994 §7.
    func mayTell(_ reader: BareJID, of writer: BareJID) -> Bool { Self.value(hasWritten, reader, writer) ?? true }

    private static func value<Value>(_ values: [Pair: Value], _ from: BareJID, _ to: BareJID) -> Value? {
        if values.isEmpty { return nil }
        if let exact = values[Pair(from: from.description, to: to.description)] { return exact }
        return values[Pair(from: from.local ?? "", to: to.local ?? "")]
    }

    /// Takes what a translation has changed.
    ///
    /// - Parameter news: what is known now.
    public mutating func apply(_ news: SignalNews) {
        switch news {
        case .reported(let messageID, let kind):
            for index in received.indices where received[index].messageID == messageID {
                received[index].told.insert(kind)
            }
        case .confirmed(let messageID, let kind):
            for index in sent.indices where sent[index].messageID == messageID { sent[index].told.insert(kind) }
        case .composing(let from, let to, let state):
            composing[Pair(from: from.description, to: to.description)] = state
        case .usesChatStates(let user): chatStates.insert(user)
        }
    }
}

/// What is known after the translation of a receipt or a composing state.
public enum SignalNews: Sendable, Hashable {
    /// The sender of a received message gets a notification of this kind.
    case reported(messageID: String, kind: Disposition.Kind)
    /// The sender of a sent message gets a notification of this kind.
    case confirmed(messageID: String, kind: Disposition.Kind)
    /// One user is told this state of another.
    case composing(from: BareJID, to: BareJID, state: ComposingStatus.State)
    /// The client of a user has used a chat state.
    case usesChatStates(BareJID)
}
