import Logging
import NIOCore
import NIOPosix

@testable import SIMPLELegs

/// A leg with its sockets, on a loop of its own.
final class Running: Sendable {
    let eventLoop: any EventLoop
    private let parts: NIOLoopBound<(host: ScriptedHost, leg: SIMPLELeg)>
    let addresses: [SocketAddress]

    private init(
        eventLoop: any EventLoop,
        parts: NIOLoopBound<(host: ScriptedHost, leg: SIMPLELeg)>,
        addresses: [SocketAddress]
    ) {
        self.eventLoop = eventLoop
        self.parts = parts
        self.addresses = addresses
    }

    static func start(
        host address: String,
        _ transports: [String] = ["udp", "tcp"]
    ) async throws -> Running {
        let generation = try ShippedTables.generation()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let parts = try await eventLoop.submit {
            var settings = Stage.settings()
            settings.listeners = transports.map { .init(transport: $0, host: address, port: 0) }
            let host = ScriptedHost(generation)
            let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
            let leg = SIMPLELeg(eventLoop: eventLoop, settings: settings, host: host, logger: logger)
            return NIOLoopBound((host: host, leg: leg), eventLoop: eventLoop)
        }.get()
        let addresses = try await eventLoop.flatSubmit { parts.value.leg.start() }.get()
        return Running(eventLoop: eventLoop, parts: parts, addresses: addresses)
    }

    /// Does something on the loop, and lets what it queued leave.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (ScriptedHost, SIMPLELeg) throws -> Value
    ) async throws -> Value {
        try await eventLoop.submit { [parts] in
            let (host, leg) = parts.value
            let value = try body(host, leg)
            leg.flush()
            return value
        }.get()
    }

    func stop() async throws { try await run { _, leg in leg.stop() } }
}
