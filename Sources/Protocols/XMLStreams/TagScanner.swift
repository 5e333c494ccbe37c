/// Finds where tags end before libxml2 sees them.
///
/// libxml2 has no bound on nesting or on the length of a start tag, compares all attributes of a tag with each other,
/// tries an unfinished tag again at every `>`, takes UTF-16 without a word and reports markup that XMPP forbids only
/// after reading it. So this scanner walks over every byte once, keeps all bounds, refuses what is forbidden, and
/// tells up to where the bytes are made of whole tags: only those are handed on. Whether names, nesting and characters
/// are right is left to libxml2.
///
/// A fault has the same code and offset however the bytes are cut.
struct TagScanner {
    /// Whether the input is an endless stream of first-level elements or one document.
    enum Kind {
        case stream
        case document
    }

    enum Mode: UInt8 {
        /// Character data; the initial mode.
        case text
        /// Behind `<`.
        case open
        /// Behind `<!`, while it may become a CDATA section or a comment.
        case bang
        case cdata
        case comment
        /// Behind `<?` at the very start.
        case declaration
        case startTag
        case apostrophes
        case quotes
        case endTag
        /// Behind `&`.
        case reference
    }

    /// What a scan ended with.
    enum Stop: Equatable {
        /// All bytes were scanned.
        case exhausted
        /// A first-level element ended at this index (exclusive), and the caller had asked to be told.
        case boundary(Int)
        /// The root ended at this index (exclusive).
        case closed(Int)
        /// An unacceptable byte; scanning stopped at this index.
        case fault(XMLStreamError, Int)
    }

    let kind: Kind
    var limits: XML.Limits
    var depth = 0
    /// True behind the root's end.
    var closed = false
    /// One past the last byte of the last whole tag of this scan, or nil when the scan met none.
    var safe: Int?
    /// True while an element that exceeds a limit is passed over.
    var isSkipping = false

    var mode = Mode.text
    /// The mode to go back to behind a reference.
    var resume = Mode.text
    var previous: UInt8 = 0
    var tagStart = 0
    /// Where the open first-level element, or the document, begins; -1 between elements.
    var unitStart: Int
    var values = 0
    var childCounts: [Int] = []
    /// The bytes behind `<!`, `&` or `<?` while they are few.
    var word: [UInt8] = []
    /// How many of the bytes that end a CDATA section or a comment were met in a row.
    var run = 0
    var markStart = -1

    init(kind: Kind, limits: XML.Limits) {
        self.kind = kind
        self.limits = limits.clamped
        unitStart = kind == .document ? 0 : -1
    }

    /// The depth at which first-level elements lie.
    var outer: Int { kind == .stream ? 1 : 0 }

    /// True between first-level elements, where nothing but white space may wait.
    var isBetween: Bool { mode == .text && depth <= outer }

    /// Scans bytes.
    ///
    /// - Parameters:
    ///   - bytes: the bytes of one read.
    ///   - start: the index to begin at.
    ///   - base: the offset of index 0 within the stream; negative offsets do not occur.
    ///   - stopping: whether to stop where a first-level element ends.
    /// - Returns: why the scan ended; ``safe`` is set besides. A byte with a fault was not taken in.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, base: Int, stopping: Bool) -> Stop {
        safe = nil
        let count = bytes.count
        var index = start
        while index < count {
            if closed && kind == .stream { return .closed(index) }
            let byte = unsafe bytes[index]
            let offset = base + index
            switch mode {
            case .text:
                if depth > outer || isSkipping {
                    while index < count, unsafe bytes[index] != 0x3C && bytes[index] != 0x26 { index += 1 }
                    guard index < count else { continue }
                    begin(unsafe bytes[index], at: base + index)
                } else if isMarkBroken(by: byte, at: offset) {
                    return fault(.notWellFormed, "a byte order mark that is not whole", index, offset)
                } else if byte == 0x3C || (byte == 0x26 && depth > 0) {
                    begin(byte, at: offset)
                } else if let error = outerText(byte, at: offset) {
                    return fault(error, index, offset)
                }
            case .open:
                if let error = opened(byte, at: offset) { return fault(error, index, offset) }
                if mode == .startTag { continue }  // The byte belongs to the tag; read it again there.
            case .startTag:
                let first = index
                while index < count {
                    let byte = unsafe bytes[index]
                    if byte == 0x3E || byte == 0x22 || byte == 0x27 || byte == 0x3C { break }
                    index += 1
                }
                if index > first { previous = unsafe bytes[index - 1] }
                guard index < count else { continue }
                let byte = unsafe bytes[index]
                let offset = base + index
                switch byte {
                case 0x22: mode = .quotes
                case 0x27: mode = .apostrophes
                case 0x3C: return fault(.notWellFormed, "a start tag holds '<'", index, offset)
                default:
                    if let error = startTagEnded(at: offset) { return fault(error, index, offset) }
                    if let stop = tagEnded(index, offset, stopping) { return stop }
                }
            case .apostrophes, .quotes:
                let quote: UInt8 = mode == .quotes ? 0x22 : 0x27
                while index < count {
                    let byte = unsafe bytes[index]
                    if byte == quote || byte == 0x26 || byte == 0x3C { break }
                    index += 1
                }
                guard index < count else { continue }
                let byte = unsafe bytes[index]
                let offset = base + index
                if byte == 0x26 {
                    begin(byte, at: offset)
                } else if byte == 0x3C {
                    return fault(.notWellFormed, "an attribute value holds '<'", index, offset)
                } else {
                    if values >= limits.attributes, !isSkipping {
                        return fault(
                            .tooManyAttributes,
                            "an element has more than \(limits.attributes) attributes and namespace declarations",
                            index,
                            offset
                        )
                    }
                    values += 1
                    previous = byte
                    mode = .startTag
                }
            case .endTag:
                // Quotes make libxml2 look for an attribute value.
                if byte == 0x3C || byte == 0x22 || byte == 0x27 {
                    return fault(.notWellFormed, "an end tag holds '<' or a quote", index, offset)
                }
                if byte == 0x3E {
                    if let error = excess(upTo: offset + 1) { return .fault(error, index) }
                    if depth == 0 { return fault(.notWellFormed, "an end tag without a start tag", index, offset) }
                    depth -= 1
                    mode = .text
                    if let stop = tagEnded(index, offset, stopping) { return stop }
                }
            case .reference:
                if let error = referenceByte(byte, at: offset) { return fault(error, index, offset) }
            case .bang:
                if let error = bangByte(byte, at: offset) { return fault(error, index, offset) }
            case .cdata:
                if byte == 0x3E, run >= 2 {
                    if let error = excess(upTo: offset + 1) { return .fault(error, index) }
                    mode = .text
                    safe = index + 1
                }
                run = byte == 0x5D ? run + 1 : 0
            case .comment:
                if byte == 0x3E, run >= 2 {
                    if let error = excess(upTo: offset + 1) { return .fault(error, index) }
                    mode = .text
                    safe = index + 1
                }
                run = byte == 0x2D ? run + 1 : 0
            case .declaration:
                word.append(byte)
                if byte == 0x3E {
                    // Without this a declaration in one piece would be held to no bound.
                    if let error = excess(upTo: offset + 1) { return .fault(error, index) }
                    if let error = declarationEnded() { return fault(error, index, offset) }
                    mode = .text
                    safe = index + 1
                } else if word.count > 256 {
                    return fault(.notWellFormed, "the XML declaration does not end", index, offset)
                }
            }
            index += 1
        }
        if let error = excess(upTo: base + count) { return .fault(error, count) }
        return .exhausted
    }

    /// Passes over the open first-level element, from the byte whose fault stopped the scan, until it ends.
    mutating func beginSkipping() {
        isSkipping = true
    }

    /// Whether a fault can be answered by passing over the element.
    var canSkip: Bool { kind == .stream && depth >= 1 && unitStart >= 0 }
}

// MARK: - Limits

extension TagScanner {
    /// The earliest bound that bytes up to `end` exceed, if any.
    func excess(upTo end: Int) -> XMLStreamError? {
        if isSkipping { return nil }
        var found: XMLStreamError?
        let isTag = mode != .text && mode != .cdata && mode != .comment
        if isTag && !(mode == .reference && resume == .text), end - tagStart > limits.startTagBytes {
            found = XMLStreamError(
                .startTagTooLong,
                "a tag of more than \(limits.startTagBytes) bytes",
                offset: tagStart + limits.startTagBytes
            )
        }
        let most = kind == .document ? limits.documentBytes : limits.stanzaBytes
        if unitStart >= 0, end - unitStart > most, unitStart + most < found?.offset ?? Int.max {
            let what = kind == .document ? "a document" : "a first-level element"
            found = XMLStreamError(.tooManyBytes, "\(what) of more than \(most) bytes", offset: unitStart + most)
        }
        return found
    }

    private func fault(_ code: XMLStreamError.Code, _ reason: String, _ index: Int, _ offset: Int) -> Stop {
        fault(XMLStreamError(code, reason, offset: offset), index, offset)
    }

    /// A fault at a byte, unless a bound was exceeded before that byte.
    private func fault(_ error: XMLStreamError, _ index: Int, _ offset: Int) -> Stop {
        .fault(excess(upTo: offset) ?? error, index)
    }
}
