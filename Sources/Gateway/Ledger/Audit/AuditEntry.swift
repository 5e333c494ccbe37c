/// One audit record as it will be stored, but for its sequence number, which the commit adds as the first key.
///
/// What many records have alike, the names of the rows that fired, is not copied into each: the entry refers to it, and
/// the writer's thread puts it in its place.
public struct AuditEntry: Sendable {
    /// The largest entry that is taken, in bytes (256 KiB).
    public static let largest = 256 * 1024

    /// The object, from brace to brace, without what it shares.
    private let own: [UInt8]
    /// What it shares with other records; empty for nothing.
    private let shared: [UInt8]
    /// How many bytes of its own come before.
    private let place: Int

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
        self.init(written: body)
    }

    /// Takes an object, and what belongs between two of its bytes.
    ///
    /// - Parameters:
    ///   - own: the object without what it shares.
    ///   - shared: what it shares.
    ///   - place: how many bytes of its own come before; behind the opening brace.
    init(written own: [UInt8], shared: [UInt8] = [], at place: Int = 1) {
        self.own = own
        self.shared = shared
        self.place = place
    }

    /// The object, from brace to brace, in the exact bytes to be recorded.
    public var body: [UInt8] { own[..<place] + shared + own[place...] }

    /// Appends the record: the object with its sequence number as the first key.
    func append(sequence: Int64, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: AuditEntry.opening)
        JSONWriter.append(sequence, to: &buffer)
        if own.count > 2 { buffer.append(UInt8(ascii: ",")) }
        append(own.span.extracting(1..<place), to: &buffer)
        append(shared.span, to: &buffer)
        append(own.span.extracting(droppingFirst: place), to: &buffer)
    }

    private func append(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        // The bytes are copied before the closure returns; a slice of an array would count one more reference to it.
        unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
    }

    private static let opening = Array("{\"seq\":".utf8)
}

extension AuditEntry: Equatable {
    /// Whether the same bytes are recorded.
    public static func == (one: AuditEntry, other: AuditEntry) -> Bool { one.body == other.body }
}
