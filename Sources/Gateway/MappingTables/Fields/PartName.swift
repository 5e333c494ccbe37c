/// How the protocols spell the names of elements and headers.
public enum PartName {
    /// Whether a text can be the name of an element or an attribute, which has no colon.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it is an NCName (Namespaces in XML 1.0 §3, XML 1.0 §2.3).
    public static func isElement(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, beginsElement(first) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
            default: beginsElement(scalar)
            }
        }
    }

    private static func beginsElement(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D,
            0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF,
            0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x10000...0xEFFFF:
            true
        default: false
        }
    }

    /// Whether a text can be the name of a header of a request.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it is a token (RFC 3261 §25.1).
    public static func isRequestHeader(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || "-.!%*_+`'~".utf8.contains($0) }
    }

    /// Whether a text can be the name of a header of a Message/CPIM object, without the prefix of its namespace.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it has only characters of names (RFC 3862 §3.1, §3.6).
    public static func isObjectHeader(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-^_`|~".utf8.contains($0) }
    }

    /// Whether a text can be the namespace of headers of a Message/CPIM object.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it has a scheme and something behind it, and no fragment, blank, control or angle bracket
    ///   (RFC 3862 §3.4, §4.6).
    public static func isNamespace(_ text: String) -> Bool {
        let octets = text.utf8
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), colon != octets.startIndex,
            octets.index(after: colon) != octets.endIndex, let first = octets.first, isLetter(first)
        else { return false }
        return octets[..<colon].allSatisfy { isAlphanumeric($0) || "+-.".utf8.contains($0) }
            && octets[colon...].allSatisfy { $0 > 0x20 && $0 != 0x7F && !"#<>".utf8.contains($0) }
    }

    private static func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet | 0x20) }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool { isLetter(octet) || (0x30...0x39).contains(octet) }

    // MARK: Names that are taken

    /// Headers that route, identify or frame a request, which no row writes, in lower case and with their compact forms
    /// (RFC 3261 §20, §7.3.3).
    public static let requestHeaders: Set<String> = [
        "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "max-forwards", "content-length",
        "l", "content-type", "c", "content-encoding", "e", "route", "record-route", "authorization",
        "proxy-authorization", "require", "proxy-require",
    ]

    /// Headers of a Message/CPIM object that fields of their own write, or the writer itself (RFC 3862 §4).
    static let objectHeaders: Set<String> = ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"]

    /// The namespace of those, which holds where a row names none (RFC 3862 §3.4).
    static let objectNamespace = "urn:ietf:params:cpim-headers:"
}
