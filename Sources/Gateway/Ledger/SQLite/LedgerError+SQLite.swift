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
        switch result & 0xFF {
        case SQLITE_FULL:
            self.init(.diskFull, text, remedy: "free space on the disk that holds the state directory")
        case SQLITE_IOERR:
            self.init(.inputOutput, text, remedy: "check the disk and the kernel's log")
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, text, remedy: "stop the other program that has the database open")
        case SQLITE_CORRUPT:
            self.init(.corrupt, text, remedy: Schema.remedyForDamage)
        case SQLITE_NOTADB:
            self.init(.notALedger, text, remedy: "name another state directory")
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
}
