import Addressing
import Glibc
import NIOCore
import NIOPosix

/// The way to one server: its addresses, what its certificate must match, and the race of connections.
///
/// Bound to the event loop of its walk.
final class ServerVisit {
    /// The end of a visit that connected.
    struct Arrival {
        let channel: any Channel
        let address: IPAddress
        let isProved: Bool
        let associations: ConnectedServer.Associations
    }

    /// How far the question for associations is.
    private enum Associations {
        /// Nothing proved has come; leads to `asking`.
        case unasked
        /// The answer is awaited, and with it these addresses; leads to `known`.
        case asking(held: [(HappyEyeballs.Family, [IPAddress])])
        /// The answer is there.
        case known(ConnectedServer.Associations)
    }

    let server: ServerCandidate
    private unowned let walk: ServerWalk
    private var race: HappyEyeballs
    private var associations = Associations.unasked
    private var proved: Set<IPAddress> = []
    private var addresses: [Int: IPAddress] = [:]
    private var channels: [Int: any Channel] = [:]
    /// The attempt whose connection is used once the associations are known.
    private var chosen: Int?
    private var cancelWake: (@Sendable () -> Void)?
    private var hasEnded = false
    private var lacking: [String] = []

    init(_ server: ServerCandidate, of walk: ServerWalk) {
        self.server = server
        self.walk = walk
        race = HappyEyeballs(timing: walk.connector.limits.timing)
    }

    private var now: NIODeadline { walk.connector.clock.now() }

    /// Asks for the addresses, IPv6 first.
    ///
    /// Source: RFC 8305 §3.
    func start() {
        switch server.host {
        case .address(let address):
            let isOld = if case .v4 = address { true } else { false }
            let usable = allowed([address])
            run(race.answered(.v6, isOld ? [] : usable, now: now))
            run(race.answered(.v4, isOld ? usable : [], now: now))
        case .name(let name):
            walk.ask(DNSQuestion(name, .aaaa)) { [self] in answered(.v6, $0) }
            walk.ask(DNSQuestion(name, .a)) { [self] in answered(.v4, $0) }
        }
    }

    /// Lets go of everything but a connection that was handed over.
    func end() {
        hasEnded = true
        cancelWake?()
        cancelWake = nil
        for channel in channels.values { channel.close(promise: nil) }
        channels = [:]
    }

    /// Notes each attempt that still runs as failed.
    func noteOpen(_ reason: String) {
        for attempt in channels.keys.sorted() {
            walk.note(.connection, reason, server, addresses[attempt], kind: .unreachable)
        }
    }

    // MARK: Addresses

    private func answered(_ family: HappyEyeballs.Family, _ answer: DNSAnswer) {
        guard !hasEnded else { return }
        var found: [IPAddress] = []
        switch answer.outcome {
        case .failed(.bogus(let reason)):
            // RFC 7673 §3.2: the server is not connected to, whatever the other family says.
            walk.note(.addresses, "DNSSEC validation failed: \(reason)", server, kind: .bogus)
            walk.leave(self)
            return
        case .failed(let failure):
            walk.note(.addresses, "\(family == .v6 ? "AAAA" : "A"): \(failure)", server, kind: .undecided)
        case .noSuchName: lacking.append("the name does not exist")
        case .noData: lacking.append("the name has no address")
        case .records(let records):
            for case .address(let address) in records.map(\.data) { found.append(address) }
            if answer.isSecure { proved.formUnion(found) }
            found = allowed(found)
        }
        if lacking.count == 2 { walk.note(.addresses, lacking[0], server, kind: .notFound) }
        if server.isProved, answer.isSecure, !found.isEmpty { askForAssociations() }
        if case .asking(let held) = associations {
            associations = .asking(held: held + [(family, found)])
        } else {
            run(race.answered(family, found, now: now))
        }
    }

    /// The addresses that may be connected to.
    private func allowed(_ found: [IPAddress]) -> [IPAddress] {
        guard server.port > 0 else {
            walk.note(.policy, "the server has port 0", server, kind: .notFound)
            return []
        }
        guard !server.isConfigured else { return found }
        return found.filter { address in
            guard let kind = walk.connector.policy.refusal(of: address, port: server.port) else { return true }
            walk.note(.policy, "a \(kind.rawValue) address is refused", server, address, kind: .refused)
            return false
        }
    }

    // MARK: Associations

    /// Asks what the certificate must match, once.
    ///
    /// Source: RFC 7673 §3.3, RFC 6698 §3.
    private func askForAssociations() {
        guard case .unasked = associations, case .name(let name) = server.host else { return }
        guard let name = try? name.prefixed("_\(server.port)._tcp") else {
            associations = .known(.none)
            return
        }
        associations = .asking(held: [])
        walk.ask(DNSQuestion(name, .tlsa)) { [self] in learned($0) }
    }

    /// Source: RFC 7673 §3.4.
    private func learned(_ answer: DNSAnswer) {
        guard !hasEnded, case .asking(let held) = associations else { return }
        if let failure = answer.failure {
            let isBogus = if case .bogus = failure { true } else { false }
            walk.note(.associations, "TLSA: \(failure)", server, kind: isBogus ? .bogus : .undecided)
            walk.leave(self)
            return
        }
        var records: [TLSARecord] = []
        for case .association(let record) in answer.isSecure ? answer.records.map(\.data) : [] {
            records.append(record)
        }
        associations = .known(records.isEmpty ? .none : .records(records))
        for (family, found) in held { run(race.answered(family, found, now: now)) }
        if let chosen { use(chosen) }
    }

    // MARK: Connections

    private func run(_ actions: [HappyEyeballs.Action]) {
        for action in actions where !hasEnded {
            switch action {
            case .connect(let attempt, let address): connect(attempt, address)
            case .abandon(let attempt): abandon(attempt)
            case .wake(let deadline): wake(at: deadline)
            case .use(let attempt): use(attempt)
            case .giveUp: walk.leave(self)
            }
        }
    }

    private func wake(at deadline: NIODeadline) {
        cancelWake?()
        let bound = NIOLoopBound(self, eventLoop: walk.eventLoop)
        cancelWake = walk.connector.clock.schedule(walk.eventLoop, deadline) {
            let visit = bound.value
            guard !visit.hasEnded else { return }
            visit.run(visit.race.woke(now: visit.now))
        }
    }

    private func connect(_ attempt: Int, _ address: IPAddress) {
        addresses[attempt] = address
        let target: SocketAddress
        do {
            target = try SocketAddress(ipAddress: address.description, port: Int(server.port))
        } catch {
            failed(attempt, "\(error)")
            return
        }
        let bound = NIOLoopBound(self, eventLoop: walk.eventLoop)
        ClientBootstrap(group: walk.eventLoop)
            // The race has its own limit, which comes before.
            .connectTimeout(walk.connector.limits.timing.attempt + .seconds(5))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Kept from here on, so that an attempt that is given up ends at once.
                    if bound.value.hasEnded { throw ChannelError.operationUnsupported }
                    bound.value.channels[attempt] = channel
                }
            }
            .connect(to: target)
            .whenComplete { result in
                let visit = bound.value
                switch result {
                case .success(let channel):
                    guard !visit.hasEnded, visit.channels[attempt] != nil else {
                        channel.close(promise: nil)
                        return
                    }
                    visit.run(visit.race.connected(attempt, now: visit.now))
                case .failure(let error): visit.failed(attempt, Self.sentence(error))
                }
            }
    }

    /// What the system says of a connection that was not made.
    private static func sentence(_ error: any Error) -> String {
        guard let fault = error as? IOError else { return "\(error)" }
        // The text is copied at once.
        return unsafe String(cString: strerror(fault.errnoCode))
    }

    private func failed(_ attempt: Int, _ reason: String) {
        guard !hasEnded, channels.removeValue(forKey: attempt) != nil || race.failures[attempt] == nil else { return }
        let reason = String(reason.prefix(200))
        let actions = race.failed(attempt, reason, now: now)
        if race.failures[attempt] == reason {
            walk.note(.connection, reason, server, addresses[attempt], kind: .unreachable)
        }
        run(actions)
    }

    private func abandon(_ attempt: Int) {
        if let reason = race.failures[attempt] {
            walk.note(.connection, reason, server, addresses[attempt], kind: .unreachable)
        }
        channels.removeValue(forKey: attempt)?.close(promise: nil)
    }

    private func use(_ attempt: Int) {
        chosen = attempt
        let found: ConnectedServer.Associations
        switch associations {
        case .asking: return
        case .unasked: found = .notAsked
        case .known(let known): found = known
        }
        guard let address = addresses[attempt], let channel = channels.removeValue(forKey: attempt) else { return }
        guard channel.isActive else {
            walk.note(.connection, "the server closed the connection", server, address, kind: .unreachable)
            walk.leave(self)
            return
        }
        let isProved = server.isProved && proved.contains(address)
        walk.arrived(Arrival(channel: channel, address: address, isProved: isProved, associations: found))
    }
}
