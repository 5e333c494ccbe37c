import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Puts a copy in the place of a store.
struct LedgerRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the store, which is kept beside it.",
        discussion: """
            The gateway must not run. What it accepted after the backup was made is not in the backup; what was open then \
            is sent again and may arrive twice. That the store was replaced is the next record.

            Example: isthmus ledger restore /var/backups/isthmus.db --reason "disk replaced" --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("A file that isthmus ledger backup wrote.", valueName: "file"))
    var file: String

    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String

    func run() throws {
        let configuration = try Configured.configuration(options.config)
        do throws(LedgerError) {
            let directory = try StateDirectory(path: configuration.state)
            let acts = StoreChange.acts(configuration)
            let suffix = "replaced-" + Timestamp.text(milliseconds: acts.now)
            let restoration = try LedgerCopy.restore(
                file,
                into: directory,
                log: configuration.auditFolder,
                keepingPresentAs: suffix,
                LedgerMaintenance.quarters()
            )
            if restoration.kept != nil {
                let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
                defer { writer.close() }
                try writer.perform([.audit(acts.restored(records: restoration.inspection.records, reason: reason))])
            }
            report(restoration)
            guard restoration.inspection.isSound else {
                throw LedgerError(.corrupt, "the backup is not sound; nothing was changed")
            }
        } catch {
            throw error.code == .corrupt ? Stop.fault(error.description) : Stop(error)
        }
    }

    private func report(_ restoration: LedgerRestoration) {
        let (inspection, kept) = (restoration.inspection, restoration.kept)
        if output.json {
            return Output.json(
                LedgerMaintenance.View(inspection, file: file, kept: kept, adopted: restoration.adopted)
            )
        }
        LedgerMaintenance.show(inspection, of: file)
        guard let kept else { return }
        Output.line("the store is that of \(file): \(inspection.records) records, \(inspection.open) open items")
        if restoration.adopted > 0 {
            Output.line("\(restoration.adopted) later records were taken from the log; their items are not there")
        }
        Output.line("the one before is \(kept)")
    }
}
