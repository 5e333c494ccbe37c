import Digests

/// Checkpoints: who signed them, and whether the tree has the roots that they name.
extension TrailVerifier {
    mutating func read(_ bytes: [UInt8], in file: String) {
        for (note, _) in SignedNote.all(in: bytes) {
            guard let note else {
                add(TrailFinding(.checkpointAltered, file: file))
                continue
            }
            guard let checkpoint = judge(note, file: file) else { continue }
            if checkpoint.size < first {
                add(TrailFinding(.checkpointAltered, checkpoint.size, file: file))
                continue
            }
            valid += 1
            signed = max(signed, checkpoint.size)
            waiting.append(checkpoint)
        }
        waiting.sort { $0.size > $1.size }
        placing.watch(waiting.map(\.size))
    }

    /// The checkpoint of a note, if a trusted key vouches for it.
    mutating func judge(_ note: SignedNote, file: String) -> Checkpoint? {
        guard let checkpoint = Checkpoint(note.text) else {
            add(TrailFinding(.checkpointAltered, file: file))
            return nil
        }
        switch trusted.standing(note, checkpoint) {
        case .valid: return checkpoint
        case .outsideEpoch: add(TrailFinding(.reusedKey, checkpoint.size, file: file))
        case .forged: add(TrailFinding(.checkpointAltered, checkpoint.size, file: file))
        case .unknown:
            unknown += 1
            // The keys of earlier epochs may be unknown to who was given a later one.
            if checkpoint.size > trusted.beginning || trusted.beginning == 0 {
                add(TrailFinding(.wrongKey, checkpoint.size, file: file))
            }
        }
        return nil
    }

    /// What stands for a file where a finding concerns what was seen before.
    public static let seenFile = "--seen"

    mutating func reached(_ size: Int64, stored: Digest, found: Digest?) {
        while let next = waiting.last, next.size <= size {
            waiting.removeLast()
            if next.size == size, !isBroken { check(next.root, size, stored: stored, found: found) }
        }
        for index in seen.indices where seen[index].checkpoint.size == size {
            let roots = isBroken ? [] : [stored, found]
            seen[index].agrees = roots.contains(seen[index].checkpoint.root)
        }
    }

    private mutating func check(_ root: Digest, _ size: Int64, stored: Digest, found: Digest?) {
        let since = findings[settled...].filter { $0.verdict.concernsRecord }
        if stored == root {
            settled = findings.count
            held = size
        } else if found == root {
            // The records are what was signed; only the stored hashes are not.
            let first = since.first?.sequence ?? size
            findings.removeAll { since.contains($0) }
            add(TrailFinding(.leavesAltered, first, through: size, file: file))
            placing.trustFound()
            settled = findings.count
            held = size
        } else {
            isBroken = true
            if since.isEmpty { add(TrailFinding(.altered, held + 1, through: size, file: file)) }
        }
    }
}
