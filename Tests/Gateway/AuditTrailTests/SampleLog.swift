import AuditTrail
import Digests
import Testing

/// A small log in memory, to be spoiled.
struct SampleLog {
    struct Segment {
        var name: SegmentFile
        var records: [[UInt8]]
        var leaves: [UInt8]
        var checkpoints: [UInt8]
    }

    static let origin = "gw.example.net/audit"

    var segments: [Segment] = []
    var keys: [UInt8] = []
    /// Replaces the bytes of a segment's records.
    var raw: [Int: [UInt8]] = [:]

    static func signer(_ seed: UInt8 = 1) throws -> NoteSigner {
        let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        return try #require(NoteSigner(name: origin, key: key))
    }

    static func record(_ sequence: Int64, _ text: String = "text") -> [UInt8] {
        Array("{\"seq\":\(sequence),\"v\":1,\"node\":\"gw.example.net\",\"reason\":\"\(text) \(sequence)\"}".utf8)
    }

    static func records(_ range: ClosedRange<Int64>, _ text: String = "text") -> [[UInt8]] {
        range.map { record($0, text) }
    }

    /// Writes records into segments of `size`, with a checkpoint behind every `pace`th record and the last.
    init(_ records: [[UInt8]], size: Int = 4, pace: Int64 = 2, by signer: (Int64) throws -> NoteSigner) rethrows {
        var edge = TreeEdge()
        for start in stride(from: 0, to: records.count, by: size) {
            var segment = Segment(name: SegmentFile(first: Int64(start + 1)), records: [], leaves: [], checkpoints: [])
            for record in records[start..<min(start + size, records.count)] {
                let leaf = TreeEdge.leaf(record[...])
                edge.append(leaf)
                segment.records.append(record)
                segment.leaves += leaf.bytes
                if edge.size % pace == 0 || edge.size == records.count {
                    let checkpoint = Checkpoint(origin: SampleLog.origin, size: edge.size, root: edge.root)
                    segment.checkpoints += Array(checkpoint.signed(by: try signer(edge.size)).written.utf8)
                }
            }
            segments.append(segment)
        }
    }

    init(_ records: [[UInt8]] = SampleLog.records(1...9), size: Int = 4) throws {
        let signer = try SampleLog.signer()
        self.init(records, size: size, by: { _ in signer })
        let epoch = KeyEpoch(origin: SampleLog.origin, number: 1, size: 0, key: signer.publicKey)
        keys = Array(epoch.signed(by: signer, before: nil).written.utf8)
    }

    /// The notes of all checkpoints.
    var notes: [SignedNote] {
        segments.flatMap { SignedNote.all(in: $0.checkpoints).compactMap(\.note) }
    }

    /// The proof of a record under the last checkpoint.
    func proof(of sequence: Int64) throws -> SeenProof {
        let records = segments.flatMap(\.records)
        let leaves = records.map { TreeEdge.leaf($0[...]) }
        let proof = try #require(TreeLevels(leaves).proof(of: Int(sequence - 1)))
        let note = try #require(notes.last)
        return try #require(SeenProof(proof, of: leaves[Int(sequence - 1)], under: note))
    }

    func bytes(of index: Int) -> [UInt8] {
        raw[index] ?? segments[index].records.flatMap { $0 + [0x0A] }
    }

    func verify(
        _ keys: [NoteKey]? = nil,
        seen: [SignedNote] = [],
        proofs: [SeenProof] = [],
        part: Int = .max,
        withKeys: Bool = true
    ) throws -> TrailReport {
        let segments = segments
        var verifier = TrailVerifier(
            keys: try keys ?? [SampleLog.signer().publicKey],
            epochs: withKeys ? self.keys : [],
            seen: seen,
            proofs: proofs
        ) { sequence in
            guard let segment = segments.last(where: { $0.name.first <= sequence }) else { return nil }
            let start = Int(sequence - segment.name.first) * Digest.byteCount
            guard start + Digest.byteCount <= segment.leaves.count else { return nil }
            return Digest(bytes: segment.leaves[start..<start + Digest.byteCount])
        }
        for (index, segment) in segments.enumerated() {
            verifier.begin(segment.name, checkpoints: segment.checkpoints)
            var rest = bytes(of: index)[...]
            while !rest.isEmpty {
                verifier.feed(rest.prefix(part))
                rest = rest.dropFirst(part)
            }
        }
        return verifier.finish()
    }
}
