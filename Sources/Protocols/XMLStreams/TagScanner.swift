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

    private enum Mode: UInt8 {
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
    private(set) var depth = 0
    /// True behind the root's end.
    private(set) var closed = false
    /// One past the last byte of the last whole tag of this scan, or nil when the scan met none.
    private(set) var safe: Int?
    /// True while an element that exceeds a limit is passed over.
    private(set) var isSkipping = false

    private var mode = Mode.text
    /// The mode to go back to behind a reference.
    private var resume = Mode.text
    private var previous: UInt8 = 0
    private var tagStart = 0
    /// Where the open first-level element, or the document, begins; -1 between elements.
    private var unitStart: Int
    private var values = 0
    private var childCounts: [Int] = []
    /// The bytes behind `<!`, `&` or `<?` while they are few.
    private var word: [UInt8] = []
    /// How many of the bytes that end a CDATA section or a comment were met in a row.
    private var run = 0
    private var markStart = -1

    init(kind: Kind, limits: XML.Limits) {
        self.kind = kind
        self.limits = limits.clamped
        unitStart = kind == .document ? 0 : -1
    }

    /// The depth at which first-level elements lie.
    private var outer: Int { kind == .stream ? 1 : 0 }

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

// MARK: - Steps

extension TagScanner {
    private mutating func begin(_ byte: UInt8, at offset: Int) {
        if byte == 0x26 {
            resume = mode
            mode = .reference
            word.removeAll(keepingCapacity: true)
            markStart = offset
            return
        }
        tagStart = offset
        if kind == .stream, depth == 1, unitStart < 0 { unitStart = offset }
        mode = .open
    }

    /// The byte order mark in UTF-8; `markStart` is its last byte read while it lasts.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private func isMarkBroken(by byte: UInt8, at offset: Int) -> Bool {
        depth == 0 && (offset == 1 || offset == 2) && markStart == offset - 1 && byte != Self.mark[offset]
    }

    /// Character data outside of first-level elements.
    private mutating func outerText(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
        if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { return nil }
        if depth == 0, offset < 4 {
            if Self.mark.indices.contains(offset), byte == Self.mark[offset], markStart == offset - 1 {
                markStart = offset
                return nil
            }
            if byte == 0 || byte >= 0xFE {
                return XMLStreamError(.unsupportedEncoding, "the input is not UTF-8", offset: offset)
            }
        }
        guard depth == 1, kind == .stream else {
            return XMLStreamError(.notWellFormed, "text outside of the root element", offset: offset)
        }
        return XMLStreamError(.strayText, "text between first-level elements", offset: offset)
    }

    /// The byte behind `<`.
    private mutating func opened(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
        switch byte {
        case 0x2F:
            mode = .endTag
        case 0x21:
            mode = .bang
            word.removeAll(keepingCapacity: true)
        case 0x3F:
            guard tagStart == 0 || (tagStart == 3 && markStart == 2) else {
                return XMLStreamError(.restrictedXML, "a processing instruction", offset: tagStart)
            }
            mode = .declaration
            word.removeAll(keepingCapacity: true)
        case 0 where offset < 4:
            return XMLStreamError(.unsupportedEncoding, "the input is not UTF-8", offset: offset)
        default:
            mode = .startTag
            values = 0
            previous = 0
        }
        return nil
    }

    /// The `>` of a start tag; on a fault nothing is changed, so that the byte can be read again while skipping.
    private mutating func startTagEnded(at offset: Int) -> XMLStreamError? {
        if let error = excess(upTo: offset + 1) { return error }
        if !isSkipping {
            if depth >= limits.depth {
                return XMLStreamError(.tooDeep, "more than \(limits.depth) nested elements", offset: offset)
            }
            if depth > outer {
                if childCounts[depth] >= limits.children {
                    return XMLStreamError(
                        .tooManyChildren,
                        "an element has more than \(limits.children) child elements",
                        offset: offset
                    )
                }
                childCounts[depth] += 1
            }
        }
        mode = .text
        if previous != 0x2F {
            depth += 1
            if !isSkipping {
                while childCounts.count <= depth { childCounts.append(0) }
                childCounts[depth] = 0
            }
        }
        return nil
    }

    /// What follows from a tag that ended at `index`.
    private mutating func tagEnded(_ index: Int, _ offset: Int, _ stopping: Bool) -> Stop? {
        safe = index + 1
        if depth == 0 {
            closed = true
            if kind == .stream { return .closed(index + 1) }
            return nil
        }
        guard depth == outer else { return nil }
        let wasSkipping = isSkipping
        unitStart = -1
        isSkipping = false
        return stopping || wasSkipping ? .boundary(index + 1) : nil
    }

    private mutating func referenceByte(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
        switch byte {
        case 0x3B:
            if word.isEmpty {
                return XMLStreamError(.notWellFormed, "an empty entity reference", offset: markStart)
            }
            guard word.first == 0x23 || Self.predefined.contains(word) else {
                return XMLStreamError(
                    .restrictedXML,
                    "a reference to an entity that is not predefined",
                    offset: markStart
                )
            }
            if resume == .text, depth <= outer {
                let isCharacter = word.first != 0x23 || CharacterReference.isCarriable(word.dropFirst())
                return isCharacter
                    ? XMLStreamError(.strayText, "a reference between first-level elements", offset: markStart)
                    : XMLStreamError(.notWellFormed, "a reference to a character XML cannot carry", offset: markStart)
            }
            mode = resume
            return nil
        case 0x00...0x22, 0x24...0x2C, 0x2F, 0x3C...0x40:
            return XMLStreamError(.notWellFormed, "an entity reference does not end", offset: offset)
        default:
            // Long enough to tell all predefined names from others and to hold any number; zeros may go on.
            if word.count < 12 { word.append(byte) }
            return nil
        }
    }

    private static let predefined: [[UInt8]] = ["amp", "lt", "gt", "quot", "apos"].map { Array($0.utf8) }

    private static let cdata = Array("[CDATA[".utf8)

    private mutating func bangByte(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
        let cdata = Self.cdata
        let first = word.first ?? byte
        if first == cdata[0], byte == cdata[word.count] {
            guard word.count == cdata.count - 1 else {
                word.append(byte)
                return nil
            }
            guard depth > outer else {
                let code: XMLStreamError.Code = depth > 0 ? .strayText : .notWellFormed
                return XMLStreamError(code, "a CDATA section outside of first-level elements", offset: tagStart)
            }
            mode = .cdata
            run = 0
            return nil
        }
        if first == cdata[0] {
            return XMLStreamError(.notWellFormed, "'<![' does not begin a CDATA section", offset: offset)
        }
        guard kind == .document, byte == 0x2D else {
            let what = first == 0x2D ? "a comment" : "a document type declaration"
            return XMLStreamError(.restrictedXML, what, offset: tagStart)
        }
        if word.isEmpty {
            word.append(byte)
        } else {
            mode = .comment
            run = 0
        }
        return nil
    }

    /// Checks the XML declaration, whose bytes behind `<?` are in `word`.
    private mutating func declarationEnded() -> XMLStreamError? {
        let name = Array("xml".utf8)
        let isDeclaration =
            word.count > 4 && word.starts(with: name) && (word[3] == 0x20 || (0x09...0x0D).contains(word[3]))
        guard isDeclaration else {
            return XMLStreamError(.restrictedXML, "a processing instruction", offset: tagStart)
        }
        guard word[word.count - 2] == 0x3F else {
            return XMLStreamError(.notWellFormed, "an XML declaration that does not end with '?>'", offset: tagStart)
        }
        guard let encoding = XMLDeclaration.encoding(in: word) else { return nil }
        let isUTF8 = encoding.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } == Array("utf-8".utf8)
        if isUTF8 { return nil }
        return XMLStreamError(.unsupportedEncoding, "an encoding other than UTF-8 is declared", offset: tagStart)
    }
}

// MARK: - Limits

extension TagScanner {
    /// The earliest bound that bytes up to `end` exceed, if any.
    private func excess(upTo end: Int) -> XMLStreamError? {
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
