extension LedgerReader {
    private static let activationColumns = """
        number, generation, before, on_disk, cause, actor, reason,
        checked_ms, tested_ms, shadowed_ms, activated_ms, retired_ms
        """

    /// How generations of mapping tables came into force, the newest first.
    ///
    /// - Parameter limit: at most so many.
    /// - Returns: the activations; the first one is that of the tables in force.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func activations(limit: Int = 1000) throws(LedgerError) -> [ActivationRow] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT \(LedgerReader.activationColumns) FROM activations ORDER BY number DESC LIMIT ?1"
            )
            statement.bind(1, Int64(max(0, limit)))
            var rows: [ActivationRow] = []
            while try statement.step() { rows.append(try LedgerReader.activationRow(statement)) }
            return rows
        }
    }

    /// The identifiers of kept generations that begin with a text, at most as many as given.
    ///
    /// - Parameters:
    ///   - prefix: hexadecimal digits.
    ///   - limit: at most so many.
    /// - Returns: the identifiers, sorted.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func generations(prefix: String, limit: Int = 10) throws(LedgerError) -> [String] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT DISTINCT generation FROM generation_files WHERE substr(generation, 1, length(?1)) = ?1
                ORDER BY generation LIMIT ?2
                """
            )
            statement.bind(1, prefix)
            statement.bind(2, Int64(max(0, limit)))
            var found: [String] = []
            while try statement.step() { found.append(statement.text(0)) }
            return found
        }
    }

    /// The files of a kept generation, in the order in which their rows match.
    ///
    /// - Parameter generation: its identifier.
    /// - Returns: the files; empty when the generation is not kept.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func files(of generation: String) throws(LedgerError) -> [GenerationFile] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT path, content FROM generation_files JOIN mapping_files USING(digest)
                WHERE generation = ?1 ORDER BY place
                """
            )
            statement.bind(1, generation)
            var files: [GenerationFile] = []
            while try statement.step() {
                files.append(GenerationFile(path: statement.text(0), content: statement.bytes(1)))
            }
            return files
        }
    }

    private static func activationRow(_ row: Statement) throws(LedgerError) -> ActivationRow {
        guard let cause = ActivationRow.Cause(rawValue: row.text(4)) else {
            throw LedgerError(.corrupt, "the activation \(row.integer(0)) has a cause that no version wrote")
        }
        var activation = ActivationRow(
            generation: row.text(1),
            before: row.optionalText(2),
            onDisk: row.optionalText(3),
            cause: cause,
            actor: row.text(5),
            reason: row.optionalText(6),
            checked: row.integer(7),
            tested: row.integer(8),
            shadowed: row.optionalInteger(9),
            activated: row.integer(10)
        )
        activation.number = row.integer(0)
        activation.retired = row.optionalInteger(11)
        return activation
    }
}
