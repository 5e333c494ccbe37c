import Addressing
import Interworking
import Ledger
import OperatorFiles

/// The stored address pairs, as facts of a translation.
enum StoredPairs {
    /// The pairs of a gateway's store; none when it has no store yet.
    static func all(_ configuration: GatewayConfiguration) throws(Stop) -> [Interworking.AddressPair] {
        guard try OpenStore.exists(configuration) else { return [] }
        let stored = try OpenStore(configuration).read { reader throws(LedgerError) in
            try reader.addresses(limit: .max)
        }
        return stored.compactMap { pair in
            guard let jid = try? BareJID(pair.jid), let uri = try? AddressURI(pair.uri) else { return nil }
            return Interworking.AddressPair(jid: jid, uri: uri, isExplicit: pair.kind == .explicit)
        }
    }
}
