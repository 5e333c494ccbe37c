import GatewayDaemon
import OperatorFiles

/// The gateway that owns a state directory.
enum RunningGateway {
    /// Asks it.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - configuration: whose gateway it is.
    ///   - owner: the process that owns the directory.
    /// - Returns: what it says.
    /// - Throws: the end of the command when it does not answer.
    static func ask(
        _ request: ControlRequest,
        _ configuration: GatewayConfiguration,
        owner: Int32
    ) async throws -> ControlReply {
        do {
            return try await ControlClient.ask(request, path: ControlSocket.path(in: configuration.state))
        } catch let error as ControlClient.Unreachable {
            throw Stop.unreachable("process \(owner) owns \(configuration.state), but \(error.description)")
        }
    }
}
