import DNSChannels

extension FuzzTarget {
    /// Records and answers are bounded, and the place of the bytes in memory changes nothing.
    ///
    /// The first byte chooses a type; the others are a record of it, a whole message, and the answers of a message.
    static let dns = FuzzTarget("dns") { input throws(Violation) in
        let types: [RecordType] = [.a, .aaaa, .cname, .srv, .naptr, .txt, .tlsa, RecordType(rawValue: 6)]
        let type = types[Int(input.first ?? 0) % types.count]
        let rest = Array(input.dropFirst())
        try record(type, rest)
        let question = DNSQuestion(try name("a.example"), type)
        try answer(question, rest)
        try answer(question, message(type, rest))
    }

    /// A response to one question, with as many answers as the first byte of the rest says.
    private static func message(_ type: RecordType, _ rest: [UInt8]) -> [UInt8] {
        [0, 1, 0x81, 0x80, 0, 1, 0, rest.first ?? 0, 0, 0, 0, 0, 1, 0x61, 7] + Array("example".utf8)
            + [0, UInt8(type.rawValue >> 8), UInt8(type.rawValue & 255), 0, 1] + rest.dropFirst()
    }

    private static func name(_ text: String) throws(Violation) -> DNSName {
        try succeed("a plain name is one") { () throws(DNSError) in try DNSName(ascii: text) }
    }

    private static func record(_ type: RecordType, _ bytes: [UInt8]) throws(Violation) {
        let found = result { () throws(DNSError) in try RecordReader.data(type, bytes[...]) }
        let shifted = [0xC0, 0] + bytes
        let again = result { () throws(DNSError) in try RecordReader.data(type, shifted[2...]) }
        try demand(found == again, "a slice reads like its bytes: \(found), \(again)")
        switch found {
        case .success(let data): try check(data)
        case .failure(let error): try demand((0...bytes.count).contains(error.offset), "\(error) lies in the record")
        }
    }

    private static func answer(_ question: DNSQuestion, _ bytes: [UInt8]) throws(Violation) {
        let limits = DNSLimits()
        let found = result { () throws(DNSError) in try AnswerReader().answer(to: question, bytes[...]) }
        let shifted = [0xC0, 0] + bytes
        let again = result { () throws(DNSError) in try AnswerReader().answer(to: question, shifted[2...]) }
        try demand(found == again, "a slice reads like its bytes: \(found), \(again)")
        switch found {
        case .success(let found):
            try demand(found.records.count <= limits.records, "records are bounded")
            try demand(found.names.count <= limits.aliases + 1, "aliases are bounded")
            try demand(Set(found.names).count == found.names.count, "aliases do not go in circles")
            try demand(found.names.first == question.name, "the first name is the one asked for")
            try demand(found.seconds <= limits.positiveSeconds, "time is bounded")
            try demand(found.records.allSatisfy { $0.seconds >= found.seconds }, "the shortest time counts")
            for record in found.records { try check(record.data) }
            for name in found.names { try check(name) }
        case .failure(let error): try demand((0...bytes.count).contains(error.offset), "\(error) lies in the message")
        }
    }

    private static func check(_ data: RecordData) throws(Violation) {
        switch data {
        case .alias(let name): try check(name)
        case .service(let record): try check(record.target)
        case .rule(let rule): try check(rule.replacement)
        case .texts(let texts): try demand(!texts.isEmpty && texts.allSatisfy { $0.count <= 255 }, "texts are short")
        case .association(let record): _ = record.isUsable
        case .address, .other: break
        }
    }

    /// A name is bounded, and its text without escapes is the name again.
    private static func check(_ name: DNSName) throws(Violation) {
        try demand(name.wire.count <= DNSName.limit && name.wire.last == 0, "a name is bounded and ends: \(name)")
        let text = name.description
        try demand(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a name is shown in visible ASCII: \(text)")
        guard !text.contains("\\") else { return }
        let again = try succeed("the text of a name is one: \(text)") { () throws(DNSError) in try DNSName(ascii: text)
        }
        try demand(again == name, "the text of a name is the name: \(text)")
    }

    private static func result<Value>(_ step: () throws(DNSError) -> Value) -> Result<Value, DNSError> {
        do throws(DNSError) { return .success(try step()) } catch { return .failure(error) }
    }
}
