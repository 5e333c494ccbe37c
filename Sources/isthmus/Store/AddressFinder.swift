import Addressing
import GatewayDaemon
import Interworking
import Ledger
import MappingTables
import OperatorFiles

/// Finds the address of a user on the other shore: stored, or by the address table.
struct AddressFinder {
    /// Both addresses of a user.
    struct Found {
        let jid: String
        let uri: String
        let isStored: Bool
        let rule: String?
        /// The tables that gave it; nil for what is stored.
        let tables: TablesInForce?
    }

    let configuration: GatewayConfiguration
    private let store: OpenStore?

    init(_ store: OpenStore) {
        configuration = store.configuration
        self.store = store
    }

    /// Looks in the store of a configuration, where there is one.
    init(config: String) throws(Stop) {
        configuration = try Configured.configuration(config)
        store = try OpenStore.exists(configuration) ? try OpenStore(configuration) : nil
    }

    /// The name by which the store knows a user of either shore, who is given by a bare JID or a URI.
    func jid(of address: String) throws(Stop) -> String {
        if Self.isURI(address) { return try both(of: address).jid }
        do throws(AddressFault) { return try StoredAddress.jid(address) } catch { throw .usage(error.reason) }
    }

    /// Both addresses of a user of either shore, who is given by a bare JID or a URI.
    func both(of address: String) throws(Stop) -> Found {
        if let pair = try stored(address) {
            let rule = pair.rule.isEmpty ? nil : pair.rule
            return Found(jid: pair.jid, uri: pair.uri, isStored: true, rule: rule, tables: nil)
        }
        return try derived(address)
    }

    private static func isURI(_ address: String) -> Bool {
        ["sip:", "sips:", "im:", "pres:", "tel:"].contains { address.lowercased().hasPrefix($0) }
    }

    private func stored(_ address: String) throws(Stop) -> Ledger.AddressPair? {
        let isURI = Self.isURI(address)
        let key: String
        do throws(AddressFault) {
            key = try isURI ? StoredAddress.uri(address).key : StoredAddress.jid(address)
        } catch {
            throw .usage(error.reason)
        }
        return try store?.read { reader throws(LedgerError) in
            try isURI ? reader.address(uriKey: key) : reader.address(jid: key)
        }
    }

    private func derived(_ address: String) throws(Stop) -> Found {
        let tables = try TablesInForce(configuration, store)
        let generation = tables.generation
        let facts = Facts(configuration, now: StoreChange.now)
        do {
            if Self.isURI(address) {
                let uri = try AddressURI(address)
                let route = generation.route(peer: Self.domain(uri))
                let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
                let mapped = try translator.jid(for: uri, role: .sender, facts: facts)
                let rule = mapped.row.map { generation.name(of: $0) }
                let jid = mapped.jid.bare.description
                return Found(jid: jid, uri: address, isStored: false, rule: rule, tables: tables)
            }
            let jid = try JID(address)
            let route = generation.route(peer: jid.bare.domain)
            let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
            let mapped = try translator.uri(for: jid, facts: facts)
            let rule = mapped.row.map { generation.name(of: $0) }
            return Found(jid: address, uri: "\(mapped.uri)", isStored: false, rule: rule, tables: tables)
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
