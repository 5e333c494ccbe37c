import ArgumentParser
import Glibc
import MappingTables

/// The command line of the gateway.
@main
struct Isthmus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "isthmus",
        abstract: "A gateway between XMPP and the CPIM family (SIP MESSAGE with Message/CPIM).",
        discussion: """
            Start with `isthmus try`, which shows messages crossing without any configuration. \
            `isthmus describe config` prints a commented configuration, `isthmus check` looks for faults in one, \
            and `isthmus serve` runs it. Every command shows an example with --help.

            Example: isthmus try

            Exit codes: 0 done, 1 found a fault, 2 wrong usage, 3 could not reach or open something.
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Try.self, Check.self, Describe.self, Translate.self, Mappings.self, Address.self,
            Messages.self, Subscriptions.self, Link.self, Audit.self, LedgerMaintenance.self,
            Status.self,
        ]
    )

    static func main() async {
        Output.holdStandardFiles()
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
            Output.text(text + "\n")
            Glibc.exit(0)
        }
        let first = text.prefix { $0 != "\n" }
        let reason = unknownCommand(in: text) ?? String(first.trimmingPrefix("Error: "))
        Stop(code: 2, message: reason + text.dropFirst(first.count), hasLines: true).print()
        Glibc.exit(2)
    }

    /// The command that was meant, where a word is none: `srve` for `serve`; what stands behind it is not to blame.
    private static func unknownCommand(in text: String) -> String? {
        guard let usage = text.firstMatch(of: /Usage: isthmus([a-z ]*) <subcommand>/)?.1 else { return nil }
        let path = usage.split(separator: " ")
        var commands = configuration.subcommands
        for name in path {
            commands = commands.first { $0._commandName == name }?.configuration.subcommands ?? []
        }
        let names = commands.map { $0._commandName }
        let words = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("-") }.dropFirst(path.count)
        guard let word = words.first, !names.contains(word) else { return nil }
        let nearest = Spelling.nearest(to: word, among: names).map { "did you mean \"\($0)\"? " } ?? ""
        return "Unexpected argument '\(word)'; \(nearest)known: \(names.joined(separator: ", "))"
    }
}
