import ArgumentParser
import GatewayDaemon
import OperatorFiles
import XMPPLegs

/// Finds out why a link does not come up.
struct LinkDiagnose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Connect to the server of a domain as the gateway would, and say at each step what is found.",
        discussion: """
            DNS, TCP, TLS, chain, names and expiry of the certificate, features, SASL, dialback: a line each, with what \
            to do where something is wrong. No stanza is sent, and the gateway may run or not; only where the peer takes \
            dialback keys it asks the running gateway for them. Each server of the domain is tried until one takes the \
            stream.

            Example: isthmus link diagnose example.com --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The domain of the other server.", valueName: "domain"))
    var domain: String

    @Option(name: .long, help: ArgumentHelp("The gateway's domain; the first without it.", valueName: "domain"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("How long everything may take: 90s, 500ms, 2min.", valueName: "time"))
    var timeout = PatienceArgument(milliseconds: 60_000)

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let question: LinkQuestion
        do throws(LinkQuestionFault) {
            question = try LinkQuestion(configuration, domain: domain, from: from)
        } catch {
            switch error.kind {
            case .usage: throw Stop.usage(error.description)
            case .notConfigured: throw Stop.fault(error.description)
            case .files: throw Configured.stop(DiagnosticReport(error.diagnostics, sources: [:]))
            case .unreachable: throw Stop.unreachable(error.description)
            }
        }
        var views: [LinkFindingView] = []
        for await finding in question.findings(within: timeout.milliseconds) {
            let view = LinkFindingView(finding)
            views.append(view)
            if !output.json { view.lines.forEach(Output.line) }
        }
        if output.json {
            Output.json(LinkDiagnosisView(from: question.local, to: question.remote, findings: views))
        }
        if views.contains(where: { $0.outcome == LinkFinding.Outcome.failure.rawValue }) { throw Stop.fault() }
    }
}

/// A time that something may take.
struct PatienceArgument: ExpressibleByArgument {
    /// The longest, in milliseconds: an hour.
    static let longest: Int64 = 3_600_000

    let milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads `90s`, `500ms` or `2min`, up to an hour.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units: [Substring: Int64] = ["ms": 1, "s": 1_000, "min": 60_000]
        guard let count = Int64(digits), let unit = units[argument.dropFirst(digits.count)], count > 0,
            count <= Self.longest / unit
        else { return nil }
        milliseconds = count * unit
    }

    var defaultValueDescription: String { "\(milliseconds / 1_000)s" }
}
