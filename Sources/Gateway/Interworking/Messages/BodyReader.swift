import MIME
import MappingTables

/// Reads the body of a message: undoes transfer encodings, charsets and multiparts.
///
/// Source: RFC 3922 §4.2.9, RFC 7572 §7, RFC 2046 §5.1.
struct BodyReader {
    /// Whether marked-up text is read.
    var readsHTML = true
    /// Whether text in ISO-8859-1 is converted instead of refused.
    var convertsLatin1 = false
    /// The parts that rows take.
    var wanted: [ContentPart] = []
    /// The sizes that are taken.
    var limits = MIMELimits()

    /// Types that are signals and never text.
    private static let signals: Set<String> = ["message/imdn+xml", "application/im-iscomposing+xml"]

    /// Reads a part.
    ///
    /// - Parameter part: headers and content, undecoded.
    /// - Returns: what it is.
    /// - Throws: ``Refusal`` with `.unsupportedType`, `.malformedBody`, `.oversize` or `.recipientList`.
    func read(_ part: MIMEPart) throws(Refusal) -> BodyKind {
        // The usual type is known without taking it apart.
        if let field = part.headers.first("Content-Type"), Self.isPlainUTF8(field.value) {
            return .message(try plain(part, charset: nil))
        }
        guard let type = try mediaType(part) else { throw unsupported }
        let name = "\(type.type)/\(type.subtype)"
        if Self.signals.contains(name) { return .signal(name) }
        guard var text = try text(part, type, isWhole: true) else { throw unsupported }
        if text.parts.count > FoundPart.limit {
            text.parts.removeLast(text.parts.count - FoundPart.limit)
            text.losses.append("message.part")
        }
        return .message(text)
    }

    /// The type is not mapped; whoever sent it is told which ones are.
    private var unsupported: Refusal { .unsupportedType(also: wanted.map(\.type)) }

    /// The text of a part; nil when its type has no mapping.
    private func text(_ part: MIMEPart, _ type: MediaType, isWhole: Bool = false) throws(Refusal) -> MessageText? {
        if !wanted.isEmpty, let found = try taken(part, type, isWhole) { return MessageText(parts: [found]) }
        switch (type.type, type.subtype) {
        case ("text", "plain"): return try plain(part, charset: type.charset)
        case ("text", "html"): return readsHTML ? try html(part, type) : nil
        case ("message", "external-body"): return Self.externalBody(type)
        case ("multipart", "alternative"): return try alternative(part)
        case ("multipart", "mixed"): return try mixed(part)
        case ("multipart", "related") where !wanted.isEmpty: return try mixed(part)
        default: return nil
        }
    }

    /// The part as rows take it; nil when none does.
    ///
    /// Source: RFC 2045 §6, RFC 2183 §2.
    private func taken(_ part: MIMEPart, _ type: MediaType, _ isWhole: Bool) throws(Refusal) -> FoundPart? {
        let disposition = (try? part.disposition()).flatMap { $0?.type }
        func found(_ octets: ArraySlice<UInt8>) -> FoundPart {
            FoundPart(type: type, disposition: disposition, isWhole: isWhole, octets: octets)
        }
        let rows = wanted.filter { found([]).isNamed(by: $0) }
        guard !rows.isEmpty else { return nil }
        // What is only a parameter needs no content.
        guard rows.contains(where: { if case .parameter = $0.form { false } else { true } }) else { return found([]) }
        var octets: ArraySlice<UInt8>
        if type.type == "text" {
            var text = MessageText()
            octets = try decoded(part, charset: type.charset, &text)
        } else {
            do throws(MIMEError) { octets = try part.decodedContent(limits: limits) } catch {
                if error.code == .unknownEncoding { throw unsupported }
                throw .malformedBody(isTooLarge: error.code == .contentTooLong)
            }
        }
        guard octets.count <= FoundPart.largest else { throw .malformedBody(isTooLarge: true) }
        return found(octets)
    }

    // MARK: Leaves

    private func plain(_ part: MIMEPart, charset: String?) throws(Refusal) -> MessageText {
        var text = MessageText(language: language(part))
        text.plain = try decoded(part, charset: charset, &text)
        return text
    }

    private func html(_ part: MIMEPart, _ type: MediaType) throws(Refusal) -> MessageText {
        var text = MessageText(language: language(part))
        text.html = try decoded(part, charset: type.charset, &text)
        return text
    }

    private func language(_ part: MIMEPart) -> String? {
        guard let field = part.headers.first("Content-Language") else { return nil }
        return LanguageList.first(field.value)
    }

    /// The content in UTF-8 without a byte order mark.
    ///
    /// Source: RFC 3922 §4.2.9, RFC 3629 §6.
    private func decoded(
        _ part: MIMEPart,
        charset: String?,
        _ text: inout MessageText
    ) throws(Refusal) -> ArraySlice<UInt8> {
        var bytes: ArraySlice<UInt8>
        do throws(MIMEError) {
            bytes = try part.decodedContent(limits: limits)
        } catch {
            if error.code == .unknownEncoding { throw unsupported }
            throw .malformedBody(isTooLarge: error.code == .contentTooLong)
        }
        var isASCII = false
        if let charset {
            switch Charset(name: charset) {
            case .utf8: break
            case .usASCII: isASCII = true
            case nil:
                guard convertsLatin1, Self.latin1.contains(charset) else { throw unsupported }
                return Self.fromLatin1(bytes)
            }
        }
        guard UTF8Scan.firstFault(in: bytes) == nil else { throw unsupported }
        if isASCII, bytes.contains(where: { $0 > 0x7F }) { text.notes.append("charset-us-ascii-exceeded") }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        return bytes
    }

    private static let latin1: Set<String> = ["iso-8859-1", "iso8859-1", "latin1", "iso_8859-1", "l1"]

    private static func fromLatin1(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            if byte < 0x80 {
                result.append(byte)
            } else {
                result.append(0xC0 | byte >> 6)
                result.append(0x80 | byte & 0x3F)
            }
        }
        return result[...]
    }

    /// The address as text, and as a link only where markup could link to it: clients offer both to be opened.
    ///
    /// Source: RFC 4483 §4, RFC 2017 §3.
    private static func externalBody(_ type: MediaType) -> MessageText? {
        guard type.parameter("access-type")?.lowercased() == "url", let url = type.parameter("url"), !url.isEmpty,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        var text = MessageText(plain: Array(url.utf8)[...], url: MarkupProfile.address(url))
        if text.url == nil { text.losses.append("message.value") }
        return text
    }

    // MARK: Multiparts

    private func parts(_ part: MIMEPart) throws(Refusal) -> [MIMEPart] {
        do throws(MIMEError) {
            return try MIMEReader(limits: limits).multipart(part)?.parts ?? []
        } catch {
            // Too many parts are a fault of form, whatever their size.
            throw .malformedBody(isTooLarge: [.nestedTooDeep, .contentTooLong].contains(error.code))
        }
    }

    /// The last alternative that has a mapping, with the plain one as its plain text.
    ///
    /// The depth of nesting is bounded by the reader's limit.
    ///
    /// Source: RFC 2046 §5.1.4.
    private func alternative(_ part: MIMEPart) throws(Refusal) -> MessageText? {
        var chosen: MessageText?
        for child in try parts(part) {
            guard let type = try mediaType(child), var candidate = try text(child, type) else { continue }
            if candidate.isPartsAlone, let known = chosen {
                chosen?.parts = known.parts + candidate.parts
                continue
            }
            candidate.parts = (chosen?.parts ?? []) + candidate.parts
            if candidate.plain == nil { candidate.plain = chosen?.plain }
            if candidate.language == nil { candidate.language = chosen?.language }
            chosen = candidate
        }
        if chosen?.language == nil { chosen?.language = language(part) }
        return chosen
    }

    /// The texts of all parts, joined; parts without a mapping are lost when another has one.
    ///
    /// Source: RFC 2046 §5.1.3.
    private func mixed(_ part: MIMEPart) throws(Refusal) -> MessageText? {
        var joined: MessageText?
        var isIncomplete = false
        for child in try parts(part) {
            let type = try mediaType(child) ?? .plain
            if type.is("application", "resource-lists+xml") { throw unsupported }
            guard let text = try text(child, type) else {
                isIncomplete = true
                continue
            }
            guard var sum = joined else {
                joined = text
                continue
            }
            if sum.isPartsAlone {
                joined = text
                joined?.parts = sum.parts + text.parts
                continue
            }
            sum.parts += text.parts
            if text.isPartsAlone {
                joined = sum
                continue
            }
            if let more = text.plain { sum.plain = sum.plain.map { $0 + [0x0A] + more } ?? more }
            if sum.html != nil || text.html != nil { sum.losses.append("message.html") }
            sum.html = nil
            sum.url = sum.url ?? text.url
            sum.losses += text.losses
            sum.notes += text.notes
            joined = sum
        }
        if isIncomplete { joined?.losses.append("message.part") }
        return joined
    }

    // MARK: Types

    private func mediaType(_ part: MIMEPart) throws(Refusal) -> MediaType? {
        do throws(MIMEError) {
            return try part.mediaType(limits: limits)
        } catch { throw unsupported }
    }

    /// Whether a Content-Type value is `text/plain`, alone or with `charset=utf-8`, in any case and spacing.
    static func isPlainUTF8(_ value: ArraySlice<UInt8>) -> Bool {
        let bytes = value.span
        var offset = 0
        guard take("text/plain", bytes, &offset) else { return false }
        skipBlanks(bytes, &offset)
        if offset == bytes.count { return true }
        guard bytes[offset] == UInt8(ascii: ";") else { return false }
        offset += 1
        skipBlanks(bytes, &offset)
        guard take("charset=utf-8", bytes, &offset) || take("charset=\"utf-8\"", bytes, &offset) else { return false }
        skipBlanks(bytes, &offset)
        return offset == bytes.count
    }

    /// Goes past a text in lower case that stands there in any case.
    private static func take(_ text: String, _ bytes: Span<UInt8>, _ offset: inout Int) -> Bool {
        let text = text.utf8.span
        guard bytes.count - offset >= text.count else { return false }
        for index in text.indices {
            let found = bytes[offset + index]
            guard found == text[index] || found &- 0x41 < 26 && found | 0x20 == text[index] else { return false }
        }
        offset += text.count
        return true
    }

    private static func skipBlanks(_ bytes: Span<UInt8>, _ offset: inout Int) {
        while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
    }
}

/// Lists of language tags, as in Content-Language.
enum LanguageList {
    /// The first tag of a list; nil when it is no tag.
    static func first(_ value: ArraySlice<UInt8>) -> String? {
        let tag = value.prefix { $0 != UInt8(ascii: ",") && $0 != 0x20 && $0 != 0x09 }
        return tag.isEmpty ? nil : String(decoding: tag, as: UTF8.self)
    }
}
