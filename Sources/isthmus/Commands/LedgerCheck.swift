import ArgumentParser
import Ledger
import OperatorFiles

/// Looks for damage in a store.
struct LedgerCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for damage in the store: its file, its records and its counters.",
        discussion: """
            Reads all of it; a gateway that runs is not disturbed. Findings are damaged (the file), unbalanced (the \
            counters), altered, misplaced and missing (the records).

            Example: isthmus ledger check --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let path = try OpenStore.path(Configured.configuration(options.config))
        let inspection: LedgerInspection
        do throws(LedgerError) {
            inspection = try LedgerReader(path: path).inspect { stage in
                switch stage {
                case .pages: Output.error("note: checking the file")
                case .records(let count): Output.error("note: checking \(count) records")
                }
            }
        } catch {
            throw error.code == .corrupt ? Stop.fault("\(path): \(error)") : Stop(error)
        }
        if output.json {
            Output.json(LedgerMaintenance.View(inspection, file: path))
        } else {
            LedgerMaintenance.show(inspection, of: path)
            if inspection.isSound {
                Output.line("\(path) is sound: \(inspection.records) records, \(inspection.open) open items")
            }
        }
        guard inspection.isSound else {
            throw Stop.fault(
                "\(path) is not sound; keep the state directory as it is, and put a backup in place with "
                    + "isthmus ledger restore"
            )
        }
    }
}
