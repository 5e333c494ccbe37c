import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions
import XMPPStanzas

/// What the flow is told of a subscription: where it stands, and how it ended.
extension SIMPLELeg {
    /// The notifier says where the subscription stands.
    func told(
        _ id: UInt64,
        _ entry: Subscriptions.Subscribed,
        _ phase: SubscriberState.Phase,
        isFirst: Bool,
        body inbound: InboundRequest?
    ) {
        guard entry.device == nil else {
            // A fetch is answered by its last NOTIFY, unless one that comes before says something.
            if phase == .active, let parts = parts(in: inbound, id) {
                subscriptions.subscribed[id]?.isAnswered = true
                host.presence(.fetched(entry.key, parts, by: entry.device ?? ""))
            }
            return
        }
        switch phase {
        case .pending:
            subscriptions.changeDocuments(of: id) { $0.forget() }
            host.presence(.undecided(entry.key))
        case .active:
            host.presence(.admitted(entry.key))
            if let inbound {
                tellState(in: inbound, id, entry.key)
            } else if isFirst {
                // Nobody is there as far as the notifier knows (RFC 8048 §5.2.1).
                host.presence(.state(entry.key, [PresencePart(name: "", isOpen: false, seen: host.now.wall)]))
                host.personal([], of: entry.key)
            }
        }
    }

    func terminated(
        _ id: UInt64,
        _ entry: Subscriptions.Subscribed,
        _ reason: SubscriptionState.Reason?,
        _ retryAfter: UInt32?,
        body inbound: InboundRequest?
    ) {
        let verdict = ends(of: entry.key).map {
            PresenceTranslator(generation: host.generation)
                .verdict(forReason: reason?.name, retryAfter: retryAfter, of: $0.contact)
        }
        guard entry.device == nil else {
            if verdict?.step == .unsubscribed {
                host.presence(.fetchRefused(entry.key))
            } else if !entry.isAnswered {
                host.presence(.fetched(entry.key, parts(in: inbound, id), by: entry.device ?? ""))
            }
            return
        }
        if verdict?.step == .keep {
            // The state that never changes may come with the end, and even with the first word.
            host.presence(.admitted(entry.key))
            tellState(in: inbound, id, entry.key)
        }
        subscriptions.changeDocuments(of: id) { $0.forget() }
        let report = OutcomeReport(protocolCode: "terminated", text: reason?.name ?? "")
        host.presence(.ended(entry.key, Self.end(verdict, Failure(report: report, retry: .never))))
    }

    func failed(
        _ id: UInt64,
        _ entry: Subscriptions.Subscribed,
        _ failure: SubscriberState.Failure,
        wasEstablished: Bool
    ) {
        let isInitial = !wasEstablished && !host.isPresenceApproved(entry.key)
        var report = OutcomeReport(protocolCode: "timeout", text: "no answer came in time")
        var requestFailure = RequestFailure.timeout
        switch failure {
        case .refused(let status, _):
            report = OutcomeReport(protocolCode: String(status), text: "")
            if let response = subscriptions.lastResponse[id] { requestFailure = .response(response) }
        case .unanswered, .noNotify: break
        case .expired:
            // It is as good as ended by the notifier without a reason.
            terminated(id, entry, nil, nil, body: nil)
            return
        }
        let verdict = ends(of: entry.key).flatMap {
            PresenceTranslator(generation: host.generation)
                .verdict(for: requestFailure, isInitial: isInitial, of: $0.contact)
        }
        guard entry.device == nil else {
            // Who may not see is not to learn whether there is anybody to see.
            let isUnknown = verdict?.step == .error && verdict?.error?.condition == .itemNotFound
            if verdict?.step == .unsubscribed || isUnknown {
                host.presence(.fetchRefused(entry.key))
            } else if !entry.isAnswered {
                host.presence(.fetched(entry.key, nil, by: entry.device ?? ""))
            }
            return
        }
        let bytes = subscriptions.lastResponse[id].map { Array($0.bytes) } ?? []
        subscriptions.changeDocuments(of: id) { $0.forget() }
        let told = Failure(report: report, retry: .never, response: bytes)
        host.presence(.ended(entry.key, Self.end(verdict, told)))
    }

    private static func end(_ verdict: SubscriptionVerdict?, _ failure: Failure) -> WatchEnd {
        switch verdict?.step {
        case .unsubscribed: .refused(failure.report)
        case .error, nil: .failed(failure)
        // The machine has tried both by itself when it fails with them.
        case .retryNow, .redial: .again
        case .retryLater, .raise: .later(seconds: verdict?.retryAfter)
        case .keep: .final
        }
    }
}
