import Glibc

/// Backups of a ledger and the way back.
///
/// A backup is one database file with everything that was committed at one moment. The secrets and keys that lie beside
/// the ledger are not part of it.
public enum LedgerCopy {
    /// Writes a backup of a ledger, which may be in use, and checks it.
    ///
    /// - Parameters:
    ///   - reader: the ledger.
    ///   - path: the backup; there must be no such file. Its directory exists.
    ///   - progress: is told how many pages of how many are copied.
    /// - Returns: what an inspection of the backup found; a backup with findings is not kept.
    /// - Throws: ``LedgerError`` with `.cannotOpen` when there is a file already or none can be made, `.diskFull`, or
    ///   why the ledger cannot be read.
    public static func backUp(
        _ reader: LedgerReader,
        to path: String,
        _ progress: (_ done: Int, _ pages: Int) -> Void = { _, _ in }
    ) throws(LedgerError) -> LedgerInspection {
        // The path is read during the call only.
        guard unsafe access(path, F_OK) != 0 else {
            throw LedgerError(.cannotOpen, "there is a file \(path) already", remedy: "name another file")
        }
        let partial = path + ".partial"
        try FileSteps.createPrivate(partial)
        do {
            try reader.read { database throws(LedgerError) in try write(database, to: partial, progress) }
            let inspection = try LedgerReader(path: partial).inspect()
            guard inspection.isSound else {
                FileSteps.remove(partial)
                return inspection
            }
            try FileSteps.move(partial, to: path)
            return inspection
        } catch {
            FileSteps.remove(partial)
            throw error
        }
    }

    /// Puts a backup in the place of a ledger, which is kept beside it.
    ///
    /// What was accepted after the backup was made is not in it; what was open then is sent again, and may arrive twice.
    /// The records of that time are taken from the files of the log, which goes on behind them.
    ///
    /// - Parameters:
    ///   - path: the backup.
    ///   - directory: the state directory, owned by the caller.
    ///   - log: the folder of the log's files; there may be none.
    ///   - suffix: ends the name under which the present ledger is kept, such as a time.
    ///   - progress: is told how many pages of how many are copied.
    /// - Returns: what was found and done.
    /// - Throws: ``LedgerError`` when the backup is none, the log is that of another store, or the directory cannot be
    ///   written.
    public static func restore(
        _ path: String,
        into directory: StateDirectory,
        log: String,
        keepingPresentAs suffix: String,
        _ progress: (_ done: Int, _ pages: Int) -> Void = { _, _ in }
    ) throws(LedgerError) -> LedgerRestoration {
        let place = directory.databasePath
        let partial = place + ".restoring"
        FileSteps.remove(partial)
        try FileSteps.createPrivate(partial)
        do {
            try open(path).read { database throws(LedgerError) in try write(database, to: partial, progress) }
            let inspection = try LedgerReader(path: partial).inspect()
            guard inspection.isSound else {
                FileSteps.remove(partial)
                return LedgerRestoration(inspection: inspection, kept: nil, adopted: 0)
            }
            let adopted = try adopt(log, into: partial)
            let kept = "\(place).\(suffix)"
            try FileSteps.link(place, to: kept)
            // A log belongs to its database: left in place, it would be taken for that of the backup.
            for end in ["-wal", "-shm"] { try FileSteps.moveIfThere(place + end, to: kept + end) }
            try FileSteps.move(partial, to: place)
            return LedgerRestoration(inspection: inspection, kept: kept, adopted: adopted)
        } catch {
            FileSteps.remove(partial)
            throw error
        }
    }

    /// Opens a backup; what is none is refused by its name.
    private static func open(_ path: String) throws(LedgerError) -> LedgerReader {
        do throws(LedgerError) {
            return try LedgerReader(path: path)
        } catch {
            throw LedgerError(
                error.code,
                "\(path) is no backup that can be read: \(error.reason)",
                remedy: "name a file that isthmus ledger backup wrote"
            )
        }
    }

    /// Takes the records that the log has beyond the copy.
    private static func adopt(_ log: String, into path: String) throws(LedgerError) -> Int {
        // The path is read during the call only.
        guard unsafe access(log, F_OK) == 0 else { return 0 }
        let adopted = try TrailAdoption(folder: TrailFolder(existing: log)).adopt(
            into: Database(path: path, role: .writer)
        )
        try FileSteps.sync(path)
        return adopted
    }

    private static func write(
        _ database: Database,
        to path: String,
        _ progress: (_ done: Int, _ pages: Int) -> Void
    ) throws(LedgerError) {
        do {
            let target = try Database(path: path, role: .writer)
            try target.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            try database.copy(to: target, progress)
            // A copy has no log beside it: it is one file, also where nothing can be written.
            try target.execute("PRAGMA journal_mode = DELETE")
        }
        // One sync of the whole file; before it nothing says that there is a backup.
        try FileSteps.sync(path)
    }
}

/// What came of putting a backup in place.
public struct LedgerRestoration: Sendable, Equatable {
    /// What an inspection of the backup found; one with findings is not put in place.
    public let inspection: LedgerInspection
    /// Where the ledger that was replaced is kept; nil when nothing was.
    public let kept: String?
    /// Records of the log that the backup did not have.
    public let adopted: Int
}
