import BridgeCore
import Interworking
import Ledger
import Logging
import MappingTables
import NIOCore
import NIOPosix
import OperatorFiles

/// How other tables come into force.
///
/// Everything before the swap runs outside the loop, one order after the other. The swap itself happens in one turn of
/// the loop, after its commit: what was accepted before keeps its tables, what is accepted later has the others.
extension Gateway {
    /// The most orders that wait for their turn.
    static let mostActivations = 8

    /// Carries out an order; an order that comes meanwhile waits for its turn.
    ///
    /// - Parameters:
    ///   - order: which tables, who wants them, and why.
    ///   - pause: what happens between two looks at the files, for tests.
    /// - Returns: what came of it; every failure leaves the tables in force as they are.
    func activate(
        _ order: ActivationOrder,
        pause: @escaping @Sendable () -> Void = {}
    ) -> EventLoopFuture<ActivationReport> {
        guard activationsWaiting < Self.mostActivations else {
            var report = ActivationReport()
            report.before = generation.identifier
            report.fail("read", "\(activationsWaiting) activations wait; try again when they have ended")
            return eventLoop.makeSucceededFuture(report)
        }
        activationsWaiting += 1
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let turn = lastActivation.flatMap { bound.value.carryOut(order, pause) }
        lastActivation = turn.map { _ in }.recover { _ in }
        return turn.always { _ in bound.value.activationsWaiting -= 1 }
    }

    private func carryOut(
        _ order: ActivationOrder,
        _ pause: @escaping @Sendable () -> Void
    ) -> EventLoopFuture<ActivationReport> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let configuration = configuration
        let clock = clock
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            let path = StateDirectory.databasePath(in: configuration.state)
            do throws(LedgerError) {
                let reader = try LedgerReader(path: path)
                let preparation = ActivationPreparation(
                    configuration,
                    reader,
                    now: { clock.read().wall },
                    pause: pause
                )
                defer { FreeMemory.giveBack() }
                return preparation.prepare(order)
            } catch {
                var report = ActivationReport()
                report.fail("read", "the store cannot be read: \(error)", code: 3)
                return (nil, report)
            }
        }.flatMap { (prepared: (candidate: Candidate?, report: ActivationReport)) in
            bound.value.activate(prepared.candidate, order, prepared.report)
        }
    }

    /// Stores and swaps, or writes down why not.
    private func activate(
        _ candidate: Candidate?,
        _ order: ActivationOrder,
        _ report: ActivationReport
    ) -> EventLoopFuture<ActivationReport> {
        var report = report
        report.before = generation.identifier
        guard let candidate else {
            refused(order, report)
            return eventLoop.makeSucceededFuture(report)
        }
        guard candidate.generation.identifier != generation.identifier else {
            report.note("swap", .skip, "these tables are in force already")
            report.result = .alreadyInForce
            return eventLoop.makeSucceededFuture(report)
        }
        return activate(candidate, order, into: report)
    }

    /// Stores a candidate, and puts it in force once that is durable.
    func activate(
        _ candidate: Candidate,
        _ order: ActivationOrder,
        into report: ActivationReport = ActivationReport()
    ) -> EventLoopFuture<ActivationReport> {
        let promise = eventLoop.makePromise(of: ActivationReport.self)
        let before = generation.identifier
        let act = ActivationAct(node: configuration.name, order: order, before: before)
        let bound = NIOLoopBound((self, report), eventLoop: eventLoop)
        do throws(LedgerError) {
            // Completions come back on the event loop: the writer delivers them there.
            try writer.submit(act.operations(candidate, now: now.wall)) { result in
                var (gateway, report) = bound.value
                switch result {
                case .success:
                    report.note("store", "the files and the record are stored")
                    gateway.swap(to: candidate, order)
                    report.note("swap", "generation \(candidate.generation.identifier) is in force")
                    report.generation = candidate.generation.identifier
                    report.before = before
                    report.result = .inForce
                case .failure(let error):
                    report.fail("store", "nothing is stored: \(error)", code: 3)
                    gateway.refused(order, report)
                }
                promise.succeed(report)
            }
        } catch {
            var report = report
            report.fail("store", "nothing is stored: \(error)", code: 3)
            refused(order, report)
            promise.succeed(report)
        }
        return promise.futureResult
    }

    /// The one moment in which other tables take over.
    private func swap(to candidate: Candidate, _ order: ActivationOrder) {
        let retired = generations.activate(candidate.generation)
        knownEnds = Recent(capacity: RequestEnds.capacity)
        lastRefusal = nil
        logger.notice(
            "other mapping tables are in force",
            metadata: [
                "generation": "\(candidate.generation.identifier)", "cause": "\(order.cause.rawValue)",
                "actor": "\(order.actor)",
            ]
        )
        if let retired { retire(retired) }
    }

    /// Counts an item of some tables out; they retire with their last one.
    func closed(_ identifier: String) {
        if generations.closed(identifier) { retire(identifier) }
    }

    private func retire(_ identifier: String) {
        var record = AuditRecord(.retired, time: now.wall, node: configuration.name)
        record.generation = identifier
        operations.append(.retire(generation: identifier, at: now.wall))
        operations.append(.audit(record.entry()))
        logger.notice("mapping tables have retired", metadata: ["generation": "\(identifier)"])
        scheduleFlush()
    }

    /// A failed activation is loud: in the log, in the records, in the counters and in the status.
    private func refused(_ order: ActivationOrder, _ report: ActivationReport) {
        let failure = report.failure
        let text = "\(failure?.name ?? ""): \(failure?.text ?? "")"
        lastRefusal = "\(Timestamp.text(milliseconds: now.wall)) \(text)"
        operations += ActivationAct(node: configuration.name, order: order, before: generation.identifier)
            .refusal(report, now: now.wall)
        scheduleFlush()
        ActivationAct.log(report, logger)
    }
}
