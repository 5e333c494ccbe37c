import Addressing
import MappingTables
import PIDF
import PresenceSchemas
import Testing
import XMLStreams

@testable import Interworking
@testable import VectorSupport

@Suite("Locations")
struct LocationTests {
    private static let node = "http://jabber.org/protocol/geoloc"
    private static let names =
        "xmlns:gp='urn:ietf:params:xml:ns:pidf:geopriv10' xmlns:gml='http://www.opengis.net/gml'"
        + " xmlns:gs='http://www.opengis.net/pidflo/1.0' xmlns:cl='urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc'"
        + " xmlns:ca='urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr'"
    private static let point =
        "<gml:Point srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>45.44 12.33</gml:pos></gml:Point>"

    private let samples = PresenceSamples(settings: [("rich.geo", "on")])

    private static func under(_ settings: (String, String)...) -> PresenceSamples {
        PresenceSamples(settings: settings)
    }

    // MARK: To documents

    private static func event(_ content: String, _ attributes: String = "") -> String {
        "<geoloc xmlns='\(node)'\(attributes)>\(content)</geoloc>"
    }

    private func translated(
        _ samples: PresenceSamples,
        _ content: String,
        presence: String = "",
        isAvailable: Bool = true,
        age: Int64 = 0
    ) throws -> Translated<PresenceDocument> {
        let events = content.isEmpty ? [] : [try XML.DocumentReader.read(Array(Self.event(content).utf8)[...])]
        let translated = try samples.translator().document(
            of: PresenceSamples.juliet,
            resources: [
                try PresenceSamples.resource("a", presence, isAvailable: isAvailable, seen: samples.facts.now - age)
            ],
            events: events,
            for: PresenceSamples.romeo,
            facts: samples.facts
        )
        #expect(SchemaValidator.fault(in: PIDFWriter.write(try #require(translated.value))) == nil)
        return translated
    }

    /// What a document says of the location, without the rules.
    private func written(_ samples: PresenceSamples, _ content: String) throws -> String? {
        let document = try #require(try translated(samples, content).value)
        guard let geo = document.tuples.first(where: { $0.id == "geo" }) else {
            #expect(!HeaderText.text(PIDFWriter.write(document)).contains("geopriv"))
            return nil
        }
        let info = try #require(geo.status.first?.first("location-info", PresenceNamespace.geopriv))
        var writer = XML.Writer()
        for child in info.children { writer.write(child) }
        return HeaderText.text(writer.bytes)
    }

    private static func shape(_ name: String, _ system: String, _ pos: String, radius: String? = nil) -> String {
        let space = name == "Point" ? PresenceNamespace.gml : PresenceNamespace.shapes
        let position = name == "Point" ? "<pos>\(pos)</pos>" : "<pos xmlns='\(PresenceNamespace.gml)'>\(pos)</pos>"
        let measure = radius.map { "<radius uom='urn:ogc:def:uom:EPSG::9001'>\($0)</radius>" } ?? ""
        return "<\(name) xmlns='\(space)' srsName='urn:ogc:def:crs:EPSG::\(system)'>\(position)\(measure)</\(name)>"
    }

    @Test("RFC 4119 §2.2, XEP-0080 §4: a location has a tuple of its own without a basic status, behind the others")
    func tuple() throws {
        let document = try #require(try translated(samples, "<lat>45.44</lat><lon>12.33</lon>").value)
        #expect(document.tuples.count == 2 && document.tuples[1].id == "geo")
        #expect(document.tuples[0].basic == .open && document.tuples[0].status.isEmpty)
        let geo = document.tuples[1]
        #expect(geo.basic == nil && geo.contact == nil && geo.notes.isEmpty && geo.elements.isEmpty)
        #expect(geo.status.map(\.name) == ["geopriv"])
        #expect(document.persons.isEmpty)
    }

    @Test(
        "RFC 5491 §5.2.1, §5.2.3: latitude first, and the shape by what is known",
        arguments: [
            ("<lat>45.44</lat><lon>12.33</lon>", shape("Point", "4326", "45.44 12.33")),
            ("<lon>12.33</lon><lat>45.44</lat>", shape("Point", "4326", "45.44 12.33")),
            ("<alt>7</alt><lat>45.44</lat><lon>12.33</lon>", shape("Point", "4979", "45.44 12.33 7")),
            (
                "<accuracy>20</accuracy><lat>45.44</lat><lon>12.33</lon>",
                shape("Circle", "4326", "45.44 12.33", radius: "20")
            ),
            (
                "<accuracy>20</accuracy><alt>7</alt><lat>45.44</lat><lon>12.33</lon>",
                shape("Sphere", "4979", "45.44 12.33 7", radius: "20")
            ),
            (
                "<accuracy>-1</accuracy><lat>45.44</lat><lon>12.33</lon>", shape("Point", "4326", "45.44 12.33")
            ),
            ("<datum>WGS 84</datum><lat>1</lat><lon>2</lon>", shape("Point", "4326", "1 2")),
            ("<datum>NAD27</datum><lat>1</lat><lon>2</lon>", nil), ("<lat>45.44</lat>", nil), ("<alt>7</alt>", nil),
            ("<lat>91</lat><lon>2</lon>", nil), ("<lat>1</lat><lon>200</lon>", nil),
            ("<lat>NaN</lat><lon>2</lon>", nil),
            ("<lat>INF</lat><lon>2</lon>", nil), ("", nil),
            ("<lat>\(String(repeating: "1", count: 33))</lat><lon>2</lon>", nil),
        ]
    )
    func shapes(content: String, expected: String?) throws {
        #expect(try written(samples, content) == expected)
    }

    @Test(
        "RFC 4119 §2.2.1: a civic address has the code of a country, and no name of one",
        arguments: [
            ("<countrycode>IT</countrycode>", "<country>IT</country>"), ("<country>Italy</country>", nil),
            ("<countrycode>it</countrycode>", "<country>IT</country>"), ("<countrycode>ITA</countrycode>", nil),
            ("<countrycode>I1</countrycode>", nil),
            (
                "<country>Italy</country><postalcode>30124</postalcode><locality>Venice</locality>",
                "<A3>Venice</A3><PC>30124</PC>"
            ),
            (
                "<area>a</area><building>b</building><floor>2</floor><region>r</region><street>1 s</street><text>t</text>",
                "<A1>r</A1><A4>a</A4><A6>1 s</A6><LMK>b</LMK><LOC>t</LOC><FLR>2</FLR>"
            ),
            ("<locality>\(String(repeating: "x", count: 1025))</locality>", nil), ("<street> </street>", nil),
        ]
    )
    func civic(content: String, expected: String?) throws {
        let address = expected.map { "<civicAddress xmlns='\(PresenceNamespace.civicLoc)'>\($0)</civicAddress>" }
        #expect(try written(samples, content) == address)
    }

    @Test(
        "RFC 4119 §2.2.2: rules are always written: no retransmission, and a day from the time of the reading",
        arguments: [
            ("", "2026-03-02T12:00:00Z", nil),
            ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", "2026-03-01T10:00:00Z"),
            ("2030-01-01T00:00:00Z", "2026-03-02T12:00:00Z", "2030-01-01T00:00:00Z"),
            ("yesterday", "2026-03-02T12:00:00Z", nil), ("2026-02-28T12:00:00Z", "", nil),
            ("2026-02-28T12:00:01Z", "2026-03-01T12:00:01Z", "2026-02-28T12:00:01Z"),
        ] as [(String, String, String?)]
    )
    func rules(time: String, expires: String, stamp: String?) throws {
        var samples = samples
        samples.facts.now = 1_772_366_400_000
        let stampElement = time.isEmpty ? "" : "<timestamp>\(time)</timestamp>"
        let translated = try translated(samples, "<lat>1</lat><lon>2</lon>" + stampElement)
        let geo = try #require(translated.value).tuples.first { $0.id == "geo" }
        #expect((geo == nil) == expires.isEmpty && translated.notes.contains("geo-expired") == expires.isEmpty)
        guard let geo else { return }
        #expect(geo.timestamp == stamp)
        let rules = try #require(geo.status[0].first("usage-rules", PresenceNamespace.geopriv))
        #expect(rules.first("retransmission-allowed", PresenceNamespace.geopriv)?.text == "no")
        #expect(rules.first("retention-expires", PresenceNamespace.geopriv)?.text == expires)
    }

    @Test("RFC 4119 §5, XEP-0080 §8: nothing of a location crosses where the route does not say so")
    func off() throws {
        let content = "<lat>45.44</lat><lon>12.33</lon><locality>Venice</locality><tzo>+01:00</tzo>"
        #expect(try written(Self.under(), content) == nil)
        #expect(try translated(Self.under(), content).value?.persons == [])
        #expect(try events(Self.under(), Self.status(Self.point)).isEmpty)
    }

    @Test(
        "XEP-0080 §8: the location of a user who is not listed does not cross",
        arguments: [
            ("all", true), ("juliet@example.com romeo@example.net", true), ("x@example.org, Juliet@Example.COM", true),
            ("x@example.org", false), ("juliet@example.co", false),
        ]
    )
    func users(list: String, crosses: Bool) throws {
        let samples = Self.under(("rich.geo", "on"), ("rich.geo.users", list))
        let content = "<lat>45.44</lat><lon>12.33</lon><tzo>+01:00</tzo>"
        let document = try #require(try translated(samples, content).value)
        #expect(document.tuples.contains { $0.id == "geo" } == crosses && document.persons.isEmpty != crosses)
        let inPresence = try #require(try translated(samples, "", presence: Self.event(content)).value)
        #expect(inPresence.tuples.contains { $0.id == "geo" } == crosses && inPresence.persons.isEmpty != crosses)
        // The other way the users of the other shore are listed.
        let isListed = list == "all" || list.contains("romeo@")
        let zone = "<dm:person id='p'><r:time-offset>60</r:time-offset></dm:person>"
        #expect(try events(samples, Self.status(Self.point) + zone).isEmpty != isListed)
    }

    @Test("of somebody who is gone no location is told")
    func gone() throws {
        let translated = try translated(samples, "<lat>1</lat><lon>2</lon>", isAvailable: false)
        #expect(translated.value?.tuples.map(\.basic) == [.closed])
    }

    @Test("XEP-0080 §3: what a document has no place for is lost, each element once")
    func outwardLosses() throws {
        let content = "<country>Italy</country><lat>45.44</lat><lon>12.33</lon><speed>1</speed><speed>2</speed>"
        let losses = try translated(samples, content).trace.losses
        #expect(losses.map { $0.detail ?? "" } == ["geoloc/country", "geoloc/speed"])
        #expect(Set(losses.map(\.lossClass)) == [.presenceElement])
        let alone = try translated(samples, "<lat>45.44</lat>").trace.losses
        #expect(alone.map(\.lossClass) == [.presenceValue])
        let other = try translated(samples, "<datum>NAD27</datum><lat>1</lat><lon>2</lon>").trace.losses
        #expect(other.map { $0.detail ?? "" } == ["geoloc/datum"])
        let off = try translated(Self.under(), "<lat>1</lat>").trace.losses
        #expect(off.map { $0.detail ?? "" } == ["{\(Self.node)}geoloc"])
    }

    // MARK: From documents

    private static func geopriv(_ info: String, _ rules: String = "") -> String {
        "<gp:geopriv \(names)><gp:location-info>\(info)</gp:location-info>"
            + "<gp:usage-rules>\(rules)</gp:usage-rules></gp:geopriv>"
    }

    /// A resource, and a tuple with a location.
    private static func status(_ info: String, _ rules: String = "", rest: String = "") -> String {
        PresenceSamples.tuple() + PresenceSamples.tuple(rest, id: "geo", status: geopriv(info, rules))
    }

    private func events(_ samples: PresenceSamples, _ content: String) throws -> [String] {
        let reading = try #require(try samples.reading(content).value)
        #expect(reading.presences.map(\.resource) == ["a"])
        #expect(reading.presences.allSatisfy { HeaderText.text($0.payload).isEmpty })
        #expect(reading.events.allSatisfy { $0.node == Self.node })
        return reading.events.map { HeaderText.text($0.payload) }
    }

    @Test("RFC 4119 §2.2, RFC 5491 §3: a location in a tuple, a device or a person is an event, and never a resource")
    func places() throws {
        let expected = [Self.event("<lat>45.44</lat><lon>12.33</lon>")]
        let geopriv = Self.geopriv(Self.point)
        let resource = PresenceSamples.tuple()
        let device = "<dm:device id='d'>\(geopriv)<dm:deviceID>mac:1</dm:deviceID></dm:device>"
        #expect(try events(samples, Self.status(Self.point)) == expected)
        #expect(try events(samples, resource + device) == expected)
        #expect(try events(samples, resource + "<dm:person id='p'>\(geopriv)</dm:person>") == expected)
        #expect(try events(samples, PresenceSamples.tuple(status: "<basic>open</basic>" + geopriv)) == expected)
        #expect(try samples.reading(Self.status(Self.point)).trace.losses.isEmpty)
        #expect(try samples.reading(PresenceSamples.tuple(id: "geo", status: geopriv)).value?.presences == [])
        let lost = try Self.under().reading(Self.status(Self.point)).trace.losses
        #expect(lost.map(\.lossClass) == [.presenceDocument, .presenceTuple])
    }

    @Test("XEP-0080 §4: a location goes out as a headline with an event, and stands in no presence")
    func headline() throws {
        let reading = try #require(try samples.reading(Self.status(Self.point)).value)
        let translator = try samples.translator()
        let stanza = translator.stanza(
            try #require(reading.events.first),
            from: PresenceSamples.romeo.jid.bare,
            to: PresenceSamples.juliet.jid,
            contentNamespace: "jabber:client",
            id: "e1"
        )
        #expect(
            HeaderText.text(stanza)
                == "<message from='romeo@example.net' to='juliet@example.com' id='e1' type='headline'>"
                + "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='\(Self.node)'><item id='current'>"
                + Self.event("<lat>45.44</lat><lon>12.33</lon>") + "</item></items></event></message>"
        )
        #expect(reading.presences.count == 1)
    }

    @Test(
        "XEP-0080 §6: civic addresses become the elements of a location, the smaller before the larger",
        arguments: [
            ("<cl:A6>Broadway</cl:A6><cl:HNO>123</cl:HNO>", "<street>123 Broadway</street>"),
            (
                "<ca:country>AU</ca:country><ca:A1>NSW</ca:A1><ca:A3>     Wollongong\n</ca:A3>"
                    + "<ca:A4>North Wollongong\n</ca:A4><ca:RD>Flinders</ca:RD><ca:STS>Street</ca:STS>"
                    + "<ca:LMK>\nGilligan's Island\n</ca:LMK><ca:LOC>Corner</ca:LOC><ca:NAM> Video Rental Store </ca:NAM>"
                    + "<ca:PC>2500</ca:PC>",
                "<area>North Wollongong</area><building>Gilligan's Island</building><countrycode>AU</countrycode>"
                    + "<locality>Wollongong</locality><postalcode>2500</postalcode><region>NSW</region>"
                    + "<street>Flinders Street</street><text>Video Rental Store, Corner</text>"
            ),
            ("<cl:country>Italy</cl:country>", ""), ("<cl:A2>Kings</cl:A2>", "<region>Kings</region>"),
            ("<cl:A5>Heights</cl:A5>", "<area>Heights</area>"), ("<cl:NAM>Shop</cl:NAM>", "<text>Shop</text>"),
            ("<ca:FLR>2</ca:FLR>", "<floor>2</floor>"),
        ]
    )
    func addresses(parts: String, expected: String) throws {
        let prefix = parts.prefix(3).dropFirst()
        let found = try events(samples, Self.status("<\(prefix):civicAddress>\(parts)</\(prefix):civicAddress>"))
        #expect(found == (expected.isEmpty ? [] : [Self.event(expected)]))
    }

    @Test(
        "RFC 5491 §5.2.1, §5.2.3: shapes become coordinates in degrees and meters",
        arguments: [
            ("Point", "4326", "-34.407 150.883", "", "<lat>-34.407</lat><lon>150.883</lon>"),
            ("Point", "4979", "-34.407 150.883 24.8", "", "<alt>24.8</alt><lat>-34.407</lat><lon>150.883</lon>"),
            (
                "Circle", "4326", "42.5463 -73.2512", "\n850.24\n",
                "<accuracy>850.24</accuracy><lat>42.5463</lat><lon>-73.2512</lon>"
            ),
            ("Point", "4326", "4.544E1 12.33", "", "<lat>45.44</lat><lon>12.33</lon>"),
            ("Point", "4326", "150.883 -34.407", "", ""), ("Point", "3857", "1 2", "", ""),
            ("Circle", "4326", "1 2", "NaN", ""), ("Point", "4326", "NaN INF", "", ""),
        ]
    )
    func coordinates(name: String, system: String, pos: String, radius: String, expected: String) throws {
        let tag = name == "Point" ? "gml:Point" : "gs:\(name)"
        let measure = radius.isEmpty ? "" : "<gs:radius uom='urn:ogc:def:uom:EPSG::9001'>\(radius)</gs:radius>"
        let info = "<\(tag) srsName='urn:ogc:def:crs:EPSG::\(system)'><gml:pos>\(pos)</gml:pos>\(measure)</\(tag)>"
        #expect(try events(samples, Self.status(info)) == (expected.isEmpty ? [] : [Self.event(expected)]))
        let losses = try samples.reading(Self.status(info)).trace.losses.map(\.lossClass)
        #expect(losses == (expected.isEmpty ? [.presenceDocument] : []))
    }

    @Test("RFC 4119 §2.2.2: a location whose time is over is discarded; one whose time comes is a change to come")
    func retention() throws {
        let past = "<gp:retention-expires>2020-01-01T00:00:00Z</gp:retention-expires>"
        let old = try samples.reading(Self.status(Self.point, past))
        #expect(old.value?.events == [] && old.value?.nextChange == nil && old.notes == ["geo-expired"])
        let expires = PresenceTime(seconds: samples.facts.now / 1_000 + 60)
        let content = Self.status(Self.point, "<gp:retention-expires>\(expires)</gp:retention-expires>")
        #expect(try samples.reading(content).value?.nextChange == expires.seconds * 1_000)
        #expect(try events(samples, content).count == 1)
        var later = samples
        later.facts.now += 61_000
        #expect(try events(later, content).isEmpty)
        #expect(try Self.under().reading(content).value?.nextChange == nil)
    }

    @Test("RFC 5491 §3: what is said of a place and has no element is lost, each name once")
    func inwardLosses() throws {
        let address = "<ca:civicAddress><ca:PLC>store</ca:PLC><ca:A3>Venice</ca:A3></ca:civicAddress>"
        let trace = try samples.reading(Self.status("<gs:Ellipse/><gs:Ellipse/>" + address)).trace
        #expect(
            trace.losses.map { $0.detail ?? "" } == ["{http://www.opengis.net/pidflo/1.0}Ellipse", "civicAddress/PLC"]
        )
    }

    @Test("RFC 4480 §3.13, XEP-0080 §3: the time zone crosses with the location, and only there")
    func zone() throws {
        let person = "<dm:person id='p'><r:time-offset>-300</r:time-offset></dm:person>"
        #expect(try events(samples, PresenceSamples.tuple() + person) == [Self.event("<tzo>-05:00</tzo>")])
        #expect(try events(Self.under(("rich.pep", "on")), PresenceSamples.tuple() + person).isEmpty)
        let elements = try translated(samples, "<tzo>-05:00</tzo>").value?.persons.first?.elements
        #expect(elements == [PresenceElement("time-offset", PresenceNamespace.rpid, text: "-300")])
    }

    @Test(
        "RFC 4480 §3.6: what has no word on the other side is lost, each name once in a document",
        arguments: [
            "<r:class>work</r:class>", "<r:place-is><r:audio><r:noisy/></r:audio></r:place-is>",
            "<r:place-type><airport xmlns='urn:ietf:params:xml:ns:location-type'/></r:place-type>",
            "<r:privacy><r:audio/></r:privacy>", "<r:service-class><r:electronic/></r:service-class>",
            "<r:sphere><r:work/></r:sphere>", "<r:status-icon>http://example.com/i.png</r:status-icon>",
            "<r:time-offset>60</r:time-offset>",
        ]
    )
    func dropped(element: String) throws {
        let reading = try Self.under().reading(PresenceSamples.tuple() + "<dm:person id='p'>\(element)</dm:person>")
        #expect(reading.value?.events == [] && reading.value?.presences.first?.payload == [])
        let name = element.dropFirst(3).prefix { $0 != ">" }
        #expect(reading.trace.losses.map { $0.detail ?? "" } == ["{\(PresenceNamespace.rpid)}\(name)"])
    }

    @Test("RFC 4480 §3.7, XEP-0080 §3: the kind of a place joins what is known of the location")
    func placeType() throws {
        let place = "<r:place-type><airport xmlns='urn:ietf:params:xml:ns:location-type'/></r:place-type>"
        let content = Self.status(Self.point) + "<dm:person id='p'>\(place)</dm:person>"
        #expect(
            try events(Self.under(("rich.geo", "on"), ("rich.pep", "on")), content)
                == [Self.event("<description>airport</description><lat>45.44</lat><lon>12.33</lon>")]
        )
    }

    // MARK: Both ways

    @Test(
        "what both sides can say comes back as it was",
        arguments: [
            "<lat>45.44</lat><lon>12.33</lon>", "<alt>-3.50</alt><lat>-45.440</lat><lon>180</lon>",
            "<accuracy>20</accuracy><lat>0.1</lat><lon>-0.2</lon>",
            "<accuracy>20</accuracy><alt>3</alt><lat>45.44</lat><lon>12.33</lon>",
            "<area>San Marco</area><building>Torre &amp; Co</building><countrycode>IT</countrycode><floor>2</floor>"
                + "<lat>45.44</lat><locality>Venice</locality><lon>12.33</lon><postalcode>30124</postalcode>"
                + "<region>Veneto</region><street>Piazza 1</street><text>North door</text>"
                + "<timestamp>2026-03-01T11:00:00Z</timestamp><tzo>+01:00</tzo>",
        ]
    )
    func identity(content: String) throws {
        var samples = samples
        samples.facts.now = 1_772_366_400_000
        var document = try #require(try translated(samples, content).value)
        document.entity = "pres:romeo@example.net"
        let body = PresenceBody(type: "application/pidf+xml", bytes: PIDFWriter.write(document))
        let reading = try samples.translator().reading(of: body, about: PresenceSamples.romeo, facts: samples.facts)
        #expect(reading.value?.events.map { HeaderText.text($0.payload) } == [Self.event(content)])
        #expect(reading.value?.presences.map(\.resource) == ["a"] && reading.trace.losses.isEmpty)
    }

    @Test("a location inside a presence is told where no event tells one")
    func inPresence() throws {
        let presence = Self.event("<lat>1</lat><lon>2</lon>")
        func latitude(_ event: String, age: Int64 = 0) throws -> String? {
            let document = try translated(samples, event, presence: presence, age: age).value
            return document?.location(receivedAt: PresenceTime(seconds: samples.facts.now / 1_000)).location?.object
                .position?.latitude.text
        }
        #expect(try latitude("") == "1")
        #expect(try latitude("<lat>3</lat><lon>4</lon>") == "3")
        // It is as old as the presence.
        #expect(try latitude("", age: 86_399_000) == "1")
        #expect(try latitude("", age: 86_400_000) == nil)
    }

    // MARK: Several rows

    @Test("of several rows that write one field the first with a value counts")
    func firstRow() throws {
        let path = try #require(ElementPath("text"))
        let text = FieldSelector.descendant(namespace: Self.node, name: "geoloc", path: path, attribute: nil)
        var target = PresenceTarget()
        try target.set([FieldValue(text: "first")], for: text)
        try target.set([FieldValue(text: "second")], for: text)
        #expect(
            target.takeEvents([PresenceNames.location: "geoloc"]).map { HeaderText.text($0.payload) } == [
                Self.event("<text>first</text>")
            ]
        )
        var draft = LocationDraft()
        for number in ["1", "2"] {
            try draft.set(number, for: .latitude)
            try draft.set(number, for: .longitude)
            try draft.set(number, part: "A3")
            draft.set(time: "2026-03-01T11:00:0\(number)Z")
        }
        guard case .tuple(let tuple) = draft.outcome(now: samples.facts.now, lose: { _ in }) else {
            Issue.record("there is no tuple")
            return
        }
        let object = try #require(LocationObject(tuple.status[0]))
        #expect(
            object.position?.latitude.text == "1" && object.position?.longitude.text == "1"
                && object.civic == [.init("A3", "1")]
        )
        #expect(tuple.timestamp == "2026-03-01T11:00:01Z")
        #expect(throws: ConversionFault.self) { try draft.set("north", for: .latitude) }
    }
}
