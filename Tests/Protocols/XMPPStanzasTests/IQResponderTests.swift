import Testing
import XMLStreams
import XMPPStanzas

@Suite("IQResponder")
struct IQResponderTests {
    private let responder = IQResponder(
        domain: .gateway(name: "SIP", software: SoftwareVersion(name: "Isthmus", version: "1.0"))
    )

    private func ask(
        _ payload: String,
        to: String = "gw.example",
        type: String = "get",
        account: IQResponder.Account? = nil,
        by responder: IQResponder? = nil
    ) throws -> String? {
        let element = try stanza(
            "<iq from='juliet@example.com/balcony' to='\(to)' id='q1' type='\(type)'>\(payload)</iq>"
        )
        let iq = try #require(IQStanza(element))
        // 2006-12-19T17:58:35Z, the moment of XEP-0202 §3.
        let answer = (responder ?? self.responder).answer(iq, account: account, now: 1_166_551_115_999, uptime: 903)
        return text(answer)
    }

    private func result(_ content: String, from: String = "gw.example") -> String {
        let start = "<iq from='\(from)' to='juliet@example.com/balcony' id='q1' type='result'"
        return content.isEmpty ? start + "/>" : start + ">\(content)</iq>"
    }

    private func refusal(_ condition: String, _ kind: String, from: String = "gw.example") -> String {
        """
        <iq from='\(from)' to='juliet@example.com/balcony' id='q1' type='error'><error type='\(kind)'>\
        <\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """
    }

    @Test("XEP-0199 §4: the domain answers pings with an empty result")
    func ping() throws {
        #expect(try ask("<ping xmlns='urn:xmpp:ping'/>") == result(""))
        #expect(try ask("<ping xmlns='urn:xmpp:ping'/>", type: "set") == refusal("service-unavailable", "cancel"))
    }

    @Test("XMP-ENT-08 XEP-0100 §6.3: addresses of the other network are asked for and mapped where that is announced")
    func addressesOfTheOtherNetwork() throws {
        let query = "<query xmlns='jabber:iq:gateway'/>"
        #expect(try ask(query) == refusal("service-unavailable", "cancel"))
        var mapping = responder
        mapping.mapsContacts = true
        #expect(Set(mapping.domainFeatures) == Set(responder.domainFeatures + ["jabber:iq:gateway"]))
        let desc = "Please enter the SIP address of the person you would like to contact."
        #expect(
            try ask(query, by: mapping)
                == result(
                    "<query xmlns='jabber:iq:gateway'><desc xml:lang='en'>\(desc)</desc>"
                        + "<prompt xml:lang='en'>SIP Address</prompt></query>"
                )
        )
        #expect(try ask(query, type: "set", by: mapping) == refusal("bad-request", "modify"))
        let prompt = "<query xmlns='jabber:iq:gateway'><prompt>Foo Bar</prompt></query>"
        #expect(try ask(prompt, type: "set", by: mapping) == refusal("item-not-found", "cancel"))
        #expect(
            try ask(prompt, to: "juliet@gw.example", type: "set", by: mapping)
                == refusal("service-unavailable", "cancel", from: "juliet@gw.example")
        )
        let iq = try #require(
            IQStanza(try stanza("<iq from='a@example.com' to='gw.example' id='q1' type='set'>\(prompt)</iq>"))
        )
        let bytes = mapping.answer(iq, now: 0, uptime: 0) { $0 == "Foo Bar" ? "FooBar@gw.example" : nil }
        let answer = text(bytes)
        #expect(answer?.contains("<query xmlns='jabber:iq:gateway'><jid>FooBar@gw.example</jid></query>") == true)
    }

    @Test("XMP-ENT-09 XEP-0050 §2.2, §4.4: a stranger sees no command, and may execute none")
    func commands() throws {
        let namespace = "http://jabber.org/protocol/commands"
        let query = "<query xmlns='http://jabber.org/protocol/disco#items' node='\(namespace)'/>"
        #expect(try ask(query) == result(query))
        let command = "<command xmlns='\(namespace)' node='reload' action='execute'/>"
        #expect(try ask(command, type: "set") == refusal("forbidden", "auth"))
        #expect(try ask(command) == refusal("service-unavailable", "cancel"))
        // A user of the other shore is not told apart from one who is none.
        let user = "juliet@gw.example"
        #expect(try ask(command, to: user, type: "set") == refusal("service-unavailable", "cancel", from: user))
    }

    @Test("XEP-0030 §3: the domain says what it is, and announces exactly what it answers")
    func information() throws {
        #expect(
            try ask("<query xmlns='http://jabber.org/protocol/disco#info'/>")
                == result(
                    """
                    <query xmlns='http://jabber.org/protocol/disco#info'>\
                    <identity category='gateway' type='simple' name='SIP'/><identity category='gateway' type='sip' \
                    name='SIP'/><feature var='http://jabber.org/protocol/disco#info'/>\
                    <feature var='http://jabber.org/protocol/disco#items'/><feature var='jabber:iq:last'/>\
                    <feature var='urn:xmpp:ping'/><feature var='urn:xmpp:time'/><feature var='jabber:iq:version'/>\
                    <feature var='jid\\20escaping'/></query>
                    """
                )
        )
    }

    @Test("XEP-0030 §3: each announced query is answered with a result")
    func announcedQueriesAreAnswered() throws {
        for feature in responder.domainFeatures where feature != #"jid\20escaping"# {
            let name = feature == "urn:xmpp:ping" ? "ping" : feature == "urn:xmpp:time" ? "time" : "query"
            #expect(try ask("<\(name) xmlns='\(feature)'/>")?.contains("type='result'") == true, "\(feature)")
        }
        let anonymous = IQResponder(domain: .gateway())
        #expect(!anonymous.domainFeatures.contains("jabber:iq:version"))
        #expect(
            try ask("<query xmlns='jabber:iq:version'/>", by: anonymous) == refusal("service-unavailable", "cancel")
        )
    }

    @Test("XEP-0030 §3.2: a node is unknown unless it is the announced one")
    func nodes() throws {
        var responder = self.responder
        responder.domain.capabilities = .init(node: "urn:isthmus", version: "abc=")
        let info = "http://jabber.org/protocol/disco#info"
        let known = try ask("<query xmlns='\(info)' node='urn:isthmus#abc='/>", by: responder)
        #expect(known?.contains("<query xmlns='\(info)' node='urn:isthmus#abc='><identity") == true)
        #expect(try ask("<query xmlns='\(info)' node='x'/>", by: responder) == refusal("item-not-found", "cancel"))
        let items = "http://jabber.org/protocol/disco#items"
        #expect(try ask("<query xmlns='\(items)' node='x'/>") == refusal("item-not-found", "cancel"))
    }

    @Test("XEP-0030 §4: items are those that are configured")
    func items() throws {
        let query = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
        #expect(try ask(query) == result(query))
        var responder = self.responder
        responder.domain.items = [.init(address: "rooms.gw.example", node: "n", name: "Rooms & more")]
        #expect(
            try ask(query, by: responder)
                == result(
                    """
                    <query xmlns='http://jabber.org/protocol/disco#items'>\
                    <item jid='rooms.gw.example' node='n' name='Rooms &amp; more'/></query>
                    """
                )
        )
    }

    @Test("XEP-0092 §4, XEP-0202 §3, XEP-0012 §5: version without system, time in UTC, uptime")
    func smallQueries() throws {
        #expect(
            try ask("<query xmlns='jabber:iq:version'/>")
                == result("<query xmlns='jabber:iq:version'><name>Isthmus</name><version>1.0</version></query>")
        )
        #expect(
            try ask("<time xmlns='urn:xmpp:time'/>")
                == result("<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>2006-12-19T17:58:35Z</utc></time>")
        )
        #expect(
            try ask("<query xmlns='jabber:iq:last'/>") == result("<query xmlns='jabber:iq:last' seconds='903'/>")
        )
    }

    @Test("XEP-0157 §3: contact addresses are published in a form")
    func contacts() throws {
        var responder = self.responder
        responder.domain.contacts = [.abuse: ["mailto:abuse@example.net", "xmpp:abuse@example.net"], .support: []]
        let answer = try ask("<query xmlns='http://jabber.org/protocol/disco#info'/>", by: responder)
        #expect(
            answer?.hasSuffix(
                """
                <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'>\
                <value>http://jabber.org/network/serverinfo</value></field><field var='abuse-addresses' \
                type='list-multi'><value>mailto:abuse@example.net</value><value>xmpp:abuse@example.net</value></field>\
                </x></query></iq>
                """
            ) == true
        )
    }

    @Test(
        "RFC 6120 §8.4, XEP-0049 §3: everything else gets service-unavailable, registration not-allowed",
        arguments: ["get", "set"]
    )
    func unknownNamespaces(type: String) throws {
        for payload in [
            "<query xmlns='urn:bogus'/>", "<query xmlns='jabber:iq:private'/>", "<vCard xmlns='vcard-temp'/>",
            "<query xmlns='urn:xmpp:tmp:roster-management:0'/>", "<x xmlns='urn:xmpp:ping'/>",
        ] {
            for to in ["gw.example", "known@gw.example", "unknown@gw.example/r"] {
                #expect(
                    try ask(payload, to: to, type: type) == refusal("service-unavailable", "cancel", from: to),
                    "\(payload) \(to)"
                )
            }
        }
        #expect(try ask("<query xmlns='jabber:iq:register'/>", type: type) == refusal("not-allowed", "cancel"))
    }

    @Test("RFC 6120 §8.2.3: results and errors are dropped, malformed requests refused")
    func forms() throws {
        #expect(try ask("", type: "result") == nil)
        #expect(try ask("<error/>", type: "error") == nil)
        #expect(try ask("<ping xmlns='urn:xmpp:ping'/>", type: "subscribe") == refusal("bad-request", "modify"))
        #expect(try ask("") == refusal("bad-request", "modify"))
    }

    @Test("XEP-0030 §3, XEP-0012 §4: strangers learn nothing about users, not even whether they exist")
    func strangers() throws {
        for to in ["known@gw.example", "unknown@gw.example", "x@gw.example/@/r"] {
            #expect(
                try ask("<query xmlns='http://jabber.org/protocol/disco#info'/>", to: to)
                    == refusal("service-unavailable", "cancel", from: to)
            )
            let items = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
            #expect(try ask(items, to: to) == result(items, from: to))
            #expect(try ask("<query xmlns='jabber:iq:last'/>", to: to) == refusal("forbidden", "auth", from: to))
            #expect(
                try ask("<ping xmlns='urn:xmpp:ping'/>", to: to) == refusal("service-unavailable", "cancel", from: to)
            )
        }
        // A resource of the domain is not a user.
        #expect(try ask("<ping xmlns='urn:xmpp:ping'/>", to: "gw.example/a@b") == result("", from: "gw.example/a@b"))
    }

    @Test("XEP-0030 §3, XEP-0184 §6: who may see a user learns the features of the route, no more")
    func accounts() throws {
        let account = IQResponder.Account(
            description: ServiceDescription(
                identities: [.init(category: "account", type: "registered")],
                features: ["http://jabber.org/protocol/chatstates"]
            ),
            idleSeconds: 60
        )
        let to = "romeo@gw.example/phone"
        let info = try ask("<query xmlns='http://jabber.org/protocol/disco#info'/>", to: to, account: account)
        #expect(
            info
                == result(
                    """
                    <query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/>\
                    <feature var='http://jabber.org/protocol/disco#info'/>\
                    <feature var='http://jabber.org/protocol/disco#items'/><feature var='urn:xmpp:ping'/>\
                    <feature var='jabber:iq:last'/><feature var='vcard-temp'/>\
                    <feature var='http://jabber.org/protocol/chatstates'/></query>
                    """,
                    from: to
                )
        )
        #expect(try ask("<ping xmlns='urn:xmpp:ping'/>", to: to, account: account) == result("", from: to))
        #expect(
            try ask("<query xmlns='jabber:iq:last'/>", to: to, account: account)
                == result("<query xmlns='jabber:iq:last' seconds='60'/>", from: to)
        )
        #expect(IQResponder.features(of: account.description).count == 6)
    }

    @Test("XEP-0060 §6.5, XEP-0084 §4.1: what is published on a node is asked for by its node, and by its name")
    func published() throws {
        let to = "romeo@gw.example"
        var account = IQResponder.Account(description: ServiceDescription(identities: []))
        account.published = [.init(node: "urn:n", id: "1", payload: Array("<n xmlns='urn:n'/>".utf8))]
        func items(_ items: String, _ account: IQResponder.Account?) throws -> String? {
            try ask("<pubsub xmlns='http://jabber.org/protocol/pubsub'>\(items)</pubsub>", to: to, account: account)
        }
        let answer = result(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:n'><item id='1'><n xmlns='urn:n'/></item>"
                + "</items></pubsub>",
            from: to
        )
        #expect(try items("<items node='urn:n'/>", account) == answer)
        #expect(try items("<items node='urn:n'><item id='1'/></items>", account) == answer)
        let missing = refusal("item-not-found", "cancel", from: to)
        #expect(try items("<items node='urn:n'><item id='2'/></items>", account) == missing)
        let unavailable = refusal("service-unavailable", "cancel", from: to)
        #expect(try items("<items node='urn:other'/>", account) == unavailable)
        #expect(try items("<items node='urn:n'/>", nil) == unavailable)
    }

    @Test("XEP-0054 §3: a card of what is known; where nothing is, there is none")
    func cards() throws {
        let to = "romeo@gw.example"
        let card = "<vCard xmlns='vcard-temp'><FN>Romeo</FN></vCard>"
        var account = IQResponder.Account(description: ServiceDescription(identities: []), card: Array(card.utf8))
        #expect(try ask("<vCard xmlns='vcard-temp'/>", to: to, account: account) == result(card, from: to))
        account.card = nil
        #expect(
            try ask("<vCard xmlns='vcard-temp'/>", to: to, account: account)
                == refusal("item-not-found", "cancel", from: to)
        )
        #expect(
            try ask("<vCard xmlns='vcard-temp'/>", to: to) == refusal("service-unavailable", "cancel", from: to)
        )
        #expect(
            try ask("<query xmlns='jabber:iq:last'/>", to: to, account: account)
                == refusal("forbidden", "auth", from: to)
        )
    }

    @Test("RFC 6120 §4.8.3: the answer is in the content namespace of the question", arguments: contentNamespaces)
    func contentNamespace(namespace: String) throws {
        let iq = try #require(
            IQStanza(
                try stanza(
                    "<iq from='a@b' to='gw.example' id='1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
                    namespace
                )
            )
        )
        #expect(
            text(responder.answer(iq, now: 0, uptime: 0)) == "<iq from='gw.example' to='a@b' id='1' type='result'/>"
        )
    }
}

@Suite("ServiceDescription")
struct ServiceDescriptionTests {
    @Test("XEP-0115 §5.2, §5.3: the verification input is sorted by bytes")
    func verificationInput() {
        let simple = ServiceDescription(
            identities: [.init(category: "client", type: "pc", name: "Exodus 0.9.1")]
        )
        let features = [
            "http://jabber.org/protocol/muc", "http://jabber.org/protocol/disco#info",
            "http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#items",
        ]
        #expect(
            text(simple.verificationInput(features: features)) == """
                client/pc//Exodus 0.9.1<http://jabber.org/protocol/caps<http://jabber.org/protocol/disco#info<\
                http://jabber.org/protocol/disco#items<http://jabber.org/protocol/muc<
                """
        )
        var complex = ServiceDescription(
            identities: [
                .init(category: "client", type: "pc", name: "Psi 0.11", language: "en"),
                .init(category: "client", type: "pc", name: "Ψ 0.11", language: "el"),
            ]
        )
        complex.contacts = [.support: ["b", "a"], .abuse: ["c"]]
        #expect(
            text(complex.verificationInput(features: ["f"])) == """
                client/pc/el/Ψ 0.11<client/pc/en/Psi 0.11<f<http://jabber.org/network/serverinfo<abuse-addresses<c<\
                support-addresses<a<b<
                """
        )
    }
}

@Suite("EntityTime")
struct EntityTimeTests {
    @Test(
        "XEP-0082 §3.2: moments are written in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_799_999, "2000-02-29T23:59:59Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (1_735_689_599_000, "2024-12-31T23:59:59Z"), (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
            (Int64.min, "0000-01-01T00:00:00Z"), (Int64.max, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func moments(milliseconds: Int64, text: String) {
        #expect(EntityTime.utc(milliseconds) == text)
    }
}

@Suite("PingRequest")
struct PingRequestTests {
    @Test("XEP-0199 §4: a ping is an IQ, and any answer with its id counts")
    func pingAndAnswer() throws {
        let ping = PingRequest.bytes(to: "example.com", from: "gw.example", id: "p1", content: XMPPNamespace.component)
        #expect(
            text(ping)
                == "<iq from='gw.example' to='example.com' id='p1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        )
        #expect(try PingRequest.isAnswer(stanza("<iq type='result' id='p1'/>"), id: "p1"))
        #expect(try PingRequest.isAnswer(stanza("<iq type='error' id='p1'><error/></iq>"), id: "p1"))
        #expect(try !PingRequest.isAnswer(stanza("<iq type='result' id='p2'/>"), id: "p1"))
        #expect(try !PingRequest.isAnswer(stanza("<iq type='get' id='p1'/>"), id: "p1"))
        #expect(try !PingRequest.isAnswer(stanza("<message id='p1'/>"), id: "p1"))
    }
}
