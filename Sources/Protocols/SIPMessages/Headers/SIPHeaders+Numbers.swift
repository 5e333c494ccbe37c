/// `delta-seconds`.
enum DeltaSeconds {
    /// The number, or the largest 32-bit number when it is larger (RFC 3261 §20.19); nil for anything but digits.
    static func value(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        guard !bytes.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard byte.isDigit else { return nil }
            value = min(value * 10 + UInt64(byte - 0x30), UInt64(UInt32.max))
        }
        return UInt32(value)
    }
}

/// `qvalue`.
enum QualityValue {
    /// The value in thousandths; nil for anything that is not 0 to 1 with at most three decimals.
    static func thousandths(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return nil }
        var value = Int(first - 0x30)
        let rest = bytes.dropFirst()
        guard rest.isEmpty || rest.first == UInt8(ascii: "."), rest.count <= 4 else { return nil }
        var places = 0
        for byte in rest.dropFirst() {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
            places += 1
        }
        while places < 3 {
            value *= 10
            places += 1
        }
        return value <= 1_000 ? value : nil
    }
}

/// A Retry-After value.
///
/// Source: RFC 3261 §20.33.
public struct RetryAfter: Sendable, Equatable {
    /// Seconds to wait.
    public let seconds: UInt32
    /// Seconds that the peer will be there after that; nil when it is not said.
    public let duration: UInt32?

    /// Makes a value.
    public init(seconds: UInt32, duration: UInt32? = nil) {
        self.seconds = seconds
        self.duration = duration
    }
}

extension SIPHeaders {
    /// Max-Forwards; nil when there is none or it is not a number up to 255 (RFC 3261 §20.22).
    public var maxForwards: UInt8? { delta(.maxForwards).flatMap { UInt8(exactly: $0) } }

    /// Expires in seconds; nil when there is none or it is not a number.
    public var expires: UInt32? { delta(.expires) }

    /// Min-Expires in seconds; nil when there is none or it is not a number.
    public var minExpires: UInt32? { delta(.minExpires) }

    /// Content-Length; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedContentLength`.
    public func contentLength() throws(SIPError) -> Int? { try ContentLengthField.value(in: self) }

    /// Retry-After; nil when there is none or it does not begin with a number.
    public var retryAfter: RetryAfter? {
        guard let entry = entry(.retryAfter) else { return nil }
        var cursor = HeaderCursor(bytes, entry.value, of: .retryAfter)
        let start = cursor.index
        _ = cursor.number()
        guard let seconds = DeltaSeconds.value(bytes[start..<cursor.index]) else { return nil }
        cursor.skipBlanks()
        Self.skipComment(&cursor)
        var duration: UInt32?
        do throws(SIPError) {
            let range = try cursor.parameters()
            duration = SIPParameters(bytes: bytes, range: range)["duration"]?.rawValue
                .flatMap { DeltaSeconds.value($0) }
        } catch {
            // Only the number matters; a malformed rest is not needed (RFC 3261 §8.2.2).
        }
        return RetryAfter(seconds: seconds, duration: duration)
    }

    /// Steps over one `comment`, which may nest.
    private static func skipComment(_ cursor: inout HeaderCursor) {
        guard cursor.next == UInt8(ascii: "(") else { return }
        var depth = 0
        while let byte = cursor.next {
            _ = cursor.take(byte)
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "\\"): if let escaped = cursor.next { _ = cursor.take(escaped) }
            default: break
            }
            if depth == 0 { return }
        }
    }

    private func delta(_ name: SIPHeaderName) -> UInt32? {
        entry(name).flatMap { DeltaSeconds.value(bytes[$0.value]) }
    }
}
