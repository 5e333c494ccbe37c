import ArgumentParser
import AuditTrail
import Digests
import Ledger

/// Verifies the files of a log.
struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify the files of a log with its public key; no server, store or network is needed.",
        discussion: """
            Every record is compared with its hash, the hashes with the signed checkpoints, and the log with the \
            checkpoints given by --seen. The first bad record is named with file and line. A proof that `audit prove` \
            printed may be given as --seen too: that of record 1 tells a fork from a history that was signed again.

            Exit codes: 0 intact; 10 whole, but the tail was not compared for want of --seen; 11 altered; 12 removed \
            at the head, 13 in the middle, 14 at the tail; 15 swapped; 16 replayed; 17 foreign; 18 wrong key; 19 key \
            used outside its epoch; 20 an older copy; 21 a fork; 22 a history signed again; 23 a torn tail that was \
            never signed; 24 a checkpoint or key altered; 25 hashes altered, records intact; 26 an unsigned tail; 2 \
            wrong usage; 3 a file that cannot be read.

            Example: isthmus audit verify ./audit --key audit.pub --seen checkpoints
            """
    )

    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The folder of the log's files.", valueName: "dir"))
    var folder: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A public key, or a file of keys, a line each; may be given several times.",
            valueName: "key|file"
        )
    )
    var key: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file of checkpoints or proofs seen before; may be given several times.",
            valueName: "file"
        )
    )
    var seen: [String] = []

    private struct View: Encodable {
        struct Finding: Encodable {
            let verdict: String
            let sequence: Int64?
            let through: Int64?
            let file: String
            let line: Int?
        }

        let verdict: String
        let code: Int32
        let records: Int64
        let signed: Int64
        let checkpoints: Int
        let seen: Int
        let agreeing: Int
        let root: String?
        let findings: [Finding]
    }

    func run() throws {
        let keys = try key.flatMap { try AuditKeys.read($0) }
        let memory = try seen.map { try SeenFile($0) }
        let (notes, proofs) = (memory.flatMap(\.notes), memory.flatMap(\.proofs))
        let count = notes.count + proofs.count
        let report: TrailReport
        do {
            let progress = ProgressLine(isQuiet: output.json)
            report = try TrailFiles(folder).verify(keys: keys, seen: notes, proofs: proofs) {
                progress.show("\($0 >> 20) MiB read")
            }
            progress.end()
        } catch {
            throw Stop.unreachable("\(error)")
        }
        let view = View(
            verdict: report.verdict.rawValue,
            code: report.verdict.exitCode,
            records: report.records,
            signed: report.signed,
            checkpoints: report.checkpoints,
            seen: count,
            agreeing: report.agreeing,
            root: report.root?.hexadecimal,
            findings: report.findings.map { finding in
                View.Finding(
                    verdict: finding.verdict.rawValue,
                    sequence: finding.sequence,
                    through: finding.through,
                    file: finding.file,
                    line: finding.line
                )
            }
        )
        if output.json { Output.json(view) } else { show(report, seen: count) }
        guard report.verdict == .intact else { throw Stop(code: report.verdict.exitCode, message: "") }
    }

    private func show(_ report: TrailReport, seen: Int) {
        for finding in report.findings { Output.line(text(finding)) }
        Output.line(
            "\(report.records) records, \(report.signed) of them signed by \(report.checkpoints) checkpoints; "
                + "\(report.agreeing) of \(seen) seen before agree"
        )
        Output.line("\(report.verdict.rawValue): \(report.verdict.sentence)")
    }

    private func text(_ finding: TrailFinding) -> String {
        let path = finding.file == TrailVerifier.seenFile ? finding.file : folder + "/" + finding.file
        let place = path + (finding.line.map { ":\($0):1" } ?? "")
        var records = ""
        if let sequence = finding.sequence {
            records = finding.through.map { "records \(sequence) to \($0): " } ?? "record \(sequence): "
        }
        return "\(place): error: \(records)\(finding.verdict.sentence) [\(finding.verdict.rawValue)]"
    }
}
