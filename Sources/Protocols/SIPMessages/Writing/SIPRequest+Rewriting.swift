extension SIPRequest {
    /// The bytes of the same request for another attempt: with another first Via, another CSeq number, more fields.
    ///
    /// What is not named stays as it is, byte for byte.
    ///
    /// - Parameters:
    ///   - branch: the branch of the first Via.
    ///   - transport: the transport of the first Via, such as `TCP`.
    ///   - sentBy: host, or host and port, of the first Via.
    ///   - sequence: the CSeq number.
    ///   - extra: header fields to add after the others.
    /// - Returns: the bytes.
    /// - Throws: ``SIPError`` when the first Via or CSeq cannot be read.
    ///
    /// Source: RFC 3261 §8.1.3.5, §18.1.1, §22.2.
    public func rewritten(
        branch: String? = nil,
        transport: String? = nil,
        sentBy: String? = nil,
        sequence: UInt32? = nil,
        extra: [SIPHeaderLine] = []
    ) throws(SIPError) -> [UInt8] {
        var edits: [(range: Range<Int>, text: [UInt8])] = []
        if branch != nil || transport != nil || sentBy != nil {
            let via = try headers.topVia()
            if let transport { edits.append((via.transportRange, Self.word(transport))) }
            if let sentBy { edits.append((via.hostRange.lowerBound..<via.sentByEnd, Self.word(sentBy))) }
            if let branch {
                if let range = via.branchRange {
                    edits.append((range, Self.word(branch)))
                } else {
                    edits.append(
                        (via.range.upperBound..<via.range.upperBound, Array(";branch=".utf8) + Self.word(branch))
                    )
                }
            }
        }
        if let sequence, let entry = headers.entry(.cseq) {
            let (_, method) = try headers.cseqParts()
            edits.append((entry.value.lowerBound..<method.lowerBound, Array("\(sequence) ".utf8)))
        }
        if !extra.isEmpty {
            var lines: [UInt8] = []
            for line in extra { WireText.append(line, to: &lines) }
            edits.append(((bodyRange.lowerBound - 2)..<(bodyRange.lowerBound - 2), lines))
        }
        edits.sort { $0.range.lowerBound < $1.range.lowerBound }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 128)
        var index = methodRange.lowerBound
        for edit in edits {
            result.append(contentsOf: headers.bytes[index..<edit.range.lowerBound])
            result.append(contentsOf: edit.text)
            index = edit.range.upperBound
        }
        result.append(contentsOf: headers.bytes[index..<bodyRange.upperBound])
        return result
    }

    private static func word(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        WireText.word(text.utf8.span, to: &result)
        return result
    }
}
