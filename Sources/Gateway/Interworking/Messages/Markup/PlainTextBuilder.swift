/// Lays marked-up text out as plain text.
///
/// Source: RFC 7572 §7.
struct PlainTextBuilder {
    private(set) var bytes: [UInt8] = []
    private var isBreakDue = false
    private var isItemDue = false

    /// A block begins or ends: what comes next stands on a line of its own.
    mutating func block() {
        isBreakDue = !bytes.isEmpty
    }

    /// An element of a list begins.
    mutating func item() {
        block()
        isItemDue = true
    }

    mutating func lineBreak() {
        settle()
        trim()
        bytes.append(0x0A)
    }

    mutating func append(_ text: String) {
        settle()
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds to the text before, even where a line has ended since.
    mutating func annotate(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// The text from an offset on.
    func text(from offset: Int) -> String { String(decoding: bytes[min(offset, bytes.count)...], as: UTF8.self) }

    mutating func finish() -> String {
        while let last = bytes.last, last == 0x20 || last == 0x0A { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes what is due before text.
    mutating func settle() {
        if isBreakDue {
            trim()
            if bytes.last != 0x0A, !bytes.isEmpty { bytes.append(0x0A) }
        }
        if isItemDue { bytes.append(contentsOf: "- ".utf8) }
        isBreakDue = false
        isItemDue = false
    }

    private mutating func trim() {
        while bytes.last == 0x20 { bytes.removeLast() }
    }
}
