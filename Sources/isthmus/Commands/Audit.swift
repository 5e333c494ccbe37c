import ArgumentParser
import Ledger

/// The records.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search, verify and prove the records of crossings and of operators' acts.",
        discussion: "Example: isthmus audit search --person juliet@example.com --since 2d --config gateway.yaml",
        subcommands: [
            AuditSearch.self, AuditShow.self, AuditVerify.self, AuditProve.self, AuditExportCommand.self,
            AuditReindex.self, AuditKeyCommand.self, AuditErase.self, AuditHold.self,
        ]
    )

    /// Records as they were committed, byte by byte, in a JSON array.
    static func json(_ rows: [AuditRow]) {
        var bytes = Array("[".utf8)
        for (index, row) in rows.enumerated() {
            bytes += index == 0 ? [0x0A] : [0x2C, 0x0A]
            bytes += row.record
        }
        Output.bytes(bytes + (rows.isEmpty ? Array("]\n".utf8) : Array("\n]\n".utf8)))
    }
}
