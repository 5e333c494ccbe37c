import MIME
import Testing

@testable import Interworking

@Suite("BodyReader")
struct BodyReaderTests {
    private func part(_ headers: [String], _ content: String) throws -> MIMEPart {
        try part(headers, Array(content.utf8))
    }

    private func part(_ headers: [String], _ content: [UInt8]) throws -> MIMEPart {
        try MIMEReader().part((Array((headers + ["", ""]).joined(separator: "\r\n").utf8) + content)[...])
    }

    private func text(
        _ headers: [String],
        _ content: String,
        _ reader: BodyReader = BodyReader()
    ) throws -> MessageText? {
        guard case .message(let text) = try reader.read(part(headers, content)) else { return nil }
        return text
    }

    private func plain(_ headers: [String], _ content: String) throws -> String? {
        try text(headers, content)?.plain.map { String(decoding: $0, as: UTF8.self) }
    }

    private func code(_ headers: [String], _ content: [UInt8], _ reader: BodyReader = BodyReader()) -> Refusal.Code? {
        do throws(Refusal) {
            guard let part = try? part(headers, content) else { return nil }
            _ = try reader.read(part)
            return nil
        } catch { return error.code }
    }

    @Test(
        "RFC 2045 §5.1: names are compared without case, values may be quoted",
        arguments: [
            "text/plain", "Text/Plain; charset=UTF-8", "text/plain;Charset=\"utf-8\"",
            "text/plain; format=flowed; charset=us-ascii",
        ]
    )
    func plainTypes(type: String) throws { #expect(try plain(["Content-Type: \(type)"], "hi\r\nyou") == "hi\r\nyou") }

    @Test("CPIM-070: charsets other than us-ascii and utf-8 are refused with 415 and Accept")
    func charsets() throws {
        let latin: [UInt8] = [0x67, 0xFC]
        #expect(code(["Content-Type: text/plain; charset=iso-8859-1"], latin) == .unsupportedType)
        #expect(code(["Content-Type: text/plain"], latin) == .unsupportedType)
        #expect(code(["Content-Type: text/plain; charset=us-ascii"], latin) == .unsupportedType)
        #expect(try ShippedTables.worded(.unsupportedType()).sipStatus == 415)
        for type in ["message/cpim", "text/plain", "text/html", "multipart/alternative", "multipart/mixed"] {
            #expect(Refusal.unsupportedType().headers.first?.value.contains(type) == true)
        }
    }

    @Test("MSG-038 RFC 3261 §21.4.13: a 415 lists in Accept every type that is mapped, those of rows at the end")
    func accepted() {
        let types =
            "message/cpim, text/plain, text/html, multipart/alternative, multipart/mixed, application/im-iscomposing+xml"
        #expect(Refusal.unsupportedType().headers == [.init("Accept", types)])
        let further = Refusal.unsupportedType(also: ["text/calendar"])
        #expect(further.headers == [.init("Accept", types + ", text/calendar")])
    }

    @Test("msg.charset=transcode converts ISO-8859-1")
    func transcoding() throws {
        var reader = BodyReader()
        reader.convertsLatin1 = true
        let part = try part(["Content-Type: text/plain; charset=ISO-8859-1"], [0x67, 0xFC])
        #expect(try reader.read(part) == .message(MessageText(plain: Array("gü".utf8)[...])))
        #expect(code(["Content-Type: text/plain; charset=utf-16"], [0x67], reader) == .unsupportedType)
    }

    @Test("CPIM-072: us-ascii that is UTF-8 is tolerated")
    func declaredASCII() throws {
        let text = try #require(try text(["Content-Type: text/plain; charset=us-ascii"], "ü"))
        #expect(text.notes == ["charset-us-ascii-exceeded"])
        #expect(text.plain == Array("ü".utf8)[...])
    }

    @Test("RFC 3629 §6: a byte order mark at the start is dropped")
    func byteOrderMark() throws { #expect(try plain(["Content-Type: text/plain"], "\u{FEFF}Hi") == "Hi") }

    @Test("RFC 2045 §6: transfer encodings are undone, unknown ones refused")
    func transferEncodings() throws {
        #expect(try plain(["Content-Type: text/plain", "Content-Transfer-Encoding: BASE64"], "SGVsbG8=") == "Hello")
        #expect(
            try plain(["Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable"], "=C3=BC") == "ü"
        )
        #expect(code(["Content-Type: text/plain", "Content-Transfer-Encoding: x-uue"], [0x61]) == .unsupportedType)
        #expect(code(["Content-Type: text/plain", "Content-Transfer-Encoding: base64"], [0x21]) == .malformedBody)
    }

    @Test(
        "CPIM-084: types without a mapping are refused",
        arguments: ["text/xml", "image/png", "multipart/signed; boundary=b", "application/resource-lists+xml"]
    )
    func otherTypes(type: String) { #expect(code(["Content-Type: \(type)"], [0x61]) == .unsupportedType) }

    @Test(
        "Receipts and composing states are signals, never text",
        arguments: ["message/imdn+xml", "Application/im-iscomposing+XML"]
    )
    func signals(type: String) throws {
        #expect(try BodyReader().read(part(["Content-Type: \(type)"], "<imdn/>")) == .signal(type.lowercased()))
    }

    @Test("RFC 2046 §5.1.4: the last alternative with a mapping is chosen, with its plain sibling")
    func alternative() throws {
        let body =
            "p\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>hi</b>\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\ne"
        let text = try #require(try text(["Content-Type: multipart/alternative; boundary=b"], body))
        #expect(text.plain == Array("hi".utf8)[...])
        #expect(text.html == Array("<b>hi</b>".utf8)[...])
        var reader = BodyReader()
        reader.readsHTML = false
        #expect(try self.text(["Content-Type: multipart/alternative; boundary=b"], body, reader)?.html == nil)
    }

    @Test("RFC 2046 §5.1.3: text parts are joined, others are lost")
    func mixed() throws {
        let body =
            "--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b\r\n\r\nc\r\n--b--"
        let text = try #require(try text(["Content-Type: multipart/mixed; boundary=b"], body))
        #expect(text.plain == Array("a\nc".utf8)[...])
        #expect(text.losses == ["message.part"])
        let none = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--"
        #expect(code(["Content-Type: multipart/mixed; boundary=b"], Array(none.utf8)) == .unsupportedType)
    }

    @Test("MSG-077: a list of recipients is not expanded")
    func recipientLists() {
        let body =
            "--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: application/resource-lists+xml\r\n\r\n<x/>\r\n--b--"
        #expect(code(["Content-Type: multipart/mixed; boundary=b"], Array(body.utf8)) == .unsupportedType)
    }

    @Test("CPIM-088: nesting deeper than five is refused")
    func nesting() {
        func nested(_ depth: Int) -> String {
            if depth == 0 { return "Content-Type: text/plain\r\n\r\nhi" }
            return
                "Content-Type: multipart/mixed; boundary=b\(depth)\r\n\r\n--b\(depth)\r\n\(nested(depth - 1))\r\n--b\(depth)--"
        }
        func code(_ depth: Int) -> Refusal.Code? {
            let lines = nested(depth).split(separator: "\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            return self.code([String(lines[0])], Array(String(lines[1]).drop { $0 == "\r\n" }.utf8))
        }
        #expect(code(5) == nil)
        #expect(code(6) == .oversize)
    }

    @Test("MSG-061: an external body is its URL")
    func externalBody() throws {
        let type = "Content-Type: message/external-body; access-type=\"URL\"; URL=\"https://h.example/f.png\""
        let text = try #require(try text([type], "Content-Type: image/png\r\n\r\n"))
        #expect(text.url == "https://h.example/f.png")
        #expect(text.plain == Array("https://h.example/f.png".utf8)[...])
        #expect(code(["Content-Type: message/external-body; access-type=ftp"], []) == .unsupportedType)
    }

    @Test(
        "XEP-0071 §7.4: the address of an external body is a link only where one of markup would be",
        arguments: [
            ("javascript:alert(1)", false), ("JavaScript:alert(1)", false), ("data:text/html,x", false),
            ("file:///etc/passwd", false), ("/f.png", false), ("http://h.example/f", true), ("cid:f@h.example", true),
        ]
    )
    func externalLink(url: String, isLink: Bool) throws {
        let type = "Content-Type: message/external-body; access-type=URL; URL=\"\(url)\""
        let text = try #require(try text([type], "Content-Type: image/png\r\n\r\n"))
        #expect(text.url == (isLink ? url : nil))
        #expect(text.losses == (isLink ? [] : ["message.value"]))
        #expect(text.plain == Array(url.utf8)[...])
    }

    @Test(
        "SIP-MSG-012: more than 64 parts are malformed",
        arguments: [(64, nil), (65, .malformedBody)] as [(Int, Refusal.Code?)]
    )
    func partCount(count: Int, refusal: Refusal.Code?) throws {
        let parts = (0..<count).map { "--b\r\nContent-Type: text/plain\r\n\r\n\($0)\r\n" }.joined()
        for type in ["multipart/mixed", "multipart/alternative"] {
            #expect(code(["Content-Type: \(type); boundary=b"], Array((parts + "--b--").utf8)) == refusal)
        }
        #expect(try ShippedTables.worded(Refusal(.malformedBody)).sipStatus == 400)
    }

    @Test("The first language of a part is its language")
    func languages() throws {
        #expect(try text(["Content-Type: text/plain", "Content-Language: cs, en"], "x")?.language == "cs")
    }
}
