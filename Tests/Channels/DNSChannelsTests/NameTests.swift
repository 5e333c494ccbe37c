import DNSChannels
import Testing

@Suite("DNSName")
struct NameTests {
    @Test("RFC 7673 §8: a domain of U-labels is asked for in A-labels")
    func internationalDomain() throws {
        let name = try DNSName(domain: "müller.example")
        #expect(name.description == "xn--mller-kva.example")
        #expect(try name.prefixed("_xmpp-server._tcp").description == "_xmpp-server._tcp.xn--mller-kva.example")
    }

    @Test("RFC 1035 §2.3.4: 63 bytes are a label and 64 are none")
    func labelLimit() throws {
        let longest = String(repeating: "a", count: 63)
        #expect(try DNSName(ascii: longest).wire.count == 65)
        #expect(throws: DNSError.self) { try DNSName(ascii: longest + "a") }
        #expect(throws: DNSError.self) { try DNSName(ascii: "a..b") }
        #expect(throws: DNSError.self) { try DNSName(ascii: "") }
        #expect(throws: DNSError.self) { try DNSName(ascii: "a b") }
    }

    @Test("RFC 1035 §2.3.4: 255 bytes are a name and 256 are none")
    func nameLimit() throws {
        let label = String(repeating: "a", count: 63)
        let fitting = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
        #expect(try DNSName(ascii: fitting).wire.count == 255)
        #expect(throws: DNSError.self) { try DNSName(ascii: fitting + "a") }
        // A domain that fits may leave no room for the name of its service.
        let name = try DNSName(ascii: fitting)
        #expect(throws: DNSError.self) { try name.prefixed("_xmpp-server._tcp") }
        #expect(throws: DNSError.self) { try ServerCandidates.xmppQuestions(name) }
    }

    @Test("RFC 1035 §3.1: names compare without regard to case, and a final dot changes nothing")
    func comparison() throws {
        #expect(try DNSName(ascii: "Xmpp.Example.") == DNSName(ascii: "xmpp.example"))
        #expect(try DNSName(ascii: ".") == DNSName.root)
        #expect(DNSName.root.description == ".")
    }

    @Test("RFC 1035 §5.1: bytes of labels that would mislead a reader are escaped")
    func escapes() throws {
        // SRV 0 0 0 with the target of two labels "a.\" and "\n".
        let bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 3, 0x61, 0x2E, 0x5C, 2, 0x0A, 0xFF, 0]
        guard case .service(let record) = try RecordReader.data(.srv, bytes[...]) else {
            Issue.record("no SRV record")
            return
        }
        #expect(record.target.description == "a\\.\\\\.\\010\\255")
    }
}
