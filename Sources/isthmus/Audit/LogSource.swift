import ArgumentParser
import FoundationEssentials
import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// Which log is read, and by which search database.
struct LogSourceOptions: ParsableArguments {
    @OptionGroup var place: LogOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The search database of --dir, where it does not lie in or beside it.", valueName: "file")
    )
    var index: String?

    func validate() throws {
        guard index == nil || place.dir != nil else {
            throw ValidationError("--index goes with --dir; a gateway's own search database is known")
        }
    }

    /// Opens the log.
    func open(_ output: OutputOptions) throws(Stop) -> LogSource {
        if let dir = place.dir { return try LogSource.files(dir, index: index, output) }
        let store = try OpenStore(config: place.config ?? "")
        return LogSource(records: store.records())
    }

    /// Records that the log of a gateway is read, before anything is shown; who reads a folder of files has nobody to
    /// tell.
    func note(_ command: String, _ question: [String: String], records: Int) async throws {
        guard let configuration = try place.configuration() else { return }
        try await RecordedRead.note(command, question, records: records, configuration)
    }
}

/// A log that is open for reading.
struct LogSource {
    let records: RecordReader

    /// Opens the files of a log alone; without a search database that is theirs, one is made for the time being.
    static func files(_ folder: String, index: String?, _ output: OutputOptions) throws(Stop) -> LogSource {
        // The path is read during the call only.
        guard unsafe access(folder, R_OK | X_OK) == 0 else {
            throw .unreachable("\(folder): there is no such folder that can be read; name the folder of a log's files")
        }
        let candidates = index.map { [$0] } ?? [SearchIndex.path(in: folder), SearchIndex.path(in: folder + "/..")]
        for path in candidates {
            let records = RecordReader(ledger: nil, folder: folder, search: path)
            guard let fault = records.searchFault else { return LogSource(records: records) }
            if index != nil { throw .unreachable("\(path): \(fault); isthmus audit reindex --index makes one") }
        }
        let scratch = try makeScratch()
        let path = SearchIndex.path(in: scratch)
        Output.error(
            "note: \(folder) has no search database, and one is made in \(scratch) for this search; "
                + "isthmus audit reindex --dir \(folder) makes one that stays"
        )
        // It tells who wrote to whom, and is open when this returns: it needs no name any more, however the search ends.
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let progress = ProgressLine(isQuiet: output.json)
        defer { progress.end() }
        let interruption = Interruption()
        do throws(LedgerError) {
            _ = try SearchIndex.rebuild(path, from: folder) { records in
                progress.show("\(records) records read")
                guard let signal = interruption.signal else { return }
                progress.end()
                try? FileManager.default.removeItem(atPath: scratch)
                Glibc.exit(128 + signal)
            }
        } catch {
            throw Stop(error)
        }
        return LogSource(records: RecordReader(ledger: nil, folder: folder, search: path))
    }

    private static func makeScratch() throws(Stop) -> String {
        let path = FileManager.default.temporaryDirectory.path + "/isthmus-search-\(getpid())"
        // The path is read during the call only.
        guard unsafe mkdir(path, 0o700) == 0 else {
            throw .unreachable("\(path) cannot be made; set TMPDIR to a directory that can be written")
        }
        return path
    }
}

extension RecordReader {
    /// Says on standard error why a search had to read all files.
    func noteFault() {
        guard let searchFault else { return }
        Output.error(
            "note: \(searchFault); the files were read through, which takes long in a large log; "
                + "a running gateway makes a search database, or isthmus audit reindex does"
        )
    }
}
