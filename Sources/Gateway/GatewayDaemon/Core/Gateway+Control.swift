import BridgeCore
import Ledger
import MappingTables
import NIOCore
import OperatorFiles
import SIMPLELegs
import XMPPLegs

/// What commands ask of the running gateway.
extension Gateway: ControlHost {
    func addAddress(_ pair: AddressPair, record: AuditEntry) -> EventLoopFuture<ControlReply> {
        change([.addAddress(pair), .audit(record)]) { gateway in
            gateway.addresses.remove(jid: pair.jid)
            gateway.addresses.insert(pair)
            return ControlReply(message: "\(pair.jid) is \(pair.uri)")
        }
    }

    func removeAddress(jid: String, record: AuditEntry) -> EventLoopFuture<ControlReply> {
        change([.removeAddress(jid: jid), .audit(record)]) { gateway in
            gateway.addresses.remove(jid: jid)
            return ControlReply(message: "\(jid) is removed")
        }
    }

    func importAddresses(_ pairs: [AddressPair], record: AuditEntry) -> EventLoopFuture<ControlReply> {
        change(pairs.map { .addAddress($0) } + [.audit(record)]) { gateway in
            for pair in pairs {
                gateway.addresses.remove(jid: pair.jid)
                gateway.addresses.insert(pair)
            }
            return ControlReply(message: "\(pairs.count) pairs are stored")
        }
    }

    func note(_ record: AuditEntry) -> EventLoopFuture<ControlReply> {
        change([.audit(record)]) { _ in ControlReply() }
    }

    func repair(_ key: WatchKey?, record: AuditEntry) -> EventLoopFuture<ControlReply> {
        change([.audit(record)]) { gateway in
            let keys = key.map { [$0] } ?? gateway.presence.repairable
            let repaired = keys.filter { gateway.presence.canRepair($0) }
            for key in repaired { gateway.handle(.repair(key)) }
            return ControlReply(rows: [["repaired": String(repaired.count)]])
        }
    }

    func drop(_ key: WatchKey, record: AuditEntry) -> EventLoopFuture<ControlReply> {
        guard presence.record(of: key) != nil else {
            let reply = ControlReply(code: 1, message: "\(key.watcher) does not watch \(key.presentity)")
            return eventLoop.makeSucceededFuture(reply)
        }
        return change([.audit(record)]) { gateway in
            gateway.handle(.dropped(key))
            return ControlReply(rows: [["dropped": "1"]])
        }
    }

    func activate(order: ActivationOrder) -> EventLoopFuture<ControlReply> {
        activate(order).map { ControlReply(code: $0.code, message: $0.failure?.text, activation: $0) }
    }

    /// Stores a change; the gateway's own view follows once it is durable.
    func change(
        _ operations: [LedgerOperation],
        _ follow: @escaping (Gateway) -> ControlReply
    ) -> EventLoopFuture<ControlReply> {
        let bound = NIOLoopBound((self, follow), eventLoop: eventLoop)
        return stored(operations).map { _ in
            let (gateway, follow) = bound.value
            return follow(gateway)
        }
    }

    /// Stores a change.
    func stored(_ operations: [LedgerOperation]) -> EventLoopFuture<CommitReceipt> {
        let promise = eventLoop.makePromise(of: CommitReceipt.self)
        do throws(LedgerError) {
            // Completions come back on the event loop: the writer delivers them there.
            try writer.submit(operations) { result in
                switch result {
                case .success(let receipt): promise.succeed(receipt)
                case .failure(let error): promise.fail(error)
                }
            }
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }

    var status: ControlReply {
        var rows: [[String: String]] = []
        func add(_ section: String, _ name: String, _ value: String) {
            rows.append(["section": section, "name": name, "value": value])
        }
        add("gateway", "name", configuration.name)
        add("gateway", "generation", generation.identifier)
        for (identifier, items) in generations.open {
            add("gateway", "generation \(identifier)", "out of force, \(items) crossings open")
        }
        if let lastRefusal { add("gateway", "last activation", "refused \(lastRefusal)") }
        for link in xmpp?.status ?? [] { add("link", "xmpp:" + link.domain, link.state) }
        for hop in bridge.hopStates {
            add("queue", hop.name, "\(hop.isUp ? "up" : "held"), \(hop.items) stored, \(hop.open) open")
        }
        let held = simple?.subscriptionsHeld ?? (made: 0, taken: 0)
        let queued = presence.queued
        add("presence", "subscriptions made", String(held.made))
        add("presence", "subscriptions of neighbors", String(held.taken))
        add("presence", "users who publish here", String(simple?.usersComposed ?? 0))
        add("presence", "waiting to subscribe", String(queued.subscriptions))
        add("presence", "waiting to ask", String(queued.probes))
        let told = personal.count
        let asked = xmpp?.interestsHeld ?? (versions: 0, questions: 0, waiting: 0)
        add("presence", "personal events kept", "\(told.outward) told, \(told.inward) taken, \(personal.bytes) bytes")
        add("presence", "features known", "\(asked.versions) kinds, \(asked.questions) asked, \(asked.waiting) wait")
        let balance = bridge.balance
        let counters = [
            ("received", balance.received), ("accepted", balance.accepted), ("refused", balance.refused),
            ("duplicate", balance.duplicate), ("delivered", balance.delivered), ("failed", balance.failed),
            ("expired", balance.expired), ("waiting", balance.waiting), ("sent", balance.sent), ("held", balance.held),
        ]
        for (name, value) in counters { add("since start", name, String(value)) }
        add("since start", "balance", balance.holds ? "holds" : "does not hold")
        let writer = writer.statistics()
        add("store", "commits", String(writer.commits))
        add("store", "operations", String(writer.operations))
        add("store", "failed commits", String(writer.failedCommits))
        add("store", "queued", String(writer.queued))
        if let trail = trail?() {
            add("audit", "records in files", String(trail.exported))
            add("audit", "records behind", String(trail.lag))
            add("audit", "failed writes", String(trail.failures))
            add("audit", "checkpoints not passed on", String(trail.sinkFailures))
            add("audit", "records to be searched fast", String(trail.indexed))
            add("audit", "records gone from the store", String(trail.trimmed))
            if let fault = trail.fault { add("audit", "fault", fault) }
            if let fault = trail.searchFault { add("audit", "search fault", fault) }
        }
        return ControlReply(rows: rows)
    }
}
