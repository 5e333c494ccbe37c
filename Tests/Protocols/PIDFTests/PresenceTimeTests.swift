import PIDF
import Testing

@Suite("PresenceTime")
struct PresenceTimeTests {
    @Test(
        "RFC 3339 §5.6, §5.8: the same instant in every zone",
        arguments: [
            ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z"),
            ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"),
            ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
            ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
            ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.87Z"),
            ("2004-02-29T00:00:00+14:00", "2004-02-28T10:00:00Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.9999999999Z", "9999-12-31T23:59:59.999999999Z"),
            ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"),
        ]
    )
    func instants(text: String, utc: String) throws {
        let time = try #require(PresenceTime(text))
        #expect(time.description == utc)
        #expect(PresenceTime(utc) == time)
    }

    @Test(
        "RFC 3339 §5.6, §5.7: other texts are no instants",
        arguments: [
            "", "2003-12-09T23:53:11.31", "2003-12-09t23:53:11Z", "2003-12-09T23:53:11z", "2003-12-09 23:53:11Z",
            "2003-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2003-04-31T00:00:00Z", "2003-00-01T00:00:00Z",
            "2003-01-00T00:00:00Z", "2003-01-01T24:00:00Z", "2003-01-01T00:60:00Z", "2003-01-01T00:00:61Z",
            "2003-01-01T00:00:00.Z", "2003-01-01T00:00:00+24:00", "2003-01-01T00:00:00+0100", "2003-01-01T00:00Z",
            "2003-1-01T00:00:00Z", " 2003-01-01T00:00:00Z", "2003-01-01T00:00:00Z ", "2003-01-01",
            "0000-01-01T00:00:00Z",
        ]
    )
    func refusals(text: String) { #expect(PresenceTime(text) == nil) }

    @Test("Seconds count from 1970")
    func seconds() throws {
        #expect(PresenceTime("1970-01-01T00:00:00Z") == PresenceTime(seconds: 0))
        #expect(PresenceTime("2001-09-09T01:46:40Z") == PresenceTime(seconds: 1_000_000_000))
        #expect(PresenceTime("1969-12-31T23:59:59.5Z") == PresenceTime(seconds: -1, nanoseconds: 500_000_000))
        #expect(PresenceTime(seconds: 0, nanoseconds: 1) > PresenceTime(seconds: 0))
        #expect(PresenceTime(seconds: -1, nanoseconds: 999_999_999) < PresenceTime(seconds: 0))
    }

    @Test("RFC 3339 §5.7: every day of four hundred years is read back, and days follow each other")
    func everyDay() throws {
        var before: Int64 = -1
        for day in 0..<146_097 {
            let time = PresenceTime(seconds: Int64(day - 25_567) * 86_400)
            let read = try #require(PresenceTime(time.description))
            if read != time || (day > 0 && read.seconds != before + 86_400) { Issue.record("\(time)") }
            before = read.seconds
        }
    }
}
