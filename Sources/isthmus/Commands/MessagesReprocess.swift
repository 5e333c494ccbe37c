import ArgumentParser
import GatewayDaemon

/// Sends held messages again.
struct MessagesReprocess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprocess",
        abstract: "Translate held messages again under the tables in force, and send those that cross.",
        discussion: """
            A message that the tables held is translated anew from the bytes that were received, with the tables and the \
            stored addresses of this moment, under its own number, ids and origin. What the tables let cross waits for its \
            turn behind messages that were accepted since; what they do not stays held, with the reason of this time. Who \
            asked stands in the records. --dry-run shows for each message all stages and changes nothing.

            The running gateway does it. Without one it is done in the store alone, by the tables of the configuration, \
            and what crosses is sent after the next start. It ends with 1 when some messages stay held.

            Example: isthmus messages reprocess --all --dry-run --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The numbers of messages, as `messages list --held` shows them.", valueName: "id"))
    var ids: [String] = []

    @Flag(name: .long, help: "Every message that is held.")
    var all = false

    @Flag(name: .long, help: "Show what would come of it, and change nothing.")
    var dryRun = false

    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String?

    private struct View: Encodable {
        let dryRun: Bool
        let messages: [HeldMessageView]
    }

    func validate() throws {
        guard ids.isEmpty == all else {
            throw ValidationError("name the numbers of messages, or every held one with --all")
        }
    }

    func run() async throws {
        let store = try OpenStore(config: options.config)
        let named = try all ? HeldMessages.all(store) : HeldMessages.named(ids, store)
        var arguments: [String: String] = [:]
        if dryRun { arguments["trial"] = "yes" }
        if let reason { arguments["reason"] = reason }
        let requests = HeldMessages.requests(ControlRequest.reprocessMessages, named, arguments)
        let messages = try await StoreChange.perform(store.configuration, requests: requests).map(HeldMessageView.init)
        if output.json {
            Output.json(View(dryRun: dryRun, messages: messages))
        } else if messages.isEmpty {
            Output.line("no message is held")
        } else if dryRun {
            for message in messages { show(message) }
        } else {
            Output.table(
                ["ID", "STATE", "FROM", "TO", "WHY"],
                messages.map { [$0.id, $0.result, $0.from, $0.to, $0.why] }
            )
        }
        let left = messages.filter { $0.result != "waiting" }
        guard left.isEmpty else {
            let held = left.filter { $0.result == "held" }.count
            let gone = left.count - held
            var parts: [String] = []
            if held > 0 { parts.append("\(held) of \(messages.count) \(dryRun ? "would stay" : "stay") held") }
            if gone > 0 { parts.append("\(gone) ended in between") }
            throw Stop.fault(parts.joined(separator: ", "))
        }
    }

    private func show(_ message: HeldMessageView) {
        func line(_ name: String, _ value: String) {
            if !value.isEmpty {
                Output.line("  " + name + String(repeating: " ", count: max(1, 12 - name.count)) + value)
            }
        }
        func pair(_ address: RecordView.Address?) -> String {
            guard let address else { return "" }
            return address.after.map { "\(address.before) → \($0)" } ?? address.before
        }
        let verdict =
            switch message.result {
            case "waiting": "would be sent"
            case "held": "would stay held for \(message.why)"
            default: "is not held any more"
            }
        Output.line("message \(message.id) \(verdict)")
        line("from", pair(message.sender))
        line("to", pair(message.recipient))
        line("tables", [message.before, message.generation].compactMap { $0?.prefix(12) }.joined(separator: " → "))
        line("addresses", message.addresses.joined(separator: ", "))
        line("rules", message.rules.joined(separator: ", "))
        line("losses", message.losses.joined(separator: ", "))
        for (name, bytes) in [
            ("as received", message.source), ("in the middle", message.middle), ("as sent", message.target),
        ] {
            if let bytes { Output.block(name, bytes) }
        }
        Output.line("")
    }
}
