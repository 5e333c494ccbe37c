import BridgeCore
import Interworking
import Ledger
import MappingTables
import OperatorFiles

/// Items that come while the files of the audit log are too far behind the store.
extension Gateway {
    /// Whether the route of a message takes none for that reason; the configuration decides where the route does not.
    ///
    /// Only messages are asked for: errors, notices, receipts and steps of subscriptions end or follow what was taken.
    ///
    /// - Parameter peer: the domain on the CPIM shore that the message comes from or goes to.
    /// - Returns: whether it is refused.
    func bars(_ peer: String) -> Bool {
        guard writer.isBehind else { return false }
        return switch generation.route(peer: peer).switches.text(.behind) {
        case "refuse": true
        case "go-on": false
        default: configuration.audit.refusesBehind
        }
    }

    /// The domain on the CPIM shore of a message that the tables did not let cross, as far as its addresses tell.
    func peer(of arrival: HeldArrival, to target: Shore) -> String {
        let text = target == .xmpp ? arrival.sender : arrival.recipient
        return text.split(separator: "@").last.map { String($0) } ?? ""
    }
}
