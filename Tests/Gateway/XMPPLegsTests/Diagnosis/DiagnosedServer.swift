import Addressing
import DNSChannels
import Digests
import Glibc
import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import TestAuthority
import XMPPChannels
import XMPPStreams

@testable import XMPPLegs

/// The certificates of all diagnoses, made once.
struct DiagnosisCertificates: Sendable {
    static let made = Result { try DiagnosisCertificates() }

    let authority: Authority
    let gateway: TLSCredentials
    let peer: TLSCredentials
    let other: TLSCredentials
    let expired: TLSCredentials
    let selfSigned: TLSCredentials
    let prosody: Issued

    /// The end of ``peer``, in seconds since 1970: 2048-01-01T00:00:00Z.
    static let end: Int64 = 2_461_449_600

    static let server = Result {
        let all = try made.get()
        return try ProsodyServer(certificate: all.prosody, root: all.authority.root)
    }

    init() throws {
        authority = try Authority("diagnosis")
        gateway = try authority.issue("gw.example", names: ["DNS:gw.example"]).credentials()
        peer = try authority.issue("peer.example", names: ["DNS:peer.example"]).credentials()
        other = try authority.issue("other.example", names: ["DNS:other.example"]).credentials()
        prosody = try authority.issue("prosody.example", names: ["DNS:prosody.example"])
        expired = try authority.issue(
            "late",
            names: ["DNS:peer.example"],
            dates: ("20200101000000Z", "20210101000000Z")
        ).credentials()
        selfSigned = try authority.issue("alone", names: ["DNS:peer.example"], selfSigned: true).credentials()
    }
}

/// peer.example on loopback, which takes streams as a gateway does.
final class DiagnosedServer: Sendable {
    struct Setup: Sendable {
        var credentials: TLSCredentials
        var policy = StreamPolicy()
        var isDirect = false
        /// What the authoritative server says of keys.
        var verdict = DialbackVerdict.valid
        /// The host that is named instead once the peer is proved.
        var otherHost: String?
    }

    let port: Int
    /// What the machine asked of its owner.
    let told: Mailbox<StreamAction>
    private let listener: any Channel

    init(_ setup: Setup) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let told = Mailbox<StreamAction>(eventLoop: loop)
        self.told = told
        let tls = try Self.tls(accepting: setup.credentials)
        listener = try await ServerBootstrap(group: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var generator = SystemRandomNumberGenerator()
                    let machine = ReceivingStream(
                        hosts: HostedDomains("peer.example"),
                        policy: setup.policy,
                        keys: DiagnosisSetup.keys("the secret of peer.example"),
                        nonces: StreamNonces(using: &generator)
                    )
                    let box = Box()
                    let connection = ServerConnection(
                        channel: channel,
                        role: .server,
                        machine: machine,
                        tls: tls,
                        clock: DiagnosisSetup.clock
                    ) { action in
                        told.put(action)
                        switch action {
                        case .verify(let request): box.connection?.receive(.verified(request, setup.verdict))
                        case .established:
                            guard let host = setup.otherHost else { return }
                            box.connection?.receive(.close(StreamFault(.seeOtherHost, otherHost: host)))
                        default: return
                        }
                        box.connection?.flush()
                    }
                    box.connection = connection
                    try connection.start(tlsTo: setup.isDirect ? "peer.example" : nil)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    private final class Box {
        weak var connection: ServerConnection<ReceivingStream>?
    }

    static func tls(accepting credentials: TLSCredentials) throws -> ServerTLS {
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(try DiagnosisCertificates.made.get().authority.root.certificate)
        let accepting = try TLSContext(configuration, role: .server, credentials: [credentials])
        let connecting = try TLSContext(configuration, role: .client)
        return ServerTLS(accepting: TLSContextHolder(accepting), connecting: TLSContextHolder(connecting))
    }

    func close() async throws { try await listener.close().get() }
}

/// What gw.example is diagnosed with.
struct DiagnosisSetup {
    var credentials: TLSCredentials?
    var keys = DiagnosisSetup.keys("the secret of gw.example")
    var policy = StreamPolicy()
    var answers: [DNSQuestion: DNSAnswer]
    var silent: Set<DNSQuestion> = []
    var servers: [String: [ServerCandidate]] = [:]
    var addresses = DiagnosisSetup.loopback
    var limits = StreamLimits()
    var clock = DiagnosisSetup.clock
    var patience = LinkDiagnosis.patience
    var remote = "peer.example"
    var notes: [LinkFinding] = []

    /// gw.example with its certificate, and a DNS that names these servers of peer.example, in their order.
    init(ports: Int..., mode: ServerCandidate.Mode = .startTLS) throws {
        credentials = try DiagnosisCertificates.made.get().gateway
        answers = Self.answers(ports, mode)
    }

    static func answers(_ ports: [Int], _ mode: ServerCandidate.Mode = .startTLS) -> [DNSQuestion: DNSAnswer] {
        let records = ports.enumerated().map { index, port in
            DNSRecord(
                .service(
                    SRVRecord(
                        priority: UInt16(index),
                        weight: 0,
                        port: UInt16(port),
                        target: name("host\(index).peer.example")
                    )
                ),
                seconds: 60
            )
        }
        let service = mode == .directTLS ? "_xmpps-server" : "_xmpp-server"
        var answers = [DNSQuestion(name("\(service)._tcp.peer.example"), .srv): DNSAnswer(.records(records))]
        for index in ports.indices {
            answers[DNSQuestion(name("host\(index).peer.example"), .a)] = DNSAnswer(
                .records([DNSRecord(.address(.v4(IPv4Address(bits: 0x7F00_0001))), seconds: 60)])
            )
        }
        return answers
    }

    static func name(_ text: String) -> DNSName {
        guard let name = try? DNSName(ascii: text) else { preconditionFailure(text) }
        return name
    }

    static let loopback: AddressPolicy = {
        var policy = AddressPolicy()
        policy.refused = []
        return policy
    }()

    static let clock = ServerClock(
        monotonic: { NIODeadline.now().uptimeNanoseconds },
        unixSeconds: { Int64(time(nil)) }
    )

    static func keys(_ secret: String) -> DialbackKeys? {
        DialbackKeys(
            secret: Array(secret.utf8),
            sha256: { SHA256.hash($0).bytes },
            hmac: { HMAC.sha256(key: $0, message: $1).bytes }
        )
    }

    /// Carries the diagnosis out.
    func findings() async throws -> Findings {
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(try DiagnosisCertificates.made.get().authority.root.certificate)
        let context = try TLSContext(configuration, role: .client, credentials: credentials.map { [$0] } ?? [])
        var server = XMPPLegSettings.Server(
            domains: ["gw.example"],
            listeners: [],
            policy: policy,
            keys: keys,
            tls: ServerTLS(accepting: nil, connecting: TLSContextHolder(context)),
            connector: Connector(resolver: StaticResolver(answers, silent: silent), policy: addresses)
        )
        server.servers = servers
        server.initiating = limits
        let pair = try DomainPair(local: "gw.example", remote: remote)
        let diagnosis = LinkDiagnosis(server, pair: pair, clock: clock, patience: patience, notes: notes)
        var all: [LinkFinding] = []
        for await finding in diagnosis.findings(on: MultiThreadedEventLoopGroup.singleton.next()) {
            all.append(finding)
        }
        return Findings(all)
    }
}

/// What a diagnosis found.
struct Findings: CustomStringConvertible {
    let all: [LinkFinding]

    init(_ all: [LinkFinding]) { self.all = all }

    func callAsFunction(_ step: LinkFinding.Step, _ outcome: LinkFinding.Outcome? = nil) -> LinkFinding? {
        all.first { $0.step == step && (outcome == nil || $0.outcome == outcome) }
    }

    /// Steps with a failure, in order.
    var failures: [LinkFinding.Step] { all.filter { $0.outcome == .failure }.map(\.step) }

    /// Steps with a warning, in order.
    var warnings: [LinkFinding.Step] { all.filter { $0.outcome == .warning }.map(\.step) }

    var description: String {
        all.map { "\($0.outcome.rawValue) \($0.step.rawValue) \($0.sentence)\($0.remedy.map { " → " + $0 } ?? "")" }
            .joined(separator: "\n")
    }
}
