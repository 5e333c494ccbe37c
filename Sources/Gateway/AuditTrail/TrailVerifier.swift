public import Digests

/// Verifies a log from its files alone: bytes in, findings out.
///
/// The owner hands over the segments in order, each with its checkpoints, then asks for the report. Memory is bounded by
/// one segment's checkpoints, one record and an edge of the tree.
///
/// Source: RFC 9162 §2.1.2.
public struct TrailVerifier {
    /// No more findings are kept (100).
    public static let mostFindings = 100
    /// The longest line that is taken for a record, in bytes (512 KiB).
    public static let longestLine = 512 * 1024

    /// What the log was once, by somebody else's memory.
    struct Seen {
        let checkpoint: Checkpoint
        /// Whether it is the checkpoint that was handed in, and not what a proof says of an earlier size.
        let isGiven: Bool
        /// nil until the tree has reached its size.
        var agrees: Bool?
    }

    let trusted: TrustedKeys
    private let leaf: (Int64) -> Digest?

    var placing = RecordPlacing()
    var findings: [TrailFinding] = []
    /// Findings before this index lie before a checkpoint that holds.
    var settled = 0
    /// The largest size at which a checkpoint held.
    var held: Int64 = 0
    /// Whether a checkpoint did not hold, after which none can.
    var isBroken = false

    /// Checkpoints that wait for the tree to reach them, the next one last.
    var waiting: [Checkpoint] = []
    var seen: [Seen] = []
    var signed: Int64 = 0
    var valid = 0
    var unknown = 0

    private var segments: [SegmentFile] = []
    var file = ""
    var first: Int64 = 1
    private var line = 0
    private var carried: [UInt8] = []

    /// Prepares a verification.
    ///
    /// - Parameters:
    ///   - keys: the public keys that are trusted.
    ///   - epochs: the file `keys` of the log; empty when there is none.
    ///   - notes: checkpoints seen before; those that no trusted key signed are findings.
    ///   - proofs: proofs that were kept; their checkpoints are taken like those of `notes`.
    ///   - leaf: the stored leaf hash of a record, by its sequence number; nil when none is stored.
    public init(
        keys: [NoteKey],
        epochs: [UInt8] = [],
        seen notes: [SignedNote] = [],
        proofs: [SeenProof] = [],
        leaf: @escaping (Int64) -> Digest?
    ) {
        trusted = TrustedKeys(given: keys, epochs: epochs)
        self.leaf = leaf
        for finding in trusted.findings { add(finding) }
        for note in notes {
            guard let checkpoint = judge(note, file: Self.seenFile) else { continue }
            seen.append(Seen(checkpoint: checkpoint, isGiven: true, agrees: checkpoint.size == 0 ? true : nil))
        }
        for proof in proofs {
            guard let checkpoint = judge(proof.note, file: Self.seenFile) else { continue }
            seen += proof.beginnings.map { Seen(checkpoint: $0, isGiven: $0.size == checkpoint.size) }
        }
        seen.sort { $0.checkpoint.size < $1.checkpoint.size }
        placing.watch(seen.map(\.checkpoint.size))
    }

    /// Begins a segment; the one before has ended.
    ///
    /// - Parameters:
    ///   - segment: its name.
    ///   - checkpoints: its file of checkpoints; empty when there is none.
    public mutating func begin(_ segment: SegmentFile, checkpoints: [UInt8]) {
        endSegment(before: segment)
        segments.append(segment)
        file = segment.name(.records)
        first = segment.first
        line = 0
        read(checkpoints, in: segment.name(.checkpoints))
        handle(placing.skip(to: segment.first, leaf: leaf))
    }

    /// Takes bytes of the segment's records, split anywhere.
    ///
    /// - Parameter bytes: the next bytes of the file.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            if carried.isEmpty {
                take(rest[rest.startIndex..<end])
            } else {
                carried += rest[rest.startIndex..<end]
                let whole = carried
                carried.removeAll(keepingCapacity: true)
                take(whole[...])
            }
            rest = rest[(end + 1)...]
        }
        // What is longer than any record is cut: it is no record, whatever follows.
        carried += rest.prefix(max(0, TrailVerifier.longestLine - carried.count))
    }

    /// Ends the verification.
    ///
    /// - Returns: what was found.
    public mutating func finish() -> TrailReport {
        endSegment(before: nil)
        for gap in placing.gaps {
            let last = gap.upperBound - 1
            let file = segments.last { $0.first <= gap.lowerBound }?.name(.records) ?? file
            let verdict: TrailVerdict = gap.lowerBound == 1 ? .removedHead : .removedMiddle
            add(TrailFinding(verdict, gap.lowerBound, through: gap.count > 1 ? last : nil, file: file))
        }
        let position = placing.position
        if valid == 0, position > 0 {
            if unknown > 0 {
                findings.append(TrailFinding(.wrongKey, file: file))
            } else if !findings.contains(where: { $0.verdict == .checkpointAltered }) {
                conclude(.unsignedTail, 1...position)
            }
        }
        if valid > 0, signed < position { conclude(.unsignedTail, signed + 1...position) }
        if signed > position { conclude(.removedTail, position + 1...signed) }
        compareSeen(position)
        let order = findings.enumerated().sorted { left, right in
            let (one, other) = (TrailVerifier.rank(left.element), TrailVerifier.rank(right.element))
            return one == other ? left.offset < right.offset : one.lexicographicallyPrecedes(other)
        }
        findings = order.map(\.element)
        return TrailReport(
            verdict: findings.first?.verdict ?? (seen.isEmpty ? .tailNotCompared : .intact),
            findings: findings,
            records: position,
            signed: min(held, position),
            checkpoints: valid,
            agreeing: seen.count { $0.isGiven && $0.agrees == true },
            root: placing.isWhole ? placing.stored.root : nil
        )
    }

    // MARK: Records

    private mutating func take(_ record: ArraySlice<UInt8>) {
        line += 1
        let outcomes = placing.take(record, leaf: leaf)
        if !outcomes.isEmpty { handle(outcomes) }
    }

    private mutating func handle(_ outcomes: [RecordPlacing.Outcome]) {
        for outcome in outcomes {
            switch outcome {
            case .reached(let size, let stored, let found): reached(size, stored: stored, found: found)
            // What is not signed may have no hash yet: it is told of as a whole.
            case .fault(.leavesAltered, let range, _) where range.lowerBound > signed: continue
            case .fault(let verdict, let range, let back):
                let place = line - back > 0 ? line - back : nil
                add(
                    TrailFinding(
                        verdict,
                        range.lowerBound,
                        through: range.count > 1 ? range.upperBound : nil,
                        file: file,
                        line: place
                    )
                )
            }
        }
    }

    /// Ends the last line, where it has no end of its own.
    private mutating func endSegment(before next: SegmentFile?) {
        let torn = carried
        carried.removeAll()
        if !torn.isEmpty, next == nil, placing.position >= signed {
            handle(placing.settle(before: nil, leaf: leaf))
            add(TrailFinding(.tornTail, placing.position + 1, file: file, line: line + 1))
            return
        }
        let count = findings.count
        if !torn.isEmpty { take(torn[...]) }
        handle(placing.settle(before: next?.first, leaf: leaf))
        if !torn.isEmpty, findings.count == count {
            add(TrailFinding(.altered, placing.position, file: file, line: line))
        }
    }

    /// Keeps a finding; beyond the bound those that came first matter.
    mutating func add(_ finding: TrailFinding) {
        if findings.count < TrailVerifier.mostFindings { findings.append(finding) }
    }

    // MARK: The end

    private mutating func conclude(_ verdict: TrailVerdict, _ range: ClosedRange<Int64>) {
        findings.append(
            TrailFinding(
                verdict,
                range.lowerBound,
                through: range.count > 1 ? range.upperBound : nil,
                file: file
            )
        )
    }

    private mutating func compareSeen(_ position: Int64) {
        let furthest = seen.last?.checkpoint.size ?? 0
        if furthest > position, signed <= position {
            conclude(signed == position ? .olderCopy : .removedTail, position + 1...furthest)
        }
        guard !isBroken, placing.isWhole, let first = seen.first(where: { $0.agrees == false }) else { return }
        let agreed = seen.last { $0.agrees == true && $0.checkpoint.size > 0 }
        conclude(agreed == nil ? .resigned : .fork, (agreed?.checkpoint.size ?? 0) + 1...first.checkpoint.size)
    }

    /// What concerns keys and histories comes first, then the record that lies first.
    private static func rank(_ finding: TrailFinding) -> [Int64] {
        let weight = Int64(finding.verdict.weight)
        return finding.verdict.concernsRecord ? [weight, finding.sequence ?? 0] : [weight, 0]
    }
}
