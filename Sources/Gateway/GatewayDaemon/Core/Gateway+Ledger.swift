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
        let arrivals: UInt64?
        let hasSteps: Bool
        let operations: [LedgerOperation]

        /// What is tried again when the commit fails: ends and changes, not acceptances, nor what can never be stored.
        func repeated(after error: LedgerError) -> [LedgerOperation] {
            operations.enumerated().filter { index, operation in
                if case .accept = operation { return false }
                // Who published was told that it failed (RFC 3903 §6).
                if case .usage(let row) = operation, row.kind == .compositor { return false }
                return error.code != .unknownCrossing || index != error.operation
            }.map(\.element)
        }
    }

    /// Hands what was collected to the ledger.
    func submit() {
        let arrivals = xmpp?.submit()
        guard !operations.isEmpty else { return nothingToStore(arrivals) }
        let batch = operations
        let submitted = Submitted(
            accepted: accepting,
            sends: afterCommit,
            storing: storing,
            arrivals: arrivals,
            hasSteps: hasSteps,
            operations: batch
        )
        operations.removeAll(keepingCapacity: true)
        accepting.removeAll(keepingCapacity: true)
        afterCommit.removeAll(keepingCapacity: true)
        storing.removeAll(keepingCapacity: true)
        if hasSteps { stepsOpen += 1 }
        hasSteps = false
        updating.removeAll(keepingCapacity: true)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        do throws(LedgerError) {
            // Completions come back on the event loop: the writer delivers them there.
            try writer.submit(batch) { result in bound.value.completed(submitted, result) }
        } catch {
            completed(submitted, .failure(error))
        }
    }

    /// Whoever waits for the store has waited for nothing.
    private func nothingToStore(_ arrivals: UInt64?) {
        if let arrivals { xmpp?.stored(arrivals) }
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
            if let arrivals = submitted.arrivals { xmpp?.stored(arrivals) }
            if submitted.hasSteps { stepsEnded() }
            scheduleFlush()
        case .failure(let error):
            logger.error(
                "the ledger refused a commit",
                metadata: ["error.code": "\(error.code)", "reason": "\(error.reason)"]
            )
            for token in submitted.storing { simple?.stored(token, false) }
            if submitted.hasSteps { stepsEnded() }
            for id in submitted.accepted {
                if let item = bridge.item(id) { generations.closed(item.offer.generation) }
            }
            if !submitted.accepted.isEmpty { handle(.commitFailed(submitted.accepted, reason: error.reason)) }
            // What was not stored was answered with errors.
            if let arrivals = submitted.arrivals { xmpp?.stored(arrivals) }
            guard error.code != .closed else { return }
            retryLater(submitted.repeated(after: error), submitted.sends)
        }
    }

    /// Ends must reach the ledger, or the items would be sent again after a restart.
    private func retryLater(_ repeated: [LedgerOperation], _ sends: [(id: CrossingID, attempt: Attempt)]) {
        let reports = reportsAgain
        reportsAgain.removeAll()
        guard !repeated.isEmpty || !sends.isEmpty || !reports.isEmpty else { return }
        let bound = NIOLoopBound((self, reports), eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .milliseconds(500)) {
            let (gateway, reports) = bound.value
            gateway.operations.insert(contentsOf: repeated, at: 0)
            gateway.afterCommit.append(contentsOf: sends)
            for report in reports { gateway.take(report) }
            gateway.scheduleFlush()
        }
    }
}
