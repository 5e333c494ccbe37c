import Digests
import Testing

@testable import AuditTrail

/// What one kept proof says of the history of a log.
@Suite("Kept proofs")
struct SeenProofTests {
    /// The verdict with the records that it names first.
    private func said(_ report: TrailReport) -> String {
        guard let finding = report.findings.first else { return report.verdict.rawValue }
        let place = finding.sequence.map { " \($0)" } ?? ""
        return report.verdict.rawValue + place + (finding.through.map { "-\($0)" } ?? "")
    }

    @Test("RFC 9162 §2.1: the way of any proof holds the trees of the first records, as they were")
    func beginnings() throws {
        for size in 1...33 as ClosedRange<Int64> {
            let log = try SampleLog(SampleLog.records(1...size))
            var edge = TreeEdge()
            var roots: [Int64: Digest] = [:]
            for record in log.segments.flatMap(\.records) {
                edge.append(TreeEdge.leaf(record[...]))
                roots[edge.size] = edge.root
            }
            for sequence in 1...size {
                let proof = try log.proof(of: sequence)
                let sizes = proof.beginnings.map(\.size)
                let powers = (0...6).map { 1 << Int64($0) }.filter { $0 >= sequence && $0 < size }
                #expect(sizes == powers + [size], "record \(sequence) of \(size)")
                #expect(proof.beginnings.allSatisfy { $0.root == roots[$0.size] }, "record \(sequence) of \(size)")
            }
        }
    }

    @Test("A proof that does not lead to its checkpoint is none")
    func false_() throws {
        let log = try SampleLog()
        let note = try #require(log.notes.last)
        let leaves = log.segments.flatMap(\.records).map { TreeEdge.leaf($0[...]) }
        var proof = try #require(TreeLevels(leaves).proof(of: 0))
        #expect(SeenProof(proof, of: leaves[0], under: note) != nil)
        #expect(SeenProof(proof, of: leaves[1], under: note) == nil)
        #expect(SeenProof(proof, of: leaves[0], under: log.notes[0]) == nil)
        proof.path[1] = leaves[5]
        #expect(SeenProof(proof, of: leaves[0], under: note) == nil)
    }

    @Test("One proof of the first record tells a fork from a history that was signed again; one checkpoint cannot")
    func histories() throws {
        let whole = try SampleLog()
        let (seen, proof) = (try #require(whole.notes.last), try whole.proof(of: 1))
        let intact = try whole.verify(proofs: [proof])
        #expect(said(intact) == "intact")
        #expect(intact.agreeing == 1)

        let fork = try SampleLog(SampleLog.records(1...6) + SampleLog.records(7...10, "other"))
        #expect(said(try fork.verify(seen: [seen])) == "re-signed 1-9")
        #expect(said(try fork.verify(proofs: [proof])) == "fork 5-8")
        let early = try SampleLog(SampleLog.records(1...1) + SampleLog.records(2...9, "other"))
        #expect(said(try early.verify(proofs: [proof])) == "fork 2")
        let again = try SampleLog(SampleLog.records(1...1, "other") + SampleLog.records(2...9))
        #expect(said(try again.verify(seen: [seen])) == "re-signed 1-9")
        #expect(said(try again.verify(proofs: [proof])) == "re-signed 1")
        #expect(try again.verify(proofs: [proof]).agreeing == 0)
    }

    @Test("A log that is shorter than what was seen is an older copy, or a fork: the proof knows")
    func shorter() throws {
        let whole = try SampleLog()
        let (seen, proof) = (try #require(whole.notes.last), try whole.proof(of: 1))
        let copy = try SampleLog(SampleLog.records(1...6))
        #expect(said(try copy.verify(proofs: [proof])) == "older-copy 7-9")
        let fork = try SampleLog(SampleLog.records(1...6) + SampleLog.records(7...8, "other"))
        #expect(said(try fork.verify(seen: [seen])) == "older-copy 9")
        #expect(said(try fork.verify(proofs: [proof])) == "fork 5-8")
    }

    @Test("A proof whose checkpoint no trusted key signed says nothing")
    func untrusted() throws {
        let signer = try SampleLog.signer(2)
        let other = SampleLog(SampleLog.records(1...9, "other")) { _ in signer }
        let report = try SampleLog().verify(proofs: [try other.proof(of: 1)])
        #expect(report.verdict == .wrongKey)
        #expect(report.agreeing == 0)
    }
}
