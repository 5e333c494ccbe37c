import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Makes the search database anew.
struct AuditReindex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Make the search database anew from the files of the log.",
        discussion: """
            Nothing but the files is read, so that an auditor who trusts no search database makes one. A gateway may run: \
            it goes on with the one that is made. With --dir it lies in the folder itself, or where --index says.

            Example: isthmus audit reindex --dir ./audit
            """
    )

    @OptionGroup var place: LogOptions
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("The file to be made, in place of the usual one.", valueName: "file"))
    var index: String?

    private struct View: Encodable {
        let file: String
        let records: Int64
        let bytes: Int64
        let seconds: Double
    }

    func run() throws {
        let configuration = try place.configuration()
        let folder = try place.folder(configuration)
        let file = index ?? SearchIndex.path(in: configuration?.state ?? folder)
        let progress = ProgressLine(isQuiet: output.json)
        let start = ContinuousClock.now
        do throws(LedgerError) {
            let made = try SearchIndex.rebuild(file, from: folder) { progress.show("\($0) records read") }
            progress.end()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            if output.json {
                return Output.json(View(file: file, records: made.records, bytes: made.bytes, seconds: seconds))
            }
            Output.line("\(made.records) records can be searched by \(file), which has \(made.bytes) bytes")
        } catch {
            progress.end()
            throw Stop(error)
        }
    }
}
