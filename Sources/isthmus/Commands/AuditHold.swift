import ArgumentParser
import GatewayDaemon
import Ledger

/// Legal holds.
struct AuditHold: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep texts from being erased, by hand or by retention.",
        discussion:
            "Example: isthmus audit hold add --person juliet@example.com --reason \"case 12\" --config gateway.yaml",
        subcommands: [AuditHoldAdd.self, AuditHoldList.self, AuditHoldLift.self]
    )
}

/// Places a hold.
struct AuditHoldAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Place a hold on the texts of a person, a conversation or a domain.",
        discussion: """
            It covers what was accepted on the UTC days that the period touches, all without one, also those to come.

            Example: isthmus audit hold add --domain example.com --since 2026-01-01 --reason "case 12" --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var who: BodyScopeOptions

    @Option(name: .long, help: ArgumentHelp("Everything of this domain's users.", valueName: "domain"))
    var domain: String?

    @OptionGroup var period: PeriodOptions

    @Option(name: .long, help: ArgumentHelp("Why, for the record and for whoever is refused.", valueName: "text"))
    var reason: String

    private var scope: HoldScope? {
        guard let domain else { return who.scope }
        return who.person == nil && who.conversation.isEmpty ? .domain(domain) : nil
    }

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says why, and is not empty") }
        if scope == nil { throw ValidationError("name one of --person, the two of a --conversation, and --domain") }
        if let first = period.firstDay, let last = period.lastDay, first > last {
            throw ValidationError("--since is not before --until")
        }
    }

    func run() async throws {
        guard let scope else { throw Stop.usage("name whose texts are held") }
        let store = try OpenStore(config: options.config)
        let act = BodyAct(.hold(scope, first: period.firstDay, last: period.lastDay), reason: reason)
        let result = try await HoldResult(of: act, store)
        if output.json { Output.json(result) } else { Output.line("hold \(result.id) is placed") }
    }
}

/// Lists the holds.
struct AuditHoldList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the holds in force.",
        discussion: "Example: isthmus audit hold list --config gateway.yaml"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Those that were lifted, too.")
    var all = false

    private struct View: Encodable {
        let id: Int64
        let scope: String
        let of: String
        let first: String?
        let last: String?
        let reason: String
        let placed: String
        let placedBy: String
        let liftAskedBy: String?
        let lifted: String?
        let liftedBy: String?

        init(_ hold: Hold) {
            id = hold.id
            scope = hold.scope.kind
            of = hold.scope.text
            first = hold.firstDay.map { Timestamp.day($0) }
            last = hold.lastDay.map { Timestamp.day($0) }
            reason = hold.reason
            placed = Timestamp.text(milliseconds: hold.placed.time)
            placedBy = hold.placed.actor
            liftAskedBy = hold.asked?.actor
            lifted = hold.lifted.map { Timestamp.text(milliseconds: $0.time) }
            liftedBy = hold.lifted?.actor
        }

        var state: String {
            if let liftedBy { return "lifted by \(liftAskedBy ?? "") and \(liftedBy)" }
            return liftAskedBy.map { "in force; \($0) asks that it be lifted" } ?? "in force"
        }
    }

    func run() throws {
        let store = try OpenStore(config: options.config)
        let holds = try store.read { reader throws(LedgerError) in try reader.holds(inForce: !all) }.map { View($0) }
        if output.json { return Output.json(holds) }
        Output.table(
            ["ID", "WHAT", "OF", "DAYS", "BY", "STATE", "REASON"],
            holds.map { hold in
                let days = hold.first == nil && hold.last == nil ? "all" : "\(hold.first ?? "") – \(hold.last ?? "")"
                return [String(hold.id), hold.scope, hold.of, days, hold.placedBy, hold.state, hold.reason]
            }
        )
    }
}

/// Lifts a hold.
struct AuditHoldLift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "Ask that a hold be lifted, or lift it where another operator has asked.",
        discussion: """
            Two operators lift a hold, each under a user id of their own; the same one twice is refused. The state \
            directory lets in nobody but its owner, so that in practice the two are root and the gateway's user.

            Example: isthmus audit hold lift 1 --reason "case closed" --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The number of the hold, as `audit hold list` shows it.", valueName: "id"))
    var id: Int64

    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says why, and is not empty") }
    }

    func run() async throws {
        let store = try OpenStore(config: options.config)
        let result = try await HoldResult(of: BodyAct(.lift(id), reason: reason), store)
        if output.json { return Output.json(result) }
        Output.line(
            result.result == "lifted"
                ? "hold \(id) is lifted" : "hold \(id) stays until a second operator lifts it with the same command"
        )
    }
}

/// What became of a hold.
private struct HoldResult: Encodable {
    let id: String
    /// `placed`, `asked` or `lifted`.
    let result: String

    init(of act: BodyAct, _ store: OpenStore) async throws {
        let row = try await StoreChange.perform(store.configuration, requests: [act.request]).first ?? [:]
        id = row["id"] ?? ""
        result = row["result"] ?? ""
    }
}
