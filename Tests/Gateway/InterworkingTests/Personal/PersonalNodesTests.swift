import Addressing
import MappingTables
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

@Suite("Nodes of personal events")
struct PersonalNodesTests {
    private static let mood = "http://jabber.org/protocol/mood"
    private static let activity = "http://jabber.org/protocol/activity"
    private static let location = "http://jabber.org/protocol/geoloc"
    private static let nick = "http://jabber.org/protocol/nick"
    private static let avatar = "urn:xmpp:avatar:metadata"

    @Test(
        "RPID-009, CIPID-002: the wishes that are announced are those of the route's switches",
        arguments: [
            ([], []), (["rich.pep"], [activity, mood]), (["rich.geo"], [location]), (["cipid"], [nick, avatar]),
            (["rich.pep", "rich.geo", "cipid"], [activity, location, mood, nick, avatar]),
        ]
    )
    func interests(switches: [String], nodes: [String]) throws {
        let translator = try PresenceSamples(settings: switches.map { ($0, "on") }).translator()
        let contact = PresenceSamples.romeo.jid.bare
        #expect(translator.nodes(for: contact) == nodes)
        #expect(translator.interests(of: contact) == nodes.map { $0 + "+notify" })
        #expect(translator.tellsEvents(of: contact) == !nodes.isEmpty)
        #expect(translator.takesCards(for: contact) == switches.contains("cipid"))
    }

    @Test("XEP-0163 §4.2: of the features of a device those count that end in +notify, on nodes that there are")
    func wanted() {
        let features = [Self.mood + "+notify", Self.activity, "urn:x+notify", "+notify", ""]
        #expect(PersonalEvent.nodes([Self.mood, Self.activity], wantedBy: features) == [Self.mood])
    }

    // MARK: Messages

    private func events(_ content: String, type: String = "headline") throws -> [PersonalEvent]? {
        let text = "<message xmlns='jabber:client' type='\(type)'>\(content)</message>"
        return PersonalEvent.events(
            in: try #require(MessageStanza(try XML.DocumentReader.read(Array(text.utf8)[...])))
        )
    }

    private func event(_ items: String) -> String {
        "<event xmlns='http://jabber.org/protocol/pubsub#event'>\(items)</event>"
    }

    @Test("XEP-0163 §4.3: an event has a node and the payload of its last item")
    func payload() throws {
        let found = try #require(
            try events(
                event(
                    "<items node='\(Self.mood)'><item id='1'><mood xmlns='\(Self.mood)'><sad/></mood></item>"
                        + "<item id='2'><mood xmlns='\(Self.mood)'><happy/></mood></item></items>"
                )
            )
        )
        #expect(found.map(\.node) == [Self.mood])
        #expect(found.map { HeaderText.text($0.payload) } == ["<mood xmlns='\(Self.mood)'><happy/></mood>"])
    }

    @Test(
        "RPID-010, XEP-0060 §7.2.2: nothing in the payload, a retraction and the end of the node are a stop",
        arguments: [
            "<items node='N'><item><mood xmlns='N'/></item></items>",
            "<items node='N'><item><mood xmlns='N'> </mood></item></items>", "<items node='N'><item/></items>",
            "<items node='N'><item><mood xmlns='other'><happy/></mood></item></items>",
            "<items node='N'><retract id='1'/></items>", "<purge node='N'/>", "<delete node='N'/>",
        ]
    )
    func stops(items: String) throws {
        let found = try events(event(items.replacing("'N'", with: "'\(Self.mood)'")))
        #expect(found == [PersonalEvent(node: Self.mood, payload: [])])
    }

    @Test("What is no event is none, and an error is none")
    func others() throws {
        #expect(try events("<body>hi</body>") == nil)
        #expect(try events(event("<purge node='N'/>"), type: "error") == nil)
        #expect(try events(event("<configuration node='N'/><items node='N'/><items/>")) == [])
    }

    // MARK: Cards

    private func reading(_ person: String) throws -> PresenceReading {
        let content =
            PresenceSamples.tuple()
            + "<dm:person id='p' xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'>\(person)</dm:person>"
        return try #require(try PresenceSamples(settings: [("cipid", "on")]).reading(content).value)
    }

    @Test(
        "CIPID-001, CIPID-006, CIPID-007: a name is an event; name, page and icon are a card; presence has none of it"
    )
    func card() throws {
        let found = try reading(
            "<c:display-name>Alice Lewis</c:display-name><c:display-name xml:lang='de'>Alice L.</c:display-name>"
                + "<c:homepage>http://example.com/~alice</c:homepage><c:icon>http://example.com/a.png</c:icon>"
        )
        #expect(found.events.map(\.node) == [Self.nick, PersonalEvent.card])
        #expect(found.events.map(\.nickname) == ["Alice Lewis", nil])
        #expect(found.presences.allSatisfy { $0.payload.isEmpty })
        let romeo = PresenceSamples.romeo.jid.bare
        #expect(found.events.first?.card(of: romeo) == nil)
        let card = try #require(found.events.last?.card(of: romeo))
        #expect(
            HeaderText.text(card) == """
                <vCard xmlns='vcard-temp'><FN>Alice Lewis</FN><URL>http://example.com/~alice</URL>\
                <PHOTO><EXTVAL>http://example.com/a.png</EXTVAL></PHOTO><JABBERID>romeo@example.net</JABBERID></vCard>
                """
        )
    }

    @Test("XEP-0054 §9: of a card of the other shore everything is kept but pictures and sounds")
    func told() throws {
        func told(_ text: String) throws -> PersonalEvent? {
            PersonalEvent.told(byCard: try XML.DocumentReader.read(Array(text.utf8)[...]))
        }
        let card = "<FN>Juliet</FN><PHOTO><TYPE>image/png</TYPE><BINVAL>AAAA</BINVAL></PHOTO><URL>http://x</URL>"
        let found = try #require(try told("<vCard xmlns='vcard-temp'>\(card)</vCard>"))
        #expect(
            HeaderText.text(found.payload) == "<vCard xmlns='vcard-temp'><FN>Juliet</FN><URL>http://x</URL></vCard>"
        )
        #expect(try told("<vCard xmlns='vcard-temp'/>") == PersonalEvent(node: PersonalEvent.card, payload: []))
        #expect(try told("<query xmlns='jabber:iq:last'/>") == nil)
    }

    @Test("XEP-0319 §2: since when a device is idle stands in what it was shown with")
    func idle() throws {
        let content = "<show>away</show><idle xmlns='urn:xmpp:idle:1' since='2023-11-14T22:12:20Z'/>"
        let presence = ContactPresence(resource: "a", isAvailable: true, payload: Array(content.utf8))
        #expect(presence.idleSince == 1_699_999_940_000)
        #expect(ContactPresence(stored: presence.stored)?.idleSince == presence.idleSince)
        #expect(
            ContactPresence(resource: "a", isAvailable: true, payload: Array("<show>xa</show>".utf8)).idleSince == nil
        )
        #expect(ContactPresence.gone("a").idleSince == nil)
    }

    @Test("RFC 3863 §4.1.7: a tuple says since when it holds, which is no news by itself")
    func since() throws {
        let first = try PresenceSamples().reading(PresenceSamples.tuple("<timestamp>2023-11-14T22:12:20Z</timestamp>"))
        #expect(first.value?.presences.map(\.since) == [1_699_999_940_000])
        let plain = try PresenceSamples().reading(PresenceSamples.tuple())
        #expect(plain.value?.presences.map(\.since) == [nil])
        #expect(plain.value?.presences == first.value?.presences)
    }
}
