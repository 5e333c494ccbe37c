import Addressing
import Testing

@Suite struct MailboxURITests {
    @Test(
        "RFC 3860 §A.2, RFC 3859 §A.2: local part and domain; headers are left out",
        arguments: [
            ("romeo@example.net", "romeo", "example.net", "romeo"),
            ("o%27malley@Example.NET", "o%27malley", "example.net", "o'malley"),
            ("romeo@example.net?subject=hi", "romeo", "example.net", "romeo"),
            ("romeo@example.net?to=a@b", "romeo", "example.net", "romeo"),
            (
                "here%27s_a_wild_%26_%2Fcr%25zy%2F_address@example.net?subject=x",
                "here%27s_a_wild_%26_%2Fcr%25zy%2F_address",
                "example.net", "here's_a_wild_&_/cr%zy/_address"
            ),
            ("romeo@XN--BCHER-KVA.Example.", "romeo", "xn--bcher-kva.example", "romeo"),
            ("juliet@b\u{FC}cher.example", "juliet", "xn--bcher-kva.example", "juliet"),
            ("juliet@b%C3%BCcher.example", "juliet", "xn--bcher-kva.example", "juliet"),
            ("a@[2001:DB8::1]", "a", "[2001:db8::1]", "a"),
            ("pepp=example.com/fred@relay.example", "pepp=example.com/fred", "relay.example", "pepp=example.com/fred"),
            ("john%2Ddoe%26co?_%C3%BC@example.com", "john%2Ddoe%26co?_%C3%BC", "example.com", "john-doe&co?_\u{FC}"),
            ("a#b'c{d}@example.com", "a#b'c{d}", "example.com", "a#b'c{d}"),
            ("tsch\u{FC}ss%20x@example.com", "tsch%C3%BCss%20x", "example.com", "tsch\u{FC}ss x"),
        ]
    )
    func reading(_ rest: String, _ local: String, _ domain: String, _ decoded: String) throws {
        let instant = try InstantURI("im:" + rest)
        #expect(instant.local == local)
        #expect(instant.domain == domain)
        #expect(try instant.decodedLocal() == decoded)
        #expect(instant.description == "im:\(local)@\(domain)")
        #expect(try InstantURI(instant.description) == instant)
        #expect(try InstantURI(local: local, domain: domain) == instant)
        let presence = try PresenceURI(bytes: Array(("PRES:" + rest).utf8)[...])
        #expect(presence.description == "pres:\(local)@\(domain)")
        #expect(try presence.decodedLocal() == decoded)
    }

    @Test(
        "RFC 3860 §A.2: what is refused, and where",
        arguments: [
            ("im:", .missingAt, 3), ("im:romeo", .missingAt, 8), ("im:@h", .empty, 3), ("im:?to=a@b", .empty, 3),
            ("im:a@", .empty, 5),
            ("sip:a@b", .wrongScheme, 0), ("pres:a@b", .wrongScheme, 0), ("a@b", .missingScheme, 1),
            ("im:a b@h", .disallowed, 4), ("im:<a>@h", .disallowed, 3), ("im:a\"@h", .disallowed, 4),
            ("im:a@b@c", .malformedDomain, 5),
            ("im:a@h:5060", .malformedDomain, 5), ("im:a@h;gr=x", .malformedDomain, 5),
            ("im:cr%zy@h", .malformedPercent, 5),
            ("im:a@h/x", .malformedDomain, 5), ("im:a\r\n@h", .disallowed, 4), ("im:\u{FC}<@h", .disallowed, 5),
        ] as [(String, AddressError.Code, Int)]
    )
    func refused(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try InstantURI(text) }
    }

    @Test("RFC 3986 §6.2.2: spelling of escapes and case of the domain do not matter")
    func equality() throws {
        #expect(try InstantURI("im:o%27malley@Example.NET") == InstantURI("im:o'malley@example.net"))
        #expect(try InstantURI("im:%c3%bc@h") == InstantURI("im:%C3%BC@h"))
        #expect(try InstantURI("im:Romeo@h") != InstantURI("im:romeo@h"))
        #expect(try InstantURI("im:a%2Fb@h") != InstantURI("im:a/b@h"))
        #expect(try Set([PresenceURI("pres:%61@h"), PresenceURI("pres:a@H.")]).count == 1)
    }

    @Test("Bytes that are not UTF-8 and lenient percent signs")
    func encodingFaults() throws {
        #expect(throws: AddressError(.malformedUTF8, "", at: 0)) { try InstantURI("im:%FC@h").decodedLocal() }
        let bytes = Array("im:f".utf8) + [0xFC] + Array("@h".utf8)
        #expect(throws: AddressError(.malformedUTF8, "", at: 4)) { try InstantURI(bytes: bytes[...]) }
        #expect(try InstantURI("im:cr%zy@h", lenient: true).description == "im:cr%25zy@h")
        #expect(try InstantURI(local: "50%", domain: "h", lenient: true).local == "50%25")
        #expect(throws: AddressError(.malformedPercent, "", at: 2)) { try InstantURI(local: "50%", domain: "h") }
        #expect(throws: AddressError(.empty, "")) { try PresenceURI(local: "", domain: "h") }
        #expect(throws: AddressError(.disallowed, "", at: 1)) { try PresenceURI(local: "a@b", domain: "h") }
    }
}
