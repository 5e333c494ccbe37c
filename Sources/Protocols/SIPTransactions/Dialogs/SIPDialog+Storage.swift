extension SIPDialog {
    private static let version: UInt8 = 1

    /// The dialog as bytes to keep.
    ///
    /// Shape: version 1; the local number, four bytes, the largest first; 1 and the remote number, or 0 and four zero
    /// bytes; then the texts with line feeds between: Call-ID, local tag, local URI, remote tag, remote URI, remote
    /// target or nothing when it is the remote URI, and the routes.
    public var stored: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(10 + text.count)
        bytes.append(bigEndian: localSequence)
        bytes.append(remoteSequence == nil ? 0 : 1)
        bytes.append(bigEndian: remoteSequence ?? 0)
        bytes.append(contentsOf: text)
        return bytes
    }

    /// Reads a stored dialog; nil when the bytes are not one, or of another version.
    ///
    /// - Parameters:
    ///   - stored: the bytes.
    ///   - ahead: how many requests may have been sent since they were stored, whose numbers are not used again.
    public init?(stored: some Collection<UInt8>, ahead: UInt32 = 0) {
        let bytes = Array(stored)
        guard bytes.count > 10, bytes[0] == Self.version, bytes[5] <= 1, bytes.count - 10 <= Self.textLimit else {
            return nil
        }
        self.init(
            text: Array(bytes[10...]),
            localSequence: min(UInt32(bigEndian: bytes[1..<5]) &+ ahead, UInt32(Int32.max)),
            remoteSequence: bytes[5] == 1 ? UInt32(bigEndian: bytes[6..<10]) : nil
        )
        let parts = parts
        guard parts.count >= Part.allCases.count, !parts[Part.callID.rawValue].isEmpty,
            !parts[Part.remoteURI.rawValue].isEmpty
        else { return nil }
    }
}

extension [UInt8] {
    /// Appends a number, its largest byte first.
    mutating func append(bigEndian number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The number of bytes, the largest first.
    init(bigEndian bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }
}
