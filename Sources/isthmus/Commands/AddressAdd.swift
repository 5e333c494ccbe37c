import ArgumentParser
import GatewayDaemon
import Ledger

/// Stores a pair.
struct AddressAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Store a pair; one that contradicts a stored pair is refused.",
        discussion: "Example: isthmus address add juliet@example.com sip:jcapulet@example.com --config gateway.yaml"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: "The bare JID on the XMPP shore.")
    var jid: String

    @Argument(help: "The sip:, im: or tel: URI on the CPIM shore.")
    var uri: String

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let pair: AddressPair
        do throws(AddressFault) {
            pair = try StoreChange.acts(configuration).pair(jid: jid, uri: uri)
        } catch {
            throw Stop.usage(error.reason)
        }
        let request = ControlRequest(command: ControlRequest.addAddress, arguments: ["jid": pair.jid, "uri": pair.uri])
        _ = try await StoreChange.perform(configuration, request: request) { acts in
            [.addAddress(pair), .audit(acts.added(pair))]
        }
        ServedDomains.note(jid: pair.jid, uri: pair.uri, configuration)
        if output.json { Output.json(ChangeView(added: 1)) } else { Output.line("stored \(pair.jid) and \(pair.uri)") }
    }
}

/// Removes a pair.
struct AddressRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove the pair of an address of either shore.",
        discussion: "Example: isthmus address remove juliet@example.com --config gateway.yaml"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("A bare JID, or a sip:, im: or tel: URI.", valueName: "address"))
    var address: String

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        let jid = try jid()
        let request = ControlRequest(command: ControlRequest.removeAddress, arguments: ["jid": jid])
        _ = try await StoreChange.perform(configuration, request: request) { acts in
            [.removeAddress(jid: jid), .audit(acts.removed(jid: jid))]
        }
        if output.json { Output.json(ChangeView(removed: 1)) } else { Output.line("removed the pair of \(jid)") }
    }
    /// The pair's address on the XMPP shore, which names it in the store.
    private func jid() throws(Stop) -> String {
        if let uri = try? StoredAddress.uri(address) {
            let store = try OpenStore(config: options.config)
            let pair = try store.read { reader throws(LedgerError) in try reader.address(uriKey: uri.key) }
            guard let pair else { throw .fault("no pair of \(address) is stored") }
            return pair.jid
        }
        do throws(AddressFault) { return try StoredAddress.jid(address) } catch { throw .usage(error.reason) }
    }
}
