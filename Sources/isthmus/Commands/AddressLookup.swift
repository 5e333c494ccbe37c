import ArgumentParser
import MappingTables

/// Finds an address on the other shore.
struct AddressLookup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Find the address of a user on the other shore: stored, or by the address table.",
        discussion: """
            The table is that of the generation in force; before the first start it is that of the files on disk. The \
            answer says which.

            Example: isthmus address lookup sip:romeo@example.net --config gateway.yaml
            """
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
        /// The tables that gave it; absent for what is stored.
        let generation: String?
        let inForce: Bool?
    }

    func run() throws {
        let finder = try AddressFinder(config: options.config)
        let found = try finder.both(of: address)
        ServedDomains.note(jid: found.jid, uri: found.uri, finder.configuration)
        if output.json {
            return Output.json(
                View(
                    jid: found.jid,
                    uri: found.uri,
                    stored: found.isStored,
                    rule: found.rule,
                    generation: found.tables?.generation.identifier,
                    inForce: found.tables?.isInForce
                )
            )
        }
        let rule = found.rule.map { " (\($0))" } ?? ""
        let origin = found.tables.map { "by the table\(rule) of \($0.name)" } ?? "stored\(rule)"
        Output.line("\(found.jid)  \(found.uri)  \(origin)")
    }
}
