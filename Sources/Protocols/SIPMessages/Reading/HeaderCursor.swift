/// Walks over a header value by the rules of RFC 3261 §25.1, folds counting as white space.
struct HeaderCursor {
    let bytes: [UInt8]
    private(set) var index: Int
    let end: Int
    let header: SIPHeaderName

    init(_ bytes: [UInt8], _ range: Range<Int>, of header: SIPHeaderName) {
        self.bytes = bytes
        self.header = header
        index = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { index >= end }

    var next: UInt8? { index < end ? bytes[index] : nil }

    func fault(_ reason: String) -> SIPError {
        SIPError(.malformedHeader, reason, at: index, header: header)
    }

    /// Steps to the end of what was read before.
    mutating func move(to index: Int) { self.index = index }

    mutating func skipBlanks() {
        while index < end, bytes[index].isBlank { index += 1 }
    }

    /// The first place from here of a byte that is not of a kind.
    @inline(__always)
    private func end(of isOfKind: (UInt8) -> Bool) -> Int {
        // A part of its own size spares a check of each place.
        let rest = bytes.span.extracting(index..<end)
        var count = 0
        while count < rest.count, isOfKind(rest[count]) { count += 1 }
        return index + count
    }

    /// Steps over a byte if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// Steps over a separator and the white space around it; without one, over the white space before it.
    mutating func takeSeparator(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard take(byte) else { return false }
        skipBlanks()
        return true
    }

    /// The longest `token` from here, possibly empty.
    mutating func token() -> Range<Int> {
        let start = index
        index = end(of: \.isToken)
        return start..<index
    }

    /// The longest run from here that holds none of these, white space or a quotation mark.
    @inline(__always)
    mutating func run(until stops: (UInt8) -> Bool) -> Range<Int> {
        let start = index
        index = end { !stops($0) && !$0.isBlank && $0 != UInt8(ascii: "\"") }
        return start..<index
    }

    /// `quoted-string` with its quotation marks.
    mutating func quotedString() throws(SIPError) -> Range<Int> {
        let start = index
        guard take(UInt8(ascii: "\"")) else { throw fault("A quotation mark is missing.") }
        while index < end {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return start..<index }
            if byte == UInt8(ascii: "\\") {
                guard index < end, bytes[index] != 0x0D, bytes[index] != 0x0A else { break }
                index += 1
            }
        }
        throw fault("A quoted string does not end.")
    }

    /// `host`: a name, an IPv4 address, or an IPv6 address in brackets.
    mutating func host() throws(SIPError) -> Range<Int> {
        let start = index
        if take(UInt8(ascii: "[")) {
            index = end { $0.isHexadecimal || $0 == 0x3A || $0 == 0x2E }
            guard index > start + 1, take(UInt8(ascii: "]")) else { throw fault("An IPv6 address does not end.") }
            return start..<index
        }
        // An underscore is no part of a name, but hosts have it.
        index = end(of: \.isHostByte)
        guard index > start else { throw fault("A host is missing.") }
        return start..<index
    }

    /// `port`, after its colon.
    mutating func port() throws(SIPError) -> UInt16 {
        var value: UInt32 = 0
        let start = index
        while index < end, bytes[index].isDigit, value <= 65_535 {
            value = value * 10 + UInt32(bytes[index] - 0x30)
            index += 1
        }
        guard index > start, value <= 65_535 else { throw fault("A port is a number up to 65535.") }
        return UInt16(value)
    }

    /// `1*DIGIT` that fits 32 bits; nil without a digit or when it does not fit.
    mutating func number() -> UInt32? {
        var value: UInt32 = 0
        var fits = true
        let start = index
        while index < end, bytes[index].isDigit {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt32(bytes[index] - 0x30))
            fits = fits && !overflow && !carry
            value = sum
            index += 1
        }
        return index > start && fits ? value : nil
    }

    /// `*( SEMI generic-param )`, checked; it ends before the first byte that is no part of it.
    ///
    /// Values may hold more than the grammar says, such as brackets, colons and equals signs.
    ///
    /// - Parameter visit: is told where the name and the value of each lie, an empty value being none.
    /// - Returns: where they lie.
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    mutating func parameters(_ visit: (Range<Int>, Range<Int>?) -> Void = { _, _ in }) throws(SIPError) -> Range<Int> {
        skipBlanks()
        let start = index
        var last = index
        while takeSeparator(UInt8(ascii: ";")) {
            let name = token()
            guard !name.isEmpty else { throw fault("A parameter has no name.") }
            last = index
            var value: Range<Int>?
            if takeSeparator(UInt8(ascii: "=")) {
                let valueStart = index
                try skipParameterValue()
                last = index
                if last > valueStart { value = valueStart..<last }
            }
            visit(name, value)
        }
        return start..<last
    }

    /// Steps over `gen-value`; an empty one is tolerated.
    mutating func skipParameterValue() throws(SIPError) {
        if next == UInt8(ascii: "\"") {
            _ = try quotedString()
        } else {
            index = end(of: \.isParameterValue)
        }
    }

    /// Ends one value of a list: whether another one follows a comma.
    mutating func takeComma() throws(SIPError) -> Bool {
        skipBlanks()
        if isAtEnd { return false }
        guard take(UInt8(ascii: ",")) else { throw fault("A byte stands where the grammar does not allow it.") }
        skipBlanks()
        return true
    }

    /// Demands that nothing follows.
    mutating func finish() throws(SIPError) {
        skipBlanks()
        guard isAtEnd else { throw fault("A byte stands where the grammar does not allow it.") }
    }
}

extension UInt8 {
    @inline(__always)
    var isHexadecimal: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }

    @inline(__always)
    fileprivate var isHostByte: Bool {
        isDigit || isLetter || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }

    /// A byte of an unquoted parameter value: anything that ends none.
    @inline(__always)
    fileprivate var isParameterValue: Bool {
        switch self {
        case 0...0x20, 0x7F, UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "<"),
            UInt8(ascii: ">"):
            false
        default: true
        }
    }
}
