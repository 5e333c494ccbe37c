import Addressing
import Testing
import XMLStreams
import XMPPStanzas

@Suite("Stanza")
struct StanzaTests {
    @Test("RFC 6120 §8.1: the common attributes are read in every content namespace", arguments: contentNamespaces)
    func commonAttributes(namespace: String) throws {
        let element = try stanza(
            "<message to='Romeo@Example.NET/orchard' from='juliet@example.com/at@work/x' id='m1' xml:lang='cs'/>",
            namespace
        )
        let message = try #require(MessageStanza(element))
        #expect(message.to == "Romeo@Example.NET/orchard")
        #expect(try message.toAddress?.description == "romeo@example.net/orchard")
        #expect(try message.fromAddress?.resource == "at@work/x")
        #expect(message.id == "m1")
        #expect(message.language == "cs")
        #expect(message.contentNamespace == namespace)
        #expect(PresenceStanza(element) == nil)
        #expect(IQStanza(element) == nil)
    }

    @Test("RFC 6120 §8.1: absent attributes are nil, and a broken address is an error")
    func absentAttributes() throws {
        let message = try #require(MessageStanza(try stanza("<message to='@@'/>")))
        #expect(message.from == nil)
        #expect(message.id == nil)
        #expect(message.language == nil)
        #expect(try message.fromAddress == nil)
        #expect(throws: AddressError.self) { try message.toAddress }
    }

    @Test(
        "RFC 6120 §8.4: elements in other namespaces are no stanzas",
        arguments: ["<message xmlns='urn:x'/>", "<message/>", "<handshake xmlns='jabber:component:accept'/>"]
    )
    func lookalikes(markup: String) throws {
        #expect(try StanzaKind(read(markup)) == nil)
        #expect(try MessageStanza(read(markup)) == nil)
    }

    @Test("RFC 6120 §8.4: payloads are the children of other namespaces, in order")
    func payloads() throws {
        let message = try #require(
            MessageStanza(
                try stanza("<message><a xmlns='urn:a'/><body>x</body><b xmlns='urn:b'/><body xmlns='urn:c'/></message>")
            )
        )
        #expect(message.payloads.map(\.namespace) == ["urn:a", "urn:b", "urn:c"])
        #expect(message.payload("b", "urn:b") != nil)
        #expect(message.payload("b", "urn:a") == nil)
        #expect(message.bodies == [LocalizedText("x")])
    }
}

@Suite("MessageStanza")
struct MessageStanzaTests {
    @Test(
        "RFC 6121 §5.2.2: a missing or unknown type counts as normal",
        arguments: [
            ("", MessageStanza.Kind.normal), (" type='bogus'", .normal), (" type='normal'", .normal),
            (" type='chat'", .chat), (" type='groupchat'", .groupchat), (" type='headline'", .headline),
            (" type='error'", .error), (" type=''", .normal),
        ]
    )
    func kinds(attribute: String, kind: MessageStanza.Kind) throws {
        #expect(try MessageStanza(stanza("<message\(attribute)/>"))?.kind == kind)
    }

    @Test("RFC 6121 §5.2.3, §5.2.4: bodies and subjects keep their order and the language in force")
    func texts() throws {
        let message = try #require(
            MessageStanza(
                try stanza(
                    """
                    <message xml:lang='en'><subject>S</subject><body>Art thou not Romeo?</body>\
                    <body xml:lang='cs'>Nejsi ty Romeo?</body><body xml:lang=''/></message>
                    """
                )
            )
        )
        #expect(message.subjects == [LocalizedText("S", language: "en")])
        #expect(
            message.bodies == [
                LocalizedText("Art thou not Romeo?", language: "en"),
                LocalizedText("Nejsi ty Romeo?", language: "cs", isOwnLanguage: true),
                LocalizedText("", language: "", isOwnLanguage: true),
            ]
        )
        #expect(message.bodyBytes.map { String(decoding: $0, as: UTF8.self) } == "Art thou not Romeo?")
    }

    @Test("RFC 6121 §5.2.5: white space of a thread is kept")
    func thread() throws {
        let message = try MessageStanza(stanza("<message><thread parent='p'> y\n</thread></message>"))
        #expect(message?.thread == " y\n")
        #expect(message?.threadParent == "p")
        let none = try MessageStanza(stanza("<message><body/></message>"))
        #expect(none?.thread == nil)
        #expect(none?.bodyBytes?.isEmpty == true)
        #expect(try MessageStanza(stanza("<message/>"))?.bodyBytes == nil)
    }
}

@Suite("PresenceStanza")
struct PresenceStanzaTests {
    @Test(
        "RFC 6121 §4.7.1: types; one that is not defined is nil",
        arguments: [
            ("", PresenceStanza.Kind.available), (" type='unavailable'", .unavailable),
            (" type='subscribe'", .subscribe),
            (" type='subscribed'", .subscribed), (" type='unsubscribe'", .unsubscribe),
            (" type='unsubscribed'", .unsubscribed), (" type='probe'", .probe), (" type='error'", .error),
            (" type='available'", nil), (" type='invisible'", nil), (" type=''", nil),
        ] as [(String, PresenceStanza.Kind?)]
    )
    func kinds(attribute: String, kind: PresenceStanza.Kind?) throws {
        #expect(try #require(PresenceStanza(try stanza("<presence\(attribute)/>"))).kind == kind)
    }

    @Test("RFC 6121 §4.7.2: undefined shows and priorities are ignored without harming the rest")
    func children() throws {
        let presence = try #require(
            PresenceStanza(
                try stanza(
                    """
                    <presence><show>dnd</show><show>away</show><status>a</status><status xml:lang='cs'>b</status>\
                    <priority>-128</priority></presence>
                    """
                )
            )
        )
        #expect(presence.show == .dnd)
        #expect(presence.statuses.map(\.text) == ["a", "b"])
        #expect(presence.priority == -128)
        for (text, priority) in [("999", 0), ("127", 127), ("128", 0), ("x", 0), ("", 0), ("-129", 0)] {
            let odd = try PresenceStanza(stanza("<presence><show>Away</show><priority>\(text)</priority></presence>"))
            #expect(odd?.priority == priority)
            #expect(try #require(odd).show == nil)
        }
    }
}

@Suite("IQStanza")
struct IQStanzaTests {
    @Test(
        "RFC 6120 §8.2.3: a bad type, a missing id or not exactly one child is bad-request",
        arguments: [
            ("<iq type='subscribe' id='1'><a xmlns='urn:a'/></iq>", false),
            ("<iq id='1'><a xmlns='urn:a'/></iq>", false),
            ("<iq type='get'><a xmlns='urn:a'/></iq>", false), ("<iq type='get' id=''><a xmlns='urn:a'/></iq>", false),
            ("<iq type='get' id='1'/>", false),
            ("<iq type='set' id='1'><a xmlns='urn:a'/><b xmlns='urn:a'/></iq>", false),
            ("<iq type='get' id='1'> <a xmlns='urn:a'/> </iq>", true), ("<iq type='result' id='1'/>", true),
            ("<iq type='error' id='1'><a xmlns='urn:a'/><error/></iq>", true), ("<iq type='result'/>", false),
        ]
    )
    func forms(markup: String, isFine: Bool) throws {
        let iq = try #require(IQStanza(try stanza(markup)))
        #expect(iq.fault() == (isFine ? nil : StanzaError(.badRequest)))
    }
}
