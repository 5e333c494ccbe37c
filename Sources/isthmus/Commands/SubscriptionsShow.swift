import ArgumentParser

/// Who watches whom, as words of a command.
struct PairArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Who sees: a bare JID, or a sip:, im:, pres: or tel: URI.", valueName: "watcher"))
    var watcher: String

    @Argument(help: ArgumentHelp("Who is seen, in the same forms.", valueName: "presentity"))
    var presentity: String
}

/// Shows one subscription with everything that is known of it.
struct SubscriptionsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one subscription: its state, what the watcher was shown, and the SIP dialogs behind it.",
        discussion: """
            What a device said stands in the form of the shore that shows it: what follows in the stanza for a watcher \
            of the XMPP shore, the stanza as it came for one of the CPIM shore.

            Example: isthmus subscriptions show juliet@example.com sip:romeo@example.net --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var pair: PairArguments

    func run() throws {
        let list = SubscriptionList(try OpenStore(config: options.config))
        let view = SubscriptionView(try list.subscription(pair.watcher, pair.presentity))
        if output.json { return Output.json(view) }
        let lines = [
            ("watcher", view.watcher), ("presentity", view.presentity), ("direction", view.direction),
            ("state", view.state), ("changed", view.changed), ("request", view.request ?? ""),
        ]
        Self.show(lines, indent: "")
        for device in view.devices {
            Output.line("")
            Output.line("device \(device.name.isEmpty ? "(the user as a whole)" : device.name)")
            Self.show(
                [
                    ("reachable", device.open ? "yes" : "no"), ("seen", device.seen),
                    ("language", device.language ?? ""),
                    ("content", device.content),
                ],
                indent: "  "
            )
        }
        for dialog in view.dialogs {
            Output.line("")
            Output.line(
                "dialog \(dialog.id), a subscription that \(dialog.madeBy == "gateway" ? "the gateway" : "the neighbor") made"
            )
            Self.show(
                [
                    ("state", dialog.state ?? ""), ("expires", dialog.expires ?? ""), ("event", dialog.event ?? ""),
                    ("Call-ID", dialog.callID ?? ""), ("local tag", dialog.localTag ?? ""),
                    ("remote tag", dialog.remoteTag ?? ""), ("remote target", dialog.remoteTarget ?? ""),
                    ("CSeq sent", dialog.localSequence.map { String($0) } ?? ""),
                    ("CSeq received", dialog.remoteSequence.map { String($0) } ?? ""),
                ],
                indent: "  "
            )
        }
    }

    private static func show(_ lines: [(String, String)], indent: String) {
        for (name, value) in lines where !value.isEmpty {
            Output.line(indent + name + String(repeating: " ", count: max(1, 15 - name.count)) + value)
        }
    }
}
