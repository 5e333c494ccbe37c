import CPIM
import MappingTables
import SIPMessages
import Testing

@testable import Interworking
@testable import VectorSupport

/// Elements and headers that cross by rows alone, and what stands in for them.
@Suite("Elements by rows")
struct ElementRowTests {
    private static let cpim = [(name: "msg.carrier", value: "cpim")]
    private static let plain = [(name: "msg.carrier", value: "sip")]
    private static let reply =
        "<body>&gt; Anna wrote:\n&gt; 🍰 cake\nGreat</body><reply xmlns='urn:xmpp:reply:0' to='a@example.com' id='m0'/>"
    private static func fallback(_ inside: String, for namespace: String = "urn:xmpp:reply:0") -> String {
        "<fallback xmlns='urn:xmpp:fallback:0' for='\(namespace)'>\(inside)</fallback>"
    }

    // MARK: Replies

    @Test("XEP-0461 §3.1, XEP-0428 §2.2: where a row carries the reference the quotation is cut, counted in characters")
    func cut() throws {
        let shore = try ExtensionShore(Examples.generation("replies"), Self.cpim)
        let text = try shore.sent(Self.reply + Self.fallback("<body start='0' end='23'/>"))
        #expect(text.hasSuffix("\r\n\r\nGreat"))
        #expect(text.contains("NS: x <urn:example:replies>\r\nx.Answers: m0\r\n"))
        let pivot = try shore.pivot(Self.reply + Self.fallback("<body start='0' end='23'/>"))
        #expect(pivot.trace.losses.isEmpty)
    }

    @Test("XEP-0461 §3.1: where nothing carries the reference the whole text goes", arguments: [false, true])
    func kept(isPlain: Bool) throws {
        // Without a row, and with one whose header has no place in the request.
        let generation = isPlain ? try Examples.generation("replies") : try ShippedTables.generation()
        let shore = try ExtensionShore(generation, isPlain ? Self.plain : Self.cpim)
        #expect(
            try shore.sent(Self.reply + Self.fallback("<body start='0' end='23'/>"))
                .hasSuffix("> Anna wrote:\r\n> 🍰 cake\r\nGreat")
        )
    }

    @Test("a row of the carrier carries the reference in a plain request, too")
    func header() throws {
        let shore = try ExtensionShore(Examples.generation("replies", "replies-sip"), Self.plain)
        let text = try shore.sent(Self.reply + Self.fallback("<body start='0' end='23'/>"))
        #expect(text.contains("X-Answers: m0\r\n"))
        #expect(text.hasSuffix("\r\n\r\nGreat"))
    }

    @Test(
        "XEP-0428 §2.2: ranges that are none cut nothing, one without numbers is the whole text",
        arguments: [
            ("<body start='0' end='29'/>", "whole"), ("<body start='5' end='5'/>", "whole"),
            ("<body start='-1' end='5'/>", "whole"),
            ("<body start='x' end='5'/>", "whole"), ("<body start='3'/>", "whole"), ("<subject/>", "whole"),
            ("<body/>", ""), ("", ""), ("<body start='0' end='28'/>", ""),
            ("<body start='0' end='2'/><body start='23' end='28'/>", "Anna wrote:\r\n> 🍰 cake\r\n"),
        ]
    )
    func ranges(inside: String, expected: String) throws {
        let shore = try ExtensionShore(Examples.generation("replies"), Self.cpim)
        let whole = "> Anna wrote:\r\n> 🍰 cake\r\nGreat"
        let text = try shore.sent(Self.reply + Self.fallback(inside))
        #expect(text.hasSuffix("\r\n\r\n" + (expected == "whole" ? whole : expected)))
    }

    @Test("XEP-0428 §2.2: a stand-in for something else stays, and a message has at most 32 ranges")
    func others() throws {
        let shore = try ExtensionShore(Examples.generation("replies"), Self.cpim)
        #expect(
            try shore.sent(Self.reply + Self.fallback("<body start='0' end='23'/>", for: "urn:x")).contains("> Anna")
        )
        let many = (0..<FallbackText.limit).map { _ in "<body start='0' end='1'/>" }.joined()
        #expect(try shore.sent(Self.reply + Self.fallback(many)).hasSuffix(" Anna wrote:\r\n> 🍰 cake\r\nGreat"))
        #expect(try shore.sent(Self.reply + Self.fallback(many + "<body start='0' end='23'/>")).contains(" Anna"))
    }

    // MARK: Reactions and corrections

    @Test("XEP-0444 §3: where rows carry reactions they cross without a text, and come back without one")
    func reactions() throws {
        let shore = try ExtensionShore(Examples.generation("reactions"), Self.cpim)
        let xml =
            "<reactions xmlns='urn:xmpp:reactions:0' id='m0'><reaction>👋</reaction><reaction>🐢</reaction></reactions>"
        let text = try shore.sent(xml)
        #expect(text.contains("x.Reacts-To: m0\r\nx.Reaction: 👋\r\nx.Reaction: 🐢\r\n"))
        let back = try shore.mirrored(xml)
        #expect(back.text.contains(xml))
        #expect(!back.text.contains("<body"))
        let shipped = try ExtensionShore(ShippedTables.generation(), Self.cpim)
        #expect(try shipped.pivot(xml).value == nil)
    }

    @Test("XEP-0308 §3: a correction has the mark of the site before its text, and none as shipped")
    func corrections() throws {
        let xml = "<body>window</body><replace xmlns='urn:xmpp:message-correct:0' id='bad1'/>"
        let shore = try ExtensionShore(Examples.generation("corrections", "corrections-words"), Self.plain)
        #expect(try shore.sent(xml).hasSuffix("\r\n\r\n(corrected) window"))
        #expect(try shore.sent("<body>window</body>").hasSuffix("\r\n\r\nwindow"))
        #expect(try ExtensionShore(ShippedTables.generation(), Self.plain).sent(xml).hasSuffix("\r\n\r\nwindow"))
    }

    // MARK: Headers

    private static func shim(_ name: String, _ value: String) -> String {
        "<headers xmlns='http://jabber.org/protocol/shim'><header name='\(name)'>\(value)</header></headers>"
    }

    @Test("RFC 3261 §20.26, §20.19: urgency is a priority, and the time to live an expiry, both ways")
    func urgency() throws {
        let shore = try ExtensionShore(Examples.generation("urgency", "urgency-words"), Self.plain)
        let text = try shore.sent("<body>a</body>" + Self.shim("Urgency", "high"))
        #expect(text.contains("Priority: urgent\r\n"))
        #expect(try shore.sent("<body>a</body>" + Self.shim("TTL", "60")).contains("Expires: 60\r\n"))
        let back = try shore.received("text/plain", "a", "Priority: non-urgent", "Expires: 60")
        #expect(
            back.text.contains(
                "<headers xmlns='http://jabber.org/protocol/shim'><header name='Urgency'>low</header>"
                    + "<header name='TTL'>60</header></headers>"
            )
        )
    }

    @Test("RFC 3261 §20.19: what is no number of seconds is no Expires header", arguments: ["x", "-1", "4294967296"])
    func expiry(text: String) throws {
        let shore = try ExtensionShore(Examples.generation("urgency", "urgency-words"), Self.plain)
        let request = try shore.request("<body>a</body>" + Self.shim("TTL", text))
        #expect(!HeaderText.text(try #require(request.value).bytes).contains("Expires:"))
        #expect(request.trace.losses.map(\.lossClass) == [.value])
    }

    @Test("RFC 3862 §3.4, §3.1: the header of a row has its namespace, and no value begins another line")
    func injection() throws {
        let generation = try Examples.generation([
            try Examples.file("90-peers/example.net/ticket"), try Examples.file("90-peers/example.net/ticket-sip"),
        ])
        let xml = "<body>a</body><ticket xmlns='urn:example:tickets' number='1&#13;&#10;Contact: x'/>"
        let object = try ExtensionShore(generation, Self.cpim, peer: "example.net").sent(xml)
        #expect(object.contains("NS: x <urn:example:tickets>\r\nx.Ticket: 1"))
        #expect(!object.contains("\r\nContact:"))
        let request = try ExtensionShore(generation, Self.plain, peer: "example.net").sent(xml)
        #expect(request.contains("X-Ticket: 1 Contact: x\r\n"))
        #expect(!request.contains("\r\nContact:"))
        // The rows hold for that neighbor alone.
        let other = try ExtensionShore(generation, Self.cpim)
        #expect(try other.pivot(xml).trace.losses.map(\.lossClass) == [.element])
    }

    @Test("a stranger's elements become at most so many headers")
    func headerLimit() throws {
        let generation = try Examples.generation([try Examples.file("reactions")])
        let shore = try ExtensionShore(generation, Self.cpim)
        func losses(_ count: Int) throws -> [LossClass] {
            let marks = String(repeating: "<reaction>x</reaction>", count: count)
            let xml = "<body>a</body><reactions xmlns='urn:xmpp:reactions:0'>\(marks)</reactions>"
            return try shore.pivot(xml).trace.losses.map(\.lossClass)
        }
        #expect(try losses(PivotTarget.headerLimit) == [])
        #expect(try losses(PivotTarget.headerLimit + 1) == [.value])
    }

    // MARK: Names

    @Test("XEP-0172 §4.2, RFC 3862 §4.1, RFC 3261 §20.20: a nickname in a message is the name of its sender")
    func nickname() throws {
        let xml = "<body>a</body><nick xmlns='http://jabber.org/protocol/nick'>Ish &lt;\"mael</nick>"
        let generation = try ShippedTables.generation()
        let request = try #require(try ExtensionShore(generation, Self.plain).request(xml).value)
        guard case .request(let read) = try SIPReader.read(datagram: request.bytes) else {
            Issue.record("no request")
            return
        }
        #expect(try read.from().displayName == "Ish <\"mael")
        let pivot = try #require(try ExtensionShore(generation, Self.cpim).pivot(xml).value)
        let object = try CPIMReader().read(CPIMWriter.write(pivot.message)[...])
        #expect(object.from?.formalName == "Ish <\"mael")
        let off = try ExtensionShore(generation, [(name: "msg.nick", value: "off"), Self.cpim[0]])
        #expect(try !off.sent(xml).contains("Ish"))
    }

    @Test("XEP-0172 §4.2: the name of a sender is a nickname where the route says messages")
    func nicknameIn() throws {
        let generation = try ShippedTables.generation()
        for (value, isTold) in [("messages", true), ("subscribe", false), ("off", false)] {
            let shore = try ExtensionShore(generation, [(name: "msg.nick", value: value)])
            let from = "From: \"Romeo M\" <sip:romeo@example.net>;tag=r"
            let nick = "<nick xmlns='http://jabber.org/protocol/nick'>Romeo M</nick>"
            #expect(try shore.received("text/plain", "a", from).text.contains(nick) == isTold)
            let object =
                "From: Mr R <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\na"
            #expect(try shore.received("message/cpim", object, from).text.contains(">Mr R</nick>") == isTold)
        }
    }
}
