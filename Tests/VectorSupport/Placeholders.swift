import CPIM

/// Expected text in which `${name}` stands for one or more characters that vary.
struct Template {
    enum Part: Equatable {
        case literal([UInt8])
        case placeholder(String)
    }

    let parts: [Part]

    var isLiteral: Bool { parts.allSatisfy { if case .literal = $0 { true } else { false } } }

    init(_ text: some Collection<UInt8>) {
        let bytes = Array(text)
        var parts: [Part] = []
        var run: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{"),
                let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")), close > index + 2
            {
                if !run.isEmpty { parts.append(.literal(run)) }
                run = []
                parts.append(.placeholder(String(decoding: bytes[(index + 2)..<close], as: UTF8.self)))
                index = close + 1
            } else {
                run.append(bytes[index])
                index += 1
            }
        }
        if !run.isEmpty { parts.append(.literal(run)) }
        self.parts = parts
    }

    init(_ text: String) { self.init(Array(text.utf8)) }
}

/// What each placeholder of one vector stands for.
struct Bindings {
    private(set) var values: [String: [UInt8]] = [:]

    /// Names that must hold an RFC 3339 date-time.
    static let dates: Set<String> = ["datetime", "ts", "stamp", "timestamp", "since"]

    /// Matches a text; the bindings change only when all of it matches.
    mutating func match(_ template: Template, _ text: some Collection<UInt8>) -> Bool {
        let bytes = Array(text)
        var found = self
        guard Self.match(template.parts[...], bytes[...], &found) else { return false }
        self = found
        return true
    }

    mutating func match(_ template: String, _ text: String) -> Bool { match(Template(template), Array(text.utf8)) }

    private static func match(
        _ parts: ArraySlice<Template.Part>,
        _ text: ArraySlice<UInt8>,
        _ bound: inout Bindings
    )
        -> Bool
    {
        guard let part = parts.first else { return text.isEmpty }
        switch part {
        case .literal(let bytes):
            return text.starts(with: bytes) && match(parts.dropFirst(), text.dropFirst(bytes.count), &bound)
        case .placeholder(let name):
            if let known = bound.values[name] {
                return text.starts(with: known) && match(parts.dropFirst(), text.dropFirst(known.count), &bound)
            }
            // Without anything after it, the placeholder takes all of the text.
            let shortest = parts.count == 1 ? text.count : 1
            guard !text.isEmpty else { return false }
            for length in shortest...text.count {
                let candidate = Array(text.prefix(length))
                guard isAllowed(name, candidate) else { continue }
                var attempt = bound
                attempt.values[name] = candidate
                if match(parts.dropFirst(), text.dropFirst(length), &attempt) {
                    bound = attempt
                    return true
                }
            }
            return false
        }
    }

    /// Dates are RFC 3339 date-times, message ids of receipts are tokens of RFC 3862 §3.6.
    private static func isAllowed(_ name: String, _ value: [UInt8]) -> Bool {
        if dates.contains(name) { return CPIMDateTime(bytes: value[...]) != nil }
        if name == "imdnid" { return value.allSatisfy(isTokenByte) }
        return true
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// The text with every bound placeholder replaced; nil when one is not bound.
    func filled(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        for part in Template(text).parts {
            switch part {
            case .literal(let bytes): result += bytes
            case .placeholder(let name):
                guard let value = values[name] else { return nil }
                result += value
            }
        }
        return result
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
