import Digests

/// The rows of generations and of how they came into force.
///
/// A file is stored once, however many generations have it.
struct GenerationTable {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Stores a generation and that it came into force, and lets go what is beyond the limits.
    func activate(
        _ row: ActivationRow,
        _ files: [GenerationFile],
        _ limits: GenerationLimits
    ) throws(LedgerError) {
        try store(row.generation, files)
        try insert(row)
        try forget(limits)
    }

    /// Notes that no crossing needs a generation that is out of force.
    func retire(_ generation: String, at moment: Int64) throws(LedgerError) {
        let statement = try database.cached(
            """
            UPDATE activations SET retired_ms = ?2 WHERE generation = ?1 AND retired_ms IS NULL
                AND number < (SELECT max(number) FROM activations)
            """
        )
        statement.bind(1, generation)
        statement.bind(2, moment)
        try statement.run()
    }

    /// Puts files in place of those that were stored: comments and tests do not count for the identifier.
    private func store(_ generation: String, _ files: [GenerationFile]) throws(LedgerError) {
        let clear = try database.cached("DELETE FROM generation_files WHERE generation = ?1")
        clear.bind(1, generation)
        try clear.run()
        let content = try database.cached("INSERT OR IGNORE INTO mapping_files(digest, content) VALUES(?1, ?2)")
        let place = try database.cached(
            "INSERT INTO generation_files(generation, place, path, digest) VALUES(?1, ?2, ?3, ?4)"
        )
        for (index, file) in files.enumerated() {
            let digest = SHA256.hash(file.content).bytes
            content.bind(1, digest)
            content.bind(2, file.content)
            try content.run()
            place.bind(1, generation)
            place.bind(2, Int64(index))
            place.bind(3, file.path)
            place.bind(4, digest)
            try place.run()
        }
    }

    private func insert(_ row: ActivationRow) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT INTO activations(generation, before, on_disk, cause, actor, reason,
                checked_ms, tested_ms, shadowed_ms, activated_ms)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """
        )
        statement.bind(1, row.generation)
        statement.bind(2, row.before)
        statement.bind(3, row.onDisk)
        statement.bind(4, row.cause.rawValue)
        statement.bind(5, row.actor)
        statement.bind(6, row.reason)
        statement.bind(7, row.checked)
        statement.bind(8, row.tested)
        statement.bind(9, row.shadowed)
        statement.bind(10, row.activated)
        try statement.run()
    }

    /// Lets go the oldest generations that no open crossing names, and the oldest activations.
    private func forget(_ limits: GenerationLimits) throws(LedgerError) {
        let old = try database.cached(
            """
            SELECT generation FROM activations GROUP BY generation
            ORDER BY max(number) DESC LIMIT -1 OFFSET ?1
            """
        )
        old.bind(1, Int64(max(1, limits.generations)))
        var candidates: [String] = []
        while try old.step() { candidates.append(old.text(0)) }
        var isAnyGone = false
        for generation in candidates {
            let open = try database.cached("SELECT 1 FROM outbox WHERE generation = ?1 LIMIT 1")
            open.bind(1, generation)
            let isOpen = try open.step()
            open.reset()
            if isOpen { continue }
            for sql in [
                "DELETE FROM activations WHERE generation = ?1", "DELETE FROM generation_files WHERE generation = ?1",
            ] {
                let statement = try database.cached(sql)
                statement.bind(1, generation)
                try statement.run()
            }
            isAnyGone = true
        }
        let surplus = try database.cached(
            """
            DELETE FROM activations WHERE number <= (SELECT max(number) FROM activations) - ?1
                AND number NOT IN (SELECT max(number) FROM activations GROUP BY generation)
            """
        )
        surplus.bind(1, Int64(max(1, limits.activations)))
        try surplus.run()
        guard isAnyGone else { return }
        let orphans = try database.cached(
            "DELETE FROM mapping_files WHERE digest NOT IN (SELECT digest FROM generation_files)"
        )
        try orphans.run()
    }
}
