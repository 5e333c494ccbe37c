public import Ledger
import MappingTables
public import OperatorFiles

/// Puts tables in force in the store of a gateway that does not run; its next start takes them.
public enum OfflineActivation {
    /// Carries out an order.
    ///
    /// - Parameters:
    ///   - order: which tables, who asks, and why.
    ///   - configuration: whose tables they are.
    ///   - writer: the store, which nobody else has.
    ///   - path: the database file.
    ///   - now: Unix milliseconds.
    /// - Returns: what came of it; every failure leaves the tables in force as they are.
    /// - Throws: `LedgerError` when the store cannot be opened for reading.
    public static func perform(
        _ order: ActivationOrder,
        _ configuration: GatewayConfiguration,
        _ writer: LedgerWriter,
        path: String,
        now: @escaping @Sendable () -> Int64
    ) throws(LedgerError) -> ActivationReport {
        let preparation = ActivationPreparation(configuration, try LedgerReader(path: path), now: now)
        var (candidate, report) = preparation.prepare(order)
        let act = ActivationAct(node: configuration.name, order: order, before: report.before)
        guard let candidate else {
            // The exit code tells of the refusal in any case.
            _ = try? writer.perform(act.refusal(report, now: now()))
            return report
        }
        guard candidate.generation.identifier != report.before else {
            report.note("swap", .skip, "these tables are in force already")
            report.result = .alreadyInForce
            return report
        }
        do throws(LedgerError) {
            try writer.perform(act.operations(candidate, now: now()))
            report.note("store", "the files and the record are stored")
            report.note("swap", .skip, "no gateway runs; the next start takes these tables")
            report.result = .inForce
        } catch {
            report.fail("store", "nothing is stored: \(error)", code: 3)
        }
        return report
    }
}
