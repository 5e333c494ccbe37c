import SIPMessages
import Testing

/// The ends of lines are looked for eight bytes at a time, so each test goes through all places in such a word.
@Suite("Ends of lines")
struct LineEndTests {
    private let requestLine = Array("OPTIONS sip:h SIP/2.0\r\n".utf8)

    /// Bytes of which one step more or less, or one bit, makes a carriage return or line feed, and the outermost ones.
    private let lookalikes: [UInt8] = [
        0x00, 0x01, 0x08, 0x0B, 0x0C, 0x0E, 0x0F, 0x2A, 0x2D, 0x4A, 0x4D, 0x7F, 0x80, 0x8A, 0x8D, 0xFF,
    ]

    @Test("RFC 3261 §7.3.1: no byte but a line end ends a field, at whatever place it stands")
    func valuesAreWhole() throws {
        for byte in lookalikes {
            for indent in 0..<8 {
                for count in 0...24 {
                    let value = Array(repeating: byte, count: count)
                    let headers = try read(indent: indent, value).headers
                    #expect(headers.count == 2)
                    #expect(Array(headers[0].rawValue) == value)
                    #expect(headers.subject == "s")
                }
            }
        }
    }

    @Test("RFC 3261 §7.3.1: a carriage return or line feed alone is found at whatever place it stands")
    func loneBytesAreFound() {
        for (byte, around) in [(0x0D, 0x0C), (0x0D, 0x8D), (0x0A, 0x0B), (0x0A, 0x8A)] as [(UInt8, UInt8)] {
            for indent in 0..<8 {
                for place in 0..<24 {
                    var value = Array(repeating: around, count: 25)
                    value[place] = byte
                    let offset = requestLine.count + indent + 2 + place
                    #expect(throws: SIPError(.bareLineEnd, "", at: offset)) { try read(indent: indent, value) }
                }
            }
        }
    }

    /// Reads a request with a field of this value, whose name moves it along, and a Subject behind it.
    private func read(indent: Int, _ value: [UInt8]) throws -> SIPMessage {
        let name = "X" + String(repeating: "y", count: indent) + ":"
        return try SIPReader.read(datagram: requestLine + name.utf8 + value + "\r\nSubject: s\r\n\r\n".utf8)
    }
}
