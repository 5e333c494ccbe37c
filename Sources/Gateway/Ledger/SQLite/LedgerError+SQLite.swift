import CSQLite

extension LedgerError {
    /// Translates a result code of the database library.
    ///
    /// - Parameters:
    ///   - result: the extended result code.
    ///   - doing: what was attempted, such as "committing".
    ///   - detail: the library's own message.
    init(result: Int32, doing: String, detail: String) {
        let text = "\(doing) failed: \(detail) (SQLite \(result))"
        // What was attempted tells an operator nothing where the file or the disk is at fault.
        let finding = "\(detail) (SQLite \(result))"
        switch result & 0xFF {
        case SQLITE_FULL,
            _ where result == Self.indexWithoutRoom:
            self.init(
                .diskFull,
                "the disk is full: \(finding)",
                remedy: "free space on the disk that holds the state directory"
            )
        case SQLITE_IOERR:
            self.init(.inputOutput, text, remedy: "check the disk and the kernel's log")
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, text, remedy: "stop the other program that has the database open")
        case SQLITE_CORRUPT:
            self.init(.corrupt, "the file of the store is damaged: \(finding)", remedy: Schema.remedyForDamage)
        case SQLITE_NOTADB:
            self.init(
                .notALedger,
                "the file of the store is no database, or its beginning is destroyed: \(finding)",
                remedy: "name another state directory, or put a backup in place with isthmus ledger restore"
            )
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            self.init(.readOnly, text, remedy: "let the gateway's user write the state directory")
        case SQLITE_CANTOPEN:
            self.init(.cannotOpen, text, remedy: "check that the state directory exists and can be entered")
        case SQLITE_CONSTRAINT:
            self.init(.constraint, text)
        default:
            self.init(.database, text)
        }
    }

    /// `SQLITE_IOERR_SHMSIZE`: on a full disk the index of the log, whose size is set at the start, is the first to fail.
    private static let indexWithoutRoom: Int32 = SQLITE_IOERR | 19 << 8
}
