import AuditTrail
import Digests

/// Finds out at a start how far the files of the log go.
///
/// The mark in the store says what lies in the files for certain. What lies beyond was written before a crash: it is
/// kept where it is what the store holds, and cut where its last line is torn. Anything else means that store and files
/// do not belong together, which no program may repair.
struct TrailRecovery {
    let folder: TrailFolder
    let reader: LedgerReader

    /// The mark that holds, files and store agreeing.
    func mark() throws -> TrailMark {
        let stored = try reader.trailMark() ?? TrailMark()
        try compareEnd(of: stored)
        var mark = stored
        try extend(&mark)
        while mark.edge.size > 0, mark.segment.first <= mark.edge.size,
            try folder.length(SegmentFile(first: mark.edge.size + 1).name(.records)) != nil
        {
            var next = TrailMark(edge: mark.edge, segment: SegmentFile(first: mark.edge.size + 1), bytes: 0)
            try extend(&next)
            guard next.edge.size > mark.edge.size else { break }
            mark = next
        }
        try restoreLeaves(from: stored, through: mark)
        return mark
    }

    /// The size of the last whole checkpoint of the open segment; what is torn behind it is cut.
    func signed(through mark: TrailMark, by signer: NoteSigner) throws -> Int64 {
        let name = mark.segment.name(.checkpoints)
        var signed: Int64 = 0
        var length: Int64 = 0
        let notes = SignedNote.all(in: try folder.read(name))
        for (index, (note, bytes)) in notes.enumerated() {
            guard let note, let checkpoint = Checkpoint(note.text) else {
                // Only the last one can be torn; another one is for the verification to judge.
                if index == notes.count - 1 { try folder.cut(name, to: length) }
                length += Int64(bytes.count)
                continue
            }
            guard checkpoint.size <= mark.edge.size else {
                throw TrailFault(
                    .longer,
                    "\(folder.path(name)) signs \(checkpoint.size) records, the store holds \(mark.edge.size)",
                    remedy: "the store is older than the log; restore the store that belongs to it"
                )
            }
            length += Int64(bytes.count)
            if note.isSigned(by: signer.publicKey) == true { signed = checkpoint.size }
        }
        return signed
    }

    /// The last record of the mark is the same in the files and in the store.
    private func compareEnd(of mark: TrailMark) throws {
        let name = mark.segment.name(.records)
        let length = try folder.length(name) ?? 0
        guard length >= mark.bytes else {
            throw TrailFault(
                .shorter,
                "\(folder.path(name)) has \(length) bytes, and \(mark.bytes) were exported",
                remedy: "restore the file; isthmus audit verify tells what is missing"
            )
        }
        guard mark.edge.size >= mark.segment.first else { return }
        let last = try reader.auditRecords(from: mark.edge.size, limit: 1).first
        guard let last, last.sequence == mark.edge.size else { return }
        let size = Int64(last.record.count) + 1
        let bytes = size <= mark.bytes ? try folder.read(name, from: mark.bytes - size, count: size) : []
        guard bytes == last.record + [0x0A] else { throw different(mark.edge.size, in: name) }
    }

    /// Goes on over whole lines that are what the store holds, and cuts a torn one.
    private func extend(_ mark: inout TrailMark) throws {
        let name = mark.segment.name(.records)
        var rest = try folder.read(name, from: mark.bytes)[...]
        while !rest.isEmpty {
            let sequence = mark.edge.size + 1
            let piece = try reader.exportable(after: mark.edge.size, limit: 1, bytes: .max)
            guard piece.count > 0 else {
                throw TrailFault(
                    .longer,
                    "\(folder.path(name)) goes on behind record \(mark.edge.size), the last one of the store",
                    remedy: "the store is older than the log; restore the store that belongs to it"
                )
            }
            let line = piece.lines
            if rest.count < line.count {
                // Torn, or zeros that a file system put there.
                let isTorn = line.starts(with: rest) || rest.allSatisfy { $0 == 0 }
                guard isTorn else { throw different(sequence, in: name) }
                return try folder.cut(name, to: mark.bytes)
            }
            guard rest.starts(with: line) else {
                if rest.allSatisfy({ $0 == 0 }) { return try folder.cut(name, to: mark.bytes) }
                throw different(sequence, in: name)
            }
            piece.extend(&mark.edge)
            mark.bytes += Int64(line.count)
            rest = rest.dropFirst(line.count)
        }
    }

    /// Writes the hashes of the records beyond the stored mark, whatever of them was written before.
    private func restoreLeaves(from stored: TrailMark, through mark: TrailMark) throws {
        var segment = stored.segment
        var position = stored.edge.size
        while true {
            let name = segment.name(.leaves)
            let kept = max(0, position - segment.first + 1) * Int64(Digest.byteCount)
            let length = try folder.length(name) ?? 0
            guard length >= kept else {
                throw TrailFault(
                    .shorter,
                    "\(folder.path(name)) has \(length) bytes, and \(kept) were exported",
                    remedy: "restore the file"
                )
            }
            if length > kept { try folder.cut(name, to: kept) }
            let last = segment == mark.segment ? mark.edge.size : try lastRecord(of: segment, before: mark)
            while position < last {
                let limit = Int(min(4096, last - position))
                let piece = try reader.exportable(after: position, limit: limit, bytes: .max)
                position += Int64(piece.count)
                try folder.append(piece.leaves, to: name)
            }
            if segment == mark.segment { return }
            segment = SegmentFile(first: position + 1)
        }
    }

    private func lastRecord(of segment: SegmentFile, before mark: TrailMark) throws -> Int64 {
        let next = try folder.segments().first { $0 > segment }
        return (next ?? mark.segment).first - 1
    }

    private func different(_ sequence: Int64, in name: String) -> TrailFault {
        TrailFault(
            .different,
            "\(folder.path(name)) does not hold record \(sequence) as the store does",
            remedy: "store and log do not belong together; isthmus audit verify tells whether the log is whole"
        )
    }
}
