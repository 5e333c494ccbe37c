import Digests
import Glibc
import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import TestAuthority
import XMPPStanzas
import XMPPStreams

@testable import XMPPChannels

/// What one end told its owner, told apart by side.
enum Told: Sendable {
    case receiving(StreamAction)
    case initiating(StreamAction)
}

/// Two servers on loopback, gw.example and peer.example: the second connects to the first.
final class ServerEnds: Sendable {
    let told: Mailbox<Told>
    let eventLoop: any EventLoop
    let receiving: NIOLoopBoundBox<ServerConnection<ReceivingStream>?>
    let initiating: NIOLoopBoundBox<ServerConnection<InitiatingStream>?>
    private let listener: any Channel

    /// Where gw.example listens.
    var address: SocketAddress? { listener.localAddress }

    struct Setup: Sendable {
        /// How gw.example is written in its certificate; nil for none.
        var gateway: TLSCredentials
        var peer: TLSCredentials?
        var roots: [UInt8]
        var policy = StreamPolicy()
        var peerPolicy = StreamPolicy()
        var isDirect = false
        /// Whether gw.example expects the same; otherwise it waits for a stream in the clear.
        var isDirectExpected = true
        /// Whether peer.example connects at all.
        var connects = true
        var peerKeys = ServerEnds.keys("the secret of peer.example")
        /// What each side names as its application protocols.
        var protocols: [String] = []
        var peerProtocols: [String] = []
        /// What each side judges certificates by.
        var judge: ServerTLS.Judge = { inquiry, _, deliver in deliver(ServerTLS.pkix(inquiry)) }
        var peerJudge: ServerTLS.Judge = { inquiry, _, deliver in deliver(ServerTLS.pkix(inquiry)) }
        /// What the DNS says of gw.example.
        var server: NamedServer?
    }

    static func keys(_ secret: String) -> DialbackKeys? {
        DialbackKeys(
            secret: Array(secret.utf8),
            sha256: { SHA256.hash($0).bytes },
            hmac: { HMAC.sha256(key: $0, message: $1).bytes }
        )
    }

    static let clock = ServerClock(
        monotonic: { NIODeadline.now().uptimeNanoseconds },
        unixSeconds: { Int64(time(nil)) }
    )

    init(_ setup: Setup) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        eventLoop = loop
        let told = Mailbox<Told>(eventLoop: loop)
        self.told = told
        let receiving = NIOLoopBoundBox<ServerConnection<ReceivingStream>?>.makeEmptyBox(
            valueType: ServerConnection<ReceivingStream>.self,
            eventLoop: loop
        )
        let initiating = NIOLoopBoundBox<ServerConnection<InitiatingStream>?>.makeEmptyBox(
            valueType: ServerConnection<InitiatingStream>.self,
            eventLoop: loop
        )
        self.receiving = receiving
        self.initiating = initiating
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(setup.roots)
        configuration.applicationProtocols = setup.protocols
        let tls = ServerTLS(
            accepting: TLSContextHolder(try TLSContext(configuration, role: .server, credentials: [setup.gateway])),
            connecting: TLSContextHolder(try TLSContext(configuration, role: .client, credentials: [setup.gateway])),
            judge: setup.judge
        )
        listener = try await ServerBootstrap(group: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var generator = SystemRandomNumberGenerator()
                    let machine = ReceivingStream(
                        hosts: HostedDomains("gw.example", others: ["müller.example"]),
                        policy: setup.policy,
                        keys: ServerEnds.keys("the secret of gw.example"),
                        nonces: StreamNonces(using: &generator),
                        limits: Self.limits
                    )
                    let connection = ServerConnection(
                        channel: channel,
                        role: .server,
                        machine: machine,
                        tls: tls,
                        clock: ServerEnds.clock
                    ) { told.put(.receiving($0)) }
                    receiving.value = connection
                    try connection.start(tlsTo: setup.isDirect && setup.isDirectExpected ? "gw.example" : nil)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        if setup.connects { try await connect(setup, to: "gw.example", at: listener.localAddress?.port ?? 0) }
    }

    /// Connects as peer.example.
    func connect(_ setup: Setup, to domain: String, at port: Int) async throws {
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(setup.roots)
        configuration.applicationProtocols = setup.peerProtocols
        let tls = ServerTLS(
            accepting: nil,
            connecting: TLSContextHolder(
                try TLSContext(configuration, role: .client, credentials: setup.peer.map { [$0] } ?? [])
            ),
            judge: setup.peerJudge
        )
        // All of it on the loop: a test that waits for its turn must not keep the other side waiting.
        try await ClientBootstrap(group: eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port)
            .flatMapThrowing { [told, initiating] channel in
                var generator = SystemRandomNumberGenerator()
                let machine = InitiatingStream(
                    try DomainPair(local: "peer.example", remote: domain),
                    policy: setup.peerPolicy,
                    keys: setup.peerKeys,
                    hasCertificate: setup.peer != nil,
                    nonces: StreamNonces(using: &generator),
                    limits: Self.limits
                )
                let connection = ServerConnection(
                    channel: channel,
                    role: .client,
                    machine: machine,
                    tls: tls,
                    server: setup.server,
                    clock: ServerEnds.clock
                ) { told.put(.initiating($0)) }
                initiating.value = connection
                try connection.start(tlsTo: setup.isDirect ? domain : nil)
            }
            .get()
    }

    /// Waits that are longer than a busy machine keeps a test from its turn.
    static var limits: StreamLimits {
        var limits = StreamLimits()
        limits.negotiation = 600_000_000_000
        limits.step = 600_000_000_000
        limits.verification = 600_000_000_000
        return limits
    }

    /// What comes next and fits; other words are passed over.
    func next<Value>(_ fits: (Told) -> Value?) async throws -> Value {
        while true {
            let one = try await told.next()
            if let value = fits(one) { return value }
        }
    }

    /// The pair and proof that the initiating side stands on.
    func established() async throws -> DomainProof {
        try await next { if case .initiating(.established(_, let proof)) = $0 { proof } else { nil } }
    }

    /// How the initiating side ended.
    func end() async throws -> StreamEnd {
        try await next { if case .initiating(.close(let end)) = $0 { end } else { nil } }
    }

    /// Who peer.example is to gw.example.
    func peerOfGateway() async throws -> TLSPeer? {
        try await eventLoop.submit { [receiving] in receiving.value?.peer }.get()
    }

    /// Sends a stanza from peer.example.
    func send(_ stanza: String, to domain: String = "gw.example", token: UInt64? = nil) async throws {
        let pair = try DomainPair(local: "peer.example", remote: domain)
        try await eventLoop.submit { [initiating] in
            initiating.value?.receive(.send(Array(stanza.utf8), pair, token: token))
            initiating.value?.receive(.flush)
            initiating.value?.flush()
        }.get()
    }

    /// Gives something to the receiving side.
    func receive(_ input: StreamInput) async throws {
        try await eventLoop.submit { [receiving] in
            receiving.value?.receive(input)
            receiving.value?.flush()
        }.get()
    }

    func stop() async throws {
        try await eventLoop.submit { [initiating, receiving] in
            initiating.value?.receive(.close(nil))
            initiating.value?.flush()
            receiving.value?.receive(.close(nil))
            receiving.value?.flush()
        }.get()
        try await listener.close().get()
    }
}
