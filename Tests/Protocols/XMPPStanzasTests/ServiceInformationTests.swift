import Testing
import XMLStreams
import XMPPStanzas

@Suite("ServiceInformation")
struct ServiceInformationTests {
    private func payload(_ markup: String) throws -> XML.Element {
        try XML.DocumentReader.read(Array(markup.utf8)[...])
    }

    private func read(_ content: String) throws -> ServiceInformation? {
        ServiceInformation(
            try payload("<query xmlns='http://jabber.org/protocol/disco#info' node='n#v'>\(content)</query>")
        )
    }

    private let form = """
        <x xmlns='jabber:x:data' type='result'>\
        <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>\
        <field var='os'><value>Mac</value></field>\
        <field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field></x>
        """

    @Test("XEP-0115 §5.3: identities, features and forms, sorted by bytes whatever the order of the answer")
    func complex() throws {
        let answer = try #require(
            try read(
                """
                <feature var='http://jabber.org/protocol/muc'/><feature var='http://jabber.org/protocol/caps'/>\
                <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>\
                <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>\(form)
                """
            )
        )
        #expect(
            text(answer.verificationInput) == """
                client/pc/el/Ψ 0.11<client/pc/en/Psi 0.11<http://jabber.org/protocol/caps<\
                http://jabber.org/protocol/muc<urn:xmpp:dataforms:softwareinfo<ip_version<ipv4<ipv6<os<Mac<
                """
        )
    }

    @Test(
        "XEP-0115 §5.4: an answer that says something twice says nothing",
        arguments: [
            "<identity category='client' type='pc'/><identity category='client' type='pc'/>",
            "<feature var='a'/><feature var='a'/>",
            """
            <x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value></field></x>\
            <x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value></field></x>
            """,
            """
            <x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value><value>b</value></field></x>
            """,
        ]
    )
    func repeated(content: String) throws {
        #expect(try read(content) == nil)
    }

    @Test(
        "XEP-0115 §5.4: a form that does not say in a hidden field what it is about is passed over",
        arguments: [
            "<x xmlns='jabber:x:data'><field var='os'><value>Mac</value></field></x>",
            "<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>a</value></field></x>",
        ]
    )
    func untitledForm(form: String) throws {
        #expect(try read("<feature var='a'/>" + form) == ServiceInformation(identities: [], features: ["a"]))
    }

    @Test("XEP-0030 §3.1: another payload is no answer")
    func other() throws {
        #expect(ServiceInformation(try payload("<query xmlns='http://jabber.org/protocol/disco#items'/>")) == nil)
    }
}

@Suite("CapabilitiesElement")
struct CapabilitiesElementTests {
    private func read(_ element: String) throws -> CapabilitiesElement? {
        CapabilitiesElement(in: try stanza("<presence from='a@b/c' to='d@e'>\(element)</presence>"))
    }

    @Test("XEP-0115 §4: hash, node and version are read as they are written")
    func roundTrip() throws {
        let element = CapabilitiesElement(hash: "sha-1", node: "http://psi-im.org", version: "q07IKJEyjvHSyhy/=")
        #expect(try read(try #require(text(element.bytes))) == element)
        let old = CapabilitiesElement(hash: nil, node: "http://psi-im.org", version: "0.9")
        #expect(try read(try #require(text(old.bytes))) == old)
    }

    @Test("XEP-0115 §4: without node or version nothing is announced")
    func incomplete() throws {
        #expect(try read("<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n'/>") == nil)
        #expect(try read("<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='' ver='v'/>") == nil)
        #expect(try read("") == nil)
    }

    @Test("XEP-0115 §6.2: the question names node and version")
    func query() {
        #expect(
            text(CapabilitiesElement.query(to: "a@b/c", from: "d@e", id: "q", node: "n#v", content: "jabber:client"))
                == "<iq from='d@e' to='a@b/c' id='q' type='get'>"
                + "<query xmlns='http://jabber.org/protocol/disco#info' node='n#v'/></iq>"
        )
    }
}
