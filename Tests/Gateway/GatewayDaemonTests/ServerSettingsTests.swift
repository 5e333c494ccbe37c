import Addressing
import DNSChannels
import Digests
import Foundation
import Interworking
import MappingTables
import NIOCore
import NIOPosix
import OperatorFiles
import SIMPLELegs
import TLSChannels
import TestAuthority
import Testing
import XMPPChannels
import XMPPLegs
import XMPPStreams

@testable import GatewayDaemon

/// What the XMPP leg is told of streams between servers.
@Suite("Settings of server streams", .serialized)
struct ServerSettingsTests {
    private let secrets = StoreSecrets([UInt8](repeating: 7, count: 32))

    private func resources(_ configuration: GatewayConfiguration) throws -> ServerResources {
        try #require(try ServerResources(configuration, now: ServerStock.now))
    }

    private func settings(
        more: String = "",
        limits: String = "{}",
        others: String = ""
    ) throws
        -> XMPPLegSettings.Server
    {
        let stock = try ServerStock.shared.get()
        let resources = try resources(try stock.configuration(more: more, limits: limits, others: others))
        defer { resources.stop() }
        return try resources.settings(secrets)
    }

    @Test("The defaults of the configuration are those of the parts that it binds")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.bounds == ServerBounds())
        #expect(settings.receiving == StreamLimits())
        #expect(settings.initiating == StreamLimits(idle: 3_600_000_000_000))
        let known = DomainAdmission(accepted: ["example.com", "bücher.example"])
        #expect(settings.policy == StreamPolicy(admission: known))
        #expect(settings.servers == [:])
        #expect(settings.domains == ["example.net"])
        #expect(
            settings.listeners == [
                .init(host: "127.0.0.1", port: 5_269, isDirect: false), .init(host: "::", port: 5_270, isDirect: true),
            ]
        )
        #expect(settings.tls.accepting != nil)
    }

    @Test("Every bound reaches the streams")
    func bounds() throws {
        let settings = try settings(
            limits: """
                {server-connections: 1001, server-connections-per-address: 102, server-strangers-per-address: 3, \
                server-routes: 4, server-connecting: 5, server-verifications: 6, server-waiting: 7, \
                server-strangers-per-minute: 11, server-streams-per-pair: 12, server-verifications-per-address: 13, \
                server-search: 14s, server-answers: 15s, \
                server-waiting-bytes: 10008B, server-patience: 9s, server-first-pause: 10ms, \
                server-longest-pause: 11ms, stream-negotiation: 12s, stream-step: 11s, stream-verification: 13s, \
                stream-closing: 14s, stream-white-space: 15s, stream-ping: 16s, stream-answer: 17s, stream-idle: 18min, \
                stranger-stanza: 1900B, stream-pairs: 20, stream-verifications: 21, dialback-key: 2222B, \
                stream-attempts: 2, stream-redirects: 0, stream-bytes-per-second: 23000B, \
                stream-stanzas-per-second: 24, stream-patience: 25s, unacknowledged: 26, unacknowledged-bytes: 27000B, \
                acknowledgement-batch: 28, acknowledgement-patience: 29s, resumption: 30s, stanza: 31000B}
                """
        )
        let second: UInt64 = 1_000_000_000
        var bounds = ServerBounds()
        bounds.connections = 1_001
        bounds.connectionsPerAddress = 102
        bounds.strangersPerAddress = 3
        bounds.strangersPerMinute = 11
        bounds.streamsPerPair = 12
        bounds.verificationsPerAddress = 13
        bounds.routes = 4
        bounds.connecting = 5
        bounds.verifications = 6
        bounds.search = 14 * second
        bounds.answers = 15 * second
        bounds.waiting = 7
        bounds.waitingBytes = 10_008
        bounds.patience = 9 * second
        bounds.firstPause = 10_000_000
        bounds.longestPause = 11_000_000
        #expect(settings.bounds == bounds)
        var limits = StreamLimits()
        limits.negotiation = 12 * second
        limits.step = 11 * second
        limits.verification = 13 * second
        limits.closing = 14 * second
        limits.whiteSpace = 15 * second
        limits.ping = 16 * second
        limits.answer = 17 * second
        limits.strangerBytes = 1_900
        limits.stanzaBytes = 31_000
        limits.pairs = 20
        limits.verifications = 21
        limits.keyBytes = 2_222
        limits.attempts = 2
        limits.redirects = 0
        limits.bytesPerSecond = 23_000
        limits.stanzasPerSecond = 24
        limits.patience = 25 * second
        limits.management = StreamManagement.Limits(
            stanzas: 26,
            bytes: 27_000,
            batch: 28,
            progress: 29 * second,
            resumption: 30 * second
        )
        #expect(settings.receiving == limits)
        limits.idle = 18 * 60 * second
        #expect(settings.initiating == limits)
        // A stranger may not send more than who is known.
        #expect(try self.settings(limits: "{stanza: 10000B}").receiving.strangerBytes == 10_000)
    }

    @Test("RFC 7712 §4: a certificate that the operator names proves its domain, and no other")
    func pins() async throws {
        let foreign = try Authority("pinned").issue("foreign", names: ["DNS:other.example"])
        let digest = try foreign.read.fingerprint
        let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let settings = try settings(more: ", peers: {example.com: {certificate-sha256: [\"\(digits)\"]}}")
        let peer = PeerCertificates(chain: [try foreign.read], path: [], verdict: .unknownIssuer)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        for (domain, isProved) in [("example.com", true), ("bücher.example", false)] {
            let inquiry = CertificateInquiry(peer, domain: domain, role: .server)
            let promise = loop.makePromise(of: CertificateVerdict.self)
            loop.execute { settings.tls.judge(inquiry, loop) { promise.succeed($0) } }
            #expect((try await promise.futureResult.get() == .proved(.pin)) == isProved)
        }
    }

    @Test("RFC 7590 §3.4: what is demanded of peers, of all and of single ones")
    func policy() throws {
        let settings = try settings(
            more: """
                , authentication: pkix, encryption: optional, bidi: yes, acknowledgements: no, strangers: accept, \
                refused: [bad.example], peers: {example.com: {authentication: dialback, encryption: required}, \
                bücher.example: {connect: "xmpp.example:15269", direct-tls: yes}, \
                a.example: {authentication: pkix-or-dialback, connect: "[2001:db8::1]:5269"}}
                """
        )
        #expect(settings.policy.usual == .init(encryption: .optional, authentication: .certificate))
        #expect(
            settings.policy.exceptions == [
                "example.com": .init(encryption: .required, authentication: .dialback),
                "a.example": .init(encryption: .optional, authentication: .certificateOrDialback),
            ]
        )
        #expect(settings.policy.isBidirectional)
        #expect(!settings.policy.hasStreamManagement)
        #expect(settings.policy.admission == DomainAdmission(refused: ["bad.example"]))
        #expect(
            settings.servers == [
                "bücher.example": [
                    ServerCandidate(
                        .name(try DNSName(domain: "xmpp.example")),
                        port: 15_269,
                        mode: .directTLS,
                        isConfigured: true
                    )
                ],
                "a.example": [
                    ServerCandidate(
                        .address(try IPAddress("2001:db8::1")),
                        port: 5_269,
                        mode: .startTLS,
                        isConfigured: true
                    )
                ],
            ]
        )
    }

    @Test("XEP-0185 §2: dialback keys come from the configured secret, or from the store's, which stays the same")
    func keys() throws {
        func key(_ settings: XMPPLegSettings.Server) -> String? {
            settings.keys?.key(receiving: "a.example", originating: "example.net", stream: "s1")
        }
        func key(of secret: [UInt8]) -> String? {
            DialbackKeys(
                secret: secret,
                sha256: { SHA256.hash($0).bytes },
                hmac: { HMAC.sha256(key: $0, message: $1).bytes }
            )?.key(receiving: "a.example", originating: "example.net", stream: "s1")
        }
        let derived = HMAC.sha256(key: [UInt8](repeating: 7, count: 32), message: Array("dialback".utf8)).bytes
        #expect(try key(settings()) == key(of: derived))
        let file = try ServerStock.shared.get().authority.folder + "/shared.secret"
        try Data("s3cr3tf0rd14lb4ck\n".utf8).write(to: URL(filePath: file))
        #expect(
            try key(settings(more: ", dialback-secret-file: \"\(file)\"")) == key(of: Array("s3cr3tf0rd14lb4ck".utf8))
        )
    }

    @Test("XEP-0205 §4: no record of a stranger makes the gateway connect to its own listeners or to loopback")
    func addresses() throws {
        let stock = try ServerStock.shared.get()
        let configuration = try stock.configuration(others: "dns: {allow-addresses: [\"127.0.0.2\", \"::1\"]}")
        let policy = try LegSettings.addressPolicy(configuration, try #require(configuration.server))
        let cases: [(String, UInt16, AddressPolicy.Kind?)] = [
            ("127.0.0.1", 5_269, .own), ("127.0.0.1", 5_270, .own), ("127.0.0.1", 5_060, .own),
            ("127.0.0.1", 25, .loopback), ("127.0.0.2", 25, nil), ("127.0.0.2", 5_269, .own), ("::1", 5_270, .own),
            ("::1", 5_271, nil), ("192.0.2.1", 5_269, nil),
        ]
        for (address, port, kind) in cases {
            #expect(policy.refusal(of: try IPAddress(address), port: port) == kind, "\(address) \(port)")
        }
        for own in try AddressPolicy.addressesOfThisMachine() {
            #expect(policy.refusal(of: own, port: 5_270) == .own, "\(own)")
        }
    }

    @Test("Whom the resolver asks, and what it trusts")
    func resolver() throws {
        let configuration = try ServerStock.shared.get().configuration(
            others: "dns: {servers: [\"127.0.0.1:5353\", \"::1\"], trust-anchor-file: root.key}"
        )
        let resolver = LegSettings.resolver(configuration.dns)
        #expect(resolver.servers.map(\.description) == ["127.0.0.1:5353", "[::1]:53"])
        #expect(resolver.trustAnchorFile == "root.key")
        #expect(LegSettings.resolver(try ServerStock.shared.get().configuration().dns) == .init())
    }

    // MARK: At the start

    @Test("A gateway with a fault in these files does not start, and says which, why and what to do")
    func startFault() throws {
        let stock = try ServerStock.shared.get()
        let folder = stock.authority.folder
        let configuration = try ServerStock.configuration(
            certificate: stock.server.file,
            key: stock.renewed.keyFile,
            more: ", dialback-secret-file: \"\(folder)/none\""
        )
        do {
            _ = try ServerResources(configuration, now: ServerStock.now)
            Issue.record("it started")
        } catch {
            #expect(error.kind == .files)
            #expect(error.diagnostics.map(\.code) == ["key-mismatch", "unreadable"])
            #expect(error.description.contains("renewed.key:1:1: error: "))
            #expect(error.description.contains("help: name the key that the certificate was made for"))
        }
        let anchors = try stock.configuration(others: "dns: {trust-anchor-file: \"\(folder)/none\"}")
        do {
            _ = try ServerResources(anchors, now: ServerStock.now)
            Issue.record("it started")
        } catch {
            #expect(error.kind == .unreachable)
            #expect(error.description.contains("\(folder)/none"))
        }
        var without = configuration
        without.server = nil
        #expect(try ServerResources(without, now: ServerStock.now) == nil)
    }

    @Test("A gateway without any component starts, tells of its certificate, and its resolver ends with it")
    func running() async throws {
        let stock = try ServerStock.shared.get()
        let directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = try stock.configuration(
            try stock.authority.issue(
                "soon",
                names: ["DNS:example.net"],
                dates: ("20250101000000Z", "20260310000000Z")
            ),
            limits: "{stanza: 20000B}"
        )
        configuration.state = directory.appending(path: "state").path
        configuration.listeners = [try #require(SIPListener("tcp:127.0.0.1:0"))]
        configuration.server?.listeners = [try #require(Endpoint("127.0.0.1:0"))]
        configuration.server?.directListeners = []
        let time = TestClock(at: ServerStock.now * 1_000)
        let lines = LoggedLines()
        let gateway = try await RunningGateway.start(
            configuration,
            try Tables.candidate([]),
            lines.logger,
            clock: time.clock
        )
        let expiry = lines.all.filter { $0.contains("expires in") }
        #expect(expiry.count == 1 && expiry.first?.hasPrefix("warning: ") == true, "\(lines.all)")
        // Without a component the bound of streams holds for what is sent (RFC 6120 §13.12).
        let largest = try await gateway.onLoop { $0.stanzaLimit }
        #expect(largest == 20_000)
        let resolver = try #require(gateway.server).resolver
        await gateway.stop(patience: .zero)
        let question = DNSQuestion(try DNSName(domain: "example.com"), .a)
        let answer = await resolver.answer(to: question, on: MultiThreadedEventLoopGroup.singleton.next())
        #expect(answer.failure == .stopped)
    }

    // MARK: While it runs

    @Test("RFC 6120 §13.7.2.3: what is read again is in force for later streams; a fault leaves what is, and is loud")
    func reload() throws {
        let stock = try ServerStock.shared.get()
        let folder = stock.authority.folder + "/reload"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func put(_ issued: Issued, key: Issued? = nil) throws {
            try Data(issued.certificate).write(to: URL(filePath: folder + "/server.pem"))
            try Data((key ?? issued).key).write(to: URL(filePath: folder + "/server.key"))
        }
        try put(stock.server)
        let configuration = try ServerStock.configuration(
            certificate: folder + "/server.pem",
            key: folder + "/server.key",
            more: ", trust: \"\(stock.authority.root.file)\""
        )
        let resources = try resources(configuration)
        defer { resources.stop() }
        // What a leg was told reaches the contexts that come later.
        let tls = try resources.settings(secrets).tls
        let first = tls.connecting.current
        #expect(first.credentials.first?.chain.first == (try stock.server.read))
        let lines = LoggedLines()
        try put(stock.renewed)
        #expect(resources.reload(now: ServerStock.now, lines.logger))
        #expect(tls.accepting?.current.credentials.first?.chain.first == (try stock.renewed.read))
        #expect(tls.connecting.current.credentials.first?.chain.first == (try stock.renewed.read))
        #expect(lines.all == ["notice: the certificates of server streams were read again"])

        let second = tls.connecting.current
        try put(stock.server, key: stock.renewed)
        let faults = LoggedLines()
        #expect(!resources.reload(now: ServerStock.now, faults.logger))
        #expect(tls.connecting.current === second)
        #expect(tls.accepting?.current.credentials.first?.chain.first == (try stock.renewed.read))
        #expect(faults.all.count == 2 && faults.all.allSatisfy { $0.hasPrefix("error: ") }, "\(faults.all)")
        let fault = faults.all.first ?? ""
        #expect(fault.contains("file=\(folder)/server.key"), "\(fault)")
        #expect(fault.contains("[key-mismatch]") && fault.contains("remedy=name the key"), "\(fault)")

        // An expired certificate does not take the place of one that is valid.
        try put(
            try stock.authority.issue("past", names: ["DNS:example.net"], dates: ("20250101000000Z", "20260101000000Z"))
        )
        #expect(!resources.reload(now: ServerStock.now, faults.logger))
        #expect(tls.connecting.current === second)
        #expect(faults.all.contains { $0.contains("[expired]") })
    }

    @Test(
        "The keys of tickets are renewed after each pause, with the same certificates; an end that comes near is told"
    )
    func renewal() async throws {
        let stock = try ServerStock.shared.get()
        let issued = try stock.authority.issue(
            "ending",
            names: ["DNS:example.net"],
            dates: ("20250101000000Z", "20260310000000Z")
        )
        let resources = try resources(try stock.configuration(issued))
        defer { resources.stop() }
        let lines = LoggedLines()
        var contexts = [resources.contexts.accepting.current]
        var clients = [resources.contexts.connecting.current]
        await resources.renew(
            after: {
                contexts.append(resources.contexts.accepting.current)
                clients.append(resources.contexts.connecting.current)
                if contexts.count == 4 { throw CancellationError() }
            },
            clock: TestClock(at: ServerStock.now * 1_000).clock,
            lines.logger
        )
        #expect(contexts[0] === contexts[1] && clients[0] === clients[1])
        #expect(contexts[1] !== contexts[2] && contexts[2] !== contexts[3])
        #expect(clients[1] !== clients[2] && clients[2] !== clients[3])
        #expect(contexts.allSatisfy { $0.credentials.first?.chain == contexts[0].credentials.first?.chain })
        #expect(contexts[3].configuration == contexts[0].configuration)
        #expect(lines.all.count == 2 && lines.all.allSatisfy { $0.contains("[expiring]") }, "\(lines.all)")
    }

    @Test("What is served is in the facts and in what the SIP leg is told")
    func strangers() throws {
        let configuration = try ServerStock.shared.get().configuration(
            more: ", strangers: accept, refused: [bad.example]"
        )
        let facts = Facts(configuration, now: 5)
        #expect(facts.servesStrangers && facts.refusedDomains == ["bad.example"])
        #expect(facts.xmppDomains == ["example.com", "bücher.example"] && facts.cpimDomains == ["example.net"])
        #expect(facts.now == 5 && facts.gatewayDomain == "gw.example.net")
        let simple = LegSettings.simple(configuration)
        #expect(simple.servesStrangers && simple.refusedDomains == ["bad.example"])
        let careful = try ServerStock.shared.get().configuration()
        #expect(!Facts(careful, now: 5).servesStrangers && !LegSettings.simple(careful).servesStrangers)
    }
}
