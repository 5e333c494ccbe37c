import DNSChannels
import Testing

@Suite("SIPServerSearch")
struct SIPServerSearchTests {
    private typealias Target = SIPServerSearch.Target
    private static let domain = ServerCandidate.Host.name(Samples.name("sip.example"))
    private static let naptr = Samples.question("sip.example", .naptr)
    private static let tls = Samples.question("_sips._tcp.sip.example", .srv)
    private static let tcp = Samples.question("_sip._tcp.sip.example", .srv)
    private static let udp = Samples.question("_sip._udp.sip.example", .srv)

    private static func rule(_ order: UInt16, _ service: String, _ replacement: String) -> DNSRecord {
        DNSRecord(
            .rule(
                NAPTRRecord(
                    order: order,
                    preference: 50,
                    flags: Array("s".utf8),
                    services: Array(service.utf8),
                    pattern: [],
                    replacement: Samples.name(replacement)
                )
            )
        )
    }

    /// Runs a search to its end; what the answers do not have does not exist.
    private func run(
        _ target: Target,
        _ answers: [DNSQuestion: DNSAnswer] = [:]
    ) -> (SIPServerSearch.Action, [DNSQuestion]) {
        var search = SIPServerSearch(target)
        var generator = Seeded(state: 1)
        var asked: [DNSQuestion] = []
        var action = search.start()
        while case .ask(let questions) = action {
            asked += questions
            for question in questions {
                action = search.answered(question, answers[question] ?? DNSAnswer(.noSuchName), using: &generator)
            }
        }
        return (action, asked)
    }

    private func servers(_ target: Target, _ answers: [DNSQuestion: DNSAnswer] = [:]) -> [String] {
        guard case .servers(let servers) = run(target, answers).0 else { return [] }
        return servers.map(\.description)
    }

    @Test(
        "RFC 3263 §4.1, §4.2: an address is its own server: UDP for sip:, TLS for sips:, unless the URI says otherwise"
    )
    func addresses() {
        let host = ServerCandidate.Host.address(Samples.address("192.0.2.1"))
        #expect(servers(Target(host)) == ["udp:192.0.2.1:5060"])
        #expect(servers(Target(host, isSecure: true)) == ["tls:192.0.2.1:5061"])
        #expect(servers(Target(host, port: 5_070, transport: .tcp)) == ["tcp:192.0.2.1:5070"])
        #expect(run(Target(host)).1.isEmpty)
    }

    @Test("RFC 3263 §4.2: a name with a port is never asked for services")
    func explicitPort() {
        #expect(servers(Target(Self.domain, port: 5_060)) == ["udp:sip.example:5060"])
        #expect(servers(Target(Self.domain, port: 5_070, isSecure: true)) == ["tls:sip.example:5070"])
        #expect(run(Target(Self.domain, port: 5_060)).1.isEmpty)
    }

    @Test("RFC 3263 §4.1: NAPTR records in their order lead to SRV records; unsupported services are dropped")
    func rules() {
        let answers: [DNSQuestion: DNSAnswer] = [
            Self.naptr: Samples.records(
                Self.rule(100, "SIP+D2U", "_sip._udp.sip.example"),
                Self.rule(50, "sips+d2t", "_sips._tcp.other.example"),
                Self.rule(90, "SIP+D2T", "_sip._tcp.sip.example"),
                Self.rule(10, "SIP+D2S", "_sip._sctp.sip.example")
            ),
            Samples.question("_sips._tcp.other.example", .srv): Samples.records(Samples.srv(0, 0, 5_061, "a.example")),
            Self.tcp: Samples.records(Samples.srv(0, 0, 5_060, "b.example"), Samples.srv(1, 0, 5_062, "c.example")),
            Self.udp: Samples.records(Samples.srv(0, 0, 5_060, "d.example")),
        ]
        #expect(
            servers(Target(Self.domain), answers) == [
                "tls:a.example:5061", "tcp:b.example:5060", "tcp:c.example:5062", "udp:d.example:5060",
            ]
        )
        #expect(servers(Target(Self.domain, isSecure: true), answers) == ["tls:a.example:5061"])
        #expect(servers(Target(Self.domain, supported: [.udp]), answers) == ["udp:d.example:5060"])
    }

    @Test("RFC 3263 §4.1: for a sips: URI only services with TLS count")
    func secureOnly() {
        let answers = [
            Self.naptr: Samples.records(Self.rule(1, "SIP+D2U", "_sip._udp.sip.example")),
            Self.udp: Samples.records(Samples.srv(0, 0, 5_060, "a.example")),
        ]
        #expect(run(Target(Self.domain, isSecure: true), answers).0 == .notOffered)
        #expect(run(Target(Self.domain, isSecure: true), answers).1 == [Self.naptr])
        #expect(run(Target(Self.domain, isSecure: true)).1 == [Self.naptr, Self.tls])
        #expect(run(Target(Self.domain, transport: .udp, isSecure: true)).1.contains(Self.udp) == false)
        #expect(run(Target(Self.domain, isSecure: true, supported: [.udp, .tcp])).0 == .notOffered)
    }

    @Test("RFC 3263 §4.1: without NAPTR records the SRV records of each transport are asked for, TLS first")
    func withoutRules() {
        let answers = [
            Self.udp: Samples.records(Samples.srv(0, 0, 5_060, "u.example")),
            Self.tls: Samples.records(Samples.srv(9, 0, 5_061, "s.example")),
        ]
        #expect(run(Target(Self.domain), answers).1 == [Self.naptr, Self.tls, Self.tcp, Self.udp])
        #expect(servers(Target(Self.domain), answers) == ["tls:s.example:5061", "udp:u.example:5060"])
    }

    @Test("RFC 3263 §4.2: a transport in the URI is the only one that is asked for")
    func explicitTransport() {
        let answers = [Self.tcp: Samples.records(Samples.srv(0, 0, 5_062, "t.example"))]
        #expect(run(Target(Self.domain, transport: .tcp), answers).1 == [Self.tcp])
        #expect(servers(Target(Self.domain, transport: .tcp), answers) == ["tcp:t.example:5062"])
        #expect(servers(Target(Self.domain, transport: .tls)) == ["tls:sip.example:5061"])
    }

    @Test("RFC 3263 §4.1, §4.2: without any record the domain itself is the server, on the default port")
    func fallback() {
        #expect(servers(Target(Self.domain)) == ["udp:sip.example:5060"])
        #expect(servers(Target(Self.domain, isSecure: true)) == ["tls:sip.example:5061"])
        #expect(run(Target(Self.domain, supported: [.tcp])).0 == .notOffered)
    }

    @Test("RFC 2782: the root as only target is a service that is not offered, and the domain itself stays untried")
    func notOffered() {
        #expect(run(Target(Self.domain), [Self.udp: Samples.records(Samples.srv(0, 0, 0, "."))]).0 == .notOffered)
        let answers = [
            Self.tls: Samples.records(Samples.srv(0, 0, 0, ".")),
            Self.udp: Samples.records(Samples.srv(0, 0, 5_060, "u.example")),
        ]
        #expect(servers(Target(Self.domain), answers) == ["udp:u.example:5060"])
    }

    @Test("RFC 3263 §4.2: a failed question is not the lack of records, and a bogus answer ends the search")
    func failures() {
        let failed = DNSAnswer.failed(.timedOut)
        #expect(run(Target(Self.domain), [Self.naptr: failed]).0 == .failed(Self.naptr, .timedOut))
        #expect(run(Target(Self.domain), [Self.tcp: failed]).0 == .failed(Self.tcp, .timedOut))
        let named = Samples.records(Samples.srv(0, 0, 5_060, "u.example"))
        #expect(servers(Target(Self.domain), [Self.tcp: failed, Self.udp: named]) == ["udp:u.example:5060"])
        let bogus = DNSAnswer.failed(.bogus("x"))
        #expect(run(Target(Self.domain), [Self.tcp: bogus, Self.udp: named]).0 == .failed(Self.tcp, .bogus("x")))
    }
}
