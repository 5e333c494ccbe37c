import Addressing
import MappingTables
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

@Suite("ErrorTranslator: how requests fail")
struct FailureTests {
    private let translator: ErrorTranslator

    init() throws { translator = try MessageSamples().errors() }

    static func response(_ status: Int, _ reason: String, _ headers: String...) throws -> RequestFailure {
        var lines = [
            "SIP/2.0 \(status) \(reason)", "Via: SIP/2.0/TCP gw.example.org;branch=z9hG4bKm1",
            "To: <sip:romeo@example.net>;tag=r",
        ]
        lines += ["From: <sip:juliet@example.com>;tag=j", "Call-ID: c1@gw", "CSeq: 1 MESSAGE"] + headers
        let bytes = Array((lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n").utf8)
        guard case .response(let response) = try SIPReader.read(datagram: bytes) else {
            throw VectorRun.Unusable("no response")
        }
        return .response(response)
    }

    private func stanza(_ failure: RequestFailure, id: String? = "m1") throws -> OutgoingStanza? {
        let origin = StanzaOrigin(
            from: try JID("juliet@example.com/balcony"),
            to: try JID("romeo@example.net"),
            id: id,
            kind: .message
        )
        let result = translator.stanza(
            for: failure,
            method: "MESSAGE",
            origin: origin,
            facts: VectorRun.defaults,
            contentNamespace: "jabber:client"
        )
        if result.value != nil { #expect(result.trace.rows.count == 1) }
        return result.value
    }

    private func error(_ failure: RequestFailure) throws -> StanzaError {
        let bytes = try #require(try stanza(failure)).bytes
        let text = HeaderText.text(bytes).replacing(
            "<message ",
            with: "<message xmlns='jabber:client' ",
            maxReplacements: 1
        )
        return StanzaError(in: try XML.DocumentReader.read(Array(text.utf8)[...]))
    }

    @Test("RFC 6120 §8.3.1: kind and id stay, the addresses change places, nothing of the stanza is sent back")
    func shape() throws {
        let stanza = try #require(try stanza(.timeout))
        #expect(
            HeaderText.text(stanza.bytes) == """
                <message from='romeo@example.net' to='juliet@example.com/balcony' id='m1' type='error'>\
                <error by='gw.example.org' type='wait'>\
                <remote-server-timeout xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
                <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Request Timeout</text></error></message>
                """
        )
        #expect(stanza.id == "m1" && stanza.from.description == "romeo@example.net")
    }

    @Test("RFC 6120 §8.1.3: the error about a stanza without id has none")
    func withoutID() throws {
        let stanza = try #require(try stanza(.timeout, id: nil))
        #expect(stanza.id.isEmpty && !HeaderText.text(stanza.bytes).contains(" id="))
    }

    @Test("RFC 7247 §7: a response below 300 is no failure", arguments: [100, 180, 200, 202, 299])
    func success(status: Int) throws {
        #expect(try stanza(Self.response(status, "x")) == nil)
        #expect(translator.verdict(for: try Self.response(status, "x"), peer: "example.net") == nil)
    }

    @Test(
        "RFC 7247 §7.2: conditions and types",
        arguments: [
            (300, "redirect", "modify"), (301, "gone", "cancel"), (305, "redirect", "modify"),
            (380, "not-acceptable", "modify"),
            (402, "bad-request", "modify"), (403, "forbidden", "auth"), (404, "item-not-found", "cancel"),
            (407, "registration-required", "auth"), (410, "gone", "cancel"), (415, "not-acceptable", "modify"),
            (480, "recipient-unavailable", "wait"), (491, "unexpected-request", "wait"),
            (500, "internal-server-error", "cancel"),
            (502, "remote-server-not-found", "cancel"), (503, "internal-server-error", "cancel"),
            (603, "recipient-unavailable", "wait"),
            (399, "redirect", "modify"), (428, "bad-request", "modify"), (580, "internal-server-error", "cancel"),
            (607, "recipient-unavailable", "wait"),
        ]
    )
    func conditions(status: Int, condition: String, type: String) throws {
        let error = try error(Self.response(status, "x"))
        #expect(error.condition.rawValue == condition && error.kind.rawValue == type)
    }

    @Test("RFC 3261 §20.33: who says when to try again is waited for", arguments: [480, 486, 500, 503, 600, 603])
    func retryAfter(status: Int) throws {
        let failure = try Self.response(status, "x", "Retry-After: 120")
        #expect(try error(failure).kind == .wait)
        #expect(translator.verdict(for: failure, peer: "example.net")?.retryAfter == 120)
    }

    @Test("RFC 7247 §7: the reason phrase and the texts of warnings are the text; without a phrase the usual one")
    func text() throws {
        #expect(try error(Self.response(404, "No such Montague")).text == "No such Montague")
        #expect(try error(Self.response(404, "")).text == "Not Found")
        let warned = try Self.response(
            488,
            "Not Acceptable Here",
            "Warning: 399 h \"Too \\\"long\\\"\", 305 h \"\"",
            "Warning: 301 h \"Again\""
        )
        #expect(try error(warned).text == "Not Acceptable Here; Too \"long\"; Again")
        #expect(try error(warned).textLanguage == "en")
    }

    @Test("RFC 7247 §7.2: the contact with the highest weight that has a JID is the new address")
    func contact() throws {
        func address(_ status: Int, _ contacts: String...) throws -> String? {
            let lines = contacts.map { "Contact: \($0)" }.joined(separator: "\r\n")
            return try error(Self.response(status, "x", lines)).address
        }
        #expect(
            try address(301, "<sip:r.montague@mantua.example>;q=0.9, <mailto:r@mantua.example>")
                == "xmpp:r.montague@mantua.example"
        )
        #expect(
            try address(302, "<sip:a@x.example>;q=0.1", "<sip:b@x.example>;q=0.5, <sip:c@x.example>;q=0.5")
                == "xmpp:b@x.example"
        )
        #expect(try address(302, "<sip:a@x.example>;q=0.1", "<sip:b@x.example>") == "xmpp:b@x.example")
        #expect(try address(302, "<im:a@x.example>") == "xmpp:a@x.example")
        #expect(try address(302, "<xmpp:a@x.example/r>") == "xmpp:a@x.example/r")
        // ADDR-008: `gr` counts after the bracket too; the one inside wins.
        #expect(try address(302, "<sip:a@x.example>;gr=g1;q=0.5") == "xmpp:a@x.example/g1")
        #expect(try address(302, "<sip:a@x.example;gr=g2>;gr=g1") == "xmpp:a@x.example/g2")
        #expect(try address(301, "<sips:a@x.example>") == nil)
        #expect(try address(301, "<mailto:a@x.example>") == nil)
        #expect(try address(301, "<sip:x.example>") == nil)
        #expect(try address(410, "<sip:a@x.example>") == nil)
    }

    @Test(
        "what the item may do next stands in the table",
        arguments: [
            (404, Retry.never), (408, .backoff), (415, .asPlainText), (488, .asPlainText), (491, .backoff), (503, .hop),
            (504, .backoff),
        ]
    )
    func retry(status: Int, retry: Retry) throws {
        #expect(translator.verdict(for: try Self.response(status, "x"), peer: "example.net")?.words.retry == retry)
    }

    @Test("ERR-017 RFC 3261 §8.1.3.1: a timeout counts as 408, what could not be sent as 503, and is told as a timeout")
    func transport() throws {
        #expect(RequestFailure.timeout.status == 408 && RequestFailure.transport.status == 503)
        #expect(translator.verdict(for: .transport, peer: "example.net")?.words.retry == .hop)
        #expect(try error(.transport).condition == .remoteServerTimeout)
    }
}

@Suite("ErrorTranslator: stanza errors as responses")
struct StanzaErrorResponseTests {
    private func translator(_ settings: [(String, String)] = []) throws -> ErrorTranslator {
        try MessageSamples(settings: settings).errors()
    }

    private func response(
        _ error: String,
        from: String = "juliet@example.com",
        settings: [(String, String)] = [],
        isPending: Bool = false
    ) throws -> SIPResponse {
        let xml =
            "<message xmlns='jabber:client' from='\(from)' to='romeo@example.net' id='s1' type='error'>\(error)</message>"
        let stanza = try #require(MessageStanza(try XML.DocumentReader.read(Array(xml.utf8)[...])))
        let pending = PendingInbound(
            method: "MESSAGE",
            via: ["SIP/2.0/TCP h.example.net;branch=z9hG4bKx", "SIP/2.0/TCP i.example.net;branch=z9hG4bKy"],
            to: "<sip:juliet@example.com>",
            from: "<sip:romeo@example.net>;tag=r",
            callID: "c1@example.net",
            sequence: 7,
            stanzaID: "s1"
        )
        var facts = VectorRun.defaults
        facts.hasPendingRequest = isPending
        let result = try translator(settings).response(for: stanza, pending: pending, facts: facts, toTag: "gw1")
        let value = try #require(result.value)
        #expect(result.trace.rows.count == 1)
        guard case .response(let response) = try SIPReader.read(datagram: value.bytes) else {
            throw VectorRun.Unusable("no response")
        }
        #expect(response.status == value.status)
        return response
    }

    private static func error(_ condition: String, _ content: String = "", text: String? = nil) -> String {
        let text = text.map { "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>\($0)</text>" } ?? ""
        return
            "<error type='cancel'><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>\(content)</\(condition)>\(text)</error>"
    }

    @Test("RFC 3261 §8.2.6.2: Via, To with a tag, From, Call-ID and CSeq are those of the request")
    func copied() throws {
        let response = try response(Self.error("bad-request"))
        #expect(try response.headers.vias().map(\.branch) == ["z9hG4bKx", "z9hG4bKy"])
        #expect(try response.headers.to().tag == "gw1" && response.headers.from().tag == "r")
        #expect(response.headers.text(.callID) == "c1@example.net" && response.headers.text(.cseq) == "7 MESSAGE")
        #expect(response.reason == "Bad Request")
    }

    @Test(
        "RFC 7247 §7.1: a full and a bare address differ",
        arguments: [
            ("feature-not-implemented", 405, 501), ("forbidden", 403, 603), ("item-not-found", 404, 604),
            ("not-acceptable", 406, 606), ("recipient-unavailable", 480, 600), ("conflict", 400, 400),
            ("not-allowed", 403, 403),
        ]
    )
    func fullAndBare(condition: String, full: Int, bare: Int) throws {
        #expect(try response(Self.error(condition), from: "juliet@example.com/balcony").status == full)
        #expect(try response(Self.error(condition)).status == bare)
    }

    @Test("RFC 3261 §21.4.6: a 405 says what is allowed")
    func allow() throws {
        let response = try response(Self.error("feature-not-implemented"), from: "juliet@example.com/balcony")
        #expect(response.headers.allow?.isEmpty == false)
        #expect(try !self.response(Self.error("conflict")).headers.has(.allow))
    }

    @Test("RFC 7247 §7.1: gone with an address is 301 with Contact, without one 410")
    func gone() throws {
        let moved = try response(Self.error("gone", "\n xmpp:juliet@afterlife.example.com\t"))
        #expect(moved.status == 301 && moved.headers.text(.contact) == "<sip:juliet@afterlife.example.com>")
        #expect(try response(Self.error("gone", "sip:j@x.example")).headers.text(.contact) == "<sip:j@x.example>")
        for content in ["", " \n ", "mailto:j@x.example", "sips:j@x.example", "xmpp:x.example", "nothing"] {
            let gone = try response(Self.error("gone", content))
            #expect(gone.status == 410 && !gone.headers.has(.contact), "\(content)")
        }
    }

    @Test("ADDR-057, RFC 7247 §6.5: a resource of the new address is its instance, without query and fragment")
    func resource() throws {
        func contact(_ uri: String, _ settings: (String, String)...) throws -> String? {
            try response(Self.error("redirect", uri), settings: settings).headers.text(.contact)
        }
        #expect(try contact("xmpp:la-mer@example.com/res") == "<sip:la-mer@example.com;gr=res>")
        #expect(try contact("xmpp:la-mer@example.com/a%20b?message;body=x#y") == "<sip:la-mer@example.com;gr=a%20b>")
        #expect(try contact("xmpp:la-mer@example.com?join#y") == "<sip:la-mer@example.com>")
        #expect(try contact("xmpp:la-mer@example.com/res", ("addr.gruu", "drop")) == "<sip:la-mer@example.com>")
        let gone = try response(Self.error("gone", "xmpp:la-mer@example.com/res"))
        #expect(gone.status == 301 && gone.headers.text(.contact) == "<sip:la-mer@example.com;gr=res>")
    }

    @Test("ERR-010 RFC 3261 §21.3.3, §21.4.18: redirect is 302 with Contact, without a usable address 480")
    func redirect() throws {
        let response = try response(Self.error("redirect", "xmpp:juliet@other.example.com"))
        #expect(response.status == 302 && response.headers.text(.contact) == "<sip:juliet@other.example.com>")
        for content in ["", " \n ", "https://j.example/", "mailto:j@x.example", "sips:j@x.example", "xmpp:x.example"] {
            let nowhere = try self.response(Self.error("redirect", content))
            #expect(nowhere.status == 480 && !nowhere.headers.has(.contact), "\(content)")
        }
    }

    @Test("RFC 3261 §7.2: a text becomes a reason phrase of one line and 127 characters")
    func reason() throws {
        #expect(try response(Self.error("item-not-found", text: "a\nb&#9;c")).reason == "a b c")
        #expect(try response(Self.error("item-not-found", text: " \n")).reason == "Does Not Exist Anywhere")
        let long = try response(Self.error("item-not-found", text: String(repeating: "ä", count: 200))).reason
        #expect(long == String(repeating: "ä", count: 127))
    }

    @Test("RFC 6120 §8.3.2: what is not known is undefined-condition; without a condition the old number decides")
    func unknown() throws {
        #expect(try response(Self.error("brand-new")).status == 400)
        #expect(try response("<error code='404'/>", from: "juliet@example.com/b").status == 404)
        #expect(try response("<error code='4040'/>").status == 400)
        #expect(try response("").status == 400)
    }

    @Test("RFC 7247 §7.1: unexpected-request is 491 while a request is pending between the two")
    func pending() throws {
        #expect(try response(Self.error("unexpected-request"), isPending: true).status == 491)
        #expect(try response(Self.error("unexpected-request")).status == 400)
    }

    @Test(
        "each value of the switches for errors is another status",
        arguments: [
            ("not-authorized", "err.auth", "challenge-or-403", 403), ("not-authorized", "err.auth", "literal", 401),
            ("registration-required", "err.auth", "challenge-or-403", 403),
            ("registration-required", "err.auth", "literal", 407),
            ("service-unavailable", "err.service-unavailable", "403", 403),
            ("service-unavailable", "err.service-unavailable", "405", 405),
            ("service-unavailable", "err.service-unavailable", "480", 480),
            ("remote-server-timeout", "err.timeout", "by-method", 504),
            ("remote-server-timeout", "err.timeout", "literal", 408),
        ]
    )
    func switches(condition: String, name: String, value: String, status: Int) throws {
        #expect(try response(Self.error(condition), settings: [(name, value)]).status == status)
    }
}

@Suite("Refusal")
struct RefusalTests {
    private let table: ErrorTable

    init() throws { table = try ShippedTables.generation().route(profile: "default").errors }

    @Test("the codes are those of the error table")
    func codes() {
        #expect(Set(Refusal.Code.allCases.map(\.rawValue)) == Set(ErrorVocabulary.refusals))
    }

    @Test("the words of a refusal are those of its row", arguments: Refusal.Code.allCases)
    func words(code: Refusal.Code) throws {
        let words = try #require(table.words(for: code.rawValue))
        let refusal = Refusal(code).worded(by: table)
        #expect(refusal.sipStatus == words.status && refusal.condition.rawValue == words.condition)
        #expect(refusal.errorType.rawValue == words.type && refusal.text == words.text && refusal.row == words.row)
        #expect(refusal.auditCode == code.rawValue)
        #expect(Refusal(code, detail: "Mine.").worded(by: table).text == "Mine.")
    }

    @Test("a sender that cannot be mapped is a bad request, a recipient is not found")
    func roles() {
        #expect(Refusal.unmappable(.sender).worded(by: table).sipStatus == 400)
        #expect(Refusal.unmappable(.recipient).worded(by: table).sipStatus == 404)
    }

    @Test("RFC 3261 §8.2.6: a refused request is answered with what the refusal adds")
    func response() throws {
        let errors = try MessageSamples().errors()
        func text(_ refusal: Refusal) throws -> String {
            let request = try MessageSamples.message(body: [])
            return HeaderText.text(errors.response(for: refusal, to: request, toTag: "gw1"))
        }
        #expect(try text(.unsupportedType(isEncoding: true)).hasPrefix("SIP/2.0 415 Unsupported Media Type\r\n"))
        #expect(
            try text(.unsupportedType(isEncoding: true)).contains(
                "\r\nAccept: \(Refusal.acceptedTypes)\r\nAccept-Encoding: identity\r\n"
            )
        )
        #expect(try text(.recipientList).contains("\r\nUnsupported: recipient-list-message\r\n"))
        #expect(
            try text(.requiredFeature(["a\"b\r\nX: y"])).contains(
                "\r\nWarning: 399 isthmus \"Required feature not supported: a\\\"b X: y.\"\r\n"
            )
        )
        for refusal in [Refusal.stopping, .queueFull, .store] {
            #expect(try text(refusal).hasPrefix("SIP/2.0 503 "))
            #expect(try text(refusal).contains("\r\nRetry-After: 30\r\n"))
        }
        #expect(try text(.loop).contains("\r\nTo: <sip:juliet@example.com>;tag=gw1\r\n"))
    }

    @Test("RFC 6120 §8.3: a refused stanza is answered by the gateway with condition, type and text")
    func stanza() throws {
        let origin = StanzaOrigin(
            from: try JID("juliet@example.com/b"),
            to: try JID("romeo@example.net"),
            id: "m1",
            kind: .message
        )
        let stanza = try MessageSamples().errors()
            .stanza(for: .encrypted, origin: origin, facts: VectorRun.defaults, contentNamespace: "jabber:client")
        let text = HeaderText.text(stanza.bytes)
        #expect(text.contains("<error by='gw.example.org' type='modify'><not-acceptable "))
        #expect(text.contains("xml:lang='en'>The recipient cannot read encrypted messages.</text>"))
    }
}
