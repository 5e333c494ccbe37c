import Addressing
import Digests
import Glibc
public import MappingTables
import NIOCore
import NIOPosix
public import OperatorFiles
import XMPPChannels
public import XMPPLegs
import XMPPStreams

/// Why the way to another server cannot be diagnosed.
public struct LinkQuestionFault: Error, Sendable, CustomStringConvertible {
    /// The kind of fault, by which a command chooses its exit code.
    public enum Kind: Sendable {
        /// What was asked makes no sense.
        case usage
        /// The configuration has no streams between servers.
        case notConfigured
        /// A file of the configuration has faults.
        case files
        /// Something cannot be opened or read.
        case unreachable
    }

    /// The kind.
    public let kind: Kind
    /// What is wrong and what to do.
    public let description: String
    /// The faults of files; empty for another kind.
    public let diagnostics: [Diagnostic]

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
        diagnostics = []
    }

    init(_ fault: StartFault) {
        kind = fault.diagnostics.isEmpty ? .unreachable : .files
        description = fault.description
        diagnostics = fault.diagnostics
    }
}

/// What is asked about the way to the server of another domain.
public struct LinkQuestion: Sendable {
    private let pair: DomainPair
    private let notes: [LinkFinding]
    private let settings: XMPPLegSettings.Server

    /// The gateway's domain.
    public var local: String { pair.local }

    /// The peer's domain.
    public var remote: String { pair.remote }

    /// Checks what is asked against a configuration, and reads its certificates and secrets; nothing is bound or made.
    ///
    /// - Parameters:
    ///   - configuration: checked.
    ///   - domain: the peer's domain.
    ///   - local: the gateway's domain; nil for the first that is served.
    /// - Throws: ``LinkQuestionFault``.
    public init(
        _ configuration: GatewayConfiguration,
        domain: String,
        from local: String? = nil
    ) throws(LinkQuestionFault) {
        let served = configuration.serverDomains
        guard let server = configuration.server, !served.isEmpty else {
            throw LinkQuestionFault(
                .notConfigured,
                "no domain of this configuration has streams to other servers; give it a section xmpp: server, or see "
                    + "with isthmus link status what its components do"
            )
        }
        let others = Set(configuration.components.map(\.domain) + configuration.cpimDomains.map(\.name))
        pair = try Self.pair(to: domain, from: local, served: served, others: others)
        var notes = Self.notes(on: pair.remote, server, known: Set(configuration.xmppDomains))
        do throws(StartFault) {
            guard let resources = try ServerResources(configuration, now: SystemClock.wall / 1_000) else {
                throw StartFault.unreachable("the configuration has no section xmpp: server")
            }
            let secrets: StoreSecrets
            if Self.hasSecret(in: configuration.state) {
                secrets = StoreSecrets(try SecretFile.ofStore(in: configuration.state))
            } else {
                // A diagnosis makes no store.
                secrets = StoreSecrets(RandomBytes.generate(32))
                if server.dialbackSecret == nil { notes.append(Self.noSecret) }
            }
            settings = try resources.settings(secrets)
        } catch {
            throw LinkQuestionFault(error)
        }
        self.notes = notes
    }

    private static func hasSecret(in directory: String) -> Bool {
        // The path is read during the call only.
        unsafe access(directory + "/secret", F_OK) == 0
    }

    private static let noSecret = LinkFinding(
        .policy,
        .warning,
        "the store has no secret yet, so that the peer cannot have dialback keys of this diagnosis verified",
        remedy: "start the gateway once with isthmus serve"
    )

    /// What the configuration forbids, whatever the peer does.
    static func notes(
        on remote: String,
        _ server: GatewayConfiguration.Server,
        known: Set<String>
    ) -> [LinkFinding] {
        if server.refused.contains(remote) {
            return [
                LinkFinding(
                    .policy,
                    .failure,
                    "the configuration refuses \(remote)",
                    remedy: "take it out of xmpp: server: refused"
                )
            ]
        }
        if known.contains(remote) || server.acceptsStrangers { return [] }
        return [
            LinkFinding(
                .policy,
                .failure,
                "\(remote) is not under domains: xmpp, and strangers are refused",
                remedy: "write it under domains: xmpp, or set xmpp: server: strangers to accept"
            )
        ]
    }

    /// The pair of domains that is meant.
    ///
    /// - Parameters:
    ///   - domain: the peer's domain, as it was typed.
    ///   - local: the gateway's domain, as it was typed.
    ///   - served: the gateway's domains that have streams to other servers.
    ///   - others: its other domains.
    /// - Returns: the pair.
    /// - Throws: ``LinkQuestionFault`` with `.usage`.
    static func pair(
        to domain: String,
        from local: String?,
        served: [String],
        others: Set<String>
    ) throws(LinkQuestionFault) -> DomainPair {
        guard let remote = try? DomainName.normalized(domain) else {
            throw usage("\"\(domain)\" is no domain; name one such as example.com")
        }
        let ours = Set(served.compactMap { try? DomainName.normalized($0) }).union(others)
        guard !ours.contains(remote) else {
            throw usage("\(remote) is a domain of this gateway; name the domain of another server")
        }
        let from = local.map { (try? DomainName.normalized($0)) ?? $0 } ?? served[0]
        guard served.contains(from), let pair = try? DomainPair(local: from, remote: remote) else {
            let known = served.joined(separator: ", ")
            throw usage("\"\(from)\" has no streams to other servers here; --from is one of: \(known)")
        }
        return pair
    }

    private static func usage(_ text: String) -> LinkQuestionFault {
        LinkQuestionFault(.usage, text)
    }

    /// Connects as live traffic would and tells what is found, as it is found.
    ///
    /// - Parameter milliseconds: how long everything may take.
    /// - Returns: the findings; the last one is of `LinkFinding.Step.link`.
    public func findings(within milliseconds: Int64) -> AsyncStream<LinkFinding> {
        let clock = ServerClock(
            monotonic: { NIODeadline.now().uptimeNanoseconds },
            unixSeconds: { SystemClock.wall / 1_000 }
        )
        let patience = TimeAmount.milliseconds(milliseconds)
        let diagnosis = LinkDiagnosis(settings, pair: pair, clock: clock, patience: patience, notes: notes)
        return diagnosis.findings(on: MultiThreadedEventLoopGroup.singleton.next())
    }
}
