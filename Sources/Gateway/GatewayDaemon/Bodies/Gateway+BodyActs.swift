import Addressing
import Interworking
import Ledger
import NIOCore
import NIOPosix
import OperatorFiles

/// Operators erase what is kept of texts, and hold it.
extension Gateway {
    /// Keys that one transaction erases.
    private static let erasedAtOnce = 1_000

    /// What an erasure finds.
    private struct Found: Sendable {
        var keys: [BodyKeyEntry] = []
        var bodies = 0
    }

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

    // MARK: Erasing

    private func erase(
        _ scope: HoldScope,
        _ days: ClosedRange<Int64>,
        _ reason: String,
        _ acts: OperatorActs
    ) -> EventLoopFuture<ControlReply> {
        // What was accepted before goes to the store before, so that it is seen; what comes after takes keys of its own.
        submit()
        bodyKeys.beginErasure()
        let (file, label) = (bodyKeys.file, scope.label(bodyKeys.labels))
        let path = StateDirectory.databasePath(in: configuration.state)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let people = scope.people
        let guards = guards(of: scope, days).map { LedgerOperation.eraseBodies($0) }
        let reply = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try Self.find(scope, label, days, file, ledger: path)
        }.flatMap { found in
            let ordered = acts.erasure(
                "erasure-ordered",
                scope,
                days,
                keys: found.keys.count,
                bodies: found.bodies,
                reason
            )
            return bound.value.stored(guards + [.audit(ordered)]).flatMap { receipt in
                let done = acts.erasure(
                    "bodies-erased",
                    scope,
                    days,
                    keys: found.keys.count,
                    bodies: found.bodies,
                    reason
                )
                return bound.value.erase(found.keys[...], people, days, done, receipt.isTrimmed ?? false)
            }.map { isTrimmed in
                ControlReply(rows: [
                    [
                        "keys": String(found.keys.count), "bodies": String(found.bodies),
                        "trimmed": isTrimmed ? "yes" : "no",
                    ]
                ])
            }
        }
        reply.whenComplete { _ in bound.value.bodyKeys.endErasure() }
        return reply
    }

    /// Erases keys piece by piece; the record of it comes with the last piece.
    ///
    /// - Returns: whether nothing is left in the logs of the databases.
    private func erase(
        _ keys: ArraySlice<BodyKeyEntry>,
        _ people: [String],
        _ days: ClosedRange<Int64>,
        _ record: AuditEntry,
        _ isTrimmed: Bool
    ) -> EventLoopFuture<Bool> {
        let piece = keys.prefix(Self.erasedAtOnce)
        let rest = keys.dropFirst(Self.erasedAtOnce)
        var operations: [LedgerOperation] = [
            .eraseBodies(BodyErasure(keys: Array(piece), people: people, days: days))
        ]
        if rest.isEmpty { operations.append(.audit(record)) }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return stored(operations).flatMap { receipt in
            let gateway = bound.value
            let isTrimmed = receipt.isTrimmed ?? isTrimmed
            if rest.isEmpty { return gateway.eventLoop.makeSucceededFuture(isTrimmed) }
            return gateway.erase(rest, people, days, record, isTrimmed)
        }
    }

    /// Erasures of nothing, which open items of these people refuse, under whichever address the outbox has them: what is
    /// held has that of the shore it came from.
    private func guards(of scope: HoldScope, _ days: ClosedRange<Int64>) -> [BodyErasure] {
        let forms = scope.people.map { address -> [String] in
            guard case .sip(let uri)? = try? AddressURI(address) else { return [address] }
            let stored = addresses.pair(uri: .sip(uri))?.jid.description
            return [address, stored ?? String(address.dropFirst("sip:".count))]
        }
        guard let one = forms.first else { return [] }
        let pairs = forms.count == 1 ? one.map { [$0] } : one.flatMap { a in forms[1].map { [a, $0] } }
        return pairs.map { BodyErasure(keys: [], people: $0, days: days) }
    }

    private static func find(
        _ scope: HoldScope,
        _ label: BodyLabel,
        _ days: ClosedRange<Int64>,
        _ file: BodyKeyReader,
        ledger path: String
    ) throws(LedgerError) -> Found {
        let ledger = try LedgerReader(path: path)
        let holds = try ledger.holds()
        var found = Found()
        while true {
            let piece = try file.entries(scope.keys(label), days: days, after: found.keys.last)
            if piece.isEmpty { break }
            for hold in holds {
                if let key = piece.first(where: { hold.covers($0) }) { throw hold.refusal(of: key) }
            }
            found.keys += piece
            found.bodies += try ledger.countSealedBodies(under: piece)
        }
        return found
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

extension HoldScope {
    /// The people of whom open items stand in the way of an erasure.
    fileprivate var people: [String] {
        switch self {
        case .person(let address): [address]
        case .conversation(let one, let other): [one, other]
        case .domain: []
        }
    }

    /// The keys that are meant.
    fileprivate func keys(_ label: BodyLabel) -> BodyScope {
        switch self {
        case .person: .person(label)
        case .conversation: .conversation(label)
        case .domain: .domain(label)
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
