import Addressing
import CPIM
public import IMDN
public import XMPPStanzas

/// A message whose sender wants to hear what becomes of it: what a later receipt needs.
///
/// Source: RFC 5438 §7.1.3, §7.2.1.
public enum AskedMessage: Sendable, Hashable {
    /// It goes to the CPIM shore, and notifications come back.
    case sent(SentMessage)
    /// It comes from the CPIM shore, and notifications go back.
    case received(ReceivedMessage)

    /// The name by which notifications are about it.
    public var messageID: String {
        switch self {
        case .sent(let message): message.messageID
        case .received(let message): message.messageID
        }
    }

    /// Whether its sender has had all that can be said of it.
    public var isSettled: Bool {
        switch self {
        case .sent(let message):
            (!message.asksReceipt || message.told.contains(.delivery))
                && (!message.asksMarker || message.told.contains(.display))
        case .received(let message):
            message.asks.allSatisfy { request in
                switch request {
                case .positiveDelivery, .negativeDelivery: message.told.contains(.delivery)
                case .display: message.told.contains(.display)
                case .processing: message.told.contains(.processing)
                }
            }
        }
    }

    /// Takes that a notification of a kind is on its way.
    ///
    /// - Parameter kind: the kind.
    public mutating func tell(_ kind: Disposition.Kind) {
        switch self {
        case .sent(var message):
            message.told.insert(kind)
            self = .sent(message)
        case .received(var message):
            message.told.insert(kind)
            self = .received(message)
        }
    }

    /// The same message under the name that it goes by on the other shore.
    ///
    /// - Parameter name: the `imdn.Message-ID` of a sent message, the identifier of the stanza of a received one.
    /// - Returns: the message.
    public func named(_ name: String) -> AskedMessage {
        switch self {
        case .sent(var message):
            message.messageID = name
            return .sent(message)
        case .received(var message):
            message.stanzaID = name
            return .received(message)
        }
    }

    // MARK: Storage

    /// The message as one line of the facts language.
    public var line: String {
        var facts = ReceiptFacts()
        switch self {
        case .sent(let message): facts.sent = [message]
        case .received(let message): facts.received = [message]
        }
        return facts.lines.first ?? ""
    }

    /// Reads such a line; nil for any other.
    ///
    /// - Parameter line: one line.
    public init?(line: String) {
        var facts = ReceiptFacts()
        do throws(FactsError) {
            guard try facts.take(try FactStatement(line), 0) else { return nil }
        } catch {
            return nil
        }
        if let message = facts.sent.first {
            self = .sent(message)
        } else if let message = facts.received.first {
            self = .received(message)
        } else {
            return nil
        }
    }
}

extension MessageTranslator {
    /// Whether a stanza says something of messages or of writing.
    ///
    /// - Parameter stanza: a message.
    /// - Returns: whether it has a receipt, a marker or a chat state.
    public static func hasSignal(_ stanza: MessageStanza) -> Bool {
        let elements = SignalElements(stanza)
        return !elements.receipts.isEmpty || elements.chatState != nil
    }

    /// Whether a stanza says something of messages.
    ///
    /// - Parameter stanza: a message.
    /// - Returns: whether it has a receipt or a marker.
    public static func hasReceipt(_ stanza: MessageStanza) -> Bool { !SignalElements(stanza).receipts.isEmpty }

    /// What a later notification needs of a message that goes to the CPIM shore.
    ///
    /// - Parameters:
    ///   - pivot: the message.
    ///   - stanza: the stanza that it was made of.
    /// - Returns: the message, whose `imdn.Message-ID` is not known yet; nil when nobody asks, or when the stanza has no
    ///   identifier that a receipt could name.
    ///
    /// Source: XEP-0184 §5.3, RFC 5438 §7.1.1.3.
    public static func asked(by pivot: Pivot, _ stanza: MessageStanza) -> AskedMessage? {
        guard !pivot.requests.isEmpty, let id = stanza.id, !id.isEmpty else { return nil }
        let elements = SignalElements(stanza)
        return .sent(
            SentMessage(
                stanzaID: id,
                messageID: "",
                from: pivot.sender.jid,
                to: pivot.recipient.jid.bare,
                type: stanza.typeAttribute,
                asksReceipt: elements.asksReceipt,
                asksMarker: elements.asksMarker,
                dateTime: pivot.message.dateTime?.description ?? ""
            )
        )
    }

    /// What a later notification needs of a message that comes from the CPIM shore.
    ///
    /// - Parameters:
    ///   - pivot: the message.
    ///   - from: the URI of its CPIM From as it was written; nil for that of the pivot.
    ///   - to: the URI of its CPIM To as it was written; nil for that of the pivot.
    ///   - dateTime: its DateTime as it was written; nil when it had none.
    ///   - now: the time, in Unix milliseconds.
    /// - Returns: the message, whose stanza is not known yet; nil when nobody asks, when the message has no name, and
    ///   for what is itself a notification.
    ///
    /// Source: RFC 5438 §7.2.1, §11.1.2, §11.1.3.
    public static func asked(
        by pivot: Pivot,
        from: String?,
        to: String?,
        dateTime: String?,
        now: Int64
    ) -> AskedMessage? {
        let asks = pivot.requests
        guard !asks.isEmpty, let messageID = pivot.messageID, !messageID.isEmpty else { return nil }
        // What a notification asks for is ignored: none is ever answered by another (RFC 5438 §7.2.1).
        guard pivot.signal == nil else { return nil }
        var message = ReceivedMessage(
            messageID: messageID,
            stanzaID: "",
            from: from ?? pivot.message.from.uriText,
            to: to ?? pivot.message.to.uriText,
            dateTime: dateTime ?? CPIMDateTime(milliseconds: now).description,
            asks: asks
        )
        message.sender = pivot.sender.jid.bare
        message.recipient = pivot.recipient.jid.bare
        func values(_ name: CPIMName) -> [String] {
            pivot.message.extensions.filter { $0.name == name.local && $0.namespace == name.namespace }.map(\.value)
        }
        message.originalTo = values(.originalTo).first.flatMap(ReceivedMessage.uri(in:))
        message.routes = values(.recordRoute)
        return .received(message)
    }
}
