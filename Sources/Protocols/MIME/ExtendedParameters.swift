extension ParameterList {
    /// The value of a parameter that may be continued, encoded, or both.
    ///
    /// `name*` wins over the pieces `name*0`, `name*1` …, and those over plain `name`. Charsets other than us-ascii and utf-8, and
    /// escapes that do not make valid text, give nothing.
    ///
    /// Source: RFC 2231 §3, §4.
    ///
    /// - Parameter name: the name without any asterisk, in any case.
    /// - Returns: the plain value; nothing when it is absent or cannot be read.
    public func extended(_ name: String) -> String? {
        if let whole = self["\(name)*"] { return Self.decode([(whole, true)]) }
        var pieces: [(String, Bool)] = []
        while pieces.count < count {
            if let plain = self["\(name)*\(pieces.count)"] {
                pieces.append((plain, false))
            } else if let encoded = self["\(name)*\(pieces.count)*"] {
                pieces.append((encoded, true))
            } else {
                break
            }
        }
        return pieces.isEmpty ? self[name] : Self.decode(pieces)
    }

    /// Joins the pieces; the first one, when it is encoded, starts with `charset'language'`.
    private static func decode(_ pieces: [(text: String, isEncoded: Bool)]) -> String? {
        var bytes: [UInt8] = []
        for (number, piece) in pieces.enumerated() {
            var text = Array(piece.text.utf8)[...]
            guard piece.isEncoded else {
                bytes.append(contentsOf: text)
                continue
            }
            if number == 0 {
                let fields = text.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
                guard fields.count == 3, Charset(name: String(decoding: fields[0], as: UTF8.self)) != nil else {
                    return nil
                }
                text = fields[2]
            }
            while let octet = text.popFirst() {
                guard octet == UInt8(ascii: "%") else {
                    bytes.append(octet)
                    continue
                }
                guard let high = text.popFirst()?.hexDigit, let low = text.popFirst()?.hexDigit else { return nil }
                bytes.append(high << 4 | low)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
