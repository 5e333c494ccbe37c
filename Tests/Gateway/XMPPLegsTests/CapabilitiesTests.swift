import Addressing
import BridgeCore
import Digests
import Interworking
import MappingTables
import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: features and personal events")
struct CapabilitiesTests {
    private static let mood = "http://jabber.org/protocol/mood"
    private static let info = "http://jabber.org/protocol/disco#info"
    private static let bob = "bob@sip.example.com"
    private static let alice = "alice@example.com"
    /// alice@example.com watches bob@sip.example.com.
    private static let outward = WatchKey(watcher: alice, presentity: bob, target: .cpim)

    /// A stage whose route has switches set.
    private func stage(_ switches: String = "") throws -> Stage {
        let stage = try Stage.open()
        if !switches.isEmpty { stage.host.generation = try ShippedTables.generation(switches) }
        return stage
    }

    private func ask(
        _ stage: Stage,
        _ payload: String,
        from: String = "alice@example.com/home",
        to: String = "bob@sip.example.com/phone"
    ) throws -> String {
        try stage.serve("<iq from='\(from)' to='\(to)' id='q1' type='get'>\(payload)</iq>")
        return try stage.written()
    }

    /// The announcement in what a contact is shown with.
    private func announced(_ stage: Stage) throws -> CapabilitiesElement {
        let part = PresencePart(name: "phone", isOpen: true, content: [], seen: 0)
        stage.leg.show([part], of: Self.outward, to: nil)
        return try #require(CapabilitiesElement(in: try stage.stanza()))
    }

    // MARK: Of contacts

    @Test(
        "XMP-ENT-03, XEP-0115 §5.1: what presence announces is the hash of the answer to node and version",
        arguments: ["", "rich.pep: on", "rich.pep: on, rich.geo: on, cipid: on"]
    )
    func hash(switches: String) throws {
        let stage = try stage(switches)
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance()
        let element = try announced(stage)
        #expect(element.hash == "sha-1")
        let node = "\(element.node)#\(element.version)"
        for query in ["<query xmlns='\(Self.info)' node='\(node)'/>", "<query xmlns='\(Self.info)'/>"] {
            let answer = try #require(IQStanza(try Stage.element(try ask(stage, query))))
            let information = try #require(answer.payload.flatMap { ServiceInformation($0) })
            #expect(SHA1.base64(information.verificationInput) == element.version)
            #expect(information.features.contains(Self.mood + "+notify") == switches.contains("rich.pep"))
            #expect(
                information.features.contains("http://jabber.org/protocol/geoloc+notify") == switches.contains("geo")
            )
            #expect(
                information.features.contains("http://jabber.org/protocol/nick+notify") == switches.contains("cipid")
            )
            for feature in ["jabber:iq:last", "vcard-temp", "urn:xmpp:ping", "http://jabber.org/protocol/caps"] {
                #expect(information.features.contains(feature))
            }
        }
    }

    @Test("XEP-0184 §6, XEP-0085 §4: receipts and chat states are announced where the route carries them")
    func signals() throws {
        for (switches, hasReceipts) in [("", true), ("msg.carrier: cpim", true), ("msg.carrier: sip", false)] {
            let stage = try stage(switches)
            stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance()
            let answer = try #require(IQStanza(try Stage.element(try ask(stage, "<query xmlns='\(Self.info)'/>"))))
            let features = try #require(answer.payload.flatMap { ServiceInformation($0) }).features
            #expect(features.contains("urn:xmpp:receipts") == hasReceipts)
            #expect(features.contains("urn:xmpp:chat-markers:0") == hasReceipts)
            #expect(features.contains("http://jabber.org/protocol/chatstates"))
        }
    }

    @Test("XEP-0115 §6.2: another node is not found; other tables are another version")
    func otherNode() throws {
        let stage = try stage()
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance()
        let before = try announced(stage)
        stage.host.generation = try ShippedTables.generation("rich.pep: on")
        let after = try announced(stage)
        #expect(before.version != after.version)
        for node in ["x", "\(before.node)#\(before.version)"] {
            let answer = try ask(stage, "<query xmlns='\(Self.info)' node='\(node)'/>")
            #expect(answer.contains("<item-not-found "))
        }
    }

    @Test("XMP-ENT-03: the gateway itself announces what it answers")
    func domain() throws {
        let stage = try stage()
        try stage.serve("<presence from='alice@example.com/x' to='sip.example.com' type='probe'/>")
        let element = try #require(CapabilitiesElement(in: try stage.stanza()))
        let query = "<query xmlns='\(Self.info)' node='\(element.node)#\(element.version)'/>"
        let answer = try #require(IQStanza(try Stage.element(try ask(stage, query, to: "sip.example.com"))))
        let information = try #require(answer.payload.flatMap { ServiceInformation($0) })
        #expect(SHA1.base64(information.verificationInput) == element.version)
        #expect(information.identities.map(\.category) == ["gateway", "gateway"])
    }

    @Test("XEP-0115 §6.1: who is not there announces nothing")
    func gone() throws {
        let stage = try stage()
        stage.leg.show([PresencePart(name: "phone", isOpen: false, seen: 0)], of: Self.outward, to: nil)
        #expect(CapabilitiesElement(in: try stage.stanza()) == nil)
    }

    @Test(
        "XMP-ENT-02: strangers learn the same of everybody, and that is nothing",
        arguments: [
            ("<query xmlns='http://jabber.org/protocol/disco#info'/>", "service-unavailable"),
            ("<query xmlns='http://jabber.org/protocol/disco#items'/>", "result"),
            ("<query xmlns='jabber:iq:last'/>", "forbidden"), ("<vCard xmlns='vcard-temp'/>", "service-unavailable"),
            ("<ping xmlns='urn:xmpp:ping'/>", "service-unavailable"),
        ]
    )
    func strangers(payload: String, expected: String) throws {
        let stage = try stage()
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance(idleSeconds: 1)
        let known = try ask(stage, payload, from: "eve@example.com/x")
        let unknown = try ask(stage, payload, from: "eve@example.com/x", to: "nobody@sip.example.com/phone")
        #expect(known.contains(expected))
        #expect(known == unknown.replacing("nobody@", with: "bob@"))
    }

    @Test("XEP-0115 §8.4: a server learns what stands behind an announcement, and of whom it asks nothing")
    func server() throws {
        let stage = try stage()
        let element = try announced(stage)
        let query = "<query xmlns='\(Self.info)' node='\(element.node)#\(element.version)'/>"
        let known = try ask(stage, query, from: "example.com")
        #expect(known.contains("<feature var='urn:xmpp:ping'/>"))
        #expect(try ask(stage, query, from: "example.com", to: "nobody@sip.example.com/phone").contains("<feature "))
        #expect(try ask(stage, query, from: "other.example").contains("<service-unavailable "))
        #expect(try ask(stage, "<query xmlns='\(Self.info)'/>", from: "example.com").contains("<service-unavailable "))
        #expect(try ask(stage, "<query xmlns='jabber:iq:last'/>", from: "example.com").contains("<forbidden "))
    }

    @Test("PRES-078, XEP-0012 §3: who may know is told since when, and refused where nothing is known")
    func lastActivity() throws {
        let stage = try stage()
        let query = "<query xmlns='jabber:iq:last'/>"
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance(idleSeconds: 903)
        #expect(try ask(stage, query).contains("<query xmlns='jabber:iq:last' seconds='903'/>"))
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance()
        #expect(try ask(stage, query).contains("<forbidden "))
    }

    @Test("XMP-ENT-05, XEP-0012 §5: the domain tells how long the gateway runs")
    func uptime() throws {
        let stage = try stage()
        stage.pass(seconds: 20)
        #expect(try ask(stage, "<query xmlns='jabber:iq:last'/>", to: "sip.example.com").contains("seconds='20'"))
    }

    @Test("CIPID-006: a card of what is known, and none where nothing is")
    func card() throws {
        let stage = try stage()
        let query = "<vCard xmlns='vcard-temp'/>"
        let card = PersonalItem(
            node: "vcard-temp",
            payload: Array("<vCard xmlns='vcard-temp'><FN>Bob</FN></vCard>".utf8)
        )
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance(items: [card])
        #expect(
            try ask(stage, query, to: Self.bob).contains(
                "<vCard xmlns='vcard-temp'><FN>Bob</FN><JABBERID>\(Self.bob)</JABBERID></vCard></iq>"
            )
        )
        stage.host.acquaintances["\(Self.alice) \(Self.bob)"] = Acquaintance()
        #expect(try ask(stage, query, to: Self.bob).contains("<item-not-found "))
    }

    // MARK: Of devices

    private let presence = """
        <presence from='alice@example.com/home' to='bob@sip.example.com'>\
        <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://psi-im.org' ver='VER'/></presence>
        """

    /// An answer with its hash.
    private var answer: (version: String, payload: String) {
        let feature = Self.mood + "+notify"
        let version = SHA1.base64(ServiceInformation(identities: [], features: [feature]).verificationInput)
        return (version, "<query xmlns='\(Self.info)'><feature var='\(feature)'/></query>")
    }

    private func question(_ stage: Stage) throws -> String {
        let question = try #require(IQStanza(try stage.stanza()))
        #expect(question.from == Self.bob && question.to == "alice@example.com/home")
        #expect(question.payload?.attribute("node") == "http://psi-im.org#" + answer.version)
        return try #require(question.id)
    }

    @Test("XEP-0115 §5.4: features behind an announcement are asked, proved, and asked no more")
    func learned() throws {
        let stage = try stage("rich.pep: on")
        try stage.serve(presence.replacing("VER", with: answer.version))
        let id = try question(stage)
        stage.host.calls = []
        try stage.serve(
            "<iq from='alice@example.com/home' to='\(Self.bob)' id='\(id)' type='result'>\(answer.payload)</iq>"
        )
        #expect(stage.host.calls == [.interested(Self.outward, "home", [Self.mood])])
        try stage.serve(presence.replacing("VER", with: answer.version))
        #expect(try stage.written() == "")
        #expect(stage.host.calls.last == .interested(Self.outward, "home", [Self.mood]))
    }

    @Test("XEP-0115 §9.3: a poisoned answer counts for nobody")
    func poisoned() throws {
        let stage = try stage("rich.pep: on")
        try stage.serve(presence.replacing("VER", with: answer.version))
        let id = try question(stage)
        stage.host.calls = []
        let poison = answer.payload.replacing("</query>", with: "<feature var='urn:x'/></query>")
        try stage.serve("<iq from='alice@example.com/home' to='\(Self.bob)' id='\(id)' type='result'>\(poison)</iq>")
        #expect(stage.host.calls == [.interested(Self.outward, "home", [])])
        #expect(stage.leg.interestsHeld.versions == 0)
    }

    @Test("Nobody is asked where there is nothing to tell; no answer is waited for longer than half a minute")
    func notAsked() throws {
        let quiet = try stage()
        try quiet.serve(presence.replacing("VER", with: answer.version))
        #expect(try quiet.written() == "")
        let stage = try stage("rich.pep: on")
        try stage.serve(presence.replacing("VER", with: answer.version))
        _ = try question(stage)
        #expect(stage.leg.interestsHeld.questions == 1)
        stage.pass(seconds: 20)
        _ = try stage.written()
        #expect(stage.leg.interestsHeld.questions == 1)
        stage.pass(seconds: 10)
        #expect(stage.leg.interestsHeld.questions == 0)
    }

    @Test("A question on a link that is lost is open no more")
    func lostLink() throws {
        let stage = try stage("rich.pep: on")
        try stage.serve(presence.replacing("VER", with: answer.version))
        #expect(stage.leg.interestsHeld.questions == 1)
        try stage.server.lose()
        #expect(stage.leg.interestsHeld.questions == 0)
    }

    @Test("A link that is lost takes no questions of other links with it, for features or for cards")
    func otherLink() throws {
        let stage = try Stage {
            var other = $0.components[0]
            other.domain = "other.example.com"
            $0.components.append(other)
        }
        stage.leg.links[Stage.domain]?.start()
        try stage.shake()
        stage.host.generation = try ShippedTables.generation("rich.pep: on, cipid: on")
        try stage.serve(presence.replacing("VER", with: answer.version))
        let contact = "bob@sip.example.com"
        let isAsked = stage.leg.cards.isToBeAsked(Self.alice, by: contact, now: 0, id: "card-1")
        #expect(isAsked && stage.leg.interestsHeld.questions == 1)
        stage.leg.links["other.example.com"]?.start()
        #expect(stage.connections == 2)
        try stage.server.lose()
        #expect(stage.leg.interestsHeld.questions == 1 && stage.leg.cards.count == 1)
        try stage.firstServer.lose()
        #expect(stage.leg.interestsHeld.questions == 0 && stage.leg.cards.count == 0)
    }

    @Test("Routes are described up to a bound; beyond it the descriptions are made anew")
    func describedRoutes() throws {
        let stage = try stage()
        for number in 1...XMPPLeg.largestAnnounced {
            _ = stage.leg.announced(of: try BareJID("bob@d\(number).example"))
            #expect(stage.leg.announced.byPeer.count == number)
        }
        _ = stage.leg.announced(of: try BareJID("bob@d1.example"))
        #expect(stage.leg.announced.byPeer.count == XMPPLeg.largestAnnounced)
        _ = stage.leg.announced(of: try BareJID("bob@one-more.example"))
        #expect(stage.leg.announced.byPeer.count == 1)
    }

    @Test("CIPID-007: the card of a user whom a contact may know is asked for where the route takes something of it")
    func cards() throws {
        let presence = "<presence from='alice@example.com/home' to='bob@sip.example.com'/>"
        let stage = try stage("cipid: on")
        try stage.serve(presence)
        #expect(try stage.written() == "")
        stage.host.approved = [Self.outward.reversed]
        try stage.serve(presence)
        let question = try #require(IQStanza(try stage.stanza()))
        #expect(question.from == Self.bob && question.to == Self.alice)
        #expect(question.payload?.is("vCard", "vcard-temp") == true)
        try stage.serve(presence)
        #expect(try stage.written() == "")
        let card = "<vCard xmlns='vcard-temp'><URL>http://x</URL></vCard>"
        let answer = "<iq from='\(Self.alice)' to='\(Self.bob)' id='\(question.id ?? "")' type='result'>\(card)</iq>"
        stage.host.calls = []
        try stage.serve(answer.replacing(Self.alice, with: "eve@example.com"))
        try stage.serve(answer)
        try stage.serve(answer)
        #expect(
            stage.host.calls == [
                .told(Self.outward.reversed, PersonalItem(node: "vcard-temp", payload: Array(card.utf8)))
            ]
        )
        let quiet = try self.stage("rich.pep: on")
        quiet.host.approved = [Self.outward.reversed]
        try quiet.serve(presence)
        #expect(try quiet.written() == "")
    }

    // MARK: Events

    @Test("RPID-008, RPID-010: an event goes to the devices that want it; a stop is an empty payload")
    func publish() throws {
        let stage = try stage("rich.pep: on")
        let happy = "<mood xmlns='\(Self.mood)'><happy/></mood>"
        let item = PersonalItem(node: Self.mood, payload: Array(happy.utf8))
        stage.leg.publish(item, of: Self.outward, to: ["home", "work"])
        let written = try stage.written()
        for device in ["home", "work"] { #expect(written.contains("to='alice@example.com/\(device)'")) }
        #expect(written.contains("<message from='\(Self.bob)' ") && written.contains("type='headline'"))
        #expect(written.contains("<items node='\(Self.mood)'><item id='current'>\(happy)</item></items>"))
        stage.leg.publish(PersonalItem(node: Self.mood, payload: []), of: Self.outward, to: ["home"])
        #expect(try stage.written().contains("<item id='current'><mood xmlns='\(Self.mood)'/></item>"))
    }

    private func event(
        _ node: String = "http://jabber.org/protocol/mood",
        from: String = "alice@example.com",
        more: String = ""
    ) -> String {
        "<message from='\(from)' to='bob@sip.example.com/phone' type='headline'>"
            + "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='\(node)'><item id='current'>"
            + "<mood xmlns='\(node)'><happy/></mood></item></items></event>\(more)</message>"
    }

    @Test("RPID-009: an event is told to the contact, and crosses as no message")
    func received() throws {
        let stage = try stage("rich.pep: on")
        try stage.serve(event(more: "<body>is happy</body>"))
        let happy = "<mood xmlns='\(Self.mood)'><happy/></mood>"
        #expect(
            stage.host.calls == [
                .told(Self.outward.reversed, PersonalItem(node: Self.mood, payload: Array(happy.utf8)))
            ]
        )
        #expect(try stage.written() == "")
    }

    @Test("An event that the route does not take is written down; one of a node that nobody knows is not")
    func notTaken() throws {
        let stage = try stage()
        try stage.serve(event())
        #expect(stage.host.calls == [.refused("event-not-taken")])
        stage.host.calls = []
        try stage.serve(event("urn:x"))
        #expect(stage.host.calls.isEmpty)
    }

    @Test("XEP-0163 §4.3.1: an event that comes from no account is written down")
    func notOfAccount() throws {
        let stage = try stage("rich.pep: on")
        try stage.serve(event(from: "alice@example.com/home"))
        #expect(stage.host.calls == [.refused("event-not-of-account")])
        #expect(try stage.written() == "")
    }

    @Test("A message that somebody wrote crosses, whatever lies beside its text")
    func message() throws {
        let stage = try stage("rich.pep: on")
        try stage.serve(event(more: "<body>hi</body>").replacing("type='headline'", with: "type='chat'"))
        #expect(stage.host.calls == [.accepted("alice@example.com")])
    }
}
