import AuditTrail

/// Makes search databases from the files of a log alone.
public enum SearchIndex {
    /// The name of a search database in its directory.
    public static let name = "search.db"

    /// The path of the search database of a gateway.
    ///
    /// - Parameter state: its state directory.
    /// - Returns: the path of the file.
    public static func path(in state: String) -> String { state + "/" + name }

    /// What came of it.
    public struct Summary: Sendable, Equatable {
        /// How many records are in.
        public var records: Int64
        /// How long the file is, in bytes.
        public var bytes: Int64
    }

    /// Makes a database anew, beside an earlier one, whose place it takes at the end in one step.
    ///
    /// A gateway that fills the earlier one goes on with the one that is made.
    ///
    /// - Parameters:
    ///   - path: the database.
    ///   - folder: the folder of the log's files.
    ///   - progress: is told how many records are in.
    /// - Returns: what was made.
    /// - Throws: ``LedgerError`` when the files cannot be read or the database not be written.
    public static func rebuild(
        _ path: String,
        from folder: String,
        _ progress: (Int64) -> Void = { _ in }
    ) throws(LedgerError) -> Summary {
        let partial = path + ".partial"
        SearchFiller.remove(partial)
        do {
            var filler = try SearchFiller(path: partial, folder: folder, isBulk: true)
            while true {
                // Whole chunks are never written to the table of the unfinished one.
                let rest = PositionSet.capacity - SearchChunk.position(of: filler.indexed + 1)
                guard try filler.step(through: .max, limit: rest) else { break }
                progress(filler.indexed)
            }
            try filler.finish()
            let records = filler.indexed
            try FileSteps.sync(partial)
            // Nobody may open the earlier one while its log is taken away: left in place, it would be taken for that of
            // the one that is made.
            try FileSteps.moveIfThere(path, to: partial + ".before")
            for end in ["-wal", "-shm"] { FileSteps.remove(path + end) }
            try FileSteps.move(partial, to: path)
            FileSteps.remove(partial + ".before")
            return Summary(records: records, bytes: FileIdentity(path)?.length ?? 0)
        } catch {
            SearchFiller.remove(partial)
            throw error
        }
    }
}
