import Addressing
import Testing

@Suite struct TelURITests {
    @Test(
        "RFC 3966 §3: numbers lose their visual separators",
        arguments: [
            ("tel:+1-212-555-0101", "+12125550101", true, nil),
            ("TEL:+1(212)555.0101", "+12125550101", true, nil),
            ("tel:7042;phone-context=example.com", "7042", false, "example.com"),
            ("tel:863-1234;phone-context=+1-914-555", "8631234", false, "+1-914-555"),
            ("tel:*21#;phone-context=example.com", "*21#", false, "example.com"),
            ("tel:+358-555-1234567;postd=pp22", "+3585551234567", true, nil),
            ("tel:+1-212;ext=12-3;isub=a?b", "+1212", true, nil),
        ] as [(String, String, Bool, String?)]
    )
    func numbers(_ text: String, _ number: String, _ isGlobal: Bool, _ context: String?) throws {
        let uri = try TelURI(text)
        #expect(uri.number == number)
        #expect(uri.isGlobal == isGlobal)
        #expect(uri.phoneContext == context)
        #expect(try TelURI(uri.description) == uri)
        #expect(try TelURI(bytes: Array(text.utf8)[...]) == uri)
        #expect(try TelURI(subscriber: String(text.dropFirst(4))) == uri)
    }

    @Test("RFC 3966 §3: parameters are written in the prescribed order")
    func order() throws {
        let uri = try TelURI("tel:1234;b=2;A=1;phone-context=example.com;ext=5")
        #expect(uri.description == "tel:1234;ext=5;phone-context=example.com;a=1;b=2")
        #expect(uri.parameters.map(\.name) == ["b", "a", "phone-context", "ext"])
    }

    @Test("RFC 3966 §4: equality")
    func equality() throws {
        #expect(try TelURI("tel:+1-212") == TelURI("tel:+12.12"))
        #expect(try TelURI("tel:+1212;a=B;c") == TelURI("tel:+1212;C;A=b"))
        #expect(try TelURI("tel:12A;phone-context=+1-2") == TelURI("tel:12a;phone-context=+12"))
        #expect(try TelURI("tel:12;phone-context=Example.com") == TelURI("tel:12;phone-context=example.COM"))
        #expect(try TelURI("tel:+1;ext=1-2") == TelURI("tel:+1;ext=12"))
        #expect(try TelURI("tel:+1212;a=b") != TelURI("tel:+1212"))
        #expect(try TelURI("tel:12;phone-context=a.example") != TelURI("tel:12;phone-context=b.example"))
        #expect(try TelURI("tel:+12") != TelURI("tel:12;phone-context=+1"))
        #expect(try Set([TelURI("tel:+1-2"), TelURI("tel:+12"), TelURI("tel:+(1)2")]).count == 1)
    }

    @Test(
        "RFC 3966 §3: what is refused, and where",
        arguments: [
            ("tel:", .malformedNumber, 4), ("tel:+", .malformedNumber, 4), ("tel:+-", .malformedNumber, 4),
            ("tel:7042", .malformedNumber, 4),
            ("tel:+12A", .malformedNumber, 7), ("tel:+1 2", .malformedNumber, 6),
            ("tel:+1;a;a", .duplicateParameter, 9),
            ("tel:+1;", .malformedParameter, 7), ("tel:+1;=x", .malformedParameter, 7),
            ("tel:+1;a=", .malformedParameter, 9),
            ("tel:1;phone-context=", .malformedParameter, 20), ("tel:1;phone-context", .malformedParameter, 6),
            ("tel:1;phone-context=+x", .malformedNumber, 21), ("tel:1;phone-context=-a", .malformedParameter, 20),
            ("tel:+1;a=%4", .malformedPercent, 9), ("sip:+1@h", .wrongScheme, 0), ("tel:+1?x=y", .malformedNumber, 6),
        ] as [(String, AddressError.Code, Int)]
    )
    func refused(_ text: String, _ code: AddressError.Code, _ offset: Int) {
        #expect(throws: AddressError(code, "", at: offset)) { try TelURI(text) }
    }

    @Test("The limits hold at their edges")
    func limits() throws {
        let many = (0..<TelURI.parameterLimit).map { ";p\($0)" }.joined()
        #expect(try TelURI("tel:+1" + many).parameters.count == TelURI.parameterLimit)
        #expect { try TelURI("tel:+1" + many + ";x") } throws: { ($0 as? AddressError)?.code == .tooLong }
        let long = "tel:+" + String(repeating: "1", count: TelURI.textLimit - 5)
        #expect(try TelURI(long).description == long)
        #expect { try TelURI(long + "1") } throws: { ($0 as? AddressError)?.code == .tooLong }
    }
}
