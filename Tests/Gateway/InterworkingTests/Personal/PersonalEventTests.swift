import Addressing
import MappingTables
import PIDF
import Testing
import XMLStreams

@testable import Interworking
@testable import VectorSupport

@Suite("PersonalEvent")
struct PersonalEventTests {
    private static let mood = "http://jabber.org/protocol/mood"
    private static let activity = "http://jabber.org/protocol/activity"
    private static let location = "http://jabber.org/protocol/geoloc"

    private func under(_ settings: (String, String)...) -> PresenceSamples { PresenceSamples(settings: settings) }

    /// The children of the person in the document of somebody who is there and tells something.
    private func person(
        _ samples: PresenceSamples,
        _ events: String...,
        content: String = ""
    ) throws -> [PresenceElement] {
        let document = try samples.translator().document(
            of: PresenceSamples.juliet,
            resources: [try PresenceSamples.resource("a", content)],
            events: try events.map { try XML.DocumentReader.read(Array($0.utf8)[...]) },
            for: PresenceSamples.romeo,
            facts: samples.facts
        )
        return try #require(document.value).persons.first?.elements ?? []
    }

    private func text(_ elements: [PresenceElement]) -> String {
        var writer = XML.Writer(inherited: PresenceNamespace.rpid)
        for element in elements { writer.write(element) }
        return HeaderText.text(writer.bytes)
    }

    // MARK: To documents

    @Test(
        "RFC 4480 §3.5: a mood is one of the person's, with its note first",
        arguments: [
            ("<happy/>", "<mood><happy/></mood>"), ("<undefined/>", "<mood><unknown/></mood>"),
            ("<tired/>", "<mood><other>tired</other></mood>"),
            ("<sleepy/><text>I'm ready</text>", "<mood><note>I'm ready</note><sleepy/></mood>"),
            ("<text xml:lang='de'>ja</text><sleepy/>", "<mood><note xml:lang='de'>ja</note><sleepy/></mood>"),
            ("<happy/><text>a</text><text>b</text>", "<mood><note>a</note><happy/></mood>"),
            ("", ""), ("<happy xmlns='x'/>", ""), ("<joyous/>", "<mood><unknown/></mood>"),
        ]
    )
    func moods(content: String, expected: String) throws {
        let event = "<mood xmlns='\(Self.mood)'>\(content)</mood>"
        let found = try text(person(under(("rich.pep", "on")), event))
        #expect(found == expected)
        #expect(try person(under(("rich.pep", "off")), event) == [])
    }

    @Test(
        "RFC 4480 §3.2: an activity is one of the person's",
        arguments: [
            ("<relaxing><watching_tv/></relaxing>", "<tv/>"), ("<eating/>", "<meal/>"),
            ("<eating><having_lunch/></eating>", "<other>lunch</other>"), ("<working/>", "<working/>"),
            ("<exercising><cycling/></exercising>", "<other>cycling</other>"),
            ("<exercising><juggling/></exercising>", "<other>juggling</other>"),
            ("<exercising><other/></exercising>", "<other>exercising</other>"),
            ("<relaxing><tanning xmlns='x'/></relaxing>", "<other>relaxing</other>"), ("", ""),
        ]
    )
    func activities(content: String, expected: String) throws {
        let event = "<activity xmlns='\(Self.activity)'>\(content)</activity>"
        let found = try text(person(under(("rich.pep", "on")), event))
        #expect(found == (expected.isEmpty ? "" : "<activities>\(expected)</activities>"))
    }

    @Test("RFC 4480 §3.2: what somebody does stands beside what the show says, in one element")
    func joined() throws {
        let event = "<activity xmlns='\(Self.activity)'><working><in_a_meeting/></working><text>long</text></activity>"
        let found = try person(under(("rich.pep", "on")), event, content: "<show>dnd</show>")
        #expect(text(found) == "<activities><note>long</note><busy/><meeting/></activities>")
    }

    @Test("RFC 4482 §3.2, §3.4: a name and an icon, where the route says so")
    func cards() throws {
        let nick = "<nick xmlns='http://jabber.org/protocol/nick'>Ishmael</nick>"
        let icon =
            "<metadata xmlns='urn:xmpp:avatar:metadata'><info url='http://avatars.example.org/a.gif' id='1'/></metadata>"
        let found = try person(under(("cipid", "on")), nick, icon)
        #expect(found.map(\.name) == ["display-name", "icon"])
        #expect(found.map(\.text) == ["Ishmael", "http://avatars.example.org/a.gif"])
        #expect(found.allSatisfy { $0.namespace == PresenceNamespace.cipid })
        #expect(try person(under(("cipid", "on")), content: nick).map(\.text) == ["Ishmael"])
        #expect(try person(under(("cipid", "off")), nick, icon) == [])
        let plain = "<metadata xmlns='urn:xmpp:avatar:metadata'><info id='1'/></metadata>"
        #expect(try person(under(("cipid", "on")), plain) == [])
    }

    @Test("Of somebody who is gone nothing is told")
    func gone() throws {
        let samples = under(("rich.pep", "on"))
        let event = "<mood xmlns='\(Self.mood)'><happy/></mood>"
        let document = try samples.translator().document(
            of: PresenceSamples.juliet,
            resources: [try PresenceSamples.resource("a", isAvailable: false)],
            events: [try XML.DocumentReader.read(Array(event.utf8)[...])],
            for: PresenceSamples.romeo,
            facts: samples.facts
        )
        #expect(document.value?.persons == [])
    }

    // MARK: From documents

    private func events(_ samples: PresenceSamples, _ person: String) throws -> [String] {
        let content = PresenceSamples.tuple() + "<dm:person id='p'>\(person)</dm:person>"
        let reading = try #require(try samples.reading(content).value)
        #expect(reading.presences.map(\.resource) == ["a"])
        #expect(reading.presences.allSatisfy { !HeaderText.text($0.payload).contains("http://jabber.org/protocol") })
        return reading.events.map { HeaderText.text($0.payload) }
    }

    @Test(
        "XEP-0107 §2, XEP-0108 §2: moods and activities are events and no presence",
        arguments: [
            ("<r:mood><r:grumpy/></r:mood>", "<mood><grumpy/></mood>"),
            (
                "<r:mood><r:note>I'm ready</r:note><r:sleepy/><r:thirsty/></r:mood>",
                "<mood><sleepy/><text>I'm ready</text></mood>"
            ),
            ("<r:mood><r:other>tired</r:other></r:mood>", "<mood><tired/></mood>"),
            ("<r:mood><r:other>brooding</r:other></r:mood>", "<mood><undefined/><text>brooding</text></mood>"),
            ("<r:mood><x:odd/></r:mood>", ""),
            ("<r:activities><r:away/></r:activities>", ""),
            (
                "<r:activities><r:away/><r:meeting/></r:activities>",
                "<activity><working><in_a_meeting/></working></activity>"
            ),
            (
                "<r:activities><r:vacation/><r:breakfast/></r:activities>",
                "<activity><inactive><on_vacation/></inactive></activity>"
            ),
            (
                "<r:activities><r:other>reading</r:other></r:activities>",
                "<activity><undefined/><text>reading</text></activity>"
            ),
            ("<r:activities><r:lunch/></r:activities>", "<activity><eating><having_lunch/></eating></activity>"),
            (
                "<r:activities><r:other>lunch</r:other></r:activities>",
                "<activity><eating><having_lunch/></eating></activity>"
            ),
            ("<r:activities until='2005-05-30T17:00:00Z'><r:lunch/></r:activities>", ""),
        ]
    )
    func told(person: String, expected: String) throws {
        let named = expected.replacing("<mood>", with: "<mood xmlns='\(Self.mood)'>")
            .replacing("<activity>", with: "<activity xmlns='\(Self.activity)'>")
        #expect(try events(under(("rich.pep", "on")), person) == (expected.isEmpty ? [] : [named]))
        #expect(try events(under(("rich.pep", "off")), person) == [])
    }

    @Test(
        "RPID-007, XEP-0107 §2, XEP-0108 §2: of texts in one language the first stays",
        arguments: [
            (
                "<r:mood><r:note>joy</r:note><r:note xml:lang='fr'>joie</r:note><r:note xml:lang='FR'>gaieté</r:note>"
                    + "<r:happy/></r:mood>",
                "<mood xmlns='\(mood)'><happy/><text>joy</text><text xml:lang='fr'>joie</text></mood>"
            ),
            (
                "<r:activities><r:note>n</r:note><r:other>reading</r:other></r:activities>",
                "<activity xmlns='\(activity)'><undefined/><text>reading</text></activity>"
            ),
        ]
    )
    func texts(person: String, expected: String) throws {
        #expect(try events(under(("rich.pep", "on")), person) == [expected])
    }

    @Test("RFC 4480 §3.7: the kind of a place is the description of a location")
    func places() throws {
        let place = "<r:place-type><airport xmlns='urn:ietf:params:xml:ns:location-type'/></r:place-type>"
        #expect(
            try events(under(("rich.pep", "on")), place)
                == ["<geoloc xmlns='\(Self.location)'><description>airport</description></geoloc>"]
        )
    }

    @Test("RFC 4480 §3: what no row takes is a loss of its own")
    func losses() throws {
        let person =
            "<r:sphere><r:work/></r:sphere><c:card xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'>http://x</c:card>"
        let content = PresenceSamples.tuple("<r:mood><r:happy/></r:mood>") + "<dm:person id='p'>\(person)</dm:person>"
        let trace = try under(("rich.pep", "on")).reading(content).trace
        #expect(Set(trace.losses.map(\.lossClass)) == [.presenceDocument])
        #expect(
            trace.losses.map { $0.detail ?? "" } == [
                "{\(PresenceNamespace.rpid)}sphere", "{\(PresenceNamespace.rpid)}mood",
                "{\(PresenceNamespace.cipid)}card",
            ]
        )
    }

    // MARK: Stanzas

    @Test("XEP-0163 §4, XEP-0107 §2.2: an event is a headline from the bare address; an empty payload ends it")
    func stanza() throws {
        let translator = try under().translator()
        let event = try #require(translator.stopped(Self.mood))
        let bytes = translator.stanza(
            event,
            from: PresenceSamples.romeo.jid.bare,
            to: try JID("juliet@example.com/a"),
            contentNamespace: "jabber:client",
            id: "e1"
        )
        #expect(
            HeaderText.text(bytes)
                == "<message from='romeo@example.net' to='juliet@example.com/a' id='e1' type='headline'>"
                + "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='\(Self.mood)'>"
                + "<item id='current'><mood xmlns='\(Self.mood)'/></item></items></event></message>"
        )
        #expect(translator.stopped("x") == nil)
    }
}
