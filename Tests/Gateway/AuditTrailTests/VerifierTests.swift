import Digests
import Testing

@testable import AuditTrail

/// What a verification says of logs that somebody has laid hands on.
@Suite("Verification")
struct VerifierTests {
    private func log() throws -> SampleLog { try SampleLog() }

    /// The verdict and the first record that it names.
    private func said(_ report: TrailReport) -> String {
        let place = report.findings.first.flatMap { $0.sequence.map { " \($0)" } } ?? ""
        return report.verdict.rawValue + place
    }

    @Test("A log that is whole is intact against what was seen; without it the tail was not compared")
    func intact() throws {
        let log = try log()
        for part in [1, 7, .max] {
            let report = try log.verify(seen: log.notes, part: part)
            #expect(report.verdict == .intact)
            #expect(report.findings == [])
            #expect(report.records == 9)
            #expect(report.signed == 9)
            #expect(report.checkpoints == 5)
            #expect(report.agreeing == 5)
            #expect(report.root == Checkpoint(try #require(log.notes.last).text)?.root)
        }
        #expect(try log.verify().verdict == .tailNotCompared)
        #expect(try log.verify(seen: Array(log.notes.prefix(1))).verdict == .intact)
        #expect(try SampleLog([]).verify().verdict == .tailNotCompared)
    }

    @Test("Every byte of every file counts, and a byte of a record names that record")
    func everyByte() throws {
        let log = try SampleLog(SampleLog.records(1...5), size: 3)
        let last = log.notes.suffix(1)
        for index in log.segments.indices {
            var sequence = log.segments[index].name.first
            let bytes = log.bytes(of: index)
            for place in bytes.indices {
                for bit in [1, 0x80] as [UInt8] {
                    var changed = log
                    changed.raw[index] = bytes
                    changed.raw[index]?[place] ^= bit
                    let report = try changed.verify(seen: Array(last))
                    #expect(said(report) == "altered \(sequence)", "segment \(index) byte \(place) bit \(bit)")
                }
                if bytes[place] == 0x0A { sequence += 1 }
            }
            for place in log.segments[index].leaves.indices {
                var changed = log
                changed.segments[index].leaves[place] ^= 1
                let sequence = log.segments[index].name.first + Int64(place / 32)
                #expect(said(try changed.verify(seen: Array(last))) == "leaves-altered \(sequence)")
            }
            for place in log.segments[index].checkpoints.indices {
                var changed = log
                changed.segments[index].checkpoints[place] ^= 1
                let verdict = try changed.verify(seen: Array(last)).verdict
                #expect(
                    verdict == .checkpointAltered || verdict == .wrongKey,
                    "checkpoints of segment \(index), byte \(place): \(verdict)"
                )
            }
        }
        for place in log.keys.indices {
            var changed = log
            changed.keys[place] ^= 1
            #expect(try changed.verify(seen: Array(last)).verdict == .checkpointAltered, "keys, byte \(place)")
        }
    }

    @Test("Records that were altered together with their hashes are between the checkpoints that hold and the next")
    func alteredWithHashes() throws {
        var log = try log()
        let record = SampleLog.record(4, "other")
        log.segments[0].records[3] = record
        log.segments[0].leaves.replaceSubrange(96..<128, with: TreeEdge.leaf(record[...]).bytes)
        let report = try log.verify()
        let file = log.segments[0].name.name(.records)
        #expect(report.findings.first == TrailFinding(.altered, 3, through: 4, file: file))
        #expect(report.signed == 2)
    }

    @Test("Removed records are told by where they lay, with or without their hashes")
    func removed() throws {
        for isHashGone in [false, true] {
            var log = try log()
            log.segments[0].records.removeFirst(2)
            if isHashGone { log.segments[0].leaves.removeFirst(64) }
            #expect(said(try log.verify()) == "removed-head 1")
            log = try self.log()
            log.segments[1].records.remove(at: 1)
            if isHashGone { log.segments[1].leaves.removeSubrange(32..<64) }
            let report = try log.verify()
            #expect(said(report) == "removed-middle 6")
            #expect(report.findings.first?.file == log.segments[1].name.name(.records))
            log = try self.log()
            log.segments.removeFirst()
            if !isHashGone { #expect(said(try log.verify()) == "removed-head 1") }
            log = try self.log()
            log.segments.remove(at: 1)
            if !isHashGone { #expect(said(try log.verify()) == "removed-middle 5") }
            log = try self.log()
            log.segments[2].records.removeLast()
            if isHashGone { log.segments[2].leaves.removeLast(32) }
            #expect(said(try log.verify()) == "removed-tail 9")
        }
    }

    @Test("Swapped, repeated and foreign records are told apart")
    func misplaced() throws {
        var log = try log()
        log.segments[1].records.swapAt(1, 2)
        #expect(said(try log.verify()) == "swapped 6")
        log = try self.log()
        log.segments[1].records.insert(log.segments[1].records[0], at: 2)
        #expect(said(try log.verify()) == "replayed 5")
        log = try self.log()
        log.segments[2].records.append(log.segments[0].records[1])
        #expect(said(try log.verify()) == "replayed 2")
        log = try self.log()
        log.segments[1].records.insert(SampleLog.record(77, "from elsewhere"), at: 1)
        let report = try log.verify()
        #expect(said(report) == "foreign 6")
        #expect(report.findings.first?.line == 2)
        #expect(report.findings.count == 1)
    }

    @Test("A tail that was cut shows against a checkpoint that was seen only")
    func tail() throws {
        let whole = try log()
        // The records and all checkpoints behind the sixth are gone.
        var cut = whole
        cut.segments.removeLast()
        cut.segments[1].records.removeLast(2)
        cut.segments[1].leaves.removeLast(64)
        cut.segments[1].checkpoints = Array(whole.notes[2].written.utf8)
        #expect(try cut.verify().verdict == .tailNotCompared)
        let seen = try #require(whole.notes.last)
        #expect(said(try cut.verify(seen: [seen])) == "older-copy 7")
        // One record more than what is signed.
        cut.segments[1].records.append(SampleLog.record(7))
        cut.segments[1].leaves += TreeEdge.leaf(SampleLog.record(7)[...]).bytes
        #expect(said(try cut.verify()) == "unsigned-tail 7")
        #expect(said(try cut.verify(seen: [seen])) == "removed-tail 8")
    }

    @Test("A fork agrees with what was seen first; a history that was signed again agrees with nothing")
    func histories() throws {
        let whole = try log()
        let seen = whole.notes
        let fork = try SampleLog(SampleLog.records(1...6) + SampleLog.records(7...10, "other"))
        #expect(said(try fork.verify(seen: [seen[1], seen[4]])) == "fork 5")
        let again = try SampleLog(SampleLog.records(1...1, "other") + SampleLog.records(2...9))
        #expect(said(try again.verify(seen: [seen[1], seen[4]])) == "re-signed 1")
        #expect(try again.verify().verdict == .tailNotCompared)
    }

    @Test("Without the right key nothing is proved, and a key signs in its epoch only")
    func keys() throws {
        let signers = (try SampleLog.signer(1), try SampleLog.signer(2))
        let log = try log()
        #expect(try log.verify([signers.1.publicKey]).verdict == .wrongKey)
        #expect(try log.verify([signers.1.publicKey], withKeys: false).verdict == .wrongKey)
        #expect(try log.verify([]).verdict == .wrongKey)

        // The second key signs from the fourth record on.
        var two = SampleLog(SampleLog.records(1...9)) { $0 <= 4 ? signers.0 : signers.1 }
        let first = KeyEpoch(origin: SampleLog.origin, number: 1, size: 0, key: signers.0.publicKey)
        let second = KeyEpoch(origin: SampleLog.origin, number: 2, size: 4, key: signers.1.publicKey)
        two.keys =
            Array(first.signed(by: signers.0, before: nil).written.utf8)
            + Array(second.signed(by: signers.1, before: signers.0).written.utf8)
        #expect(try two.verify([signers.0.publicKey], seen: two.notes).verdict == .intact)
        #expect(try two.verify([signers.1.publicKey]).verdict == .tailNotCompared)
        #expect(try two.verify([signers.0.publicKey, signers.1.publicKey]).verdict == .tailNotCompared)
        #expect(try two.verify([signers.0.publicKey], withKeys: false).verdict == .wrongKey)

        var reused = SampleLog(SampleLog.records(1...9)) { _ in signers.0 }
        reused.keys = two.keys
        #expect(said(try reused.verify([signers.0.publicKey])) == "reused-key 6")

        // A key that nobody vouches for.
        two.keys =
            Array(first.signed(by: signers.0, before: nil).written.utf8)
            + Array(second.signed(by: signers.1, before: nil).written.utf8)
        #expect(try two.verify([signers.0.publicKey]).verdict == .wrongKey)
    }

    @Test("A line that was never finished nor signed is torn; one that was signed is altered")
    func torn() throws {
        var log = try log()
        log.raw[2] = log.bytes(of: 2) + Array(SampleLog.record(10).dropLast(5))
        #expect(said(try log.verify()) == "torn-tail 10")
        for count in 1..<SampleLog.record(9).count {
            log.raw[2] = Array(SampleLog.record(9).prefix(count))
            #expect(said(try log.verify(seen: log.notes)) == "altered 9", "\(count) bytes")
        }
    }

    @Test("A log without checkpoints is not signed")
    func unsigned() throws {
        var log = try log()
        for index in log.segments.indices { log.segments[index].checkpoints = [] }
        #expect(said(try log.verify()) == "unsigned-tail 1")
    }

    @Test("No more findings are kept than the bound, and a line of any length is judged")
    func bounds() throws {
        var log = try SampleLog(SampleLog.records(1...300))
        for index in log.segments.indices {
            for place in log.segments[index].records.indices { log.segments[index].records[place][20] ^= 1 }
        }
        #expect(try log.verify().findings.count == TrailVerifier.mostFindings)
        log = try SampleLog()
        log.raw[0] = log.bytes(of: 0) + [UInt8](repeating: 0x61, count: 2 * TrailVerifier.longestLine) + [0x0A]
        #expect(said(try log.verify()) == "foreign 5")
    }

    @Test("Each verdict has an exit code of its own, beside those of every command")
    func exitCodes() {
        let codes = TrailVerdict.allCases.map(\.exitCode)
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0 == 0 || $0 >= 10 && $0 < 64 })
    }

    @Test("The sequence number is read where it stands only")
    func sequence() {
        func read(_ text: String) -> Int64? { SegmentFile.sequence(of: Array(text.utf8)[...]) }
        #expect(read("{\"seq\":12,\"v\":1}") == 12)
        #expect(read("{\"seq\":12}") == 12)
        for text in ["", "{", "{\"seq\":", "{\"seq\":}", "{\"seq\":0}", "{\"seq\":01}", "{\"seq\":1.5}"] {
            #expect(read(text) == nil, "\(text)")
        }
        #expect(read("{\"seq\":9223372036854775807}") == .max)
        #expect(read("{\"seq\":9223372036854775808}") == nil)
        #expect(read("{\"seq\":99999999999999999999}") == nil)
    }

    @Test("Names of segments sort like their numbers and are read strictly")
    func segmentNames() {
        let name = SegmentFile(first: 42).name(.records)
        #expect(name == "00000000000000000042.records")
        #expect(SegmentFile(recordsName: name)?.first == 42)
        for text in ["42.records", "00000000000000000042.leaves", "00000000000000000000.records", ".records"] {
            #expect(SegmentFile(recordsName: text) == nil)
        }
        #expect(SegmentFile(first: 9) < SegmentFile(first: 10))
    }
}
