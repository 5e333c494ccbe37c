import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Puts the mapping files in force.
struct MappingsApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Check and test the mapping files, and put them in force without dropping anything.",
        discussion: """
            The files are read once, and what was checked is what is put in force. A fault, a failing test or a full \
            disk leaves the tables in force as they are. Messages on their way keep the tables under which they were \
            accepted. With --shadow the last recorded crossings are replayed first, and what would change is shown; \
            isthmus mappings shadow shows it without putting anything in force. --expect refuses tables other than \
            those that were reviewed. Without a running gateway the next start takes the tables.

            Example: isthmus mappings apply --reason "ticket 4711: 403 is gone" --shadow 1000 --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var why: ReasonOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The identifier that was reviewed, or its first digits.", valueName: "generation")
    )
    var expect: String?

    func validate() throws {
        guard let expect else { return }
        guard expect.utf8.count >= NamedTables.leastDigits, expect.allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
            throw ValidationError("--expect is at least \(NamedTables.leastDigits) digits of an identifier")
        }
    }

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let report = try await ActivationChange.perform(
            configuration,
            .apply,
            reason: why.reason,
            expected: expect?.lowercased(),
            shadow: why.shadow
        )
        try ActivationView(report: report, directory: configuration.mappings).show(output)
    }
}

/// Why tables are put in force, and what is looked at before.
struct ReasonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String

    @Option(name: .long, help: ArgumentHelp("Replay so many recorded crossings before.", valueName: "number"))
    var shadow = 0

    func validate() throws {
        guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason is empty") }
        guard reason.utf8.count <= Self.longestReason else {
            throw ValidationError("--reason has at most \(Self.longestReason) bytes")
        }
        guard (0...Self.mostCrossings).contains(shadow) else {
            throw ValidationError("--shadow is 0 to \(Self.mostCrossings)")
        }
    }

    /// The longest reason, in bytes.
    static let longestReason = 4_096
    /// The most crossings that are replayed.
    static let mostCrossings = 100_000
}
