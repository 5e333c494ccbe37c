import ArgumentParser
import GatewayDaemon

/// Shows messages and presence crossing a whole gateway on loopback.
struct Try: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show messages and presence crossing a whole gateway on loopback, without any configuration.",
        discussion: """
            A gateway with a store of its own and two small neighbors is started on loopback; a message, a reply, an \
            error, subscriptions and changes of presence cross it, each shown as it came, in the middle, and as it \
            arrived, with the rules that fired.

            Example: isthmus try
            """
    )

    @OptionGroup var tables: MappingsOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = try tables.directory()
        _ = try Configured.tables(directory)
        var steps: [DemonstrationStep] = []
        let isJSON = output.json
        if !isJSON { Output.text(Self.introduction + "\n") }
        do {
            try await Demonstration.run(mappings: directory) { step in
                if isJSON { steps.append(step) } else { Output.text(step.text + "\n") }
            }
        } catch let fault as StartFault {
            throw Stop(code: fault.kind == .files ? 1 : 3, message: fault.description, hasLines: true)
        }
        if isJSON { Output.json(steps) } else { Output.text(Self.end + "\n") }
    }

    private static let introduction = """
        A gateway runs on loopback between two small neighbors: an XMPP server for example.com, to which it is a
        component for example.net, and a SIP server for example.net. Each crossing is shown three times: as its sender
        wrote it, in the middle as Message/CPIM, as a presence document or as an operation of CPP, and as its recipient
        got it. Headers under "x." in the middle are notes for what CPIM has no word for; they are never sent. At the
        end stand the rows that fired, as TABLE.ROW; they can be read and changed in the folder Mappings.
        """

    private static let end = """

        ── all of it crossed as it should

           isthmus translate --help         translate a message of your own, offline
           isthmus mappings explain --help  see each row that a message meets, and why
           isthmus describe config          the configuration of a gateway of your own
        """
}
