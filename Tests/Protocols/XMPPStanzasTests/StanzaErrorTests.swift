import Testing
import XMLStreams
import XMPPStanzas

@Suite("StanzaError")
struct StanzaErrorTests {
    private func error(_ content: String, _ attributes: String = "type='cancel'") throws -> StanzaError {
        StanzaError(in: try stanza("<message type='error'><error \(attributes)>\(content)</error></message>"))
    }

    private let namespace = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

    @Test("RFC 6120 §8.3.3: each condition is written and read back", arguments: StanzaError.Condition.allCases)
    func conditionsRoundTrip(condition: StanzaError.Condition) throws {
        for kind in StanzaError.Kind.allCases {
            let error = StanzaError(
                condition,
                kind,
                text: "a <b> & c",
                textLanguage: "en",
                address: condition == .gone || condition == .redirect ? "xmpp:a@b?c;d=e&f" : nil,
                by: "gw.example",
                application: try read("<x xmlns='urn:x'>y</x>")
            )
            for content in contentNamespaces {
                var writer = XML.Writer()
                writer.start("message", content, ["type": "error"])
                error.write(to: &writer)
                writer.end()
                #expect(StanzaError(in: try XML.DocumentReader.read(writer.bytes[...])) == error)
            }
        }
    }

    @Test("RFC 6120 §8.3.3: there are 22 conditions, each with the type that is recommended")
    func conditions() {
        #expect(StanzaError.Condition.allCases.count == 22)
        #expect(StanzaError(.forbidden).kind == .auth)
        #expect(StanzaError(.badRequest).kind == .modify)
        #expect(StanzaError(.remoteServerTimeout).kind == .wait)
        #expect(StanzaError(.serviceUnavailable).kind == .cancel)
    }

    @Test("RFC 6120 §8.3.2: an unknown condition counts as undefined-condition")
    func unknownCondition() throws {
        let error = try error("<brand-new \(namespace)/><x xmlns='urn:x'/>", "type='wait'")
        #expect(error.condition == .undefinedCondition)
        #expect(error.kind == .wait)
        #expect(error.application?.namespace == "urn:x")
    }

    @Test(
        "RFC 6120 §8.3.2: without a condition the legacy number decides, if it has three digits",
        arguments: [
            ("404", StanzaError.Condition.itemNotFound, 404), ("503", .serviceUnavailable, 503),
            ("499", .undefinedCondition, 499), ("40", .undefinedCondition, nil), ("4040", .undefinedCondition, nil),
            ("4x4", .undefinedCondition, nil), ("+40", .undefinedCondition, nil), ("", .undefinedCondition, nil),
        ] as [(String, StanzaError.Condition, Int?)]
    )
    func legacyCodes(code: String, condition: StanzaError.Condition, number: Int?) throws {
        let error = try error("", "code='\(code)'")
        #expect(error.condition == condition)
        #expect(error.legacyCode == number)
        let both = try self.error("<conflict \(namespace)/>", "code='\(code)' type='cancel'")
        #expect(both.condition == .conflict)
        #expect(both.legacyCode == number)
    }

    @Test(
        "RFC 6120 §8.3.3: white space around a new address is removed; only white space is no address",
        arguments: [
            ("<gone %>\n  xmpp:romeo@afterlife.example.net\n</gone>", "xmpp:romeo@afterlife.example.net"),
            ("<redirect %>xmpp:a@b</redirect>", "xmpp:a@b"), ("<gone %> </gone>", nil), ("<gone %/>", nil),
            ("<conflict %>xmpp:a@b</conflict>", nil),
        ] as [(String, String?)]
    )
    func addresses(markup: String, address: String?) throws {
        #expect(try error(markup.replacing("%", with: namespace)).address == address)
    }

    @Test("RFC 6120 §8.3.2: a missing or unknown type becomes the usual one of the condition")
    func types() throws {
        #expect(try error("<bad-request \(namespace)/>", "").kind == .modify)
        #expect(try error("<bad-request \(namespace)/>", "type='never'").kind == .modify)
        #expect(try error("<bad-request \(namespace)/>", "type='continue'").kind == .continue)
    }

    @Test("A stanza of type error without an error element is undefined-condition; other types have no error")
    func missingError() throws {
        let message = try #require(MessageStanza(try stanza("<message type='error'/>")))
        #expect(message.error == StanzaError(.undefinedCondition))
        #expect(try MessageStanza(stanza("<message><error/></message>"))?.error == nil)
    }

    @Test("RFC 6120 §8.3.1: the error goes back with from and to exchanged, the same id and no content")
    func reply() throws {
        let message = try stanza(
            "<message from='juliet@example.com/balcony' to='romeo@example.net' id='a b&#10;c'><body>x</body></message>"
        )
        let error = StanzaError(.itemNotFound, text: "Not Here", textLanguage: "en", by: "example.net")
        #expect(
            text(error.reply(to: message)) == """
                <message from='romeo@example.net' to='juliet@example.com/balcony' id='a b&#10;c' type='error'>\
                <error by='example.net' type='cancel'>\
                <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
                <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Not Here</text></error></message>
                """
        )
    }

    @Test("RFC 6120 §8.1: a stanza without an id gets an error without one")
    func replyWithoutID() throws {
        let presence = try stanza("<presence from='a@b' to='c@d'/>", "jabber:server")
        #expect(
            text(StanzaError(.gone).reply(to: presence, content: "jabber:client")) == """
                <presence from='c@d' to='a@b' type='error'><error type='cancel'>\
                <gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
                """
        )
    }

    @Test(
        "XMP-ADR-03 RFC 6120 §8.2.3: answers name addresses in their normal form",
        arguments: [
            ("Example.Net", "example.net"), ("example.net.", "example.net"),
            ("ROMEO@EXAMPLE.NET", "romeo@example.net"), ("romeo@Example.net/Garden", "romeo@example.net/Garden"),
            ("xn--bcher-kva.example", "b\u{FC}cher.example"),
            (#"a\40b_c+d=e%f@gw-1.example.net/R s"#, #"a\40b_c+d=e%f@gw-1.example.net/R s"#),
            ("B\u{FC}cher.example/X", "b\u{FC}cher.example/X"),
            // No address: its domain is one all the same.
            ("b d@Example.Net./x", "b d@example.net/x"), ("b d@", "b d@"),
        ]
    )
    func normalAddresses(written: String, normal: String) throws {
        let iq = try stanza("<iq type='get' id='q' from='\(written)' to='\(written)'/>")
        let reply = try #require(text(StanzaError(.badRequest).reply(to: iq)))
        #expect(reply.hasPrefix("<iq from='\(normal)' to='\(normal)' id='q' type='error'>"), "\(reply)")
    }

    @Test(
        "RFC 6120 §8.3.1: errors and results are never answered",
        arguments: [
            "<message type='error'/>", "<presence type='error'/>", "<iq type='error' id='1'/>",
            "<iq type='result' id='1'/>", "<handshake/>",
        ]
    )
    func neverAnswered(markup: String) throws {
        #expect(StanzaError(.badRequest).reply(to: try stanza(markup)) == nil)
    }
}
