/// Domain names in the forms that XMPP (U-labels) and SIP (A-labels) write.
///
/// A name is letters, digits, hyphens and, tolerated because hosts carry it, underscores in labels of 1 to 63 bytes;
/// 253 bytes in all, counted in A-labels. A name whose last label is all digits is refused, so that nothing reads
/// as half an IPv4 address. IP literals pass through.
///
/// Source: RFC 7622 §3.2, RFC 5891 §4, §5.
public enum DomainName {
    /// The largest name in A-labels, in bytes, without trailing dot.
    public static let limit = 253

    /// The largest label in ASCII form, in bytes.
    public static let labelLimit = 63

    /// The largest text that is looked at, in bytes.
    public static let textLimit = 4096

    /// The form for SIP, im: and pres: hosts and for the DNS: lower-case A-labels without trailing dot.
    ///
    /// A label that starts with `xn--` is kept, whether or not it stands for a U-label. An IPv6 literal keeps its
    /// brackets.
    ///
    /// - Throws: ``AddressError`` with `.empty`, `.tooLong`, `.malformedDomain` or `.malformedLiteral`.
    public static func toASCII(_ text: String) throws(AddressError) -> String {
        if isPlain(text.utf8.span) { return text }
        return try converted(text) { $0.ascii }
    }

    /// The form that XMPP writes: lower-case U-labels; what cannot be converted is kept.
    ///
    /// An `xn--` label that does not stand for a valid U-label stays as it is. A text that is no domain name comes
    /// back unchanged.
    public static func toUnicode(_ text: String) -> String {
        (try? normalized(text)) ?? text
    }

    /// The enforced domainpart: lower-case U-labels without trailing dot, at most 1023 bytes.
    ///
    /// - Throws: ``AddressError`` as ``toASCII(_:)``.
    ///
    /// Source: RFC 7622 §3.2.1, §3.2.2.
    public static func normalized(_ text: String) throws(AddressError) -> String {
        if isPlain(text.utf8.span) { return text }
        return try converted(text) { $0.unicode }
    }

    private static func converted(
        _ text: String,
        _ form: (IDNALabel) -> String
    ) throws(AddressError) -> String {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw AddressError(.empty, "The domain is empty.") }
        guard bytes.count <= textLimit else {
            throw AddressError(.tooLong, "The domain is longer than \(textLimit) bytes.", at: textLimit)
        }
        if bytes[0] == UInt8(ascii: "[") {
            guard bytes.last == UInt8(ascii: "]"), IPv6Address(bytes: bytes[1..<(bytes.count - 1)]) != nil else {
                throw AddressError(.malformedLiteral, "The text in brackets is not an IPv6 address.")
            }
            return ASCII.lowercased(text)
        }
        if IPv4Address(bytes: bytes[...]) != nil { return text }
        var labels = try dotSeparated(text)
        if labels.count > 1, labels.last?.text.isEmpty == true { labels.removeLast() }
        var forms: [String] = []
        var size = -1
        var endsInNumber = false
        for label in labels {
            let idna = try IDNALabel(label.text, at: label.offset)
            size += idna.ascii.utf8.count + 1
            guard size <= limit else {
                throw AddressError(.tooLong, "The domain is longer than \(limit) bytes.", at: label.offset)
            }
            endsInNumber = idna.ascii.utf8.allSatisfy(ASCII.isDigit)
            forms.append(form(idna))
        }
        guard !endsInNumber else {
            throw AddressError(.malformedDomain, "The last label of the domain is a number.")
        }
        return forms.joined(separator: ".")
    }

    private struct Label {
        var text: String
        var offset: Int
    }

    /// Splits at full stops and the three characters that are mapped to one (RFC 5895 §2).
    private static func dotSeparated(_ text: String) throws(AddressError) -> [Label] {
        var labels: [Label] = []
        var current = String.UnicodeScalarView()
        var start = 0
        var offset = 0
        for scalar in text.unicodeScalars {
            offset += UTF8.width(scalar)
            switch scalar.value {
            case 0x2E, 0x3002, 0xFF0E, 0xFF61:
                labels.append(Label(text: String(current), offset: start))
                guard labels.count <= limit else {
                    throw AddressError(.tooLong, "The domain has too many labels.", at: start)
                }
                current = String.UnicodeScalarView()
                start = offset
            default: current.append(scalar)
            }
        }
        labels.append(Label(text: String(current), offset: start))
        return labels
    }

    /// Whether a text is a lower-case ASCII name that every conversion keeps: no A-label, no literal, no final dot.
    @inline(__always)
    static func isPlain(_ span: Span<UInt8>) -> Bool {
        guard span.count > 0, span.count <= limit else { return false }
        var labelStart = 0
        var hasLetter = false
        for index in 0..<span.count {
            let byte = span[index]
            if byte &- 0x61 < 26 || byte == UInt8(ascii: "_") {
                hasLetter = true
            } else if byte == UInt8(ascii: ".") {
                guard endsWell(span, labelStart, index) else { return false }
                labelStart = index + 1
                hasLetter = false
            } else if byte == UInt8(ascii: "-") {
                // A hyphen may not lead; two in the third and fourth place may mark an A-label.
                guard index > labelStart, index != labelStart + 3 || span[index - 1] != byte else { return false }
                hasLetter = true
            } else if !ASCII.isDigit(byte) {
                return false
            }
        }
        return hasLetter && endsWell(span, labelStart, span.count)
    }

    /// Whether a text is an ASCII host name in any case, final dot allowed.
    ///
    /// Source: RFC 3261 §25.1.
    static func isHostName(_ span: Span<UInt8>) -> Bool {
        let hasFinalDot = span.count > 1 && span[span.count - 1] == UInt8(ascii: ".")
        let count = hasFinalDot ? span.count - 1 : span.count
        guard count > 0, count <= limit else { return false }
        var labelStart = 0
        var isNumber = true
        for index in 0..<count {
            let byte = span[index]
            if byte == UInt8(ascii: ".") {
                guard endsWell(span, labelStart, index) else { return false }
                labelStart = index + 1
                isNumber = true
            } else if !ASCII.isDigit(byte) {
                let isHyphen = byte == UInt8(ascii: "-")
                guard ASCII.isLetter(byte) || byte == UInt8(ascii: "_") || (isHyphen && index > labelStart) else {
                    return false
                }
                isNumber = false
            }
        }
        return !isNumber && endsWell(span, labelStart, count)
    }

    @inline(__always)
    private static func endsWell(_ span: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        end > start && end - start <= labelLimit && span[end - 1] != UInt8(ascii: "-")
    }
}
