import MIME
import Testing

@Suite("MediaType")
struct MediaTypeTests {
    @Test("RFC 2045 §5.1: type, subtype and parameter names are compared without case, values may be quoted")
    func caseAndQuotes() throws {
        let type = try MediaType("Text/Plain; Charset=\"UTF-8\"")
        #expect(type.is("text", "plain"))
        #expect(type.is("TEXT", "Plain"))
        #expect(!type.is("text", "html"))
        #expect(type.charset == "utf-8")
        #expect(type.parameter("CHARSET") == "UTF-8")
        #expect(type.raw == "Text/Plain; Charset=\"UTF-8\"")
        #expect(type.description == "text/plain; Charset=UTF-8")
    }

    @Test("RFC 2045 §5.1: comments and white space around separators are no part of the value")
    func comments() throws {
        let type = try MediaType(
            " text (a (nested \\) one)) / plain ; charset = us-ascii (Plain text)\r\n ; format=flowed "
        )
        #expect(type.is("text", "plain"))
        #expect(type.charset == "us-ascii")
        #expect(type.parameter("format") == "flowed")
        #expect(type == (try MediaType("text/plain; format=flowed; charset=us-ascii")))
    }

    @Test("RFC 3862 §5.2: an unquoted value with a slash is read")
    func looseValue() throws {
        let type = try MediaType(
            "multipart/signed; boundary=next;\r\n  micalg=sha1;\r\n protocol=application/pkcs7-signature"
        )
        #expect(type.parameter("boundary") == "next")
        #expect(type.parameter("protocol") == "application/pkcs7-signature")
        #expect(
            type.description == "multipart/signed; boundary=next; micalg=sha1; protocol=\"application/pkcs7-signature\""
        )
    }

    @Test("RFC 2045 §5.1: a quoted string is unescaped when read and escaped when written")
    func quotedPairs() throws {
        let type = try MediaType("a/b; name=\"x \\\"y\\\\ z\"")
        #expect(type.parameter("name") == "x \"y\\ z")
        #expect(type.description == "a/b; name=\"x \\\"y\\\\ z\"")
        #expect(try MediaType(type.description) == type)
    }

    @Test("RFC 2045 §5.1: parameters keep their order, the first of a name counts, a lone semicolon is nothing")
    func order() throws {
        let type = try MediaType("a/b; z=1; a=2; Z=3;; ;")
        #expect(type.parameters.map(\.name) == ["z", "a", "Z"])
        #expect(type.parameter("z") == "1")
        #expect(type != (try MediaType("a/b; z=1; a=2")))
    }

    @Test("Types made from parts are checked")
    func parts() {
        #expect(MediaType(type: "text", subtype: "html")?.description == "text/html")
        #expect(MediaType(type: "te xt", subtype: "html") == nil)
        #expect(MediaType(type: "text", subtype: "") == nil)
        #expect(MediaType.plainUTF8.raw == "text/plain; charset=utf-8")
        #expect(MediaType.cpim.description == "message/cpim")
    }

    @Test(
        "Malformed values name the fault and its place",
        arguments: [
            ("", MIMEError.Code.invalidMediaType, 0),
            ("text", .invalidMediaType, 0),
            ("  /plain", .invalidMediaType, 2),
            ("text/", .invalidMediaType, 5),
            ("text/;a=b", .invalidMediaType, 5),
            ("text/plain x", .invalidParameter, 11),
            ("text/plain;x", .invalidParameter, 11),
            ("text/plain;=x", .invalidParameter, 11),
            ("text/plain; x=", .invalidParameter, 14),
            ("text/plain; x=;", .invalidParameter, 14),
            ("text/plain; x=\"y", .unterminatedString, 14),
            ("text/plain; x=\"y\\", .unterminatedString, 14),
            ("text/plain; x=\"y\u{1}\"", .invalidOctet, 16),
            ("text/plain (x", .unterminatedComment, 11),
            ("text/plain (x\\", .unterminatedComment, 11),
        ]
    )
    func faults(text: String, code: MIMEError.Code, offset: Int) {
        #expect(throws: MIMEError(code, "", at: offset)) { try MediaType(text) }
    }

    @Test("Limits hold at their edge")
    func limits() throws {
        var limits = MIMELimits()
        limits.parameters = 2
        limits.valueBytes = 20
        #expect(try MediaType(bytes: Array("a/b;c=d;e=f".utf8)[...], limits: limits).parameters.count == 2)
        #expect(throws: MIMEError(.tooManyParameters, "", at: 12)) {
            try MediaType(bytes: Array("a/b;c=d;e=f;g=h".utf8)[...], limits: limits)
        }
        #expect(throws: MIMEError(.valueTooLong, "", at: 20)) {
            try MediaType(bytes: Array("a/b;c=ddddddddddddddd".utf8)[...], limits: limits)
        }
    }

    @Test("No prefix traps")
    func prefixes() {
        let bytes = Array("text (c) / plain ; a=\"b\\\"c\" (d) ; charset=utf-8".utf8)
        var read = 0
        for length in 0...bytes.count where (try? MediaType(bytes: bytes.prefix(length))) != nil { read += 1 }
        #expect(read > 10)
    }
}
