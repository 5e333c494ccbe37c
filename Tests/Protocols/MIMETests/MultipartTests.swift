import MIME
import Testing

@Suite("Multipart")
struct MultipartTests {
    private let reader = MIMEReader()

    private func entity(_ type: String, _ content: String) throws -> MIMEPart {
        MIMEPart(type: try MediaType(type), content: bytes(content))
    }

    @Test("RFC 2046 §5.1.1: the line end before a delimiter belongs to it; preamble and epilogue have no meaning")
    func boundaries() throws {
        let part = try entity(
            "multipart/alternative; boundary=b1",
            "preamble\r\n--b1\r\nContent-Type: text/plain\r\n\r\nHi\r\n\r\n--b1 \t\r\n\r\nno headers\r\n--b1--\r\nepilogue"
        )
        let multipart = try #require(try reader.multipart(part))
        #expect(multipart.parts.map { text($0.content) } == ["Hi\r\n", "no headers"])
        #expect(text(multipart.preamble) == "preamble")
        #expect(text(multipart.epilogue) == "epilogue")
        #expect(multipart.parts.map(\.level) == [1, 1])
        #expect(try reader.multipart(try entity("text/plain", "--b1--")) == nil)
    }

    @Test("RFC 2046 §5.1.1: a boundary that begins with another one is a different line")
    func prefixBoundary() throws {
        let inner = "--b12\r\n\r\nin\r\n--b12--\r\n"
        let part = try entity(
            "multipart/mixed; boundary=b1",
            "--b1\r\nContent-Type: multipart/mixed; boundary=b12\r\n\r\n\(inner)\r\n--b1\r\n\r\n--b1x\r\nx--b1--\r\n--b1--"
        )
        let parts = try #require(try reader.multipart(part)).parts
        #expect(parts.count == 2)
        #expect(text(parts[1].content) == "--b1x\r\nx--b1--")
        #expect(try reader.multipart(parts[0])?.parts.map { text($0.content) } == ["in"])
    }

    @Test("Lines ended by LF alone are tolerated; empty parts are parts; a part may end inside its headers")
    func oddParts() throws {
        let part = try entity("multipart/mixed; boundary=\"b b\"", "--b b\n--b b\nA: 1\n--b b\n\n\n--b b--")
        let parts = try #require(try reader.multipart(part)).parts
        #expect(parts.map { text($0.content) } == ["", "", ""])
        #expect(parts.map(\.headers.count) == [0, 1, 0])
    }

    @Test(
        "Malformed multiparts name the fault and its place",
        arguments: [
            ("multipart/mixed", "--b--", MIMEError.Code.missingBoundary, 0),
            ("multipart/mixed; boundary=\"\"", "--b--", .invalidBoundary, 0),
            ("multipart/mixed; boundary=\"a \"", "--b--", .invalidBoundary, 0),
            ("multipart/mixed; boundary=\"a<\"", "--b--", .invalidBoundary, 0),
            ("multipart/mixed; boundary=b", "x\r\n-b\r\n --b\r\n", .missingDelimiter, 13),
            ("multipart/mixed; boundary=b", "--b\r\n\r\nx", .missingClosingDelimiter, 8),
            ("multipart/mixed; boundary=b", "--b", .missingDelimiter, 3),
            ("multipart/mixed; boundary=b", "--b\r\nx\r\n--b--", .invalidHeader, 5),
        ]
    )
    func faults(type: String, content: String, code: MIMEError.Code, offset: Int) throws {
        let part = try entity(type, content)
        #expect(throws: MIMEError(code, "", at: offset)) { try reader.multipart(part) }
    }

    @Test("RFC 2045 §6.4: a multipart is not encoded as a whole")
    func encoded() throws {
        var part = try entity("multipart/mixed; boundary=b", "--b--")
        part.headers.append("Content-Transfer-Encoding", "base64")
        #expect(throws: MIMEError(.unknownEncoding, "", at: 0)) { try reader.multipart(part) }
    }

    @Test("RFC 2046 §5.1.3: five levels are read, the sixth is refused; parts are counted")
    func limits() throws {
        var part = MIMEPart(type: .plain, content: bytes("deep"))
        for level in 0..<6 { part = try MIMEWriter.multipart("mixed", [part], boundary: "level\(level)") }
        for _ in 0..<5 {
            part = try #require(try reader.multipart(part)?.parts.first)
        }
        #expect(throws: MIMEError(.nestedTooDeep, "", at: 0)) { try reader.multipart(part) }

        let two = try entity("multipart/mixed; boundary=b", "--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--")
        #expect(try MIMEReader(limits: MIMELimits(parts: 2)).multipart(two)?.parts.count == 2)
        #expect(throws: MIMEError(.tooManyParts, "", at: 8)) {
            try MIMEReader(limits: MIMELimits(parts: 1)).multipart(two)
        }
    }

    @Test("RFC 2046 §5.1.1: what is written is read back; a boundary inside a part is refused")
    func written() throws {
        let parts = [
            MIMEPart(type: .plainUTF8, content: bytes("--x\r\nhé")),
            MIMEPart(headers: HeaderList(), content: bytes("")),
            MIMEPart(type: .plain, content: bytes("\r\n")),
        ]
        #expect(throws: MIMEError(.boundaryInContent, "", at: 5)) {
            try MIMEWriter.multipart("alternative", parts, boundary: "x")
        }
        let boundary = MIMEWriter.boundary(for: parts, seed: "x")
        #expect(boundary == "x-1")
        let joined = try MIMEWriter.multipart("alternative", parts, boundary: boundary)
        let read = try #require(try reader.multipart(try reader.part(MIMEWriter.write(joined)[...])))
        #expect(read.parts.map(\.headers) == parts.map(\.headers))
        #expect(read.parts.map(\.content) == parts.map(\.content))
        #expect(throws: MIMEError(.missingDelimiter, "", at: 0)) {
            try MIMEWriter.multipart("mixed", [], boundary: "x")
        }
        #expect(throws: MIMEError(.invalidBoundary, "", at: 0)) {
            try MIMEWriter.multipart("mixed", parts, boundary: "")
        }
        #expect(throws: MIMEError(.invalidMediaType, "", at: 0)) {
            try MIMEWriter.multipart("m x", parts, boundary: "b")
        }
    }

    @Test("No prefix and no damaged octet traps")
    func damage() throws {
        let whole = bytes(
            "Content-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\npre\r\n--b\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n--b\r\n\r\n\r\n--b--\r\nend"
        )
        var understood = 0
        func run(_ octets: ArraySlice<UInt8>) {
            guard let part = try? reader.part(octets), let multipart = try? reader.multipart(part) else { return }
            for inner in multipart.parts where (try? inner.decodedText()) != nil { understood += 1 }
        }
        for length in 0...whole.count { run(whole.prefix(length)) }
        for place in whole.indices {
            for octet in [UInt8(0), 0x0A, 0x0D, 0x20, 0x22, 0x2D, 0x3D, 0xFF] {
                var damaged = whole
                damaged[place] = octet
                run(damaged)
            }
        }
        #expect(understood > 100)
    }

    @Test("Codes are words of lower-case letters, digits and hyphens")
    func codes() {
        for code in MIMEError.Code.allCases {
            #expect(code.rawValue.allSatisfy { $0 == "-" || $0.isLowercase || $0.isNumber }, "\(code)")
        }
    }
}
