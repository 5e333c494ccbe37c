import ArgumentParser
import BridgeCore
import GatewayDaemon
import Ledger
import OperatorFiles

/// Shows how a gateway is doing.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show links, queues, subscriptions and counters of a gateway.",
        discussion: """
            The gateway itself answers while it runs; else the counters and the open messages of its store are shown. \
            Every accepted message is delivered, failed, expired or open: a store for which that does not hold is a fault.

            Example: isthmus status --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        let running: Bool
        let balances: Bool
        let rows: [[String: String]]
    }

    func run() async throws {
        let store = try OpenStore(config: options.config)
        let balance = try store.read { reader throws(LedgerError) in try reader.balance() }
        var rows: [[String: String]] = []
        let owner = StateDirectory.owner(of: store.configuration.state)
        if let owner {
            let request = ControlRequest(command: ControlRequest.status)
            rows = try await RunningGateway.ask(request, store.configuration, owner: owner).rows
        }
        let held = try store.read { reader throws(LedgerError) in try reader.outbox(state: .held, limit: 1) }
        if let oldest = held.first {
            let time = Timestamp.text(milliseconds: oldest.accepted)
            rows.append(["section": "open", "name": "held since", "value": time])
        }
        let known = Set(rows.map { "\($0["section"] ?? "")/\($0["name"] ?? "")" })
        let watches = try store.read { reader throws(LedgerError) in try reader.watchCounts() }
        rows += watches.map { watch in
            let target: Shore = watch.target == .xmpp ? .xmpp : .cpim
            let state = WatchRecord.stateName(UInt8(clamping: watch.state), target: target)
            return ["section": "presence", "name": "to-\(target.name) \(state)", "value": String(watch.count)]
        }
        rows += Self.rows(balance).filter { !known.contains("\($0["section"] ?? "")/\($0["name"] ?? "")") }
        if output.json {
            Output.json(View(running: owner != nil, balances: balance.balances, rows: rows))
        } else {
            Output.line(owner.map { "process \($0) runs this gateway" } ?? "this gateway does not run")
            Output.table(
                ["SECTION", "NAME", "VALUE"],
                rows.map { [$0["section"] ?? "", $0["name"] ?? "", Self.value($0)] }
            )
        }
        guard balance.balances else {
            throw Stop.fault("the counters do not balance: accepted is not delivered + failed + expired + open")
        }
    }

    private static func value(_ row: [String: String]) -> String {
        let rest = row.filter { !["section", "name", "value"].contains($0.key) }.sorted { $0.key < $1.key }
        return ([row["value"]].compactMap { $0 } + rest.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
    }

    private static func rows(_ balance: LedgerBalance) -> [[String: String]] {
        let counters = LedgerCounter.allCases.map { counter in
            ["section": "counter", "name": counter.rawValue, "value": String(balance[counter])]
        }
        let open = [("waiting", OutboxState.waiting), ("sent", .sent), ("held", .held)].map { name, state in
            ["section": "open", "name": name, "value": String(balance.outbox[state] ?? 0)]
        }
        return counters + open
    }
}
