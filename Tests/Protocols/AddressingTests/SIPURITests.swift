import Addressing
import Testing

@Suite struct SIPURITests {
    @Test(
        "RFC 3261 §19.1.3, RFC 4475 §3: valid URIs are written as they were read",
        arguments: [
            "sip:alice@atlanta.com",
            "sip:alice:secretword@atlanta.com;transport=tcp",
            "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:+1-212-555-1212:1234@gateway.com;user=phone",
            "sips:1212@gateway.com",
            "sip:alice@192.0.2.4",
            "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
            "sip:alice;day=tuesday@atlanta.com",
            "sip:alice:pw@example.com:5061;transport=tcp;lr?subject=x%20y",
            "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
            "sip:sips%3Auser%40example.com@example.net",
            "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31",
            "sip:null-%00-null@example.com",
            "sip:%00%00@host5.example.com",
            "sip:user;par=u%40example.net@example.com",
            "sip:I%20have%20spaces@example.net",
            "sip:+19725552222@gw1.example.net;unknownparam",
            "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
            "sip:[2001:db8::10]",
            "sip:[2001:db8::10:5070]",
            "sip:[2001:db8::10]:5070",
            "sip:user@[2001:db8:::192.0.2.1]",
            "sip:user@[2001:db8::192.0.2.1]",
            "sip:user@h;lr;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.net;gr",
            "sip:a:@example.com",
            "sip:romeo@Example.NET.",
            "sip:h;maddr=[::1]",
            "sip:anonymous@anonymous.invalid",
        ]
    )
    func roundTrip(_ text: String) throws {
        let uri = try SIPURI(text)
        #expect(uri.description == text)
        #expect(try SIPURI(bytes: Array(text.utf8)[...]) == uri)
        var bytes: [UInt8] = []
        uri.append(to: &bytes)
        #expect(bytes == Array(text.utf8))
        #expect(try SIPURI(uri.canonicalDescription) == uri)
        #expect(try SIPURI(uri.canonicalDescription).canonicalDescription == uri.canonicalDescription)
    }

    @Test(
        "The address alone has one spelling, whatever stands around it",
        arguments: [
            ("sips:A%6cice:pw@EXAMPLE.com.:5061;transport=tcp?x=y", "sip:Alice@example.com"),
            ("sip:a%2fb@[2001:DB8:0::1]:5060", "sip:a%2Fb@[2001:db8::1]"), ("sip:Example.COM;lr", "sip:example.com"),
        ]
    )
    func canonicalAddress(_ text: String, _ expected: String) throws {
        let uri = try SIPURI(text)
        #expect(uri.canonicalAddress == expected)
        #expect(uri.addressOfRecord.canonicalDescription.replacing("sips:", with: "sip:") == expected)
    }

    @Test("RFC 3261 §19.1.1: all parts are told apart")
    func parts() throws {
        let uri = try SIPURI("SIPS:alice:pw@Example.com:05061;transport=tcp;lr?subject=x%20y&a=b")
        #expect(uri.isSecure)
        #expect(uri.user == "alice")
        #expect(uri.password == "pw")
        #expect(uri.host.description == "Example.com")
        #expect(uri.host.canonical == "example.com")
        #expect(uri.port == 5061)
        #expect(uri.parameters.map(\.description) == ["transport=tcp", "lr"])
        #expect(uri.headers == "subject=x%20y&a=b")
        #expect(uri.addressOfRecord.description == "sips:alice@Example.com")
        #expect(uri.removingHeaders().headers == nil)
    }

    @Test("RFC 4475 §3.1.1.9: semicolons before the at sign belong to the user")
    func semicolonInUser() throws {
        let uri = try SIPURI("sip:user;par=u%40example.net@example.com")
        #expect(uri.user == "user;par=u%40example.net")
        #expect(uri.parameters.isEmpty)
        #expect(try uri.decodedUser() == "user;par=u@example.net")
    }

    @Test("RFC 4475 §3.1.1.4: an escaped NUL is a byte like others")
    func escapedNUL() throws {
        #expect(try SIPURI("sip:%00@h") != SIPURI("sip:%00%00@h"))
        #expect(try SIPURI("sip:%00@h").decodedUser() == "\u{0}")
    }

    @Test("RFC 3261 §19.1.2: escapes are undone once")
    func decodedOnce() throws {
        #expect(try SIPURI("sip:%2527@h").decodedUser() == "%27")
        #expect(throws: AddressError(.malformedUTF8, "", at: 1)) { try SIPURI("sip:f%FC@h").decodedUser() }
        #expect(try SIPURI("sip:h").decodedUser() == nil)
    }

    @Test("RFC 4475 §3.1.1.3: a parameter is found by its unescaped name; its states differ")
    func parameterLookup() throws {
        let uri = try SIPURI("sip:caller@host;%6C%72;n%61me=v%61lue%25%34%31;GR=a;ob=")
        #expect(uri.parameter("lr") == .valueless)
        #expect(uri.parameter("gr") == .value("a"))
        #expect(uri.parameter("ob") == .valueless)
        #expect(uri.parameter("name") == .value("v%61lue%25%34%31"))
        #expect(uri.parameter("name").text == "v%61lue%25%34%31")
        #expect(uri.parameter("none") == .absent)
        #expect(!uri.parameter("none").isPresent)
        #expect(uri.parameter("lr").isPresent)
        #expect(try SIPURI("sip:caller@host;name=value%2541").parameter("name") == .value("value%2541"))
    }

    @Test(
        "RFC 3261 §25.1: what is refused, and where",
        arguments: [
            ("", .missingScheme, 0), ("sip", .missingScheme, 3), (":a@b", .missingScheme, 0),
            ("1sip:a@b", .missingScheme, 0),
            ("<sip:user@example.com>", .missingScheme, 0), ("http://x", .wrongScheme, 0), ("im:a@b", .wrongScheme, 0),
            ("sip:", .empty, 4), ("sip:@h", .empty, 4), ("sip::pw@h", .empty, 4), ("sip:a@", .empty, 6),
            ("sip:a b@h", .disallowed, 5), ("sip:a#b@h", .disallowed, 5), ("sip:a\"b@h", .disallowed, 5),
            ("sip:f\u{FC}@h", .disallowed, 5), ("sip:cr%zy@example.net", .malformedPercent, 6),
            ("sip:a%4@h", .malformedPercent, 5),
            ("sip:a:p;w@h", .disallowed, 7), ("sip:a@b@c", .malformedDomain, 6), ("sip:a@h_ x", .malformedDomain, 6),
            ("sip:a@-h", .malformedDomain, 6), ("sip:a@h..x", .malformedDomain, 6),
            ("sip:a@1.2.3", .malformedDomain, 6),
            ("sip:a@300.1.1.1", .malformedDomain, 6), ("sip:a@b\u{FC}cher.example", .malformedDomain, 6),
            ("sip:2001:db8::10", .malformedDomain, 4), ("sip:a@h:", .malformedPort, 8),
            ("sip:a@h:x", .malformedPort, 8),
            ("sip:a@h:65536", .malformedPort, 8), ("sip:a@h:99999999999999999999", .malformedPort, 8),
            ("sip:a@h:50 60", .disallowed, 10), ("sip:a@[::1", .malformedLiteral, 6),
            ("sip:a@[]", .malformedLiteral, 6),
            ("sip:a@[::1]x", .disallowed, 11), ("sip:a@[1.2.3.4]", .malformedLiteral, 6),
            ("sip:a@h;", .malformedParameter, 8),
            ("sip:a@h;;lr", .malformedParameter, 8), ("sip:a@h;=b", .malformedParameter, 8),
            ("sip:a@h;a b", .malformedParameter, 9),
            ("sip:a@h;a=b=c", .malformedParameter, 11), ("sip:a@h;a=%4", .malformedPercent, 10),
            ("sip:a@h;lr;LR", .duplicateParameter, 7), ("sip:a@h;lr;%6Cr=x", .duplicateParameter, 7),
            ("sip:a@h?", .empty, 8),
            ("sip:a@h?x=<y>", .disallowed, 10), ("sip:a@h ", .malformedDomain, 6), ("sip:a@h/x", .malformedDomain, 6),
            ("sip:a@h\r\nX: y", .malformedDomain, 6), ("sip:a@h;x=\r\n", .malformedParameter, 10),
        ] as [(String, AddressError.Code, Int)]
    )
    func refused(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try SIPURI(text) }
    }

    @Test("Lenient reading takes a stray percent sign for itself and writes it escaped")
    func lenientPercent() throws {
        let uri = try SIPURI("sip:here%27s_cr%zy%@example.com;a=%x?b=%", lenient: true)
        #expect(uri.description == "sip:here%27s_cr%25zy%25@example.com;a=%25x?b=%25")
        #expect(try uri.decodedUser() == "here's_cr%zy%")
    }

    @Test("RFC 3261 §25.1: a value is built from escaped parts only")
    func building() throws {
        let user = PercentEncoding.encode("a b@c", keeping: .sipUser)
        let uri = try SIPURI(user: user, host: SIPURI.Host("host"))
        #expect(uri.description == "sip:a%20b%40c@host")
        #expect(try SIPURI(uri.description) == uri)
        let full = try SIPURI(
            user: "u",
            password: "p",
            host: .init("[2001:db8::1]"),
            port: 5070,
            parameters: [.init(name: "gr", value: "x"), .init(name: "lr")],
            headers: "a=b",
            isSecure: true
        )
        #expect(full.description == "sips:u:p@[2001:db8::1]:5070;gr=x;lr?a=b")
        let host = try SIPURI.Host("h")
        #expect(throws: AddressError(.disallowed, "", at: 1)) { try SIPURI(user: "a b", host: host) }
        #expect(throws: AddressError(.empty, "")) { try SIPURI(user: "", host: host) }
        #expect(throws: AddressError(.empty, "")) { try SIPURI(user: nil, password: "x", host: host) }
        #expect(throws: AddressError(.malformedPercent, "", at: 1)) { try SIPURI(user: "a%", host: host) }
        #expect(throws: AddressError(.malformedParameter, "", at: 1)) { try SIPURI.Parameter(name: "a;b") }
        #expect(throws: AddressError(.malformedParameter, "")) { try SIPURI.Parameter(name: "a", value: "") }
        #expect(throws: AddressError(.duplicateParameter, "")) {
            try SIPURI(user: nil, host: host, parameters: [.init(name: "lr"), .init(name: "LR")])
        }
        #expect(throws: AddressError.self) { try SIPURI.Host("h;lr") }
        #expect(throws: AddressError.self) { try SIPURI.Host("h:5060") }
    }

    @Test("Parameters are set in place or appended, and removed by name")
    func editingParameters() throws {
        let uri = try SIPURI("sip:a@h;transport=udp;gr=x")
        #expect(try uri.setting("Transport", to: "tcp").description == "sip:a@h;Transport=tcp;gr=x")
        #expect(try uri.setting("lr", to: nil).description == "sip:a@h;transport=udp;gr=x;lr")
        #expect(uri.removing("transport").description == "sip:a@h;gr=x")
        #expect(throws: AddressError.self) { try uri.setting("gr", to: "a b") }
        #expect(throws: AddressError.self) { try uri.setting("", to: nil) }
    }

    @Test("The limits hold at their edges")
    func limits() throws {
        let many = (0..<SIPURI.parameterLimit).map { ";p\($0)" }.joined()
        #expect(try SIPURI("sip:h" + many).parameters.count == SIPURI.parameterLimit)
        #expect { try SIPURI("sip:h" + many + ";x") } throws: { ($0 as? AddressError)?.code == .tooLong }
        let long = "sip:" + String(repeating: "a", count: SIPURI.textLimit - 6) + "@h"
        #expect(try SIPURI(long).description == long)
        #expect(throws: AddressError(.tooLong, "", at: SIPURI.textLimit)) { try SIPURI(long + "h") }
    }
}

@Suite struct SIPURIEqualityTests {
    @Test(
        "RFC 3261 §19.1.4: URIs that are equivalent",
        arguments: [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", false),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on", false),
            ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", false),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true
            ),
            ("sip:%75se%72@h", "sip:user@h", true),
            ("sip:a%2fb@h", "sip:a%2Fb@h", true),
            ("sip:romeo@h", "sip:romeo@H.", true),
            ("sip:romeo@[2001:db8::1]", "sip:romeo@[2001:DB8:0::1]", true),
            ("sip:o%27malley@h", "sip:o'malley@h", true),
            ("sip:a@h;gr=Balcony", "sip:a@h;gr=balcony", false),
        ] as [(String, String, Bool)]
    )
    func equivalent(_ one: String, _ other: String, _ areEqual: Bool) throws {
        let left = try SIPURI(one)
        let right = try SIPURI(other)
        #expect(left.isEquivalent(to: right))
        #expect(right.isEquivalent(to: left))
        #expect((left == right) == areEqual)
        #expect((left.canonicalDescription == right.canonicalDescription) == areEqual)
        if areEqual { #expect(left.hashValue == right.hashValue) }
    }

    @Test(
        "RFC 3261 §19.1.4: URIs that are not equivalent",
        arguments: [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:a@h", "sips:a@h"), ("sip:a@h", "sip:h"), ("sip:a:b@h", "sip:a@h"), ("sip:a:b@h", "sip:a:B@h"),
            ("sip:a@h;user=phone", "sip:a@h"), ("sip:a@h", "sip:a@h;maddr=1.2.3.4"), ("sip:a@h;ttl=1", "sip:a@h"),
            ("sip:a@h;method=INVITE", "sip:a@h"), ("sip:a%2Fb@h", "sip:a/b@h"), ("sip:a@h;lr", "sip:a@h;lr=x"),
            ("sip:a@h:5060", "sip:a@h:5061"),
        ]
    )
    func different(_ one: String, _ other: String) throws {
        let left = try SIPURI(one)
        let right = try SIPURI(other)
        #expect(!left.isEquivalent(to: right))
        #expect(!right.isEquivalent(to: left))
        #expect(left != right)
        #expect(left.canonicalDescription != right.canonicalDescription)
    }

    @Test("Equality is an equivalence that serves sets")
    func setMembers() throws {
        let texts = [
            "sip:a@h;x=1;y=2", "sip:a@H;Y=2;X=1", "sip:%61@h.;x=%31;y=2", "sip:a@h;x=1", "sip:a@h;x=1;y=3", "sip:a@h",
        ]
        #expect(try Set(texts.map { try SIPURI($0) }).count == 4)
    }

    @Test("RFC 3261 §19.1.4: equal values are equivalent, for generated pairs")
    func equalityIsFiner() throws {
        var random = SeededGenerator(seed: 19)
        let users = ["", "a@", "%61@", "A@", "a:p@"]
        let hosts = ["h", "H", "h.", "[::1]", "[0::1]", "1.2.3.4"]
        let parts = [";x", ";X", ";x=1", ";gr=A", ";gr=a", ";transport=tcp", ";Transport=TCP", ";user=phone"]
        var uris: [SIPURI] = []
        while uris.count < 150 {
            var text =
                "sip:" + (users.randomElement(using: &random) ?? "") + (hosts.randomElement(using: &random) ?? "")
            for _ in 0..<Int.random(in: 0...2, using: &random) { text += parts.randomElement(using: &random) ?? "" }
            if let uri = try? SIPURI(text) { uris.append(uri) }
        }
        var equalPairs = 0
        for left in uris {
            for right in uris {
                #expect((left == right) == (left.canonicalDescription == right.canonicalDescription))
                #expect(left.isEquivalent(to: right) == right.isEquivalent(to: left))
                if left == right {
                    equalPairs += 1
                    #expect(left.isEquivalent(to: right))
                    #expect(left.hashValue == right.hashValue)
                }
            }
        }
        #expect(equalPairs > uris.count)
    }
}
