import Addressing
import Testing

@Suite struct IPAddressTests {
    @Test(
        "RFC 3986 §3.2.2: addresses and their canonical text",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
            ("::1", "::1"), ("1::", "1::"), ("2001:DB8::10", "2001:db8::10"), ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8:0:0:0:0:0:1", "2001:db8::1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("::ffff:192.0.2.10", "::ffff:c000:20a"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("0:0:1::", "0:0:1::"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("2001:db8::10:5070", "2001:db8::10:5070"), ("fe80::0001:0:1", "fe80::1:0:1"),
            ("1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ]
    )
    func canonicalText(_ text: String, _ canonical: String) throws {
        let address = try IPAddress(text)
        #expect(address.description == canonical)
        #expect(try IPAddress(canonical) == address)
    }

    @Test("RFC 5118 §4.10: a third colon before an IPv4 tail is tolerated, elsewhere not")
    func threeColons() throws {
        #expect(try IPAddress("2001:db8:::192.0.2.1") == IPAddress("2001:db8::192.0.2.1"))
        #expect(throws: AddressError.self) { try IPAddress("2001:db8:::1") }
        #expect(throws: AddressError.self) { try IPAddress("2001:db8::::192.0.2.1") }
    }

    @Test(
        "RFC 3986 §3.2.2: what is no address",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4.", ".1.2.3.4", "1..2.3", "1.2.3.x",
            "0x1.2.3.4",
            ":", ":::", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::",
            "1:2:3:4:5:6:7:1.2.3.4",
            "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:1", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "[::1", "::1]", "[]",
            "fe80::1%25eth0",
            "1.2.3.4::", "[1.2.3.4]", " ::1", "1:2:3:4::5:6:7:8:9",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: AddressError(.malformedLiteral, "")) { try IPAddress(text) }
    }

    @Test("Canonical text reads back for generated addresses")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 5952)
        for _ in 0..<3000 {
            // Few distinct groups give many runs of zeros.
            var groups: [UInt64] = []
            for _ in 0..<8 {
                groups.append(Bool.random(using: &random) ? 0 : UInt64.random(in: 0...0xFFFF, using: &random))
            }
            let high = groups[..<4].reduce(UInt64(0)) { $0 << 16 | $1 }
            let low = groups[4...].reduce(UInt64(0)) { $0 << 16 | $1 }
            let address = IPv6Address(high: high, low: low)
            #expect(try IPAddress(address.description) == .v6(address))
            let full = groups.map { String($0, radix: 16) }.joined(separator: ":")
            #expect(IPv6Address(bytes: Array(full.utf8)[...]) == address)
            let small = IPv4Address(bits: UInt32(truncatingIfNeeded: low))
            #expect(try IPAddress(small.description) == .v4(small))
        }
    }

    @Test("RFC 3986 §3.2.2: every octet is written in decimal, without zeros before it, at each of the four places")
    func octets() {
        for octet in UInt32(0)...255 {
            for place in 0..<4 {
                var octets = ["9", "10", "0", "255"]
                octets[3 - place] = String(octet)
                let others: UInt32 = 0x090A_00FF & ~(255 << (8 * UInt32(place)))
                let address = IPv4Address(bits: others | octet << (8 * UInt32(place)))
                #expect(address.description == octets.joined(separator: "."))
            }
        }
    }
}
