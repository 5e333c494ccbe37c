import Addressing
import CPIM
import IMDN
import MIME
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// What XMPP users say of messages from the SIP side.
@Suite("Receipts towards SIP")
struct ReceiptTests {
    private static let receipt = "<received xmlns='urn:xmpp:receipts' id='d1'/>"
    private static let marker = "<displayed xmlns='urn:xmpp:chat-markers:0' id='d1'/>"

    @Test("RFC 5438 §7.2.1: a receipt is a notification of its own, in an object, that asks for nothing")
    func delivered() throws {
        let samples = try ReceiptSamples(
            ReceiptSamples.received + " dispositions=positive-delivery",
            set: ("msg.carrier", "sip")
        )
        let found = try samples.requests(Self.receipt + "<request xmlns='urn:xmpp:receipts'/>")
        let text = try #require(found.texts.first)
        #expect(found.texts.count == 1)
        #expect(text.contains("\r\nContent-Type: message/cpim\r\n"))
        #expect(text.contains("\r\nimdn.Message-ID: imdn1\r\n"))
        #expect(text.contains("\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n"))
        #expect(text.contains("<datetime>2026-03-01T06:16:49-05:00</datetime>"))
        #expect(text.contains("<delivered/>"))
        #expect(!text.contains("Disposition-Notification"))
        #expect(found.news == [.reported(messageID: "d1", kind: .delivery)])
    }

    @Test(
        "RFC 5438 §7.2.1: what nobody asked for, or has been told, is not told",
        arguments: [
            ("dispositions=display", receipt, "unasked-receipt"),
            ("dispositions=positive-delivery", marker, "unasked-receipt"),
            ("dispositions=positive-delivery told=delivery", receipt, "unasked-receipt"),
            ("dispositions=positive-delivery", "<received xmlns='urn:xmpp:receipts' id='x'/>", "unknown-message"),
            ("dispositions=positive-delivery sender=nurse@example.net", receipt, "unknown-message"),
            ("dispositions=positive-delivery", "<received xmlns='urn:xmpp:receipts'/>", "no-signal"),
        ]
    )
    func unasked(words: String, content: String, why: String) throws {
        let found = try ReceiptSamples(ReceiptSamples.received + " " + words).requests(content)
        #expect(found.texts.isEmpty)
        #expect(found.why == why)
    }

    @Test(
        "XEP-0333 §4.2: the markers of older versions count",
        arguments: [
            ("received", "<delivered/>"), ("displayed", "<displayed/>"), ("acknowledged", "<displayed/>"),
        ]
    )
    func markers(name: String, status: String) throws {
        let samples = try ReceiptSamples(ReceiptSamples.received + " dispositions=positive-delivery,display")
        let found = try samples.requests("<\(name) xmlns='urn:xmpp:chat-markers:0' id='d1'/>")
        #expect(found.texts.first?.contains(status) == true)
    }

    @Test(
        "RFC 5438 §14.2: imdn.send says whose receipts cross",
        arguments: [
            ("receipts", receipt, "<delivered/>"), ("forbidden", receipt, "<forbidden/>"), ("none", receipt, nil),
            ("receipts", marker, "<displayed/>"), ("forbidden", marker, "<forbidden/>"), ("none", marker, nil),
        ]
    )
    func policy(value: String, content: String, status: String?) throws {
        let facts = ReceiptSamples.received + " dispositions=positive-delivery,display"
        let found = try ReceiptSamples(facts, set: ("imdn.send", value)).requests(content)
        #expect(found.texts.count == (status == nil ? 0 : 1))
        if let status { #expect(found.texts[0].contains(status)) }
    }

    @Test("RFC 5438 §8: Original-To and the route of the message are those of its notification")
    func routes() throws {
        let facts =
            ReceiptSamples.received
            + " dispositions=positive-delivery original-to=sip:list@example.net record-route=<sip:a@r.example.net> record-route=<sip:b@r.example.net>"
        var samples = try ReceiptSamples(facts)
        samples.samples.facts.cpimDomains.insert("r.example.net")
        let text = try #require(try samples.requests(Self.receipt).texts.first)
        #expect(text.hasPrefix("MESSAGE sip:a@r.example.net SIP/2.0\r\n"))
        #expect(
            text.contains("\r\nimdn.IMDN-Route: <sip:a@r.example.net>\r\nimdn.IMDN-Route: <sip:b@r.example.net>\r\n")
        )
        #expect(text.contains("<original-recipient-uri>sip:list@example.net</original-recipient-uri>"))
        // Nobody sends the gateway to a domain that it does not serve.
        samples.samples.facts.cpimDomains = ["example.net"]
        let other = try #require(try samples.requests(Self.receipt).texts.first)
        #expect(other.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"))
    }

    @Test(
        "RFC 5438 §8.2: an error after the acceptance is a notification for who asked for failures",
        arguments: [
            ("forbidden", "<forbidden/>"), ("not-allowed", "<forbidden/>"), ("internal-server-error", "<error/>"),
            ("item-not-found", "<failed/>"), ("service-unavailable", "<failed/>"),
        ]
    )
    func failures(condition: String, status: String) throws {
        let error =
            "<error type='cancel'><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        func found(_ dispositions: String) throws -> [String] {
            var samples = try ReceiptSamples(
                ReceiptSamples.received.replacing("stanza-id=d1", with: "stanza-id=m1") + dispositions
            )
            samples.samples.settings = []
            return try samples.requests(error, " type='error'").texts
        }
        #expect(try found(" dispositions=negative-delivery").first?.contains(status) == true)
        #expect(try found(" dispositions=positive-delivery").isEmpty)
        #expect(try found(" dispositions=negative-delivery told=delivery").isEmpty)
    }

    @Test(
        "RFC 5438 §8.1: handing on is reported where imdn.processing says so, to who asked",
        arguments: [
            ("on", "processing", 1), ("off", "processing", 0), ("on", "display", 0),
        ]
    )
    func processing(value: String, asks: String, count: Int) throws {
        let samples = try ReceiptSamples(
            ReceiptSamples.received + " dispositions=\(asks)",
            set: ("imdn.processing", value)
        )
        let signals = try samples.samples.translator().notification(
            of: samples.samples.facts.receipts.received[0],
            condition: nil,
            from: try JID("juliet@example.com"),
            to: try JID("romeo@example.net"),
            facts: samples.samples.facts
        )
        #expect(signals.value?.items.count ?? 0 == count)
        #expect(signals.value?.news ?? [] == (count == 1 ? [.reported(messageID: "d1", kind: .processing)] : []))
    }

    @Test("RFC 5438 §8.2: a message that the gateway itself gave up failed")
    func gatewayFailure() throws {
        let samples = try ReceiptSamples(ReceiptSamples.received + " dispositions=negative-delivery")
        let signals = try samples.samples.translator().notification(
            of: samples.samples.facts.receipts.received[0],
            condition: "",
            from: try JID("juliet@example.com"),
            to: try JID("romeo@example.net"),
            facts: samples.samples.facts
        )
        let content = try #require(signals.value?.items.first).message.content.content
        #expect(String(decoding: content, as: UTF8.self).contains("<failed/>"))
    }

    @Test("XEP-0184 §5.3: what asks for receipts asks in the object, under a name that cannot be guessed")
    func requests() throws {
        var samples = MessageSamples()
        let receipt = "<request xmlns='urn:xmpp:receipts'/>"
        let marker = "<markable xmlns='urn:xmpp:chat-markers:0'/>"
        func text(_ content: String, id: String) throws -> String {
            let stanza = try MessageSamples.stanza("<body>hi</body>" + content)
            let named = try MessageSamples.named(stanza, id)
            let pivot = try #require(try samples.translator().pivot(from: named, facts: samples.facts).value)
            let request = try samples.translator().request(
                from: pivot,
                identity: MessageSamples.identity,
                facts: samples.facts
            )
            return HeaderText.text(try #require(request.value).bytes)
        }
        let uuid = "de305d54-75b4-431b-adb2-eb6b9e546013"
        let asked = try text(receipt, id: uuid)
        #expect(asked.contains("\r\nimdn.Disposition-Notification: positive-delivery, negative-delivery\r\n"))
        #expect(asked.contains("\r\nimdn.Message-ID: \(uuid)\r\n"))
        #expect(asked.contains("\r\nDateTime: "))
        #expect(try text(marker, id: uuid).contains("\r\nimdn.Disposition-Notification: display\r\n"))
        for id in ["1", "a b", "de305d54-75b4-431b-adb2-eb6b9e54601@", "de305d5475b4431badb2eb6b9e546013"] {
            #expect(try text(marker, id: id).contains("\r\nimdn.Message-ID: imdn1\r\n"))
        }
        #expect(try !text("", id: uuid).contains("imdn"))
        // An acknowledgement asks for nothing.
        #expect(try !text(receipt + Self.receipt, id: uuid).contains("imdn"))
        samples.settings = [("e2e.fallback", "on")]
        #expect(try !text(receipt + "<encryption xmlns='urn:xmpp:eme:0' namespace='x'/>", id: uuid).contains("imdn"))
    }

    @Test("IMDN-007 RFC 5438 §12.1.1: a sender who hides asks for nothing, for nothing could come back")
    func anonymous() throws {
        let samples = MessageSamples()
        func asks(_ sender: String) throws -> Bool {
            let xml =
                "<message xmlns='jabber:client' from='\(sender)' to='romeo@example.net' id='m1'><body>hi</body>"
                + "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>"
            let stanza = try #require(MessageStanza(try XML.DocumentReader.read(Array(xml.utf8)[...])))
            let pivot = try #require(try samples.translator().pivot(from: stanza, facts: samples.facts).value)
            let request = try samples.translator().request(
                from: pivot,
                identity: MessageSamples.identity,
                facts: samples.facts
            )
            let isAsked = MessageTranslator.asked(by: pivot, stanza) != nil
            #expect(HeaderText.text(try #require(request.value).bytes).contains("imdn") == isAsked)
            return isAsked
        }
        #expect(try asks("juliet@example.com/balcony"))
        #expect(try !asks("anonymous@anonymous.invalid/balcony"))
        #expect(try !asks("x@anonymous.invalid"))
    }
}
