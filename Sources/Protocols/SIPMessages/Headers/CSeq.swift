/// The CSeq value: a number and a method.
///
/// Source: RFC 3261 §20.16.
public struct CSeq: Sendable, Equatable {
    /// The number, any of 32 bits; senders stay below 2^31 (RFC 3261 §8.1.1.5).
    public let number: UInt32
    /// The method.
    public let method: SIPMethod

    /// Makes a value.
    public init(number: UInt32, method: SIPMethod) {
        self.number = number
        self.method = method
    }
}

extension SIPHeaders {
    /// The CSeq value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func cseq() throws(SIPError) -> CSeq {
        let (number, method) = try cseqParts()
        return CSeq(number: number, method: SIPMethod(bytes: bytes[method]))
    }

    /// The number and where the method lies.
    func cseqParts() throws(SIPError) -> (UInt32, Range<Int>) {
        guard let entry = entry(.cseq) else {
            throw SIPError(.missingHeader, "There is no CSeq header field.", header: .cseq)
        }
        var cursor = HeaderCursor(bytes, entry.value, of: .cseq)
        guard let number = cursor.number() else {
            throw cursor.fault("The CSeq number is not a number below 2^32.")
        }
        let gap = cursor.index
        cursor.skipBlanks()
        let method = cursor.token()
        guard method.lowerBound > gap, !method.isEmpty else {
            throw cursor.fault("White space and a method follow the CSeq number.")
        }
        try cursor.finish()
        return (number, method)
    }

    /// The Call-ID as received.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader`, or `.malformedHeader` when it is empty or holds white space.
    ///
    /// Source: RFC 3261 §20.8.
    public func callIDBytes() throws(SIPError) -> ArraySlice<UInt8> {
        guard let entry = entry(.callID) else {
            throw SIPError(.missingHeader, "There is no Call-ID header field.", header: .callID)
        }
        let value = bytes[entry.value]
        guard !value.isEmpty, !value.contains(where: { $0.isBlank || $0.isControl }) else {
            throw SIPError(
                .malformedHeader,
                "The Call-ID is not one word.",
                at: entry.value.lowerBound,
                header: .callID
            )
        }
        return value
    }

    /// The Call-ID as text.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func callID() throws(SIPError) -> String { try callIDBytes().repairedText }
}
