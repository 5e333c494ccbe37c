import Addressing
import MappingTables
import Testing

@testable import Interworking

/// Messages from the CPIM shore.
@Suite("MessageTranslator from requests")
struct InboundMessageTests {
    private func samples(_ settings: (String, String)...) -> MessageSamples {
        MessageSamples(settings: settings.map { ($0.0, $0.1) })
    }

    private func cpim(_ headers: String..., from: String = "<im:romeo@example.net>") -> String {
        (["From: \(from)", "To: <im:juliet@example.com>"] + headers + ["", "Content-Type: text/plain", "", "hi"])
            .joined(separator: "\r\n")
    }

    // MARK: Who

    @Test("ADDR-008: gr after the bracket counts, the one inside wins")
    func misplacedInstance() throws {
        #expect(
            try samples().stanza("From: <sip:romeo@example.net>;gr=dr4;tag=a").text.contains(
                "from='romeo@example.net/dr4'"
            )
        )
        #expect(
            try samples().stanza("From: <sip:romeo@example.net;gr=in>;gr=out;tag=a").text.contains(
                "from='romeo@example.net/in'"
            )
        )
    }

    @Test("MSG-006: the Request-URI wins over To; a gr there addresses the full JID")
    func recipient() throws {
        let text = try samples().stanza("To: <sip:list@example.com>").text
        #expect(text.contains("to='juliet@example.com'"))
        #expect(
            try samples().stanza(uri: "sip:juliet@example.com;gr=balcony").text.contains(
                "to='juliet@example.com/balcony'"
            )
        )
    }

    @Test("ADDR-050: CPIM To headers never decide who gets it")
    func cpimRecipients() throws {
        let body = cpim("To: <im:nurse@example.com>")
        #expect(try samples().stanza("Content-Type: message/cpim", body: body).text.contains("to='juliet@example.com'"))
    }

    @Test("addr.to-resource: each value")
    func toResource() throws {
        func to(_ value: String, uri: String = "sip:juliet@example.com") throws -> String {
            var samples = samples(("addr.to-resource", value))
            samples.facts.resources = [try BareJID("juliet@example.com"): "chamber"]
            let stanza = try #require(try samples.stanza(uri: uri).value)
            return stanza.to.description
        }
        let instance = "sip:juliet@example.com;gr=balcony"
        #expect(try to("chat-only") == "juliet@example.com")
        #expect(try to("chat-only", uri: instance) == "juliet@example.com/balcony")
        #expect(try to("known") == "juliet@example.com/chamber")
        #expect(try to("known", uri: instance) == "juliet@example.com/balcony")
        #expect(try to("never", uri: instance) == "juliet@example.com")
    }

    @Test("ADDR-058: sips: is refused unless the domain is allowed")
    func secureURIs() throws {
        #expect(try samples().received(uri: "sips:juliet@example.com").refusal?.sipStatus == 416)
        #expect(try samples().received("To: <sips:juliet@example.com>").refusal?.sipStatus == 416)
        #expect(try samples(("sips.allow", "example.com")).received(uri: "sips:juliet@example.com").value != nil)
        #expect(
            try samples(("sips.allow", "example.org")).received(uri: "sips:juliet@example.com").refusal?.sipStatus
                == 416
        )
    }

    @Test("A Request-URI of another scheme is 416, of a domain that is not served 404, of the same shore 482")
    func otherDestinations() throws {
        #expect(try samples().received(uri: "mailto:juliet@example.com").refusal?.sipStatus == 416)
        #expect(try samples().received(uri: "sip:juliet@example.org").refusal?.auditCode == "unknown-domain")
        #expect(try samples().received(uri: "sip:mercutio@example.net").refusal?.sipStatus == 482)
        #expect(try samples().received(uri: "sip:example.com").refusal?.sipStatus == 404)
    }

    @Test("The sender's domain is one that the transport has proved")
    func provedDomains() throws {
        var samples = samples()
        samples.facts.peer.authenticatedDomains = ["example.org"]
        #expect(try samples.received().refusal?.auditCode == "identity-mismatch")
        samples.facts.peer.authenticatedDomains = ["example.org", "example.net"]
        #expect(try samples.received().value != nil)
    }

    @Test("ADDR-047, RFC 3325 §9: an anonymous sender is refused unless a trusted neighbor asserts who it is")
    func assertedIdentity() throws {
        let anonymous = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a"
        let asserted = "P-Asserted-Identity: <sip:romeo@example.net>"
        #expect(try samples().received(anonymous).refusal?.sipStatus == 433)
        #expect(try samples().received(anonymous, asserted).refusal?.sipStatus == 433)
        var trusted = samples()
        trusted.facts.peer.isTrustedIntermediary = true
        #expect(try trusted.stanza(anonymous, asserted).text.contains("from='romeo@example.net'"))
    }

    @Test("ADDR-048: anonymous CPIM addresses stand for the carrier's")
    func anonymousObjects() throws {
        let body = cpim(from: "<sip:anonymous@anonymous.invalid>")
        #expect(
            try samples().stanza("Content-Type: message/cpim", body: body).text.contains("from='romeo@example.net'")
        )
    }

    @Test("ADDR-049: another sender in the object is refused unless the neighbor is a trusted intermediary")
    func identities() throws {
        let body = cpim(from: "<im:iago@example.net>")
        #expect(
            try samples().received("Content-Type: message/cpim", body: body).refusal?.auditCode == "identity-mismatch"
        )
        var trusted = samples()
        trusted.facts.peer.isTrustedIntermediary = true
        #expect(try trusted.stanza("Content-Type: message/cpim", body: body).text.contains("from='romeo@example.net'"))
        let same = cpim(from: "<sip:%72omeo@EXAMPLE.net>")
        #expect(try samples().received("Content-Type: message/cpim", body: same).value != nil)
    }

    @Test("CPIM-030, CPIM-033: a From that is malformed, missing or twice")
    func objectSenders() throws {
        let malformed = cpim(from: "im:iago@example.net")
        #expect(
            try samples().stanza("Content-Type: message/cpim", body: malformed).text.contains(
                "from='romeo@example.net'"
            )
        )
        let missing = "To: <im:juliet@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nhi"
        #expect(
            try samples().stanza("Content-Type: message/cpim", body: missing).text.contains("from='romeo@example.net'")
        )
        let twice = try samples().received("Content-Type: message/cpim", body: cpim("From: <im:iago@example.net>"))
        #expect(twice.value != nil && !twice.notes.isEmpty)
    }

    // MARK: What

    @Test("MSG-015: msg.type.pager decides the type")
    func types() throws {
        #expect(try !samples().stanza().text.contains("type="))
        #expect(try !samples(("msg.type.pager", "normal")).stanza().text.contains("type='chat'"))
        #expect(try samples(("msg.type.pager", "chat")).stanza().text.contains("type='chat'"))
    }

    @Test("MSG-009: the id is the IMDN Message-ID, the Content-ID, the branch, else a fresh one")
    func identifiers() throws {
        func id(_ stanza: Translated<OutgoingStanza>) -> String? { stanza.value?.id }
        #expect(try id(samples().stanza()) == "z9hG4bKr1")
        #expect(try id(samples().stanza(cpim: [])) == "f1")
        let mime = ["Content-Type: text/plain", "Content-ID: <c@x>"]
        #expect(try id(samples().stanza(cpim: [], mime: mime)) == "c@x")
        let imdn = ["NS: i <urn:ietf:params:imdn>", "i.Message-ID: m7"]
        #expect(try id(samples().stanza(cpim: imdn, mime: mime)) == "m7")
        #expect(try id(samples().stanza("Content-ID: <c@x>")) == "c@x")
    }

    @Test("MSG-021: the Call-ID is the thread, a stored pair gives the original back, msg.thread=ignore none")
    func threads() throws {
        var samples = samples()
        #expect(try samples.stanza().text.contains("<thread>c1@example.net</thread>"))
        samples.facts.threads = [ThreadPair(callID: "c1@example.net", thread: "ünïcode id")]
        #expect(try samples.stanza().text.contains("<thread>ünïcode id</thread>"))
        #expect(try !self.samples(("msg.thread", "ignore")).stanza().text.contains("<thread>"))
    }

    @Test("MSG-033, MSG-034: Content-Language is the language of the stanza, that of the object wins")
    func languages() throws {
        #expect(try samples().stanza("Content-Language: cs, en").text.contains("xml:lang='cs'"))
        let body =
            "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\n\r\nContent-Type: text/plain\r\nContent-Language: cs\r\n\r\nhi"
        #expect(
            try samples().stanza("Content-Type: message/cpim", "Content-Language: en", body: body).text.contains(
                "xml:lang='cs'"
            )
        )
    }

    @Test("MSG-023: Subject is the subject")
    func subjects() throws {
        #expect(try samples().stanza("Subject: Hi & bye").text.contains("<subject>Hi &amp; bye</subject>"))
        #expect(
            try samples().stanza("Content-Type: message/cpim", body: cpim("Subject: a", "Subject: b")).text.contains(
                "<subject>a</subject><body>"
            )
        )
        let french = cpim("Subject:;lang=fr un", "Subject:;lang=FR deux", "Subject: one")
        let text = try samples().stanza("Content-Type: message/cpim", body: french).text
        #expect(text.contains("<subject xml:lang='fr'>un</subject><subject>one</subject>"))
    }

    @Test("CPIM-048 RFC 6121 §5.2.4: a further subject of one language is lost, and the record says so")
    func repeatedSubjects() throws {
        func losses(_ headers: String...) throws -> [LossClass] {
            let object = (["From: <im:romeo@example.net>", "To: <im:juliet@example.com>"] + headers).joined(
                separator: "\r\n"
            )
            let body = object + "\r\n\r\nContent-Type: text/plain\r\n\r\nhi"
            return try samples().stanza("Content-Type: message/cpim", body: body).trace.losses.map(\.lossClass)
        }
        #expect(try losses("Subject:;lang=fr un", "Subject:;lang=FR deux", "Subject: one") == [.subject])
        #expect(try losses("Subject:;lang=fr un", "Subject: one").isEmpty)
    }

    @Test("CPIM-024 W3C XML 1.0 §2.2: what XML cannot carry of a display name is U+FFFD, a line break a space")
    func displayName() throws {
        let body = cpim(from: "\"Ish\\u0007mael\\nof N.\"<im:romeo@example.net>")
        let text = try samples(("msg.nick", "messages")).stanza("Content-Type: message/cpim", body: body).text
        #expect(text.contains("<nick xmlns='http://jabber.org/protocol/nick'>Ish\u{FFFD}mael of N.</nick>"))
    }

    @Test("CPIM-078: line ends become line feeds; nothing else of the text changes (CPIM-080)")
    func text() throws {
        #expect(try samples().stanza(body: " a\r\nb\rc\n ").text.contains("<body> a\nb\nc\n </body>"))
    }

    @Test("MSG-026: a subject with an empty text is delivered")
    func emptyText() throws { #expect(try samples().stanza(body: "").text.contains("<body/>")) }

    @Test("CPIM-039: msg.delay is the age from which a message says when it was sent")
    func delays() throws {
        func hasDelay(_ dateTime: String, _ settings: (String, String)...) throws -> Bool {
            let samples = MessageSamples(settings: settings.map { ($0.0, $0.1) })
            return try samples.stanza(cpim: ["DateTime: \(dateTime)"]).text.contains("urn:xmpp:delay")
        }
        #expect(try hasDelay("2026-03-01T11:58:59Z"))
        #expect(try !hasDelay("2026-03-01T11:59:01Z"))
        #expect(try hasDelay("2026-03-01T11:59:01Z", ("msg.delay", "30s")))
        #expect(try !hasDelay("2020-03-01T11:59:01Z", ("msg.delay", "off")))
        #expect(try !hasDelay("2026-03-01T13:00:00Z"))
        #expect(try !hasDelay("yesterday"))
    }

    @Test("CPIM-040: a time more than five minutes ahead is noted")
    func future() throws {
        #expect(
            try samples().received("Content-Type: message/cpim", body: cpim("DateTime: 2026-03-01T13:00:00Z")).notes
                .contains("future-datetime")
        )
        #expect(
            try !samples().received("Content-Type: message/cpim", body: cpim("DateTime: 2026-03-01T12:01:00Z")).notes
                .contains("future-datetime")
        )
    }

    @Test("msg.html: xhtml-im, plain or reject")
    func html() throws {
        let html = "<p>Hi <b>Romeo</b></p>"
        let both = try samples(("msg.html", "xhtml-im")).stanza("Content-Type: text/html", body: html).text
        #expect(both.contains("<body>Hi Romeo</body>") && both.contains("xhtml-im"))
        let plain = try samples(("msg.html", "plain")).stanza("Content-Type: text/html", body: html).text
        #expect(plain.contains("<body>Hi Romeo</body>") && !plain.contains("xhtml-im"))
        #expect(
            try samples(("msg.html", "reject")).stanza("Content-Type: text/html", body: html).refusal?.sipStatus == 415
        )
    }

    @Test("msg.charset: reject or transcode")
    func charsets() throws {
        func stanza(_ value: String) throws -> Translated<OutgoingStanza> {
            let samples = samples(("msg.charset", value))
            let translator = try samples.translator()
            let request = try MessageSamples.message(
                ["Content-Type: text/plain;charset=iso-8859-1"],
                body: [0x67, 0xFC]
            )
            let pivot = try #require(translator.pivot(from: request, facts: samples.facts).value)
            return translator.stanza(from: pivot, facts: samples.facts, contentNamespace: "jabber:client", freshID: "f")
        }
        #expect(try stanza("reject").refusal?.sipStatus == 415)
        #expect(try stanza("transcode").text.contains("<body>gü</body>"))
    }

    @Test("msg.unstyled-in: on adds the hint to stanzas made from plain text")
    func unstyled() throws {
        #expect(try !samples().stanza(body: "*b*").text.contains("unstyled"))
        #expect(
            try samples(("msg.unstyled-in", "on")).stanza(body: "*b*").text.contains(
                "<unstyled xmlns='urn:xmpp:styling:0'/>"
            )
        )
    }

    @Test("msg.cc: copies are dropped, or named as addresses")
    func copies() throws {
        let body = cpim("cc: Nurse <im:nurse@example.com>")
        #expect(try !samples().stanza("Content-Type: message/cpim", body: body).text.contains("nurse"))
        let text = try samples(("msg.cc", "addresses")).stanza("Content-Type: message/cpim", body: body).text
        #expect(
            text.contains("http://jabber.org/protocol/address") && text.contains("nurse@example.com")
                && text.contains("type='cc'")
        )
    }

    @Test("CPIM-036: addresses go to servers that know them; to others copies are lost, and that is recorded")
    func copiesForServers() throws {
        func stanza(_ takesAddresses: Bool?) throws -> Translated<OutgoingStanza> {
            var samples = samples(("msg.cc", "addresses"))
            samples.facts.peer.takesAddresses = takesAddresses
            let body = cpim("cc: Nurse <im:nurse@example.com>")
            return try samples.stanza("Content-Type: message/cpim", body: body)
        }
        for known in [true, nil] {
            let told = try stanza(known)
            #expect(told.text.contains("nurse@example.com") && !told.trace.losses.contains { $0.lossClass == .copies })
        }
        let lost = try stanza(false)
        #expect(lost.text.contains("<body>hi</body>") && !lost.text.contains("nurse"))
        #expect(lost.trace.losses.filter { $0.lossClass == .copies }.count == 1)
    }

    @Test("MSG-061: an external body is a URL and its out-of-band element")
    func externalBodies() throws {
        let type = "Content-Type: message/external-body; access-type=\"URL\"; URL=\"https://h.example/f.png\""
        let text = try samples().stanza(type, body: "Content-Type: image/png\r\n\r\n").text
        #expect(text.contains("<body>https://h.example/f.png</body>"))
        #expect(text.contains("<x xmlns='jabber:x:oob'><url>https://h.example/f.png</url></x>"))
    }

    @Test("MSG-064: a correction is never made, nothing of the extension headers crosses (CPIM-057)")
    func neverWritten() throws {
        let body = cpim("NS: x <urn:example:x>", "x.Wacky: yes", "Cc: <im:a@b.example>")
        let text = try samples().stanza("Content-Type: message/cpim", body: body).text
        #expect(!text.contains("replace") && !text.contains("Wacky") && !text.contains("a@b.example"))
    }

    @Test("MSG-069: the stanza names its id as its origin id")
    func originID() throws {
        #expect(try samples().stanza().text.contains("<origin-id xmlns='urn:xmpp:sid:0' id='z9hG4bKr1'/>"))
    }

    // MARK: What is refused, and what is nothing

    @Test("MSG-078: no hop left is 483")
    func hops() throws {
        #expect(try samples().received("Max-Forwards: 0").refusal?.sipStatus == 483)
        #expect(try samples().received("Max-Forwards: 1").value != nil)
    }

    @Test("MSG-048: an expired message is not delivered and no fault")
    func expiry() throws {
        func isExpired(_ lines: String...) throws -> Bool {
            let request = try MessageSamples.message(lines, body: Array("hi".utf8))
            if case .nothing("expired") = try samples().translator().pivot(from: request, facts: samples().facts)
                .outcome
            {
                return true
            }
            return false
        }
        #expect(try isExpired("Expires: 60", "Date: Sun, 01 Mar 2026 11:50:00 GMT"))
        #expect(try !isExpired("Expires: 601", "Date: Sun, 01 Mar 2026 11:50:00 GMT"))
        #expect(try !isExpired("Expires: 60"))
        #expect(try isExpired("Expires: 0"))
        // Who keeps the time itself gets it all the same.
        let request = try MessageSamples.message(["Expires: 0"], body: Array("hi".utf8))
        let facts = samples().facts
        #expect(try samples().translator().pivot(from: request, facts: facts, takesExpired: true).value != nil)
    }

    @Test(
        "Receipts and composing states are swallowed",
        arguments: ["message/imdn+xml", "application/im-iscomposing+xml;charset=utf-8"]
    )
    func signals(type: String) throws {
        func isNothing(_ type: String, _ body: String) throws -> Bool {
            if case .nothing = try samples().stanza("Content-Type: \(type)", body: body).outcome { return true }
            return false
        }
        #expect(try isNothing(type, "<x/>"))
        let object =
            "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\n\r\nContent-Type: \(type)\r\n\r\n<x/>"
        #expect(try isNothing("message/cpim", object))
    }

    @Test("Compressed bodies are 415 with Accept-Encoding")
    func encodings() throws {
        let refusal = try #require(try samples().received("Content-Encoding: deflate").refusal)
        #expect(refusal.sipStatus == 415 && refusal.headers.contains(.init("Accept-Encoding", "identity")))
        #expect(try samples().received("Content-Encoding: identity").value != nil)
    }

    @Test("MSG-077: Require of an extension is 420 and names it")
    func extensions() throws {
        let refusal = try #require(try samples().received("Require: recipient-list-message").refusal)
        #expect(refusal.sipStatus == 420 && refusal.headers == [.init("Unsupported", "recipient-list-message")])
    }

    @Test("CPIM-060, CPIM-061, CPIM-063: features that must be understood")
    func requiredFeatures() throws {
        func status(_ headers: String...) throws -> Int? {
            let body =
                (["From: <im:romeo@example.net>", "To: <im:juliet@example.com>"] + headers + [
                    "", "Content-Type: text/plain", "", "hi",
                ]).joined(separator: "\r\n")
            return try samples().received("Content-Type: message/cpim", body: body).refusal?.sipStatus
        }
        #expect(try status("NS: i <urn:ietf:params:imdn>", "Require: i.Disposition-Notification") == nil)
        #expect(try status("Require: Locale.MustRenderKanji") == 488)
        #expect(try status("NS: a <urn:example:a>", "Require: a.x") == 488)
        #expect(try status("Require: Subject") == nil)
    }

    @Test("Objects that cannot be read are 400, too large ones 413")
    func malformedObjects() throws {
        #expect(try samples().received("Content-Type: message/cpim", body: "nothing").refusal?.sipStatus == 400)
        let many = cpim(Array(repeating: "X: y", count: 201).joined(separator: "\r\n"))
        #expect(try samples().received("Content-Type: message/cpim", body: many).refusal?.sipStatus == 413)
    }

    @Test("cpim.strict, cpim.imdn-implicit-prefix and cpim.ct-default change what is read")
    func readingSwitches() throws {
        let bare = cpim().split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
        #expect(try samples(("cpim.strict", "off")).received("Content-Type: message/cpim", body: bare).value != nil)
        #expect(
            try samples(("cpim.strict", "on")).received("Content-Type: message/cpim", body: bare).refusal?.sipStatus
                == 400
        )
        let implicit = cpim("imdn.Message-ID: m9")
        #expect(
            try samples(("cpim.imdn-implicit-prefix", "on")).stanza("Content-Type: message/cpim", body: implicit).value?
                .id == "m9"
        )
        #expect(
            try samples(("cpim.imdn-implicit-prefix", "off")).stanza("Content-Type: message/cpim", body: implicit)
                .value?.id == "z9hG4bKr1"
        )
        let untyped = "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\n\r\nContent-ID: <a@b>\r\n\r\nhi"
        #expect(try samples().received("Content-Type: message/cpim", body: untyped).refusal?.sipStatus == 400)
        #expect(
            try samples(("cpim.ct-default", "text/plain")).stanza("Content-Type: message/cpim", body: untyped).text
                .contains("<body>hi</body>")
        )
        let mime = ["Content-ID: <a@b>"]
        #expect(try samples().stanza(cpim: [], mime: mime).refusal?.code == .malformedBody)
        #expect(
            try samples(("cpim.ct-default", "text/plain")).stanza(cpim: [], mime: mime).text.contains("<body>hi</body>")
        )
    }

    @Test("CPIM-094: an object alone with too many headers is too large, like one in a request")
    func headerLimit() throws {
        let many = Array(repeating: "X: y", count: 198)
        #expect(try samples().stanza(cpim: many).value != nil)
        #expect(try samples().stanza(cpim: many + ["X: y"]).refusal?.code == .oversize)
    }

    @Test("addr.percent: a percent sign that starts no escape is 400, or literal")
    func percent() throws {
        let body = cpim(from: "<im:cr%zy@example.net>")
        func stanza(_ value: String) throws -> Translated<OutgoingStanza> {
            try samples(("addr.percent", value)).stanza(
                "From: <sip:cr%25zy@example.net>;tag=a",
                "Content-Type: message/cpim",
                body: body
            )
        }
        #expect(try stanza("strict").refusal?.sipStatus == 400)
        #expect(try stanza("lenient").text.contains("from='cr%zy@example.net'"))
    }

    @Test("MSG-047: a stanza above the limit of the XMPP neighbor is 413, counted after escaping")
    func stanzaLimit() throws {
        #expect(try samples().stanza(body: String(repeating: "<", count: 9_500)).refusal?.sipStatus == 413)
        #expect(try samples().stanza(body: String(repeating: "x", count: 9_500)).value != nil)
        var large = samples()
        large.facts.peer.stanzaLimit = 50_000
        #expect(try large.stanza(body: String(repeating: "<", count: 9_500)).value != nil)
    }

    @Test("MSG-055: when the markup breaks the limit the plain text goes alone")
    func htmlTooLarge() throws {
        let html = "<p>Hi</p>" + String(repeating: "<p><br></p>", count: 3_000)
        let text = try samples().stanza("Content-Type: text/html", body: html).text
        #expect(text.contains("<body>Hi") && !text.contains("xhtml-im"))
    }

    @Test("CPIM-082: characters that XML cannot carry are replaced and counted")
    func replacedCharacters() throws {
        let stanza = try samples().stanza(body: "bell\u{7}\u{B}")
        #expect(stanza.text.contains("bell\u{FFFD}\u{FFFD}"))
        #expect(stanza.notes.contains("xml-replaced-2"))
    }
}
