import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// A neighbor whose users publish to the gateway.
final class PublishingNeighbor {
    let peer: Neighbor
    private var sequence = 0

    init(switches: [(String, String)] = [], change: (inout SIMPLELegSettings) -> Void = { _ in }) throws {
        peer = try Neighbor(switches: [("pres.mode", "compose")] + switches) {
            $0.events.pace = 0
            change(&$0)
        }
    }

    var told: [String] { peer.told }
    var leg: SIMPLELeg { peer.stage.leg }
    var host: ScriptedHost { peer.stage.host }

    /// Sends a PUBLISH of romeo for ten minutes, unless the changes say otherwise.
    func send(
        _ body: String = "",
        tag: String? = nil,
        expires: Int? = 600,
        _ changes: [String] = [],
        user: String = "romeo"
    ) {
        sequence += 1
        var lines = [
            "From: <sip:\(user)@example.net>;tag=r", "Call-ID: p1@example.net", "CSeq: \(sequence) PUBLISH",
            "Event: presence", "Content-Type: " + (body.isEmpty ? "-" : "application/pidf+xml"),
        ]
        if let tag { lines.append("SIP-If-Match: \(tag)") }
        if let expires { lines.append("Expires: \(expires)") }
        peer.send("PUBLISH", lines + changes, uri: "sip:\(user)@example.net", body: body)
    }

    /// Sends a PUBLISH, lets the store have it, and returns the answer.
    func publish(
        _ body: String = "",
        tag: String? = nil,
        expires: Int? = 600,
        _ changes: [String] = [],
        user: String = "romeo"
    ) throws -> String {
        send(body, tag: tag, expires: expires, changes, user: user)
        peer.store()
        let sent = peer.taken()
        #expect(sent.count == 1)
        return try #require(sent.first)
    }

    /// Publishes, and returns the entity-tag.
    func published(
        _ body: String = Neighbor.document(),
        tag: String? = nil,
        expires: Int? = 600,
        user: String = "romeo"
    ) throws -> String {
        let answer = try publish(body, tag: tag, expires: expires, user: user)
        #expect(answer.status == 200)
        return try #require(answer.values("SIP-ETag").first)
    }

    /// A document of romeo with these tuples.
    static func document(_ tuples: String, entity: String = "pres:romeo@example.net", more: String = "") -> String {
        "<?xml version='1.0' encoding='UTF-8'?><presence xmlns='urn:ietf:params:xml:ns:pidf' entity='\(entity)'"
            + " xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'>"
            + tuples + more + "</presence>"
    }

    static func tuple(_ id: String, _ basic: String = "open", note: String = "") -> String {
        "<tuple id='\(id)'><status><basic>\(basic)</basic></status>"
            + (note.isEmpty ? "" : "<note>\(note)</note>") + "</tuple>"
    }

    /// The last state that the watchers were told, each device with its words.
    var shown: [String: String] {
        var shown: [String: String] = [:]
        for case .state(_, let parts) in host.events.suffix(1) {
            for part in parts { shown[part.name] = String(decoding: part.content, as: UTF8.self) }
        }
        return shown
    }
}

extension String {
    /// The code of a response.
    var status: Int? { Int(dropFirst(8).prefix(3)) }
}

/// The gateway as presence server of the users of a neighbor.
@Suite("SIMPLELeg: PUBLISH from a neighbor")
struct CompositionTests {
    @Test("SIP-PUB-001, RFC 3903 §6: the steps of PUBLISH in order, and of two faults the earlier one answers")
    func order() throws {
        let document = Neighbor.document()
        let cases: [(changes: [String], body: String, uri: String, status: Int, line: String)] = [
            (["Event: -", "SIP-If-Match: a, b"], "bad", "sip:romeo@elsewhere.example", 404, ""),
            (["Event: -", "SIP-If-Match: a, b"], "bad", "sip:juliet@example.com", 404, ""),
            (["Event: -"], document, "sip:nurse@example.net", 489, "Allow-Events: presence"),
            (["Event: dialog", "SIP-If-Match: a, b"], "bad", "sip:romeo@example.net", 489, "Allow-Events: presence"),
            (["SIP-If-Match: a, b"], "bad", "sip:nurse@example.net", 403, ""),
            (["SIP-If-Match: a, b", "Expires: 1"], "bad", "sip:romeo@example.net", 400, ""),
            (["SIP-If-Match: a", "Expires: 1"], "bad", "sip:romeo@example.net", 412, ""),
            (["Expires: 1", "Content-Type: text/plain"], "bad", "sip:romeo@example.net", 423, "Min-Expires: 60"),
            (["Content-Type: text/plain"], "bad", "sip:romeo@example.net", 415, "Accept: application/pidf+xml"),
            (["Content-Encoding: gzip"], "bad", "sip:romeo@example.net", 415, "Accept-Encoding: identity"),
            ([], "bad", "sip:romeo@example.net", 400, ""),
            ([], "", "sip:romeo@example.net", 400, ""),
        ]
        for (changes, body, uri, status, line) in cases {
            let esc = try PublishingNeighbor()
            let type = "Content-Type: " + (body.isEmpty ? "-" : "application/pidf+xml")
            let lines = ["Event: presence", "Expires: 600", type, "CSeq: 1 PUBLISH"] + changes
            esc.peer.send("PUBLISH", lines, uri: uri, body: body)
            esc.peer.store()
            let answer = try #require(esc.peer.taken().first)
            #expect(answer.status == status, "\(changes) \(uri)")
            #expect(line.isEmpty || answer.contains("\r\n\(line)\r\n"), "\(answer)")
            #expect(esc.host.refusals.count == 1 && esc.host.records.isEmpty)
            #expect(esc.host.usages.isEmpty && esc.leg.compositions.all.isEmpty)
            #expect(esc.leg.compositions.byUser.isEmpty && esc.leg.compositions.counts.isEmpty)
        }
    }

    @Test("SIP-PUB-001, -005: 200 with Expires and SIP-ETag comes when it is stored, and not before")
    func stored() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        esc.send(Neighbor.document(), ["Record-Route: <sip:192.0.2.9;lr>", "Contact: <sip:romeo@192.0.2.9>"])
        #expect(esc.peer.taken().isEmpty && esc.told == ["admitted", "state *-"])
        #expect(esc.host.usages.values.map(\.kind) == [.compositor])
        esc.peer.store()
        let answer = try #require(esc.peer.taken().first)
        #expect(answer.status == 200 && answer.values("Expires") == ["600"])
        #expect(answer.values("SIP-ETag").count == 1)
        #expect(answer.values("Record-Route").isEmpty && answer.values("Contact").isEmpty)
        #expect(esc.told.last == "state orchard+")
        #expect(esc.host.records == ["publish"] && esc.host.refusals.isEmpty)
        let key = try #require(esc.host.usages.values.first?.key)
        #expect(key == WatchKey(watcher: "", presentity: "romeo@example.net", target: .cpim))
    }

    @Test("SIP-PUB-002, RFC 3903 §8.3: each success has another entity-tag, and only the last one counts")
    func entityTags() throws {
        let esc = try PublishingNeighbor()
        let first = try esc.published()
        let second = try esc.published("", tag: first)
        #expect(try esc.publish(tag: first).status == 412)
        let third = try esc.published(Neighbor.document("closed"), tag: second)
        #expect(Set([first, second, third]).count == 3)
        #expect(try esc.publish(Neighbor.document(), tag: second).status == 412)
        #expect(esc.host.refusals.map(\.code) == ["condition-failed", "condition-failed"])
        let gone = try esc.publish(tag: third, expires: 0)
        #expect(esc.leg.compositions.all.isEmpty)
        let anew = try esc.published()
        #expect(Set([first, second, third, try #require(gone.values("SIP-ETag").first), anew]).count == 5)
    }

    @Test("SIP-PUB-003, RFC 3903 §4.1: body and entity-tag make it initial, a refresh, a modification or the end")
    func operations() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        #expect(try esc.publish().status == 400)
        let initial = try esc.published()
        let count = esc.told.count
        let refresh = try esc.published("", tag: initial, expires: 900)
        #expect(esc.told.count == count, "a refresh says nothing")
        let modified = try esc.published(Neighbor.document("closed"), tag: refresh)
        #expect(esc.told.last == "state orchard-")
        let removed = try esc.publish(tag: modified, expires: 0)
        #expect(removed.status == 200 && removed.values("Expires") == ["0"])
        #expect(esc.told.last == "state " && esc.host.usages.isEmpty)
        #expect(try esc.publish(tag: modified, expires: 0).status == 412)
        #expect(esc.host.records == ["publish", "publish-refresh", "publish", "publish-remove"])
        let brief = try esc.publish(Neighbor.document(), expires: 0)
        #expect(brief.status == 200 && brief.values("Expires") == ["0"])
        #expect(esc.told.last == "state " && esc.leg.compositions.all.isEmpty && esc.host.usages.isEmpty)
    }

    @Test("SIP-PUB-004: what is not refreshed expires, alone, and its devices are gone")
    func expiry() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        let desk = try esc.published(Neighbor.document(id: "desk"), expires: 60)
        _ = try esc.published(Neighbor.document(id: "phone"), expires: 120)
        esc.peer.pass(30)
        _ = try esc.published("", tag: desk, expires: 60)
        esc.peer.pass(59)
        #expect(esc.told.last == "state desk+ phone+")
        esc.peer.pass(1)
        #expect(esc.told.last == "state phone+")
        #expect(esc.leg.compositions.counts == ["example.net": 1])
        esc.peer.pass(29)
        #expect(esc.told.last == "state phone+" && esc.host.usages.count == 1)
        esc.peer.pass(1)
        #expect(esc.told.last == "state " && esc.host.usages.isEmpty)
        #expect(esc.leg.compositions.all.isEmpty && esc.leg.compositions.counts.isEmpty)
        #expect(esc.leg.compositions.bytes == 0)
    }

    @Test("RFC 3903 §6: an hour when nothing is asked, never more than that, and never more than asked")
    func durations() throws {
        for (asked, granted) in [(nil, "3600"), (999_999, "3600"), (60, "60"), (61, "61")] as [(Int?, String)] {
            let answer = try PublishingNeighbor().publish(Neighbor.document(), expires: asked)
            #expect(answer.values("Expires") == [granted])
        }
        #expect(try PublishingNeighbor().publish(Neighbor.document(), expires: 59).status == 423)
    }

    @Test("SIP-PUB-005: what cannot be stored is a 500; state and entity-tag stay as they were")
    func notStored() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        let tag = try esc.published()
        let count = esc.told.count
        esc.send(Neighbor.document("closed"), tag: tag)
        esc.peer.store(false)
        let answer = try #require(esc.peer.taken().first)
        #expect(answer.status == 500 && answer.values("SIP-ETag").isEmpty && answer.values("Retry-After") == ["10"])
        #expect(esc.told.count == count && esc.host.refusals.map(\.code) == ["store"])
        #expect(esc.leg.compositions.counts == ["example.net": 1])
        #expect(try esc.publish(tag: tag).status == 200)
        esc.send(Neighbor.document(), user: "nurse")
        esc.peer.store(false)
        #expect(esc.leg.compositions.byUser.keys.sorted() == ["romeo@example.net"])
        #expect(esc.leg.compositions.counts == ["example.net": 1])
    }

    @Test("SIP-PUB-005: PUBLISH requests of one address are taken in order, each when the one before is stored")
    func pipelined() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        let tag = try esc.published()
        esc.send(Neighbor.document("closed"), tag: tag)
        esc.send(Neighbor.document(), tag: tag)
        esc.send(Neighbor.document(id: "garden"), user: "romeo")
        #expect(esc.peer.taken().isEmpty && esc.host.storing.count == 2)
        esc.peer.store()
        #expect(esc.peer.taken().map(\.status) == [200, 412, 200])
        #expect(Array(esc.told.suffix(2)) == ["state orchard-", "state orchard- garden+"])
        esc.send(Neighbor.document(), tag: "none")
        esc.send(Neighbor.document(id: "porch"))
        esc.send(Neighbor.document(id: "attic"))
        esc.peer.store(false)
        #expect(esc.peer.taken().map(\.status) == [412, 500, 500])
    }

    @Test("SIP-PUB-006, RFC 3903 §10.4: a tuple that a modification leaves out is removed, and one more is added")
    func segments() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        let both = PublishingNeighbor.document(PublishingNeighbor.tuple("t1") + PublishingNeighbor.tuple("t2"))
        let tag = try esc.published(both)
        #expect(esc.told.last == "state t1+ t2+")
        let other = PublishingNeighbor.document(PublishingNeighbor.tuple("t1") + PublishingNeighbor.tuple("t3"))
        _ = try esc.published(other, tag: tag)
        #expect(esc.told.last == "state t1+ t3+")
    }

    @Test("RFC 3856 §7.3: the tuples of all publications stand together, and ids of different ones are kept apart")
    func composed() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        let tuple = PublishingNeighbor.tuple
        let desk = try esc.published(PublishingNeighbor.document(tuple("t1", "open", "At the desk")))
        let both = tuple("t1", "open", "On the phone") + tuple("ID-t1-2", "closed", "")
        _ = try esc.published(PublishingNeighbor.document(both))
        #expect(esc.told.last == "state t1+ t1-2-2+ t1-2-")
        #expect(esc.shown["t1"]?.contains("At the desk") == true)
        #expect(esc.shown["t1-2-2"]?.contains("On the phone") == true)
        // Whoever is modified stays who it is.
        _ = try esc.published(PublishingNeighbor.document(tuple("t1", "open", "Back soon")), tag: desk)
        #expect(esc.told.last == "state t1+ t1-2-2+ t1-2-")
        #expect(esc.shown["t1"]?.contains("Back soon") == true)
    }

    @Test("RFC 4479 §3.5: of persons in several publications the one that was published last counts")
    func persons() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        let person = { (activity: String) in
            "<dm:person id='p'><r:activities><r:\(activity)/></r:activities></dm:person>"
        }
        let tuple = PublishingNeighbor.tuple
        let desk = try esc.published(PublishingNeighbor.document(tuple("desk", "open", ""), more: person("away")))
        #expect(esc.shown["desk"]?.contains("away") == true)
        _ = try esc.published(PublishingNeighbor.document(tuple("phone", "open", ""), more: person("busy")))
        #expect(esc.shown["desk"]?.contains("dnd") == true && esc.shown["phone"]?.contains("dnd") == true)
        _ = try esc.published(PublishingNeighbor.document(tuple("desk", "open", ""), more: person("away")), tag: desk)
        #expect(esc.shown["phone"]?.contains("away") == true)
    }

    @Test("RFC 4480 §3.1: what holds until a time is told again when the time has come")
    func timed() throws {
        let esc = try PublishingNeighbor()
        esc.leg.subscribe(Neighbor.outward)
        // The clock of the stage stands at 2026-03-01T12:00:00Z.
        let person =
            "<dm:person id='p'><r:activities until='2026-03-01T12:01:00Z'><r:away/></r:activities></dm:person>"
        _ = try esc.published(PublishingNeighbor.document(PublishingNeighbor.tuple("t1"), more: person))
        #expect(esc.shown["t1"]?.contains("away") == true)
        let count = esc.told.count
        esc.peer.pass(59)
        #expect(esc.told.count == count)
        esc.peer.pass(1)
        #expect(esc.told.count == count + 1 && esc.shown["t1"]?.contains("away") == false)
    }

    @Test("RFC 3339 §5.6: a date at the end of all dates is far away, also after a restart")
    func furthestDate() throws {
        let esc = try PublishingNeighbor()
        let person = "<dm:person id='p'><r:activities until='9999-12-31T23:59:59Z'><r:away/></r:activities></dm:person>"
        _ = try esc.published(
            PublishingNeighbor.document(PublishingNeighbor.tuple("t1"), more: person),
            expires: 3_600
        )
        let usage = try #require(esc.host.usages.values.first)
        let next = try PublishingNeighbor()
        #expect(next.leg.restore(usage, delay: 0))
        next.leg.subscribe(Neighbor.outward)
        #expect(next.shown["t1"]?.contains("away") == true)
    }

    // MARK: Bodies

    @Test(
        "SIP-PUB-008, PIDF-002, RFC 3863 §4: what is no presence document about somebody is a 400",
        arguments: [
            ("<html/>", "pidf-root"), ("<presence xmlns='urn:x' entity='pres:romeo@example.net'/>", "pidf-root"),
            ("<presence entity='pres:romeo@example.net'/>", "pidf-root"), ("<presence", "pidf-xml"),
            ("<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", "pidf-missing-entity"),
            ("<?xml version='1.0' encoding='ISO-8859-1'?><presence xmlns='urn:x'/>", "pidf-encoding"),
        ]
    )
    func unreadable(body: String, code: String) throws {
        let esc = try PublishingNeighbor()
        #expect(try esc.publish(body).status == 400)
        #expect(esc.host.refusals.map(\.code) == [code] && esc.host.usages.isEmpty)
        let tag = try esc.published()
        #expect(try esc.publish(body, tag: tag).status == 400)
        #expect(try esc.publish(tag: tag).status == 200, "what is refused changes nothing")
    }

    @Test(
        "SIP-PUB-009: XML with a document type declaration is refused, whatever it declares",
        arguments: [
            "<!DOCTYPE p [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
            "<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
            "<!DOCTYPE p [<!ENTITY x SYSTEM 'http://127.0.0.1/x'>]>",
            "<!DOCTYPE p SYSTEM 'http://127.0.0.1/x.dtd'>", "<!DOCTYPE p [<!ENTITY % x 'y'> %x;]>",
        ]
    )
    func documentType(declaration: String) throws {
        let esc = try PublishingNeighbor()
        #expect(try esc.publish(declaration + Neighbor.document()).status == 400)
        #expect(try esc.publish("<?xml version='1.0'?>" + declaration + "<p>&b;&x;</p>").status == 400)
        #expect(esc.host.refusals.count == 2 && esc.host.usages.isEmpty)
    }

    @Test("SIP-PUB-010: depth, attributes, tuples and bytes of a document are bounded")
    func large() throws {
        let deep = String(repeating: "<x>", count: 1_000)
        let wide = (0..<1_000).map { " a\($0)=''" }.joined()
        let tuples = String(repeating: PublishingNeighbor.tuple("t"), count: 600)
        let documents = [
            PublishingNeighbor.document("", more: "<r:a>" + deep),
            PublishingNeighbor.document("<tuple id='t'\(wide)/>"),
            PublishingNeighbor.document(tuples),
        ]
        for document in documents {
            let esc = try PublishingNeighbor()
            let status = try esc.publish(document).status
            #expect(status == 413 || status == 400)
            #expect(esc.host.usages.isEmpty)
        }
        let document = Neighbor.document()
        let exact = try PublishingNeighbor { $0.publishedBytes = document.utf8.count }
        #expect(try exact.publish(document).status == 200)
        #expect(try exact.publish(document + " ").status == 413)
        #expect(exact.host.refusals.map(\.code) == ["oversize"])
    }

    // MARK: Who publishes

    @Test("SIP-PUB-011, RFC 3856 §7.3: a document about somebody else is refused with 403")
    func entity() throws {
        let esc = try PublishingNeighbor()
        for entity in ["pres:nurse@example.net", "pres:romeo@elsewhere.example", "sip:nurse@example.net", "romeo", ""] {
            let answer = try esc.publish(Neighbor.document(entity: entity))
            #expect(answer.status == (entity.isEmpty ? 400 : 403), "\(entity)")
        }
        #expect(esc.host.refusals.first?.code == "entity-mismatch" && esc.host.usages.isEmpty)
        for entity in ["sip:romeo@example.net", "im:romeo@EXAMPLE.net", "sip:romeo@example.net:5062;transport=tcp"] {
            #expect(try esc.publish(Neighbor.document(entity: entity)).status == 200, "\(entity)")
        }
    }

    @Test("RFC 3903 §14.1: nobody publishes for somebody else, nor from an address that may not speak for the domain")
    func publisher() throws {
        let esc = try PublishingNeighbor()
        let other = try esc.publish(Neighbor.document(), ["From: <sip:nurse@example.net>;tag=r"])
        #expect(other.status == 403)
        #expect(try esc.publish(Neighbor.document(), ["From: <sip:romeo@elsewhere.example>;tag=r"]).status == 403)
        esc.peer.send("PUBLISH", ["Event: presence"], uri: "sip:romeo@example.net", on: Stage.flow(from: "192.0.2.7"))
        #expect(esc.peer.taken().first?.status == 403)
        #expect(esc.host.refusals.map(\.code) == ["identity-mismatch", "identity-mismatch", "untrusted-peer"])
        #expect(esc.host.usages.isEmpty)
    }

    @Test("RFC 3325 §4: whom a trusted proxy asserts publishes for itself, though From hides")
    func asserted() throws {
        let hidden = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=r"
        let esc = try PublishingNeighbor { $0.intermediaries = ["127.0.0.1"] }
        let document = Neighbor.document()
        #expect(try esc.publish(document, [hidden, "P-Asserted-Identity: <sip:romeo@example.net>"]).status == 200)
        #expect(try esc.publish(document, [hidden, "P-Asserted-Identity: <sip:nurse@example.net>"]).status == 403)
        let plain = try PublishingNeighbor()
        #expect(try plain.publish(document, [hidden, "P-Asserted-Identity: <sip:romeo@example.net>"]).status == 433)
    }

    @Test("RFC 3903 §7: OPTIONS tells of PUBLISH where it is served, and elsewhere it is not")
    func served() throws {
        let esc = try PublishingNeighbor()
        esc.peer.send("OPTIONS", [], uri: "sip:gw.example.org")
        #expect(esc.peer.taken().first?.values("Allow") == ["MESSAGE, SUBSCRIBE, NOTIFY, PUBLISH, OPTIONS"])
        let plain = try Neighbor()
        plain.send("PUBLISH", ["Event: presence"], uri: "sip:romeo@example.net")
        #expect(plain.taken().first?.status == 405)
    }

    // MARK: Bounds

    @Test("Publications of one user are bounded; one more is a 503 with Retry-After, and an end makes room")
    func perUser() throws {
        let esc = try PublishingNeighbor { $0.publicationsPerUser = 2 }
        let tag = try esc.published(Neighbor.document(id: "a"))
        _ = try esc.published(Neighbor.document(id: "b"))
        let answer = try esc.publish(Neighbor.document(id: "c"))
        #expect(answer.status == 503 && answer.values("Retry-After") == ["60"])
        #expect(esc.host.refusals.map(\.code) == ["queue-full"])
        #expect(try esc.publish(Neighbor.document(id: "c"), user: "nurse").status == 403)
        let nurse = Neighbor.document(id: "c", entity: "pres:nurse@example.net")
        #expect(try esc.publish(nurse, user: "nurse").status == 200)
        #expect(try esc.publish(tag: tag, expires: 0).status == 200)
        #expect(try esc.publish(Neighbor.document(id: "c")).status == 200)
    }

    @Test("Publications of one domain and bytes of all are bounded; what was there may be refreshed")
    func perPeer() throws {
        let nurse = Neighbor.document(entity: "pres:nurse@example.net")
        let esc = try PublishingNeighbor { $0.publicationsPerPeer = 1 }
        let tag = try esc.published()
        #expect(try esc.publish(nurse, user: "nurse").status == 503)
        let next = try esc.published(Neighbor.document("closed"), tag: tag)
        #expect(try esc.publish(tag: next, expires: 0).status == 200)
        #expect(try esc.publish(nurse, user: "nurse").status == 200)
        let document = Neighbor.document()
        let small = try PublishingNeighbor { $0.publicationBytes = document.utf8.count }
        let first = try small.published(document)
        #expect(try small.publish(document + " ", tag: first).status == 503)
        #expect(try small.publish(document).status == 503)
        #expect(try small.publish(tag: first).status == 200)
    }

    @Test("What documents say to watchers is bounded: beyond that a device is there without words")
    func words() throws {
        let document = PublishingNeighbor.document(PublishingNeighbor.tuple("t1", "open", note: "Gone to Mantua"))
        let plain = try PublishingNeighbor()
        plain.leg.subscribe(Neighbor.outward)
        let tag = try plain.published(document)
        let bytes = plain.leg.compositions.toldBytes
        #expect(plain.shown["t1"]?.utf8.count == bytes && plain.shown["t1"]?.contains("Gone to Mantua") == true)
        _ = try plain.published("", tag: tag, expires: 60)
        plain.peer.pass(60)
        #expect(plain.leg.compositions.toldBytes == 0)
        for (most, isKept) in [(bytes, true), (bytes - 1, false)] {
            let esc = try PublishingNeighbor { $0.composedBytes = most }
            esc.leg.subscribe(Neighbor.outward)
            _ = try esc.published(document)
            #expect(esc.told.last == "state t1+" && esc.shown["t1"]?.isEmpty == !isKept)
        }
        let many = (0...Publication.largestCount).map { PublishingNeighbor.tuple("t\($0)") }.joined()
        let wide = try PublishingNeighbor()
        wide.leg.subscribe(Neighbor.outward)
        _ = try wide.published(PublishingNeighbor.document(many))
        #expect(wide.shown.count == Publication.largestCount)
    }

    @Test("PUBLISH requests of one user that wait for the store are bounded")
    func waiting() throws {
        let esc = try PublishingNeighbor { $0.publicationsPerUser = 2 }
        for _ in 1...4 { esc.send(Neighbor.document()) }
        #expect(esc.peer.taken().map(\.status) == [503])
        esc.peer.store()
        #expect(esc.peer.taken().map(\.status) == [200, 200, 503])
    }

    @Test("Documents that wait have a bound in bytes as well", arguments: [0, 1])
    func waitingBytes(more: Int) throws {
        let esc = try PublishingNeighbor()
        esc.send(Neighbor.document())
        let most = SIMPLELeg.largestWaiting / 4
        for length in [most, most, most, most + more] { esc.send(String(repeating: "x", count: length)) }
        #expect(esc.peer.taken().map(\.status) == (more == 0 ? [] : [503]))
    }
}
