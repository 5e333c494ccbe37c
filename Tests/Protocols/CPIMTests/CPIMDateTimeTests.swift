import CPIM
import Testing

@Suite("CPIMDateTime")
struct CPIMDateTimeTests {
    @Test(
        "RFC 3339 §5.6, §5.8: values are read and told in UTC",
        arguments: [
            ("2000-12-13T13:40:00-08:00", "2000-12-13T21:40:00Z", 976_743_600_000),
            ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z", 482_196_050_520),
            ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z", 851_042_397_000),
            ("1990-12-31T23:59:60Z", "1990-12-31T23:59:60Z", 662_688_000_000),
            ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60Z", 662_688_000_000),
            ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.87Z", -1_041_337_172_130),
            ("2026-03-01t12:50:00.5z", "2026-03-01T12:50:00.5Z", 1_772_369_400_500),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("1970-01-01T00:00:00.999999999999999999999Z", "1970-01-01T00:00:00.999999999999999999999Z", 999),
            ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z", -750),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", 253_402_300_799_000),
            ("2026-11-22T11:09:25+00:00", "2026-11-22T11:09:25Z", 1_795_345_765_000),
            ("2000-03-01T00:00:00Z", "2000-03-01T00:00:00Z", 951_868_800_000),
        ] as [(String, String, Int64)]
    )
    func reading(value: String, utc: String, milliseconds: Int64) throws {
        let time = try #require(CPIMDateTime(value))
        #expect(time.utcText == utc)
        #expect(time.milliseconds == milliseconds)
        #expect(CPIMDateTime(time.description) == time)
    }

    @Test("RFC 3339 §4.3: -00:00 is an unknown offset and is read as UTC")
    func unknownOffset() throws {
        let time = try #require(CPIMDateTime("2026-03-01T12:00:00-00:00"))
        #expect(time.offsetMinutes == nil)
        #expect(time.utcText == "2026-03-01T12:00:00Z")
        #expect(time.description == "2026-03-01T12:00:00-00:00")
        #expect(CPIMDateTime("2026-03-01T12:00:00+05:45")?.offsetMinutes == 345)
        #expect(CPIMDateTime("2026-03-01T12:00:00.10-03:30")?.description == "2026-03-01T12:00:00.10-03:30")
    }

    @Test(
        "RFC 3339 §5.7: what is no date and time is refused",
        arguments: [
            "", "yesterday", "2026-03-01", "2026-03-01T12:00Z", "2026-03-01T12:00:00", "2026-03-01 12:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-03-00T00:00:00Z",
            "2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z", "2026-03-01T23:59:61Z", "2026-03-01T12:00:60Z",
            "2026-03-01T12:00:00.Z",
            "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00+01:60", "2026-03-01T12:00:00+0100",
            "2026-03-01T12:00:00Z ",
            "26-03-01T12:00:00Z", "2026-3-1T12:00:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "２026-03-01T12:00:00Z",
            "2026-03-01T12:00:00,5Z", "+026-03-01T12:00:00Z",
        ]
    )
    func refused(value: String) { #expect(CPIMDateTime(value) == nil) }

    @Test("Values compare as points in time")
    func comparing() throws {
        let one = try #require(CPIMDateTime("2026-03-01T12:50:00.5+01:00"))
        let same = try #require(CPIMDateTime("2026-03-01T11:50:00.500Z"))
        let later = try #require(CPIMDateTime("2026-03-01T11:50:00.5001Z"))
        let earlier = try #require(CPIMDateTime("2026-03-01T11:50:00Z"))
        #expect(one == same && one.hashValue == same.hashValue)
        #expect(one < later && !(later < one) && earlier < one && !(one < same))
        let before = try #require(CPIMDateTime("2026-03-01T11:49:59.9Z"))
        #expect(before < earlier)
    }

    @Test("Unix milliseconds become UTC text and come back", arguments: [UInt64(7), 8])
    func milliseconds(seed: UInt64) throws {
        #expect(CPIMDateTime(milliseconds: 0).utcText == "1970-01-01T00:00:00Z")
        #expect(CPIMDateTime(milliseconds: 1).utcText == "1970-01-01T00:00:00.001Z")
        #expect(CPIMDateTime(milliseconds: -1).utcText == "1969-12-31T23:59:59.999Z")
        #expect(CPIMDateTime(milliseconds: -1).utcSecondsText == "1969-12-31T23:59:59Z")
        #expect(CPIMDateTime(milliseconds: .max).utcText == "9999-12-31T23:59:59.999Z")
        #expect(CPIMDateTime(milliseconds: .min).utcText == "0000-01-01T00:00:00Z")
        var random = SeededGenerator(seed)
        for _ in 0..<2000 {
            let value = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            let time = CPIMDateTime(milliseconds: value)
            #expect(time.milliseconds == value)
            #expect(CPIMDateTime(time.utcText)?.milliseconds == value)
        }
    }

    @Test("XEP-0091 §2: the stamp of the earlier delay element")
    func legacy() {
        #expect(CPIMDateTime(legacyStamp: "20020910T23:08:25")?.utcText == "2002-09-10T23:08:25Z")
        for wrong in ["", "20020910T23:08:2", "2002-09-10T23:08:25Z", "20020910 23:08:25", "2002091xT23:08:25"] {
            #expect(CPIMDateTime(legacyStamp: wrong) == nil)
        }
    }
}
