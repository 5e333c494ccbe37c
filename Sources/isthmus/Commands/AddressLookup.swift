import ArgumentParser

/// Finds an address on the other shore.
struct AddressLookup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Find the address of a user on the other shore: stored, or by the address table.",
        discussion: "Example: isthmus address lookup sip:romeo@example.net --config gateway.yaml"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("A bare JID, or a sip:, im: or tel: URI.", valueName: "address"))
    var address: String

    private struct View: Encodable {
        let jid: String
        let uri: String
        let stored: Bool
        let rule: String?
    }

    func run() throws {
        let found = try AddressFinder(try OpenStore(config: options.config)).both(of: address)
        let view = View(jid: found.jid, uri: found.uri, stored: found.isStored, rule: found.rule)
        if output.json { return Output.json(view) }
        Output.line(
            "\(view.jid)  \(view.uri)  \(view.stored ? "stored" : "by the table")\(view.rule.map { " (\($0))" } ?? "")"
        )
    }
}
