import ArgumentParser
import GatewayDaemon

/// Gives held messages up.
struct MessagesDrop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Give held messages up; their senders are told.",
        discussion: """
            The message fails as it would at its deadline: a user of the XMPP shore gets the stanza error of the reason \
            for which it was held, one of the CPIM shore a text message where the loss row message.undelivered says tell. \
            Without a running gateway that is sent after the next start. Who did it stands in the records.

            Example: isthmus messages drop 17 --reason "sent by mail" --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The numbers of messages, as `messages list --held` shows them.", valueName: "id"))
    var ids: [String]

    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String

    private struct View: Encodable {
        let messages: [HeldMessageView]
    }

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says why, and is not empty") }
    }

    func run() async throws {
        let store = try OpenStore(config: options.config)
        let named = try HeldMessages.named(ids, store)
        let requests = HeldMessages.requests(ControlRequest.dropMessages, named, ["reason": reason])
        let messages = try await StoreChange.perform(store.configuration, requests: requests).map(HeldMessageView.init)
        if output.json {
            Output.json(View(messages: messages))
        } else {
            for message in messages where message.result == "dropped" {
                Output.line("message \(message.id) is given up; it was held for \(message.why)")
            }
        }
        let gone = messages.filter { $0.result != "dropped" }.map(\.id)
        guard gone.isEmpty else { throw Stop.fault("not held any more: " + gone.joined(separator: ", ")) }
    }
}
