/// One audit record before it has its place in the sequence: a JSON object without the key `seq`.
public struct AuditEntry: Sendable, Equatable {
    /// The largest entry that is taken, in bytes (256 KiB).
    public static let largest = 256 * 1024

    /// The object, from brace to brace.
    public let body: [UInt8]

    /// Takes a JSON object written by the caller.
    ///
    /// The result is nil unless the bytes begin and end with braces, have no line end, and fit ``largest``. The rest is the
    /// caller's word.
    ///
    /// - Parameter body: the object without the key `seq`, in the exact bytes to be recorded.
    public init?(body: [UInt8]) {
        guard body.count >= 2, body.count <= AuditEntry.largest, body.first == UInt8(ascii: "{"),
            body.last == UInt8(ascii: "}"), !body.contains(0x0A)
        else { return nil }
        self.body = body
    }

    init(written body: [UInt8]) {
        self.body = body
    }

    /// Appends the record: the object with its sequence number as the first key.
    func append(sequence: Int64, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: AuditEntry.opening)
        JSONWriter.append(sequence, to: &buffer)
        if body.count > 2 { buffer.append(UInt8(ascii: ",")) }
        // The bytes are copied before the closure returns; a slice of the array would count one more reference to it.
        unsafe body.span.extracting(droppingFirst: 1).withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
    }

    private static let opening = Array("{\"seq\":".utf8)
}
