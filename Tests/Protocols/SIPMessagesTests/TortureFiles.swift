import Foundation
import SIPMessages

/// The torture messages of RFC 4475 and RFC 5118, byte for byte.
enum TortureFiles {
    struct Entry: Sendable {
        let name: String
        let isValid: Bool
        let isRawLineFeed: Bool
        let bytes: [UInt8]
    }

    static let all: [Entry] = {
        let table = String(decoding: read("expected.tsv"), as: UTF8.self)
        return table.split(separator: "\n").dropFirst().map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Entry(
                name: columns[0],
                isValid: columns[1] == "valid",
                isRawLineFeed: columns[0].contains("rawlf"),
                bytes: read(columns[0])
            )
        }
    }()

    /// The bytes of the file whose name begins with this number.
    static func bytes(_ number: String) -> [UInt8] {
        all.first { $0.name.hasPrefix(number) }?.bytes ?? []
    }

    static func request(_ number: String) throws -> SIPRequest {
        guard case .request(let request) = try SIPReader.read(datagram: bytes(number)) else {
            throw SIPError(.malformedStartLine, "not a request")
        }
        return request
    }

    static func response(_ number: String) throws -> SIPResponse {
        guard case .response(let response) = try SIPReader.read(datagram: bytes(number)) else {
            throw SIPError(.malformedStartLine, "not a response")
        }
        return response
    }

    static func read(_ name: String) -> [UInt8] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Torture/\(name)")
        return (try? Data(contentsOf: file)).map { Array($0) } ?? []
    }
}

/// The bytes of a message written with LF line ends.
func wire(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        if byte == 0x0A { bytes.append(0x0D) }
        bytes.append(byte)
    }
    return bytes
}

func request(_ text: String) throws -> SIPRequest {
    guard case .request(let request) = try SIPReader.read(datagram: wire(text)) else {
        throw SIPError(.malformedStartLine, "not a request")
    }
    return request
}

/// A request with these header lines after the mandatory ones.
func options(_ lines: String) throws -> SIPRequest {
    try request(
        """
        OPTIONS sip:example.com SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa
        From: <sip:a@example.com>;tag=1
        To: <sip:b@example.com>
        Call-ID: a
        CSeq: 1 OPTIONS
        \(lines)


        """
    )
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// A small generator, so that random tests repeat.
struct Generator {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(limit, 1)))
    }
}
