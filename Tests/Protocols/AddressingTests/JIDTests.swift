import Addressing
import Testing

@Suite struct JIDTests {
    @Test(
        "RFC 7622 §3.5: legal addresses are split into their parts",
        arguments: [
            ("juliet@example.com", "juliet", "example.com", nil),
            ("juliet@example.com/foo", "juliet", "example.com", "foo"),
            ("juliet@example.com/foo bar", "juliet", "example.com", "foo bar"),
            ("juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"),
            (#"foo\20bar@example.com"#, #"foo\20bar"#, "example.com", nil),
            ("fussball@example.com", "fussball", "example.com", nil),
            ("fu\u{DF}ball@example.com", "fu\u{DF}ball", "example.com", nil),
            ("\u{3C0}@example.com", "\u{3C0}", "example.com", nil),
            ("\u{3A3}@example.com/foo", "\u{3C3}", "example.com", "foo"),
            ("\u{3C3}@example.com/foo", "\u{3C3}", "example.com", "foo"),
            ("\u{3C2}@example.com/foo", "\u{3C2}", "example.com", "foo"),
            ("king@example.com/\u{265A}", "king", "example.com", "\u{265A}"),
            ("example.com", nil, "example.com", nil),
            ("example.com/foobar", nil, "example.com", "foobar"),
            ("a.example.com/b@example.net", nil, "a.example.com", "b@example.net"),
        ] as [(String, String?, String, String?)]
    )
    func legalAddresses(_ text: String, _ local: String?, _ domain: String, _ resource: String?) throws {
        let jid = try JID(text)
        #expect(jid.local == local)
        #expect(jid.domain == domain)
        #expect(jid.resource == resource)
        #expect(try JID(jid.description) == jid)
        #expect(try JID(bytes: Array(text.utf8)[...]) == jid)
        #expect(try JID(local: local, domain: domain, resource: resource) == jid)
    }

    @Test("RFC 3922 §3.2: the first slash ends the search for the at sign")
    func resourceKeepsSeparators() throws {
        let jid = try JID("juliet@example.com/at@work/x")
        #expect(jid.local == "juliet")
        #expect(jid.domain == "example.com")
        #expect(jid.resource == "at@work/x")
        #expect(try JID("peer.example/x@victim.example").domain == "peer.example")
    }

    @Test(
        "RFC 7622 §3.5: illegal addresses are refused where they go wrong",
        arguments: [
            ("\"juliet\"@example.com", .disallowed, 0),
            ("foo bar@example.com", .disallowed, 3),
            ("juliet@example.com/ foo\u{7}", .disallowed, 23),
            ("juliet@example.com/", .empty, 19),
            ("@example.com/", .empty, 0),
            ("@example.com", .empty, 0),
            ("henry\u{2163}@example.com", .disallowed, 5),
            ("\u{265A}@example.com", .disallowed, 0),
            ("juliet@", .empty, 7),
            ("juliet@/x", .empty, 7),
            ("/foobar", .empty, 0),
            ("", .empty, 0),
            ("a@b@example.com", .malformedDomain, 2),
            ("a&b@example.com", .disallowed, 1),
            ("a'b@example.com", .disallowed, 1),
            ("a:b@example.com", .disallowed, 1),
            ("a<b@example.com", .disallowed, 1),
            ("a>b@example.com", .disallowed, 1),
            ("\u{FF41}\u{FF20}b@example.com", .disallowed, 3),
            ("a\u{0}b@example.com", .disallowed, 1),
            ("a\u{7F}b@example.com", .disallowed, 1),
            ("\u{2028}x@example.com", .disallowed, 0),
            ("a@exa mple.com", .malformedDomain, 2),
            ("a@example..com", .malformedDomain, 10),
            ("a@[2001:db8::1", .malformedLiteral, 2),
            ("a@[nonsense]", .malformedLiteral, 2),
            ("a@300.1.2.3", .malformedDomain, 2),
        ] as [(String, AddressError.Code, Int)]
    )
    func illegalAddresses(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try JID(text) }
    }

    @Test("RFC 7622 §3.2: the domain is lower-case without final dot")
    func domainIsNormalized() throws {
        #expect(try JID("Juliet@GW.Example.").description == "juliet@gw.example")
        #expect(try JID("juliet@XN--BCHER-KVA.example").domain == "b\u{FC}cher.example")
        #expect(try JID("juliet@B\u{DC}CHER.example").domain == "b\u{FC}cher.example")
        #expect(try JID("romeo@[2001:DB8::1]").description == "romeo@[2001:db8::1]")
        #expect(try JID("romeo@192.0.2.1/x").description == "romeo@192.0.2.1/x")
    }

    @Test("RFC 7622 §3.3, §3.4: parts are 1 to 1023 bytes after enforcement")
    func partLimits() throws {
        let full = String(repeating: "a", count: 1023)
        #expect(try JID("\(full)@example.com/\(full)").local == full)
        #expect(throws: AddressError(.tooLong, "", at: 1023)) { try JID("\(full)a@example.com") }
        #expect(throws: AddressError(.tooLong, "", at: 12 + 1023)) { try JID("example.com/\(full)a") }
        // 512 umlauts are 1024 bytes; fullwidth letters shrink to one byte each.
        let umlauts = String(repeating: "\u{FC}", count: 512)
        #expect(throws: AddressError(.tooLong, "", at: 1023)) { try JID("\(umlauts)@example.com") }
        let wide = String(repeating: "\u{FF41}", count: 1023)
        #expect(try JID("\(wide)@example.com").local == full)
        #expect(throws: AddressError(.tooLong, "", at: JID.textLimit)) {
            try JID(String(repeating: "a", count: JID.textLimit + 1))
        }
    }

    @Test("RFC 7622 §3.1: bytes that are not UTF-8 are refused at their place")
    func malformedUTF8() {
        let cases: [([UInt8], Int)] = [
            ([0x66, 0xFC, 0x40, 0x68], 1), ([0xC0, 0xAF, 0x40, 0x68], 0), ([0x61, 0xED, 0xA0, 0x80, 0x40, 0x68], 1),
            ([0x61, 0x40, 0x68, 0x2F, 0xFF], 4), ([0x61, 0x40, 0xC3], 2),
        ]
        for (bytes, offset) in cases {
            #expect(throws: AddressError(.malformedUTF8, "", at: offset)) { try JID(bytes: bytes[...]) }
        }
    }

    @Test("RFC 7622 §3.3: case of the localpart does not matter, case of the resource does")
    func equality() throws {
        #expect(try JID("Juliet@Example.COM/Balcony") == JID("juliet@example.com/Balcony"))
        #expect(try JID("juliet@example.com/Balcony") != JID("juliet@example.com/balcony"))
        #expect(try Set([JID("A@b"), JID("a@B"), JID("a@b.")]).count == 1)
    }

    @Test("RFC 7622 §3.1: an address is written as its parts with the separators between them")
    func writtenForm() throws {
        for local in [nil, "j", "julia-capulet", "jülia", String(repeating: "x", count: 40)] as [String?] {
            for domain in ["a.b", "example.com", "bücher.example"] {
                for resource in [nil, "b", "balkon ☕/@x", String(repeating: "y", count: 20)] as [String?] {
                    let jid = try JID(local: local, domain: domain, resource: resource)
                    let bare = (local.map { $0 + "@" } ?? "") + domain
                    let full = bare + (resource.map { "/" + $0 } ?? "")
                    #expect(jid.bare.description.utf8.elementsEqual(bare.utf8))
                    #expect(jid.description.utf8.elementsEqual(full.utf8))
                }
            }
        }
    }

    @Test("A bare address and its full addresses convert into each other")
    func bareAndFull() throws {
        let bare = try BareJID("Juliet@Example.com")
        #expect(try bare.with(resource: "balcony").description == "juliet@example.com/balcony")
        #expect(try bare.with(resource: "balcony").bare == bare)
        #expect(bare.jid.resource == nil)
        #expect(try BareJID(local: "Juliet", domain: "EXAMPLE.com") == bare)
        #expect(try BareJID(bytes: Array("juliet@example.com".utf8)[...]) == bare)
        #expect(throws: AddressError(.empty, "")) { try bare.with(resource: "") }
        #expect(throws: AddressError(.disallowed, "")) { try BareJID("juliet@example.com/x") }
    }

    @Test("Separators inside a part are faults of the part")
    func partsHoldNoSeparators() {
        #expect(throws: AddressError(.disallowed, "", at: 1)) {
            try JID(local: "a@b", domain: "example.com", resource: nil)
        }
        #expect(throws: AddressError(.malformedDomain, "")) { try JID(local: nil, domain: "h/x", resource: nil) }
    }

    @Test("XEP-0106 §4: enforcement applies to the escaped form")
    func escapedFormIsEnforced() throws {
        let jid = try JID(#"FOO\27BAR@h"#)
        #expect(jid.local == #"foo\27bar"#)
        #expect(jid.local.map { JIDEscaping.unescape($0, form: .xep0106) } == "foo'bar")
    }

    @Test("Enforcement is idempotent and never traps on generated text")
    func generatedTexts() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            let text = random.text(length: 12)
            guard let jid = try? JID(text) else { continue }
            #expect((try? JID(jid.description)) == jid)
        }
        for _ in 0..<3000 {
            let bytes = random.bytes(length: 10)
            _ = try? JID(bytes: bytes[...])
        }
    }
}
