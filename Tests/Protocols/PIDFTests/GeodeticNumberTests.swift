import PIDF
import Testing

@Suite("GeodeticNumber and GeodeticPosition")
struct GeodeticNumberTests {
    @Test(
        "RFC 5491 §5: a double is read as exactly as it was written, and needs no exponent",
        arguments: [
            ("45.44", "45.44"), ("03.07500", "3.07500"), ("-34.410649", "-34.410649"), (" 12.33\n", "12.33"),
            ("+1", "1"), ("5.", "5"), (".5", "0.5"), ("-.5", "-0.5"), ("0", "0"), ("-0.0", "-0.0"), ("000", "0"),
            ("4.544E1", "45.44"), ("4544e-2", "45.44"), ("-1e-3", "-0.001"), ("1.5e3", "1500"), ("0e5", "0"),
            ("1e24", "1" + String(repeating: "0", count: 24)),
        ]
    )
    func read(text: String, expected: String) throws {
        let number = try #require(GeodeticNumber(text))
        #expect(number.text == expected)
        #expect(Double(number.text) == number.value)
        #expect(GeodeticNumber(number.text) == number)
    }

    @Test(
        "RFC 5491 §5: what is no finite number is none",
        arguments: [
            "", " ", "NaN", "INF", "-INF", "inf", "nan", "1e25", "1e-25", "1e999999999999999999999", "1e", "e1", ".",
            "-", "+-1", "--1", "1,5", "1 5", "0x10", "1_0", "45.44N", "37:46:30N", "4５", "1.2.3", "1e1.5",
        ]
    )
    func refused(text: String) {
        #expect(GeodeticNumber(text) == nil)
    }

    @Test("a number has at most 32 bytes")
    func longest() {
        let digits = String(repeating: "1", count: GeodeticNumber.longest)
        #expect(GeodeticNumber.longest == 32)
        #expect(GeodeticNumber(digits)?.text == digits)
        #expect(GeodeticNumber(digits + "1") == nil)
        #expect(GeodeticNumber("123456789e-23")?.text.utf8.count == 25)
        #expect(GeodeticNumber("1.234567890123456789e-22") == nil)
        #expect(GeodeticNumber("-" + digits) == nil && GeodeticNumber("-1e24")?.text.utf8.count == 26)
        #expect(GeodeticNumber("\n " + digits + " ") != nil)
    }

    @Test(
        "XEP-0080 §3: latitudes end at the poles and longitudes at the date line",
        arguments: [
            ("90", "180", true), ("-90", "-180", true), ("90.0000001", "0", false), ("-90.1", "0", false),
            ("0", "180.00001", false), ("0", "-181", false), ("12.33", "145.44", true), ("145.44", "12.33", false),
        ]
    )
    func range(latitude: String, longitude: String, isThere: Bool) throws {
        let position = GeodeticPosition(
            latitude: try #require(GeodeticNumber(latitude)),
            longitude: try #require(GeodeticNumber(longitude))
        )
        #expect((position != nil) == isThere)
    }
}
