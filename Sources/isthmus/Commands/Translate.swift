import ArgumentParser
import Glibc
import Interworking

/// Translates one item offline.
struct Translate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate one item from standard input, by the code and tables of live traffic.",
        discussion: """
            What is known without --config: example.com is on the XMPP shore, example.net on the CPIM shore, and nothing \
            is stored; with it, the domains and stored addresses are those of the gateway. A stanza is written with its \
            namespace, <message xmlns='jabber:client' …>. An item that is refused gives the error that goes back to its \
            sender, and the exit code 1. Several outputs need --json, an array of {kind, to, bytes}, or --out, which names files like the conversion \
            vectors: expected.sip, expected.xml, expected.error.xml, expected.cpim, expected.pidf.xml.

            Presence goes to a document and comes from one: --from xmpp --to pidf, and --from pidf --to xmpp with \
            --facts watcher=JID. Who else is online stands in --facts 'online JID priority=5', what the watcher was told \
            before in --facts 'last-state JID=open'. A request to watch becomes a SUBSCRIBE and the reverse, and a NOTIFY \
            what its watcher is told; --facts subscription=pending says that nobody had decided before. What else \
            happens in a subscription needs a running gateway.

            Example: isthmus translate --from xmpp --to sip --set msg.carrier=cpim --trace < message.xml
            """
    )

    @Option(name: .long, help: "What is read.")
    var from: Form

    @Option(name: .long, help: "What is written.")
    var to: Form

    @OptionGroup var options: TranslationOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Print the rows that fire and what is lost, in order, on standard error or in the JSON.")
    var trace = false

    @Option(name: .long, help: ArgumentHelp("Write each output to a file of this directory.", valueName: "dir"))
    var out: String?

    func validate() throws {
        guard from != to else { throw ValidationError("--from and --to name the same form") }
    }

    func run() throws {
        let setup = try TranslationSetup(options)
        let input = try InputFile.standardInput()
        var translation = Translation(setup: setup, file: "standard input")
        let result = try translation.translate(input, from: from, to: to)
        let view = TraceView(result, setup)
        if let out { try write(result.products, to: out) }
        if output.json {
            Output.json(result.products.map { ProductView($0, trace: trace ? view : nil) })
        } else {
            if trace { view.lines.forEach(Output.error) }
            if out == nil {
                guard result.products.count < 2 else {
                    throw Stop.usage("there are \(result.products.count) outputs; use --json or --out")
                }
                if let product = result.products.first { Output.bytes(product.bytes) }
            }
        }
        if let refusal = result.refusal { throw Stop.fault("refused: \(refusal.text) [\(refusal.auditCode)]") }
        if let reason = result.nothing { Output.error("note: nothing crosses: \(reason)") }
    }

    private func write(_ products: [Product], to directory: String) throws(Stop) {
        // The path is read during the call only.
        guard unsafe mkdir(directory, 0o777) == 0 || errno == EEXIST else {
            throw .unreachable("\(directory): the directory cannot be made")
        }
        var numbers: [String: Int] = [:]
        for product in products {
            let number = numbers[product.fileName(1), default: 0] + 1
            numbers[product.fileName(1)] = number
            try InputFile.write(product.bytes, to: "\(directory)/\(product.fileName(number))")
        }
    }
}
