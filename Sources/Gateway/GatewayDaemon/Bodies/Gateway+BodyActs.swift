import Addressing
import Interworking
import Ledger
import NIOCore
import NIOPosix
import OperatorFiles

/// Acts of operators on what is kept of texts.
extension Gateway {
    func carryOut(_ act: BodyAct, as acts: OperatorActs) -> EventLoopFuture<ControlReply> {
        do throws(AddressFault) {
            switch act.kind {
            case .erase(let scope, let days):
                return erase(try known(scope), days, act.reason, acts)
            case .hold(let scope, let first, let last):
                return hold(try known(scope), first, last, act.reason, acts)
            case .lift(let id): return lift(id, act.reason, acts)
            }
        } catch {
            return eventLoop.makeSucceededFuture(ControlReply(code: 2, message: error.reason))
        }
    }

    // MARK: Holds

    private func hold(
        _ scope: HoldScope,
        _ first: Int64?,
        _ last: Int64?,
        _ reason: String,
        _ acts: OperatorActs
    ) -> EventLoopFuture<ControlReply> {
        let label = scope.label(bodyKeys.labels)
        return holds().flatMapWithLoop(self) { gateway, holds in
            let hold = Hold(
                id: (holds.last?.id ?? 0) + 1,
                scope: scope,
                label: label,
                firstDay: first,
                lastDay: last,
                reason: reason,
                placed: Hold.Act(actor: acts.actor, time: acts.now)
            )
            return gateway.change([.placeHold(hold), .audit(acts.placed(hold))]) { _ in
                ControlReply(rows: [["id": String(hold.id), "result": "placed"]])
            }
        }
    }

    private func lift(_ id: Int64, _ reason: String, _ acts: OperatorActs) -> EventLoopFuture<ControlReply> {
        holds().flatMapWithLoop(self) { gateway, holds in
            let isAsked = holds.first { $0.id == id }?.asked != nil
            let act = Hold.Act(actor: acts.actor, time: acts.now)
            let operation = isAsked ? LedgerOperation.liftHold(hold: id, act) : .askLift(hold: id, act)
            return gateway.change([operation, .audit(acts.lifted(id, isDone: isAsked, reason: reason))]) { _ in
                ControlReply(rows: [["id": String(id), "result": isAsked ? "lifted" : "asked"]])
            }
        }
    }

    private func holds() -> EventLoopFuture<[Hold]> {
        let path = StateDirectory.databasePath(in: configuration.state)
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try LedgerReader(path: path).holds(inForce: false)
        }
    }

    // MARK: Addresses

    /// The addresses of a scope in the form by which order is kept.
    private func known(_ scope: HoldScope) throws(AddressFault) -> HoldScope {
        switch scope {
        case .person(let text): .person(try known(text))
        case .conversation(let one, let other): .conversation(try known(one), try known(other))
        case .domain(let domain): .domain(domain.lowercased())
        }
    }

    private func known(_ text: String) throws(AddressFault) -> String {
        try KeptAddress.form(text, configuration) { jid in
            (try? BareJID(jid)).flatMap { addresses.pair(jid: $0) }?.uri.description
        }
    }
}

extension EventLoopFuture where Value: Sendable {
    /// Goes on with a gateway of the same loop.
    fileprivate func flatMapWithLoop<Next: Sendable>(
        _ gateway: Gateway,
        _ body: @escaping (Gateway, Value) -> EventLoopFuture<Next>
    ) -> EventLoopFuture<Next> {
        let bound = NIOLoopBound((gateway, body), eventLoop: eventLoop)
        return flatMap { value in
            let (gateway, body) = bound.value
            return body(gateway, value)
        }
    }
}
