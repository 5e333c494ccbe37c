import Testing

@testable import Ledger

/// The small values of the search database.
@Suite("Search terms")
struct SearchTermTests {
    @Test(
        "The bare part of an address is what stands before a resource or parameters",
        arguments: [
            ("juliet@example.com/balcony/x@y", "juliet@example.com"), ("example.com/a;b", "example.com"),
            ("ju;li?et@example.com", "ju;li?et@example.com"),
            ("sip:romeo@example.net;transport=tcp", "sip:romeo@example.net"),
            ("sip:+1;ext=5@example.net?a=b", "sip:+1;ext=5@example.net"), ("sip:example.net;lr", "sip:example.net"),
            ("im:romeo@example.net", "im:romeo@example.net"), ("", ""),
        ]
    )
    func bare(_ address: String, _ bare: String) {
        #expect(text(RecordTerm(.address, address).text) == bare)
        let isOfPerson = AddressForm.matches(Array(address.utf8).span, Array(bare.utf8))
        #expect(isOfPerson)
    }

    @Test("A record is read whatever stands in it, and cut anywhere")
    func scan() {
        var record = AuditRecord(.accepted, time: sampleTime, node: "g\"{w", crossing: "1")
        record.sender = AuditAddress(before: "a\\b@x/\"q\"", after: "sip:a@x")
        record.identifiers = [AuditField("k\"ey", "va\nlue"), AuditField("crossing", "9")]
        record.rules = ["r1", "r\"2"]
        record.reason = "because"
        var bytes: [UInt8] = []
        record.entry().append(sequence: 5, to: &bytes)
        let terms: [RecordTerm] = [
            RecordTerm(.event, "accepted"), RecordTerm(.crossing, "1"), RecordTerm(.address, "a\\b@x/\"q\""),
            RecordTerm(.address, "sip:a@x"), RecordTerm(.identifier, "va\nlue"), RecordTerm(.crossing, "9"),
            RecordTerm(.rule, "r1"), RecordTerm(.rule, "r\"2"), RecordTerm(.outcome, "because"),
        ]
        let read = IndexedRecord(bytes.span)
        #expect(read.terms == terms.map(\.hash))
        #expect(read.time == sampleTime)
        #expect(text(read.sender?.before(in: bytes.span) ?? []) == "a\\b@x")
        for end in bytes.indices {
            let part = IndexedRecord(Array(bytes[..<end]).span)
            #expect(terms.map(\.hash).starts(with: part.terms))
        }
        let nested = Array(#"{"seq":1,"x":{"peer":"p","y":[1,{"z":"]}"}]},"n":-1.5e3,"t":true,"peer":"q"}"#.utf8)
        #expect(IndexedRecord(nested.span).terms == [RecordTerm(.peer, "q").hash])
    }

    @Test("A list of rules that was met before gives the same terms, whatever stands around it, also cut anywhere")
    func knownRules() {
        func bytes(_ rules: [String], _ losses: [String] = [], reason: String? = nil) -> [UInt8] {
            var record = AuditRecord(.accepted, time: sampleTime, node: "gw", crossing: "1")
            (record.rules, record.losses, record.reason) = (rules, losses, reason)
            var bytes: [UInt8] = []
            record.entry().append(sequence: 5, to: &bytes)
            return bytes
        }
        let lists = [
            ["a"], ["a", "b"], ["a", "b\"]"], ["message.xmpp.body", "message.sip.body"], ["a", "a"], [], ["b", "a"],
            ["message.xmpp.body", "message.sip.bodx"], ["]"],
        ]
        var reader = IndexedRecord()
        for round in 0..<3 {
            for rules in lists + lists.reversed() {
                let record = bytes(rules, round == 1 ? ["l"] : [], reason: round == 2 ? "r" : nil)
                reader.read(record.span)
                #expect(reader.terms == IndexedRecord(record.span).terms)
                #expect(reader.terms.count == 2 + rules.count + (round > 0 ? 1 : 0))
            }
        }
        let record = bytes(["a", "b"], ["l"])
        for end in record.indices {
            let part = Array(record[..<end])
            var fresh = IndexedRecord()
            fresh.read(part.span)
            let first = fresh.terms
            fresh.read(record.span)
            #expect(fresh.terms == IndexedRecord(record.span).terms)
            fresh.read(part.span)
            #expect(fresh.terms == first)
        }
    }

    @Test("A byte is found at every place of a text of every length, beside its neighbors too")
    func byteSearch() {
        for count in 0...20 {
            for place in 0..<count {
                for other: UInt8 in [0x00, 0x21, 0x23, 0x5B, 0x5D, 0x80, 0xA2, 0xFF] {
                    var bytes = [UInt8](repeating: other, count: count)
                    bytes[place] = place % 2 == 0 ? 0x22 : 0x5C
                    if place + 1 < count { bytes[place + 1] = 0x23 }
                    for start in 0...count {
                        let found = bytes.span.place(of: 0x22, or: 0x5C, from: start)
                        #expect(found == (start <= place ? place : nil))
                    }
                    #expect(bytes.span.place(of: 0x22, from: 0) == (place % 2 == 0 ? place : nil))
                }
            }
        }
    }

    @Test("RFC 8259 §7: a byte that must be escaped is found in a text of every length, and no other is taken for one")
    func escapes() {
        for count in 0...20 {
            for place in 0..<max(1, count) {
                for byte in UInt8.min...UInt8.max {
                    for other: UInt8 in [0x20, 0x23, 0x5D, 0x7F, 0x80, 0xFF] {
                        var bytes = [UInt8](repeating: other, count: count)
                        if count > 0 { bytes[place] = byte }
                        let isFound = bytes.span.needsEscape
                        #expect(isFound == bytes.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C })
                    }
                }
            }
        }
    }

    @Test("Numbers are sorted by their digits, in whatever order they stand")
    func digitSort() {
        var generator = SystemRandomNumberGenerator()
        for count in [0, 1, 2, 5_000] {
            let sorted = (0..<count).map { _ in generator.next() >> UInt64(count == 2 ? 63 : 9) }.sorted()
            let inOrderOfPlaces = sorted.sorted { $0 & 0x7FFF < $1 & 0x7FFF }
            for var numbers in [sorted, inOrderOfPlaces, sorted.shuffled()] {
                numbers.sort(byDigits: [15, 10, 10, 10, 10])
                #expect(numbers == sorted)
            }
        }
    }

    @Test("Places are packed and read back, few and many")
    func positions() throws {
        for step in [1, 2, 3, 100, 5_000, 40_000] {
            let places = Array(stride(from: step == 1 ? 0 : 7, to: PositionSet.capacity, by: step))
            var pairs = places.map { UInt64(9) << UInt64(PositionSet.capacityBits) | UInt64($0) }
            pairs += [
                UInt64(8) << UInt64(PositionSet.capacityBits), UInt64(12) << UInt64(PositionSet.capacityBits) | 4,
            ]
            pairs += pairs.prefix(2)
            var blocks: [(UInt64, [UInt8])] = []
            try TermBlock.pack(&pairs) { blocks.append(($0, $1)) }
            var found: [UInt64: [Int]] = [:]
            for hash in UInt64(7)...13 {
                guard let (first, block) = blocks.last(where: { $0.0 <= hash }) else { continue }
                var set = PositionSet()
                let isWhole = TermBlock.find(hash, from: first, in: block.span, into: &set)
                #expect(isWhole)
                found[hash] = set.positions
            }
            #expect(found == [8: [0], 9: places, 10: [], 11: [], 12: [4], 13: []])
        }
    }

    @Test("Packed values that are damaged are no values")
    func damagedValues() {
        var set = PositionSet()
        for (bytes, isBits) in [([0xFF, 0xFF], false), ([0], false), ([1, 2], true)] as [([UInt8], Bool)] {
            let isWhole = set.insert(bytes.span, isBits: isBits)
            #expect(!isWhole)
        }
        let block: [UInt8] = [9, 40, 1]
        let isWhole = TermBlock.find(9, from: 0, in: block.span, into: &set)
        #expect(!isWhole)
        let places = PlaceBlock(first: 1, segment: 1, offset: 0, time: 0, since: 0, until: 0, bytes: [0x80]).places
        #expect(places == nil)
    }

    @Test("A written moment is read back, and nothing else is one")
    func written() {
        for time in [0, sampleTime, -1, 253_402_300_799_999, 951_782_400_000] as [Int64] {
            let read = Timestamp.milliseconds(written: Array(Timestamp.text(milliseconds: time).utf8).span)
            #expect(read == time)
        }
        for text in [
            "2026-05-04T09:08:07.00xZ", "2026-13-04T09:08:07.006Z", "2026-05-04T09:08:07Z", "2026-05-04 09:08:07.006Z",
        ] {
            let read = Timestamp.milliseconds(written: Array(text.utf8).span)
            #expect(read == nil)
        }
    }
}
