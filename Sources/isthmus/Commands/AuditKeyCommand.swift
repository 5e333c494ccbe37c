import ArgumentParser
import AuditTrail
import GatewayDaemon
import Ledger
import OperatorFiles

/// Prints the public key of a gateway's log, or replaces the key.
struct AuditKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Print the public key of a gateway's log; with --renew put another key in its place.",
        discussion: """
            The key is what `audit verify --key` takes; it is made when the gateway is first started. With --renew the \
            key at hand stays beside the new one, under the same name with .previous behind, and vouches for it at the \
            next start; what it signed before stays valid. The gateway must not run.

            Example: isthmus audit key --config gateway.yaml > audit.pub
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Put another key in the place of the one at hand.")
    var renew = false

    @Option(name: .long, help: ArgumentHelp("Why; it stands in the record of a renewal.", valueName: "text"))
    var reason: String?

    private struct View: Encodable {
        let key: String
        let origin: String
        let file: String
        let renewed: Bool
    }

    func validate() throws {
        if renew, reason?.isEmpty != false { throw ValidationError("--renew needs --reason") }
    }

    func run() throws {
        let configuration = try Configured.configuration(options.config)
        let key: AuditKey?
        do {
            key = renew ? try renewed(configuration) : try AuditKey.load(configuration, makes: false)
        } catch {
            throw Stop.unreachable("\(error)")
        }
        guard let key else {
            throw Stop.unreachable(
                "\(configuration.auditKey): there is no key; start the gateway once with isthmus serve"
            )
        }
        if output.json {
            Output.json(
                View(
                    key: key.signer.publicKey.description,
                    origin: AuditKey.origin(configuration),
                    file: configuration.auditKey,
                    renewed: renew
                )
            )
        } else {
            Output.line(key.signer.publicKey.description)
        }
    }

    /// Replaces the key while nobody else owns the store, and records who did.
    private func renewed(_ configuration: GatewayConfiguration) throws -> AuditKey {
        let directory = try StateDirectory(path: configuration.state)
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        let key = try AuditKey.renew(configuration)
        let acts = StoreChange.acts(configuration)
        try writer.perform([.audit(acts.keyRenewed(key.signer.publicKey, reason: reason ?? ""))])
        return key
    }
}
