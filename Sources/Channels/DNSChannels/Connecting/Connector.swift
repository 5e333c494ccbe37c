public import Addressing
public import NIOCore
import NIOPosix

/// Finds the servers of a domain and connects to the first that takes the connection.
public struct Connector: Sendable {
    /// What is connected to.
    public enum Destination: Sendable, Equatable {
        /// The XMPP server of a domain, as the DNS names it.
        case xmppServer(domain: String)
        /// Given servers of a domain: those an operator names, or those that another connection left.
        ///
        /// Source: RFC 6120 §3.2.3.
        case servers([ServerCandidate], domain: String)

        /// The domain.
        var domain: String {
            switch self {
            case .xmppServer(let domain), .servers(_, let domain): domain
            }
        }
    }

    let resolver: any Resolver
    let policy: AddressPolicy
    let limits: ConnectorLimits
    let clock: ConnectorClock

    /// Makes a connector.
    ///
    /// - Parameters:
    ///   - resolver: who is asked.
    ///   - policy: which addresses may be connected to.
    ///   - limits: bounds of each search.
    ///   - clock: the time; that of the system unless a test has its own.
    public init(
        resolver: any Resolver,
        policy: AddressPolicy = AddressPolicy(),
        limits: ConnectorLimits = ConnectorLimits(),
        clock: ConnectorClock = .system
    ) {
        self.resolver = resolver
        self.policy = policy
        self.limits = limits
        self.clock = clock
    }

    /// Begins to connect; called on any thread.
    ///
    /// - Parameters:
    ///   - destination: what is connected to.
    ///   - eventLoop: the loop of the connection.
    ///   - deliver: takes the end, once, on the loop.
    /// - Returns: the means to give up.
    @discardableResult
    public func connect(
        to destination: Destination,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (Result<ConnectedServer, ConnectionFailure>) -> Void
    ) -> OpenConnection {
        let open = OpenConnection(eventLoop)
        eventLoop.execute {
            guard !open.isCancelled.value else {
                deliver(.failure(ConnectionFailure(kind: .cancelled, domain: destination.domain, attempts: [])))
                return
            }
            let walk = ServerWalk(self, destination, on: eventLoop) { result in
                open.walk.value = nil
                deliver(result)
            }
            open.walk.value = walk
            walk.start()
        }
        return open
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - destination: what is connected to.
    ///   - eventLoop: the loop of the connection.
    /// - Returns: the connection.
    /// - Throws: ``ConnectionFailure`` with everything that was tried.
    public func connect(
        to destination: Destination,
        on eventLoop: any EventLoop
    ) async throws(ConnectionFailure) -> ConnectedServer {
        let result: Result<ConnectedServer, ConnectionFailure> = await withCheckedContinuation { continuation in
            connect(to: destination, on: eventLoop) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}

/// A search for a server that was begun.
public final class OpenConnection: Sendable {
    let walk: NIOLoopBoundBox<ServerWalk?>
    let isCancelled: NIOLoopBoundBox<Bool>
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        walk = .makeEmptyBox(valueType: ServerWalk.self, eventLoop: eventLoop)
        isCancelled = .makeBoxSendingValue(false, eventLoop: eventLoop)
    }

    /// Gives up; the end is then ``ConnectionFailure/Kind/cancelled``, unless there was another.
    public func cancel() {
        eventLoop.execute {
            self.isCancelled.value = true
            self.walk.value?.finish(.cancelled)
        }
    }
}

extension AddressPolicy {
    /// The addresses of this machine's interfaces, for ``ownAddresses``.
    public static func addressesOfThisMachine() throws -> Set<IPAddress> {
        let texts = try System.enumerateDevices().compactMap { $0.address?.ipAddress }
        // The zone of a link-local address is none of the address.
        return Set(texts.compactMap { text in try? IPAddress(String(text.prefix { $0 != "%" })) })
    }
}
