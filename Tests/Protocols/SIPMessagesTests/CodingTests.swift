import MIME
import SIPMessages
import Testing

/// Requests whose bodies are packed.
@Suite("Content-Encoding")
struct CodingTests {
    /// "Hello" as one block that is not compressed.
    private static let hello: [UInt8] =
        [0x78, 0x01, 0x01, 0x05, 0x00, 0xFA, 0xFF] + Array("Hello".utf8) + [0x05, 0x8C, 0x01, 0xF5]

    private func request(_ body: [UInt8], _ lines: [String]) throws -> SIPRequest {
        let head =
            [
                "MESSAGE sip:juliet@example.com SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1",
                "Max-Forwards: 70", "From: <sip:romeo@example.net>;tag=t", "To: <sip:juliet@example.com>",
                "Call-ID: c1", "CSeq: 1 MESSAGE",
            ] + lines
        let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        guard case .request(let request) = try SIPReader.read(datagram: bytes) else { throw NoRequest() }
        return request
    }

    private struct NoRequest: Error {}

    @Test(
        "RFC 3261 §20.12: an unpacked request has its length, no coding, and the rest as it was",
        arguments: [
            ["Content-Encoding: deflate", "Content-Type: text/plain", "Content-Length: 16"],
            ["l: 16", "e: DEFLATE", "c: text/plain"],
            ["Content-Type: text/plain", "Content-Encoding: identity, deflate"],
            ["Content-Type: text/plain", "Content-Encoding: identity,\r\n deflate", "Content-Length: 16", "X: y"],
        ]
    )
    func unpacks(_ lines: [String]) throws {
        let packed = try request(Self.hello, lines)
        #expect(packed.contentCoding == .deflate)
        let plain = try packed.unpacked(limit: 100)
        #expect(Array(plain.body) == Array("Hello".utf8))
        #expect(plain.headers.text(.contentEncoding) == nil)
        #expect(plain.headers.text(.contentType) == "text/plain")
        #expect(plain.headers.text(.callID) == "c1")
        #expect(plain.headers.count == packed.headers.count - 1)
        if packed.headers.has(.contentLength) { #expect(plain.headers.text(.contentLength) == "5") }
        #expect(throws: MIMEError(.contentTooLong, "", at: packed.body.startIndex)) { try packed.unpacked(limit: 4) }
    }

    @Test("What is packed in another way, or twice, is left as it is")
    func others() throws {
        for value in ["gzip", "deflate, deflate", "deflate, br"] {
            let strange = try request(Self.hello, ["Content-Encoding: \(value)", "Content-Type: text/plain"])
            #expect(strange.contentCoding == nil)
            #expect(try strange.unpacked(limit: 100).bytes == strange.bytes)
        }
        let plain = try request(Self.hello, ["Content-Type: text/plain"])
        #expect(plain.contentCoding == .identity)
        #expect(try plain.unpacked(limit: 1).bytes == plain.bytes)
    }
}
