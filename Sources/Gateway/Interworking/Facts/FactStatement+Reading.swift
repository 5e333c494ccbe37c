extension FactStatement {
    /// Kinds written `KIND NAME=VALUE`, where the value is the rest of the line.
    private static let named: Set<String> = [
        "formal-name", "gruu", "resource", "presence", "last-state", "chatstates", "composing", "written",
        "authorization",
    ]

    /// Kinds written `KIND [NAME] KEY=VALUE …`.
    private static let listed: Set<String> = [
        "peer", "pair", "conversation", "pending request", "pending inbound", "dialog", "session", "room-session",
        "sent", "received", "online",
    ]

    /// Kinds written `KEY=VALUE`.
    static let plain: Set<String> = [
        "now", "gateway-domain", "xmpp-domain", "cpim-domain", "serves-strangers", "refused-domain", "carrier",
        "congestion-safe", "roster-sent", "watcher", "presentity", "subscription", "request-limit", "stanza-limit",
        "pending", "chat",
    ]

    /// Reads one line.
    ///
    /// - Parameters:
    ///   - line: the line without its end.
    ///   - number: its number, from 0, for errors.
    /// - Throws: ``FactsError`` with `.unknownKind`, `.missingValue` or `.openQuote`.
    public init(_ line: String, number: Int = 0) throws(FactsError) {
        let bytes = Array(line.utf8)[...]
        var kind = Self.text(bytes.prefix { $0 != 0x20 && $0 != 0x3D })
        if kind == "pending", bytes.dropFirst(7).first == 0x20 {
            kind += " " + Self.text(bytes.dropFirst(8).prefix { $0 != 0x20 })
        }
        let rest = bytes.dropFirst(kind.utf8.count)
        if Self.plain.contains(kind), rest.first == 0x3D {
            self.init(kind: kind, words: [Word(key: "", value: try Self.unquoted(rest.dropFirst(), number))])
        } else if Self.named.contains(kind), rest.first == 0x20 {
            // A state holds no equals sign, but the resource before it may.
            let isState = kind == "last-state"
            self.init(kind: kind, words: [try Self.pair(rest.dropFirst(), isLast: isState, number)])
        } else if Self.listed.contains(kind), rest.first == 0x20 {
            let words = try Self.words(rest.dropFirst(), number)
            // A kind alone could not be written so that it is read back.
            guard !words.isEmpty else { throw FactsError(.missingValue, "'\(kind)' says nothing.", line: number) }
            self.init(kind: kind, words: words)
        } else {
            throw FactsError(.unknownKind, "'\(line.prefix(64))' is no fact.", line: number)
        }
    }

    /// `NAME=VALUE`; an equals sign before the `@` of an address belongs to the name.
    private static func pair(
        _ bytes: ArraySlice<UInt8>,
        isLast: Bool,
        _ number: Int
    ) throws(FactsError) -> Word {
        let start = bytes.firstIndex(of: UInt8(ascii: "@")) ?? bytes.startIndex
        let place = isLast ? bytes.lastIndex(of: 0x3D) : bytes[start...].firstIndex(of: 0x3D)
        guard let equals = place ?? bytes.firstIndex(of: 0x3D), equals > bytes.startIndex else {
            throw FactsError(.missingValue, "'\(text(bytes.prefix(64)))' has no value.", line: number)
        }
        return Word(key: text(bytes[..<equals]), value: try unquoted(bytes[(equals + 1)...], number))
    }

    private static func words(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(FactsError) -> [Word] {
        var words: [Word] = []
        var rest = bytes.drop { $0 == 0x20 }
        while !rest.isEmpty {
            let key = rest.prefix { $0 != 0x20 && $0 != 0x3D }
            rest = rest[key.endIndex...]
            guard rest.first == 0x3D else {
                words.append(Word(key: text(key)))
                rest = rest.drop { $0 == 0x20 }
                continue
            }
            rest = rest.dropFirst()
            let length = try valueLength(rest, number)
            words.append(Word(key: text(key), value: try unquoted(rest.prefix(length), number)))
            rest = rest.dropFirst(length).drop { $0 == 0x20 }
        }
        return words
    }

    /// How far a value goes: to its closing quote, or to the next blank.
    private static func valueLength(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(FactsError) -> Int {
        guard bytes.first == 0x22 else { return bytes.prefix { $0 != 0x20 }.count }
        var index = bytes.startIndex + 1
        while index < bytes.endIndex {
            if bytes[index] == 0x5C {
                index += 1
            } else if bytes[index] == 0x22 {
                return index + 1 - bytes.startIndex
            }
            index += 1
        }
        throw FactsError(.openQuote, "A quoted value does not end.", line: number)
    }

    /// The value without quotes that enclose all of it.
    private static func unquoted(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(FactsError) -> String {
        guard bytes.first == 0x22, try valueLength(bytes, number) == bytes.count else { return text(bytes) }
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            if byte == 0x5C, !isEscaped {
                isEscaped = true
            } else {
                isEscaped = false
                plain.append(byte)
            }
        }
        return text(plain)
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
