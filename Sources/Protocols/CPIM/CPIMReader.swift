public import MIME

/// Reads Message/CPIM objects.
///
/// Source: RFC 3862 §2, §3.6.
public struct CPIMReader: Sendable {
    /// The largest sizes accepted.
    public var limits: CPIMLimits
    /// Whether every departure from the grammar that a ``CPIMWarning`` names as a fault refuses the object.
    public var isStrict: Bool
    /// Whether the prefix `imdn` is known without a declaration.
    public var knowsIMDNPrefix: Bool
    /// The type of content without a Content-Type; without it such an object is refused.
    public var defaultContentType: MediaType?

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - limits: the largest sizes accepted.
    ///   - isStrict: whether departures from the grammar refuse the object.
    ///   - knowsIMDNPrefix: whether the prefix `imdn` needs no declaration.
    ///   - defaultContentType: the type of content without a Content-Type.
    public init(
        limits: CPIMLimits = CPIMLimits(),
        isStrict: Bool = false,
        knowsIMDNPrefix: Bool = false,
        defaultContentType: MediaType? = nil
    ) {
        self.limits = limits
        self.isStrict = isStrict
        self.knowsIMDNPrefix = knowsIMDNPrefix
        self.defaultContentType = defaultContentType
    }

    /// Reads one object.
    ///
    /// - Parameter bytes: the body as received, at most `limits.objectBytes`.
    /// - Returns: headers in wire order; content undecoded.
    /// - Throws: ``CPIMError`` with `.objectTooLong`, `.headersTooLong`, `.tooManyHeaders`, `.missingEmptyLine`, `.invalidUTF8`,
    ///   `.invalidContentHeaders`, `.missingContentType`, `.invalidContentType` or, of a strict reader, `.strict`.
    public func read(_ bytes: ArraySlice<UInt8>) throws(CPIMError) -> CPIMMessage { try read(bytes, level: 0) }

    /// Reads the object that another one contains.
    ///
    /// Prefixes of the outer object are not declared in the inner one.
    ///
    /// Source: RFC 3862 §6.
    ///
    /// - Parameter message: an object whose content may be `message/cpim`.
    /// - Returns: the inner object; nothing when the content is of another type.
    /// - Throws: ``CPIMError`` with `.nestedTooDeep`, `.invalidContent` or a code of ``read(_:)``; offsets count in the decoded
    ///   content.
    public func inner(of message: CPIMMessage) throws(CPIMError) -> CPIMMessage? {
        guard message.contentType.is("message", "cpim") else { return nil }
        guard message.level + 1 < limits.depth else {
            throw CPIMError(.nestedTooDeep, "Objects are nested deeper than \(limits.depth).", at: 0)
        }
        let decoded: ArraySlice<UInt8>
        do throws(MIMEError) {
            decoded = try message.content.decodedContent(limits: MIMELimits(contentBytes: limits.objectBytes))
        } catch {
            throw CPIMError(.invalidContent, error.reason, at: error.offset)
        }
        return try read(decoded, level: message.level + 1)
    }

    private func read(_ bytes: ArraySlice<UInt8>, level: Int) throws(CPIMError) -> CPIMMessage {
        guard bytes.count <= limits.objectBytes else {
            let reason = "The object is longer than \(limits.objectBytes) octets."
            throw CPIMError(.objectTooLong, reason, at: limits.objectBytes)
        }
        var block = HeaderBlock(bytes, limits: limits)
        try block.find()
        if let fault = UTF8Scan.firstFault(in: bytes[..<block.headerEnd]) {
            throw CPIMError(.invalidUTF8, "A message header is not UTF-8.", at: fault)
        }
        var interpreter = HeaderInterpreter(isStrict: isStrict, knowsIMDNPrefix: knowsIMDNPrefix)
        for warning in block.warnings { try interpreter.tolerate(warning.kind, at: warning.offset) }
        for line in block.lines { try interpreter.take(bytes[line], at: line.lowerBound - bytes.startIndex) }
        try interpreter.finish(at: block.headerEnd - bytes.startIndex)

        let rest = bytes[block.contentStart...]
        let (content, type) = try content(rest, at: block.contentStart - bytes.startIndex, tolerate: &interpreter)
        return CPIMMessage(
            rawBytes: bytes,
            headers: interpreter.headers,
            from: interpreter.from,
            to: interpreter.to,
            cc: interpreter.cc,
            dateTime: interpreter.dateTime,
            subjects: interpreter.subjects,
            require: interpreter.require,
            contentType: type,
            content: content,
            warnings: interpreter.warnings,
            level: level,
            headerLength: block.headerEnd - bytes.startIndex
        )
    }

    /// Reads the content headers, which are MIME header fields and may be folded.
    private func content(
        _ bytes: ArraySlice<UInt8>,
        at offset: Int,
        tolerate interpreter: inout HeaderInterpreter
    ) throws(CPIMError) -> (MIMEPart, MediaType) {
        var mimeLimits = MIMELimits(headerBytes: limits.headerBytes, headers: limits.headers)
        mimeLimits.contentBytes = limits.objectBytes
        let block: MIMEReader.HeaderBlock
        do throws(MIMEError) {
            block = try MIMEReader(limits: mimeLimits, isStrict: isStrict).headerBlock(bytes)
        } catch {
            let code: CPIMError.Code =
                switch error.code {
                case .headersTooLong: .headersTooLong
                case .tooManyHeaders: .tooManyHeaders
                default: .invalidContentHeaders
                }
            throw CPIMError(code, error.reason, at: offset + error.offset)
        }
        guard block.hasEmptyLine else {
            throw CPIMError(.missingEmptyLine, "No empty line ends the content headers.", at: offset + bytes.count)
        }
        if block.hasBareLineFeed, !interpreter.warnings.contains(where: { $0.kind == .bareLineFeed }) {
            try interpreter.tolerate(.bareLineFeed, at: offset)
        }
        let part = MIMEPart(headers: block.headers, content: bytes.dropFirst(block.length))
        if let declared = part.declaredLength, declared != part.content.count {
            try interpreter.tolerate(.contentLength, at: offset)
        }
        guard let field = part.headers.first("Content-Type") else {
            guard let defaultContentType else {
                throw CPIMError(.missingContentType, "The content headers have no Content-Type.", at: offset)
            }
            try interpreter.tolerate(.assumedContentType, at: offset)
            return (part, defaultContentType)
        }
        do throws(MIMEError) {
            return (part, try MediaType(bytes: field.value))
        } catch {
            let start = field.raw.startIndex - bytes.startIndex
            throw CPIMError(.invalidContentType, error.reason, at: offset + start)
        }
    }
}
