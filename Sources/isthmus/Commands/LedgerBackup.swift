import ArgumentParser
import Ledger

/// Copies a store.
struct LedgerBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a copy of the store, of one moment, and check it.",
        discussion: """
            The gateway may run meanwhile and goes on storing. The copy is one file that only its owner can read; secrets \
            and keys, which lie beside the store, are not in it.

            Example: isthmus ledger backup /var/backups/isthmus.db --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The file to write; there must be none.", valueName: "file"))
    var file: String

    func run() throws {
        let store = try OpenStore(config: options.config)
        let inspection = try store.read { reader throws(LedgerError) in
            try LedgerCopy.backUp(reader, to: file, LedgerMaintenance.quarters())
        }
        if output.json {
            Output.json(LedgerMaintenance.View(inspection, file: file))
        } else {
            LedgerMaintenance.show(inspection, of: file)
            if inspection.isSound {
                Output.line("\(file) has \(inspection.records) records and \(inspection.open) open items")
                Output.line("the keys of texts are not in it: what it has of them can be read beside keys.db alone")
            }
        }
        guard inspection.isSound else {
            throw Stop.fault("the store is not sound, so there is no backup of it; see isthmus ledger check")
        }
    }
}
