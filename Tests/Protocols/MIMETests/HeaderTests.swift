import MIME
import Testing

@Suite("MIMEReader header blocks")
struct HeaderTests {
    private let reader = MIMEReader()

    @Test("RFC 5322 §2.2.3: folded fields are unfolded, names are compared without case, octets are kept")
    func folding() throws {
        let part = try reader.part(
            bytes("content-TYPE: multipart/mixed;\r\n boundary=\"x\"\r\nX-A : 1\r\nx-a:2\r\n\r\nbody\r\n")
        )
        #expect(try part.mediaType()?.parameter("boundary") == "x")
        #expect(part.headers.map(\.name) == ["content-TYPE", "X-A", "x-a"])
        #expect(part.headers["Content-Type"] == "multipart/mixed; boundary=\"x\"")
        #expect(part.headers.all("X-A").map(\.text) == ["1", "2"])
        #expect(text(part.content) == "body\r\n")
        let written = MIMEWriter.write(part)
        #expect(
            text(written[...])
                == "content-TYPE: multipart/mixed;\r\n boundary=\"x\"\r\nX-A : 1\r\nx-a:2\r\n\r\nbody\r\n"
        )
    }

    @Test("RFC 2045 §2.1: a line feed alone ends a line unless the reader is strict, a carriage return never does")
    func lineEnds() throws {
        let block = try reader.headerBlock(bytes("A: 1\nB: 2\n\nrest"))
        #expect(block.headers.map(\.text) == ["1", "2"])
        #expect(block.hasBareLineFeed && block.hasEmptyLine)
        #expect(block.length == 11)
        #expect(throws: MIMEError(.invalidOctet, "", at: 4)) {
            try MIMEReader(isStrict: true).headerBlock(bytes("A: 1\nB: 2\n\n"))
        }
        #expect(throws: MIMEError(.invalidOctet, "", at: 4)) { try reader.headerBlock(bytes("A: 1\rB: 2\r\n\r\n")) }
    }

    @Test("RFC 2046 §5.1: a part may have no header fields")
    func noHeaders() throws {
        let part = try reader.part(bytes("\r\nbody"))
        #expect(part.headers.isEmpty)
        #expect(text(part.content) == "body")
        #expect(try part.mediaType() == nil)
    }

    @Test(
        "Malformed blocks name the fault and its place",
        arguments: [
            ("A: 1\r\n", MIMEError.Code.missingEmptyLine, 6),
            ("", .missingEmptyLine, 0),
            (" A: 1\r\n\r\n", .invalidHeader, 0),
            ("A: 1\r\nnothing\r\n\r\n", .invalidHeader, 6),
            ("A: 1\r\n: 2\r\n\r\n", .invalidHeader, 6),
            ("A: 1\r\nB\u{e9}: 2\r\n\r\n", .invalidHeader, 6),
            ("A: 1\u{0}\r\n\r\n", .invalidOctet, 4),
        ]
    )
    func faults(block: String, code: MIMEError.Code, offset: Int) {
        #expect(throws: MIMEError(code, "", at: offset)) { try reader.part(bytes(block)) }
    }

    @Test("Limits hold at their edge")
    func limits() throws {
        var limits = MIMELimits(headerBytes: 14, headers: 2, contentBytes: 3)
        #expect(try MIMEReader(limits: limits).part(bytes("A: 1\r\nB: 2\r\n\r\nabc")).headers.count == 2)
        #expect(throws: MIMEError(.contentTooLong, "", at: 17)) {
            try MIMEReader(limits: limits).part(bytes("A: 1\r\nB: 2\r\n\r\nabcd"))
        }
        #expect(throws: MIMEError(.headersTooLong, "", at: 14)) {
            try MIMEReader(limits: limits).part(bytes("A: 1\r\nB: 234\r\n\r\nabc"))
        }
        limits.headerBytes = 100
        #expect(throws: MIMEError(.tooManyHeaders, "", at: 12)) {
            try MIMEReader(limits: limits).part(bytes("A: 1\r\nB: 2\r\nC: 3\r\n\r\n"))
        }
    }

    @Test("Fields made from text are checked")
    func made() {
        #expect(HeaderField(name: "Content-ID", value: " <a@b> ")?.description == "Content-ID: <a@b>")
        #expect(HeaderField(name: "A", value: " \t\r\n")?.raw == bytes("A:"))
        #expect(HeaderField(name: "A", value: "")?.raw == bytes("A:"))
        #expect(HeaderField(name: "A", value: "x\r\n ")?.raw == bytes("A: x"))
        #expect(HeaderField(name: "A B", value: "x") == nil)
        #expect(HeaderField(name: "A:", value: "x") == nil)
        #expect(HeaderField(name: "", value: "x") == nil)
        #expect(HeaderField(name: "A", value: "x\r\nB: y") == nil)
        var list = HeaderList()
        #expect(list.append("A", "1") && !list.append("B", "1\n2"))
        list.append("a", "2")
        list.remove("A")
        #expect(list.isEmpty)
    }

    @Test("RFC 2045 §6.1, §7: the fields of a part have their defaults")
    func partFields() throws {
        let part = try reader.part(bytes("Content-ID: <123@example.net>\r\nContent-length: 12\r\n\r\n12345678901"))
        #expect(part.contentID == "123@example.net")
        #expect(part.declaredLength == 12)
        #expect(try part.transferEncoding() == .sevenBit)
        #expect(try reader.part(bytes("Content-Length: 1x\r\n\r\n")).declaredLength == nil)
        #expect(try reader.part(bytes("Content-Length: 99999999999999999999999\r\n\r\n")).declaredLength == nil)
        #expect(try reader.part(bytes("Content-ID: <>\r\n\r\n")).contentID == nil)
        #expect(try reader.part(bytes("Content-ID: <\r\n\r\n")).contentID == "<")
    }

    @Test("RFC 2183 §2: a disposition has a type and parameters")
    func disposition() throws {
        let part = try reader.part(
            bytes("Content-Disposition: Attachment; filename*=utf-8''%e2%82%ac.txt; filename=x\r\n\r\n")
        )
        let disposition = try #require(try part.disposition())
        #expect(disposition.type == "attachment")
        #expect(disposition.fileName == "€.txt")
        #expect(throws: MIMEError(.invalidDisposition, "", at: 0)) { try ContentDisposition(bytes: bytes(";a=b")) }
    }

    @Test("RFC 2231 §3, §4: continued and encoded parameters are joined")
    func extended() throws {
        let type = try MediaType(
            "a/b; n*0*=us-ascii'en'This%20is; n*1=\" 'fun'\"; n*2*=%21; bad*=x; worse*=utf-8''%zz; short*=utf-8''%4"
        )
        #expect(type.parameters.extended("n") == "This is 'fun'!")
        #expect(type.parameters.extended("bad") == nil)
        #expect(type.parameters.extended("worse") == nil)
        #expect(type.parameters.extended("short") == nil)
        #expect(type.parameters.extended("none") == nil)
    }
}

func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
