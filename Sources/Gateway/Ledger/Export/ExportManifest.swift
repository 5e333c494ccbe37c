public import AuditTrail
public import Digests

/// What an export holds, who made it and why, so that it can be compared later with what was handed over.
///
/// Shape: one JSON object; its SHA-256 is signed in a note of three lines: `isthmus audit export`, origin, the digest in
/// hexadecimal digits.
public struct ExportManifest: Sendable {
    /// One file of an export.
    public struct File: Sendable, Equatable {
        /// Its name in the folder of the export.
        public var name: String
        /// Its length in bytes.
        public var bytes: Int64
        /// The SHA-256 of its bytes.
        public var digest: Digest

        /// Describes a file.
        ///
        /// - Parameters:
        ///   - name: its name in the folder of the export.
        ///   - bytes: its length.
        ///   - digest: the SHA-256 of its bytes.
        public init(name: String, bytes: Int64, digest: Digest) {
            self.name = name
            self.bytes = bytes
            self.digest = digest
        }
    }

    /// The first line of the note.
    static let title = "isthmus audit export"

    /// Which log it is.
    public var origin: String
    /// When it was made: milliseconds since 1970-01-01T00:00:00Z.
    public var time: Int64
    /// Who made it.
    public var exporter: String
    /// Why.
    public var reason: String
    /// The form of the records: `ndjson`, `csv` or `rfc822`.
    public var form: String
    /// What was asked for, by option and value.
    public var filters: [AuditField]
    /// How many records it holds.
    public var records: Int64
    /// The checkpoint to which the proofs lead, as a note.
    public var checkpoint: String
    /// Its files.
    public var files: [File] = []

    /// Describes an export without files.
    ///
    /// - Parameters:
    ///   - origin: which log it is.
    ///   - time: when it was made.
    ///   - exporter: who made it.
    ///   - reason: why.
    ///   - form: the form of the records.
    ///   - filters: what was asked for.
    ///   - records: how many records it holds.
    ///   - checkpoint: the note to which the proofs lead.
    public init(
        origin: String,
        time: Int64,
        exporter: String,
        reason: String,
        form: String,
        filters: [AuditField],
        records: Int64,
        checkpoint: String
    ) {
        self.origin = origin
        self.time = time
        self.exporter = exporter
        self.reason = reason
        self.form = form
        self.filters = filters
        self.records = records
        self.checkpoint = checkpoint
    }

    /// The object, with a line end behind it.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 4_096)
        writer.beginObject()
        writer.field("format", 1)
        writer.field("origin", origin)
        writer.field("time", Timestamp.text(milliseconds: time))
        writer.field("exporter", exporter)
        writer.field("reason", reason)
        writer.field("form", form)
        writer.beginObject("filters")
        for filter in filters { writer.field(named: filter.name, filter.value) }
        writer.endObject()
        writer.field("records", records)
        writer.field("checkpoint", checkpoint)
        writer.beginObject("files")
        for file in files { writer.field(named: file.name, "\(file.bytes) bytes, sha256 \(file.digest.hexadecimal)") }
        writer.endObject()
        writer.endObject()
        return writer.finish() + [0x0A]
    }

    /// The signed digest of the object.
    ///
    /// - Parameter signer: the key of the log.
    /// - Returns: the note.
    public func signed(by signer: NoteSigner) -> SignedNote {
        SignedNote("\(ExportManifest.title)\n\(origin)\n\(SHA256.hash(json).hexadecimal)\n", signedBy: [signer])
    }
}
