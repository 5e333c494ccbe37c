import BridgeCore
import Ledger
import Logging
import NIOCore
import SIMPLELegs
import XMPPLegs

extension Gateway {
    /// One submission: what its completion has to know.
    private struct Submitted: Sendable {
        let accepted: [CrossingID]
        let sends: [(id: CrossingID, attempt: Attempt)]
        /// What a leg wants to know of.
        let storing: [UInt64]
        /// What streams of other servers brought.
        let arrivals: [UInt64]
        let hasSteps: Bool
        let operations: [LedgerOperation]

        /// Whether nobody waits for the commit: it says that items were delivered, what happened, or what users are
        /// seen to do, and nothing else.
        ///
        /// What is delivered and not yet written is sent again after a failure of the power, as what is on its way is;
        /// presence that was told before it was written is asked for again.
        var isPatient: Bool {
            guard accepted.isEmpty, sends.isEmpty, storing.isEmpty, arrivals.isEmpty, !hasSteps else { return false }
            return operations.allSatisfy { operation in
                switch operation {
                case .settle(_, as: .delivered, _), .count, .audit, .watch: true
                default: false
                }
            }
        }

        /// What is tried again when the commit fails: ends and changes, not acceptances, nor what can never be stored.
        func repeated(after error: LedgerError) -> [LedgerOperation] {
            operations.enumerated().filter { index, operation in
                switch operation {
                // Nor what was kept of them; and a key that was erased meanwhile must not come back.
                case .accept, .keep: return false
                default: break
                }
                // Who published was told that it failed (RFC 3903 §6).
                if case .usage(let row) = operation, row.kind == .compositor { return false }
                return error.code != .unknownCrossing || index != error.operation
            }.map(\.element)
        }
    }

    /// Hands what was collected to the ledger.
    func submit() {
        if let arrivals = xmpp?.submit() { arriving.append(arrivals) }
        guard !operations.isEmpty else { return nothingToStore() }
        let batch = operations
        let submitted = Submitted(
            accepted: accepting,
            sends: afterCommit,
            storing: storing,
            arrivals: arriving,
            hasSteps: hasSteps,
            operations: batch
        )
        operations.removeAll(keepingCapacity: true)
        accepting.removeAll(keepingCapacity: true)
        arriving.removeAll(keepingCapacity: true)
        afterCommit.removeAll(keepingCapacity: true)
        storing.removeAll(keepingCapacity: true)
        if hasSteps { stepsOpen += 1 }
        hasSteps = false
        updating.removeAll(keepingCapacity: true)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        do throws(LedgerError) {
            // Completions come back on the event loop: the writer delivers them there.
            try writer.submit(batch, isPatient: submitted.isPatient) { result in
                bound.value.completed(submitted, result)
            }
        } catch {
            completed(submitted, .failure(error))
        }
    }

    /// Whoever waits for the store has waited for nothing.
    private func nothingToStore() {
        let arrivals = arriving
        arriving.removeAll(keepingCapacity: true)
        for number in arrivals { xmpp?.stored(number) }
        let tokens = storing
        storing.removeAll(keepingCapacity: true)
        for token in tokens { simple?.stored(token, true) }
    }

    private func completed(_ submitted: Submitted, _ result: Result<CommitReceipt, LedgerError>) {
        switch result {
        case .success:
            if !submitted.accepted.isEmpty { handle(.committed(submitted.accepted)) }
            for send in submitted.sends { self.send(send.id, send.attempt) }
            for token in submitted.storing { simple?.stored(token, true) }
            for number in submitted.arrivals { xmpp?.stored(number) }
            if submitted.hasSteps { stepsEnded() }
            scheduleFlush()
        case .failure(let error):
            logger.error("the ledger refused a commit", metadata: error.logged)
            for token in submitted.storing { simple?.stored(token, false) }
            if submitted.hasSteps { stepsEnded() }
            for id in submitted.accepted {
                if let item = bridge.item(id), item.offer.holding == nil { closed(item.offer.generation) }
            }
            if !submitted.accepted.isEmpty { handle(.commitFailed(submitted.accepted, reason: error.reason)) }
            guard error.code != .closed else { return }
            retryLater(submitted.repeated(after: error), submitted.sends, submitted.arrivals)
        }
    }

    /// Ends must reach the ledger, or the items would be sent again after a restart.
    ///
    /// Messages that were not stored are answered with errors; the rest of what streams brought counts as taken once
    /// the repetition is stored.
    private func retryLater(
        _ repeated: [LedgerOperation],
        _ sends: [(id: CrossingID, attempt: Attempt)],
        _ arrivals: [UInt64]
    ) {
        let reports = reportsAgain
        reportsAgain.removeAll()
        guard !repeated.isEmpty || !sends.isEmpty || !reports.isEmpty else {
            for number in arrivals { xmpp?.stored(number) }
            return
        }
        let bound = NIOLoopBound((self, reports), eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .milliseconds(500)) {
            let (gateway, reports) = bound.value
            gateway.operations.insert(contentsOf: repeated, at: 0)
            gateway.afterCommit.append(contentsOf: sends)
            gateway.arriving.append(contentsOf: arrivals)
            for report in reports { gateway.take(report) }
            gateway.scheduleFlush()
        }
    }
}
