/// One pass over start line and header fields, which finds where everything lies.
///
/// A fault does not end the knowledge of what came before it: the fields found so far remain, for the answer.
struct HeadScan {
    /// The start line without its line end.
    private(set) var startLine: Range<Int>
    private(set) var entries: [SIPHeaders.Entry] = []
    /// The first byte after the empty line.
    private(set) var end: Int
    private(set) var fault: SIPError?

    /// Scans a head.
    ///
    /// - Parameters:
    ///   - bytes: a message.
    ///   - start: the first byte of the start line.
    ///   - limits: the bounds.
    init(_ bytes: Span<UInt8>, from start: Int, limits: SIPLimits) {
        let count = bytes.count
        startLine = start..<start
        end = count
        var index = bytes.lineEnd(from: start)
        startLine = start..<index
        if index - start > limits.startLineBytes {
            // The header fields are found all the same: the 414 needs them.
            fault = SIPError(.startLineTooLong, "The start line is too long.", at: start, status: 414)
        }
        guard Self.isLineEnd(bytes, index) else {
            fault = fault ?? Self.fault(bytes, at: index)
            return
        }
        index += 2
        entries.reserveCapacity(20)
        while true {
            guard index < count else {
                fault = fault ?? Self.fault(bytes, at: count)
                return
            }
            if Self.isLineEnd(bytes, index) {
                end = index + 2
                return
            }
            guard let next = field(bytes, from: index, head: start, limits: limits) else { return }
            index = next
        }
    }

    /// Scans one field with its folds.
    ///
    /// - Returns: the start of the next line; nil after a fault.
    private mutating func field(_ bytes: Span<UInt8>, from start: Int, head: Int, limits: SIPLimits) -> Int? {
        let count = bytes.count
        var index = start
        while index < count, bytes[index].isToken { index += 1 }
        let nameEnd = index
        while index < count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let hasName = nameEnd > start && index < count && bytes[index] == UInt8(ascii: ":")
        if nameEnd == start, index > start {
            fault = SIPError(.malformedHeader, "The first header line begins with white space.", at: start)
            return nil
        }
        if hasName { index += 1 } else { index = start }
        var valueStart = index
        var valueEnd = index
        var isFolded = false
        while true {
            index = bytes.lineEnd(from: index)
            valueEnd = index
            guard Self.isLineEnd(bytes, index) else {
                fault = Self.fault(bytes, at: index)
                return nil
            }
            index += 2
            guard index < count, bytes[index] == 0x20 || bytes[index] == 0x09 else { break }
            isFolded = true
        }
        guard index - start <= limits.headerBytes + 2 else {
            fault = SIPError(.headerTooLong, "A header field is too long.", at: start)
            return nil
        }
        guard index - head <= limits.headersBytes else {
            fault = SIPError(.headersTooLong, "The header fields together are too long.", at: start)
            return nil
        }
        guard entries.count < limits.headerFields else {
            fault = SIPError(.tooManyHeaders, "There are too many header fields.", at: start)
            return nil
        }
        while valueStart < valueEnd, bytes[valueStart].isBlank { valueStart += 1 }
        while valueEnd > valueStart, bytes[valueEnd - 1].isBlank { valueEnd -= 1 }
        // A line without a colon is kept and has no name (RFC 3261 §8.2.2).
        let name = hasName ? HeaderNameTable.shared.name(of: bytes.extracting(start..<nameEnd)) : .other
        entries.append(
            SIPHeaders.Entry(
                name: name,
                isFolded: isFolded,
                nameStart: Int32(truncatingIfNeeded: start),
                nameEnd: Int32(truncatingIfNeeded: hasName ? nameEnd : start),
                valueStart: Int32(truncatingIfNeeded: valueStart),
                valueEnd: Int32(truncatingIfNeeded: valueEnd)
            )
        )
        return index
    }

    @inline(__always)
    private static func isLineEnd(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index] == 0x0D && bytes[index + 1] == 0x0A
    }

    private static func fault(_ bytes: Span<UInt8>, at index: Int) -> SIPError {
        if index >= bytes.count || (bytes[index] == 0x0D && index + 1 == bytes.count) {
            return SIPError(.unterminatedHeaders, "The header fields do not end with an empty line.", at: index)
        }
        return SIPError(.bareLineEnd, "A carriage return or line feed stands alone.", at: index)
    }
}
