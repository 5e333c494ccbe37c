import Addressing
import MappingTables
import Testing
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Messages from the XMPP shore.
@Suite("MessageTranslator from stanzas")
struct OutboundMessageTests {
    private static let plain: [(String, String)] = [("msg.carrier", "sip")]
    private static let body = "<body>hi</body>"

    private func samples(_ settings: (String, String)...) -> MessageSamples {
        MessageSamples(settings: settings.isEmpty ? Self.plain : settings.map { ($0.0, $0.1) })
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func header(_ name: String, in text: String) -> [String] {
        lines(text).prefix { !$0.isEmpty }.filter { $0.hasPrefix(name + ":") }.map {
            String($0.dropFirst(name.utf8.count + 2))
        }
    }

    // MARK: What crosses and what does not

    @Test(
        "MSG-029: what no row maps produces nothing and no error",
        arguments: [
            "<active xmlns='http://jabber.org/protocol/chatstates'/>", "<x xmlns='http://example.org/ns'/>", "",
            "<subject/>", "<received xmlns='urn:xmpp:receipts' id='x'/>",
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body>x</body></message></forwarded>",
            "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>x</reaction></reactions>",
        ]
    )
    func nothing(content: String) throws {
        guard case .nothing = try samples().pivot(content).outcome else {
            Issue.record("something came of it")
            return
        }
    }

    @Test("MSG-072: carbons are dropped even when they have a body")
    func carbons() throws {
        let content = Self.body + "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></sent>"
        guard case .nothing(let reason) = try samples().pivot(content).outcome else {
            Issue.record("a carbon crossed")
            return
        }
        #expect(reason == "carbon")
    }

    @Test("MSG-077: a list of recipients is not-acceptable")
    func recipientList() throws {
        let list = "<addresses xmlns='http://jabber.org/protocol/address'><address type='to' jid='a@b'/></addresses>"
        let refusal = try #require(try samples().pivot(Self.body + list).refusal)
        #expect(refusal.condition == .notAcceptable && refusal.errorType == .modify)
    }

    @Test("MSG-074: an encrypted text without a stand-in is refused, not lost")
    func ciphertextAlone() throws {
        let payload = "<encrypted xmlns='urn:xmpp:omemo:2'><header/><payload>k</payload></encrypted>"
        #expect(try samples().pivot(payload).refusal?.condition == .notAcceptable)
        guard case .nothing = try samples().pivot(payload.replacing("<payload>k</payload>", with: "")).outcome else {
            Issue.record("an exchange of keys is no message")
            return
        }
    }

    @Test("MSG-020: an empty thread names no conversation")
    func emptyThread() throws {
        #expect(try samples().pivot(Self.body + "<thread/>").value?.thread == nil)
        #expect(try samples().request(Self.body + "<thread/>").value?.thread == nil)
    }

    @Test("MSG-014: groupchat to somebody who is no room is service-unavailable")
    func groupchat() throws {
        let refusal = try #require(try samples().pivot(Self.body, " type='groupchat'").refusal)
        #expect(refusal.condition == .serviceUnavailable && refusal.errorType == .cancel)
    }

    @Test("MSG-074: encrypted messages are not-acceptable, unless e2e.fallback says otherwise")
    func encrypted() throws {
        let content =
            "<body>fallback</body><encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>"
        let refusal = try #require(try samples().pivot(content).refusal)
        #expect(refusal.condition == .notAcceptable && !refusal.text.isEmpty)
        let forwarding = samples(("msg.carrier", "sip"), ("e2e.fallback", "on"))
        #expect(try forwarding.requestText(content).hasSuffix("\r\n\r\nfallback"))
    }

    @Test("ADDR-046: a message to a domain is service-unavailable")
    func toDomain() throws {
        let refusal = try #require(try samples().pivot(Self.body, to: "example.net").refusal)
        #expect(refusal.condition == .serviceUnavailable && refusal.errorType == .cancel)
    }

    @Test("ADDR-063: a recipient who maps back to the XMPP shore is a loop")
    func loop() throws {
        let refusal = try #require(try samples().pivot(Self.body, to: "nurse@example.com").refusal)
        #expect(refusal.condition == .notAcceptable && refusal.auditCode == "loop")
    }

    @Test("MSG-065: msg.reactions decides about reactions")
    func reactions() throws {
        let content = "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>👋</reaction></reactions>"
        #expect(try samples(("msg.reactions", "drop")).pivot(content).value == nil)
        #expect(try samples(("msg.reactions", "reject")).pivot(content).refusal?.condition == .notAcceptable)
        #expect(try samples(("msg.carrier", "sip"), ("msg.reactions", "text")).requestText(content).hasSuffix("👋"))
    }

    // MARK: The request

    @Test("MSG-003: To is bare, the Request-URI has gr only for a known GRUU (MSG-004)")
    func recipients() throws {
        var samples = samples()
        let plain = try samples.requestText(Self.body, to: "romeo@example.net/orchard")
        #expect(plain.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"))
        samples.facts.gruus = [try BareJID("romeo@example.net"): "orchard"]
        let known = try samples.requestText(Self.body, to: "romeo@example.net/orchard")
        #expect(known.hasPrefix("MESSAGE sip:romeo@example.net;gr=orchard SIP/2.0\r\n"))
        #expect(header("To", in: known) == ["<sip:romeo@example.net>"])
    }

    @Test("MSG-017: the thread is the Call-ID, another text is not (MSG-018)")
    func threads() throws {
        let request = try #require(try samples().request("<thread>t-1@x</thread>" + Self.body).value)
        #expect(request.callID == "t-1@x" && request.thread == "t-1@x")
        let other = try #require(try samples().request("<thread>ünïcode id</thread>" + Self.body).value)
        #expect(other.callID == "fresh@gw.example.org" && other.thread == "ünïcode id")
        let none = try #require(try samples().request(Self.body).value)
        #expect(none.callID == "fresh@gw.example.org" && none.thread == nil)
    }

    @Test("The leg can ask for the Call-ID before it numbers the request")
    func proposedCallID() throws {
        let samples = samples()
        let pivot = try #require(try samples.pivot("<thread>t1</thread>" + Self.body).value)
        #expect(try samples.translator().callID(for: pivot, facts: samples.facts) == "t1")
        let none = try #require(try samples.pivot(Self.body).value)
        #expect(try samples.translator().callID(for: none, facts: samples.facts) == nil)
    }

    @Test("A stored pair gives the thread its Call-ID back (MSG-018)")
    func storedThreads() throws {
        var samples = samples()
        samples.facts.threads = [ThreadPair(callID: "c9@gw", thread: "ünïcode id")]
        let pivot = try #require(try samples.pivot("<thread>ünïcode id</thread>" + Self.body).value)
        #expect(try samples.translator().callID(for: pivot, facts: samples.facts) == "c9@gw")
    }

    @Test("msg.thread=ignore: threads are not Call-IDs")
    func ignoredThreads() throws {
        let samples = samples(("msg.carrier", "sip"), ("msg.thread", "ignore"))
        #expect(
            try #require(try samples.request("<thread>t1</thread>" + Self.body).value).callID == "fresh@gw.example.org"
        )
    }

    @Test("MSG-024: of several subjects the one in the language of the body is sent, the others are lost")
    func subjects() throws {
        let content = "<subject xml:lang='en'>S</subject><subject xml:lang='cs'>P</subject><body xml:lang='cs'>b</body>"
        #expect(header("Subject", in: try samples().requestText(content)) == ["P"])
        let neutral = "<subject xml:lang='en'>S</subject><subject>N</subject><body>b</body>"
        #expect(header("Subject", in: try samples().requestText(neutral)) == ["N"])
        let first = "<subject xml:lang='en'>S</subject><subject xml:lang='fr'>T</subject><body>b</body>"
        #expect(header("Subject", in: try samples().requestText(first)) == ["S"])
    }

    @Test("MSG-024 RFC 5646 §2.1.1: the case of a language tag means nothing")
    func languageCase() throws {
        let content = "<subject xml:lang='en'>S</subject><subject xml:lang='CS'>P</subject><body xml:lang='cs'>b</body>"
        #expect(header("Subject", in: try samples().requestText(content)) == ["P"])
        let bodies = "<body xml:lang='cs'>c</body><body xml:lang='en-GB'>e</body>"
        #expect(try samples().requestText(bodies, " xml:lang='EN-gb'").hasSuffix("\r\n\r\ne"))
    }

    @Test("MSG-026: a subject alone goes with an empty text")
    func subjectAlone() throws {
        let text = try samples().requestText("<subject>Call me</subject>")
        #expect(header("Subject", in: text) == ["Call me"])
        #expect(header("Content-Length", in: text) == ["0"])
        #expect(header("Content-Type", in: text).count == 1)
    }

    @Test("MSG-030: an empty body is an empty text")
    func emptyBody() throws { #expect(try samples().requestText("<body/>").hasSuffix("\r\n\r\n")) }

    @Test("MSG-032: the language of the body is Content-Language")
    func languages() throws {
        #expect(header("Content-Language", in: try samples().requestText(Self.body, " xml:lang='cs'")) == ["cs"])
        #expect(
            header("Content-Language", in: try samples().requestText("<body xml:lang='de'>x</body>", " xml:lang='cs'"))
                == ["de"]
        )
        #expect(
            header("Content-Language", in: try samples().requestText("<body xml:lang=''>x</body>", " xml:lang='cs'"))
                .isEmpty
        )
    }

    @Test(
        "MSG-031: of several bodies that in the language of the stanza is sent, msg.multilingual=alternative sends all"
    )
    func multilingual() throws {
        let content = "<body xml:lang='cs'>c</body><body>e</body>"
        var one = samples(("msg.carrier", "sip"), ("msg.multilingual", "one"))
        one.facts.peer.accepts = ["text/plain", "multipart/alternative"]
        #expect(try one.requestText(content, " xml:lang='en'").hasSuffix("\r\n\r\ne"))
        var alternative = samples(("msg.carrier", "sip"), ("msg.multilingual", "alternative"))
        #expect(try alternative.requestText(content, " xml:lang='en'").hasSuffix("\r\n\r\ne"))
        alternative.facts.peer.accepts = ["text/plain", "multipart/alternative"]
        let text = try alternative.requestText(content, " xml:lang='en'")
        #expect(header("Content-Type", in: text).first?.hasPrefix("multipart/alternative") == true)
        #expect(text.contains("Content-Language: cs") && text.contains("Content-Language: en"))
    }

    @Test("MSG-039: a MESSAGE has no Contact and goes seventy hops (MSG-078)")
    func fixedHeaders() throws {
        let text = try samples().requestText(Self.body)
        #expect(header("Contact", in: text).isEmpty)
        #expect(header("Max-Forwards", in: text) == ["70"])
        #expect(header("CSeq", in: text) == ["1 MESSAGE"])
    }

    @Test("MSG-060: an out-of-band URL is the text, or a line after it")
    func outOfBand() throws {
        let oob = "<x xmlns='jabber:x:oob'><url>https://h.example/f</url></x>"
        #expect(try samples().requestText("<body>see</body>" + oob).hasSuffix("\r\n\r\nsee\r\nhttps://h.example/f"))
        #expect(
            try samples().requestText("<body>https://h.example/f</body>" + oob).hasSuffix("\r\n\r\nhttps://h.example/f")
        )
        #expect(try samples().requestText(oob).hasSuffix("\r\n\r\nhttps://h.example/f"))
        // What is no URL adds no lines of its own.
        let broken = "<x xmlns='jabber:x:oob'><url>https://h.example/f\nFrom: x</url></x>"
        #expect(try samples().requestText("<body>see</body>" + broken).hasSuffix("\r\n\r\nsee"))
        let padded = "<x xmlns='jabber:x:oob'><url>\n  https://h.example/f\n</url></x>"
        #expect(try samples().requestText(padded).hasSuffix("\r\n\r\nhttps://h.example/f"))
    }

    @Test("MSG-083: an out-of-band URL after the first is lost, and the record says so")
    func furtherLinks() throws {
        let links = ["1", "2", "3"].map { "<x xmlns='jabber:x:oob'><url>https://h.example/\($0)</url></x>" }
        let pivot = try samples().pivot("<body>see</body>" + links.joined())
        let text = try samples().requestText("<body>see</body>" + links.joined())
        #expect(text.hasSuffix("\r\n\r\nsee\r\nhttps://h.example/1"))
        #expect(pivot.trace.losses.map(\.detail) == ["{jabber:x:oob}x", "{jabber:x:oob}x"])
        #expect(pivot.trace.losses.map(\.lossClass) == [.element, .element])
        #expect(try samples().pivot("<body>see</body>" + links[0]).trace.losses.isEmpty)
    }

    @Test("MSG-054: XHTML is sent beside the text only where msg.html.out and the peer say so")
    func html() throws {
        let content =
            Self.body
            + "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>h</p></body></html>"
        #expect(
            try samples(("msg.carrier", "sip"), ("msg.html.out", "plain")).requestText(content).hasSuffix("\r\n\r\nhi")
        )
        var samples = samples(("msg.carrier", "sip"), ("msg.html.out", "alternative"))
        #expect(try samples.requestText(content).hasSuffix("\r\n\r\nhi"))
        samples.facts.peer.accepts = ["multipart/alternative", "text/html"]
        let text = try samples.requestText(content)
        #expect(header("Content-Type", in: text).first?.hasPrefix("multipart/alternative") == true)
        #expect(text.contains("<p>h</p>") && text.contains("text/html"))
    }

    @Test("MSG-055: when the alternative breaks the size limit the plain text goes alone")
    func htmlTooLarge() throws {
        let markup = String(repeating: "<p>h</p>", count: 150)
        let content =
            Self.body
            + "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>\(markup)</body></html>"
        var samples = samples(("msg.carrier", "sip"), ("msg.html.out", "alternative"))
        samples.facts.peer.accepts = ["multipart/alternative", "text/html"]
        #expect(try samples.requestText(content).hasSuffix("\r\n\r\nhi"))
    }

    // MARK: Carrier, URIs and size

    @Test("msg.carrier: cpim, sip, and auto by what the peer has shown")
    func carriers() throws {
        func type(_ value: String, reads: Bool?) throws -> String {
            var samples = samples(("msg.carrier", value))
            samples.facts.peer.readsCPIM = reads
            return header("Content-Type", in: try samples.requestText(Self.body)).first ?? ""
        }
        #expect(try type("cpim", reads: nil) == "message/cpim")
        #expect(try type("cpim", reads: false).hasPrefix("text/plain"))
        #expect(try type("sip", reads: true).hasPrefix("text/plain"))
        #expect(try type("auto", reads: nil).hasPrefix("text/plain"))
        #expect(try type("auto", reads: false).hasPrefix("text/plain"))
        #expect(try type("auto", reads: true) == "message/cpim")
    }

    @Test("MSG-037: a retry as plain text has no envelope")
    func forcedCarrier() throws {
        let samples = samples(("msg.carrier", "cpim"))
        let pivot = try #require(try samples.pivot(Self.body).value)
        let request = try samples.translator().request(
            from: pivot,
            identity: MessageSamples.identity,
            facts: samples.facts,
            carrier: .sip
        )
        #expect(HeaderText.text(try #require(request.value).bytes).hasSuffix("\r\n\r\nhi"))
        #expect(request.value?.carrier == .sip)
    }

    @Test("cpim.uri: the shape of the URIs in Message/CPIM headers")
    func uriShapes() throws {
        func from(_ value: String, _ shape: CPIMURIShape?) throws -> String {
            var samples = samples(("msg.carrier", "cpim"), ("cpim.uri", value))
            samples.facts.peer.cpimURIShape = shape
            samples.facts.formalNames = [try BareJID("juliet@example.com"): "Juliet"]
            let text = try samples.requestText(Self.body)
            return lines(text).first { $0.hasPrefix("From: ") && !$0.contains("tag=") } ?? ""
        }
        #expect(try from("mirror", nil) == "From: Juliet <im:juliet@example.com>")
        #expect(try from("mirror", .im) == "From: Juliet <im:juliet@example.com>")
        #expect(try from("mirror", .sip) == "From: <sip:juliet@example.com>")
        #expect(try from("im", .sip) == "From: Juliet <im:juliet@example.com>")
        #expect(try from("carrier", .im) == "From: <sip:juliet@example.com>")
    }

    @Test("MSG-075: with msg.nick=off a name that is known is not told")
    func formalNames() throws {
        for (value, isTold) in [("subscribe", true), ("messages", true), ("off", false)] {
            var samples = samples(("msg.carrier", "cpim"), ("msg.nick", value))
            samples.facts.formalNames = [try BareJID("juliet@example.com"): "Juliet"]
            #expect(try samples.requestText(Self.body).contains("Juliet <") == isTold, "\(value)")
        }
    }

    @Test("MSG-044: a request above 1300 bytes is refused; at the limit it is not")
    func sizeLimit() throws {
        let overhead = try samples().requestText("<body/>").utf8.count
        // Content-Length grows from one digit to three or four.
        let room = 1_300 - overhead - 2
        let fitting = try #require(try samples().request("<body>\(String(repeating: "x", count: room))</body>").value)
        #expect(fitting.bytes.count == 1_300)
        let refusal = try #require(
            try samples().request("<body>\(String(repeating: "x", count: room + 1))</body>").refusal
        )
        #expect(
            refusal.condition == .policyViolation && refusal.errorType == .modify && refusal.auditCode == "oversize"
        )
    }

    @Test("MSG-046: msg.oversize=tcp lets large requests go to congestion-safe next hops up to their limit")
    func oversize() throws {
        let content = "<body>\(String(repeating: "x", count: 20_000))</body>"
        var samples = samples(("msg.carrier", "sip"), ("msg.oversize", "tcp"))
        #expect(try samples.request(content).refusal?.auditCode == "oversize")
        samples.facts.peer.isCongestionSafe = true
        #expect(try samples.request(content).value != nil)
        samples.facts.peer.requestLimit = 10_000
        #expect(try samples.request(content).refusal?.auditCode == "oversize")
        var rejecting = self.samples(("msg.carrier", "sip"), ("msg.oversize", "reject"))
        rejecting.facts.peer.isCongestionSafe = true
        #expect(try rejecting.request(content).refusal?.auditCode == "oversize")
    }

    // MARK: The object

    @Test("CPIM-037: DateTime is the time of receipt when the stanza was not delayed")
    func dateTime() throws {
        let text = try samples(("msg.carrier", "cpim")).requestText(Self.body)
        #expect(lines(text).contains("DateTime: 2026-03-01T12:00:00Z"))
    }

    @Test("CPIM-044, CPIM-045, CPIM-046: languages of subjects")
    func subjectLanguages() throws {
        func subject(_ element: String) throws -> String {
            let text = try samples(("msg.carrier", "cpim")).requestText(element + Self.body, " xml:lang='en'")
            return lines(text).first { $0.hasPrefix("Subject:") } ?? ""
        }
        #expect(try subject("<subject>Hi</subject>") == "Subject:;lang=en Hi")
        #expect(try subject("<subject xml:lang='en us'>Hi</subject>") == "Subject: Hi")
        #expect(try subject("<subject xml:lang=''>Hi</subject>") == "Subject: Hi")
        #expect(try subject("<subject> Hi </subject>") == "Subject:;lang=en Hi")
        #expect(try subject("<subject/>") == "")
    }

    @Test("CPIM-065: Require is never written, CPIM-075: nor a transfer encoding, CPIM-076: nor an id")
    func neverWritten() throws {
        let text = try samples(("msg.carrier", "cpim")).requestText("<body>ü</body><thread>t</thread>")
        for name in ["Require:", "Content-Transfer-Encoding", "Content-ID"] { #expect(!text.contains(name)) }
    }

    @Test("MSG-056: styling characters are ordinary text and the hint against them is dropped")
    func styling() throws {
        let text = try samples().requestText("<body>*bold* &gt; _ &lt;</body><unstyled xmlns='urn:xmpp:styling:0'/>")
        #expect(text.hasSuffix("\r\n\r\n*bold* > _ <"))
    }

    @Test("MSG-067: a reply goes with its fallback quote")
    func replies() throws {
        let content =
            "<body>&gt; cake\nGreat</body><reply xmlns='urn:xmpp:reply:0' id='x'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback>"
        #expect(try samples().requestText(content).hasSuffix("\r\n\r\n> cake\r\nGreat"))
    }

    @Test("MSG-083: what was dropped is named in the trace")
    func losses() throws {
        let samples = samples()
        let content = Self.body + "<x xmlns='http://example.org/unknown'/>"
        let translated = try samples.pivot(content)
        let generation = try ShippedTables.generation()
        #expect(translated.trace.losses.map { generation.name(of: $0.lossClass) }.contains("message.extension"))
        #expect(!translated.trace.rows.isEmpty)
        #expect(try samples.pivot(Self.body).trace.losses.isEmpty)
    }
}
