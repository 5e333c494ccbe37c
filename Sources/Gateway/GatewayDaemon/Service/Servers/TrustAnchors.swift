/// Looks at a file of DNSSEC trust anchors before the resolver does.
///
/// Source: RFC 1035 §5.1.
enum TrustAnchors {
    /// Whether a zone file has at least one record that anchors are made of.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: whether a line has DS or DNSKEY behind its owner, with or without lifetime and class.
    static func areIn(_ bytes: [UInt8]) -> Bool {
        bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { line in
            let record = line.prefix { $0 != UInt8(ascii: ";") }
            let words = record.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
            guard let type = words.prefix(4).dropFirst().firstIndex(where: isType) else { return false }
            return type + 1 < words.count
        }
    }

    private static func isType(_ word: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: word, as: UTF8.self).uppercased()
        return text == "DS" || text == "DNSKEY"
    }
}
