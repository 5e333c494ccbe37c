/// Takes HTML apart into text and tags, as browsers do: nothing is an error.
///
/// Comments, declarations and processing instructions are stepped over, and so is the content of elements that are
/// not text. What the input cuts off is left out. Each byte is looked at a bounded number of times.
struct HTMLTokenizer {
    enum Token: Equatable {
        /// Text with references decoded.
        case text(String)
        /// A start tag, names in lower case, values decoded; of two attributes of one name the first.
        case start(String, [String: String])
        /// An end tag, the name in lower case.
        case end(String)
    }

    /// Elements whose content is no text to be read.
    private static let hidden: Set<String> = [
        "script", "style", "title", "iframe", "noembed", "noframes", "template", "xmp", "object",
    ]

    private let bytes: [UInt8]
    private let isXML: Bool
    private var index = 0
    /// The end of an element that a self-closing tag has begun.
    private var pendingEnd: String?

    init(_ bytes: ArraySlice<UInt8>, isXML: Bool = false) {
        self.bytes = Array(bytes)
        self.isXML = isXML
    }

    mutating func next() -> Token? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while index < bytes.count {
            if bytes[index] != UInt8(ascii: "<") { return text() }
            guard index + 1 < bytes.count else { return text() }
            switch bytes[index + 1] {
            case UInt8(ascii: "!"): skipDeclaration()
            case UInt8(ascii: "?"): skip(past: UInt8(ascii: ">"))
            case UInt8(ascii: "/"):
                guard index + 2 < bytes.count, Self.isLetter(bytes[index + 2]) else {
                    skip(past: UInt8(ascii: ">"))
                    continue
                }
                index += 2
                let name = self.name()
                guard attributes() != nil else { return nil }
                return .end(name)
            case let byte where Self.isLetter(byte):
                index += 1
                let name = self.name()
                guard let found = attributes() else { return nil }
                if isXML, found.isEmpty, name != "br" { pendingEnd = name }
                if Self.hidden.contains(name) {
                    if pendingEnd == nil { skipContent(of: name) }
                    pendingEnd = nil
                    continue
                }
                return .start(name, found.values)
            default: return text()
            }
        }
        return nil
    }

    // MARK: Text

    /// Everything up to the next tag; the byte at hand belongs to it even if it is `<`.
    private mutating func text() -> Token {
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "<") { index += 1 }
        return .text(HTMLReferences.decoded(bytes[start..<index], isAttribute: false))
    }

    private mutating func skip(past byte: UInt8) {
        index = bytes[index...].firstIndex(of: byte).map { $0 + 1 } ?? bytes.count
    }

    private mutating func skipDeclaration() {
        guard bytes[index...].starts(with: "<!--".utf8) else { return skip(past: UInt8(ascii: ">")) }
        index += 4
        // `<!-->` and `<!--->` are whole comments.
        if index < bytes.count, bytes[index] == UInt8(ascii: ">") {
            index += 1
            return
        }
        if bytes[index...].starts(with: "->".utf8) {
            index += 2
            return
        }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "-"), bytes[index...].starts(with: "-->".utf8) {
                index += 3
                return
            }
            index += 1
        }
    }

    /// Steps over the content of an element, to its end tag.
    private mutating func skipContent(of name: String) {
        let name = Array(name.utf8)
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "/")
            else {
                index += 1
                continue
            }
            let end = index + 2 + name.count
            if end <= bytes.count, bytes[(index + 2)..<end].map(Self.lowered) == name,
                end == bytes.count || !Self.isNameByte(bytes[end])
            {
                return skip(past: UInt8(ascii: ">"))
            }
            index += 2
        }
    }

    // MARK: Tags

    private mutating func name() -> String {
        let start = index
        while index < bytes.count, Self.isNameByte(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index].prefix(32).map(Self.lowered), as: UTF8.self)
    }

    /// The attributes up to the end of the tag; nil when the input ends before.
    private mutating func attributes() -> (values: [String: String], isEmpty: Bool)? {
        var values: [String: String] = [:]
        var isEmpty = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") {
                index += 1
                return (values, isEmpty)
            }
            isEmpty = byte == UInt8(ascii: "/")
            if isEmpty || Self.isSpace(byte) {
                index += 1
                continue
            }
            let start = index
            index += 1
            while index < bytes.count, Self.isNameByte(bytes[index]), bytes[index] != UInt8(ascii: "=") { index += 1 }
            let name = String(decoding: bytes[start..<index].prefix(32).map(Self.lowered), as: UTF8.self)
            guard let value = value() else { return nil }
            if values.count < Markup.Limits.attributes, values[name] == nil { values[name] = value }
        }
        return nil
    }

    /// The value of an attribute, empty for one without; nil when the input ends inside it.
    private mutating func value() -> String? {
        var ahead = index
        while ahead < bytes.count, Self.isSpace(bytes[ahead]) { ahead += 1 }
        guard ahead < bytes.count, bytes[ahead] == UInt8(ascii: "=") else { return "" }
        index = ahead + 1
        while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
        guard index < bytes.count else { return nil }
        let quote = bytes[index]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = index + 1
            guard let end = bytes[start...].firstIndex(of: quote) else {
                index = bytes.count
                return nil
            }
            index = end + 1
            return HTMLReferences.decoded(bytes[start..<end], isAttribute: true)
        }
        let start = index
        while index < bytes.count, !Self.isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">") { index += 1 }
        return HTMLReferences.decoded(bytes[start..<index], isAttribute: true)
    }

    // MARK: Bytes

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    private static func isNameByte(_ byte: UInt8) -> Bool {
        !isSpace(byte) && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "/")
    }
    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
