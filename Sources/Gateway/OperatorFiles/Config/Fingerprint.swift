/// The digest of a certificate as operators write it.
enum Fingerprint {
    /// The 32 bytes of a SHA-256 in hexadecimal digits, with colons between them or without.
    ///
    /// - Parameter text: the digits.
    /// - Returns: the bytes; nil for what is none.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.filter { $0 != ":" }
        guard digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else { return nil }
        let values = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}
