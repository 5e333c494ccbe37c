import MappingTables
import PIDF
import Testing

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: what must be understood")
struct UnderstandingTests {
    private typealias S = PresenceSamples

    private let samples = PresenceSamples(settings: [("rich.pep", "on"), ("rich.geo", "on")])

    private static let mood = "<mood xmlns='http://jabber.org/protocol/mood'><happy/></mood>"
    private static let breakfast =
        "<activity xmlns='http://jabber.org/protocol/activity'><eating><having_breakfast/></eating></activity>"
    private static let airport =
        "<geoloc xmlns='http://jabber.org/protocol/geoloc'><description>airport</description></geoloc>"

    /// The events of a document, whose only resource is there.
    private func events(_ content: String, resource: String = S.tuple()) throws -> [String] {
        let reading = try #require(try samples.reading(resource + content).value)
        #expect(reading.presences.map(\.resource) == ["a"])
        return reading.events.map { HeaderText.text($0.payload) }
    }

    private func lost(_ content: String, resource: String = S.tuple()) throws -> [String] {
        try samples.reading(resource + content).trace.losses.map { $0.detail ?? "" }
    }

    @Test(
        "PIDF-022, PIDF-024, RFC 3863 §4.2.3: what must be understood and is not hides the extension, and nothing more",
        arguments: [
            ("<r:mood><r:happy/></r:mood>", mood), ("<r:mood><r:happy/><x:a/></r:mood>", mood),
            ("<r:mood><r:happy/><x:a mustUnderstand='false'/></r:mood>", mood),
            ("<r:mood><r:happy mustUnderstand='true'/></r:mood>", mood),
            ("<r:mood mustUnderstand='1'><r:happy/></r:mood>", mood),
            ("<r:mood><r:happy/><x:a><x:b mustUnderstand='true'/></x:a></r:mood>", mood),
            ("<r:mood><r:happy/><x:a mustUnderstand='true'/></r:mood>", ""),
            ("<r:mood><r:happy/><p:a p:mustUnderstand='1' xmlns:p='urn:ietf:params:xml:ns:pidf'/></r:mood>", ""),
            ("<r:mood><r:happy/><r:zzz mustUnderstand='1'/></r:mood>", ""),
            ("<r:mood><r:happy mustUnderstand='1'><x:a mustUnderstand='1'/></r:happy></r:mood>", ""),
            ("<r:activities><r:breakfast/><r:zzz/></r:activities>", breakfast),
            ("<r:activities><r:breakfast/><r:zzz mustUnderstand='1'/></r:activities>", ""),
            ("<r:activities><r:breakfast/><x:a mustUnderstand='1'/></r:activities>", ""),
            ("<r:mood><r:happy/></r:mood><r:activities><x:a mustUnderstand='1'/></r:activities>", mood),
            (
                "<r:place-type><airport mustUnderstand='1' xmlns='urn:ietf:params:xml:ns:location-type'/>"
                    + "</r:place-type>", airport
            ),
        ]
    )
    func person(content: String, expected: String) throws {
        let person = "<dm:person id='p'>\(content)</dm:person>"
        #expect(try events(person) == (expected.isEmpty ? [] : [expected]))
    }

    @Test("PIDF-024: what is hidden is lost, and the record says so")
    func recorded() throws {
        let person = "<dm:person id='p'><r:mood><r:happy/><x:a mustUnderstand='1'/></r:mood></dm:person>"
        #expect(try lost(person) == ["{\(PresenceNamespace.rpid)}mood"])
        #expect(try lost("<dm:person id='p'><r:mood><r:happy/></r:mood></dm:person>") == [])
    }

    @Test("PIDF-022: an unknown name in a known namespace hides activities from the show, and a show from itself")
    func show() throws {
        let busy = { (more: String) in
            S.tuple() + "<dm:person id='p'><r:activities><r:busy/>\(more)</r:activities></dm:person>"
        }
        #expect(try samples.told(busy("<r:zzz/>")) == ["a +<show>dnd</show>"])
        #expect(try samples.told(busy("<r:lunch mustUnderstand='1'/>")) == ["a +<show>dnd</show>"])
        #expect(try samples.told(busy("<r:zzz mustUnderstand='1'/>")) == ["a +"])
        let show = { (more: String) in
            S.tuple(status: "<basic>open</basic><show xmlns='jabber:client'>away\(more)</show>")
        }
        #expect(try samples.told(show("<x:a/>")) == ["a +<show>away</show>"])
        #expect(try samples.told(show("<x:a mustUnderstand='1'/>")) == ["a +"])
    }

    @Test("RFC 4480 §3.9: a tuple is about somebody else, whatever else is said of the relationship")
    func relationship() throws {
        let relationship = "<r:relationship><r:assistant/><x:a mustUnderstand='1'/></r:relationship>"
        #expect(try samples.told(S.tuple(relationship)) == [])
    }

    // MARK: Locations

    private static let names =
        "xmlns:gp='urn:ietf:params:xml:ns:pidf:geopriv10' xmlns:gml='http://www.opengis.net/gml'"
        + " xmlns:ca='urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr'"

    private static func point(_ attributes: String = "") -> String {
        "<gml:Point srsName='urn:ogc:def:crs:EPSG::4326'\(attributes)><gml:pos>1 2</gml:pos></gml:Point>"
    }

    private static func placed(_ info: String, _ rules: String = "") -> String {
        let geopriv =
            "<gp:geopriv \(names)><gp:location-info>\(info)</gp:location-info>"
            + "<gp:usage-rules>\(rules)</gp:usage-rules></gp:geopriv>"
        return S.tuple(status: "<basic>open</basic>" + geopriv)
    }

    @Test(
        "PIDF-024, RFC 4119 §2.2: a location that hides something is none",
        arguments: [
            (point(), "", "<lat>1</lat><lon>2</lon>", nil),
            (point(" mustUnderstand='1'"), "", "<lat>1</lat><lon>2</lon>", nil),
            (point() + "<x:a/>", "", "<lat>1</lat><lon>2</lon>", "{http://example.org/x}a"),
            (point() + "<x:a mustUnderstand='true'/>", "", "", "{urn:ietf:params:xml:ns:pidf:geopriv10}location-info"),
            (
                point() + "<gml:Polygon mustUnderstand='true'/>", "", "",
                "{urn:ietf:params:xml:ns:pidf:geopriv10}location-info"
            ),
            (point(), "<x:a mustUnderstand='true'/>", "", "{urn:ietf:params:xml:ns:pidf:geopriv10}geopriv"),
            (point(), "<x:a/>", "<lat>1</lat><lon>2</lon>", nil),
            (
                "<ca:civicAddress><ca:RD mustUnderstand='1'>Flinders</ca:RD></ca:civicAddress>", "",
                "<street>Flinders</street>", nil
            ),
            (
                "<ca:civicAddress><ca:A3>Verona</ca:A3><ca:ZZ mustUnderstand='1'>x</ca:ZZ></ca:civicAddress>", "", "",
                "{urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr}civicAddress"
            ),
        ] as [(String, String, String, String?)]
    )
    func location(info: String, rules: String, expected: String, loss: String?) throws {
        let tuple = Self.placed(info, rules)
        let event = "<geoloc xmlns='http://jabber.org/protocol/geoloc'>\(expected)</geoloc>"
        #expect(try events("", resource: tuple) == (expected.isEmpty ? [] : [event]))
        #expect(try lost("", resource: tuple) == (loss.map { [$0] } ?? []))
    }

    // MARK: Rows

    @Test("PIDF-022: what a row names is known, and the way into it")
    func rows() throws {
        let row =
            "format: isthmus-mapping/1\ntable: presence.fields\nkind: fields\nabout: A desk.\nrows:\n"
            + "  - {id: desk, xmpp: {element: desk, namespace: \"urn:a\"},"
            + " pidf: {tuple: desk, namespace: \"http://example.org/x\", child: place}}\n"
        let samples = PresenceSamples(tables: try ShippedTables.generation(adding: row))
        let desk = { (more: String) in
            S.tuple("<x:desk><x:place mustUnderstand='1'>4</x:place>\(more)</x:desk>")
        }
        #expect(try samples.told(desk("")) == ["a +<desk xmlns='urn:a'>4</desk>"])
        #expect(try samples.told(desk("<x:room/>")) == ["a +<desk xmlns='urn:a'>4</desk>"])
        #expect(try samples.told(desk("<x:room mustUnderstand='1'/>")) == ["a +"])
    }

    // MARK: Persons and tuples

    @Test("RPID-005, RFC 4480 §3.1: the event of a mood or of an activity stops when its time is over")
    func timed() throws {
        var samples = samples
        let until = "until='2026-03-01T14:00:00+01:00'"
        let person =
            "<dm:person id='p'><r:mood \(until)><r:happy/></r:mood>"
            + "<r:activities \(until)><r:breakfast/></r:activities></dm:person>"
        func told(_ hours: Int64) throws -> [String] {
            samples.facts.now = VectorRun.defaults.now + hours * 3_600_000
            let reading = try samples.reading(S.tuple() + person).value
            #expect(reading?.nextChange == (hours < 1 ? VectorRun.defaults.now + 3_600_000 : nil))
            return try #require(reading).events.map { HeaderText.text($0.payload) }
        }
        #expect(try told(0) == [Self.mood, Self.breakfast])
        #expect(try told(1) == [])
    }

    @Test("RPID-004, RFC 4479 §5: the show that activities give is that of every open resource")
    func everyResource() throws {
        let person = "<dm:person id='p'><r:activities><r:away/></r:activities></dm:person>"
        let tuples = S.tuple(id: "a") + S.tuple(id: "b") + S.tuple(id: "c", status: "<basic>closed</basic>")
        #expect(try samples.told(tuples + person) == ["a +<show>away</show>", "b +<show>away</show>", "c -"])
    }

    @Test("PIDF-029, RFC 3863 §4.1.2: tuples that contradict each other about one contact are told as they are")
    func contradiction() throws {
        let contact = "<contact>im:romeo@example.net</contact>"
        let tuples = S.tuple(contact, id: "a") + S.tuple(contact, id: "b", status: "<basic>closed</basic>")
        #expect(try samples.told(tuples) == ["a +", "b -"])
    }
}
