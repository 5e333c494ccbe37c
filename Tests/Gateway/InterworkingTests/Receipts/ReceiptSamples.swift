import Addressing
import IMDN
import MappingTables
import Testing
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Receipts and states of writing between juliet@example.com and romeo@example.net.
struct ReceiptSamples {
    var samples = MessageSamples()

    init(_ facts: String..., set settings: (String, String)...) throws {
        samples.settings = settings
        samples.facts = try FactsText(facts, defaults: VectorRun.defaults).facts
    }

    static let received =
        "received imdn-message-id=d1 stanza-id=d1 from=im:romeo@example.net to=im:juliet@example.com datetime=2026-03-01T06:16:49-05:00"
    static let sent =
        "sent xmpp-id=m42 imdn-message-id=d9 from=juliet@example.com/balcony to=romeo@example.net type=chat datetime=2026-03-01T11:00:00Z"

    /// The requests that a stanza without text becomes, and what is known then.
    func requests(
        _ content: String,
        _ attributes: String = ""
    ) throws -> (texts: [String], news: [SignalNews], why: String) {
        let translator = try samples.translator()
        let stanza = try MessageSamples.stanza(content, attributes)
        let signals = translator.signals(from: stanza, facts: samples.facts)
        guard let value = signals.value else { return ([], [], signals.reason) }
        let texts = try value.items.map { pivot in
            let request = translator.request(from: pivot, identity: MessageSamples.identity, facts: samples.facts)
            return HeaderText.text(try #require(request.value).bytes)
        }
        return (texts, value.news, "")
    }

    /// The stanzas that a signal from romeo becomes, and what is known then.
    func stanzas(
        _ body: String,
        type: String,
        from: String = "sip:romeo@example.net"
    ) throws -> (texts: [String], news: [SignalNews], why: String) {
        let translator = try samples.translator()
        let changes = ["From: <\(from)>;tag=r", "Content-Type: \(type)"]
        let request = try MessageSamples.message(changes, body: Array(body.utf8))
        let pivot = try #require(translator.pivot(from: request, facts: samples.facts).value)
        #expect(pivot.signal != nil)
        let signals = translator.stanzas(
            from: pivot,
            facts: samples.facts,
            contentNamespace: "jabber:client",
            freshID: "f1"
        )
        guard let value = signals.value else { return ([], [], signals.reason) }
        return (value.items.map { HeaderText.text($0.bytes) }, value.news, "")
    }

    /// A notification about a message, as a document.
    static func notification(_ kind: Disposition.Kind, _ status: Disposition.Status, of id: String = "d9") -> String {
        let notification = DispositionNotification(messageID: id, dateTime: "x", disposition: Disposition(kind, status))
        return String(decoding: IMDNWriter.write(notification), as: UTF8.self)
    }

    /// A composing state, as a document.
    static func composing(_ state: ComposingStatus.State) -> String {
        String(decoding: IMDNWriter.write(ComposingStatus(state)), as: UTF8.self)
    }
}

extension Translated {
    /// Why nothing crosses.
    fileprivate var reason: String {
        switch outcome {
        case .value: ""
        case .nothing(let reason): reason
        case .refused(let refusal): refusal.auditCode
        }
    }
}
