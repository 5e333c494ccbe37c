import SIPMessages
import SIPTransactions

let millisecond: UInt64 = 1_000_000
let second: UInt64 = 1_000_000_000

let udp = SIPFlow(transport: .udp, local: 0, remoteAddress: "192.0.2.7", remotePort: 40_000, connection: nil)
let tcp = SIPFlow(transport: .tcp, local: 1, remoteAddress: "192.0.2.7", remotePort: 40_000, connection: 5)

func wire(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        if byte == 0x0A { bytes.append(0x0D) }
        bytes.append(byte)
    }
    return bytes
}

func read(_ text: String) throws -> SIPMessage { try SIPReader.read(datagram: wire(text)) }

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// A request; each part can be set.
func makeRequest(
    _ method: String = "MESSAGE",
    uri: String = "sip:b@example.com",
    via: String = "SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK1;rport",
    fromTag: String? = "f",
    toTag: String? = nil,
    callID: String = "call",
    sequence: Int = 1,
    lines: String = "",
    body: String = ""
) throws -> SIPMessage {
    try read(
        """
        \(method) \(uri) SIP/2.0
        Via: \(via)
        From: <sip:a@example.net>\(fromTag.map { ";tag=" + $0 } ?? "")
        To: <sip:b@example.com>\(toTag.map { ";tag=" + $0 } ?? "")
        Call-ID: \(callID)
        CSeq: \(sequence) \(method)
        \(lines.isEmpty ? "" : lines + "\n")Content-Length: \(body.utf8.count)

        \(body)
        """
    )
}

func makeResponse(
    _ status: Int,
    via: String = "SIP/2.0/UDP gw;branch=z9hG4bKc",
    method: String = "MESSAGE"
) throws
    -> SIPMessage
{
    try read(
        """
        SIP/2.0 \(status) X
        Via: \(via)
        From: <sip:a@example.net>;tag=f
        To: <sip:b@example.com>;tag=t
        Call-ID: call
        CSeq: 1 \(method)
        Content-Length: 0


        """
    )
}

extension [TransactionAction] {
    var delivered: [InboundRequest] {
        compactMap { if case .deliver(let request) = $0 { request } else { nil } }
    }

    /// What is sent, as status or method, and where.
    var sent: [(String, SIPFlow)] {
        compactMap { action in
            guard case .send(let bytes, let flow) = action else { return nil }
            let words = text(bytes.prefix { $0 != 0x0D }).split(separator: " ")
            return (String(words[0] == "SIP/2.0" ? words[1] : words[0]), flow)
        }
    }

    var statuses: [String] { sent.map(\.0) }

    var sentBytes: [[UInt8]] {
        compactMap { if case .send(let bytes, _) = $0 { bytes } else { nil } }
    }
}
