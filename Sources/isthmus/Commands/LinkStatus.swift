import Addressing
import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Shows what each link of a running gateway does.
struct LinkStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show each link of a running gateway: state, proof, TLS, numbers, and why it is down.",
        discussion: """
            A link is named xmpp:DOMAIN for a component and s2s:LOCAL/REMOTE for streams between servers. QUEUED counts \
            stanzas that wait to be sent, UNCONFIRMED those that the peer has not acknowledged. Under the table stand \
            the reasons of links that are down, what to do, and what the configuration weakens.

            Example: isthmus link status --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("Only links to this domain.", valueName: "domain"))
    var peer: String?

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let domain = try peer.map { text in
            do { return try DomainName.normalized(text) } catch { throw Stop.usage("\"\(text)\" is no domain") }
        }
        guard let owner = StateDirectory.owner(of: configuration.state) else {
            throw Stop.unreachable("this gateway does not run; isthmus link diagnose DOMAIN works without it")
        }
        let request = ControlRequest(command: ControlRequest.links, arguments: domain.map { ["peer": $0] } ?? [:])
        let reply = try await RunningGateway.ask(request, configuration, owner: owner)
        guard reply.code == 0 else { throw Stop.fault(reply.message ?? "the gateway refuses") }
        if let domain, reply.rows.isEmpty {
            throw Stop.fault("there is no link to \(domain); isthmus link diagnose \(domain) tries one")
        }
        let list = LinkList(reply.rows)
        output.json ? Output.json(list.views) : list.print()
    }
}
