/// A SIP server that a request may be sent to.
public struct SIPServer: Sendable, Hashable, CustomStringConvertible {
    /// How a request goes there.
    public enum Transport: Sendable, Hashable, CaseIterable {
        /// TLS over TCP.
        case tls
        /// TCP.
        case tcp
        /// UDP.
        case udp

        /// Source: RFC 3263 §4.1, §4.2.
        var labels: String {
            switch self {
            case .tls: "_sips._tcp"
            case .tcp: "_sip._tcp"
            case .udp: "_sip._udp"
            }
        }

        /// The service field of NAPTR records, in lower case.
        var service: String {
            switch self {
            case .tls: "sips+d2t"
            case .tcp: "sip+d2t"
            case .udp: "sip+d2u"
            }
        }

        var defaultPort: UInt16 { self == .tls ? 5_061 : 5_060 }
    }

    /// Where it is.
    public var host: ServerCandidate.Host
    /// Its port.
    public var port: UInt16
    /// How a request goes there.
    public var transport: Transport
    /// Whether DNSSEC proves that the domain names this server.
    public var isProved: Bool

    /// Makes a server.
    public init(_ host: ServerCandidate.Host, port: UInt16, transport: Transport, isProved: Bool = false) {
        self.host = host
        self.port = port
        self.transport = transport
        self.isProved = isProved
    }

    /// Transport, host and port.
    public var description: String { "\(transport):\(host):\(port)" }
}

/// What is asked to find the SIP servers of a URI, and which servers the answers name.
///
/// ```
/// start ─┬─ address, or port given ──────────────────────────┬─> servers
///        ├─ transport given ────────────> SRV ── none ───────┤
///        └─ neither ──> NAPTR ─┬─ some ─> SRV of each ───────┤
///                              └─ none ─> SRV of each kind ──┘
/// ```
///
/// Differs from RFC 3263 §4.1: the servers of every transport that the domain names follow each other, so that a
/// request can fail over from one transport to the next.
///
/// Source: RFC 3263 §4.1, §4.2.
public struct SIPServerSearch: Sendable {
    /// Whom a URI names.
    public struct Target: Sendable, Equatable {
        /// The host of the URI.
        public var host: ServerCandidate.Host
        /// Its port; nil when there is none.
        public var port: UInt16?
        /// Its transport parameter; nil when there is none.
        public var transport: SIPServer.Transport?
        /// Whether it is a `sips:` URI, which TLS alone may carry.
        public var isSecure: Bool
        /// What this side can send by.
        public var supported: Set<SIPServer.Transport>

        /// Names a target.
        public init(
            _ host: ServerCandidate.Host,
            port: UInt16? = nil,
            transport: SIPServer.Transport? = nil,
            isSecure: Bool = false,
            supported: Set<SIPServer.Transport> = Set(SIPServer.Transport.allCases)
        ) {
            self.host = host
            self.port = port
            self.transport = transport
            self.isSecure = isSecure
            self.supported = supported
        }

        /// What may be used, the most private first.
        var usable: [SIPServer.Transport] {
            SIPServer.Transport.allCases.filter { supported.contains($0) && (!isSecure || $0 == .tls) }
        }

        /// The transport that nothing names.
        ///
        /// Source: RFC 3263 §4.1.
        var assumed: SIPServer.Transport {
            if isSecure || transport == .tls { return .tls }
            return transport ?? .udp
        }
    }

    /// What to do.
    public enum Action: Sendable, Equatable {
        /// Ask these, and give each answer to ``SIPServerSearch/answered(_:_:using:)``.
        case ask([DNSQuestion])
        /// Wait for the other answers.
        case wait
        /// Try these in order; nothing follows.
        case servers([SIPServer])
        /// There is no server that may be used; nothing follows.
        case notOffered
        /// It cannot be said, since this question failed; nothing follows.
        case failed(DNSQuestion, ResolverFailure)
    }

    private enum State: Sendable {
        /// Nothing is asked; leads to `rules`, `services`, `over`.
        case idle
        /// The NAPTR records are asked for; leads to `services`, `over`.
        case rules(DNSQuestion, DNSName)
        /// SRV records are asked for, in this order of transports; leads to `over`.
        case services([(DNSQuestion, SIPServer.Transport)], [DNSQuestion: DNSAnswer], isProved: Bool, DNSName)
        /// The end is told.
        case over
    }

    private let target: Target
    private var state = State.idle

    /// Begins a search.
    public init(_ target: Target) { self.target = target }

    /// What comes first.
    public mutating func start() -> Action {
        guard case .idle = state else { return .wait }
        let usable = target.usable
        guard usable.contains(target.assumed) || target.transport == nil && !usable.isEmpty else {
            return end(.notOffered)
        }
        guard case .name(let name) = target.host, target.port == nil else { return end(itself(isProved: false)) }
        guard target.transport == nil else { return ask([target.assumed], name, isProved: true) }
        let question = DNSQuestion(name, .naptr)
        state = .rules(question, name)
        return .ask([question])
    }

    /// An answer has come.
    ///
    /// - Parameters:
    ///   - question: what was asked.
    ///   - answer: what came.
    ///   - generator: what the draws by weight are made with.
    /// - Returns: what to do.
    public mutating func answered(
        _ question: DNSQuestion,
        _ answer: DNSAnswer,
        using generator: inout some RandomNumberGenerator
    ) -> Action {
        switch state {
        case .idle, .over: return .wait
        case .rules(let asked, let name): return question == asked ? learned(question, answer, name) : .wait
        case .services(let asked, var answers, let isProved, let name):
            guard asked.contains(where: { $0.0 == question }) else { return .wait }
            answers[question] = answer
            guard asked.allSatisfy({ answers[$0.0] != nil }) else {
                state = .services(asked, answers, isProved: isProved, name)
                return .wait
            }
            return end(choose(asked, answers, isProved: isProved, using: &generator))
        }
    }

    /// Source: RFC 3263 §4.1.
    private mutating func learned(_ question: DNSQuestion, _ answer: DNSAnswer, _ name: DNSName) -> Action {
        if let failure = answer.failure { return end(.failed(question, failure)) }
        guard !answer.records.isEmpty else { return ask(target.usable, name, isProved: answer.isSecure) }
        var rules: [(NAPTRRecord, SIPServer.Transport)] = []
        for case .rule(let rule) in answer.records.map(\.data) {
            let service = String(decoding: rule.services, as: UTF8.self).lowercased()
            guard rule.flags == [0x73] || rule.flags == [0x53], rule.pattern.isEmpty, !rule.replacement.isRoot,
                let transport = target.usable.first(where: { $0.service == service })
            else { continue }
            rules.append((rule, transport))
        }
        rules.sort { ($0.0.order, $0.0.preference) < ($1.0.order, $1.0.preference) }
        guard !rules.isEmpty else { return end(.notOffered) }
        var asked: [(DNSQuestion, SIPServer.Transport)] = []
        for (rule, transport) in rules.prefix(ServerCandidates.limit) {
            let question = DNSQuestion(rule.replacement, .srv)
            if !asked.contains(where: { $0.0 == question }) { asked.append((question, transport)) }
        }
        state = .services(asked, [:], isProved: answer.isSecure, name)
        return .ask(asked.map(\.0))
    }

    private mutating func ask(_ transports: [SIPServer.Transport], _ name: DNSName, isProved: Bool) -> Action {
        var asked: [(DNSQuestion, SIPServer.Transport)] = []
        for transport in transports {
            // A name that leaves no room for a service has none.
            guard let service = try? name.prefixed(transport.labels) else { continue }
            asked.append((DNSQuestion(service, .srv), transport))
        }
        guard !asked.isEmpty else { return end(itself(isProved: false)) }
        state = .services(asked, [:], isProved: isProved, name)
        return .ask(asked.map(\.0))
    }

    /// Source: RFC 3263 §4.2, RFC 2782.
    private func choose(
        _ asked: [(DNSQuestion, SIPServer.Transport)],
        _ answers: [DNSQuestion: DNSAnswer],
        isProved: Bool,
        using generator: inout some RandomNumberGenerator
    ) -> Action {
        var servers: [SIPServer] = []
        var isRefused = false
        var failure: (DNSQuestion, ResolverFailure)?
        for (question, transport) in asked {
            guard let answer = answers[question] else { continue }
            if let reason = answer.failure {
                if case .bogus = reason { return .failed(question, reason) }
                failure = failure ?? (question, reason)
                continue
            }
            var services: [SRVRecord] = []
            for case .service(let record) in answer.records.map(\.data) {
                if record.target.isRoot { isRefused = true } else { services.append(record) }
            }
            let ordered = ServiceOrder.ordered(services, by: { ($0.priority, $0.weight) }, using: &generator)
            servers += ordered.map {
                SIPServer(
                    .name($0.target),
                    port: $0.port,
                    transport: transport,
                    isProved: isProved && answer.isSecure
                )
            }
        }
        if !servers.isEmpty { return .servers(Array(servers.prefix(ServerCandidates.limit))) }
        if let failure { return .failed(failure.0, failure.1) }
        if isRefused { return .notOffered }
        return itself(isProved: isProved && answers.values.allSatisfy(\.isSecure))
    }

    /// The host of the URI as its own server.
    private func itself(isProved: Bool) -> Action {
        let transport = target.assumed
        guard target.usable.contains(transport) else { return .notOffered }
        return .servers([
            SIPServer(
                target.host,
                port: target.port ?? transport.defaultPort,
                transport: transport,
                isProved: isProved
            )
        ])
    }

    private mutating func end(_ action: Action) -> Action {
        state = .over
        return action
    }
}
