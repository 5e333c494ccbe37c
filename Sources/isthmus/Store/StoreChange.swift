import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// The way by which a command changes a store: through the running gateway, or alone.
///
/// One process owns a state directory. When it is a gateway, the command asks it; when there is none, the command takes
/// the lock itself and refuses to run beside anything else.
enum StoreChange {
    /// Carries out a change.
    ///
    /// - Parameters:
    ///   - configuration: whose store it is.
    ///   - request: what to ask of a running gateway.
    ///   - operations: what to store when there is none, for acts of this user.
    /// - Returns: what the gateway says; nothing to say when there is none.
    /// - Throws: the end of the command when the change is refused or the store is out of reach.
    static func perform(
        _ configuration: GatewayConfiguration,
        request: ControlRequest,
        operations: (OperatorActs) -> [LedgerOperation]
    ) async throws -> ControlReply {
        if let owner = StateDirectory.owner(of: configuration.state) {
            return try await ask(configuration, request, owner: owner)
        }
        do throws(LedgerError) {
            let directory = try StateDirectory(path: configuration.state)
            let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
            defer { writer.close() }
            try writer.perform(operations(acts(configuration)))
        } catch {
            throw Stop(error)
        }
        return ControlReply()
    }

    /// Has a gateway do something: the running one, or one that serves nobody over the same store.
    ///
    /// - Parameters:
    ///   - configuration: whose store it is.
    ///   - requests: what is asked, in order.
    /// - Returns: the rows of all replies.
    /// - Throws: the end of the command when one is refused or the store is out of reach.
    static func perform(
        _ configuration: GatewayConfiguration,
        requests: [ControlRequest]
    ) async throws -> [[String: String]] {
        var rows: [[String: String]] = []
        for request in requests {
            if let owner = StateDirectory.owner(of: configuration.state) {
                rows += try await ask(configuration, request, owner: owner).rows
                continue
            }
            let reply: ControlReply
            do {
                reply = try await StoreGateway.ask(request, configuration, user: "uid \(getuid())")
            } catch let error as LedgerError {
                throw Stop(error)
            } catch let fault as StartFault {
                throw Stop(code: fault.kind == .files ? 1 : 3, message: fault.description)
            }
            guard reply.code == 0 else { throw Stop(code: Int32(clamping: reply.code), message: reply.message ?? "") }
            rows += reply.rows
        }
        return rows
    }

    /// Acts of the user who runs this command.
    static func acts(_ configuration: GatewayConfiguration) -> OperatorActs {
        OperatorActs(node: configuration.name, actor: "uid \(getuid())", now: now)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    static var now: Int64 {
        var time = timespec()
        // The pointer does not outlive the call.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func ask(
        _ configuration: GatewayConfiguration,
        _ request: ControlRequest,
        owner: Int32
    ) async throws -> ControlReply {
        let reply = try await RunningGateway.ask(request, configuration, owner: owner)
        guard reply.code == 0 else {
            throw Stop(code: Int32(clamping: reply.code), message: reply.message ?? "the gateway refuses")
        }
        return reply
    }
}
