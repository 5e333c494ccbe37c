import Addressing
import Interworking
import Ledger
import NIOCore
import NIOPosix
import OperatorFiles

/// Operators erase what is kept of texts.
extension Gateway {
    /// Keys that one transaction erases.
    private static let erasedAtOnce = 1_000

    /// What an erasure finds.
    private struct Found: Sendable {
        var keys: [BodyKeyEntry] = []
        var bodies = 0
    }

    /// Erases the keys of a scope and period, and what lies under them.
    func erase(
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
        let loop = eventLoop
        // The writer keeps the order of submissions: this one is stored once all before it are.
        let reply = stored([]).flatMap { _ in
            NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
                try Self.find(scope, label, days, file, ledger: path)
            }
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
