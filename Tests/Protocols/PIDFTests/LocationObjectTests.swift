import PIDF
import PresenceSchemas
import Testing

@Suite("LocationObject")
struct LocationObjectTests {
    private static let names =
        "xmlns:gp='urn:ietf:params:xml:ns:pidf:geopriv10' xmlns:gml='http://www.opengis.net/gml'"
        + " xmlns:gs='http://www.opengis.net/pidflo/1.0' xmlns:cl='urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc'"
        + " xmlns:ca='urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr'"
        + " xmlns:gbp='urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy'"

    private static func geopriv(_ info: String, rules: String = "<gp:usage-rules/>") -> String {
        "<gp:geopriv \(names)><gp:location-info>\(info)</gp:location-info>\(rules)</gp:geopriv>"
    }

    private static func tuple(_ status: String, id: String = "a", rest: String = "") -> String {
        "<tuple id='\(id)'><status>\(status)</status>\(rest)</tuple>"
    }

    private static func point(_ coordinates: String, system: String = "4326") -> String {
        "<gml:Point srsName='urn:ogc:def:crs:EPSG::\(system)'><gml:pos>\(coordinates)</gml:pos></gml:Point>"
    }

    private static func circle(_ radius: String, unit: String = "urn:ogc:def:uom:EPSG::9001") -> String {
        "<gs:Circle srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>42.5463 -73.2512</gml:pos>"
            + "<gs:radius uom='\(unit)'>\(radius)</gs:radius></gs:Circle>"
    }

    private func object(
        _ info: String,
        rules: String = "<gp:usage-rules/>",
        limits: LocationObject.Limits = LocationObject.Limits()
    ) throws -> LocationObject {
        let document = try Documents.reading(Self.tuple(Self.geopriv(info, rules: rules))).document
        let element = try #require(document.tuples.first?.status.first)
        return try #require(LocationObject(element, limits: limits))
    }

    // MARK: Shapes

    @Test("RFC 5491 §5.2.1: a point has the latitude first")
    func pointsAreRead() throws {
        let plane = try object(Self.point("-34.407 150.883"))
        #expect(plane.position?.latitude.text == "-34.407" && plane.position?.longitude.text == "150.883")
        #expect(plane.position?.altitude == nil && plane.radius == nil && plane.unread.isEmpty)
        let space = try object(Self.point("\n -34.407\t150.883 24.8 ", system: "4979"))
        #expect(space.position?.altitude?.text == "24.8")
    }

    @Test("RFC 5491 §5.2.3, §5.2.6: circles and spheres have a radius in meters")
    func roundShapes() throws {
        let circle = try object(Self.circle("\n 850.24 \n"))
        #expect(circle.position?.latitude.text == "42.5463" && circle.radius?.text == "850.24")
        let sphere =
            "<gs:Sphere srsName='urn:ogc:def:crs:EPSG::4979'><gml:pos>42.5463 -73.2512 26.3</gml:pos>"
            + "<gs:radius uom='urn:ogc:def:uom:EPSG::9001'>850.24</gs:radius></gs:Sphere>"
        let found = try object(sphere)
        #expect(found.position?.altitude?.text == "26.3" && found.radius?.text == "850.24")
    }

    @Test(
        "RFC 5491 §5: what is no position in the two systems is named and not read",
        arguments: [
            point("91 0"), point("0 181"), point("NaN 0"), point("INF 0"), point("1"), point("1 2 3"), point(""),
            point("1 2", system: "4979"), point("1 2 3 4", system: "4979"), point("1 2", system: "3857"),
            point("1,2"), point(String(repeating: " ", count: 300) + "1 2"),
            "<gml:Point><gml:pos>1 2</gml:pos></gml:Point>",
            "<gml:Point srsName='urn:ogc:def:crs:EPSG::4326'/>",
            "<gml:Point srsName='urn:ogc:def:crs:EPSG::4326'><gml:coordinates>1,2</gml:coordinates></gml:Point>",
        ]
    )
    func notPositions(info: String) throws {
        let found = try object(info)
        #expect(found.position == nil && found.isEmpty)
        #expect(found.unread == ["{http://www.opengis.net/gml}Point"])
    }

    @Test(
        "RFC 5491 §5.2.3: a radius that is none makes no circle",
        arguments: [
            circle("-1"), circle("NaN"), circle("INF"), circle(""), circle("1", unit: "urn:ogc:def:uom:EPSG::9002"),
        ]
    )
    func notCircles(info: String) throws {
        let found = try object(info)
        #expect(found.isEmpty && found.unread == ["{http://www.opengis.net/pidflo/1.0}Circle"])
    }

    @Test("RFC 5491 §3: of several shapes the first that is read counts, and one beside an address is joined to it")
    func compound() throws {
        let found = try object(
            "<gml:Polygon/>" + Self.point("1 2") + Self.point("3 4")
                + "<ca:civicAddress><ca:FLR>2</ca:FLR></ca:civicAddress>"
        )
        #expect(found.position?.latitude.text == "1" && found.civic == [.init("FLR", "2")])
        #expect(found.unread == ["{http://www.opengis.net/gml}Polygon", "{http://www.opengis.net/gml}Point"])
    }

    @Test("at most 8 descriptions are looked at")
    func descriptions() throws {
        let others = String(repeating: "<gml:Polygon/>", count: 7)
        #expect(try object(others + Self.point("1 2")).position != nil)
        let beyond = try object(others + "<gml:Polygon/>" + Self.point("1 2"))
        #expect(beyond.position == nil)
        #expect(beyond.unread.count == 9 && beyond.unread.last == "{\(PresenceNamespace.geopriv)}location-info")
    }

    // MARK: Addresses

    @Test("RFC 4119 §2.2.1, RFC 5491 §3.4: addresses of both formats are read, without the white space around texts")
    func civic() throws {
        for prefix in ["cl", "ca"] {
            let address =
                "<\(prefix):civicAddress><\(prefix):A3>  Wollongong\n</\(prefix):A3><\(prefix):A3>x</\(prefix):A3>"
                + "<\(prefix):PC/><gml:A6>no</gml:A6><\(prefix):RD>Flinders</\(prefix):RD></\(prefix):civicAddress>"
            #expect(try object(address).civic == [.init("A3", "Wollongong"), .init("RD", "Flinders")])
        }
    }

    @Test("a civic address has at most 64 parts of 1024 bytes")
    func civicLimits() throws {
        func address(_ count: Int) -> String {
            let parts = (0..<count).map { "<cl:X\($0)>t</cl:X\($0)>" }
            return "<cl:civicAddress>\(parts.joined())</cl:civicAddress>"
        }
        #expect(try object(address(64)).civic.count == 64)
        let beyond = try object(address(65))
        #expect(beyond.isEmpty && beyond.unread == ["{\(PresenceNamespace.civicLoc)}civicAddress"])
        #expect(try object(address(3), limits: .init(civicParts: 2)).isEmpty)
        let text = String(repeating: "x", count: 1024)
        #expect(
            try object("<cl:civicAddress><cl:A3>\(text)</cl:A3><cl:A1>\(text)x</cl:A1></cl:civicAddress>").civic
                == [.init("A3", text)]
        )
    }

    @Test("a location that is too deep is refused with its document")
    func depth() {
        let nested = String(repeating: "<x:y>", count: 40) + String(repeating: "</x:y>", count: 40)
        let bytes = Documents.wrapping(Self.tuple(Self.geopriv(nested)))
        let error = #expect(throws: PIDFError.self) { try PIDFReader().read(bytes[...]) }
        #expect(error?.code == .limit)
    }

    // MARK: Rules

    @Test(
        "RFC 4119 §2.2.2, §2.2.5: rules are read as the text, the examples and the schema write them",
        arguments: [
            ("", false, nil), ("<gp:retransmission-allowed>yes</gp:retransmission-allowed>", true, nil),
            ("<gbp:retransmission-allowed> true </gbp:retransmission-allowed>", true, nil),
            ("<gp:retransmission-allowed>no</gp:retransmission-allowed>", false, nil),
            ("<gp:retransmission-allowed>maybe</gp:retransmission-allowed>", false, nil),
            ("<gp:retention-expires>2020-01-01T00:00:00Z</gp:retention-expires>", false, 1_577_836_800),
            ("<gp:retention-expiry>2020-01-01T00:00:00Z</gp:retention-expiry>", false, 1_577_836_800),
            ("<gbp:retention-expiry> 2020-01-01T01:00:00+01:00</gbp:retention-expiry>", false, 1_577_836_800),
            ("<gp:retention-expires>soon</gp:retention-expires>", false, nil),
            (
                "<gp:retention-expires>2021-01-01T00:00:00Z</gp:retention-expires>"
                    + "<gp:retention-expiry>2020-01-01T00:00:00Z</gp:retention-expiry>", false, 1_577_836_800
            ),
        ] as [(String, Bool, Int64?)]
    )
    func rules(content: String, isAllowed: Bool, expires: Int64?) throws {
        let rules = try object(Self.point("1 2"), rules: "<gp:usage-rules>\(content)</gp:usage-rules>").rules
        #expect(rules.isRetransmissionAllowed == isAllowed)
        #expect(rules.retentionExpires?.seconds == expires)
    }

    @Test("RFC 4119 §2.2.2: without rules the strictest hold")
    func noRules() throws {
        #expect(try object(Self.point("1 2"), rules: "").rules == LocationObject.UsageRules())
        #expect(!LocationObject.UsageRules().isRetransmissionAllowed)
    }

    // MARK: Writing

    private static let written: [(object: LocationObject, info: String)] = {
        func number(_ text: String) -> GeodeticNumber? { GeodeticNumber(text) }
        guard let latitude = number("45.44"), let longitude = number("12.33"), let twenty = number("20"),
            let plane = GeodeticPosition(latitude: latitude, longitude: longitude),
            let space = GeodeticPosition(latitude: latitude, longitude: longitude, altitude: twenty)
        else { return [] }
        let parts: [LocationObject.CivicPart] = [
            .init("PC", "30124"), .init("country", "IT"), .init("A6", "Piazza & 1"),
        ]
        func shape(_ name: String, _ system: String, _ pos: String, _ radius: String = "") -> String {
            "<\(name) srsName='urn:ogc:def:crs:EPSG::\(system)'><gml:pos>\(pos)</gml:pos>\(radius)</\(name)>"
        }
        let radius = "<gs:radius uom='urn:ogc:def:uom:EPSG::9001'>20</gs:radius>"
        let plain =
            "<cl:civicAddress><cl:country>IT</cl:country><cl:A6>Piazza &amp; 1</cl:A6><cl:PC>30124</cl:PC>"
            + "</cl:civicAddress>"
        return [
            (LocationObject(position: plane), shape("gml:Point", "4326", "45.44 12.33")),
            (LocationObject(position: space), shape("gml:Point", "4979", "45.44 12.33 20")),
            (LocationObject(position: plane, radius: twenty), shape("gs:Circle", "4326", "45.44 12.33", radius)),
            (LocationObject(position: space, radius: twenty), shape("gs:Sphere", "4979", "45.44 12.33 20", radius)),
            (LocationObject(civic: parts), plain),
            (LocationObject(position: plane, civic: parts), shape("gml:Point", "4326", "45.44 12.33") + plain),
            (
                LocationObject(civic: [.init("ROOM", "7"), .init("A3", "Venice")]),
                "<ca:civicAddress><ca:A3>Venice</ca:A3><ca:ROOM>7</ca:ROOM></ca:civicAddress>"
            ),
        ]
    }()

    @Test(
        "RFC 5491 §5.2, RFC 4119 §2.2.5: what is written is valid, is read again, and has the latitude first",
        arguments: 0..<7
    )
    func writing(place: Int) throws {
        var (object, info) = Self.written[place]
        object.rules.retentionExpires = PresenceTime(seconds: 1_577_836_800)
        var tuple = PresenceTuple(id: "geo", basic: nil)
        tuple.status = [object.element]
        let bytes = PIDFWriter.write(PresenceDocument(entity: "pres:a@b", tuples: [tuple]))
        #expect(SchemaValidator.fault(in: bytes) == nil)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(
            text.contains(
                "<status><gp:geopriv><gp:location-info>\(info)</gp:location-info><gp:usage-rules>"
                    + "<gp:retransmission-allowed>no</gp:retransmission-allowed>"
                    + "<gp:retention-expires>2020-01-01T00:00:00Z</gp:retention-expires></gp:usage-rules></gp:geopriv>"
                    + "</status>"
            )
        )
        let again = try PIDFReader().read(bytes[...]).tuples[0].status[0]
        #expect(again == object.element)
        let read = try #require(LocationObject(again))
        #expect(read.position == object.position && read.radius == object.radius && read.rules == object.rules)
        #expect(Set(read.civic) == Set(object.civic) && read.unread.isEmpty)
        #expect(LocationObject(read.element)?.element == read.element)
    }

    @Test("RFC 4119 §2.2.5: the schemas that documents are checked with refuse what is no location")
    func schemasBite() {
        func fault(_ info: String) -> String? {
            SchemaValidator.fault(in: Documents.wrapping(Self.tuple(Self.geopriv(info))))
        }
        #expect(fault(Self.point("1 2")) == nil && fault(Self.circle("5")) == nil)
        #expect(fault(Self.point("1")) != nil && fault(Self.point("a b")) != nil && fault(Self.circle("x")) != nil)
        #expect(fault("<cl:civicAddress><cl:A1/><cl:country/></cl:civicAddress>") != nil)
        #expect(SchemaValidator.fault(in: Documents.wrapping(Self.tuple("<gp:geopriv \(Self.names)/>"))) != nil)
    }

    @Test("another element is no location")
    func others() {
        #expect(LocationObject(PresenceElement("geopriv", "x")) == nil)
        #expect(LocationObject(PresenceElement("geopriv", PresenceNamespace.geopriv))?.isEmpty == true)
    }

    // MARK: Documents

    private static let now = PresenceTime(seconds: 1_577_836_800)

    private func finding(_ content: String) throws -> LocationFinding {
        try Documents.reading(content).document.location(receivedAt: Self.now)
    }

    private static func device(_ info: String) -> String {
        "<dm:device id='d'>\(geopriv(info))<dm:deviceID>mac:1</dm:deviceID></dm:device>"
    }

    private static func person(_ info: String) -> String { "<dm:person id='p'>\(geopriv(info))</dm:person>" }

    @Test("RFC 5491 §3: devices count before tuples, those before persons, and each where it has a location")
    func order() throws {
        let tuples = Self.tuple("<basic>open</basic>") + Self.tuple(Self.geopriv(Self.point("2 2")), id: "b")
        func latitude(_ content: String) throws -> String? {
            try finding(content).location?.object.position?.latitude.text
        }
        let person = Self.person(Self.point("3 3"))
        #expect(try latitude(tuples + person + Self.device(Self.point("1 1"))) == "1")
        #expect(try latitude(tuples + person + Self.device("")) == "2")
        #expect(try latitude(Self.tuple("<basic>open</basic>") + person) == "3")
        #expect(try latitude(Self.tuple("<basic>open</basic>")) == nil)
        let passed = try finding(person + Self.device("<gs:Ellipse/>"))
        #expect(passed.location?.object.position?.latitude.text == "3")
        #expect(passed.unread == ["{http://www.opengis.net/pidflo/1.0}Ellipse"])
    }

    @Test("RFC 4480 §3.9: the location of an assistant is not that of the presentity")
    func relationship() throws {
        let assistant = "<rpid:relationship><rpid:assistant/></rpid:relationship>"
        let own = "<rpid:relationship><rpid:self/></rpid:relationship>"
        #expect(try finding(Self.tuple(Self.geopriv(Self.point("1 1")), rest: assistant)).location == nil)
        #expect(try finding(Self.tuple(Self.geopriv(Self.point("1 1")), rest: own)).location != nil)
    }

    @Test(
        "RFC 4119 §2.2.2: a location is discarded when its time is over; without one it has a day from its timestamp",
        arguments: [
            ("<gp:retention-expires>2020-01-01T00:00:00Z</gp:retention-expires>", "", nil),
            ("<gp:retention-expires>2020-01-01T00:00:01Z</gp:retention-expires>", "", 1_577_836_801),
            (
                "<gp:retention-expires>2020-01-09T00:00:00Z</gp:retention-expires>", "2019-01-01T00:00:00Z",
                1_578_528_000
            ),
            ("", "", 1_577_923_200), ("", "2019-12-31T00:00:00Z", nil), ("", "2019-12-31T00:00:01Z", 1_577_836_801),
            ("", "2030-01-01T00:00:00Z", 1_577_923_200),
        ] as [(String, String, Int64?)]
    )
    func expiry(rules: String, timestamp: String, expires: Int64?) throws {
        let stamp = timestamp.isEmpty ? "" : "<timestamp>\(timestamp)</timestamp>"
        let geopriv = Self.geopriv(Self.point("1 2"), rules: "<gp:usage-rules>\(rules)</gp:usage-rules>")
        let found = try finding(Self.tuple(geopriv, rest: stamp))
        #expect(found.location?.expires.seconds == expires)
        #expect(found.hasExpired == (expires == nil))
        #expect(found.location == nil || found.location?.timestamp == (timestamp.isEmpty ? nil : timestamp))
    }

    @Test("RFC 4119 §2.3: the example with an address is read, once its day has not passed")
    func example() throws {
        let document = try Documents.read("Documents/rfc4119-civic.xml")
        let then = PresenceTime(seconds: 1_056_315_000)
        let found = try #require(document.location(receivedAt: then).location)
        #expect(
            found.object.civic.map { "\($0.name) \($0.text)" } == [
                "country US", "A1 New York", "A3 New York", "A6 Broadway", "HNO 123", "LOC Suite 75", "PC 10027-0401",
            ]
        )
        #expect(found.object.rules.isRetransmissionAllowed)
        #expect(document.location(receivedAt: Self.now) == LocationFinding(location: nil, unread: [], hasExpired: true))
        let point = try Documents.read("Documents/rfc4119-point.xml").location(receivedAt: then)
        #expect(point.location == nil)
        #expect(point.unread == ["{urn:opengis:specification:gml:schema-xsd:feature:v3.0}location"])
    }
}
