import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Asks the other side of subscriptions again.
struct SubscriptionsRepair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Ask the presentity's side of a subscription, or of all, for its state again.",
        discussion: """
            To the CPIM shore the subscription is renewed at once, and made anew when the other side has lost it; a user \
            of the XMPP shore is asked for its state, or once more for its decision. Watchers see what comes of it. The \
            running gateway does it, a few at a time, and records who asked. A subscription that rests because nobody \
            looks is left alone.

            Example: isthmus subscriptions repair juliet@example.com romeo@example.net --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("Who sees: a bare JID or a URI.", valueName: "watcher"))
    var watcher: String?

    @Argument(help: ArgumentHelp("Who is seen: a bare JID or a URI.", valueName: "presentity"))
    var presentity: String?

    @Flag(name: .long, help: "Repair every subscription.")
    var all = false

    func validate() throws {
        switch (watcher, presentity, all) {
        case (nil, nil, true), (.some, .some, false): return
        default: throw ValidationError("name a watcher and a presentity, or all subscriptions with --all")
        }
    }

    func run() async throws {
        let store = try OpenStore(config: options.config)
        var request = ControlRequest(command: ControlRequest.repairSubscriptions)
        if let watcher, let presentity {
            request.arguments = try SubscriptionList(store).subscription(watcher, presentity).key.arguments
        }
        guard StateDirectory.owner(of: store.configuration.state) != nil else {
            throw Stop.unreachable("no gateway runs over \(store.configuration.state); start it with isthmus serve")
        }
        let reply = try await StoreChange.perform(store.configuration, request: request) { _ in [] }
        let count = reply.rows.first?["repaired"].flatMap { Int($0) } ?? 0
        if output.json { return Output.json(SubscriptionChange(repaired: count)) }
        Output.line(count == 1 ? "1 subscription is repaired" : "\(count) subscriptions are repaired")
    }
}

/// What a change did, as an object of JSON output.
struct SubscriptionChange: Encodable {
    var repaired: Int?
    var dropped: Int?
}
