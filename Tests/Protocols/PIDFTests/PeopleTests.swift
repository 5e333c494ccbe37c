import PIDF
import Testing

/// Which person, which device and which instant counts.
@Suite("People and time")
struct PeopleTests {
    private func time(_ text: String) throws -> PresenceTime { try #require(PresenceTime(text)) }

    @Test("RFC 4480 §3.1: an element holds from its beginning and before its end")
    func holds() throws {
        let document = try Documents.read("Documents/rfc4480.xml")
        let activities = try #require(document.persons[0].elements.first)
        #expect(activities.holds(at: try time("2005-05-30T12:00:00+05:00")))
        #expect(activities.holds(at: try time("2005-05-30T16:59:59+05:00")))
        #expect(!activities.holds(at: try time("2005-05-30T17:00:00+05:00")))
        #expect(!activities.holds(at: try time("2005-05-30T11:59:59+05:00")))
        let loose = PresenceElement("a", "n", attributes: [PresenceAttribute("until", "tomorrow")])
        #expect(try loose.until == nil && loose.holds(at: time("2005-05-30T17:00:00Z")))
    }

    @Test("RFC 4480 §3.1: the next change is the first beginning or end after an instant")
    func nextChange() throws {
        let document = try Documents.read("Documents/rfc4480.xml")
        #expect(document.nextChange(after: try time("2005-01-01T00:00:00Z")) == (try time("2005-05-30T07:00:00Z")))
        #expect(document.nextChange(after: try time("2005-05-30T07:00:00Z")) == (try time("2005-05-30T12:00:00Z")))
        #expect(document.nextChange(after: try time("2005-05-30T12:00:00Z")) == nil)
    }

    @Test("RFC 4481 §3: timed status holds in its range, and several may overlap")
    func timedStatus() throws {
        var tuple = try #require(try Documents.read("Documents/rfc4481.xml").tuples.first)
        #expect(tuple.timedStatuses(at: try time("2005-08-15T15:20:00Z")).map { $0.children[0].text } == ["closed"])
        #expect(tuple.timedStatuses(at: try time("2005-08-23T00:30:00Z")).isEmpty)
        let from = [PresenceAttribute("from", "2005-08-20T00:00:00Z")]
        tuple.elements.append(PresenceElement("timed-status", PresenceNamespace.timed, attributes: from))
        tuple.elements.append(PresenceElement("timed-status", PresenceNamespace.timed))
        #expect(tuple.timedStatuses(at: try time("2005-08-21T00:00:00Z")).count == 2)
        #expect(tuple.timedStatuses(at: try time("2006-01-01T00:00:00Z")).count == 1)
    }

    private func person(_ id: String, _ timestamp: String?, _ activity: String) -> String {
        let stamp = timestamp.map { "<dm:timestamp>\($0)</dm:timestamp>" } ?? ""
        return "<dm:person id='\(id)'><rpid:activities><rpid:\(activity)/></rpid:activities>\(stamp)</dm:person>"
    }

    @Test("RFC 4479 §3.5: of several persons the one with the newest timestamp counts, else the first")
    func preferredPerson() throws {
        let now = try time("2026-03-01T12:00:00Z")
        let stamped = try Documents.reading(
            person("a", nil, "busy") + person("b", "2005-05-30T11:00:00+05:00", "away")
                + person("c", "2005-05-30T10:00:00Z", "dinner") + person("d", "2005-05-30T10:00:00Z", "meal")
        ).document
        #expect(stamped.person(preferredAt: now)?.id == "c")
        let unstamped = try Documents.reading(person("a", nil, "busy") + person("b", nil, "away")).document
        #expect(unstamped.person(preferredAt: now)?.id == "a")
        #expect(PresenceDocument(entity: nil).person(preferredAt: now) == nil)
    }

    @Test("RFC 4480 §3.1: the preferred person has what holds")
    func personHasWhatHolds() throws {
        let document = try Documents.read("Documents/rfc4480.xml")
        let late = document.person(preferredAt: try time("2005-05-30T17:00:00+05:00"))
        #expect(late?.elements.contains { $0.name == "activities" } == false && late?.elements.count == 8)
        let then = document.person(preferredAt: try time("2005-05-30T13:00:00+05:00"))
        #expect(then == document.persons[0])
    }

    @Test("RFC 4480 §3.14: user input is the tuple's own, else its device's, else the person's")
    func userInput() throws {
        let input = "<rpid:user-input last-input='2004-10-21T13:20:00-05:00'>"
        let device =
            "<dm:device id='d'>\(input)idle</rpid:user-input><dm:deviceID>urn:device:1</dm:deviceID></dm:device>"
        let status = "<status><basic>open</basic></status>"
        let tuples =
            "<tuple id='own'>\(status)<rpid:user-input>active</rpid:user-input>"
            + "<dm:deviceID>urn:device:1</dm:deviceID></tuple>"
            + "<tuple id='its'>\(status)<dm:deviceID> urn:device:1 </dm:deviceID></tuple>"
            + "<tuple id='other'>\(status)<dm:deviceID>urn:device:2</dm:deviceID></tuple>"
        let alone = try Documents.reading(tuples + device).document
        #expect(alone.tuples.map { alone.userInput(for: $0)?.text } == ["active", "idle", nil])
        #expect(alone.userInput(for: alone.tuples[1])?.attribute("last-input") == "2004-10-21T13:20:00-05:00")
        let person = "<dm:person id='p'><rpid:user-input>idle</rpid:user-input></dm:person>"
        let both = try Documents.reading(tuples + device + person).document
        #expect(both.tuples.map { both.userInput(for: $0)?.text } == ["active", "idle", "idle"])
    }

    @Test("RFC 4482 §1: a tuple with a relationship other than self describes another person")
    func relationship() throws {
        let document = try Documents.read("Documents/rfc4482-relationship.xml")
        #expect(document.tuples.map(\.describesAnother) == [false, true])
    }
}
