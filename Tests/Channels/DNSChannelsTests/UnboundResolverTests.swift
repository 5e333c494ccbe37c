import Addressing
import DNSChannels
import Foundation
import NIOCore
import NIOPosix
import NameServers
import Testing

/// What libunbound makes of a real server's answers.
@Suite("UnboundResolver", .enabled(if: NameServer.isAvailable))
struct UnboundResolverTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    private func configuration(_ ports: Int...) -> ResolverConfiguration {
        var configuration = ResolverConfiguration()
        configuration.servers = ports.map { .init(Samples.address("127.0.0.1"), port: UInt16($0)) }
        return configuration
    }

    private func ask(
        _ configuration: ResolverConfiguration,
        _ name: String,
        _ type: RecordType
    ) async throws -> DNSAnswer {
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        return await resolver.answer(to: Samples.question(name, type), on: eventLoop)
    }

    private func validating() async throws -> ResolverConfiguration {
        let server = try await NameServer.shared.value
        var configuration = configuration(server.port)
        configuration.trustAnchors = [try await server.anchor()]
        return configuration
    }

    // MARK: Answers

    @Test("RFC 1035 §4.1: records, aliases, missing types and missing names are told apart")
    func outcomes() async throws {
        let configuration = configuration(try await NameServer.shared.value.port)
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        func answer(_ name: String, _ type: RecordType) async -> DNSAnswer {
            await resolver.answer(to: Samples.question(name, type), on: eventLoop)
        }
        let found = await answer("www.plain.example", .a)
        #expect(found.records.map(\.data) == [.address(Samples.address("192.0.2.1"))])
        #expect(!found.isSecure && (299...300).contains(found.seconds))
        #expect(await answer("six.plain.example", .a).outcome == .noData)
        #expect(
            await answer("six.plain.example", .aaaa).records.map(\.data)
                == [.address(Samples.address("2001:db8::6"))]
        )
        #expect(await answer("absent.plain.example", .a).outcome == .noSuchName)
        let aliased = await answer("one.plain.example", .a)
        #expect(aliased.records.count == 1)
        #expect(
            aliased.names == ["one.plain.example", "two.plain.example", "www.plain.example"].map(Samples.name)
        )
        #expect(
            await answer("www.plain.example", .txt).records.map(\.data)
                == [.texts(["one", "two words", ""].map { Array($0.utf8) })]
        )
        guard case .rule(let rule) = await answer("rule.plain.example", .naptr).records.first?.data else {
            Issue.record("no NAPTR record")
            return
        }
        #expect(rule.order == 50 && rule.replacement.description == "_sip._tcp.plain.example")
        guard
            case .service(let service) = await answer("_xmpp-server._tcp.none.plain.example", .srv).records.first?.data
        else {
            Issue.record("no SRV record")
            return
        }
        #expect(service.target == .root)
    }

    @Test("RFC 6761 §6.2: names under test. are asked for like others, since an operator's servers may have them")
    func testNames() async throws {
        let answer = try await ask(configuration(try await NameServer.shared.value.port), "www.lab.test", .a)
        #expect(answer.records.map(\.data) == [.address(Samples.address("192.0.2.9"))])
    }

    @Test("RFC 2181 §8: a TTL of a week counts for an hour, and the lack of a record for 30 seconds")
    func lifetimes() async throws {
        let configuration = configuration(try await NameServer.shared.value.port)
        // Some seconds may have gone where the machine is busy.
        let present = try await ask(configuration, "long.plain.example", .a)
        #expect((3_590...3_600).contains(present.seconds))
        // On a busy machine the library says now and then that a lack ends within a second: asked again too soon, no harm.
        var lacks: [UInt32] = []
        while lacks.count < 5, !lacks.contains(where: { $0 >= 20 }) {
            let absent = try await ask(configuration, "absent.plain.example", .a)
            #expect(absent.failure == nil)
            lacks.append(absent.seconds)
        }
        #expect(lacks.allSatisfy { $0 <= 30 }, "\(lacks)")
        #expect(lacks.contains { $0 >= 20 }, "\(lacks)")
    }

    @Test("RFC 2782: an answer that does not fit into a datagram is fetched over TCP")
    func truncated() async throws {
        let port = try await NameServer.shared.value.port
        let name = "_xmpp-server._tcp.big.plain.example"
        #expect(try await ask(configuration(port), name, .srv).records.count == 60)
        // The relay has no TCP: what comes through it is truncated.
        let relay = try await Relay.start(before: port, .honest)
        let answer = try await ask(configuration(relay.port), name, .srv)
        #expect(answer.failure == .serverFailure(code: 2))
        #expect(relay.count(name, .srv) > 0)
    }

    // MARK: DNSSEC

    @Test("RFC 7673 §3.1: what a chain from the trust anchor proves is secure, its lack too")
    func secure() async throws {
        let resolver = try UnboundResolver(try await validating())
        defer { resolver.stop() }
        for (name, type, isSecure): (String, RecordType, Bool) in [
            ("xmpp.signed.example", .a, true), ("_xmpp-server._tcp.signed.example", .srv, true),
            ("_5270._tcp.xmpp.signed.example", .tlsa, true), ("alias.signed.example", .a, true),
            // A chain of aliases is as secure as its weakest part.
            ("away.signed.example", .a, false), ("www.plain.example", .a, false),
            // A zone that its parent proves to be unsigned.
            ("www.plain.signed.example", .a, false),
        ] {
            let answer = await resolver.answer(to: Samples.question(name, type), on: eventLoop)
            #expect(answer.records.count == 1 && answer.isSecure == isSecure, "\(name) \(answer)")
        }
        let missing = await resolver.answer(to: Samples.question("absent.signed.example", .a), on: eventLoop)
        #expect(missing.outcome == .noSuchName && missing.isSecure)
        let empty = await resolver.answer(to: Samples.question("xmpp.signed.example", .txt), on: eventLoop)
        #expect(empty.outcome == .noData && empty.isSecure)
    }

    @Test("RFC 7673 §3.1: without a trust anchor nothing is secure")
    func withoutAnchor() async throws {
        let configuration = configuration(try await NameServer.shared.value.port)
        let answer = try await ask(configuration, "xmpp.signed.example", .a)
        #expect(answer.records.count == 1 && !answer.isSecure)
    }

    @Test("RFC 7673 §3.1: an answer that was changed on the way is bogus, with a reason")
    func tampered() async throws {
        let server = try await NameServer.shared.value
        let relay = try await Relay.start(before: server.port, .tampering)
        var configuration = configuration(relay.port)
        let changed = try await ask(configuration, "xmpp.signed.example", .a)
        #expect(changed.records.map(\.data) == [.address(Samples.address("192.0.2.65"))])
        configuration.trustAnchors = [try await server.anchor()]
        guard case .bogus(let reason) = try await ask(configuration, "xmpp.signed.example", .a).failure else {
            Issue.record("not bogus")
            return
        }
        #expect(reason.contains("xmpp.signed.example"))
    }

    @Test("RFC 7673 §3.1: a zone without the signatures that the anchor asks for is bogus")
    func unsigned() async throws {
        var configuration = configuration(try await NameServer.shared.value.port)
        configuration.trustAnchors = ["plain.example. DS 12345 13 2 " + String(repeating: "AB", count: 32)]
        guard case .bogus = try await ask(configuration, "www.plain.example", .a).failure else {
            Issue.record("not bogus")
            return
        }
    }

    // MARK: The cache

    @Test("RFC 1035 §3.2.1: a question is asked again after its TTL and not before")
    func cached() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .honest)
        let resolver = try UnboundResolver(configuration(relay.port))
        defer { resolver.stop() }
        let started = NIODeadline.now()
        var asked = 0
        // Once within the TTL is enough; the loop ends when the server is asked for the second time.
        while relay.count("short.plain.example", .a) < 2 {
            let answer = await resolver.answer(to: Samples.question("short.plain.example", .a), on: eventLoop)
            try #require(answer.records.count == 1 && answer.seconds <= 2)
            asked += 1
            try #require(NIODeadline.now() - started < .seconds(20))
        }
        // The library counts in whole seconds: a TTL of 2 lasts for more than one.
        #expect(NIODeadline.now() - started > .seconds(1))
        #expect(asked > 2)
    }

    @Test("RFC 1035 §3.2.1: that a name does not exist is kept too")
    func negativelyCached() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .honest)
        let resolver = try UnboundResolver(configuration(relay.port))
        defer { resolver.stop() }
        for _ in 0..<20 {
            let question = Samples.question("gone.plain.example", .a)
            #expect(await resolver.answer(to: question, on: eventLoop).outcome == .noSuchName)
        }
        #expect(relay.count("gone.plain.example", .a) == 1)
    }

    @Test("What a server denies without a SOA record is asked again after the bound for what is not there")
    func deniedWithoutTime() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .denying)
        var configuration = configuration(relay.port)
        configuration.limits.negativeSeconds = 1
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        let started = NIODeadline.now()
        while relay.count("gone.plain.example", .a) < 2 {
            let answer = await resolver.answer(to: Samples.question("gone.plain.example", .a), on: eventLoop)
            try #require(answer.outcome == .noSuchName && answer.seconds <= 1)
            try #require(NIODeadline.now() - started < .seconds(20))
        }
    }

    // MARK: Bad servers

    @Test("A server that keeps silent costs the patience of the question, and no other question waits for it")
    func silence() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .silent)
        let resolver = try UnboundResolver(configuration(relay.port))
        defer { resolver.stop() }
        let started = NIODeadline.now()
        async let silent = resolver.answer(
            to: Samples.question("silent.plain.example", .a),
            within: .seconds(2),
            on: eventLoop
        )
        let other = await resolver.answer(to: Samples.question("www.plain.example", .a), on: eventLoop)
        #expect(other.records.count == 1 && NIODeadline.now() - started < .seconds(2))
        #expect(await silent.failure == .timedOut)
        #expect(NIODeadline.now() - started >= .seconds(2))
    }

    @Test("A lame server does not keep another from answering")
    func lameBesideGood() async throws {
        let port = try await NameServer.shared.value.port
        let lame = try await Relay.start(before: port, .lame)
        let answer = try await ask(configuration(lame.port, port), "www.plain.example", .a)
        #expect(answer.records.count == 1)
    }

    @Test("RFC 1035 §4.1.1: only lame or failing servers are a failure, not the lack of records")
    func onlyLame() async throws {
        let port = try await NameServer.shared.value.port
        let (lame, failing) = (
            try await Relay.start(before: port, .lame), try await Relay.start(before: port, .failing)
        )
        #expect(try await ask(configuration(lame.port), "www.plain.example", .a).failure == .serverFailure(code: 2))
        #expect(try await ask(configuration(failing.port), "www.plain.example", .a).failure == .serverFailure(code: 2))
    }

    // MARK: Bounds

    @Test("A thousand questions at once are all answered, although the library has fewer places")
    func thousand() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .honest)
        var configuration = configuration(relay.port)
        configuration.openQuestions = 50
        configuration.pendingQuestions = 1_000
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        let eventLoop = eventLoop
        let answers = await withTaskGroup(of: DNSAnswer.self) { group in
            for index in 0..<1_000 {
                group.addTask {
                    await resolver.answer(
                        to: Samples.question("n\(index).many.plain.example", .a),
                        within: .seconds(30),
                        on: eventLoop
                    )
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.records.count == 1 } == 1_000)
    }

    @Test("What the library works on has a bound, whoever still waits")
    func places() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .silent)
        var configuration = configuration(relay.port)
        configuration.openQuestions = 20
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        let eventLoop = eventLoop
        for _ in 0..<2 {
            let answers = await withTaskGroup(of: DNSAnswer.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        await resolver.answer(
                            to: Samples.question("silent\(index).silent.plain.example", .a),
                            within: .milliseconds(200),
                            on: eventLoop
                        )
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.failure == .timedOut } == 100)
        }
        // Fewer where the machine is so busy that their time is over before they leave.
        #expect((1...20).contains(relay.names))
    }

    @Test("More questions than may wait are refused at once, and there is room again later")
    func overload() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .silent)
        var configuration = configuration(relay.port)
        configuration.pendingQuestions = 10
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        let eventLoop = eventLoop
        let answers = await withTaskGroup(of: DNSAnswer.self) { group in
            for index in 0..<25 {
                group.addTask {
                    await resolver.answer(
                        to: Samples.question("silent\(index).silent.plain.example", .a),
                        within: .milliseconds(500),
                        on: eventLoop
                    )
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.failure == .timedOut } == 10)
        #expect(answers.count { $0.failure == .overloaded } == 15)
        #expect(await resolver.answer(to: Samples.question("www.plain.example", .a), on: eventLoop).records.count == 1)
    }

    @Test("A cancelled question has no answer, and keeps none of the others waiting")
    func cancelled() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .silent)
        let resolver = try UnboundResolver(configuration(relay.port))
        defer { resolver.stop() }
        let eventLoop = eventLoop
        let answered = NIOLoopBoundBox.makeBoxSendingValue(0, eventLoop: eventLoop)
        let open = resolver.ask(Samples.question("silent.plain.example", .a), within: .milliseconds(200), on: eventLoop)
        {
            _ in answered.value += 1
        }
        try await eventLoop.submit { open.cancel() }.get()
        // A question with a longer patience ends behind the cancelled one.
        let other = await resolver.answer(
            to: Samples.question("silent2.plain.example", .a),
            within: .milliseconds(400),
            on: eventLoop
        )
        #expect(other.failure == .timedOut)
        #expect(try await eventLoop.submit { answered.value }.get() == 0)
    }

    @Test("Stopping answers what is open, and refuses what comes later")
    func stopped() async throws {
        let relay = try await Relay.start(before: try await NameServer.shared.value.port, .silent)
        let resolver = try UnboundResolver(configuration(relay.port))
        async let open = resolver.answer(
            to: Samples.question("silent.plain.example", .a),
            within: .seconds(60),
            on: eventLoop
        )
        let www = Samples.question("www.plain.example", .a)
        #expect(await resolver.answer(to: www, on: eventLoop).records.count == 1)
        resolver.stop()
        #expect(await open.failure == .stopped)
        #expect(await resolver.answer(to: www, on: eventLoop).failure == .stopped)
    }
}

@Suite("ResolverConfiguration")
struct ResolverConfigurationTests {
    @Test(
        "Servers are addresses with or without a port",
        arguments: [
            ("127.0.0.1", "127.0.0.1:53"), ("127.0.0.1:5353", "127.0.0.1:5353"), ("::1", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"), ("[::1]", "[::1]:53"),
        ]
    )
    func servers(_ text: String, _ shown: String) {
        #expect(ResolverConfiguration.Server(text)?.description == shown)
    }

    @Test(
        "Names, missing ports and IPv6 addresses that could be read twice are no servers",
        arguments: [
            "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "[::1]:", "", ":53", "2001:db8::1:53535353",
        ]
    )
    func noServers(_ text: String) { #expect(ResolverConfiguration.Server(text) == nil) }

    @Test("What is no trust anchor is refused at the start, by its text")
    func anchors() throws {
        var configuration = ResolverConfiguration()
        configuration.servers = [.init(Samples.address("127.0.0.1"), port: 1)]
        configuration.trustAnchors = ["example. DS 12345 13 2 " + String(repeating: "AB", count: 32), "nonsense"]
        #expect(throws: ResolverFault.trustAnchor("nonsense")) { try UnboundResolver(configuration) }
        configuration.trustAnchors.removeLast()
        try UnboundResolver(configuration).stop()
    }

    @Test("Files that cannot be read are refused at the start, by their names")
    func files() {
        var configuration = ResolverConfiguration()
        configuration.systemFile = "/nonexistent/resolv.conf"
        #expect(throws: ResolverFault.unreadable(file: "/nonexistent/resolv.conf")) {
            try UnboundResolver(configuration)
        }
        configuration.servers = [.init(Samples.address("127.0.0.1"), port: 1)]
        configuration.trustAnchorFile = "/nonexistent/root.key"
        #expect(throws: ResolverFault.unreadable(file: "/nonexistent/root.key")) { try UnboundResolver(configuration) }
    }

    @Test("Without servers those of the system's file are asked")
    func systemFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-\(UUID().uuidString)")
        try "nameserver 127.0.0.1\n".write(to: folder, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = ResolverConfiguration()
        configuration.systemFile = folder.path(percentEncoded: false)
        try UnboundResolver(configuration).stop()
    }
}
