import IMDN
import MappingTables
import Testing

@testable import Interworking

/// What the SIP side says of messages from XMPP users.
@Suite("Notifications towards XMPP")
struct NotificationTests {
    private func found(
        _ kind: Disposition.Kind,
        _ status: Disposition.Status,
        of id: String = "d9",
        request: String = " request=receipt,markable",
        from: String = "sip:romeo@example.net"
    ) throws -> (texts: [String], news: [SignalNews], why: String) {
        try ReceiptSamples(ReceiptSamples.sent + request).stanzas(
            ReceiptSamples.notification(kind, status, of: id),
            type: "message/imdn+xml",
            from: from
        )
    }

    @Test("XEP-0184 §5.4: a delivery is a receipt of the original's type, to be stored")
    func delivered() throws {
        let found = try found(.delivery, .delivered)
        #expect(
            found.texts == [
                "<message from='romeo@example.net' to='juliet@example.com/balcony' id='f1' type='chat'>"
                    + "<received xmlns='urn:xmpp:receipts' id='m42'/><store xmlns='urn:xmpp:hints'/></message>"
            ]
        )
        #expect(found.news == [.confirmed(messageID: "d9", kind: .delivery)])
    }

    @Test("RFC 5438 §11.1.7: what cannot be told, and what nobody asked for, is nothing")
    func untold() throws {
        #expect(try found(.display, .forbidden).why == "unasked-notification")
        #expect(try found(.display, .error).why == "unasked-notification")
        #expect(try found(.processing, .processed).why == "unasked-notification")
        #expect(try found(.processing, .stored).why == "unasked-notification")
        #expect(try found(.delivery, .delivered, request: " request=markable").why == "unasked-notification")
        #expect(try found(.display, .displayed, request: " request=receipt").why == "unasked-notification")
    }

    @Test("RFC 5438 §14.1: only its recipient says what became of a message, and once")
    func forged() throws {
        #expect(try found(.delivery, .delivered, from: "sip:iago@example.net").why == "foreign-notification")
        #expect(try found(.delivery, .delivered, of: "other").why == "unknown-message")
        let told = " request=receipt told=delivery"
        #expect(try found(.delivery, .delivered, request: told).why == "repeated-notification")
    }

    @Test(
        "RFC 6120 §8.3: a failure is an error about the original",
        arguments: [
            (Disposition.Status.failed, "wait", "recipient-unavailable"), (.forbidden, "auth", "forbidden"),
            (.error, "cancel", "internal-server-error"),
        ]
    )
    func failures(status: Disposition.Status, type: String, condition: String) throws {
        let text = try #require(try found(.delivery, status, request: "").texts.first)
        #expect(text.contains("id='m42'"))
        #expect(text.contains("type='error'"))
        #expect(text.contains("<error type='\(type)'>"))
        #expect(text.contains("<\(condition) xmlns="))
    }

    @Test("RFC 5438 §9: a document that cannot be read is dropped, not shown")
    func unreadable() throws {
        let samples = try ReceiptSamples(ReceiptSamples.sent)
        #expect(try samples.stanzas("<imdn", type: "message/imdn+xml").why == "imdn-xml")
        #expect(try samples.stanzas("<x/>", type: "application/im-iscomposing+xml").why == "imdn-root")
    }

    @Test("RFC 5438 §7.2.1: without a Message-ID, or with an empty request, nothing is asked for")
    func requests() throws {
        let samples = MessageSamples()
        let ns = "NS: imdn <urn:ietf:params:imdn>"
        let asks = "imdn.Disposition-Notification: positive-delivery, display"
        let both = try samples.stanza(cpim: [ns, "imdn.Message-ID: d1", asks]).text
        #expect(both.contains("<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"))
        #expect(try !samples.stanza(cpim: [ns, asks]).text.contains("<request"))
        let empty = try samples.stanza(cpim: [ns, "imdn.Message-ID: d1", "imdn.Disposition-Notification: "])
        #expect(!empty.text.contains("<request"))
        let negative = "imdn.Disposition-Notification: negative-delivery"
        let silent = try samples.stanza(cpim: [ns, "imdn.Message-ID: d1", negative])
        #expect(!silent.text.contains("urn:xmpp:receipts"))
        #expect(silent.trace.losses.isEmpty)
    }
}
