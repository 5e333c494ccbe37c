import ArgumentParser

/// Lists crossings.
struct MessagesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List messages with their states, the last ones at the end.",
        discussion: """
            A message is waiting, sent or held while it is open; then it is delivered, failed, failed-untold (failed, and \
            its sender could not be told), expired or refused. A running gateway is not disturbed.

            Example: isthmus messages list --state failed --since 2d --config gateway.yaml
            """
    )

    /// The states of crossings.
    enum State: String, ExpressibleByArgument, CaseIterable {
        case waiting, sent, held, delivered, failed
        case failedUntold = "failed-untold"
        case expired, refused
    }

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var period: PeriodOptions

    @Option(name: .long, help: "Only messages in this state; may be given several times.")
    var state: [State] = []

    @Flag(name: .long, help: "Only messages that are held, with the time at which each is given up.")
    var held = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only messages from or to this person, by the address of either shore, or this device.",
            valueName: "jid|uri"
        )
    )
    var address: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only messages with this text in an address or id.", valueName: "text")
    )
    var containing: String?

    @Option(name: .long, help: "The last so many; 0 lists all.")
    var limit = 100

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
        if held, !state.isEmpty { throw ValidationError("--held is a state of its own; leave out --state") }
    }

    func run() throws {
        var query = CrossingQuery()
        query.states = held ? [State.held.rawValue] : Set(state.map(\.rawValue))
        query.containing = containing
        query.since = period.since
        query.until = period.until
        query.limit = limit == 0 ? nil : limit
        let list = try CrossingList(OpenStore(config: options.config))
        query.addresses = try address.map(list.addresses) ?? []
        let crossings = try list.crossings(query)
        if output.json { return Output.json(crossings) }
        if held { return Self.showHeld(crossings) }
        Output.table(
            ["ID", "ACCEPTED", "STATE", "FROM", "TO", "WHY"],
            crossings.map { crossing in
                [
                    crossing.id ?? "-", crossing.accepted ?? crossing.ended ?? "", crossing.state,
                    crossing.sender?.before ?? "", crossing.recipient?.before ?? "",
                    [crossing.outcome["code"], crossing.reason].compactMap { $0 }.joined(separator: " "),
                ]
            }
        )
    }

    private static func showHeld(_ crossings: [CrossingView]) {
        guard !crossings.isEmpty else { return Output.line("no message is held") }
        Output.table(
            ["ID", "ACCEPTED", "UNTIL", "FROM", "TO", "WHY"],
            crossings.map { crossing in
                [
                    crossing.id ?? "-", crossing.accepted ?? "", crossing.deadline ?? "",
                    crossing.sender?.before ?? "", crossing.recipient?.before ?? "",
                    [crossing.outcome["code"], crossing.reason].compactMap { $0 }.joined(separator: ": "),
                ]
            }
        )
    }
}
