import ArgumentParser
import Ledger

/// Lists subscriptions.
struct SubscriptionsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List subscriptions in the order of watchers and presentities.",
        discussion: """
            DEVICES counts those of the presentity that the watcher was last shown as reachable. DIALOGS counts the SIP \
            dialogs that the subscription rests on, with the time when the last of them ends unless it is renewed. A \
            running gateway is not disturbed.

            Example: isthmus subscriptions list --direction to-cpim --state asked --config gateway.yaml
            """
    )

    /// The directions of subscriptions.
    enum Direction: String, ExpressibleByArgument, CaseIterable {
        case toXMPP = "to-xmpp"
        case toCPIM = "to-cpim"

        var target: OutboxTarget { self == .toXMPP ? .xmpp : .cpim }
    }

    /// The states of subscriptions.
    enum State: String, ExpressibleByArgument, CaseIterable {
        case asked, approved, leaving, refused
    }

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("Only subscriptions from or to this user.", valueName: "jid|uri"))
    var user: String?

    @Option(name: .long, help: "Only subscriptions of this direction.")
    var direction: Direction?

    @Option(name: .long, help: "Only subscriptions in this state.")
    var state: State?

    @Option(name: .long, help: "At most so many; 0 lists all.")
    var limit = 100

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: ArgumentHelp("Only what sorts behind this watcher and presentity.", valueName: "jid jid")
    )
    var after: [String] = []

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
        guard after.isEmpty || after.count == 2 else {
            throw ValidationError("--after takes a watcher and a presentity, as the list shows them")
        }
    }

    func run() throws {
        let list = SubscriptionList(try OpenStore(config: options.config))
        let filter = WatchFilter(user: try user.map { try list.user($0) }, target: direction?.target)
        let found = try list.subscriptions(
            filter,
            state: state?.rawValue,
            after: after.isEmpty ? nil : (after[0], after[1]),
            limit: limit == 0 ? .max : limit
        )
        let views = found.map { SubscriptionView($0) }
        if output.json {
            Output.json(views)
        } else {
            Output.table(
                ["WATCHER", "PRESENTITY", "DIRECTION", "STATE", "CHANGED", "DEVICES", "DIALOGS"],
                views.map { view in
                    [
                        view.watcher, view.presentity, view.direction, view.state, view.changed,
                        String(view.openDevices),
                        view.expires.map { "\(view.dialogs.count) until \($0)" } ?? String(view.dialogs.count),
                    ]
                }
            )
        }
        if limit > 0, found.count == limit, let last = views.last {
            Output.error("note: there may be more; go on with --after \(last.watcher) \(last.presentity)")
        }
    }
}
