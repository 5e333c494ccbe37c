import AuditTrail
import Digests

/// A record with the proof that a signed checkpoint covers it, as one JSON object that any program can verify.
///
/// Shape: `format` 1, `origin`, `sequence`, `record` (the exact text whose bytes are hashed), `leaf`, `index` (from 0),
/// `size`, `path` (from the leaf up), `root` and `checkpoint` (the whole note); hashes are hexadecimal.
///
/// Source: RFC 9162 §2.1.3.
public struct ProofDocument: Sendable, Equatable {
    /// The object, on one line, without a line end.
    public let json: [UInt8]

    /// Why a record cannot be proved.
    public enum Missing: Error, Sendable, Equatable {
        /// No file holds the record.
        case record
        /// No checkpoint covers it.
        case checkpoint
        /// Hashes are missing, or the record is not the one that was signed.
        case hashes
    }

    /// Proves a record by the last checkpoint of a log.
    ///
    /// - Parameters:
    ///   - sequence: the number of the record.
    ///   - files: the log.
    /// - Throws: ``Missing``, or ``TrailFault`` when a file cannot be read.
    public init(of sequence: Int64, in files: TrailFiles) throws {
        guard let record = try files.record(sequence) else { throw Missing.record }
        let last = try files.notes().checkpoints.max { $0.0.size < $1.0.size }
        guard let (checkpoint, note) = last, checkpoint.size >= sequence else { throw Missing.checkpoint }
        let leaf = TreeEdge.leaf(record[...])
        guard let (proof, root) = try files.prove(sequence, in: checkpoint.size), root == checkpoint.root,
            proof.leads(from: leaf, to: root)
        else { throw Missing.hashes }
        var writer = JSONWriter(capacity: record.count * 2 + 4_096)
        writer.beginObject()
        writer.field("format", 1)
        writer.field("origin", checkpoint.origin)
        writer.field("sequence", sequence)
        writer.field("record", String(decoding: record, as: UTF8.self))
        writer.field("leaf", leaf.hexadecimal)
        writer.field("index", proof.index)
        writer.field("size", proof.size)
        writer.field("path", proof.path.map(\.hexadecimal))
        writer.field("root", root.hexadecimal)
        writer.field("checkpoint", note.written)
        writer.endObject()
        json = writer.finish()
    }
}
