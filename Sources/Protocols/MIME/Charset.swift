/// The charsets that text parts may be in.
///
/// Source: RFC 3922 §4.2.9, RFC 2046 §4.1.2.
public enum Charset: Sendable, Equatable {
    /// `us-ascii`.
    case usASCII
    /// `utf-8`.
    case utf8

    /// Finds a charset by its registered name or a common alias.
    ///
    /// - Parameter name: in any case.
    public init?(name: String) {
        switch name.utf8.loweredText {
        case "utf-8", "utf8": self = .utf8
        case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us": self = .usASCII
        default: return nil
        }
    }

    /// Reads text in a declared charset.
    ///
    /// Without a declaration text is UTF-8, of which US-ASCII is a part. Octets above 127 under `us-ascii` are read as UTF-8
    /// when they are valid. A byte order mark at the start is dropped (RFC 3629 §6).
    ///
    /// - Parameters:
    ///   - bytes: the content, transfer encoding undone.
    ///   - declared: the charset parameter, if any.
    /// - Returns: the text and what had to be tolerated.
    /// - Throws: ``MIMEError`` with `.unsupportedCharset` at 0, or `.invalidUTF8` at the first octet that is not UTF-8.
    public static func decode(_ bytes: ArraySlice<UInt8>, declared: String?) throws(MIMEError) -> DecodedText {
        var charset = Charset.utf8
        if let declared {
            guard let known = Charset(name: declared) else {
                throw MIMEError(.unsupportedCharset, "The charset '\(declared.prefix(64))' is not supported.", at: 0)
            }
            charset = known
        }
        if let fault = UTF8Scan.firstFault(in: bytes) {
            throw MIMEError(.invalidUTF8, "The text is not UTF-8.", at: fault)
        }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let text = hasMark ? bytes.dropFirst(3) : bytes
        return DecodedText(
            text: String(decoding: text, as: UTF8.self),
            hadByteOrderMark: hasMark,
            exceededASCII: charset == .usASCII && text.contains { $0 > 0x7F }
        )
    }
}

/// Text of a part, and what had to be tolerated to read it.
public struct DecodedText: Sendable, Equatable {
    /// The text; line ends are those of the content.
    public let text: String
    /// Whether a byte order mark was dropped.
    public let hadByteOrderMark: Bool
    /// Whether text declared us-ascii held UTF-8 beyond it.
    public let exceededASCII: Bool

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - hadByteOrderMark: whether a byte order mark was dropped.
    ///   - exceededASCII: whether text declared us-ascii held UTF-8 beyond it.
    public init(text: String, hadByteOrderMark: Bool = false, exceededASCII: Bool = false) {
        self.text = text
        self.hadByteOrderMark = hadByteOrderMark
        self.exceededASCII = exceededASCII
    }
}

/// Checks octets against UTF-8.
///
/// Source: RFC 3629 §4.
public enum UTF8Scan {
    /// Where UTF-8 breaks off.
    ///
    /// - Parameter bytes: the octets to check.
    /// - Returns: the first octet of the first invalid sequence, counted from 0 at the start of `bytes`; nothing when all is
    ///   valid.
    public static func firstFault(in bytes: ArraySlice<UInt8>) -> Int? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}
