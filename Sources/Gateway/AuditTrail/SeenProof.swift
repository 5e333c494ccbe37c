public import Digests

/// A proof of a record that was kept, as what it says of the history of the log.
///
/// A checkpoint says what the log was at one size. On the way from a leaf to the root stand the trees of the first
/// records too: once the way has come to the left edge, each node on it is the tree of the first 1, 2, 4, 8 … records,
/// and none of them can be false when the root is signed. So one proof of the first record tells a log that parted from
/// its history later from one whose history was written anew, which a checkpoint alone cannot.
///
/// Source: RFC 9162 §2.1.1, §2.1.3.2.
public struct SeenProof: Sendable, Equatable {
    /// The checkpoint to which the proof leads; whether a trusted key has signed it is for the verifier to say.
    public let note: SignedNote
    /// The log as it was when it had 1, 2, 4 … records, as far as the proof tells; the last one is the checkpoint.
    public let beginnings: [Checkpoint]

    /// Takes a proof that leads to its checkpoint; the result is nil for any other.
    ///
    /// - Parameters:
    ///   - proof: the proof.
    ///   - leaf: the hash of the record.
    ///   - note: the checkpoint.
    public init?(_ proof: InclusionProof, of leaf: Digest, under note: SignedNote) {
        guard let checkpoint = Checkpoint(note.text), checkpoint.size == proof.size,
            proof.leads(from: leaf, to: checkpoint.root)
        else { return nil }
        var beginnings: [Checkpoint] = []
        var (place, last, level) = (proof.index, proof.size - 1, 0)
        var hash = leaf
        func keep(_ beginnings: inout [Checkpoint]) {
            guard place == 0 else { return }
            let size = last == 0 ? proof.size : 1 << Int64(level)
            beginnings.append(Checkpoint(origin: checkpoint.origin, size: size, root: hash))
        }
        keep(&beginnings)
        for other in proof.path {
            if place & 1 == 1 || place == last {
                hash = TreeEdge.node(other, hash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                    level += 1
                }
            } else {
                hash = TreeEdge.node(hash, other)
            }
            place >>= 1
            last >>= 1
            level += 1
            keep(&beginnings)
        }
        self.note = note
        self.beginnings = beginnings
    }
}
