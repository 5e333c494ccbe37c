import Addressing
import Testing

/// The primitives put together as a mapping uses them.
@Suite struct MappingExampleTests {
    private func uri(_ jid: JID) throws -> SIPURI {
        let user = JIDEscaping.unescape(jid.local ?? "", form: .xep0106)
        let host = try SIPURI.Host(DomainName.toASCII(jid.domain))
        let bare = try SIPURI(user: PercentEncoding.encode(user, keeping: .sipUser), host: host)
        guard let resource = jid.resource else { return bare }
        return try bare.setting("gr", to: PercentEncoding.encode(resource, keeping: .sipParameter))
    }

    private func jid(_ uri: SIPURI) throws -> JID {
        let text = try PercentEncoding.decodeUTF8(uri.user ?? "")
        let resource = try uri.parameter("gr").text.map { text in try PercentEncoding.decodeUTF8(text) }
        return try JID(
            local: JIDEscaping.escape(text, form: .xep0106),
            domain: uri.host.canonical,
            resource: resource
        )
    }

    @Test(
        "RFC 7247 §6.4, §6.5: the examples of both tables, both ways",
        arguments: [
            ("sip:f%C3%BC@sip.example", "f\u{FC}@sip.example"),
            ("sip:o'malley@sip.example", #"o\27malley@sip.example"#),
            ("sip:foo@sip.example;gr=bar", "foo@sip.example/bar"), ("sip:m&m@xmpp.example", #"m\26m@xmpp.example"#),
            ("sip:tsch%C3%BCss@xmpp.example", "tsch\u{FC}ss@xmpp.example"),
            ("sip:baz@xmpp.example;gr=qux", "baz@xmpp.example/qux"),
            ("sip:a%23b%25c@xmpp.example", "a#b%c@xmpp.example"),
            ("sip:juliet@example.com;gr=B%C3%BCro%20%40work%3B1/2", "juliet@example.com/B\u{FC}ro @work;1/2"),
            (
                "sip:romeo@example.net;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
                "romeo@example.net/urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
            ),
            ("sip:romeo@example.net;gr=a&b", "romeo@example.net/a&b"),
            ("sip:c%3A%5C5commas%5Cnet@example.net", #"c\3a\5c5commas\net@example.net"#),
            (
                "sip:a%20b%22c&d'e/f%3Ag%3Ch%3Ei%40j%5C27k@example.com",
                #"a\20b\22c\26d\27e\2ff\3ag\3ch\3ei\40j\5c27k@example.com"#
            ),
            ("sip:juliet@xn--bcher-kva.example", "juliet@b\u{FC}cher.example"),
            ("sip:romeo@[2001:db8::1]", "romeo@[2001:db8::1]"),
        ] as [(String, String)]
    )
    func examples(_ sip: String, _ xmpp: String) throws {
        #expect(try jid(SIPURI(sip)) == JID(xmpp))
        #expect(try uri(JID(xmpp)).description == sip)
    }

    @Test("XEP-0106 §4: enforcement lower-cases literal text into an escape, so the spelling has to be kept elsewhere")
    func upperCaseSequenceCollides() throws {
        let literal = try jid(SIPURI(#"sip:foo%5C2Fbar@h"#))
        #expect(literal.local == #"foo\2fbar"#)
        #expect(try literal == jid(SIPURI("sip:foo/bar@h")))
    }

    @Test("RFC 7247 §6.4: password, port, other parameters and headers never reach the JID")
    func dropsTheRest() throws {
        let uri = try SIPURI("sip:romeo:secret@Example.net.:5070;transport=tcp;user=phone?subject=x")
        #expect(try jid(uri).description == "romeo@example.net")
    }

    @Test("RFC 3922 §3: every localpart that has an escaped form survives the way to SIP and back")
    func reversible() throws {
        var random = SeededGenerator(seed: 7247)
        var count = 0
        while count < 2000 {
            guard let escaped = JIDEscaping.escape(random.text(length: 8), form: .xep0106),
                let jid = try? JID(local: escaped, domain: "example.com", resource: random.text(length: 4)),
                JIDEscaping.isReversible(jid.local ?? "", form: .xep0106)
            else { continue }
            count += 1
            let uri = try uri(jid)
            #expect(try self.jid(uri) == jid)
            #expect(try SIPURI(uri.description) == uri)
        }
    }
}
