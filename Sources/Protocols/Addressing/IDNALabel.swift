import CIDN

/// One label of a domain name in both forms.
///
/// Source: RFC 5891 §4, §5; mapping after RFC 5895 §2.
struct IDNALabel {
    /// Lower-case ASCII: the A-label, or the plain label.
    let ascii: String
    /// The U-label, or the same as `ascii`.
    let unicode: String

    /// Converts a label of any form.
    ///
    /// - Throws: ``AddressError`` with `.malformedDomain` and the offset of the label.
    init(_ text: String, at offset: Int) throws(AddressError) {
        guard !text.isEmpty else {
            throw AddressError(.malformedDomain, "A label of the domain is empty.", at: offset)
        }
        // Each code point takes a byte or more of the ASCII form; decomposed ones may yet compose into fewer.
        guard text.unicodeScalars.count <= 4 * DomainName.labelLimit else {
            throw AddressError(.malformedDomain, "A label of the domain is too long.", at: offset)
        }
        let mapped = try IDNALabel.mapped(text)
        if mapped.utf8.allSatisfy({ $0 < 0x80 }) {
            guard IDNALabel.isLetterDigitHyphen(mapped) else {
                throw AddressError(.malformedDomain, "A label of the domain holds a misplaced character.", at: offset)
            }
            ascii = mapped
            unicode = IDNALabel.decoded(mapped) ?? mapped
        } else {
            guard let encoded = IDNALabel.encoded(mapped), IDNALabel.isLetterDigitHyphen(encoded) else {
                throw AddressError(.malformedDomain, "A label of the domain is not valid in IDNA2008.", at: offset)
            }
            ascii = encoded
            unicode = mapped
        }
    }

    /// Lower case, width and NFC.
    private static func mapped(_ text: String) throws(AddressError) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return ASCII.lowercased(text) }
        let points = text.unicodeScalars.map { UnicodeTables.widthMapped($0.value) }
        return try CodePoints.text(CodePoints.nfc(CodePoints.lowercased(points)))
    }

    private static func isLetterDigitHyphen(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= DomainName.labelLimit else { return false }
        let hyphen = UInt8(ascii: "-")
        return first != hyphen && last != hyphen
            && bytes.allSatisfy {
                $0 &- 0x61 < 26 || ASCII.isDigit($0) || $0 == hyphen || $0 == UInt8(ascii: "_")
            }
    }

    /// The A-label of a mapped label, checked by IDNA2008 without the wider mapping of UTS #46; nil when invalid.
    private static func encoded(_ label: String) -> String? {
        guard label.unicodeScalars.count <= DomainName.labelLimit, !label.utf8.contains(0) else { return nil }
        guard label.utf8.first != UInt8(ascii: "-"), label.utf8.last != UInt8(ascii: "-") else { return nil }
        let flags = Int32(IDN2_NO_TR46.rawValue | IDN2_NFC_INPUT.rawValue)
        var bytes = Array(label.utf8)
        bytes.append(0)
        // Safe: the source is NUL-terminated; the result is the library's own copy, read up to its NUL, then freed.
        return unsafe bytes.withUnsafeBufferPointer { source -> String? in
            var result: UnsafeMutablePointer<UInt8>?
            guard unsafe idn2_lookup_u8(source.baseAddress, &result, flags) == IDN2_OK.rawValue,
                let found = unsafe result
            else { return nil }
            defer { unsafe idn2_free(found) }
            return unsafe String(cString: found)
        }
    }

    /// The U-label of an A-label; nil when the label is none or does not convert back to itself.
    private static func decoded(_ label: String) -> String? {
        guard label.utf8.starts(with: "xn--".utf8) else { return nil }
        var bytes = label.utf8.map { CChar(truncatingIfNeeded: $0) }
        bytes.append(0)
        // Safe: as above; the label holds ASCII letters, digits and hyphens only.
        let text = unsafe bytes.withUnsafeBufferPointer { source -> String? in
            var result: UnsafeMutablePointer<CChar>?
            guard unsafe idn2_to_unicode_8z8z(source.baseAddress, &result, 0) == IDN2_OK.rawValue,
                let found = unsafe result
            else { return nil }
            defer { unsafe idn2_free(found) }
            return unsafe String(validatingCString: found)
        }
        guard let text, let again = try? mapped(text), again.utf8.elementsEqual(text.utf8) else { return nil }
        return encoded(text) == label ? text : nil
    }
}
