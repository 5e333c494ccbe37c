/// What each byte of a tag, a reference or a declaration leads to.
extension TagScanner {
    mutating func begin(_ byte: UInt8, at offset: Int) {
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
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    func isMarkBroken(by byte: UInt8, at offset: Int) -> Bool {
        depth == 0 && (offset == 1 || offset == 2) && markStart == offset - 1 && byte != Self.mark[offset]
    }

    /// Character data outside of first-level elements.
    mutating func outerText(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
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
    mutating func opened(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
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
    mutating func startTagEnded(at offset: Int) -> XMLStreamError? {
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
    mutating func tagEnded(_ index: Int, _ offset: Int, _ stopping: Bool) -> Stop? {
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

    mutating func referenceByte(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
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

    static let cdata = Array("[CDATA[".utf8)

    mutating func bangByte(_ byte: UInt8, at offset: Int) -> XMLStreamError? {
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
    mutating func declarationEnded() -> XMLStreamError? {
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
