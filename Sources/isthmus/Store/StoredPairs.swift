import Addressing
import Glibc
import Interworking
import Ledger
import OperatorFiles

/// The stored address pairs, as facts of a translation.
enum StoredPairs {
    /// The pairs of a gateway's store; none when it has no store yet.
    static func all(_ configuration: GatewayConfiguration) throws(Stop) -> [Interworking.AddressPair] {
        let path = StateDirectory.databasePath(in: configuration.state)
        // The path is read during the call only.
        guard unsafe access(path, F_OK) == 0 else { return [] }
        let stored: [Ledger.AddressPair]
        do throws(LedgerError) {
            stored = try LedgerReader(path: path).addresses(limit: .max)
        } catch {
            throw Stop(error)
        }
        return stored.compactMap { pair in
            guard let jid = try? BareJID(pair.jid), let uri = try? AddressURI(pair.uri) else { return nil }
            return Interworking.AddressPair(jid: jid, uri: uri, isExplicit: pair.kind == .explicit)
        }
    }
}
