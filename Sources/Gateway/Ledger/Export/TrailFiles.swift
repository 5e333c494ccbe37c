public import AuditTrail
public import Digests

/// The files of a log as an auditor has them: read only, without a store.
public struct TrailFiles: Sendable {
    private let folder: TrailFolder

    /// Names a folder that exists.
    ///
    /// - Parameter path: the folder.
    public init(_ path: String) {
        folder = TrailFolder(existing: path)
    }

    /// The segments in order.
    ///
    /// - Returns: their names.
    /// - Throws: ``TrailFault`` when the folder cannot be read.
    public func segments() throws(TrailFault) -> [SegmentFile] {
        try folder.segments()
    }

    /// The notes of all key epochs and of the checkpoints of all segments that can be read, in order.
    ///
    /// - Returns: the epochs, and the checkpoints with their notes.
    /// - Throws: ``TrailFault`` when a file cannot be read.
    public func notes() throws(TrailFault) -> (epochs: [KeyEpoch], checkpoints: [(Checkpoint, SignedNote)]) {
        let epochs = SignedNote.all(in: try folder.read(SegmentFile.keys)).compactMap { $0.note }
        var checkpoints: [(Checkpoint, SignedNote)] = []
        for segment in try segments() {
            for (note, _) in SignedNote.all(in: try folder.read(segment.name(.checkpoints))) {
                guard let note, let checkpoint = Checkpoint(note.text) else { continue }
                checkpoints.append((checkpoint, note))
            }
        }
        return (epochs.compactMap { KeyEpoch($0.text) }, checkpoints)
    }

    /// Verifies the log.
    ///
    /// - Parameters:
    ///   - keys: the public keys that are trusted.
    ///   - seen: checkpoints seen before.
    ///   - proofs: proofs that were kept.
    ///   - progress: told of the count of bytes read of records, now and then.
    /// - Returns: what was found.
    /// - Throws: ``TrailFault`` when a file cannot be read.
    public func verify(
        keys: [NoteKey],
        seen: [SignedNote] = [],
        proofs: [SeenProof] = [],
        progress: (Int64) -> Void = { _ in }
    ) throws -> TrailReport {
        let segments = try segments()
        let leaves = LeafFiles(folder: folder, segments: segments)
        var verifier = TrailVerifier(
            keys: keys,
            epochs: try folder.read(SegmentFile.keys),
            seen: seen,
            proofs: proofs,
            leaf: { leaves.leaf($0) }
        )
        var total: Int64 = 0
        for segment in segments {
            verifier.begin(segment, checkpoints: try folder.read(segment.name(.checkpoints)))
            var offset: Int64 = 0
            while true {
                let bytes = try folder.read(segment.name(.records), from: offset, count: 1 << 20)
                if bytes.isEmpty { break }
                verifier.feed(bytes[...])
                offset += Int64(bytes.count)
                total += Int64(bytes.count)
                progress(total)
            }
        }
        if let fault = leaves.fault { throw fault }
        return verifier.finish()
    }

    /// Goes through the records in order.
    ///
    /// - Parameters:
    ///   - filter: which records.
    ///   - body: gets each sequence number and the bytes of the record; ends the walk with false.
    /// - Throws: ``TrailFault`` when a file cannot be read or a line is no record, and what the body throws.
    public func walk(
        matching filter: AuditFilter = AuditFilter(),
        _ body: (Int64, ArraySlice<UInt8>) throws -> Bool
    ) throws {
        let matcher = AuditMatcher(filter)
        for segment in try segments() {
            let goesOn = try folder.eachRecord(of: segment) { sequence, line in
                try matcher.matches(line.span) ? body(sequence, line) : true
            }
            guard goesOn else { return }
        }
    }

    /// The stored hashes of the first records.
    ///
    /// - Parameter size: how many.
    /// - Returns: the hashes; nil when some are missing.
    /// - Throws: ``TrailFault`` when a file cannot be read.
    public func leaves(through size: Int64) throws -> [Digest]? {
        let files = LeafFiles(folder: folder, segments: try segments())
        var leaves: [Digest] = []
        leaves.reserveCapacity(Int(clamping: size))
        var sequence: Int64 = 0
        while sequence < size {
            sequence += 1
            guard let leaf = files.leaf(sequence) else {
                if let fault = files.fault { throw fault }
                return nil
            }
            leaves.append(leaf)
        }
        return leaves
    }

    /// The record of a sequence number.
    ///
    /// - Parameter sequence: the number.
    /// - Returns: its bytes without the line end; nil when no file holds it.
    /// - Throws: ``TrailFault`` when a file cannot be read.
    public func record(_ sequence: Int64) throws(TrailFault) -> [UInt8]? {
        guard let segment = try segments().last(where: { $0.first <= sequence }) else { return nil }
        for line in try folder.read(segment.name(.records)).split(separator: 0x0A)
        where SegmentFile.sequence(of: line) == sequence {
            return Array(line)
        }
        return nil
    }

    /// Proves that a record stands in the tree of a checkpoint.
    ///
    /// - Parameters:
    ///   - sequence: the number of the record.
    ///   - size: how many records the checkpoint covers.
    /// - Returns: the proof with the root that it leads to; nil when hashes are missing.
    /// - Throws: ``TrailFault`` when a file cannot be read.
    public func prove(_ sequence: Int64, in size: Int64) throws -> (proof: InclusionProof, root: Digest)? {
        guard sequence >= 1, sequence <= size else { return nil }
        let leaves = LeafFiles(folder: folder, segments: try segments())
        var prover = TreeProver(inclusionOf: sequence - 1, in: size)
        for number in 1...size {
            guard let leaf = leaves.leaf(number) else {
                if let fault = leaves.fault { throw fault }
                return nil
            }
            prover.append(leaf)
        }
        guard let path = prover.path else { return nil }
        return (InclusionProof(index: sequence - 1, size: size, path: path), prover.edge.root)
    }
}

/// The stored hashes of a log, one segment of them in memory.
private final class LeafFiles {
    private let folder: TrailFolder
    private let segments: [SegmentFile]
    private var current: SegmentFile?
    private var bytes: [UInt8] = []
    private(set) var fault: TrailFault?

    init(folder: TrailFolder, segments: [SegmentFile]) {
        self.folder = folder
        self.segments = segments
    }

    /// The hash of a record; nil when none is stored.
    func leaf(_ sequence: Int64) -> Digest? {
        if let current, sequence >= current.first, let found = stored(sequence - current.first) { return found }
        guard let index = segments.lastIndex(where: { $0.first <= sequence }), segments[index] != current else {
            return nil
        }
        do throws(TrailFault) {
            bytes = try folder.read(segments[index].name(.leaves))
            current = segments[index]
            return stored(sequence - segments[index].first)
        } catch {
            fault = error
            return nil
        }
    }

    private func stored(_ place: Int64) -> Digest? {
        let start = place * Int64(Digest.byteCount)
        guard start + Int64(Digest.byteCount) <= Int64(bytes.count) else { return nil }
        return Digest(bytes: bytes[Int(start)..<Int(start) + Digest.byteCount])
    }
}
