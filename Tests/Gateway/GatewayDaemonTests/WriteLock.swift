import CSQLite

/// Another program that has the database open for writing.
@safe final class WriteLock {
    struct Refused: Error {}

    private let database: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        // The pointer is closed by `release` and used nowhere else.
        let result = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
        guard result == SQLITE_OK, let pointer = unsafe opened else { throw Refused() }
        unsafe database = unsafe pointer
        _ = unsafe sqlite3_busy_timeout(pointer, 5_000)
        guard unsafe sqlite3_exec(pointer, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK else { throw Refused() }
    }

    /// Changes the store behind the back of its owner, and ends.
    func commit(_ statement: String) {
        _ = unsafe sqlite3_exec(database, statement + "; COMMIT", nil, nil, nil)
        release()
    }

    func release() {
        _ = unsafe sqlite3_exec(database, "ROLLBACK", nil, nil, nil)
        _ = unsafe sqlite3_close_v2(database)
    }
}
