import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// The way by which a command puts tables in force: through the running gateway, or alone.
enum ActivationChange {
    /// Carries out an order of the user who runs this command.
    static func perform(
        _ configuration: GatewayConfiguration,
        _ cause: ActivationRow.Cause,
        reason: String,
        generation: String? = nil,
        expected: String? = nil,
        shadow: Int
    ) async throws -> ActivationReport {
        if let owner = StateDirectory.owner(of: configuration.state) {
            var arguments = ["reason": reason, "shadow": String(shadow)]
            arguments["generation"] = generation
            arguments["expect"] = expected
            let command = cause == .rollback ? ControlRequest.rollBackMappings : ControlRequest.applyMappings
            return try await ask(ControlRequest(command: command, arguments: arguments), configuration, owner: owner)
        }
        let order = ActivationOrder(
            cause,
            actor: "uid \(getuid())",
            reason: reason,
            generation: generation,
            expected: expected,
            shadow: shadow
        )
        do throws(LedgerError) {
            let directory = try StateDirectory(path: configuration.state)
            let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
            defer { writer.close() }
            return try OfflineActivation.perform(
                order,
                configuration,
                writer,
                path: directory.databasePath,
                now: { StoreChange.now }
            )
        } catch {
            throw Stop(error)
        }
    }

    private static func ask(
        _ request: ControlRequest,
        _ configuration: GatewayConfiguration,
        owner: Int32
    ) async throws -> ActivationReport {
        let reply = try await RunningGateway.ask(request, configuration, owner: owner)
        guard let report = reply.activation else {
            throw Stop(code: Int32(clamping: max(1, reply.code)), message: reply.message ?? "the gateway refuses")
        }
        return report
    }
}
