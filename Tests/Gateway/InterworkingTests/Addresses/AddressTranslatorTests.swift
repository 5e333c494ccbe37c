import Addressing
import Testing

@testable import Interworking

@Suite("AddressTranslator")
struct AddressTranslatorTests {
    private static let facts = VectorRun.defaults

    private func translator(_ settings: (String, String)..., profile: String = "default") throws -> AddressTranslator {
        try ShippedTables.addresses(profile: profile, settings: settings.map { ($0.0, $0.1) })
    }

    private func sip(_ jid: String, _ settings: (String, String)...) throws -> String {
        let translator = try ShippedTables.addresses(settings: settings.map { ($0.0, $0.1) })
        let mapped = try translator.uri(for: JID(jid), facts: Self.facts)
        return mapped.uri.description + (mapped.instance.map { ";gr=" + $0 } ?? "")
    }

    private func instant(_ jid: String, _ settings: (String, String)..., profile: String = "default") throws -> String {
        let translator = try ShippedTables.addresses(profile: profile, settings: settings.map { ($0.0, $0.1) })
        return try translator.uri(for: JID(jid), facts: Self.facts).instant.description
    }

    private func jid(_ uri: String, _ role: AddressRole = .sender, _ settings: (String, String)...) throws -> String {
        let translator = try ShippedTables.addresses(settings: settings.map { ($0.0, $0.1) })
        return try translator.jid(for: AddressURI(uri), role: role, facts: Self.facts).jid.description
    }

    private func code(_ uri: String, _ role: AddressRole, _ facts: Facts = facts) throws -> [Int] {
        let translator = try translator()
        do {
            _ = try translator.jid(for: AddressURI(uri), role: role, facts: facts)
            return []
        } catch let refusal as Refusal { return [try ShippedTables.worded(refusal).sipStatus] }
    }

    // MARK: JID to URI

    @Test(
        "RFC 7247 §6.5: localparts are unescaped in one pass and percent-encoded for SIP",
        arguments: [
            (#"m\26m@xmpp.example"#, "sip:m&m@xmpp.example"), ("tschüss@xmpp.example", "sip:tsch%C3%BCss@xmpp.example"),
            ("a#b%c@example.com", "sip:a%23b%25c@example.com"), (#"FOO\2Fbar@example.com"#, "sip:foo/bar@example.com"),
            (#"c\3a\net@example.com"#, "sip:c%3A%5Cnet@example.com"),
            (#"a\5c27@example.com"#, "sip:a%5C27@example.com"),
            ("juliet@bücher.example", "sip:juliet@xn--bcher-kva.example"),
            ("romeo@[2001:db8::1]", "sip:romeo@[2001:db8::1]"),
        ]
    )
    func sipURIs(address: String, uri: String) throws { #expect(try sip(address) == uri) }

    @Test("ADDR-001: an at sign in a resource splits nothing")
    func splitting() throws {
        #expect(try sip("juliet@example.com/at@work/x") == "sip:juliet@example.com;gr=at%40work/x")
    }

    @Test(
        "RFC 7247 §6.3: the resource is the gr parameter, escaped as a parameter",
        arguments: [
            ("balcony", "balcony"), ("Büro PC;1", "B%C3%BCro%20PC%3B1"), ("a=b?c%d>e", "a%3Db%3Fc%25d%3Ee"),
            ("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ]
    )
    func instances(resource: String, value: String) throws {
        #expect(try sip("juliet@example.com/\(resource)") == "sip:juliet@example.com;gr=\(value)")
    }

    @Test("addr.gruu=drop: resources and gr values are not mapped")
    func droppedInstances() throws {
        #expect(try sip("juliet@example.com/balcony", ("addr.gruu", "drop")) == "sip:juliet@example.com")
        #expect(try jid("sip:romeo@example.net;gr=x", .sender, ("addr.gruu", "drop")) == "romeo@example.net")
        #expect(try jid("sip:romeo@example.net;gr=x", .sender, ("addr.gruu", "map")) == "romeo@example.net/x")
    }

    @Test("ADDR-015: im: URIs never carry an instance")
    func instantURIs() throws { #expect(try instant("juliet@example.com/balcony") == "im:juliet@example.com") }

    @Test("addr.uri-escape: each value has its own set of bytes")
    func instantEscapes() throws {
        let address = #"first.last-2_a?\26\27@example.com"#
        #expect(try instant(address) == "im:first.last-2_a%3F%26%27@example.com")
        #expect(try instant(address, ("addr.uri-escape", "safe")) == "im:first.last-2_a%3F%26%27@example.com")
        #expect(try instant(address, ("addr.uri-escape", "rfc3922")) == "im:first.last%2D2_a?%26%27@example.com")
        #expect(try instant(address, ("addr.uri-escape", "rfc7247")) == "im:first%2Elast-2_a?&'@example.com")
    }

    @Test("addr.jid-escape: each value has its own escapes, and they do not mix")
    func escapes() throws {
        #expect(try sip(#"o\27malley@example.com"#, ("addr.jid-escape", "xep0106")) == "sip:o'malley@example.com")
        #expect(try sip(#"o\27malley@example.com"#, ("addr.jid-escape", "hash")) == "sip:o%5C27malley@example.com")
        #expect(try sip("o#27;malley@example.com", ("addr.jid-escape", "hash")) == "sip:o'malley@example.com")
        #expect(
            try jid("sip:o'malley@example.net", .sender, ("addr.jid-escape", "xep0106")) == #"o\27malley@example.net"#
        )
        #expect(try jid("sip:o'malley@example.net", .sender, ("addr.jid-escape", "hash")) == "o#27;malley@example.net")
    }

    @Test("ADDR-046: a domain alone has no URI")
    func domains() throws {
        let translator = try translator()
        #expect(throws: Refusal.domainRecipient) { try translator.uri(for: JID("example.net"), facts: Self.facts) }
    }

    @Test("ADDR-054: a localpart that would not come back is not mapped", arguments: [#"a\5cb"#, #"\20a"#, #"a\20"#])
    func irreversible(local: String) throws {
        let translator = try translator()
        #expect(throws: Refusal.irreversibleJID) {
            try translator.uri(for: JID("\(local)@example.com"), facts: Self.facts)
        }
    }

    // MARK: URI to JID

    @Test(
        "RFC 7247 §6.4: user parts are decoded once and escaped for JIDs",
        arguments: [
            ("sip:f%C3%BC@sip.example", "fü@sip.example"), ("sip:o'malley@sip.example", #"o\27malley@sip.example"#),
            ("sip:a%20b%40c@h.example", #"a\20b\40c@h.example"#),
            ("sip:c%3A%5C5commas@h.example", #"c\3a\5c5commas@h.example"#),
            ("sip:c%3A%5Cnet@h.example", #"c\3a\net@h.example"#), ("sip:a%2527@h.example", "a%27@h.example"),
            ("sip:romeo:secret@example.net:5070;transport=tcp;user=ip?subject=x", "romeo@example.net"),
            ("im:romeo@example.net?subject=hi", "romeo@example.net"), ("sip:romeo@Example.NET.", "romeo@example.net"),
            ("sip:romeo@[2001:db8::1]", "romeo@[2001:db8::1]"),
            ("sip:juliet@xn--bcher-kva.example", "juliet@bücher.example"),
            ("sip:juliet@xn--999999999.example", "juliet@xn--999999999.example"),
            ("sip:Romeo@example.net", "romeo@example.net"),
            ("im:pepp=example.com%2Ffred@relay.example", #"pepp=example.com\2ffred@relay.example"#),
            ("sip:foo@sip.example;gr=bar", "foo@sip.example/bar"), ("sip:foo@sip.example;gr", "foo@sip.example"),
            ("sip:foo@sip.example;gr=B%C3%BCro%20PC", "foo@sip.example/Büro PC"),
            ("sip:foo@sip.example;gr=%FF", "foo@sip.example"),
            ("sip:romeo@example.net;gr=a%26b", "romeo@example.net/a&b"),
        ]
    )
    func jids(uri: String, address: String) throws { #expect(try jid(uri) == address) }

    @Test(
        "Addresses without a JID are 404 for recipients and 400 for senders",
        arguments: [
            "sip:%20romeo@example.net", "sip:romeo%20@example.net", "sip:f%FC@sip.example", "sip:a%00b@h.example",
            "sip:a%7Fb@h.example", "sip:%E2%80%A8x@h.example", "sip:example.net",
            "sip:\(String(repeating: "a", count: 1024))@h.example",
            "sip:%C0%AF@h.example", "sip:%ED%A0%80@h.example",
        ]
    )
    func unmappable(uri: String) throws {
        #expect(try code(uri, .recipient) == [404])
        #expect(try code(uri, .sender) == [400])
    }

    @Test("ADDR-047: an anonymous sender is refused")
    func anonymous() throws { #expect(try code("sip:anonymous@anonymous.invalid", .sender) == [433]) }

    // MARK: Pairs

    @Test("ADDR-034: the spelling of a SIP user is remembered and used again")
    func spelling() throws {
        let translator = try translator()
        let mapped = try translator.jid(for: AddressURI("sip:Romeo@Example.NET"), role: .sender, facts: Self.facts)
        #expect(mapped.pair.jid.description == "romeo@example.net")
        #expect(mapped.pair.uri.description == "sip:Romeo@example.net")
        #expect(!mapped.isDerivable)
        var facts = Self.facts
        facts.pairs = [mapped.pair]
        #expect(
            try translator.uri(for: JID("romeo@example.net/x"), facts: facts).uri.description == "sip:Romeo@example.net"
        )
        #expect(
            try translator.jid(for: AddressURI("im:Romeo@example.net"), role: .sender, facts: facts).jid.description
                == "romeo@example.net"
        )
        #expect(try translator.jid(for: AddressURI("sip:romeo.m@example.net"), role: .sender, facts: facts).isDerivable)
    }

    @Test("ADDR-035: of two users that differ in case the first owns the JID, unless an operator says otherwise")
    func collision() throws {
        var facts = Self.facts
        facts.pairs = [AddressPair(jid: try BareJID("romeo@example.net"), uri: try AddressURI("sip:Romeo@example.net"))]
        #expect(try code("sip:ROMEO@example.net", .sender, facts) == [403])
        #expect(try code("sip:Romeo@example.net", .sender, facts) == [])
        facts.pairs.append(
            AddressPair(
                jid: try BareJID("romeo2@example.net"),
                uri: try AddressURI("sip:ROMEO@example.net"),
                isExplicit: true
            )
        )
        let mapped = try translator().jid(for: AddressURI("sip:ROMEO@example.net"), role: .sender, facts: facts)
        #expect(mapped.jid.description == "romeo2@example.net")
    }

    @Test("An explicit pair wins over a learned one and over the rules")
    func explicitPairs() throws {
        var facts = Self.facts
        let jid = try BareJID("romeo@example.net")
        facts.pairs = [
            AddressPair(jid: jid, uri: try AddressURI("sip:learned@example.net")),
            AddressPair(jid: jid, uri: try AddressURI("sip:written@example.net"), isExplicit: true),
        ]
        #expect(try translator().uri(for: jid.jid, facts: facts).uri.description == "sip:written@example.net")
    }

    @Test("ADDR-010: the JID behind a temporary GRUU comes from the store")
    func temporaryGRUU() throws {
        var facts = Self.facts
        let uri = "sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.net;gr"
        facts.pairs = [AddressPair(jid: try BareJID("romeo@example.net"), uri: try AddressURI(uri))]
        let mapped = try translator().jid(for: AddressURI(uri), role: .sender, facts: facts)
        #expect(mapped.jid.description == "romeo@example.net")
    }

    @Test("MSG-005: a known GRUU is the resource of the sender, not of the recipient")
    func knownInstances() throws {
        var facts = Self.facts
        facts.gruus = [try BareJID("romeo@example.net"): "dr4"]
        let uri = try AddressURI("sip:romeo@example.net")
        #expect(try translator().jid(for: uri, role: .sender, facts: facts).jid.description == "romeo@example.net/dr4")
        #expect(try translator().jid(for: uri, role: .recipient, facts: facts).jid.description == "romeo@example.net")
    }

    // MARK: Both ways

    @Test("ADDR-054: every JID that has a URI comes back from it", arguments: [UInt64(1), 2, 3, 4])
    func jidsComeBack(seed: UInt64) throws {
        var source = SplitMix(seed)
        for settings in [[("addr.jid-escape", "xep0106")], [("addr.jid-escape", "hash")]] {
            let translator = try ShippedTables.addresses(settings: settings)
            for _ in 0..<2_000 {
                guard let jid = try? JID("\(source.text())@example.com/\(source.text())"),
                    let mapped = try? translator.uri(for: jid, facts: Self.facts)
                else { continue }
                let full = try mapped.instance.map { try mapped.uri.setting("gr", to: $0) } ?? mapped.uri
                let back = try translator.jid(for: AddressURI(full.description), role: .recipient, facts: Self.facts)
                #expect(back.jid == jid, "\(jid) came back as \(back.jid)")
                let instant = try translator.jid(
                    for: AddressURI(mapped.instant.description),
                    role: .recipient,
                    facts: Self.facts
                )
                #expect(instant.jid.bare == jid.bare, "\(jid) came back as \(instant.jid)")
            }
        }
    }

    @Test(
        "ADDR-054: every URI that has a JID comes back from it, by the rules or by its pair",
        arguments: [UInt64(5), 6, 7]
    )
    func urisComeBack(seed: UInt64) throws {
        var source = SplitMix(seed)
        let translator = try translator()
        for _ in 0..<2_000 {
            let user = PercentEncoding.encode(source.text(), keeping: .sipUser)
            guard !user.isEmpty, let uri = try? AddressURI("sip:\(user)@example.net"),
                let mapped = try? translator.jid(for: uri, role: .sender, facts: Self.facts)
            else { continue }
            var facts = Self.facts
            if !mapped.isDerivable { facts.pairs = [mapped.pair] }
            let back = try translator.uri(for: mapped.jid, facts: facts)
            #expect(AddressKey(.sip(back.uri)) == AddressKey(uri), "\(uri) came back as \(back.uri)")
        }
    }
}

/// Reproducible texts of the characters that escaping is about.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private static let pieces = [
        "a", "b", "Z", "0", "5", "c", "2", "7", "f", ".", "-", "_", "\\", "\\5c", "\\27", "\\20", "#27;", "#", ";", "&",
        "'",
        "/", "@", " ", "\"", "<", ">", ":", "%", "%41", "=", "+", "$", ",", "?", "~", "!", "*", "(", ")", "[", "]", "é",
        "ß",
        "ü", "č", "Ω", "漢", "ａ", "😀",
    ]

    mutating func text() -> String {
        let count = Int.random(in: 1...12, using: &self)
        return (0..<count).map { _ in Self.pieces.randomElement(using: &self) ?? "a" }.joined()
    }
}
