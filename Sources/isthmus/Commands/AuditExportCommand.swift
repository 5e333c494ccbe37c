import ArgumentParser
import AuditTrail
import Digests
import FoundationEssentials
import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// Hands records of the log out.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write records of the log into a folder, with proofs and a signed manifest.",
        discussion: """
            The folder holds the records, a proof for each that it stands in the signed log (proofs.ndjson), the key \
            epochs (keys), and a manifest with the digest of each file, the filters, who exported and why \
            (manifest.json), whose own digest is signed (manifest.note). The filters are those of isthmus audit search but \
            --text; all files are read for them. Records of the last second may not be signed yet and are left out. The \
            export is itself recorded, with its reason.

            Example: isthmus audit export --format csv --person juliet@example.com --since 2d --reason "case 12" \
            --out case-12 --config gateway.yaml
            """
    )

    /// The forms of records.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case ndjson, csv, rfc822
    }

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var filters: RecordFilters

    @Option(name: .long, help: "The form of the records: \(Form.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: Form

    @Option(name: .long, help: ArgumentHelp("The folder to be made for the export.", valueName: "dir"))
    var out: String

    @Option(name: .long, help: ArgumentHelp("Why; it stands in the record and in the manifest.", valueName: "text"))
    var reason: String

    private struct View: Encodable {
        let folder: String
        let records: Int64
        let unsigned: Int64
        let manifest: String
    }

    func validate() throws {
        guard !reason.isEmpty else { throw ValidationError("--reason says why the records are handed out") }
    }

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let key: AuditKey?
        do throws(StartFault) { key = try AuditKey.load(configuration, makes: false) } catch {
            throw Stop.unreachable(error.description)
        }
        guard let signer = key?.signer else {
            throw Stop.unreachable(
                "\(configuration.auditKey): there is no key to sign the manifest with; start the gateway once with "
                    + "isthmus serve"
            )
        }
        // Before the act is recorded, so that one that cannot be carried out leaves no record. The path is read, and the
        // text copied, during the calls only.
        guard unsafe mkdir(out, 0o700) == 0 else {
            let text = unsafe String(cString: strerror(errno))
            throw Stop.unreachable("\(out) cannot be made: \(text); name a folder that does not exist")
        }
        do {
            try await export(configuration, signer)
        } catch {
            // What is not whole is not to pass for an export, nor to be in the way of the next try.
            try? FileManager.default.removeItem(atPath: out)
            throw error as? Stop ?? Stop.unreachable("\(error)")
        }
    }

    private func export(_ configuration: GatewayConfiguration, _ signer: NoteSigner) async throws {
        let what = (["format=\(format.rawValue)"] + filters.asked.map { "\($0.name)=\($0.value)" }).joined(
            separator: " "
        )
        _ = try await StoreChange.perform(
            configuration,
            request: ControlRequest(
                command: ControlRequest.exportAudit,
                arguments: ["what": what, "reason": reason]
            )
        ) { [.audit($0.exported(what, reason: reason))] }
        show(try write(configuration, signer))
    }

    private func write(_ configuration: GatewayConfiguration, _ signer: NoteSigner) throws -> View {
        let folder = configuration.auditFolder
        let files = TrailFiles(folder)
        let last = try files.notes().checkpoints.max { $0.0.size < $1.0.size }
        guard let (checkpoint, note) = last else { throw Stop.fault("\(folder) holds no checkpoint yet") }
        guard let leaves = try files.leaves(through: checkpoint.size) else {
            throw Stop.fault("\(folder) lacks hashes; isthmus audit verify tells which")
        }
        let tree = TreeLevels(leaves)
        guard tree.root == checkpoint.root else {
            throw Stop.fault("\(folder) is not what was signed; isthmus audit verify tells what is wrong")
        }
        var records = try ExportedRecords(form: format, folder: out, origin: checkpoint.origin)
        let proofs = try OutputFile(folder: out, name: "proofs.ndjson")
        let progress = ProgressLine(isQuiet: output.json)
        var unsigned: Int64 = 0
        let filter = try filters.filter(RecordReader(configuration, ledger: nil))
        // All files are read: what is handed out is not to lack what a search database lacks.
        try files.walk(matching: filter) { sequence, record in
            guard sequence <= checkpoint.size, let proof = tree.proof(of: Int(sequence - 1)) else {
                unsigned += 1
                return true
            }
            guard TreeEdge.leaf(record) == leaves[Int(sequence - 1)] else {
                throw Stop.fault("record \(sequence) is not what was signed; isthmus audit verify tells what is wrong")
            }
            try records.append(sequence, Array(record))
            var line = JSONWriter()
            line.beginObject()
            line.field("sequence", sequence)
            line.field("leaf", leaves[Int(sequence - 1)].hexadecimal)
            line.field("path", proof.path.map(\.hexadecimal))
            line.endObject()
            try proofs.append(line.finish() + [0x0A])
            progress.show("\(records.count) records, at \(sequence) of \(checkpoint.size)")
            return true
        }
        progress.end()
        let addresses =
            filter.person.isEmpty ? [] : [AuditField("person-addresses", filter.person.joined(separator: " "))]
        var manifest = ExportManifest(
            origin: checkpoint.origin,
            time: StoreChange.now,
            exporter: "uid \(getuid())",
            reason: reason,
            form: format.rawValue,
            filters: filters.asked + addresses,
            records: records.count,
            checkpoint: note.written
        )
        manifest.files = try records.finish() + [proofs.finish()]
        let keys = try OutputFile(folder: out, name: SegmentFile.keys)
        try keys.append(try InputFile.contents(folder + "/" + SegmentFile.keys))
        manifest.files.append(try keys.finish())
        _ = try OutputFile.write(manifest.json, folder: out, name: "manifest.json")
        let signed = Array(manifest.signed(by: signer).written.utf8)
        _ = try OutputFile.write(signed, folder: out, name: "manifest.note")
        return View(folder: out, records: records.count, unsigned: unsigned, manifest: out + "/manifest.json")
    }

    private func show(_ view: View) {
        if output.json { return Output.json(view) }
        Output.line("\(view.records) records are in \(view.folder); \(view.manifest) describes them")
        if view.unsigned > 0 { Output.error("note: \(view.unsigned) records are not signed yet and are left out") }
    }
}
