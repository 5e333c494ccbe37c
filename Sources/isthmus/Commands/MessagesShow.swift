import ArgumentParser
import Ledger

/// Shows one crossing with everything that is known of it.
struct MessagesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one message: addresses before and after, ids, rules, losses, and each event.",
        discussion: """
            With --content the message is shown as received, as Message/CPIM and as sent: while it is open, and later where \
            its text was kept and the key of its conversation and day was not erased. That somebody looked at it is a \
            record; where it cannot be made it is not shown.

            Example: isthmus messages show 17 --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The number of the message, as `messages list` shows it.", valueName: "id"))
    var id: String

    @Flag(name: .long, help: "Show the bytes of the message, or why they are gone.")
    var content = false

    private struct View: Encodable {
        let crossing: CrossingView
        let events: [RecordView]
        let source: String?
        let wire: String?
        let kept: KeptView?
    }

    func run() async throws {
        let store = try OpenStore(config: options.config)
        guard let found = try CrossingList(store).crossing(id) else {
            throw Stop.fault("there is no message \(id); isthmus messages list shows all")
        }
        let records = try RecordView.read(found.rows)
        let row = content ? try store.read { reader throws(LedgerError) in try reader.outboxRow(crossing: id) } : nil
        if content {
            let question = ["crossing": id, "content": "yes"]
            try await RecordedRead.note("messages show", question, records: records.count, store.configuration)
        }
        let view = View(
            crossing: found.view,
            events: records,
            source: row.map { String(decoding: $0.source, as: UTF8.self) },
            wire: row.map { String(decoding: $0.wire, as: UTF8.self) },
            kept: content ? try KeptView(of: id, store) : nil
        )
        if output.json { return Output.json(view) }
        show(view)
    }

    private func show(_ view: View) {
        let crossing = view.crossing
        for (name, value) in lines(crossing) where !value.isEmpty {
            Output.line(name + String(repeating: " ", count: max(1, 14 - name.count)) + value)
        }
        Output.line("")
        Output.table(
            ["SEQ", "TIME", "EVENT", "WHAT"],
            view.events.map { [String($0.seq), $0.time, $0.event, $0.summary] }
        )
        if let source = view.source, let wire = view.wire, view.kept?.canonical == nil {
            Output.block("as received", source)
            Output.block("as sent", wire)
        } else {
            view.kept?.print()
        }
    }

    private func lines(_ crossing: CrossingView) -> [(String, String)] {
        let identifiers = crossing.identifiers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return [
            ("message", crossing.id ?? ""), ("state", crossing.state), ("direction", crossing.direction ?? ""),
            ("accepted", crossing.accepted ?? ""), ("ended", crossing.ended ?? ""),
            ("from", pair(crossing.sender)), ("to", pair(crossing.recipient)),
            ("peer", [crossing.peer, crossing.proof.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")),
            ("next hop", crossing.hop ?? ""), ("attempts", crossing.attempts.map(String.init) ?? ""),
            (crossing.state == "held" ? "held until" : "deadline", crossing.deadline ?? ""),
            ("held for", crossing.state == "held" ? crossing.outcome["code"] ?? "" : ""),
            ("size", crossing.size.map { "\($0) bytes" } ?? ""),
            ("generation", crossing.generation ?? ""), ("rules", crossing.rules.joined(separator: ", ")),
            ("losses", crossing.losses.joined(separator: ", ")), ("reason", crossing.reason ?? ""),
        ] + identifiers
    }

    private func pair(_ address: RecordView.Address?) -> String {
        guard let address else { return "" }
        return address.after.map { "\(address.before) → \($0)" } ?? address.before
    }
}
