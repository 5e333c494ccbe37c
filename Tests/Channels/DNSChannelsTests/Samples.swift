import Addressing
import DNSChannels
import NIOCore

/// Values that tests write down.
enum Samples {
    static func name(_ text: String) -> DNSName { try! DNSName(ascii: text) }

    static func address(_ text: String) -> IPAddress { try! IPAddress(text) }

    static func srv(_ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String) -> DNSRecord {
        DNSRecord(
            .service(SRVRecord(priority: priority, weight: weight, port: port, target: name(target))),
            seconds: 60
        )
    }

    static func records(_ records: DNSRecord..., isSecure: Bool = false) -> DNSAnswer {
        DNSAnswer(.records(records), isSecure: isSecure, seconds: 60)
    }

    static func addresses(_ texts: String..., isSecure: Bool = false) -> DNSAnswer {
        DNSAnswer(
            .records(texts.map { DNSRecord(.address(address($0)), seconds: 60) }),
            isSecure: isSecure,
            seconds: 60
        )
    }

    static func question(_ name: String, _ type: RecordType) -> DNSQuestion { DNSQuestion(self.name(name), type) }
}

/// Numbers that are the same in each run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Builds messages as a server would, right or wrong.
struct Wire {
    var bytes: [UInt8] = []

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// A header and one question; the answers follow.
    init(question: [UInt8], type: UInt16, answers: UInt16, flags: UInt16 = 0x8180, questions: UInt16 = 1) {
        for number in [0x1234, flags, questions, answers, 0, 0] { put(number) }
        bytes += question
        put(type)
        put(1)
    }

    mutating func put(_ number: UInt16) { bytes += [UInt8(number >> 8), UInt8(number & 255)] }

    mutating func record(_ owner: [UInt8], _ type: UInt16, seconds: UInt32 = 300, class: UInt16 = 1, _ data: [UInt8]) {
        bytes += owner
        put(type)
        put(`class`)
        put(UInt16(seconds >> 16))
        put(UInt16(seconds & 0xFFFF))
        put(UInt16(data.count))
        bytes += data
    }
}
