import Addressing
import IMDN
import SIPMessages
import Testing

@testable import Interworking
@testable import VectorSupport

/// What notifications take from the headers of the object that they are about.
@Suite("Notifications of received objects")
struct ReceivedHeadersTests {
    private static let object = [
        "From: <im:romeo@example.net>", "To: <im:juliet@example.com>", "NS: imdn <urn:ietf:params:imdn>",
        "imdn.Message-ID: d1", "imdn.Disposition-Notification: positive-delivery",
    ]
    /// 2026-03-01T12:00:00Z.
    private static let now: Int64 = 1_772_366_400_000

    /// What is kept of an object with these headers, after it was stored and read again.
    private func asked(
        _ headers: [String],
        _ samples: MessageSamples,
        dateTime: String?
    ) throws -> ReceivedMessage {
        let lines = Self.object + headers + ["", "Content-Type: text/plain; charset=utf-8", "", "hi"]
        let pivot = try samples.received("Content-Type: message/cpim", body: lines.joined(separator: "\r\n")).value
        let asked = MessageTranslator.asked(
            by: try #require(pivot),
            from: nil,
            to: nil,
            dateTime: dateTime,
            now: Self.now
        )
        let line = try #require(asked).named("d1").line
        guard case .received(let message) = try #require(AskedMessage(line: line)) else {
            throw VectorRun.Unusable("no received message")
        }
        return message
    }

    /// The notification of a delivery of an object with these headers.
    private func notification(
        _ headers: String...,
        serving domain: String = "r.example.net",
        dateTime: String? = nil
    ) throws -> String {
        var samples = try ReceiptSamples()
        samples.samples.facts.cpimDomains = ["example.net", domain]
        samples.samples.facts.receipts.received = [try asked(headers, samples.samples, dateTime: dateTime)]
        return try #require(try samples.requests("<received xmlns='urn:xmpp:receipts' id='d1'/>").texts.first)
    }

    @Test(
        "IMDN-027 RFC 5438 §11.1.4: the original recipient is the URI of Original-To, without its name and brackets",
        arguments: [
            ("<sip:list@example.net>", "sip:list@example.net"),
            ("List <sip:list@example.net>", "sip:list@example.net"),
            ("\"The, List\"<im:list@example.net>", "im:list@example.net"),
            ("\"The \\\"List\\\"\" <im:list@example.net>", "im:list@example.net"),
            // What names nobody says nothing.
            ("the list", "im:juliet@example.com"),
        ]
    )
    func originalRecipient(value: String, uri: String) throws {
        let text = try notification("imdn.Original-To: \(value)")
        #expect(text.contains("<recipient-uri>im:juliet@example.com</recipient-uri>"))
        #expect(text.contains("<original-recipient-uri>\(uri)</original-recipient-uri>"))
    }

    @Test("IMDN-027: a value that was stored with brackets is the URI alone, too")
    func storedWithBrackets() throws {
        let words = " dispositions=positive-delivery original-to=\"List <sip:list@example.net>\""
        let samples = try ReceiptSamples(ReceiptSamples.received + words)
        let text = try samples.requests("<received xmlns='urn:xmpp:receipts' id='d1'/>").texts.first
        #expect(text?.contains("<original-recipient-uri>sip:list@example.net</original-recipient-uri>") == true)
    }

    @Test(
        "IMDN-032 RFC 5438 §7.2.1: the notification goes to the top IMDN-Record-Route, with or without a name",
        arguments: [
            "<sip:a@r.example.net>", "Proxy <sip:a@r.example.net>", "\"Proxy, A\"<sip:a@r.example.net>",
            "\"Proxy A\" <sip:a@r.example.net>",
        ]
    )
    func route(top: String) throws {
        let text = try notification("imdn.IMDN-Record-Route: \(top)", "imdn.IMDN-Record-Route: B <sip:b@r.example.net>")
        #expect(text.hasPrefix("MESSAGE sip:a@r.example.net SIP/2.0\r\n"))
        #expect(
            text.contains("\r\nimdn.IMDN-Route: \(top)\r\nimdn.IMDN-Route: B <sip:b@r.example.net>\r\n")
        )
    }

    @Test("IMDN-032: what is no address, and a domain that is not served, leave the notification to the sender")
    func noRoute() throws {
        for value in ["sip", "Proxy <>", "Proxy <sip:a@other.example>"] {
            let text = try notification("imdn.IMDN-Record-Route: \(value)")
            #expect(text.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"), "\(value)")
        }
    }

    @Test("IMDN-025 RFC 5438 §11.1.2: the DateTime of the message stands as it was written, else when it was received")
    func dateTime() throws {
        let written = try notification(dateTime: "2006-04-04T12:16:49-05:00")
        #expect(written.contains("<datetime>2006-04-04T12:16:49-05:00</datetime>"))
        #expect(try notification().contains("<datetime>2026-03-01T12:00:00Z</datetime>"))
    }

    @Test("IMDN-031 RFC 5438 §7.2.1: a notification that asks for notifications gets none")
    func notificationOfNotification() throws {
        let samples = MessageSamples()
        func isKept(_ type: String, _ body: String) throws -> Bool {
            let object = (Self.object + ["", "Content-Type: \(type)", "", body]).joined(separator: "\r\n")
            let pivot = try #require(try samples.received("Content-Type: message/cpim", body: object).value)
            #expect(pivot.requests == [.positiveDelivery])
            return MessageTranslator.asked(by: pivot, from: nil, to: nil, dateTime: nil, now: Self.now) != nil
        }
        let notification = ReceiptSamples.notification(.delivery, .delivered)
        #expect(try isKept("text/plain", "hi"))
        #expect(try !isKept("message/imdn+xml", notification))
        let part = "--b\r\nContent-Type: message/imdn+xml\r\n\r\n\(notification)\r\n"
        #expect(try !isKept("multipart/mixed; boundary=b", part + part + "--b--"))
    }
}
