import ArgumentParser
import GatewayDaemon
import Ledger

/// How an address pair came to be stored, on the command line.
enum KindArgument: String, ExpressibleByArgument, CaseIterable {
    case explicit, learned, derived

    var kind: AddressKind {
        switch self {
        case .explicit: .explicit
        case .learned: .learned
        case .derived: .derived
        }
    }
}

/// Which pairs are meant.
struct PairFilterOptions: ParsableArguments {
    @Option(name: .long, help: "Only pairs of this kind; without it all but derived ones, which the table gives.")
    var kind: KindArgument?

    @Option(name: .long, help: ArgumentHelp("Only pairs whose JID or URI contains this text.", valueName: "text"))
    var containing: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only pairs not used since this time: 2026-05-04, or an age such as 30d.", valueName: "time")
    )
    var unusedSince: TimeArgument?

    var filter: AddressFilter {
        AddressFilter(kind: kind?.kind, containing: containing, unusedSince: unusedSince?.milliseconds)
    }
}

/// Lists pairs.
struct AddressList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List stored pairs in the order of JIDs.",
        discussion: "Example: isthmus address list --kind learned --unused-since 30d --config gateway.yaml"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var pairs: PairFilterOptions

    @Option(name: .long, help: "At most so many; 0 lists all.")
    var limit = 100

    @Option(name: .long, help: ArgumentHelp("Only pairs whose JID sorts behind this one.", valueName: "jid"))
    var after: String?

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
    }

    func run() throws {
        let store = try OpenStore(config: options.config)
        let found = try store.read { reader throws(LedgerError) in
            try reader.addresses(pairs.filter, after: after, limit: limit == 0 ? .max : limit)
        }
        PairView.show(found, output)
        if limit > 0, found.count == limit, let last = found.last {
            Output.error("note: there may be more; go on with --after \(last.jid)")
        }
    }
}

/// Writes pairs as CSV.
struct AddressExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write stored pairs to standard output, as CSV that import reads.",
        discussion: "Example: isthmus address export --kind explicit --config gateway.yaml > addresses.csv"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var pairs: PairFilterOptions

    func run() throws {
        let store = try OpenStore(config: options.config)
        if output.json {
            let all = try store.read { reader throws(LedgerError) in try reader.addresses(pairs.filter, limit: .max) }
            return PairView.show(all, output)
        }
        Output.bytes(
            try store.read { reader throws(LedgerError) in try AddressBook.export(pairs.filter, reader: reader) }
        )
    }
}
