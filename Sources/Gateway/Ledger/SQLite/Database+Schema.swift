extension Database {
    /// Tells the step of the tables that the file has reached; 0 for an empty file.
    ///
    /// - Parameters:
    ///   - owner: the application id by which files of this kind are known.
    ///   - version: the latest step that this program knows.
    ///   - name: what the file is, for the words of a refusal.
    /// - Returns: the step.
    /// - Throws: ``LedgerError`` with `.notALedger` for the file of another program, `.newerSchema` for one of a later
    ///   version of this program, or the library's failure.
    func schema(of owner: Int64, atMost version: Int64, named name: String) throws(LedgerError) -> Int64 {
        let found = try integer("PRAGMA application_id") ?? 0
        let objects = try integer("SELECT count(*) FROM sqlite_schema") ?? 0
        guard found == owner || (found == 0 && objects == 0) else {
            throw LedgerError(
                .notALedger,
                "\(name) is another program's (application id \(found))",
                remedy: "name another state directory"
            )
        }
        let step = try integer("PRAGMA user_version") ?? 0
        guard step <= version else {
            throw LedgerError(
                .newerSchema,
                "\(name) is at schema \(step), this program knows \(version)",
                remedy: "run the version of the program that wrote it, or a later one"
            )
        }
        return step
    }
}
