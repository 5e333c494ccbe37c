import Digests
import Foundation
import Testing

@testable import Ledger

@Suite("AuditRecord")
struct AuditRecordTests {
    static func full() -> AuditRecord {
        var record = AuditRecord(.delivered, time: sampleTime, node: "gw.example.net", crossing: "c1")
        record.leg = "sip"
        record.direction = "to-cpim"
        record.peer = "example.net"
        record.proof = "address"
        record.actor = "uid:0"
        record.sender = AuditAddress(before: "juliet@example.com/b\"alcony", after: "im:juliet@example.com")
        record.recipient = AuditAddress(before: "romeo@example.net")
        record.identifiers = [AuditField("stanza.id", "ß\u{1}"), AuditField("sip.callID", "a@b")]
        record.generation = "3f2a"
        record.rules = ["one", "two"]
        record.losses = ["body.style"]
        record.outcome = [AuditField("sip", "202"), AuditField("xmpp", "none")]
        record.reason = "line\nbreak"
        record.size = 12
        record.digest = .made(SHA256.hash([]))
        return record
    }

    @Test("The canonical bytes of format 1")
    func canonicalBytes() {
        let expected = """
            {"v":1,"time":"2026-05-04T09:08:07.006Z","node":"gw.example.net","event":"delivered","crossing":"c1",\
            "leg":"sip","direction":"to-cpim","peer":"example.net","proof":"address","actor":"uid:0",\
            "sender":{"before":"juliet@example.com/b\\"alcony","after":"im:juliet@example.com"},\
            "recipient":{"before":"romeo@example.net"},\
            "identifiers":{"stanza.id":"ß\\u0001","sip.callID":"a@b"},"generation":"3f2a","rules":["one","two"],\
            "losses":["body.style"],"outcome":{"sip":"202","xmpp":"none"},"reason":"line\\nbreak","size":12,\
            "digest":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
            """
        #expect(text(AuditRecordTests.full().entry().body) == expected)
    }

    @Test("What is empty is left out")
    func emptyFields() {
        let record = AuditRecord(.refused, time: 0, node: "n")
        #expect(
            text(record.entry().body)
                == "{\"v\":1,\"time\":\"1970-01-01T00:00:00.000Z\",\"node\":\"n\",\"event\":\"refused\"}"
        )
    }

    @Test("RFC 8259 section 7: every character comes back through a JSON parser")
    func jsonParses() throws {
        var record = AuditRecordTests.full()
        let hostile = String(String.UnicodeScalarView((0...0x17F).compactMap(Unicode.Scalar.init))) + "𝄞\u{2028}\\\"/"
        record.reason = hostile
        var bytes: [UInt8] = []
        let entry = record.entry()
        entry.append(sequence: 17, to: &bytes)
        // The names of the rows lie apart until here.
        #expect(text(bytes) == "{\"seq\":17," + text(entry.body).dropFirst())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(object["reason"] as? String == hostile)
        #expect(object["seq"] as? Int == 17)
        #expect((object["rules"] as? [String]) == ["one", "two"])
    }

    @Test("The sequence number becomes the first key")
    func sequenceIsFirst() throws {
        var bytes: [UInt8] = []
        try #require(AuditEntry(body: Array("{\"a\":1}".utf8))).append(sequence: 5, to: &bytes)
        #expect(text(bytes) == "{\"seq\":5,\"a\":1}")
        bytes = []
        try #require(AuditEntry(body: Array("{}".utf8))).append(sequence: 1_234_567, to: &bytes)
        #expect(text(bytes) == "{\"seq\":1234567}")
    }

    @Test("Only an object of bounded size is an entry")
    func entryBounds() {
        for body in ["", "{", "}", "[]", "{} ", " {}"] {
            #expect(AuditEntry(body: Array(body.utf8)) == nil)
        }
        let filler = [UInt8](repeating: 0x20, count: AuditEntry.largest - 2)
        #expect(AuditEntry(body: [0x7B] + filler + [0x7D]) != nil)
        #expect(AuditEntry(body: [0x7B] + filler + [0x20, 0x7D]) == nil)
    }
}

@Suite("JSONWriter")
struct JSONWriterTests {
    @Test("Nesting, commas and numbers")
    func nesting() {
        var json = JSONWriter()
        json.beginObject()
        json.beginObject("a")
        json.endObject()
        json.beginArray("b")
        json.beginObject()
        json.field("c", true)
        json.field("d", false)
        json.endObject()
        json.element("e")
        json.endArray()
        for value in [0, -1, 10, .max, .min] as [Int64] {
            json.field("n", value)
        }
        json.endObject()
        #expect(
            text(json.finish())
                == "{\"a\":{},\"b\":[{\"c\":true,\"d\":false},\"e\"],\"n\":0,\"n\":-1,\"n\":10,"
                + "\"n\":9223372036854775807,\"n\":-9223372036854775808}"
        )
    }
}

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "RFC 3339 §5.6: known moments",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (1_777_885_687_006, "2026-05-04T09:08:07.006Z"),
        ] as [(Int64, String)]
    )
    func knownMoments(milliseconds: Int64, text: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == text)
        #expect(Timestamp.milliseconds(text) == milliseconds)
    }

    @Test("Beyond the years 0 to 9999 the ends stand", arguments: [Int64.min, Int64.max])
    func clamped(milliseconds: Int64) {
        #expect(Timestamp.text(milliseconds: milliseconds).utf8.count == 24)
    }

    @Test("Every day of eight centuries comes back, and each follows the one before")
    func everyDay() {
        var last = ""
        for day in Int64(-146_097)...146_097 {
            let moment = day * 86_400_000 + 43_200_123
            let text = Timestamp.text(milliseconds: moment)
            if Timestamp.milliseconds(text) != moment || text <= last { Issue.record("\(text)") }
            last = text
        }
    }

    @Test(
        "Other texts are refused",
        arguments: [
            "", "2026-05-04", "2026-05-04T09:08:07", "2026-13-04T09:08:07Z", "2026-02-29T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
            "2026-01-01T00:00:00+01:00", "2026-01-01 00:00:00Z", "2O26-01-01T00:00:00Z",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp.milliseconds(text) == nil)
    }

    @Test("RFC 3339 §5.6: a fraction of any length is cut to milliseconds")
    func fractions() {
        #expect(Timestamp.milliseconds("1970-01-01T00:00:00.5Z") == 500)
        #expect(Timestamp.milliseconds("1970-01-01T00:00:00.05Z") == 50)
        #expect(Timestamp.milliseconds("1970-01-01T00:00:00.0059Z") == 5)
        #expect(Timestamp.milliseconds("1970-01-01T00:00:01Z") == 1000)
    }
}
