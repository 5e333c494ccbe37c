import ArgumentParser
import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// Stores the pairs of a file.
struct AddressImportFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store all pairs of a CSV file, or none.",
        discussion: """
            The first line names the columns: jid and uri, and if wanted kind, rule, first-seen and last-used. Every line \
            that is wrong or contradicts a stored pair is shown, and then nothing is stored.

            Example: isthmus address import addresses.csv --dry-run --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The CSV file; - reads standard input.", valueName: "file"))
    var file: String

    @Flag(name: .long, help: "Check everything and store nothing.")
    var dryRun = false

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let bytes = file == "-" ? try InputFile.standardInput() : try InputFile.contents(file)
        let (pairs, found) = try examine(bytes, configuration)
        guard found.problems.isEmpty else { throw report(found) }
        if !dryRun, !pairs.isEmpty { try await store(pairs, configuration) }
        if output.json {
            Output.json(ChangeView(added: found.added, known: found.known, problems: []))
        } else {
            Output.line("\(found.added) pairs \(dryRun ? "would be added" : "added"), \(found.known) stored before")
        }
    }

    private func examine(
        _ bytes: [UInt8],
        _ configuration: GatewayConfiguration
    ) throws(Stop) -> (pairs: [AddressPair], result: AddressImport) {
        let path = StateDirectory.databasePath(in: configuration.state)
        do throws(LedgerError) {
            // The path is read during the call only.
            if unsafe access(path, F_OK) != 0 {
                // A store that is not there yet is made like any other, and holds nothing.
                let directory = try StateDirectory(path: configuration.state)
                try LedgerWriter(path: directory.databasePath) { $0.run() }.close()
            }
            let reader = try LedgerReader(path: path)
            let examined = try AddressBook.examine(
                bytes,
                now: StoreChange.now,
                reader: reader,
                normalize: StoredAddress.normalization
            )
            return (examined.pairs.map(\.pair), examined.result)
        } catch {
            throw Stop(error)
        }
    }

    private func store(_ pairs: [AddressPair], _ configuration: GatewayConfiguration) async throws {
        var csv = AddressFile.heading()
        for pair in pairs { AddressFile.append(pair, to: &csv) }
        let request = ControlRequest(
            command: ControlRequest.importAddresses,
            arguments: ["csv": String(decoding: csv, as: UTF8.self)]
        )
        _ = try await StoreChange.perform(configuration, request: request) { acts in
            pairs.map { LedgerOperation.addAddress($0) } + [.audit(acts.imported(pairs))]
        }
    }

    /// Shows every wrong line like a fault of an operator's file.
    private func report(_ found: AddressImport) -> Stop {
        let problems = found.problems.map { ChangeView.Problem(line: $0.line, reason: $0.reason) }
        if output.json {
            Output.json(ChangeView(added: 0, known: found.known, problems: problems))
        } else {
            let name = file == "-" ? "standard input" : file
            for problem in problems { Output.error("\(name):\(problem.line):1: error: \(problem.reason)") }
        }
        return .fault("nothing was stored; correct these lines")
    }
}
