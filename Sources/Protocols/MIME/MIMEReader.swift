/// Reads MIME entities: a header block, an empty line and content.
///
/// Source: RFC 2045 §2.4, §3, RFC 5322 §2.2.
public struct MIMEReader: Sendable {
    /// The largest sizes accepted.
    public var limits: MIMELimits
    /// Whether a line feed without a carriage return is refused as a line end.
    public var isStrict: Bool

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - limits: the largest sizes accepted.
    ///   - isStrict: whether lines must end with CRLF.
    public init(limits: MIMELimits = MIMELimits(), isStrict: Bool = false) {
        self.limits = limits
        self.isStrict = isStrict
    }

    /// A header block and where it ended.
    public struct HeaderBlock: Sendable, Equatable {
        /// The fields in order.
        public let headers: HeaderList
        /// The number of octets of the block, its empty line included.
        public let length: Int
        /// Whether an empty line ended the block; otherwise the bytes ended.
        public let hasEmptyLine: Bool
        /// Whether some line ended with a line feed alone.
        public let hasBareLineFeed: Bool
    }

    /// Reads one entity.
    ///
    /// - Parameter bytes: the entity, from the first header octet to the last content octet.
    /// - Returns: the headers and the content undecoded.
    /// - Throws: ``MIMEError`` with `.invalidHeader`, `.invalidOctet`, `.missingEmptyLine`, `.tooManyHeaders`, `.headersTooLong`
    ///   or `.contentTooLong`.
    public func part(_ bytes: ArraySlice<UInt8>) throws(MIMEError) -> MIMEPart {
        let block = try headerBlock(bytes)
        guard block.hasEmptyLine else {
            throw MIMEError(.missingEmptyLine, "No empty line ends the header block.", at: bytes.count)
        }
        return try part(block, bytes, level: 0)
    }

    private func part(_ block: HeaderBlock, _ bytes: ArraySlice<UInt8>, level: Int) throws(MIMEError) -> MIMEPart {
        let content = bytes.dropFirst(block.length)
        guard content.count <= limits.contentBytes else {
            let reason = "The content is longer than \(limits.contentBytes) octets."
            throw MIMEError(.contentTooLong, reason, at: block.length + limits.contentBytes)
        }
        return MIMEPart(headers: block.headers, content: content, level: level)
    }

    /// Reads header fields up to an empty line or the end of the bytes.
    ///
    /// - Parameter bytes: starts with the first octet of the first field.
    /// - Returns: the fields, and where and how the block ended.
    /// - Throws: ``MIMEError`` with `.invalidHeader`, `.invalidOctet`, `.tooManyHeaders` or `.headersTooLong`.
    public func headerBlock(_ bytes: ArraySlice<UInt8>) throws(MIMEError) -> HeaderBlock {
        var fields: [HeaderField] = []
        var hasBareLineFeed = false
        // The field being read: where it starts and ends, line end excluded, and its colon.
        var field: (start: Int, end: Int, colon: Int)?
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let start = place
            let (end, next) = try line(bytes, from: place, hasBareLineFeed: &hasBareLineFeed)
            place = next
            if start == end, next > end {
                try append(&field, of: bytes, to: &fields)
                let length = place - bytes.startIndex
                return HeaderBlock(
                    headers: HeaderList(fields),
                    length: length,
                    hasEmptyLine: true,
                    hasBareLineFeed: hasBareLineFeed
                )
            }
            if bytes[start].isBlank {
                guard field != nil else {
                    throw MIMEError(
                        .invalidHeader,
                        "The block starts with a continued line.",
                        at: start - bytes.startIndex
                    )
                }
                field?.end = end
                continue
            }
            try append(&field, of: bytes, to: &fields)
            guard fields.count < limits.headers else {
                throw MIMEError(
                    .tooManyHeaders,
                    "There are more than \(limits.headers) fields.",
                    at: start - bytes.startIndex
                )
            }
            field = (start, end, try colon(bytes[start..<end], base: bytes.startIndex))
        }
        try append(&field, of: bytes, to: &fields)
        let length = bytes.count
        return HeaderBlock(
            headers: HeaderList(fields),
            length: length,
            hasEmptyLine: false,
            hasBareLineFeed: hasBareLineFeed
        )
    }

    private func append(
        _ field: inout (start: Int, end: Int, colon: Int)?,
        of bytes: ArraySlice<UInt8>,
        to fields: inout [HeaderField]
    ) throws(MIMEError) {
        guard let complete = field else { return }
        fields.append(HeaderField(raw: bytes[complete.start..<complete.end], colon: complete.colon))
        field = nil
    }

    /// The end of the line that starts at an index, without and with its line end.
    private func line(
        _ bytes: ArraySlice<UInt8>,
        from start: Int,
        hasBareLineFeed: inout Bool
    ) throws(MIMEError) -> (end: Int, next: Int) {
        var place = start
        while place < bytes.endIndex {
            let octet = bytes[place]
            let offset = place - bytes.startIndex
            guard offset < limits.headerBytes else {
                throw MIMEError(
                    .headersTooLong,
                    "The header block is longer than \(limits.headerBytes) octets.",
                    at: offset
                )
            }
            switch octet {
            case 0x0A:
                if isStrict { throw MIMEError(.invalidOctet, "A line ends with a line feed alone.", at: offset) }
                hasBareLineFeed = true
                return (place, place + 1)
            case 0x0D:
                guard place + 1 < bytes.endIndex, bytes[place + 1] == 0x0A else {
                    throw MIMEError(.invalidOctet, "A carriage return stands alone.", at: offset)
                }
                return (place, place + 2)
            case 0:
                throw MIMEError(.invalidOctet, "A header holds a NUL octet.", at: offset)
            default:
                place += 1
            }
        }
        return (place, place)
    }

    /// The index of the colon after the field name; blanks before it are tolerated.
    private func colon(_ line: ArraySlice<UInt8>, base: Int) throws(MIMEError) -> Int {
        var place = line.startIndex
        while place < line.endIndex, HeaderField.isName(line[place]) { place += 1 }
        let nameEnd = place
        while place < line.endIndex, line[place].isBlank { place += 1 }
        guard nameEnd > line.startIndex, place < line.endIndex, line[place] == UInt8(ascii: ":") else {
            throw MIMEError(.invalidHeader, "A header line is not 'name: value'.", at: line.startIndex - base)
        }
        return place
    }

    /// Reads a multipart into its parts.
    ///
    /// The line end before a delimiter belongs to the delimiter. Preamble and epilogue are kept and have no meaning. After the
    /// boundary only blanks may stand on a delimiter line, so that the boundary of an inner multipart may begin with the outer
    /// one.
    ///
    /// - Parameter part: an entity whose type is `multipart/…`.
    /// - Returns: the parts in order, each one level deeper than `part`; nothing when `part` is no multipart.
    /// - Throws: ``MIMEError`` with `.missingBoundary`, `.invalidBoundary`, `.missingDelimiter`, `.missingClosingDelimiter`,
    ///   `.tooManyParts`, `.nestedTooDeep`, or a code of the media type or of a part's header block; offsets of the latter count
    ///   in the content of `part`.
    ///
    /// Source: RFC 2046 §5.1.
    public func multipart(_ part: MIMEPart) throws(MIMEError) -> Multipart? {
        guard let type = try part.mediaType(limits: limits), type.type == "multipart" else { return nil }
        guard part.level < limits.depth else {
            throw MIMEError(.nestedTooDeep, "Multiparts are nested deeper than \(limits.depth) levels.", at: 0)
        }
        guard let boundary = type.parameter("boundary") else {
            throw MIMEError(.missingBoundary, "The multipart type has no boundary.", at: 0)
        }
        guard Multipart.isBoundary(boundary) else {
            throw MIMEError(.invalidBoundary, "The boundary is empty, too long or holds a forbidden octet.", at: 0)
        }
        let encoding = try part.transferEncoding()
        guard encoding != .base64, encoding != .quotedPrintable else {
            throw MIMEError(.unknownEncoding, "A multipart must not have the encoding '\(encoding.rawValue)'.", at: 0)
        }
        var scan = DelimiterScan(part.content, boundary: boundary)
        guard var delimiter = scan.next() else {
            throw MIMEError(.missingDelimiter, "No delimiter line was found.", at: part.content.count)
        }
        var result = Multipart(type: type, preamble: part.content[..<delimiter.start], parts: [], epilogue: [])
        while !delimiter.isClosing {
            guard let following = scan.next() else {
                throw MIMEError(
                    .missingClosingDelimiter,
                    "No closing delimiter line was found.",
                    at: part.content.count
                )
            }
            guard result.parts.count < limits.parts else {
                let offset = delimiter.start - part.content.startIndex
                throw MIMEError(.tooManyParts, "There are more than \(limits.parts) parts.", at: offset)
            }
            // Two delimiters may share one line end; the part between them is empty.
            let bytes = part.content[delimiter.end..<max(delimiter.end, following.start)]
            do throws(MIMEError) {
                result.parts.append(try self.part(try headerBlock(bytes), bytes, level: part.level + 1))
            } catch {
                throw error.shifted(by: bytes.startIndex - part.content.startIndex)
            }
            delimiter = following
        }
        result.epilogue = part.content[delimiter.end...]
        return result
    }
}
