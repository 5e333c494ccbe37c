/// One audit record as it will be stored, but for its sequence number, which the commit adds as the first key.
///
/// The writer's thread makes the bytes, right where they are stored from: the thread that serves the neighbors only says
/// what belongs into them.
public struct AuditEntry: Sendable {
    /// The largest entry that is taken, in bytes (256 KiB).
    public static let largest = 256 * 1024

    private enum Content: Sendable {
        /// An object, from brace to brace.
        case object([UInt8])
        case record(FilledRecord)
    }

    private let content: Content

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
        content = .object(body)
    }

    /// Takes a record.
    init(_ record: consuming AuditRecord) {
        content = .record(FilledRecord(record))
    }

    /// The object, from brace to brace, in the exact bytes to be recorded.
    public var body: [UInt8] {
        switch content {
        case .object(let body): return body
        case .record(let filled):
            // The usual record fits.
            var json = JSONWriter(capacity: 1_024)
            filled.record.write(sequence: nil, to: &json)
            return json.finish()
        }
    }

    /// Appends the record: the object with its sequence number as the first key.
    func append(sequence: Int64, to buffer: inout [UInt8]) {
        switch content {
        case .object(let body):
            buffer.append(contentsOf: AuditEntry.opening)
            JSONWriter.append(sequence, to: &buffer)
            if body.count > 2 { buffer.append(UInt8(ascii: ",")) }
            buffer.append(contentsOf: body[1...])
        case .record(let filled):
            // Nobody else has the bytes while they are written, so that they need not be copied.
            var taken: [UInt8] = []
            swap(&taken, &buffer)
            var json = JSONWriter(continuing: consume taken)
            filled.record.write(sequence: sequence, to: &json)
            buffer = json.finish()
        }
    }

    private static let opening = Array("{\"seq\":".utf8)
}

extension AuditEntry: Equatable {
    /// Whether the same bytes are recorded.
    public static func == (one: AuditEntry, other: AuditEntry) -> Bool { one.body == other.body }
}

/// A record on its way to the writer's thread; values of this kind can be copied, the record cannot.
private final class FilledRecord: Sendable {
    let record: AuditRecord

    init(_ record: consuming AuditRecord) { self.record = record }
}
