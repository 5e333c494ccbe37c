import Addressing
import DNSChannels
import NIOCore
import NIOPosix
import Synchronization
import TLSChannels
import XMPPStreams

@testable import XMPPChannels

/// A monotonic clock that a test moves; the date is that of the system.
final class HandClock: Sendable {
    private let now = Mutex<UInt64>(1_000_000_000_000)

    var clock: ServerClock {
        ServerClock(monotonic: { self.now.withLock { $0 } }, unixSeconds: ServerEnds.clock.unixSeconds)
    }

    func advance(seconds: UInt64) { now.withLock { $0 += seconds * 1_000_000_000 } }
}

/// Values that tests of trust write down.
enum Judging {
    static func name(_ text: String) -> DNSName { try! DNSName(ascii: text) }

    static func question(_ text: String, _ type: RecordType) -> DNSQuestion { DNSQuestion(name(text), type) }

    static func answer(_ data: RecordData..., isSecure: Bool = true) -> DNSAnswer {
        DNSAnswer(.records(data.map { DNSRecord($0, seconds: 60) }), isSecure: isSecure, seconds: 60)
    }

    static func service(_ target: String, port: UInt16 = 5269, priority: UInt16 = 0) -> RecordData {
        .service(SRVRecord(priority: priority, weight: 0, port: port, target: name(target)))
    }

    static func address(_ text: String = "127.0.0.1") -> RecordData { .address(try! IPAddress(text)) }

    static func association(_ usage: UInt8, _ certificate: TLSCertificate) -> DNSChannels.TLSARecord {
        DNSChannels.TLSARecord(usage: usage, selector: 0, matching: 1, association: certificate.fingerprint)
    }

    static func judge(
        _ settings: PeerJudge.Settings,
        resolver: any DNSChannels.Resolver = StaticResolver([:]),
        policy: AddressPolicy = open,
        clock: ServerClock = ServerEnds.clock,
        limits: TrustLimits = TrustLimits()
    ) throws -> PeerJudge {
        try PeerJudge(
            settings,
            resolver: resolver,
            connector: Connector(resolver: resolver, policy: policy),
            clock: clock,
            limits: limits
        )
    }

    /// DANE, and no web servers.
    static var dane: PeerJudge.Settings {
        var settings = PeerJudge.Settings()
        settings.usesDANE = true
        settings.webTrust = .none
        return settings
    }

    /// Loopback is where the peers of the tests are.
    static var open: AddressPolicy {
        var policy = AddressPolicy()
        policy.refused.remove(.loopback)
        return policy
    }
}

extension PeerJudge {
    /// The verdict, on a loop.
    func verdict(_ inquiry: CertificateInquiry) async -> CertificateVerdict {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        return await withCheckedContinuation { continuation in
            loop.execute { self.judge(inquiry, on: loop) { continuation.resume(returning: $0) } }
        }
    }
}

extension CertificateVerdict {
    /// What a refusal says.
    var reason: String? {
        if case .refused(let reason) = self { reason } else { nil }
    }
}
