import Addressing
import CPIM
import Testing

@Suite("CPIMAddress")
struct CPIMAddressTests {
    private func read(_ value: String) throws -> (CPIMAddress?, [CPIMWarning.Kind]) {
        let message = try CPIMReader().read(
            bytes("To: <im:a@b>\r\nFrom: \(value)\r\n\r\nContent-Type: text/plain\r\n\r\n")
        )
        return (message.from, kinds(message))
    }

    @Test(
        "RFC 3862 §3.6, §4.1: tokens, a quoted string or nothing, then the URI",
        arguments: [
            ("\"MR SANDERS\"<im:p@h>", "MR SANDERS", nil),
            ("\"MR SANDERS\" <im:p@h>", "MR SANDERS", CPIMWarning.Kind.spacedFormalName),
            ("MR SANDERS <im:p@h>", "MR SANDERS", nil),
            ("<im:p@h>", nil, nil),
            ("Seán O'Casey <im:p@h>", "Seán O'Casey", nil),
            ("\"Capulet, Juliet \\\"Jules\\\"\"<im:p@h>", "Capulet, Juliet \"Jules\"", nil),
            ("\"\"<im:p@h>", nil, nil),
            ("\"a\\\\\"<im:p@h>", "a\\", nil),
            ("Capulet, Juliet <im:p@h>", "Capulet, Juliet", .looseFormalName),
            ("Juliet<im:p@h>", "Juliet", .looseFormalName),
            ("Joe\\u0041 <im:p@h>", "JoeA", .looseFormalName),
            ("<im:p@h>;gr=x", nil, .parametersAfterURI),
        ] as [(String, String?, CPIMWarning.Kind?)]
    )
    func reading(value: String, name: String?, tolerated: CPIMWarning.Kind?) throws {
        let (address, kinds) = try read(value)
        #expect(address?.uriText == "im:p@h")
        #expect(address?.formalName == name)
        #expect(kinds == (tolerated.map { [$0] } ?? []))
    }

    @Test(
        "RFC 3862 §4.1: other values are malformed",
        arguments: [
            "im:p@h", "<im:p@h", "<im:p@h> x", "<im:p@h>>", "\"MR <im:p@h>", "MR \"X\" <im:p@h>", "<>", "<p@h>",
            "<:p@h>", "<im:>",
            "<im:p h>", "<<im:p@h>", "<1m:p@h>", "", "<im:p@h>;gr", "\"a\\\"<im:p@h>",
        ]
    )
    func malformed(value: String) throws {
        let (address, kinds) = try read(value)
        #expect(address == nil)
        #expect(kinds.contains(.malformedAddress))
    }

    @Test("RFC 7702 §6.3.1: parameters after the bracket are kept apart")
    func trailing() throws {
        let address = try #require(try SampleObjects.read("055-rfc7702-groupchat-in").from)
        #expect(address.uriText == "sip:romeo@example.org")
        #expect(address.trailingParameters == [CPIMHeader.Parameter(name: "gr", value: "dr4hcr0st3lup4c")])
        #expect(address.description == "Romeo <sip:romeo@example.org>")
    }

    @Test(
        "RFC 3862 §3.6, §2.3.1: a name of tokens stands before a space, any other is quoted and stands before the bracket",
        arguments: [
            (nil, "<im:p@h>"),
            ("", "<im:p@h>"),
            (" \n ", "<im:p@h>"),
            ("Juliet Capulet", "Juliet Capulet <im:p@h>"),
            ("Seán O'Casey", "Seán O'Casey <im:p@h>"),
            ("  Juliet \r\n\t Capulet ", "Juliet Capulet <im:p@h>"),
            ("a.b!#$%&'*+-^_`|~", "a.b!#$%&'*+-^_`|~ <im:p@h>"),
            ("Capulet, Juliet", "\"Capulet, Juliet\"<im:p@h>"),
            ("Juliet \"Jules\" C.", "\"Juliet \\\"Jules\\\" C.\"<im:p@h>"),
            ("a\\b", "\"a\\\\b\"<im:p@h>"),
            ("it's (me)", "\"it's (me)\"<im:p@h>"),
            ("a\u{7}b", "\"a\\u0007b\"<im:p@h>"),
            ("a\u{7F}", "\"a\\u007f\"<im:p@h>"),
            ("x <im:evil@h>", "\"x <im:evil@h>\"<im:p@h>"),
        ] as [(String?, String)]
    )
    func writing(name: String?, value: String) throws {
        let address = try #require(CPIMAddress(formalName: name, uriText: "im:p@h"))
        #expect(address.description == value)
        let (again, kinds) = try read(value)
        #expect(again?.description == value)
        #expect(kinds.isEmpty)
    }

    @Test(
        "RFC 5438 §10: the address in an extension header, whose escapes are undone",
        arguments: [
            ("<im:p@h>", nil), (" Proxy <im:p@h> ", "Proxy"), ("\"Proxy, A\"<im:p@h>", "Proxy, A"),
            ("\"Proxy \"A\"\" <im:p@h>", "Proxy \"A\""), ("\"<im:evil@h>\"<im:p@h>", "<im:evil@h>"),
            ("\"a\\\"<im:p@h>", "a\\"), ("<im:p@h>;gr=x", nil),
        ] as [(String, String?)]
    )
    func headerText(value: String, name: String?) throws {
        let address = try #require(CPIMAddress(headerText: value))
        #expect(address.uriText == "im:p@h")
        #expect(address.formalName == name)
    }

    @Test(
        "Text without a URI in brackets is no address",
        arguments: ["", "im:p@h", "<>", "a <b>", "<im:p@h> x", "im:p@h>"]
    )
    func noHeaderText(value: String) { #expect(CPIMAddress(headerText: value) == nil) }

    @Test("The URI is checked when an address is made and taken apart on demand")
    func uri() throws {
        #expect(CPIMAddress(uriText: "romeo") == nil)
        #expect(CPIMAddress(uriText: "im:a b@c") == nil)
        #expect(CPIMAddress(uriText: "im:a>b") == nil)
        #expect(CPIMAddress(uriText: "im:a\r\nTo: <im:b@c>") == nil)
        let address = try #require(CPIMAddress(uriText: "IM:Romeo@Example.NET"))
        #expect(address.uriText == "IM:Romeo@Example.NET")
        guard case .im(let parsed) = try address.uri() else {
            throw CPIMError(.invalidContent, "not an im: URI", at: 0)
        }
        #expect(parsed.domain == "example.net")
        #expect(CPIMAddress(formalName: "R", uri: try address.uri()).description == "R <im:Romeo@example.net>")
        #expect(throws: AddressError.self) { try CPIMAddress(uriText: "im:@")?.uri() }
    }
}
