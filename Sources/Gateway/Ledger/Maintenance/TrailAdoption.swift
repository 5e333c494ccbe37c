import AuditTrail

/// Takes records that a store lacks from the files of its log.
///
/// A backup is older than the log that went on behind it. Without its records the log would have to begin anew, or two
/// histories would claim the same numbers.
struct TrailAdoption {
    let folder: TrailFolder

    /// Puts the records behind a database's last one into it.
    ///
    /// - Parameter database: of the store; its last record must stand in the files as well, where they go so far.
    /// - Returns: how many records were taken.
    /// - Throws: ``LedgerError`` with `.constraint` when store and files do not belong together, or why either cannot
    ///   be read or written.
    func adopt(into database: Database) throws(LedgerError) -> Int {
        let table = RecordTable(database)
        let stored = try table.last() ?? 0
        let last = try table.lastEver()
        var block = RecordBlock(first: last + 1)
        var taken = 0
        try database.execute("BEGIN IMMEDIATE")
        do {
            let segments = try segments()
            for (index, segment) in segments.enumerated() {
                if index + 1 < segments.count, segments[index + 1].first <= last { continue }
                var sequence = segment.first
                for line in try lines(of: segment) {
                    if sequence == stored { try compare(line, stored, in: database) }
                    if sequence > last {
                        block.append(record: line)
                        taken += 1
                        if block.byteCount >= RecordBlock.length {
                            try table.insert(block)
                            block.clear()
                        }
                    }
                    sequence += 1
                }
            }
            if block.count > 0 { try table.insert(block) }
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
        return taken
    }

    private func segments() throws(LedgerError) -> [SegmentFile] {
        do throws(TrailFault) { return try folder.segments() } catch { throw LedgerError(error) }
    }

    /// Whole lines; what is torn behind the last one was never exported.
    private func lines(of segment: SegmentFile) throws(LedgerError) -> [ArraySlice<UInt8>] {
        let bytes: [UInt8]
        do throws(TrailFault) { bytes = try folder.read(segment.name(.records)) } catch { throw LedgerError(error) }
        guard let end = bytes.lastIndex(of: 0x0A) else { return [] }
        return bytes[..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
    }

    private func compare(_ line: ArraySlice<UInt8>, _ sequence: Int64, in database: Database) throws(LedgerError) {
        guard let record = try RecordTable(database).record(sequence)?.record, record[...] == line else {
            throw LedgerError(
                .constraint,
                "\(folder.path) is the log of another store: record \(sequence) is not the same",
                remedy: "name the backup that belongs to this state directory"
            )
        }
    }
}
