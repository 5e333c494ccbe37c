public import AuditTrail
import Digests

/// Appends committed records to the files of the log, in order, and signs what is durable there.
///
/// Each step may be the last before a crash: the mark in the store says what lies in the files for certain, and what lies
/// beyond it is compared with the store at the next start, kept where it is the same, and cut where it is torn.
public struct TrailExporter {
    /// The bounds of the exporter.
    public struct Limits: Sendable, Equatable {
        /// A segment that is longer is not written to any more, in bytes (64 MiB).
        public var segment: Int64 = 64 << 20
        /// Records that one step takes at most (4096).
        public var step = 4096
        /// Bytes of records after which one step takes no further row of them (4 MiB).
        public var stepBytes = 4 << 20

        /// The default bounds.
        public init() {}
    }

    /// The points at which a step may be interrupted.
    enum Point: CaseIterable {
        /// Nothing is written.
        case begin
        /// The records are in their file.
        case records
        /// So are their hashes.
        case leaves
        /// The checkpoint is in its file.
        case checkpoint
        /// The checkpoint is outside too.
        case sinks
    }

    /// What one step did.
    public struct Progress: Sendable, Equatable {
        /// How many records were appended.
        public var appended: Int
        /// Whether more were committed than the step took.
        public var hasMore: Bool
        /// What went wrong with places outside; the export goes on without them.
        public var sinkFaults: [String]
    }

    private let folder: TrailFolder
    private let reader: LedgerReader
    private let signer: NoteSigner
    private let sinks: [CheckpointSink]
    private let limits: Limits
    private let store: (TrailMark) throws(LedgerError) -> Void
    var interruption: ((Point) throws(TrailFault) -> Void)?

    /// How far the files go.
    public private(set) var mark: TrailMark
    /// The size of the last checkpoint; less than the mark's while there is none for it.
    private var signed: Int64
    private var piece = ExportPiece()

    /// Opens the folder, compares its end with the store, and cuts what is torn.
    ///
    /// - Parameters:
    ///   - path: the folder; made when it is missing.
    ///   - reader: reads the store.
    ///   - signer: signs checkpoints; its name is the origin of the log.
    ///   - previous: the key that signed before, where the key changes with this start.
    ///   - sinks: where checkpoints go beside the folder.
    ///   - limits: the bounds.
    ///   - store: notes the mark in the store, durably.
    /// - Throws: ``TrailFault`` when the folder cannot be used or does not belong to this store and key, `LedgerError`
    ///   when the store cannot be read.
    public init(
        path: String,
        reader: LedgerReader,
        signer: NoteSigner,
        previous: NoteSigner? = nil,
        sinks: [CheckpointSink] = [],
        limits: Limits = Limits(),
        store: @escaping (TrailMark) throws(LedgerError) -> Void
    ) throws {
        folder = try TrailFolder(path)
        self.reader = reader
        self.signer = signer
        self.sinks = sinks
        self.limits = limits
        self.store = store
        let recovery = TrailRecovery(folder: folder, reader: reader)
        mark = try recovery.mark()
        signed = try recovery.signed(through: mark, by: signer)
        try KeyFile(folder: folder).admit(signer, previous: previous, at: mark.edge.size)
    }

    /// The records that the store can let go at once, see ``RecordTable/end(through:piece:)``.
    func removable(through last: Int64, piece: Int64) throws(LedgerError) -> ClosedRange<Int64>? {
        try reader.read { database throws(LedgerError) in
            let table = RecordTable(database)
            guard let first = try table.first(), let end = try table.end(through: last, piece: piece) else {
                return nil
            }
            return first <= end ? first...end : nil
        }
    }

    /// Exports what was committed since, signs it, and notes how far it went.
    ///
    /// - Returns: what was done.
    /// - Throws: ``TrailFault`` or `LedgerError`; whoever wants to try again opens the exporter again, which cuts what
    ///   the failed step left behind.
    public mutating func step() throws -> Progress {
        try reader.export(after: mark.edge.size, limit: limits.step, bytes: limits.stepBytes, into: &piece)
        let hasMore = mark.edge.size + Int64(piece.count) < (try reader.lastSequence())
        guard piece.count > 0 || signed < mark.edge.size else {
            let faults = sinks.compactMap { sink in sink.fault.map { "\(sink): \($0)" } }
            return Progress(appended: 0, hasMore: false, sinkFaults: faults)
        }
        var next = mark
        if next.bytes >= limits.segment, piece.count > 0 {
            next.segment = SegmentFile(first: next.edge.size + 1)
            next.bytes = 0
        }
        piece.extend(&next.edge)
        next.bytes += Int64(piece.lines.count)
        try interruption?(.begin)
        if piece.count > 0 {
            try folder.append(piece.lines, to: next.segment.name(.records))
            try interruption?(.records)
            try folder.append(piece.leaves, to: next.segment.name(.leaves))
            try interruption?(.leaves)
        }
        let note = Checkpoint(origin: signer.publicKey.name, size: next.edge.size, root: next.edge.root)
            .signed(by: signer)
        try folder.append(Array(note.written.utf8), to: next.segment.name(.checkpoints))
        try interruption?(.checkpoint)
        var faults: [String] = []
        for sink in sinks {
            do throws(TrailFault) { try sink.publish(note) } catch { faults.append("\(sink): \(error.reason)") }
        }
        try interruption?(.sinks)
        try store(next)
        mark = next
        signed = next.edge.size
        return Progress(appended: piece.count, hasMore: hasMore, sinkFaults: faults)
    }

    /// Waits until places outside have the last checkpoint, or it is given up.
    func finish() {
        for sink in sinks { sink.finish() }
    }
}
