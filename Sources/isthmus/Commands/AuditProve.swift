import ArgumentParser
import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// Proves that a record stands in a signed log.
struct AuditProve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Print one record with the proof that a signed checkpoint covers it, as JSON.",
        discussion: """
            The proof can be verified without this program and without the rest of the log: the hash of the record leads \
            by the hashes of `path` to the root that the checkpoint signs. Only the last second's records may have no \
            checkpoint yet. With --config the read is a record of that gateway's log; a folder that is given by --dir is \
            read as it is, and nobody is told.

            Example: isthmus audit prove 42 --dir ./audit > proof.json
            """
    )

    @OptionGroup var place: LogOptions
    @Flag(name: .long, help: "Print the result as JSON, which it is always.")
    var json = false

    @Argument(help: ArgumentHelp("The sequence number of the record.", valueName: "seq"))
    var sequence: Int64

    func run() async throws {
        let configuration = try place.configuration()
        let document = try proof(in: place.folder(configuration))
        if let configuration {
            try await RecordedRead.note("audit prove", ["sequence": String(sequence)], records: 1, configuration)
        }
        Output.bytes(document.json + [0x0A])
    }

    private func proof(in folder: String) throws -> ProofDocument {
        do {
            return try ProofDocument(of: sequence, in: TrailFiles(folder))
        } catch let missing as ProofDocument.Missing {
            switch missing {
            case .record: throw Stop.fault("\(folder) holds no record \(sequence)")
            case .checkpoint:
                throw Stop.fault("no checkpoint covers record \(sequence) yet; try again in a second")
            case .hashes:
                throw Stop.fault("record \(sequence) is not what was signed; isthmus audit verify \(folder) tells why")
            }
        } catch {
            throw Stop.unreachable("\(error)")
        }
    }
}

/// Which log is meant: a folder, or the one of a gateway.
struct LogOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The folder of the log's files.", valueName: "dir"))
    var dir: String?

    @Option(name: .long, help: ArgumentHelp("The configuration whose log is meant, instead.", valueName: "file"))
    var config: String?

    func validate() throws {
        guard (dir == nil) != (config == nil) else { throw ValidationError("give either --dir or --config") }
    }

    /// The folder of the log's files.
    ///
    /// - Throws: the end of the command when there is none that can be read.
    func folder(_ configuration: GatewayConfiguration?) throws(Stop) -> String {
        let folder = configuration?.auditFolder ?? dir ?? ""
        // The path is read, and the text copied, during the calls only.
        if unsafe access(folder, R_OK | X_OK) == 0 { return folder }
        guard configuration != nil, errno == ENOENT else {
            throw .unreachable("\(folder) cannot be read: \(unsafe String(cString: strerror(errno)))")
        }
        throw .unreachable("\(folder): there is no log; start the gateway once with isthmus serve")
    }

    /// The gateway whose log is meant; nil for a folder alone.
    func configuration() throws(Stop) -> GatewayConfiguration? {
        guard let config else { return nil }
        return try Configured.configuration(config)
    }
}
