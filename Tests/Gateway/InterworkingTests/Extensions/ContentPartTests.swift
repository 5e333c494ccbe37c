import CPIM
import MIME
import MappingTables
import Testing

@testable import Interworking
@testable import VectorSupport

/// Parts of a content that cross by rows alone.
@Suite("Parts of a content")
struct ContentPartTests {
    private static let invitation =
        "<body>Lunch?</body><invitation xmlns='urn:example:calendar'>BEGIN:VCALENDAR\nEND:VCALENDAR\n</invitation>"
    private static let calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    private static let cpim = [(name: "msg.carrier", value: "cpim")]
    private static let plain = [(name: "msg.carrier", value: "sip")]

    /// A table of a site with one row.
    private static func table(_ row: String) -> String {
        "format: isthmus-mapping/1\ntable: message.xmpp\nkind: fields\nrows:\n  - {id: own, \(row)}\n"
    }

    private func shore(_ row: String, _ settings: [(name: String, value: String)] = plain) throws -> ExtensionShore {
        try ExtensionShore(ShippedTables.generation(adding: Self.table(row)), settings)
    }

    private static func mixed(_ parts: String...) -> String {
        parts.map { "--b\r\n\($0)\r\n" }.joined() + "--b--\r\n"
    }

    // MARK: Out

    @Test("RFC 2046 §5.1.3, RFC 5545 §8.1: an invitation goes out behind the text")
    func invitationOut() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"), Self.plain)
        let text = try shore.sent(Self.invitation)
        #expect(text.contains("Content-Type: multipart/mixed; boundary=isthmus\r\n"))
        #expect(
            text.hasSuffix(
                "--isthmus\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nLunch?\r\n"
                    + "--isthmus\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
                    + Self.calendar + "\r\n--isthmus--\r\n"
            )
        )
    }

    @Test("RFC 3862 §2: an invitation alone is the content of the object")
    func alone() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"), Self.cpim)
        let text = try shore.sent("<invitation xmlns='urn:example:calendar'>BEGIN:VCALENDAR\n</invitation>")
        #expect(
            text.hasSuffix(
                "\r\n\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\n"
            )
        )
    }

    @Test("RFC 2046 §5.1.3: several parts keep their order, and a boundary occurs in none of them")
    func order() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"), Self.plain)
        let text = try shore.sent(
            "<body>a</body><invitation xmlns='urn:example:calendar'>--isthmus\n1</invitation>"
                + "<invitation xmlns='urn:example:calendar'>2</invitation>"
        )
        #expect(text.contains("boundary=isthmus-1"))
        let pieces = text.split(separator: "--isthmus-1\r\n")
        #expect(pieces.count == 4)
        #expect(pieces[2].hasSuffix("\r\n\r\n--isthmus\r\n1\r\n"))
        #expect(pieces[3].contains("\r\n\r\n2\r\n"))
    }

    @Test("RFC 3261 §20.1: a recipient that takes other types gets the text, and the row says what is lost")
    func notTaken() throws {
        for accepts in [["text/plain", "text/calendar"], ["text/plain", "multipart/mixed"]] {
            var shore = try ExtensionShore(Examples.generation("calendar"), Self.plain)
            shore.facts.peer.accepts = accepts
            #expect(try shore.sent(Self.invitation).hasSuffix("\r\n\r\nLunch?"))
            #expect(try shore.pivot(Self.invitation).trace.losses.map(\.lossClass) == [.part])
        }
        var shore = try ExtensionShore(Examples.generation("calendar"), Self.plain)
        shore.facts.peer.accepts = ["text/*", "multipart/mixed"]
        #expect(try shore.sent(Self.invitation).contains("text/calendar"))
    }

    @Test("RFC 3261 §21.4.13: what a recipient takes counts when the request is made, too")
    func learnedLater() throws {
        var shore = try ExtensionShore(Examples.generation("calendar"), Self.plain)
        let pivot = try #require(try shore.pivot(Self.invitation).value)
        shore.facts.peer.accepts = ["text/plain"]
        let request = shore.translator.request(from: pivot, identity: MessageSamples.identity, facts: shore.facts)
        #expect(HeaderText.text(try #require(request.value).bytes).hasSuffix("\r\n\r\nLunch?"))
        #expect(request.trace.losses.map(\.lossClass) == [.part])
    }

    @Test("RFC 3428 §8: parts are given up before a message is too large for the way")
    func tooLarge() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"), Self.plain)
        let long = String(repeating: "x", count: 1_400)
        let request = try shore.request("<body>a</body><invitation xmlns='urn:example:calendar'>\(long)</invitation>")
        #expect(HeaderText.text(try #require(request.value).bytes).hasSuffix("\r\n\r\na"))
        #expect(request.trace.losses.map(\.lossClass) == [.part])
        let alone = try shore.request("<invitation xmlns='urn:example:calendar'>\(long)</invitation>")
        #expect(alone.refusal?.code == .oversize)
    }

    @Test("a part that may only stand alone is lost beside a text")
    func wholeOnly() throws {
        let shore = try shore(
            "xmpp: {element: e, namespace: 'urn:x'}, cpim: {part: application/x, place: whole}, loss: message.part"
        )
        #expect(try shore.sent("<e xmlns='urn:x'>1</e>").contains("Content-Type: application/x\r\n"))
        let both = try shore.pivot("<body>a</body><e xmlns='urn:x'>1</e>")
        #expect(both.trace.losses.map(\.lossClass) == [.part])
    }

    @Test("RFC 2045 §6.8: octets cross in Base64 both ways, and what is no Base64 is lost")
    func octets() throws {
        let shore = try shore("xmpp: {element: e, namespace: 'urn:x'}, cpim: {part: image/png, as: base64}")
        #expect(
            try shore.sent("<e xmlns='urn:x'>aGk=</e>").hasSuffix(
                "Content-Type: image/png\r\nContent-Length: 2\r\n\r\nhi"
            )
        )
        #expect(try shore.pivot("<body>a</body><e xmlns='urn:x'>a*</e>").trace.losses.map(\.lossClass) == [.value])
        let back = try shore.received("image/png", "aGk=", "Content-Transfer-Encoding: base64")
        #expect(back.text.contains("<e xmlns='urn:x'>aGk=</e>"))
        #expect(!back.text.contains("<body"))
    }

    // MARK: In

    @Test("RFC 2046 §5.1.3: an invitation comes in beside the text; one encoded as quoted-printable is read")
    func invitationIn() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"))
        let body = Self.mixed(
            "Content-Type: text/plain\r\n\r\nLunch?",
            "Content-Type: text/calendar; method=\"request\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                + "BEGIN:VC=\r\nALENDAR=0D=0A"
        )
        let stanza = try shore.received("multipart/mixed;boundary=b", body)
        #expect(stanza.text.contains("<body>Lunch?</body>"))
        #expect(stanza.text.contains("<invitation xmlns='urn:example:calendar'>BEGIN:VCALENDAR\n</invitation>"))
        #expect(stanza.trace.losses.isEmpty)
    }

    @Test("RFC 2046 §5.1.4: an invitation that is an alternative of the text comes in with it")
    func alternative() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"))
        let body = Self.mixed(
            "Content-Type: text/plain\r\n\r\nLunch?",
            "Content-Type: text/calendar;method=REQUEST\r\n\r\nX"
        )
        let stanza = try shore.received("multipart/alternative;boundary=b", body)
        #expect(stanza.text.contains("<body>Lunch?</body>"))
        #expect(stanza.text.contains("<invitation xmlns='urn:example:calendar'>X</invitation>"))
    }

    @Test("RFC 3261 §21.4.13: a type that no row names is refused as before, and the refusal names those of rows")
    func unnamed() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"))
        let refusal = try #require(try shore.received("application/zip", "x").refusal)
        #expect(refusal.code == .unsupportedType)
        #expect(refusal.headers.contains { $0.value.contains("text/calendar") })
        let shipped = try ExtensionShore(ShippedTables.generation())
        #expect(try shipped.received("text/calendar;method=REQUEST", "x").refusal?.code == .unsupportedType)
        let body = Self.mixed("Content-Type: text/plain\r\n\r\nhi", "Content-Type: text/calendar\r\n\r\nx")
        #expect(try shipped.received("multipart/mixed;boundary=b", body).trace.losses.map(\.lossClass) == [.part])
    }

    @Test("RFC 2183 §2: a disposition that a row names must be there")
    func disposition() throws {
        let shore = try shore(
            "xmpp: {element: e, namespace: 'urn:x'}, cpim: {part: application/x, disposition: Attachment}"
        )
        #expect(try shore.sent("<body>a</body><e xmlns='urn:x'>1</e>").contains("Content-Disposition: attachment\r\n"))
        func text(_ disposition: String) throws -> String {
            let part = "Content-Type: application/x\r\nContent-Disposition: \(disposition)\r\n\r\n1"
            let body = Self.mixed("Content-Type: text/plain\r\n\r\nhi", part)
            return try shore.received("multipart/mixed;boundary=b", body).text
        }
        #expect(try text("attachment; filename=f").contains("<e xmlns='urn:x'>1</e>"))
        #expect(try !text("inline").contains("<e "))
    }

    @Test("a type with an asterisk is read for all of its subtypes")
    func subtypes() throws {
        let shore = try shore(
            "xmpp: {element: e, namespace: 'urn:x'}, cpim: {part: 'image/*', as: base64}, way: to-xmpp"
        )
        #expect(try shore.received("image/gif", "hi").text.contains("<e xmlns='urn:x'>aGk=</e>"))
        #expect(try shore.received("video/gif", "hi").refusal?.code == .unsupportedType)
    }

    // MARK: Bounds

    @Test("at most sixteen parts are taken, and the rest is lost")
    func partLimit() throws {
        let shore = try ExtensionShore(Examples.generation("calendar"))
        for count in [FoundPart.limit, FoundPart.limit + 1] {
            let parts = (0..<count).map { "--b\r\nContent-Type: text/calendar;method=CANCEL\r\n\r\n\($0)\r\n" }
            let stanza = try shore.received("multipart/mixed;boundary=b", parts.joined() + "--b--\r\n")
            #expect(stanza.text.ranges(of: "<cancellation").count == FoundPart.limit)
            #expect(stanza.trace.losses.map(\.lossClass) == (count > FoundPart.limit ? [.part] : []))
            let elements = (0..<count).map { "<cancellation xmlns='urn:example:calendar'>\($0)</cancellation>" }
            let pivot = try shore.pivot("<body>a</body>" + elements.joined())
            #expect(pivot.trace.losses.map(\.lossClass) == (count > FoundPart.limit ? [.part] : []))
        }
    }

    @Test("a part larger than the bound refuses the message")
    func sizeLimit() throws {
        var shore = try ExtensionShore(Examples.generation("calendar"))
        shore.facts.peer.stanzaLimit = 1 << 20
        let fits = String(repeating: "x", count: FoundPart.largest)
        #expect(try shore.received("text/calendar;method=CANCEL", fits).text.contains("x</cancellation>"))
        #expect(try shore.received("text/calendar;method=CANCEL", fits + "x").refusal?.code == .oversize)
    }

    @Test(
        "an element that comes as XML is the row's own, well-formed and no other",
        arguments: [
            "<evil xmlns='urn:example:calendar'/>", "<booking xmlns='jabber:client'/>",
            "<booking xmlns='urn:example:calendar'>",
            "<booking xmlns='urn:example:calendar'/></message><message>",
            "<!DOCTYPE x><booking xmlns='urn:example:calendar'/>", "",
        ]
    )
    func injection(xml: String) throws {
        let shore = try ExtensionShore(Examples.generation("calendar"))
        let part = "Content-Type: application/vnd.example.booking+xml\r\nContent-Disposition: attachment\r\n\r\n" + xml
        let stanza = try shore.received(
            "multipart/mixed;boundary=b",
            Self.mixed("Content-Type: text/plain\r\n\r\nhi", part)
        )
        #expect(stanza.text.contains("<body>hi</body>"))
        #expect(!stanza.text.contains("<booking") && !stanza.text.contains("evil"))
        #expect(stanza.trace.losses.map(\.lossClass) == [.part])
    }

    @Test(
        "RFC 4483 §5.4: a value that would end the header is no parameter",
        arguments: [
            "https://h.example/a\r\nX: y", "https://h.example/a\"; x=\"y", "https://h.example/\\",
        ]
    )
    func parameterInjection(url: String) throws {
        let shore = try shore(
            "xmpp: {element: e, namespace: 'urn:x'}, cpim: {part: 'message/external-body; access-type=URL', parameter: URL}"
        )
        let pivot = try shore.pivot("<body>a</body><e xmlns='urn:x'>\(url.replacing("\r", with: "&#13;"))</e>")
        #expect(pivot.trace.losses.map(\.lossClass) == [.value])
    }

    // MARK: By reference

    @Test("RFC 4483 §5.4, XEP-0066 §3: a file goes out as a body by reference and comes back as a link")
    func byReference() throws {
        let shore = try ExtensionShore(Examples.generation("files-by-reference"), Self.plain)
        let xml = "<body>look</body><x xmlns='jabber:x:oob'><url>https://h.example/f.png</url></x>"
        #expect(
            try shore.sent(xml).contains(
                "Content-Type: message/external-body; access-type=URL; url=\"https://h.example/f.png\"\r\n"
            )
        )
        let back = try shore.mirrored(xml)
        #expect(back.text.contains("<body>look</body>"))
        #expect(back.text.contains("<x xmlns='jabber:x:oob'><url>https://h.example/f.png</url></x>"))
        #expect(back.trace.losses.isEmpty)
    }

    @Test("a list of addresses comes in as links; its comments do not")
    func list() throws {
        let shore = try ExtensionShore(Examples.generation("files-by-reference"))
        let stanza = try shore.received("text/uri-list", "# two\r\nhttps://h.example/1\r\n\r\nhttps://h.example/2\r\n")
        #expect(stanza.text.contains("<body>https://h.example/1</body>"))
        #expect(
            stanza.text.contains(
                "<url>https://h.example/1</url></x><x xmlns='jabber:x:oob'><url>https://h.example/2</url>"
            )
        )
    }
}
