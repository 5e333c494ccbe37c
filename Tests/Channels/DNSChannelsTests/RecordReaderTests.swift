import Addressing
import DNSChannels
import Testing

@Suite("RecordReader")
struct RecordReaderTests {
    static let samples: [(RecordType, [UInt8], RecordData)] = [
        (.a, [192, 0, 2, 1], .address(Samples.address("192.0.2.1"))),
        (
            .aaaa, [0x20, 1, 0xD, 0xB8] + Array(repeating: 0, count: 11) + [1],
            .address(Samples.address("2001:db8::1"))
        ),
        (.cname, Wire.name("other.example"), .alias(Samples.name("other.example"))),
        (
            .srv, [0, 10, 0, 20, 0x14, 0x95] + Wire.name("xmpp.example"),
            .service(SRVRecord(priority: 10, weight: 20, port: 5_269, target: Samples.name("xmpp.example")))
        ),
        (.txt, [2, 0x61, 0x62, 0, 1, 0x63], .texts([[0x61, 0x62], [], [0x63]])),
        (
            .tlsa, [3, 1, 1] + Array(repeating: 7, count: 32),
            .association(
                TLSARecord(usage: 3, selector: 1, matching: 1, association: Array(repeating: 7, count: 32))
            )
        ),
        (
            .naptr, [0, 50, 0, 60, 1, 0x73, 7] + Array("SIP+D2T".utf8) + [0] + Wire.name("_sip._tcp.example"),
            .rule(
                NAPTRRecord(
                    order: 50,
                    preference: 60,
                    flags: Array("s".utf8),
                    services: Array("SIP+D2T".utf8),
                    pattern: [],
                    replacement: Samples.name("_sip._tcp.example")
                )
            )
        ),
    ]

    @Test("RFC 1035 §3.3, RFC 2782, RFC 6698 §2.1, RFC 3263 §4.1: each type is read", arguments: samples.indices)
    func reads(_ index: Int) throws {
        let (type, bytes, data) = Self.samples[index]
        #expect(try RecordReader.data(type, bytes[...]) == data)
    }

    @Test("RFC 1035 §3.3: whatever ends early is refused, and so is whatever has more", arguments: samples.indices)
    func everyPrefix(_ index: Int) throws {
        let (type, bytes, data) = Self.samples[index]
        for count in bytes.indices {
            // Texts and associations have no length of their own, so that some of their beginnings are whole.
            let part = try? RecordReader.data(type, bytes.prefix(count))
            switch type {
            case .txt: #expect(part == nil || part == .texts([[0x61, 0x62]]) || part == .texts([[0x61, 0x62], []]))
            case .tlsa: #expect(part != data)
            default: #expect(part == nil)
            }
        }
        if type != .txt, type != .tlsa {
            #expect(throws: DNSError.self) { try RecordReader.data(type, (bytes + [0])[...]) }
        }
    }

    @Test("RFC 1035 §4.1.4: a name that points to itself or forward is refused, so that reading ends")
    func pointers() {
        for bytes in [[0xC0, 0x00], [0xC0, 0x02, 0xC0, 0x00], [1, 0x61, 0xC0, 0x00], [1, 0x61, 0xC0, 0x02]] {
            let bytes = bytes.map { UInt8($0) }
            #expect(throws: DNSError.self) { try RecordReader.data(.cname, bytes[...]) }
        }
        // Kinds of labels that do not exist.
        for first: UInt8 in [0x40, 0x80, 0xBF] {
            #expect(throws: DNSError.self) { try RecordReader.data(.cname, [first, 0, 0]) }
        }
    }

    @Test("RFC 6698 §4.1: a TLSA record of unknown kinds or with a hash of a wrong length is not usable")
    func usableAssociations() {
        func isUsable(_ usage: UInt8, _ selector: UInt8, _ matching: UInt8, _ count: Int) -> Bool {
            TLSARecord(
                usage: usage,
                selector: selector,
                matching: matching,
                association: Array(repeating: 1, count: count)
            ).isUsable
        }
        #expect(isUsable(3, 1, 1, 32) && isUsable(2, 0, 2, 64) && isUsable(0, 0, 0, 900))
        #expect(!isUsable(4, 1, 1, 32) && !isUsable(3, 2, 1, 32) && !isUsable(3, 1, 3, 32))
        #expect(!isUsable(3, 1, 1, 31) && !isUsable(3, 1, 2, 32) && !isUsable(3, 1, 0, 0))
    }
}
