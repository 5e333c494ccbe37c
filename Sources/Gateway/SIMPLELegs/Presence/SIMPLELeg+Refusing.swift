import Interworking
import MappingTables
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// Whether the answer to the refresh of a subscription takes the authorization of the watcher away at once.
    ///
    /// RFC 6665 keeps a subscription until its expiry whatever a refresh is answered, apart from what says that there is
    /// none; what means that the presentity does not let the watcher see any more is for the table to say.
    ///
    /// Source: RFC 8048 §5.2.2, RFC 6665 §4.1.2.2.
    func isRefusal(_ outcome: ClientOutcome, of id: UInt64) -> Bool {
        guard case .response(let response) = outcome, !response.isSuccess,
            let entry = subscriptions.subscribed[id], entry.device == nil, entry.machine.phase != nil,
            let ends = ends(of: entry.key)
        else { return false }
        let translator = PresenceTranslator(generation: host.generation)
        return translator.verdict(for: .response(response), isInitial: false, of: ends.contact)?.step == .unsubscribed
    }
}
