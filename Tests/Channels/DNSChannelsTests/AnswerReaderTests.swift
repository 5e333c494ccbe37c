import DNSChannels
import Testing

@Suite("AnswerReader")
struct AnswerReaderTests {
    static let question = Samples.question("www.example", .a)

    /// Two aliases, then two addresses; owners are compressed.
    static let aliased: [UInt8] = {
        var wire = Wire(question: Wire.name("www.example"), type: 1, answers: 4)
        wire.record([0xC0, 0x0C], 5, seconds: 100, Wire.name("one.example"))
        wire.record(Wire.name("ONE.example"), 5, seconds: 200, [3, 0x74, 0x77, 0x6F, 0xC0, 0x10])
        wire.record(Wire.name("two.example"), 1, seconds: 300, [192, 0, 2, 1])
        wire.record(Wire.name("two.example"), 1, seconds: 400, [192, 0, 2, 2])
        return wire.bytes
    }()

    @Test("RFC 1035 §4.1: aliases are followed to the records, and the shortest time counts")
    func aliases() throws {
        let found = try AnswerReader().answer(to: Self.question, Self.aliased[...])
        #expect(found.names == ["www.example", "one.example", "two.example"].map(Samples.name))
        #expect(
            found.records.map(\.data) == [
                .address(Samples.address("192.0.2.1")), .address(Samples.address("192.0.2.2")),
            ]
        )
        #expect(found.seconds == 100)
    }

    @Test("RFC 1035 §4.1: no beginning of a message is an answer")
    func everyPrefix() {
        for count in Self.aliased.indices {
            #expect(throws: DNSError.self) {
                try AnswerReader().answer(to: Self.question, Self.aliased.prefix(count))
            }
        }
    }

    @Test("RFC 1035 §4.1.1: a question, an answer to another question and two questions are no answers")
    func otherAnswers() throws {
        let name = Wire.name("www.example")
        for wire in [
            Wire(question: name, type: 1, answers: 0, flags: 0x0100),
            Wire(question: Wire.name("ww2.example"), type: 1, answers: 0),
            Wire(question: name, type: 28, answers: 0),
            Wire(question: name, type: 1, answers: 0, questions: 2),
            Wire(question: [], type: 1, answers: 0, questions: 0),
        ] {
            #expect(throws: DNSError.self) { try AnswerReader().answer(to: Self.question, wire.bytes[...]) }
        }
        let empty = Wire(question: name, type: 1, answers: 0)
        #expect(try AnswerReader().answer(to: Self.question, empty.bytes[...]).records.isEmpty)
    }

    @Test("RFC 1035 §4.1: records of other names and classes are no answer to this one")
    func strayRecords() throws {
        var wire = Wire(question: Wire.name("www.example"), type: 1, answers: 3)
        wire.record(Wire.name("evil.example"), 1, [192, 0, 2, 66])
        wire.record([0xC0, 0x0C], 1, class: 3, [192, 0, 2, 67])
        wire.record([0xC0, 0x0C], 1, [192, 0, 2, 1])
        let found = try AnswerReader().answer(to: Self.question, wire.bytes[...])
        #expect(found.records.map(\.data) == [.address(Samples.address("192.0.2.1"))])
    }

    @Test("RFC 1035 §4.1: aliases in a circle end as a fault")
    func circle() {
        var wire = Wire(question: Wire.name("www.example"), type: 1, answers: 2)
        wire.record([0xC0, 0x0C], 5, Wire.name("one.example"))
        wire.record(Wire.name("one.example"), 5, [0xC0, 0x0C])
        #expect(throws: DNSError(code: .endlessAliases)) {
            try AnswerReader().answer(to: Self.question, wire.bytes[...])
        }
    }

    @Test("RFC 1035 §4.1: as many aliases as the bound are followed, one more is a fault")
    func aliasBound() throws {
        func chain(_ count: Int) -> [UInt8] {
            var wire = Wire(question: Wire.name("www.example"), type: 1, answers: UInt16(count + 1))
            for index in 0..<count {
                let owner = index == 0 ? Wire.name("www.example") : Wire.name("a\(index).example")
                wire.record(owner, 5, Wire.name("a\(index + 1).example"))
            }
            wire.record(Wire.name("a\(count).example"), 1, [192, 0, 2, 1])
            return wire.bytes
        }
        #expect(try AnswerReader().answer(to: Self.question, chain(16)[...]).records.count == 1)
        #expect(throws: DNSError(code: .endlessAliases)) {
            try AnswerReader().answer(to: Self.question, chain(17)[...])
        }
    }

    @Test("RFC 1035 §4.1.1: as many records as the bound are read, one more is a fault")
    func recordBound() throws {
        func many(_ count: UInt16) -> [UInt8] {
            var wire = Wire(question: Wire.name("www.example"), type: 1, answers: count)
            for index in 0..<count { wire.record([0xC0, 0x0C], 1, [10, 0, UInt8(index >> 8), UInt8(index & 255)]) }
            return wire.bytes
        }
        #expect(try AnswerReader().answer(to: Self.question, many(512)[...]).records.count == 512)
        #expect(throws: DNSError(code: .tooManyRecords, offset: 6)) {
            try AnswerReader().answer(to: Self.question, many(513)[...])
        }
    }

    @Test("RFC 2181 §8: a TTL with the highest bit is none, and an absurd one has a bound")
    func lifetimes() throws {
        for (given, counted): (UInt32, UInt32) in [
            (0, 0), (60, 60), (3_600, 3_600), (3_601, 3_600), (0x7FFF_FFFF, 3_600), (0x8000_0000, 0),
            (.max, 0),
        ] {
            var wire = Wire(question: Wire.name("www.example"), type: 1, answers: 1)
            wire.record([0xC0, 0x0C], 1, seconds: given, [192, 0, 2, 1])
            let found = try AnswerReader().answer(to: Self.question, wire.bytes[...])
            #expect(found.seconds == counted && found.records[0].seconds == counted)
        }
    }

    @Test("RFC 1035 §4.1: one malformed record spoils the answer, so that half a set is never used")
    func malformedRecord() {
        var wire = Wire(question: Wire.name("www.example"), type: 1, answers: 2)
        wire.record([0xC0, 0x0C], 1, [192, 0, 2, 1])
        wire.record([0xC0, 0x0C], 1, [192, 0, 2])
        #expect(throws: DNSError.self) { try AnswerReader().answer(to: Self.question, wire.bytes[...]) }
    }
}
