import Addressing
import Testing

@Suite struct DomainNameTests {
    @Test(
        "RFC 7622 §3.2: both forms of a domain",
        arguments: [
            ("example.com", "example.com", "example.com"),
            ("Example.NET.", "example.net", "example.net"),
            ("b\u{FC}cher.example", "xn--bcher-kva.example", "b\u{FC}cher.example"),
            ("B\u{DC}CHER.Example", "xn--bcher-kva.example", "b\u{FC}cher.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example", "b\u{FC}cher.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", "b\u{FC}cher.example"),
            ("XN--BCHER-KVA.Example.", "xn--bcher-kva.example", "b\u{FC}cher.example"),
            ("m\u{FC}ller.example", "xn--mller-kva.example", "m\u{FC}ller.example"),
            ("fa\u{DF}.de", "xn--fa-hia.de", "fa\u{DF}.de"),
            (
                "\u{4F8B}\u{3048}\u{3002}\u{30C6}\u{30B9}\u{30C8}", "xn--r8jz45g.xn--zckzah",
                "\u{4F8B}\u{3048}.\u{30C6}\u{30B9}\u{30C8}"
            ),
            ("\u{FF45}xample.com", "example.com", "example.com"),
            ("localhost", "localhost", "localhost"),
            ("my_host.example", "my_host.example", "my_host.example"),
            ("r3---sn-x.example", "r3---sn-x.example", "r3---sn-x.example"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
            ("[2001:DB8::1]", "[2001:db8::1]", "[2001:db8::1]"),
            ("3com.example", "3com.example", "3com.example"),
        ]
    )
    func forms(_ text: String, _ ascii: String, _ unicode: String) throws {
        #expect(try DomainName.toASCII(text) == ascii)
        #expect(try DomainName.normalized(text) == unicode)
        #expect(DomainName.toUnicode(text) == unicode)
        #expect(try DomainName.toASCII(unicode) == ascii)
    }

    @Test(
        "RFC 5891 §5.4: an xn-- label that stands for no U-label is kept",
        arguments: [
            "xn--a.example", "xn--99999999.example", "xn--fss.example", "xn--.example", "xn--bcher-kvb.example",
        ]
    )
    func falseALabels(_ text: String) throws {
        if text == "xn--.example" {
            #expect(throws: AddressError.self) { try DomainName.toASCII(text) }
        } else {
            #expect(try DomainName.toASCII(text) == text)
        }
        // Whatever is shown as a U-label converts back to the label that was given.
        let shown = DomainName.toUnicode(text)
        #expect(shown == text || (try? DomainName.toASCII(shown)) == text)
    }

    @Test("RFC 5891 §5.4: the A-label of an upper-case or symbol label is kept")
    func encodedInvalidLabels() throws {
        // Punycode of "Bücher" with a capital letter outside the basic part, and of a snowman.
        #expect(DomainName.toUnicode("xn--n3h.example") == "xn--n3h.example")
        #expect(DomainName.toUnicode("xn----dha.example") == "xn----dha.example")
        #expect(DomainName.toUnicode("xn--BCHER-kva.example") == "b\u{FC}cher.example")
        #expect(DomainName.toUnicode("not a domain") == "not a domain")
    }

    @Test(
        "RFC 5891 §4.2, RFC 3261 §25.1: names that are refused",
        arguments: [
            ("", .empty, 0), (".", .malformedDomain, 0), ("a..b", .malformedDomain, 2), (".a", .malformedDomain, 0),
            ("-a.b", .malformedDomain, 0), ("x.a-.b", .malformedDomain, 2), ("a b", .malformedDomain, 0),
            ("a@b", .malformedDomain, 0), ("\u{2603}.example", .malformedDomain, 0),
            ("a.\u{2100}", .malformedDomain, 2),
            ("x.\u{5D0}a", .malformedDomain, 2), ("\u{FC}-.x", .malformedDomain, 0),
            ("ab--\u{FC}.x", .malformedDomain, 0),
            ("a.\u{2460}", .malformedDomain, 2), ("\u{301}a.x", .malformedDomain, 0),
            ("a\u{200D}b", .malformedDomain, 0), ("1.2.3", .malformedDomain, 0),
            ("256.1.1.1", .malformedDomain, 0), ("[::1", .malformedLiteral, 0), ("[", .malformedLiteral, 0),
            ("[]", .malformedLiteral, 0), ("[1.2.3.4]", .malformedLiteral, 0), ("a.b\u{0}c", .malformedDomain, 2),
            ("\u{FC}\u{0}.b", .malformedDomain, 0), ("a%62.c", .malformedDomain, 0), ("a:5060", .malformedDomain, 0),
        ] as [(String, AddressError.Code, Int)]
    )
    func refusedNames(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try DomainName.toASCII(text) }
        #expect(throws: AddressError(code, "", at: offset)) { try DomainName.normalized(text) }
    }

    @Test("RFC 7622 §3.2: the limits of the DNS hold in A-labels")
    func limits() throws {
        let label = String(repeating: "a", count: 63)
        #expect(try DomainName.toASCII(label + ".example") == label + ".example")
        #expect(throws: AddressError.self) { try DomainName.toASCII(label + "a.example") }
        let longest = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")
        #expect(try DomainName.toASCII(longest) == longest)
        #expect(try DomainName.toASCII(longest + ".") == longest)
        #expect(throws: AddressError(.tooLong, "", at: 192)) { try DomainName.toASCII(longest + "b") }
        // 60 umlauts fit into a U-label of 120 bytes, not into an A-label of 63.
        #expect(throws: AddressError.self) { try DomainName.normalized(String(repeating: "\u{FC}", count: 64) + ".x") }
    }
}
