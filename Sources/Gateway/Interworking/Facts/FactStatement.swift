/// One line of the facts language: `KEY=VALUE` or `KIND [NAME] KEY=VALUE …`, values quoted where they hold blanks.
///
/// The words of a line keep their order; a line that the grammar does not split keeps its text.
public struct FactStatement: Sendable, Hashable, CustomStringConvertible {
    /// One word of a statement.
    public struct Word: Sendable, Hashable {
        /// What stands before the first `=`; the whole word when there is none.
        public var key: String
        /// What stands after it, quotes removed; nil without `=`.
        public var value: String?

        /// Makes a word.
        ///
        /// - Parameters:
        ///   - key: what stands before the `=`.
        ///   - value: what stands after it.
        public init(key: String, value: String? = nil) {
            self.key = key
            self.value = value
        }
    }

    /// The kind, such as `gruu` or `pending request`; for `KEY=VALUE` the key.
    public var kind: String
    /// What follows the kind; for `KEY=VALUE` one word with an empty key.
    public var words: [Word]

    /// Makes a statement.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - words: what follows it.
    public init(kind: String, words: [Word]) {
        self.kind = kind
        self.words = words
    }

    /// The value of the first word with this key.
    ///
    /// - Parameter key: compared exactly.
    /// - Returns: the value; nil when no word has the key or it has no value.
    public subscript(key: String) -> String? { words.first { $0.key == key }?.value }

    /// The line.
    public var description: String {
        if Self.plain.contains(kind), words.count == 1, let value = self[""] {
            // Blanks need no quotes here, but a quotation mark at the start would be taken for one.
            return "\(kind)=\(value.utf8.first == 0x22 ? Self.quoted(value) : value)"
        }
        let texts = words.map { word in
            guard let value = word.value else { return word.key }
            return "\(word.key)=\(Self.quoted(value))"
        }
        return ([kind] + texts).joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.isEmpty || value.utf8.contains { $0 == 0x20 || $0 == 0x22 || $0 == 0x5C }
        guard needsQuotes else { return value }
        var text: [UInt8] = [0x22]
        for byte in value.utf8 {
            if byte == 0x22 || byte == 0x5C { text.append(0x5C) }
            text.append(byte)
        }
        text.append(0x22)
        return String(decoding: text, as: UTF8.self)
    }
}
