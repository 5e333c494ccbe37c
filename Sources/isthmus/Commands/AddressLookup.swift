import Addressing
import ArgumentParser
import GatewayDaemon
import Interworking
import Ledger
import MappingTables
import OperatorFiles

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
        let store = try OpenStore(config: options.config)
        if let pair = try stored(store) {
            return show(View(jid: pair.jid, uri: pair.uri, stored: true, rule: pair.rule.isEmpty ? nil : pair.rule))
        }
        show(try derived(store))
    }

    private func show(_ view: View) {
        if output.json { return Output.json(view) }
        Output.line(
            "\(view.jid)  \(view.uri)  \(view.stored ? "stored" : "by the table")\(view.rule.map { " (\($0))" } ?? "")"
        )
    }

    private func stored(_ store: OpenStore) throws(Stop) -> Ledger.AddressPair? {
        let key: String
        do throws(AddressFault) {
            key = try isURI ? StoredAddress.uri(address).key : StoredAddress.jid(address)
        } catch {
            throw .usage(error.reason)
        }
        return try store.read { reader throws(LedgerError) in
            try isURI ? reader.address(uriKey: key) : reader.address(jid: key)
        }
    }

    private var isURI: Bool {
        ["sip:", "sips:", "im:", "pres:", "tel:"].contains { address.lowercased().hasPrefix($0) }
    }

    private func derived(_ store: OpenStore) throws(Stop) -> View {
        let generation = try Configured.tables(store.configuration.mappings).generation
        var facts = Facts(now: StoreChange.now, gatewayDomain: store.configuration.name)
        facts.xmppDomains = Set(store.configuration.xmppDomains)
        facts.cpimDomains = Set(store.configuration.cpimDomains.map(\.name))
        do {
            if isURI {
                let uri = try AddressURI(address)
                let route = generation.route(peer: Self.domain(uri))
                let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
                let mapped = try translator.jid(for: uri, role: .sender, facts: facts)
                return View(
                    jid: mapped.jid.bare.description,
                    uri: address,
                    stored: false,
                    rule: mapped.row.map { generation.name(of: $0) }
                )
            }
            let jid = try JID(address)
            let route = generation.route(peer: jid.bare.domain)
            let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
            let mapped = try translator.uri(for: jid, facts: facts)
            return View(
                jid: address,
                uri: "\(mapped.uri)",
                stored: false,
                rule: mapped.row.map { generation.name(of: $0) }
            )
        } catch let refusal as Refusal {
            throw .fault("\(address) has no address on the other shore: \(refusal.text) [\(refusal.auditCode)]")
        } catch {
            throw .usage("\"\(address)\" is no address")
        }
    }

    private static func domain(_ uri: AddressURI) -> String {
        switch uri {
        case .sip(let uri): uri.host.canonical
        case .im(let uri): uri.domain
        default: ""
        }
    }
}
