import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Ends a subscription.
struct SubscriptionsDrop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "End a subscription on both shores.",
        discussion: """
            The running gateway tells both sides: to the CPIM shore it unsubscribes, and its watchers get a NOTIFY that \
            the subscription is terminated;reason=rejected; users of the XMPP shore get unsubscribed or unsubscribe. \
            Without a gateway the rows are deleted and nobody is told. Who did it stands in the records.

            Example: isthmus subscriptions drop juliet@example.com romeo@example.net --reason "user left" --config \
            gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var pair: PairArguments

    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String?

    func run() async throws {
        let store = try OpenStore(config: options.config)
        let found = try SubscriptionList(store).subscription(pair.watcher, pair.presentity)
        var request = ControlRequest(command: ControlRequest.dropSubscription, arguments: found.key.arguments)
        request.arguments["reason"] = reason
        let isTold = StateDirectory.owner(of: store.configuration.state) != nil
        _ = try await StoreChange.perform(store.configuration, request: request) { acts in
            [.forgetWatch(watcher: found.row.watcher, presentity: found.row.presentity, target: found.row.target)]
                + found.usages.map { .forgetUsage(id: $0.id) } + [.audit(acts.dropped(found.key, reason: reason))]
        }
        if output.json { return Output.json(SubscriptionChange(dropped: 1)) }
        let note = isTold ? "" : "; no gateway runs, so nobody is told"
        Output.line("\(found.row.watcher) does not watch \(found.row.presentity) any more\(note)")
    }
}
