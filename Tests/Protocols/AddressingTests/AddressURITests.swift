import Addressing
import Testing

@Suite struct AddressURITests {
    static let valid = [
        "sip:alice:pw@example.com:5061;transport=tcp;lr?subject=x%20y", "sips:romeo@[2001:db8::1]:5061;gr=a%20b",
        "im:o%27malley@example.net", "pres:juliet@example.com", "tel:+12125550101;ext=5",
        "xmpp:juliet@example.com/balcony",
        "xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com", "isbn:2983792873",
        "nobodyKnowsThisScheme:totallyopaquecontent", "soap.beep://192.0.2.103:3002", "mailto:a@b.example",
        "urn:service:sos",
        "http://example.com/a?b=c#d", "xmpp:example.com", "xmpp:b%C3%BC@xn--bcher-kva.example/%E2%99%9A%2F",
    ]

    @Test("RFC 3986 §3: each scheme reads into its own case", arguments: valid)
    func cases(_ text: String) throws {
        let uri = try AddressURI(text)
        let scheme = String(text.prefix { $0 != ":" }).lowercased()
        #expect(uri.scheme == scheme)
        switch (uri, scheme) {
        case (.sip(let value), "sip"), (.sip(let value), "sips"): #expect(value.isSecure == (scheme == "sips"))
        case (.im, "im"), (.pres, "pres"), (.tel, "tel"), (.xmpp, "xmpp"): break
        case (.other(let name, let whole), _):
            #expect(name == scheme)
            #expect(whole == text)
        default: Issue.record("\(text) became \(uri)")
        }
        #expect(try AddressURI(bytes: Array(text.utf8)[...]) == uri)
        #expect(try AddressURI(uri.description) == uri)
    }

    @Test(
        "RFC 3986 §3: what is no URI",
        arguments: [
            ("", .missingScheme, 0), ("juliet@example.com", .missingScheme, 6), (":x", .missingScheme, 0),
            ("1x:y", .missingScheme, 0),
            ("x:", .empty, 2), ("x:a b", .disallowed, 3), ("x:a\r\nb", .disallowed, 3), ("x:<y>", .disallowed, 2),
            ("x:\u{FC}", .disallowed, 2), ("x:%4", .malformedPercent, 2), ("xmpp:", .empty, 5),
            ("\u{FC}:x", .missingScheme, 0),
        ] as [(String, AddressError.Code, Int)]
    )
    func refused(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try AddressURI(text) }
    }

    @Test(
        "RFC 6120 §8.3.3: an xmpp: URI loses authority, query and fragment and is decoded",
        arguments: [
            ("xmpp:la-mer@example.com", "la-mer@example.com"),
            ("xmpp:room@chat.example.com?join", "room@chat.example.com"),
            ("XMPP:room@chat.example.com/nick%20name?join;x=y#z", "room@chat.example.com/nick name"),
            ("xmpp://guest@example.com/support@example.com?message", "support@example.com"),
            (
                "xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com",
                ##"nasty!#$%()*+,-.;=?[\]^_`{|}~node@example.com"##
            ),
            (
                "xmpp:node@example.com/repulsive%20!%23%22$%25&'()*+,-.%2F:;%3C=%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~resource",
                ##"node@example.com/repulsive !#"$%&'()*+,-./:;<=>?@[\]^_`{|}~resource"##
            ),
            ("xmpp:ji%C5%99i@%C4%8Dechy.example/v%20Praze", "ji\u{159}i@\u{10D}echy.example/v Praze"),
            ("xmpp:ji\u{159}i@\u{10D}echy.example/v Praze", "ji\u{159}i@\u{10D}echy.example/v Praze"),
            ("xmpp:example.com/a@b", "example.com/a@b"),
            (#"xmpp:o%5C27malley@example.com"#, #"o\27malley@example.com"#),
        ]
    )
    func xmppURIs(_ text: String, _ address: String) throws {
        let jid = try JID(address)
        #expect(try XMPPURI.jid(text) == jid)
        #expect(try AddressURI(text) == .xmpp(jid))
        #expect(try XMPPURI.jid(XMPPURI.text(jid)) == jid)
        #expect(XMPPURI.text(jid).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }

    @Test(
        "An xmpp: URI that names no valid address is refused",
        arguments: [
            "xmpp:a%40b@", "xmpp:@h", "xmpp:a%2Fb@h", "xmpp:a%zz@h", "xmpp:%FF@h", "xmpp:a@h/", "xmpp://h", "xmpp://h/",
            "xmpp:?x", "xmpp:%20@h",
        ]
    )
    func badXMPPURIs(_ text: String) {
        #expect(throws: AddressError.self) { try AddressURI(text) }
        #expect(throws: AddressError.self) { try XMPPURI.jid(text) }
    }

    @Test("Every prefix of a valid URI is read or refused, and what is read is written back readably")
    func prefixes() throws {
        for text in Self.valid {
            let bytes = Array(text.utf8)
            for count in 0...bytes.count {
                for lenient in [false, true] {
                    guard let uri = try? AddressURI(bytes: bytes[..<count], lenient: lenient) else { continue }
                    #expect(try AddressURI(uri.description) == uri)
                }
            }
        }
    }

    @Test("Random bytes and random changes to valid URIs never trap")
    func mutations() throws {
        var random = SeededGenerator(seed: 3261)
        for round in 0..<20000 {
            var bytes = Array(Self.valid[round % Self.valid.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: index)
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            guard let uri = try? AddressURI(bytes: bytes[...], lenient: round % 2 == 0) else { continue }
            #expect(try AddressURI(uri.description) == uri)
            #expect(uri.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
    }

    @Test("Errors compare by code and place, not by wording")
    func errorEquality() {
        #expect(AddressError(.empty, "one", at: 3) == AddressError(.empty, "two", at: 3))
        #expect(AddressError(.empty, "one", at: 3) != AddressError(.empty, "one", at: 4))
        #expect(AddressError(.empty, "one", at: 3) != AddressError(.tooLong, "one", at: 3))
        #expect(Set(AddressError.Code.allCases.map(\.rawValue)).count == AddressError.Code.allCases.count)
    }
}
