import ArgumentParser
import Ledger

/// The store as a file.
struct LedgerMaintenance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Check the store, back it up, and put a backup in its place.",
        discussion: "Example: isthmus ledger backup /var/backups/isthmus.db --config gateway.yaml",
        subcommands: [LedgerCheck.self, LedgerBackup.self, LedgerRestore.self]
    )

    /// What an inspection found, as an object of JSON output.
    struct View: Encodable {
        struct Finding: Encodable {
            let kind: String
            let text: String
        }

        let file: String
        let sound: Bool
        let records: Int
        let open: Int64
        let findings: [Finding]
        /// Where the store that was replaced is kept; only of a restoration.
        var kept: String?

        /// Records that were taken from the log; only of a restoration.
        var adopted: Int?

        init(_ inspection: LedgerInspection, file: String, kept: String? = nil, adopted: Int? = nil) {
            self.file = file
            self.adopted = adopted
            self.kept = kept
            sound = inspection.isSound
            records = inspection.records
            open = inspection.open
            findings = inspection.findings.map { Finding(kind: $0.kind.rawValue, text: $0.text) }
        }
    }

    /// Prints findings as lines.
    static func show(_ inspection: LedgerInspection, of file: String) {
        for finding in inspection.findings { Output.error("\(file): \(finding.kind.rawValue): \(finding.text)") }
    }

    /// Says how far a copy is, each quarter of it.
    static func quarters() -> (Int, Int) -> Void {
        var told = 0
        return { done, pages in
            let quarter = pages == 0 ? 4 : done * 4 / pages
            guard quarter > told else { return }
            told = quarter
            Output.error("note: \(done) of \(pages) pages are copied")
        }
    }
}
