import GatewayDaemon
import Ledger
import OperatorFiles

/// The record that somebody reads the log of a gateway.
enum RecordedRead {
    /// Records a read before anything is shown.
    ///
    /// - Parameters:
    ///   - command: the command that shows records.
    ///   - question: what it was asked, by option.
    ///   - records: how many records it is about to show.
    ///   - configuration: whose log it is.
    /// - Throws: the end of the command when the record cannot be made, since a read that leaves no trace is refused.
    static func note(
        _ command: String,
        _ question: [String: String],
        records: Int,
        _ configuration: GatewayConfiguration
    ) async throws {
        // Without a store there is nothing to take the record, and none is to be made by the way.
        _ = try OpenStore.path(configuration)
        do {
            _ = try await StoreChange.perform(
                configuration,
                request: .read(command, asking: question, records: records)
            ) { [.audit($0.read(command, asking: question, records: records))] }
        } catch let stop as Stop {
            throw Stop(
                code: stop.code,
                message: "the read cannot be recorded, so nothing is shown: \(stop.message); mend that and ask again"
            )
        }
    }
}
