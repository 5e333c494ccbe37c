import CSQLite

extension Database {
    /// Pages that are copied between two reports of progress: 32 MiB of pages of 8 KiB.
    private static let pagesAtOnce: Int32 = 4096

    /// Copies everything that is committed into another database, whose content it replaces.
    ///
    /// The copy is that of one moment, whatever a writer commits meanwhile.
    ///
    /// - Parameters:
    ///   - target: a connection to the other database.
    ///   - progress: is told how many pages of how many are copied.
    /// - Throws: ``LedgerError`` with the library's failure.
    func copy(
        to target: Database,
        _ progress: (_ done: Int, _ pages: Int) -> Void
    ) throws(LedgerError) {
        // A read transaction that lasts holds the moment: without it a commit would begin the copy anew.
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        _ = try integer("SELECT count(*) FROM sqlite_schema")
        // Both connections outlive the copy, which is finished before this function returns.
        guard let copy = unsafe sqlite3_backup_init(target.pointer, "main", pointer, "main") else {
            throw unsafe Database.error(sqlite3_extended_errcode(target.pointer), doing: "copying", in: target.pointer)
        }
        var result = SQLITE_OK
        while result == SQLITE_OK {
            result = unsafe sqlite3_backup_step(copy, Database.pagesAtOnce)
            let pages = unsafe sqlite3_backup_pagecount(copy)
            progress(Int(pages - (unsafe sqlite3_backup_remaining(copy))), Int(pages))
        }
        let finished = unsafe sqlite3_backup_finish(copy)
        guard result == SQLITE_DONE, finished == SQLITE_OK else {
            let code = result == SQLITE_DONE ? finished : result
            throw unsafe Database.error(code, doing: "copying", in: target.pointer)
        }
    }
}
