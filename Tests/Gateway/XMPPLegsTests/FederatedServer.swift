import Addressing
import BridgeCore
import DNSChannels
import Digests
import Glibc
import Interworking
import Logging
import Loopback
import NIOCore
import NIOPosix
import Synchronization
import TLSChannels
import TestAuthority
import XMPPChannels
import XMPPStreams

@testable import XMPPLegs

/// Which ports of loopback the servers of domains have; it changes while it is asked.
final class Phonebook: DNSChannels.Resolver {
    private let ports = Mutex<[String: Int]>([:])

    func enter(_ domain: String, _ port: Int?) { ports.withLock { $0[domain] = port } }

    func ask(
        _ question: DNSQuestion,
        within patience: TimeAmount,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (DNSAnswer) -> Void
    ) -> OpenQuestion {
        let open = OpenQuestion(on: eventLoop, deliver: deliver)
        open.deliver(answer(question))
        return open
    }

    private func answer(_ question: DNSQuestion) -> DNSAnswer {
        let name = question.name.description
        if name == "server.test" {
            guard question.type == .a, let address = try? IPAddress("127.0.0.1") else { return DNSAnswer(.noData) }
            return DNSAnswer(.records([DNSRecord(.address(address), seconds: 1)]))
        }
        let prefix = "_xmpp-server._tcp."
        guard name.hasPrefix(prefix), question.type == .srv, let target = try? DNSName(ascii: "server.test"),
            let port = ports.withLock({ $0[String(name.dropFirst(prefix.count))] }).map({ UInt16($0) })
        else { return DNSAnswer(.noSuchName, names: [question.name]) }
        let record = SRVRecord(priority: 0, weight: 0, port: port, target: target)
        return DNSAnswer(.records([DNSRecord(.service(record), seconds: 1)]))
    }
}

/// A leg whose domain is served by streams between servers, on real sockets with real TLS; its gateway hands on what it
/// is told.
final class FederatedServer: Sendable {
    let domain: String
    let told: Mailbox<RecordingHost.Call>
    let log: LogKeeper
    let port: Int
    private let eventLoop: any EventLoop
    private let parts: NIOLoopBound<Parts>

    final class Parts {
        let host: RecordingHost
        let leg: XMPPLeg
        /// Whether the ledger is slow.
        var isHolding = false
        var held: [UInt64] = []
        var ticker: RepeatedTask?

        init(host: RecordingHost, leg: XMPPLeg) {
            self.host = host
            self.leg = leg
        }

        func endTurn() {
            guard host.wantsFlush else { return }
            host.wantsFlush = false
            let submission = leg.submit()
            leg.flush(now: .real)
            guard let submission else { return }
            if isHolding { held.append(submission) } else { leg.stored(submission) }
        }
    }

    private init(
        _ domain: String,
        _ eventLoop: any EventLoop,
        _ told: Mailbox<RecordingHost.Call>,
        _ log: LogKeeper,
        _ parts: NIOLoopBound<Parts>,
        port: Int
    ) {
        self.domain = domain
        self.eventLoop = eventLoop
        self.told = told
        self.log = log
        self.parts = parts
        self.port = port
    }

    static func keys(_ secret: String) -> DialbackKeys? {
        DialbackKeys(
            secret: Array(secret.utf8),
            sha256: { SHA256.hash($0).bytes },
            hmac: { HMAC.sha256(key: $0, message: $1).bytes }
        )
    }

    /// Starts a server and enters it in the phonebook.
    static func start(
        _ domain: String,
        certificate: TLSCredentials,
        roots: [UInt8],
        in phonebook: Phonebook,
        serving users: Set<String>,
        change: (inout XMPPLegSettings.Server) -> Void = { _ in }
    ) async throws -> FederatedServer {
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(roots)
        var policy = AddressPolicy()
        if let block = AddressPolicy.Block("127.0.0.0/8") { policy.allowed = [block] }
        var prepared = XMPPLegSettings.Server(
            domains: [domain],
            listeners: [.init(host: "127.0.0.1", port: 0, isDirect: false)],
            policy: StreamPolicy(),
            keys: keys("the secret of \(domain)"),
            tls: ServerTLS(
                accepting: TLSContextHolder(try TLSContext(configuration, role: .server, credentials: [certificate])),
                connecting: TLSContextHolder(try TLSContext(configuration, role: .client, credentials: [certificate]))
            ),
            connector: Connector(resolver: phonebook, policy: policy)
        )
        prepared.bounds.firstPause = 100_000_000
        change(&prepared)
        let server = prepared
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let log = LogKeeper()
        let told = Mailbox<RecordingHost.Call>(eventLoop: loop)
        let parts = try await loop.submit {
            let host = RecordingHost(generation: try ShippedTables.generation())
            host.xmppDomains = users
            var settings = XMPPLegSettings(
                components: [],
                gatewayName: "gw." + domain,
                xmppDomains: users,
                largestStanza: 20_000
            )
            settings.server = server
            let logger = Logger(label: "test") { _ in log }
            let leg = XMPPLeg(eventLoop: loop, settings: settings, host: host, logger: logger, now: .real)
            let parts = Parts(host: host, leg: leg)
            let bound = NIOLoopBound(parts, eventLoop: loop)
            host.whenTold = { told.put($0) }
            host.whenFlushIsWanted = { loop.execute { bound.value.endTurn() } }
            parts.ticker = loop.scheduleRepeatedTask(initialDelay: .milliseconds(20), delay: .milliseconds(20)) { _ in
                bound.value.leg.advance(now: .real)
            }
            return bound
        }.get()
        let addresses = try await loop.flatSubmit {
            parts.value.leg.listen() ?? loop.makeSucceededFuture([])
        }.get()
        let port = addresses.first?.port ?? 0
        phonebook.enter(domain, port)
        try await loop.submit { parts.value.leg.start(now: .real) }.get()
        return FederatedServer(domain, loop, told, log, parts, port: port)
    }

    /// Does something on the loop.
    @discardableResult
    func run<Value: Sendable>(_ work: @escaping @Sendable (Parts) -> Value) async throws -> Value {
        try await eventLoop.submit { [parts] in work(parts.value) }.get()
    }

    /// The next call that fits; others are passed over.
    func next<Value>(_ fits: (RecordingHost.Call) -> Value?) async throws -> Value {
        while true {
            if let value = fits(try await told.next()) { return value }
        }
    }

    /// The next crossing that was delivered.
    func delivered() async throws -> CrossingID {
        try await next { if case .delivered(let id, _) = $0 { id } else { nil } }
    }

    /// The next crossing that failed, and how.
    func failed() async throws -> (id: CrossingID, failure: Failure) {
        let id: CrossingID = try await next { if case .failed(let id, _) = $0 { id } else { nil } }
        return (
            id,
            try await run { parts in
                parts.host.failures.removeFirst()
            }
        )
    }

    /// The next sender whose message was taken.
    func accepted() async throws -> String {
        try await next { if case .accepted(let sender) = $0 { sender } else { nil } }
    }

    /// Sends a message as a stored item.
    func send(_ number: Int64, from: String, to: String, body: String = "hi") async throws {
        try await send([number], from: from, to: to, body: body)
    }

    /// Sends messages as stored items in one turn.
    func send(_ numbers: [Int64], from: String, to: String, body: String = "hi") async throws {
        let hop = "s2s:\(domain)/\(to.split(separator: "@").last ?? "")"
        try await run { parts in
            for number in numbers {
                parts.leg.send(Self.item(number, from: from, to: to, hop: hop, body: body), .first)
            }
        }
    }

    static func item(_ number: Int64, from: String, to: String, hop: String, body: String) -> Item {
        let wire = "<message from='\(from)' to='\(to)' id='m\(number)'><body>\(body)</body></message>"
        let identity = OriginText.encode([("id", "m\(number)"), ("to", to), ("from", from)])
        let offer = Offer(
            kind: .message,
            target: .xmpp,
            sender: from,
            recipient: to,
            hop: hop,
            lane: "",
            cargo: Cargo(source: [], wire: Array(wire.utf8), identity: identity),
            generation: "g"
        )
        return Item(
            id: CrossingID(number),
            offer: offer,
            state: .sent,
            accepted: Moment.real.wall,
            firstSent: 0,
            deadline: .max,
            attempts: 1,
            answered: true
        )
    }

    /// Ends it, and waits until nothing is open.
    func stop() async throws {
        try await run { $0.leg.stop() }
        while try await !run({ $0.leg.isStopped }) { try await pause() }
        try await run { $0.ticker?.cancel() }
    }
}

extension Moment {
    /// What the machine's clocks say.
    static var real: Moment {
        Moment(monotonic: NIODeadline.now().uptimeNanoseconds, wall: Int64(time(nil)) * 1_000)
    }
}

/// Lets others run before a condition is looked at again.
func pause() async throws {
    try await MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .milliseconds(2)) {}.futureResult.get()
}
