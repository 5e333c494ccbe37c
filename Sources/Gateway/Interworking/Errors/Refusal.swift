public import MappingTables
import SIPMessages
public import XMPPStanzas

/// Why an item is not translated.
///
/// What a peer is told of it, in both protocols, stands in the error table: a refusal gets its words by
/// ``worded(by:)``. Of its own it has a code and what only this item can say. A peer is told the condition and a
/// sentence, never how the gateway works inside.
public struct Refusal: Error, Sendable, Equatable {
    /// The reasons, as they stand in records and in the column `gateway` of the error table.
    public enum Code: String, Sendable, CaseIterable {
        /// The address of a recipient cannot be mapped.
        case unmappableAddress = "addr-unmappable"
        /// The address of a sender cannot be mapped.
        case unmappableSender = "addr-unmappable-sender"
        /// A JID has no URI from which it would come back.
        case irreversibleAddress = "addr-irreversible"
        /// A URI is not well-formed.
        case malformedAddress = "addr-malformed"
        /// Another address of the other shore owns the mapped address.
        case addressCollision = "addr-collision"
        /// The sender hides who it is.
        case anonymousSender = "anonymous-sender"
        /// A secure URI may not be translated.
        case secureURI = "sips"
        /// The destination is on the shore that the item came from.
        case loop
        /// The item came back to where it started.
        case repeatedLoop = "repeated-loop"
        /// The recipient's domain is not served.
        case unknownDomain = "unknown-domain"
        /// The sender's domain may not use the gateway.
        case foreignSender = "foreign-sender"
        /// The recipient is a domain.
        case domainRecipient = "domain-recipient"
        /// The sender is not who it says.
        case identityMismatch = "identity-mismatch"
        /// The hop count is used up.
        case hopsExhausted = "max-forwards"
        /// A feature that must be understood is not.
        case requiredFeature = "required-feature"
        /// The media type, or its charset or encoding, is not mapped.
        case unsupportedType = "unsupported-type"
        /// The requester takes no type that the answer could have.
        case unacceptableType = "unacceptable-type"
        /// The object cannot be read.
        case malformedBody = "malformed-body"
        /// The item is larger than the target takes.
        case oversize
        /// A message to a room goes to somebody who is none.
        case noRoom = "groupchat"
        /// The text can be read only by the sender's own protocol.
        case encrypted
        /// Reactions have no counterpart.
        case reactions
        /// Recipient lists are not expanded.
        case recipientList = "recipient-list"
        /// A table says that this loss refuses the item.
        case loss
        /// A table lacks what the item needs.
        case mapping
        /// No way leads to the recipient.
        case noRoute = "no-route"
        /// The gateway stops.
        case stopping
        /// The sender begins to write to too many recipients.
        case tooManyRecipients = "too-many-recipients"
        /// Too many items wait.
        case queueFull = "queue-full"
        /// The item could not be stored.
        case store
        /// The item could not be delivered in time.
        case expired
    }

    /// A header of a response.
    public struct Header: Sendable, Equatable {
        /// The name.
        public var name: String
        /// The value, without line breaks.
        public var value: String

        /// Makes a header.
        ///
        /// - Parameters:
        ///   - name: the name.
        ///   - value: the value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The reason.
    public var code: Code
    /// A sentence about this item that stands in place of that of the table; nil for none.
    public var detail: String?
    /// The text of a Warning header of code 399; nil for none.
    public var warning: String?
    /// Further headers of the response, such as Accept, in order.
    public var headers: [Header]
    /// What the error table says of the reason; nil before ``worded(by:)``.
    public private(set) var words: RefusalWords?
    /// Whether the row of a loss or of a field says that the item is held.
    var isHeldByLoss = false

    /// Makes a refusal without words.
    ///
    /// - Parameters:
    ///   - code: the reason.
    ///   - detail: a sentence about this item.
    ///   - warning: the text of a Warning header.
    ///   - headers: further headers of the response.
    public init(_ code: Code, detail: String? = nil, warning: String? = nil, headers: [Header] = []) {
        self.code = code
        self.detail = detail
        self.warning = warning
        self.headers = headers
    }

    /// The refusal in the words of a table.
    ///
    /// - Parameter table: the error rows in force for the neighbor.
    /// - Returns: the same refusal with its words.
    public func worded(by table: ErrorTable) -> Refusal {
        var refusal = self
        refusal.words = table.words(for: code.rawValue)
        return refusal
    }
}

extension Refusal {
    /// Whether the tables say that the item is kept until a person has it translated again, instead of being refused.
    public var isHeld: Bool { isHeldByLoss || words?.isHeld ?? false }

    /// The reason as it stands in records.
    public var auditCode: String { code.rawValue }

    /// The condition towards XMPP; `internal-server-error` as long as there are no words.
    public var condition: StanzaError.Condition {
        words.flatMap { StanzaError.Condition(rawValue: $0.condition) } ?? .internalServerError
    }

    /// What an XMPP sender can do.
    public var errorType: StanzaError.Kind {
        words.flatMap { StanzaError.Kind(rawValue: $0.type) } ?? condition.usualKind
    }

    /// The status code towards SIP; 500 as long as there are no words.
    public var sipStatus: Int { words?.status ?? 500 }

    /// The reason phrase towards SIP.
    public var sipReason: String { words?.reason ?? SIPStatus.reason(for: sipStatus) }

    /// A sentence for the sender.
    public var text: String { detail ?? words?.text ?? "" }

    /// The row that its words come from; nil as long as there are none.
    public var row: RowID? { words?.row }
}
