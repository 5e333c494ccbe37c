import ArgumentParser
import Glibc

/// The command line of the gateway.
@main
struct Isthmus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "isthmus",
        abstract: "A gateway between XMPP and the CPIM family (SIP MESSAGE with Message/CPIM).",
        discussion: """
            Start with `isthmus try`, which shows messages crossing without any configuration. \
            `isthmus describe config` prints a commented configuration, `isthmus check` looks for faults in one, \
            and `isthmus serve` runs it.

            Exit codes: 0 done, 1 found a fault, 2 wrong usage, 3 could not reach or open something.
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Try.self, Check.self, Describe.self, Translate.self, Mappings.self, Address.self,
            Messages.self, Audit.self, Status.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let stop as Stop {
            stop.print()
            Glibc.exit(stop.code)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            leave(with: error)
        }
    }

    /// Help goes to standard output, wrong usage to standard error with the exit code 2.
    private static func leave(with error: any Error) -> Never {
        let text = fullMessage(for: error)
        if exitCode(for: error) == .success {
            Output.line(text)
            Glibc.exit(0)
        }
        Output.error(text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text)
        Glibc.exit(2)
    }
}
