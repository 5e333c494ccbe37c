import DNSChannels
import Testing

@Suite("ServerCandidates")
struct ServerCandidatesTests {
    private static let domain = Samples.name("peer.example")

    /// The servers for a pair of answers.
    private func choose(_ startTLS: DNSAnswer, _ directTLS: DNSAnswer, seed: UInt64 = 1) throws -> ServerCandidates {
        var generator = Seeded(state: seed)
        let questions = try ServerCandidates.xmppQuestions(Self.domain)
        return ServerCandidates.xmpp(
            Self.domain,
            startTLS: (questions.startTLS, startTLS),
            directTLS: (questions.directTLS, directTLS),
            using: &generator
        )
    }

    private func servers(_ startTLS: DNSAnswer, _ directTLS: DNSAnswer, seed: UInt64 = 1) throws -> [ServerCandidate] {
        guard case .servers(let servers) = try choose(startTLS, directTLS, seed: seed) else { return [] }
        return servers
    }

    private static let none = DNSAnswer(.noSuchName)
    private static let dot = Samples.records(Samples.srv(0, 0, 0, "."))
    private static let itself = ServerCandidates.domainItself(
        ServerCandidate(.name(domain), port: 5_269, mode: .startTLS)
    )

    @Test("RFC 6120 §3.2.1: the names of the questions")
    func questions() throws {
        let questions = try ServerCandidates.xmppQuestions(Self.domain)
        #expect(questions.startTLS == Samples.question("_xmpp-server._tcp.peer.example", .srv))
        #expect(questions.directTLS == Samples.question("_xmpps-server._tcp.peer.example", .srv))
    }

    @Test("XEP-0368 §3: both kinds of records are one list by priority")
    func mixedPriorities() throws {
        let startTLS = Samples.records(Samples.srv(5, 0, 5_269, "a.example"), Samples.srv(20, 0, 5_269, "c.example"))
        let directTLS = Samples.records(Samples.srv(10, 0, 5_270, "b.example"))
        let found = try servers(startTLS, directTLS)
        #expect(found.map(\.description) == ["a.example:5269", "b.example:5270", "c.example:5269"])
        #expect(found.map(\.mode) == [.startTLS, .directTLS, .startTLS])
    }

    @Test("XEP-0368 §3, RFC 2782: both kinds of records share the draw by weight")
    func mixedWeights() throws {
        let startTLS = Samples.records(Samples.srv(0, 1, 5_269, "a.example"))
        let directTLS = Samples.records(Samples.srv(0, 3, 5_270, "b.example"))
        var directFirst = 0
        for seed in 0..<10_000 {
            if try servers(startTLS, directTLS, seed: UInt64(seed))[0].mode == .directTLS { directFirst += 1 }
        }
        #expect((7_200...7_800).contains(directFirst))
    }

    @Test("RFC 2782: weights are shares over 10,000 draws")
    func weights() throws {
        let startTLS = Samples.records(
            Samples.srv(0, 100, 5_269, "a.example"),
            Samples.srv(0, 300, 5_269, "b.example"),
            Samples.srv(0, 600, 5_269, "c.example"),
            Samples.srv(0, 0, 5_269, "d.example"),
            Samples.srv(1, 9_999, 5_269, "last.example")
        )
        var first: [String: Int] = [:]
        for seed in 0..<10_000 {
            let found = try servers(startTLS, Self.none, seed: UInt64(seed))
            #expect(found.count == 5 && found[4].host.description == "last.example")
            #expect(Set(found).count == 5)
            first[found[0].host.description, default: 0] += 1
        }
        #expect((900...1_100).contains(first["a.example"] ?? 0))
        #expect((2_850...3_150).contains(first["b.example"] ?? 0))
        #expect((5_850...6_150).contains(first["c.example"] ?? 0))
        // Without weight: a very small chance, which is not none.
        #expect((1...40).contains(first["d.example"] ?? 0))
    }

    @Test("RFC 2782: those of one priority without weights all lead at times")
    func withoutWeights() throws {
        let startTLS = Samples.records(Samples.srv(0, 0, 1, "a.example"), Samples.srv(0, 0, 1, "b.example"))
        var first: [String: Int] = [:]
        for seed in 0..<1_000 {
            let found = try servers(startTLS, Self.none, seed: UInt64(seed))
            #expect(found.count == 2)
            first[found[0].host.description, default: 0] += 1
        }
        #expect((400...600).contains(first["a.example"] ?? 0))
    }

    @Test("RFC 6120 §3.2.1, RFC 2782: the root as target ends the search, without the domain's own addresses")
    func notOffered() throws {
        #expect(try choose(Self.dot, Self.none) == .notOffered)
        #expect(try choose(Self.dot, Self.dot) == .notOffered)
    }

    @Test("XEP-0368 §5: the root under _xmpps-server only turns direct TLS off, and the own addresses stay untried")
    func directTLSNotOffered() throws {
        let found = try servers(Samples.records(Samples.srv(0, 0, 5_269, "a.example")), Self.dot)
        #expect(found.map(\.mode) == [.startTLS])
        #expect(try choose(Self.none, Self.dot) == .notOffered)
    }

    @Test("XEP-0368 §3: the root under _xmpp-server leaves direct TLS")
    func onlyDirectTLS() throws {
        let found = try servers(Self.dot, Samples.records(Samples.srv(0, 0, 5_270, "a.example")))
        #expect(found.map(\.mode) == [.directTLS])
    }

    @Test("RFC 6120 §3.2.2: the domain itself on port 5269 only when both answers have no records")
    func fallback() throws {
        #expect(try choose(Self.none, Self.none) == Self.itself)
        #expect(try choose(DNSAnswer(.noData), Self.none) == Self.itself)
        #expect(try choose(Samples.records(Samples.srv(0, 0, 1, "a.example")), Self.none) != Self.itself)
    }

    @Test("RFC 6120 §3.2.1: a failed question is not the lack of records", arguments: [0, 1, 2])
    func failures(_ which: Int) throws {
        let failure = [ResolverFailure.serverFailure(code: 2), .timedOut, .overloaded][which]
        let questions = try ServerCandidates.xmppQuestions(Self.domain)
        #expect(try choose(.failed(failure), Self.none) == .failed(questions.startTLS, failure))
        #expect(try choose(Self.none, .failed(failure)) == .failed(questions.directTLS, failure))
        #expect(try choose(Self.dot, .failed(failure)) == .failed(questions.directTLS, failure))
        // What the other answer names is tried, unless that one is proved.
        let named = Samples.srv(0, 0, 5_269, "a.example")
        #expect(try servers(Samples.records(named), .failed(failure)).count == 1)
        let proved = Samples.records(named, isSecure: true)
        #expect(try choose(proved, .failed(failure)) == .failed(questions.directTLS, failure))
    }

    @Test("RFC 7673 §3.1: a bogus answer ends the search, whatever the other one says")
    func bogus() throws {
        let questions = try ServerCandidates.xmppQuestions(Self.domain)
        let named = Samples.records(Samples.srv(0, 0, 5_269, "a.example"))
        #expect(try choose(.failed(.bogus("x")), named) == .failed(questions.startTLS, .bogus("x")))
        #expect(try choose(named, .failed(.bogus("x"))) == .failed(questions.directTLS, .bogus("x")))
    }

    @Test("RFC 7673 §3.1: each server keeps whether its record was proved")
    func proved() throws {
        let startTLS = Samples.records(Samples.srv(0, 0, 5_269, "a.example"), isSecure: true)
        let directTLS = Samples.records(Samples.srv(1, 0, 5_270, "b.example"))
        #expect(try servers(startTLS, directTLS).map(\.isProved) == [true, false])
        guard
            case .domainItself(let server) = try choose(
                DNSAnswer(.noData, isSecure: true),
                DNSAnswer(.noSuchName, isSecure: true)
            )
        else {
            Issue.record("not the domain itself")
            return
        }
        #expect(server.isProved)
    }

    @Test("RFC 2782: more servers than the bound are cut behind the best")
    func bound() throws {
        let records = (0..<100).map { Samples.srv(UInt16($0), 0, 5_269, "a\($0).example") }
        let found = try servers(DNSAnswer(.records(records)), Self.none)
        #expect(found.count == ServerCandidates.limit && found[31].host.description == "a31.example")
    }
}
