import PIDF
import Testing

@Suite("PresenceDocument: locations that may not be kept")
struct RetentionTests {
    private static let now = PresenceTime(seconds: 1_577_836_800)

    private static func geopriv(_ mark: String, until: String = "") -> String {
        let end = until.isEmpty ? "" : "<gp:retention-expires>\(until)</gp:retention-expires>"
        return "<gp:geopriv xmlns:gp='urn:ietf:params:xml:ns:pidf:geopriv10'><gp:location-info><x:m xmlns:x='urn:x'>"
            + "\(mark)</x:m></gp:location-info><gp:usage-rules>\(end)</gp:usage-rules></gp:geopriv>"
    }

    private static func tuple(_ inner: String, timestamp: String = "") -> String {
        "<tuple id='a'><status><basic>open</basic>\(inner)</status>"
            + (timestamp.isEmpty ? "" : "<timestamp>\(timestamp)</timestamp>") + "</tuple>"
    }

    private func kept(
        _ content: String,
        received: PresenceTime = now
    ) throws -> (retention: PresenceDocument.Retention, document: PresenceDocument, text: String) {
        var document = try Documents.reading(content).document
        let retention = document.discardLocations(expiredAt: Self.now, receivedAt: received)
        return (retention, document, String(decoding: PIDFWriter.writeCopy(document), as: UTF8.self))
    }

    @Test("GEO-007, RFC 4119 §2.2.2: at its time a location goes wherever it stands; the rest of the document stays")
    func everywhere() throws {
        let past = Self.geopriv("GONE", until: "2020-01-01T00:00:00Z")
        let later = Self.geopriv("HERE", until: "2020-01-01T00:00:01Z")
        let places: [(String) -> String] = [
            { Self.tuple($0) }, { "<tuple id='a'><status><basic>open</basic></status>\($0)</tuple>" },
            { Self.tuple("<x:y xmlns:x='urn:x'><x:z>\($0)</x:z></x:y>") }, { "<dm:person id='p'>\($0)</dm:person>" },
            { "<dm:device id='d'>\($0)<dm:deviceID>mac:1</dm:deviceID></dm:device>" }, { $0 },
        ]
        for place in places {
            let other = "<tuple id='b'><status><basic>closed</basic></status><note>n</note></tuple>"
            let (retention, document, text) = try kept(place(past + later) + other)
            #expect(retention.hasDiscarded && retention.next == PresenceTime(seconds: Self.now.seconds + 1))
            #expect(!text.contains("GONE") && text.contains("HERE") && text.contains("<note>n</note>"))
            #expect(try PIDFReader().read(Array(text.utf8)[...]) == document)
        }
    }

    @Test("RFC 4119 §2.2.2: without a time of its own a location has a day from its timestamp, or its receipt")
    func day() throws {
        let bare = Self.geopriv("m")
        #expect(try kept(Self.tuple(bare, timestamp: "2019-12-31T00:00:00Z")).retention.hasDiscarded)
        let second = try kept(Self.tuple(bare, timestamp: "2019-12-31T00:00:01Z")).retention
        #expect(!second.hasDiscarded && second.next == PresenceTime(seconds: Self.now.seconds + 1))
        #expect(try kept(Self.tuple(bare)).retention.next == PresenceTime(seconds: Self.now.seconds + 86_400))
        // What was so in the future was so when it was received.
        for timestamp in ["", "2020-01-02T00:00:00Z"] {
            for (age, isDiscarded) in [(86_399, false), (86_400, true)] as [(Int64, Bool)] {
                let received = PresenceTime(seconds: Self.now.seconds - age)
                let retention = try kept(Self.tuple(bare, timestamp: timestamp), received: received).retention
                #expect(retention.hasDiscarded == isDiscarded)
                #expect(retention.next == (isDiscarded ? nil : PresenceTime(seconds: Self.now.seconds + 1)))
            }
        }
        // A clock that went back gives nothing more than a day.
        let later = PresenceTime(seconds: Self.now.seconds + 9)
        #expect(
            try kept(Self.tuple(bare), received: later).retention.next
                == PresenceTime(seconds: Self.now.seconds + 86_400)
        )
    }

    @Test("A document without locations stays as it is, in a copy with what must be understood and the ids it has")
    func untouched() throws {
        let content =
            Self.tuple("<x:y xmlns:x='urn:x' mustUnderstand='1'/>")
            + "<tuple><status><basic>open</basic></status></tuple><x:w xmlns:x='urn:x'/>"
        let before = try Documents.reading(content).document
        let (retention, document, text) = try kept(content)
        #expect(!retention.hasDiscarded && retention.next == nil && document == before)
        #expect(try PIDFReader().read(Array(text.utf8)[...]) == before)
        #expect(before.tuples.map(\.id) == ["a", nil])
    }
}
