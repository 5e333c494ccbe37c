import Addressing
import IMDN
import MappingTables
import Testing

@testable import Interworking

@Suite("States of writing")
struct ComposingTests {
    private static func state(_ name: String) -> String { "<\(name) xmlns='http://jabber.org/protocol/chatstates'/>" }

    private func sent(
        _ name: String,
        _ facts: String...,
        set settings: (String, String)...
    ) throws -> (
        texts: [String], news: [SignalNews], why: String
    ) {
        var samples = try ReceiptSamples()
        samples.samples.facts = try FactsText(facts, defaults: VectorRun.defaults).facts
        samples.samples.settings = settings
        return try samples.requests(Self.state(name))
    }

    private func heard(
        _ state: ComposingStatus.State,
        _ facts: String...,
        set settings: (String, String)...
    ) throws -> (
        texts: [String], news: [SignalNews], why: String
    ) {
        var samples = try ReceiptSamples()
        samples.samples.facts = try FactsText(facts, defaults: VectorRun.defaults).facts
        samples.samples.settings = settings
        return try samples.stanzas(ReceiptSamples.composing(state), type: "application/im-iscomposing+xml")
    }

    // MARK: Towards SIP

    @Test("RFC 3994 §4: writing is told in a document of its own, or in an object for who reads nothing else")
    func carriers() throws {
        let bare = try #require(try sent("composing", set: ("msg.carrier", "sip")).texts.first)
        #expect(bare.contains("\r\nContent-Type: application/im-iscomposing+xml\r\n"))
        #expect(bare.contains("<state>active</state><contenttype>text/plain</contenttype><refresh>90</refresh>"))
        let wrapped = try #require(try sent("composing", set: ("msg.carrier", "cpim")).texts.first)
        #expect(wrapped.contains("\r\nContent-Type: message/cpim\r\n"))
        #expect(wrapped.contains("\r\n\r\nContent-Type: application/im-iscomposing+xml\r\n\r\n"))
        #expect(!wrapped.contains("imdn"))
    }

    @Test(
        "RFC 7573 §6: each chat state has its document, or none",
        arguments: [
            ("composing", "idle", "active"), ("composing", "active", nil), ("paused", "active", "idle"),
            ("active", "active", "idle"), ("active", "idle", nil), ("inactive", "active", "idle"),
            ("inactive", "idle", nil), ("gone", "active", nil), ("pondering", "active", nil),
        ]
    )
    func states(name: String, told: String, document: String?) throws {
        let found = try sent(name, "composing juliet->romeo=\(told)")
        #expect(found.texts.count == (document == nil ? 0 : 1))
        if let document { #expect(found.texts[0].contains("<state>\(document)</state>")) }
        #expect(found.texts.isEmpty || !found.texts[0].contains(document == "idle" ? "<refresh>" : "<lastactive>"))
        #expect(found.news.contains(.usesChatStates(try BareJID("juliet@example.com"))))
    }

    @Test("RFC 3994 §7: nobody is told of writing before having written")
    func beforeReply() throws {
        #expect(try sent("composing", "written romeo@example.net->juliet@example.com=no").texts.isEmpty)
        #expect(try sent("composing", "written romeo@example.net->juliet@example.com=yes").texts.count == 1)
    }

    @Test("RFC 3994 §3.2: a message with text ends the writing without a document")
    func message() throws {
        let facts = try FactsText(["composing juliet->romeo=active"], defaults: VectorRun.defaults).facts
        let stanza = try MessageSamples.stanza("<body>hi</body>" + Self.state("active"))
        let juliet = try BareJID("juliet@example.com")
        #expect(
            MessageTranslator.news(of: stanza, facts: facts) == [
                .usesChatStates(juliet), .composing(from: juliet, to: try BareJID("romeo@example.net"), state: .idle),
            ]
        )
        #expect(try !MessageSamples().requestText("<body>hi</body>" + Self.state("active")).contains("isComposing"))
        #expect(try MessageSamples().pivot("<body>hi</body>" + Self.state("active")).trace.losses.isEmpty)
    }

    // MARK: Towards XMPP

    @Test("XEP-0085 §5.1: whose client has shown no states gets none")
    func unsupported() throws {
        #expect(try heard(.active).why == "composing-unsupported")
        #expect(try heard(.active, "chatstates nurse@example.com=yes").why == "composing-unsupported")
    }

    @Test("XEP-0085 §5.3: a state that goes on is told once, and kept nowhere")
    func once() throws {
        let found = try heard(.active, "chatstates juliet@example.com=yes")
        let text = try #require(found.texts.first)
        #expect(text.contains("type='chat'"))
        #expect(text.contains("<thread>c1@example.net</thread>"))
        #expect(text.contains("<composing xmlns='http://jabber.org/protocol/chatstates'/>"))
        #expect(text.contains("<no-store xmlns='urn:xmpp:hints'/>"))
        #expect(!text.contains("<body"))
        let again = try heard(.active, "chatstates juliet@example.com=yes", "composing romeo->juliet=active")
        #expect(again.why == "composing-told")
        #expect(try heard(.idle, "chatstates juliet@example.com=yes").why == "composing-told")
    }

    @Test(
        "RFC 7573 §6: the end of writing is what chat.idle says",
        arguments: [("active", "<active"), ("paused", "<paused")]
    )
    func idle(value: String, element: String) throws {
        let facts = ["chatstates juliet@example.com=yes", "composing romeo->juliet=active"]
        let text = try heard(.idle, facts[0], facts[1], set: ("chat.idle", value)).texts.first
        #expect(text?.contains(element + " xmlns='http://jabber.org/protocol/chatstates'/>") == true)
    }

    @Test("RFC 3994 §3.3: a message with text says that its sender has stopped, to whom it matters")
    func content() throws {
        var samples = MessageSamples()
        #expect(try !samples.stanza(body: "hi").text.contains("chatstates"))
        samples.facts.receipts.chatStates = [try BareJID("juliet@example.com")]
        #expect(try samples.stanza(body: "hi").text.contains("<active xmlns='http://jabber.org/protocol/chatstates'/>"))
    }
}
