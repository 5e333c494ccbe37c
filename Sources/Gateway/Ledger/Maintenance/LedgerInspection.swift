import Digests

/// What an inspection of a whole ledger found.
public struct LedgerInspection: Sendable, Equatable {
    /// One thing that is wrong.
    public struct Finding: Sendable, Equatable {
        /// The kinds of findings.
        public enum Kind: String, Sendable, CaseIterable {
            /// The database file is damaged.
            case damaged
            /// The counters do not say what the rows say.
            case unbalanced
            /// A record, or a mapping file of a generation, is not what was committed.
            case altered
            /// A record names another place than its own.
            case misplaced
            /// Records are missing.
            case missing
        }

        /// What kind of finding it is.
        public let kind: Kind
        /// What was found, as a sentence without the final period.
        public let text: String
    }

    /// What an inspection is doing.
    public enum Stage: Sendable, Equatable {
        /// It reads every page of the file.
        case pages
        /// It recomputes the leaf hashes of so many records.
        case records(Int64)
    }

    /// What is wrong, at most 100 findings of the file and 100 of the records; empty for a sound ledger.
    public internal(set) var findings: [Finding] = []
    /// Records whose leaf hashes were recomputed.
    public internal(set) var records = 0
    /// Items that are stored and not settled.
    public internal(set) var open: Int64 = 0

    /// Whether nothing is wrong.
    public var isSound: Bool { findings.isEmpty }
}

extension LedgerReader {
    /// Checks a whole ledger: its file, its records and its counters.
    ///
    /// Reads all of it; a gateway that runs beside it is not disturbed.
    ///
    /// - Parameter progress: is told what begins.
    /// - Returns: what was found.
    /// - Throws: ``LedgerError`` when the database is so damaged that it cannot be read on.
    public func inspect(_ progress: (LedgerInspection.Stage) -> Void = { _ in }) throws(LedgerError) -> LedgerInspection
    {
        var found = LedgerInspection()
        progress(.pages)
        found.findings = try integrityFindings().map { LedgerInspection.Finding(kind: .damaged, text: $0) }
        guard found.findings.isEmpty else { return found }
        progress(.records(try lastAuditRecord()?.sequence ?? 0))
        let leaves = try verifyLeaves(from: try firstKept())
        found.records = leaves.checked
        found.findings += leaves.faults.map { $0.finding }
        found.findings += try alteredFiles().map {
            LedgerInspection.Finding(kind: .altered, text: "\($0) of a stored generation is not what was committed")
        }
        let balance = try balance()
        found.open = balance.outbox.values.reduce(0, +)
        if !balance.balances {
            let ended = balance[.delivered] + balance[.failed] + balance[.expired]
            found.findings.append(
                LedgerInspection.Finding(
                    kind: .unbalanced,
                    text: "\(balance[.accepted]) items were accepted, \(ended) have ended and \(found.open) are open"
                )
            )
        }
        return found
    }
}

extension LedgerReader {
    /// The stored mapping files whose bytes are not those that they are named by; pages behind the first of a long value
    /// are checked by nothing else.
    private func alteredFiles() throws(LedgerError) -> [String] {
        try read { database throws(LedgerError) in
            let statement = try database.prepare(
                "SELECT min(path), mapping_files.digest, content FROM mapping_files "
                    + "JOIN generation_files USING(digest) GROUP BY mapping_files.digest"
            )
            var altered: [String] = []
            while try statement.step() {
                if SHA256.hash(statement.bytes(2)).bytes != statement.bytes(1) { altered.append(statement.text(0)) }
            }
            return altered
        }
    }

    /// The first record that the store must hold: those before it may have gone into the files of the log.
    private func firstKept() throws(LedgerError) -> Int64 {
        try read { database throws(LedgerError) in
            let first = try RecordTable(database).first() ?? 1
            let exported = try database.integer("SELECT exported FROM trail") ?? 0
            return first <= exported + 1 ? first : 1
        }
    }
}

extension LeafVerification.Fault {
    fileprivate var finding: LedgerInspection.Finding {
        switch kind {
        case .altered:
            LedgerInspection.Finding(kind: .altered, text: "record \(sequence) is not what was committed")
        case .misplaced:
            LedgerInspection.Finding(kind: .misplaced, text: "record \(sequence) names another sequence number")
        case .missing:
            LedgerInspection.Finding(kind: .missing, text: "records before \(sequence) are missing")
        }
    }
}
