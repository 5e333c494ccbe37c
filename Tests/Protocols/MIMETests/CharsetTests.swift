import MIME
import Testing

@Suite("Charset")
struct CharsetTests {
    @Test("RFC 3922 §4.2.9: text is us-ascii or utf-8, utf-8 when nothing is said")
    func charsets() throws {
        let sharp = bytes("grü")
        #expect(try Charset.decode(sharp, declared: nil).text == "grü")
        #expect(try Charset.decode(sharp, declared: "UTF-8") == DecodedText(text: "grü"))
        #expect(try Charset.decode(sharp, declared: "US-ASCII") == DecodedText(text: "grü", exceededASCII: true))
        #expect(try Charset.decode(bytes("gr"), declared: "us-ascii") == DecodedText(text: "gr"))
        #expect(throws: MIMEError(.unsupportedCharset, "", at: 0)) { try Charset.decode(sharp, declared: "iso-8859-1") }
    }

    @Test("RFC 3629 §6: a byte order mark at the start is dropped, another one is text")
    func byteOrderMark() throws {
        let marked = try Charset.decode([0xEF, 0xBB, 0xBF, 0x48, 0x69, 0xEF, 0xBB, 0xBF], declared: "utf-8")
        #expect(marked.text.unicodeScalars.map(\.value) == [0x48, 0x69, 0xFEFF])
        #expect(marked.hadByteOrderMark)
    }

    @Test(
        "RFC 3629 §3, §4: invalid UTF-8 is found at its first octet",
        arguments: [
            ([0x61, 0xC3, 0x28], 1), ([0xC0, 0x80], 0), ([0x61, 0xED, 0xA0, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 0),
            ([0x61, 0x62, 0xE2, 0x82], 2), ([0x80], 0), ([0xF8, 0x88, 0x80, 0x80, 0x80], 0), ([0xC3], 0),
        ] as [([UInt8], Int)]
    )
    func faults(octets: [UInt8], offset: Int) {
        // A slice that does not start at 0 shows that the offset counts from its start.
        let slice = ([0x78, 0x78] + octets)[2...]
        #expect(UTF8Scan.firstFault(in: slice) == offset)
        #expect(throws: MIMEError(.invalidUTF8, "", at: offset)) { try Charset.decode(slice, declared: nil) }
    }

    @Test("RFC 3629 §3: valid UTF-8 of every length has no fault")
    func valid() {
        #expect(UTF8Scan.firstFault(in: bytes("aé€😀\u{10FFFF}\u{0}")) == nil)
        #expect(UTF8Scan.firstFault(in: []) == nil)
    }

    @Test("RFC 2045 §6.8: text of a part is decoded and checked in one step")
    func partText() throws {
        let part = try MIMEReader().part(
            bytes(
                "content-TYPE: Text/Plain; Charset=\"UTF-8\"\r\nContent-Transfer-Encoding: BASE64\r\n\r\n77u/R3LDvMOfZQ0KYXVzIFdpZW4=\r\n"
            )
        )
        let decoded = try part.decodedText()
        #expect(decoded.text == "Grüße\r\naus Wien")
        #expect(decoded.hadByteOrderMark)
        #expect(
            MIMEPart(type: .plainUTF8, content: bytes("x")).headers.map(\.description) == [
                "Content-Type: text/plain; charset=utf-8"
            ]
        )
    }
}
