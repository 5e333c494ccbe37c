import Digests
import Foundation
import Interworking
import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: requests and presence")
struct RequestTests {
    private func request(
        _ payload: String,
        to: String = "sip.example.com",
        from: String = "alice@example.com/home"
    )
        throws -> Stage
    {
        let stage = try Stage.open()
        try stage.serve("<iq from='\(from)' to='\(to)' id='q1' type='get'>\(payload)</iq>")
        return stage
    }

    @Test("XEP-0199 §4: a ping is answered with an empty result")
    func ping() throws {
        let answer = try #require(IQStanza(try request("<ping xmlns='urn:xmpp:ping'/>").stanza()))
        #expect(answer.kind == .result)
        #expect(answer.id == "q1")
        #expect(answer.from == "sip.example.com")
        #expect(answer.to == "alice@example.com/home")
        #expect(answer.payload == nil)
    }

    @Test(
        "XMP-ADR-03 RFC 6120 §8.2.3: whoever asks an address in another spelling is answered from its normal form",
        arguments: [
            ("Sip.Example.com", "sip.example.com", true), ("sip.example.com.", "sip.example.com", true),
            ("BOB@SIP.EXAMPLE.COM", "bob@sip.example.com", false),
        ]
    )
    func spelling(to: String, normal: String, isResult: Bool) throws {
        let answer = try #require(
            IQStanza(try request("<ping xmlns='urn:xmpp:ping'/>", to: to, from: "alice@Example.com/home").stanza())
        )
        #expect(answer.kind == (isResult ? .result : .error))
        #expect(answer.id == "q1")
        #expect(answer.from == normal)
        #expect(answer.to == "alice@example.com/home")
    }

    @Test("XMP-ADR-03 RFC 6120 §8.3.1: an error about presence is from the normal form of the address too")
    func presenceSpelling() throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='alice@example.com/x' to='BOB@Sip.Example.com.' type='available'/>")
        let stanza = try stage.stanza()
        #expect(stanza.attribute("from") == "bob@sip.example.com" && stanza.attribute("type") == "error")
    }

    @Test("XMP-ENT-10 XEP-0157 §3: the domain tells whom to turn to, and its presence announces what it tells")
    func serverInformation() throws {
        let info = "http://jabber.org/protocol/disco#info"
        let stage = try Stage.open { settings in
            settings.contacts = [
                .security: ["mailto:s@example.net"], .abuse: ["mailto:a@example.net", "xmpp:a@b.example"], .support: [],
            ]
        }
        func ask(_ node: String) throws -> XML.Element {
            let query = "<query xmlns='\(info)'\(node)/>"
            try stage.serve("<iq from='alice@example.com/home' to='sip.example.com' id='q1' type='get'>\(query)</iq>")
            return try #require(IQStanza(try stage.stanza())?.payload)
        }
        let form = try #require(try ask("").first("x", "jabber:x:data"))
        #expect(form.attribute("type") == "result")
        var fields: [String: [String]] = [:]
        for field in form.children { fields[field.attribute("var") ?? ""] = field.children.map(\.text) }
        #expect(
            fields == [
                "FORM_TYPE": ["http://jabber.org/network/serverinfo"], "security-addresses": ["mailto:s@example.net"],
                "abuse-addresses": ["mailto:a@example.net", "xmpp:a@b.example"],
            ]
        )
        // What presence announces stands for the form too (XEP-0115 §5.1).
        try stage.serve("<presence from='alice@example.com/home' to='sip.example.com' type='probe'/>")
        let announced = try #require(CapabilitiesElement(in: try stage.stanza()))
        #expect(try ask(" node='\(announced.node)#\(announced.version)'").first("x", "jabber:x:data") != nil)
        let information = try #require(ServiceInformation(try ask("")))
        #expect(SHA1.base64(information.verificationInput) == announced.version)
        let silent = try request("<query xmlns='\(info)'/>").stanza()
        #expect(try #require(IQStanza(silent)?.payload).first("x", "jabber:x:data") == nil)
    }

    @Test("XEP-0030 §3, XEP-0100 §6: the domain says that it is a gateway")
    func discovery() throws {
        let stage = try request("<query xmlns='http://jabber.org/protocol/disco#info'/>")
        let answer = try stage.written()
        #expect(answer.contains("category='gateway' type='simple'"))
        #expect(answer.contains("var='urn:xmpp:ping'"))
        #expect(answer.contains(#"var='jid\20escaping'"#))
    }

    @Test("XEP-0092 §4: the version is told")
    func version() throws {
        #expect(try request("<query xmlns='jabber:iq:version'/>").written().contains("<name>Isthmus</name>"))
    }

    @Test("XEP-0202 §2: the time is that of the clock")
    func time() throws {
        let stage = try request("<time xmlns='urn:xmpp:time'/>")
        #expect(try stage.written().contains("<utc>2023-11-14T22:13:20Z</utc>"))
    }

    @Test(
        "RFC 6120 §8.4: what is not known is not available, at the domain and at its users",
        arguments: [
            ("sip.example.com", "urn:x"), ("bob@sip.example.com", "urn:x"), ("bob@sip.example.com", "urn:xmpp:ping"),
        ]
    )
    func unknown(to: String, namespace: String) throws {
        #expect(try request("<ping xmlns='\(namespace)'/>", to: to).error().condition == .serviceUnavailable)
    }

    @Test("XMP-CMP-09 XEP-0321: the offer to manage rosters is not available, and nothing comes of it")
    func rosterManagement() throws {
        let stage = try Stage.open()
        try stage.serve(
            "<iq from='example.com' to='sip.example.com' id='q1' type='set'>"
                + "<query xmlns='urn:xmpp:tmp:roster-management:0' type='allowed'/></iq>"
        )
        #expect(try stage.error().condition == .serviceUnavailable)
    }

    @Test("XEP-0100 §6.3: whoever names a user of the other shore is told the address here")
    func contacts() throws {
        let query = "<query xmlns='jabber:iq:gateway'>"
        #expect(try request(query + "</query>").written().contains("<prompt xml:lang='en'>SIP Address</prompt>"))
        func answer(_ prompt: String) throws -> IQStanza {
            let stage = try Stage.open()
            try stage.serve(
                """
                <iq from='alice@example.com/home' to='sip.example.com' id='q1' type='set'>\
                \(query)<prompt>\(prompt)</prompt></query></iq>
                """
            )
            return try #require(IQStanza(try stage.stanza()))
        }
        for prompt in ["sip:o'malley@sip.example.com", " o'malley@sip.example.com ", "im:o%27malley@SIP.example.com"] {
            let jid = try #require(try answer(prompt).payload?.first("jid", "jabber:iq:gateway"))
            #expect(jid.text == #"o\27malley@sip.example.com"#)
        }
        for prompt in ["sip:bob@elsewhere.example", "", "sips:bob@sip.example.com", "not an address"] {
            #expect(try answer(prompt).error?.condition == .itemNotFound)
        }
    }

    @Test("Requests in the gateway's own name, or for another domain, are not answered")
    func unanswered() throws {
        let ping = "<ping xmlns='urn:xmpp:ping'/>"
        #expect(try request(ping, from: "sip.example.com").written() == "")
        #expect(try request(ping, to: "other.example.com").written() == "")
    }

    @Test("RFC 8048 §5, §6, §7: what is said about presence goes to the gateway, and nothing is answered here")
    func presence() throws {
        let stage = try Stage.open()
        let ends = "from='alice@example.com/x' to='bob@sip.example.com'"
        for type in ["", " type='unavailable'", " type='subscribe'", " type='subscribed'", " type='unsubscribe'"] {
            try stage.serve("<presence \(ends)\(type)/>")
        }
        try stage.serve("<presence \(ends) type='probe'/>")
        #expect(
            stage.host.calls == [
                .presence(.available), .presence(.unavailable), .presence(.subscribe(note: nil)),
                .presence(.subscribed), .presence(.unsubscribe), .presence(.probe),
            ]
        )
        #expect(try stage.written() == "")
    }

    @Test("RFC 6121 §4.7.1: a type that is not defined is a bad request")
    func undefinedType() throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='alice@example.com/x' to='bob@sip.example.com' type='available'/>")
        #expect(try stage.error().condition == .badRequest)
    }

    @Test("XEP-0100 §4.4: the gateway itself approves whoever asks, and is there")
    func gatewayIsAContact() throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='alice@example.com' to='sip.example.com' type='subscribe'/>")
        let caps = String(
            decoding: try #require(stage.leg.responder.domain.capabilities).element.bytes,
            as: UTF8.self
        )
        let approval = try stage.written()
        #expect(
            approval
                == "<presence from='sip.example.com' to='alice@example.com' type='subscribed'/>"
                + "<presence from='sip.example.com' to='alice@example.com'>\(caps)</presence>"
        )
        try stage.serve("<presence from='alice@example.com/x' to='sip.example.com' type='probe'/>")
        let answer = try stage.written()
        #expect(answer == "<presence from='sip.example.com' to='alice@example.com/x'>\(caps)</presence>")
        #expect(stage.host.calls.isEmpty)
    }

    @Test("RFC 8048 §8.1: a wish from a domain that is not served is refused")
    func foreignWatcher() throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='eve@other.example' to='bob@sip.example.com' type='subscribe' id='p1'/>")
        let reply = try #require(PresenceStanza(try stage.stanza()))
        #expect(reply.kind == .error)
        #expect(reply.error?.condition == .forbidden)
        #expect(reply.id == "p1")
    }
}
