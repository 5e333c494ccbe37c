import CZlib

/// How a whole body is packed, as Content-Encoding names it.
///
/// Source: RFC 3261 §20.12.
public enum ContentCoding: String, Sendable, CaseIterable {
    /// It is not packed.
    case identity
    /// The format of zlib.
    case deflate

    /// How many times its packed size an unpacked body may have; text that is packed well has a tenth of that.
    public static let largestRatio = 100
    /// What is unpacked whatever the ratio, in bytes.
    public static let smallestBound = 4_096

    /// Finds a coding by its name, of which case does not matter; nil for one that is not known.
    ///
    /// - Parameter name: the name, without white space around it.
    public init?(name: String) {
        self.init(rawValue: name.lowercased())
    }

    /// Unpacks a body.
    ///
    /// - Parameters:
    ///   - bytes: the body as received.
    ///   - limit: the most that it may have unpacked, in bytes; it may never have more than ``largestRatio`` times what
    ///     it has packed, or ``smallestBound``.
    /// - Returns: the body.
    /// - Throws: ``MIMEError`` with `.contentTooLong` or `.invalidCompression`.
    public func decode(_ bytes: ArraySlice<UInt8>, limit: Int) throws(MIMEError) -> [UInt8] {
        let bound = min(limit, max(Self.smallestBound, bytes.count * Self.largestRatio))
        switch self {
        case .identity:
            guard bytes.count <= limit else { throw Self.tooLong(limit, bytes) }
            return Array(bytes)
        case .deflate:
            var room = min(bound, max(1_024, bytes.count * 4))
            while true {
                if let body = try Self.inflated(bytes, room: room) { return body }
                guard room < bound else { throw Self.tooLong(bound, bytes) }
                room = min(bound, room * 4)
            }
        }
    }

    /// The unpacked bytes; nil when they do not fit.
    private static func inflated(_ bytes: ArraySlice<UInt8>, room: Int) throws(MIMEError) -> [UInt8]? {
        var (count, taken) = (UInt(room), UInt(bytes.count))
        var status = Z_DATA_ERROR
        let body = unsafe [UInt8](unsafeUninitializedCapacity: max(1, room)) { target, filled in
            unsafe bytes.withUnsafeBufferPointer { source in
                status = unsafe uncompress2(target.baseAddress, &count, source.baseAddress, &taken)
            }
            filled = status == Z_OK ? Int(count) : 0
        }
        switch status {
        case Z_OK where Int(taken) == bytes.count: return body
        case Z_OK:
            let end = bytes.startIndex + Int(taken)
            throw MIMEError(.invalidCompression, "bytes stand behind the end of the body", at: end)
        case Z_BUF_ERROR: return nil
        default: throw MIMEError(.invalidCompression, "the body is not in the format of zlib", at: bytes.startIndex)
        }
    }

    private static func tooLong(_ bound: Int, _ bytes: ArraySlice<UInt8>) -> MIMEError {
        MIMEError(.contentTooLong, "the body has more than \(bound) bytes unpacked", at: bytes.startIndex)
    }
}
