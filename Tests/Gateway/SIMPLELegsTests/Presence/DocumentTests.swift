import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Bodies of NOTIFY: what counts, what is asked for again, and what is refused.
@Suite("SIMPLELeg: documents")
struct DocumentTests {
    private static let head = "<?xml version='1.0'?>"
    private static let pidf = "urn:ietf:params:xml:ns:pidf"
    private static let root = "\(head)<presence xmlns='\(pidf)' entity='pres:romeo@example.net'>"

    /// Bodies, each with the reason on record.
    private static let garbageBodies: [(String, String)] = {
        let tuples = (0...500).map { "<tuple id='t\($0)'><status><basic>open</basic></status></tuple>" }.joined()
        let entities = "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
        let bomb =
            "\(head)<!DOCTYPE p [\(entities)]>" + root.dropFirst(head.count) + "<note>&b;&b;&b;</note></presence>"
        let external = "\(head)<!DOCTYPE presence SYSTEM 'file:///etc/passwd'>"
        return [
            ("not XML at all", "pidf-xml"), ("<html/>", "pidf-root"),
            ("\(head)<presence entity='pres:romeo@example.net'/>", "pidf-root"),
            ("\(root)<tuple id='a'></presence>", "pidf-xml"),
            (Neighbor.document(entity: "pres:victim@example.net"), "entity-mismatch"),
            (external + root.dropFirst(head.count) + "</presence>", "pidf-doctype"), (bomb, "pidf-doctype"),
            (root + tuples + "</presence>", "pidf-limit"),
            (root + String(repeating: "<a xmlns='urn:a'>", count: 10_000), "pidf-limit"),
        ]
    }()

    /// Tells what a body leads to in a subscription that stands: the answers, the events and the reasons on record.
    private func outcome(
        of body: String,
        type: String = "application/pidf+xml"
    ) throws -> (answers: [String], told: [String], codes: [String]) {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let before = peer.told.count
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, type: type, body: body)
        peer.store()
        let sent = peer.taken().map { String($0.prefix { $0 != "\r\n" }.prefix(11)) }
        return (sent, Array(peer.told.dropFirst(before)), peer.stage.host.refusals.map(\.code))
    }

    @Test(
        "PIDF-002, -007, -030, CIPID-010: what is no document of the presentity says nothing, and why is on record",
        arguments: garbageBodies
    )
    func garbage(_ body: String, _ code: String) throws {
        let (answers, told, codes) = try outcome(of: body)
        #expect(answers == ["SIP/2.0 200"])
        #expect(told == ["admitted"])
        #expect(codes == [code])
    }

    @Test("RFC 3261 §8.2.3: a type that is no presence is refused before anything is read")
    func otherTypes() throws {
        let (answers, told, codes) = try outcome(of: "hello", type: "text/plain")
        #expect(answers == ["SIP/2.0 415"] && told.isEmpty)
        #expect(codes.isEmpty || codes == ["unsupported-type"])
    }

    @Test("RFC 3922 §5.2: a document in a Message/CPIM object counts")
    func wrapped() throws {
        let object = [
            "From: <pres:romeo@example.net>", "To: <pres:juliet@example.com>", "",
            "Content-Type: application/pidf+xml; charset=utf-8", "", Neighbor.document("closed"),
        ].joined(separator: "\r\n")
        let (answers, told, _) = try outcome(of: object, type: "message/cpim")
        #expect(answers == ["SIP/2.0 200"] && told == ["admitted", "state orchard-"])
    }

    // MARK: Partial documents

    private static let diff =
        "<p:pidf-diff xmlns='\(pidf)' xmlns:p='urn:ietf:params:xml:ns:pidf-diff' entity='pres:romeo@example.net' "
        + "version='2'><p:replace sel='*/tuple[@id=\"ID-orchard\"]/status/basic/text()'>closed</p:replace></p:pidf-diff>"

    @Test("PRES-079: what tells only what changed is answered by asking for the whole, once until the whole came")
    func partial() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let before = peer.told.filter { $0.hasPrefix("state") }.count
        try peer.notify(
            subscribe,
            "active;expires=3600",
            cseq: 5,
            type: "application/pidf-diff+xml",
            body: Self.diff
        )
        let refresh = try #require(peer.taken().first { $0.hasPrefix("SUBSCRIBE ") })
        #expect(refresh.values("To") == ["<sip:romeo@example.net>;tag=n1"] && refresh.values("Expires") == ["3600"])
        #expect(peer.told.filter { $0.hasPrefix("state") }.count == before)
        #expect(peer.stage.host.refusals.map(\.code) == ["partial-document"])
        peer.answer(refresh, 200, "Expires: 3600")
        for sequence in 6...8 {
            try peer.notify(
                subscribe,
                "active;expires=3600",
                cseq: sequence,
                type: "application/pidf-diff+xml",
                body: Self.diff
            )
        }
        #expect(!peer.taken().contains { $0.hasPrefix("SUBSCRIBE ") })
        try peer.notify(subscribe, "active;expires=3600", cseq: 9, body: Neighbor.document("closed"))
        #expect(peer.told.last == "state orchard-")
        try peer.notify(
            subscribe,
            "active;expires=3600",
            cseq: 10,
            type: "application/pidf-diff+xml",
            body: Self.diff
        )
        #expect(peer.taken().contains { $0.hasPrefix("SUBSCRIBE ") })
    }

    @Test("PRES-080: a full document of the partial kind counts as such")
    func full() throws {
        let body =
            "<p:pidf-full xmlns='\(Self.pidf)' xmlns:p='urn:ietf:params:xml:ns:pidf-diff' "
            + "entity='pres:romeo@example.net' version='1'><tuple id='ID-orchard'><status><basic>closed</basic></status>"
            + "</tuple></p:pidf-full>"
        let (_, told, codes) = try outcome(of: body, type: "application/pidf-diff+xml")
        #expect(told.last == "state orchard-" && codes.isEmpty)
    }

    // MARK: Age

    private static func dated(_ basic: String, _ time: String, id: String = "ID-orchard") -> String {
        "<tuple id='\(id)'><status><basic>\(basic)</basic></status><timestamp>\(time)</timestamp></tuple>"
    }

    private static func document(_ tuples: String...) -> String {
        "\(head)<presence xmlns='\(pidf)' entity='pres:romeo@example.net'>\(tuples.joined())</presence>"
    }

    @Test("PRES-065: a document whose newest timestamp is older than that of the last one says nothing")
    func outdated() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let bodies = [
            Self.document(Self.dated("open", "2026-03-01T12:00:00Z")),
            Self.document(Self.dated("closed", "2026-03-01T11:59:59Z")),
            Self.document(Self.dated("closed", "2026-03-01T12:00:00Z")),
        ]
        var told: [[String]] = []
        for (index, body) in bodies.enumerated() {
            let before = peer.told.count
            try peer.notify(subscribe, "active;expires=3600", cseq: 5 + index, body: body)
            told.append(peer.told.dropFirst(before).filter { $0.hasPrefix("state") })
        }
        #expect(told == [["state orchard+"], [], ["state orchard-"]])
        #expect(peer.stage.host.refusals.map(\.code) == ["outdated-document"])
        peer.store()
        #expect(peer.taken().allSatisfy { $0.hasPrefix("SIP/2.0 200") })
    }

    @Test("A document in which the newest device is only missing counts: the device went")
    func missing() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let old = Self.dated("open", "2026-03-01T11:00:00Z", id: "ID-balcony")
        let both = Self.document(old, Self.dated("open", "2026-03-01T12:00:00Z"))
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, body: both)
        try peer.notify(subscribe, "active;expires=3600", cseq: 6, body: Self.document(old))
        #expect(peer.told.last == "state balcony+")
    }

    /// A device of a user who is in a meeting until a minute past noon.
    private static let meeting =
        "<tuple id='ID-orchard'><status><basic>open</basic></status></tuple>"
        + "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' id='p1'>"
        + "<rpid:activities xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' until='2026-03-01T12:01:00Z'>"
        + "<rpid:meeting/></rpid:activities></dm:person>"

    @Test("RFC 4480 §3.1: what holds until a time is read again then, without another NOTIFY")
    func expiring() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        // The clock of the stage stands at 2026-03-01T12:00:00Z.
        let body = Self.document(Self.meeting)
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, body: body)
        let shown = try #require(Self.content(peer))
        #expect(shown.contains("<show>dnd</show>"))
        let count = peer.told.count
        peer.pass(59)
        #expect(peer.told.count == count)
        peer.pass(2)
        #expect(peer.told.count == count + 1)
        #expect(try #require(Self.content(peer)).contains("dnd") == false)
        peer.pass(60)
        #expect(peer.told.count == count + 1)
    }

    @Test("RFC 3339 §5.6: a date at the end of all dates is far away")
    func furthestDate() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let body = Self.document(Self.meeting.replacing("2026-03-01T12:01:00Z", with: "9999-12-31T23:59:59Z"))
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, body: body)
        #expect(try #require(Self.content(peer)).contains("<show>dnd</show>"))
    }

    @Test("Documents are kept for that up to the bound, and an end makes room", arguments: [0, 1])
    func keptDocumentsAreBounded(spare: Int) throws {
        let body = Self.document(Self.meeting)
        let peer = try Neighbor { $0.documentBytes = body.utf8.count - 1 + spare }
        let subscribe = try peer.subscribed()
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, body: body)
        #expect(peer.stage.leg.subscriptions.documentBytes == (spare == 0 ? 0 : body.utf8.count))
        let count = peer.told.count
        peer.pass(61)
        #expect(peer.told.count == count + spare)
        try peer.notify(subscribe, "terminated;reason=rejected", cseq: 6)
        #expect(peer.stage.leg.subscriptions.documentBytes == 0)
    }

    @Test("What an ended subscription said is not read again")
    func forgotten() throws {
        let peer = try Neighbor()
        let subscribe = try peer.subscribed()
        let body = Self.document(Self.meeting)
        try peer.notify(subscribe, "active;expires=3600", cseq: 5, body: body)
        try peer.notify(subscribe, "terminated;reason=rejected", cseq: 6)
        let count = peer.told.count
        peer.pass(120)
        #expect(peer.told.count == count)
    }

    @Test("CIPID-001, RFC 4482 §3.2: a name in the language of the watcher is told before others")
    func language() throws {
        for (language, name) in [("de", "Liesl"), ("fr", "Elise"), (nil, "Alice")] {
            let peer = try Neighbor(switches: [("cipid", "on")])
            peer.stage.host.languages[Neighbor.outward.watcher] = language
            let subscribe = try peer.subscribed()
            let names = ["", " xml:lang='fr'", " xml:lang='de'"].enumerated().map { place, attribute in
                "<c:display-name\(attribute)>\(["Alice", "Elise", "Liesl"][place])</c:display-name>"
            }
            let person =
                "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' id='p' "
                + "xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'>\(names.joined())</dm:person>"
            let body = Neighbor.document().replacing("</presence>", with: person + "</presence>")
            try peer.notify(subscribe, "active;expires=3600", cseq: 2, body: body)
            let items = try #require(peer.stage.host.told.last).1.map { String(decoding: $0.payload, as: UTF8.self) }
            #expect(items.contains { $0.contains(">\(name)<") }, "\(items)")
        }
    }

    private static func content(_ peer: Neighbor) -> String? {
        guard case .state(_, let parts) = peer.stage.host.events.last else { return nil }
        return parts.map { String(decoding: $0.content, as: UTF8.self) }.joined()
    }
}
