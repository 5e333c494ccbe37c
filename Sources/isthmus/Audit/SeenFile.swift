import AuditTrail
import Digests
import FoundationEssentials

/// A file of what an auditor has kept of a log: checkpoints, or proofs that `audit prove` printed, a line each.
struct SeenFile {
    /// Its checkpoints.
    let notes: [SignedNote]
    /// Its proofs.
    let proofs: [SeenProof]

    /// The form of a proof, as far as it matters here.
    private struct Document: Decodable {
        let record: String
        let index: Int64
        let size: Int64
        let path: [String]
        let checkpoint: String

        /// The proof; nil when it does not lead to its checkpoint.
        var proof: SeenProof? {
            let hashes = path.compactMap { SeenFile.digest($0) }
            guard hashes.count == path.count, let note = SignedNote(Array(checkpoint.utf8)[...]) else { return nil }
            return SeenProof(
                InclusionProof(index: index, size: size, path: hashes),
                of: TreeEdge.leaf(Array(record.utf8)[...]),
                under: note
            )
        }
    }

    private static func digest(_ text: String) -> Digest? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 2 * Digest.byteCount, digits.count == text.utf8.count else { return nil }
        return Digest(bytes: stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }

    /// Reads a file.
    init(_ path: String) throws(Stop) {
        let bytes = try InputFile.contents(path)
        guard bytes.first == UInt8(ascii: "{") else {
            notes = try Self.notes(path, bytes)
            proofs = []
            return
        }
        var proofs: [SeenProof] = []
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            guard let proof = (try? JSONDecoder().decode(Document.self, from: Data(line)))?.proof else {
                throw .fault(
                    "\(path):\(index + 1):1: error: this is no proof that leads to its checkpoint; give what audit prove "
                        + "printed, as it was kept"
                )
            }
            proofs.append(proof)
        }
        notes = []
        self.proofs = proofs
    }

    /// The notes of a file; lines of the system's log are taken too.
    private static func notes(_ path: String, _ bytes: [UInt8]) throws(Stop) -> [SignedNote] {
        var text = bytes
        let mark = Array("isthmus checkpoint ".utf8)
        let lines = bytes.split(separator: 0x0A)
        if lines.contains(where: { contains(mark, in: $0) != nil }) {
            text = lines.flatMap { line in
                contains(mark, in: line).map { unescaped(line[$0...]) } ?? []
            }
        }
        let notes = SignedNote.all(in: text)
        guard !notes.isEmpty, notes.allSatisfy({ $0.note != nil }) else {
            let place = notes.firstIndex { $0.note == nil }.map { " number \($0 + 1)" } ?? ""
            throw .fault("\(path): checkpoint\(place) cannot be read; give a file of checkpoints as they were kept")
        }
        return notes.compactMap { $0.note }
    }

    /// Where a text ends in a line.
    private static func contains(_ mark: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
        guard line.count >= mark.count else { return nil }
        for start in line.startIndex...line.endIndex - mark.count where line[start...].starts(with: mark) {
            return start + mark.count
        }
        return nil
    }

    private static func unescaped(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = line
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "n") {
                rest.removeFirst()
                result.append(0x0A)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
