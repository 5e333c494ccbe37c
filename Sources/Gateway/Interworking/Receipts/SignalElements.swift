import XMLStreams
import XMPPStanzas

/// What a message stanza asks or says of messages and of writing, beside its text.
///
/// Source: XEP-0184 §5, XEP-0333 §4, XEP-0085 §5.
struct SignalElements {
    /// What a stanza says of another message.
    struct Receipt: Equatable {
        /// The column of the tables, `receipt` or `marker`.
        let column: String
        /// The word in it.
        let word: String
        /// The identifier of the stanza that it is about.
        let id: String
    }

    /// Whether a receipt is asked for.
    private(set) var asksReceipt = false
    /// Whether a marker is asked for.
    private(set) var asksMarker = false
    /// What is said of other messages, in order.
    private(set) var receipts: [Receipt] = []
    /// The state of the sender; nil when the stanza has none.
    private(set) var chatState: String?

    static let receiptsNamespace = "urn:xmpp:receipts"
    static let markersNamespace = "urn:xmpp:chat-markers:0"
    static let chatStatesNamespace = "http://jabber.org/protocol/chatstates"

    /// How many receipts of one stanza count; a client sends one.
    static let largestCount = 8

    /// Looks at the children of a message once.
    init(_ stanza: MessageStanza) {
        for child in stanza.element.children where !child.sharesNamespace(with: stanza.element) {
            if child.isIn(Self.receiptsNamespace) {
                switch child.name {
                case "request": asksReceipt = true
                case "received": add("receipt", child)
                default: break
                }
            } else if child.isIn(Self.markersNamespace) {
                switch child.name {
                case "markable": asksMarker = true
                case "received", "displayed", "acknowledged": add("marker", child)
                default: break
                }
            } else if child.isIn(Self.chatStatesNamespace), chatState == nil {
                chatState = child.name
            }
        }
        // Whoever acknowledges asks for nothing (XEP-0184 §5.4).
        if !receipts.isEmpty {
            asksReceipt = false
            asksMarker = false
        }
    }

    private mutating func add(_ column: String, _ element: XML.Element) {
        guard receipts.count < Self.largestCount, let id = element.attribute("id"), !id.isEmpty else { return }
        let receipt = Receipt(column: column, word: element.name, id: id)
        if !receipts.contains(receipt) { receipts.append(receipt) }
    }

    /// Whether an element is one that the tables of receipts and states take.
    static func takes(_ element: XML.Element) -> Bool {
        element.isIn(receiptsNamespace) || element.isIn(markersNamespace) || element.isIn(chatStatesNamespace)
    }

    /// The namespace of an element that a column of the tables names.
    static func namespace(of column: String) -> String? {
        switch column {
        case "receipt": receiptsNamespace
        case "marker": markersNamespace
        case "chat-state": chatStatesNamespace
        case "hint": "urn:xmpp:hints"
        default: nil
        }
    }
}
