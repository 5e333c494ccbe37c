import Addressing
import BridgeCore
import DNSChannels
import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import TestAuthority
import Testing
import XMLStreams
import XMPPChannels
import XMPPStanzas
import XMPPStreams

@testable import XMPPLegs

@Suite("Streams that the gateway opens", .timeLimit(.minutes(2)))
struct RouteRowsTests {
    private static let bob = "bob@sip.example.com"
    private static let alice = "alice@example.com"
    private let phonebook = Phonebook()

    private func gateway(
        change: (inout XMPPLegSettings.Server) -> Void = { _ in }
    ) async throws -> FederatedServer {
        try await PlayedDomain.gateway(in: phonebook, change: change)
    }

    /// A peer with real TLS.
    private func peer(
        _ certificate: (Certificates) -> TLSCredentials = { $0.peer },
        in other: Phonebook? = nil,
        change: (inout XMPPLegSettings.Server) -> Void = { _ in }
    ) async throws -> FederatedServer {
        let all = try Certificates.made.get()
        return try await FederatedServer.start(
            "example.com",
            certificate: certificate(all),
            roots: all.roots,
            in: other ?? phonebook,
            serving: ["sip.example.com"]
        ) {
            $0.receiving.closing = 200_000_000
            $0.initiating.closing = 200_000_000
            change(&$0)
        }
    }

    static func written(_ name: String = "message", to domain: String = "example.com", _ more: String = "") -> [UInt8] {
        Array("<\(name) from='\(bob)' to='alice@\(domain)'\(more)/>".utf8)
    }

    // MARK: One stream for a pair

    @Test("RFC 6120 §10.1: what is sent while a stream is opened goes out in order on that one stream")
    func oneStream() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        for number in 1...50 {
            try await gateway.send(Int64(number), from: "u\(number)@sip.example.com", to: Self.alice)
        }
        let peer = try await domain.stream()
        for number in 51...100 {
            try await gateway.send(Int64(number), from: "u\(number)@sip.example.com", to: Self.alice)
        }
        _ = try await peer.read(through: "</db:result>")
        try await peer.send("<db:result from='example.com' to='sip.example.com' type='valid'/>")
        for number in 1...100 {
            let stanza = try await peer.read(through: "</message>")
            #expect(stanza.contains("from='u\(number)@sip.example.com'"))
        }
        #expect(try await domain.listener.accepted.rest().isEmpty)
        try await gateway.stop()
    }

    @Test("XEP-0220 §2.6.2: two domains of one server get a stream each")
    func noMultiplexing() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        phonebook.enter("example.org", domain.listener.port)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let first = try await domain.believing()
        _ = try await first.read(through: "</message>")
        try await gateway.send(2, from: Self.bob, to: "carol@example.org")
        let second = try await domain.stream(to: "example.org")
        #expect(try await second.read(through: "</db:result>").contains("to='example.org'"))
        try await gateway.stop()
    }

    @Test("XML 1.0 §2.2, RFC 6120 §4.8.3: what XML has no word for is replaced, and every namespace is its own")
    func wire() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let forwarded =
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body>in</body></message></forwarded>"
        let element = try XML.DocumentReader.read(Array(forwarded.utf8)[...])
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        writer.startStanza(.message, to: Self.alice, from: Self.bob, id: "m", type: nil)
        writer.element("body", XMPPNamespace.component, text: "a\u{0}b\u{B}c\u{FFFF}d")
        writer.copy(element)
        writer.end()
        let bytes = writer.bytes
        try await gateway.run { parts in
            parts.leg.links["sip.example.com"]?.write(bytes, to: "example.com")
        }
        let stream = try await domain.believing()
        let stanza = try await stream.read(through: "</forwarded></message>")
        let root = try XML.DocumentReader.read(Array("<s xmlns='jabber:server'>\(stanza)</s>".utf8)[...])
        let message = try #require(root.children.first { _ in true })
        #expect(message.isNamed("message") && message.isIn("jabber:server"))
        let children = Array(message.children)
        #expect(children[0].isIn("jabber:server") && children[0].text == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
        let inner = try #require(children[1].children.first { _ in true })
        #expect(children[1].isIn("urn:xmpp:forward:0") && inner.isIn("jabber:client"))
        // And the stream goes on.
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        _ = try await stream.read(through: "</message>")
        try await gateway.stop()
    }

    @Test("RFC 6120 §4.6.3: an idle stream is closed orderly, and the next stanza opens another one")
    func idle() async throws {
        let gateway = try await gateway { $0.initiating.idle = 50_000_000 }
        let peer = try await peer()
        for number: Int64 in 1...2 {
            try await gateway.send(number, from: Self.bob, to: Self.alice)
            #expect(try await gateway.delivered() == CrossingID(number))
            while try await gateway.run({ $0.leg.servers?.routes.first?.state != .idle }) { try await pause() }
            #expect(try await gateway.run { $0.leg.servers?.routes.first?.failure == nil })
        }
        #expect(try await peer.run { $0.leg.servers?.acceptedCount } == 2)
        #expect(try await gateway.run { $0.host.failures.isEmpty })
        try await gateway.stop()
        try await peer.stop()
    }

    // MARK: What cannot be sent

    @Test("RFC 6120 §8.3.3.10, §8.3.3.16, §8.3.3.17: each reason why there is no stream has its condition")
    func conditions() async throws {
        let gateway = try await gateway {
            $0.bounds.patience = 0
            $0.policy = StreamPolicy()
            $0.policy.usual.authentication = .certificate
            $0.policy.admission.refused = ["blocked.example"]
        }
        let expired = try await peer { $0.expired }
        phonebook.enter("closed.example", 1)
        phonebook.enter("blocked.example", expired.port)
        let cases = [
            ("nowhere.example", "remote-server-not-found"), ("closed.example", "remote-server-timeout"),
            ("example.com", "remote-server-timeout"), ("blocked.example", "not-allowed"),
        ]
        for (number, (domain, condition)) in cases.enumerated() {
            try await gateway.send(Int64(number), from: Self.bob, to: "alice@\(domain)")
            let (_, failure) = try await gateway.failed()
            #expect(failure.retry == .never)
            #expect(String(decoding: failure.response, as: UTF8.self).contains("<\(condition) "), "\(domain)")
        }
        try await gateway.stop()
        try await expired.stop()
    }

    @Test("RFC 6120 §8.3.1: results and errors that wait for a stream are dropped in silence, unlike what is stored")
    func silentDrop() async throws {
        let gateway = try await gateway()
        phonebook.enter("example.com", 1)
        try await gateway.run { parts in
            let link = parts.leg.links["sip.example.com"]
            link?.write(Self.written("iq", to: "example.com", " type='result' id='a'"), to: "example.com")
            link?.write(Self.written("message", to: "example.com", " type='error' id='b'"), to: "example.com")
        }
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.failed().id == CrossingID(1))
        let left = try await gateway.run { parts -> [Int] in
            guard let route = parts.leg.servers?.routes.first else { return [] }
            return [route.queue.count, route.unasked.count, route.unasked.bytes, parts.host.failures.count]
        }
        #expect(left == [0, 0, 0, 0])
        #expect(try await gateway.run { $0.host.calls.count { if case .failed = $0 { true } else { false } } } == 1)
        #expect(!(try await gateway.run { $0.host.calls.contains { if case .peerDown = $0 { true } else { false } } }))
        try await gateway.stop()
    }

    @Test("RFC 6120 §3.3: while no try is made stanzas go back at once, and when its time has come the next one tries")
    func backOff() async throws {
        let gateway = try await gateway()
        phonebook.enter("example.com", 1)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let reason = try await gateway.failed().failure.report.protocolCode
        try await gateway.run { $0.leg.servers?.routes.first?.state = .waiting(until: .max) }
        let domain = try await PlayedDomain.open(in: phonebook)
        for number: Int64 in 2...5 {
            try await gateway.send(number, from: Self.bob, to: Self.alice)
            let (id, failure) = try await gateway.failed()
            #expect(id == CrossingID(number) && failure.report.protocolCode == reason)
        }
        // Nor does what nobody asks about wait.
        let waiting = try await gateway.run { parts -> [Int] in
            guard let route = parts.leg.servers?.routes.first else { return [] }
            route.write(Self.written())
            return [route.attempt, route.queue.count]
        }
        #expect(waiting == [1, 0])
        try await gateway.run { $0.leg.servers?.routes.first?.state = .waiting(until: 0) }
        try await gateway.send(6, from: Self.bob, to: Self.alice)
        _ = try await domain.believing().read(through: "</message>")
        #expect(try await gateway.run { $0.leg.servers?.routes.first?.attempt } == 2)
        try await gateway.stop()
    }

    @Test("RFC 6120 §3.3: each failure in a row makes the wait longer, up to the bound")
    func pauses() async throws {
        let gateway = try await gateway {
            $0.bounds.firstPause = 1_000_000_000
            $0.bounds.longestPause = 4_000_000_000
        }
        phonebook.enter("example.com", 1)
        for (number, ceiling) in [UInt64(1), 2, 4, 4].enumerated() {
            try await gateway.run { $0.leg.servers?.routes.first?.state = .waiting(until: 0) }
            try await gateway.send(Int64(number), from: Self.bob, to: Self.alice)
            _ = try await gateway.failed()
            let wait = try await gateway.run { parts -> UInt64 in
                guard case .waiting(let until) = parts.leg.servers?.routes.first?.state else { return .max }
                return until > parts.leg.now.monotonic ? until - parts.leg.now.monotonic : 0
            }
            #expect(wait <= ceiling * 1_000_000_000)
            // In its upper half, but for the time that the test takes.
            if number > 0 { #expect(wait > ceiling * 300_000_000) }
        }
        try await gateway.stop()
    }

    @Test("What waits goes back in order; of presence that is dropped it is told once that it is in doubt")
    func givenBack() async throws {
        let gateway = try await gateway()
        phonebook.enter("example.com", 1)
        try await gateway.run { parts in
            let link = parts.leg.links["sip.example.com"]
            for _ in 0..<3 { link?.write(Self.written("presence"), to: "example.com") }
            for number: Int64 in 1...3 {
                let hop = "s2s:sip.example.com/example.com"
                parts.leg.send(
                    FederatedServer.item(number, from: Self.bob, to: Self.alice, hop: hop, body: "hi"),
                    .first
                )
            }
        }
        for number: Int64 in [3, 2, 1] { #expect(try await gateway.failed().id == CrossingID(number)) }
        let doubts = try await gateway.run { parts in
            parts.host.calls.filter { if case .peerDown = $0 { true } else { false } }
        }
        #expect(doubts == [.peerDown("example.com", of: "sip.example.com")])
        // What is dropped while nothing is tried is in doubt as well, and a stream is opened for that alone.
        let domain = try await PlayedDomain.open(in: phonebook)
        _ = try await domain.believing()
        #expect(try await gateway.next { if case .peerUp(let peer?, _) = $0 { peer } else { nil } } == "example.com")
        try await gateway.stop()
    }

    // MARK: Bounds

    @Test(
        "XEP-0205 §3: stanzas that nobody asks about wait up to the bound of their number and of their bytes",
        arguments: [(3, 1_000_000, 3), (100, 3 * written().count, 3), (100, 3 * written().count - 1, 2)]
    )
    func waitingIsBounded(count: Int, bytes: Int, taken: Int) async throws {
        let gateway = try await gateway {
            $0.bounds.waiting = count
            $0.bounds.waitingBytes = bytes
        }
        let domain = try await PlayedDomain.open(in: phonebook)
        let waiting = try await gateway.run { parts -> Int? in
            for _ in 0..<5 { parts.leg.links["sip.example.com"]?.write(Self.written(), to: "example.com") }
            return parts.leg.servers?.routes.first?.unasked.count
        }
        #expect(waiting == taken)
        // What has left makes room.
        let stream = try await domain.believing()
        for _ in 0..<taken { _ = try await stream.read(through: "/>") }
        let left = try await gateway.run { parts -> [Int] in
            guard let route = parts.leg.servers?.routes.first else { return [] }
            return [route.unasked.count, route.unasked.bytes]
        }
        #expect(left == [0, 0])
        try await gateway.stop()
    }

    @Test("XEP-0205 §3: of routes there are so many; one that nothing would be lost with makes room, the oldest first")
    func routesAreBounded() async throws {
        let gateway = try await gateway { $0.bounds.routes = 2 }
        let names = try await gateway.run { parts -> [[String]] in
            guard let streams = parts.leg.servers, let link = streams.links["sip.example.com"] else { return [] }
            var names: [[String]] = []
            let note = { names.append(streams.routes.map(\.pair.remote)) }
            streams.route(from: link, to: "a.example")?.usedAt = 2
            streams.route(from: link, to: "b.example")?.usedAt = 1
            _ = streams.route(from: link, to: "c.example")
            note()
            link.routes["c.example"]?.usedAt = 0
            link.routes["c.example"]?.isInDoubt = true
            _ = streams.route(from: link, to: "d.example")
            note()
            link.routes["d.example"]?.state = .open
            let isFull = streams.isFull
            names.append([streams.route(from: link, to: "e.example") == nil ? "none" : "one", "\(isFull)"])
            note()
            link.routes["d.example"]?.state = .idle
            return names + [["\(streams.isFull)"], link.routes.keys.sorted()]
        }
        #expect(
            names == [
                ["a.example", "c.example"], ["c.example", "d.example"], ["none", "true"], ["c.example", "d.example"],
                ["false"], ["c.example", "d.example"],
            ]
        )
        try await gateway.stop()
    }

    @Test(
        "A stored item that there is no room for, or that comes too late, is kept and not refused",
        arguments: [true, false]
    )
    func keptForLater(isStopping: Bool) async throws {
        let gateway = try await gateway { if !isStopping { $0.bounds.routes = 0 } }
        if isStopping { try await gateway.run { $0.leg.stop() } }
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let (_, failure) = try await gateway.failed()
        #expect(failure.retry == .hop(after: 60) && failure.report.protocolCode == "resource-constraint")
        try await gateway.stop()
    }

    @Test("XEP-0205 §3: so many streams are opened at one time; the others stand in line, and each end calls the next")
    func line() async throws {
        let gateway = try await gateway { $0.bounds.connecting = 1 }
        let domain = try await PlayedDomain.open("a.example", in: phonebook)
        for name in ["b.example", "c.example"] { phonebook.enter(name, domain.listener.port) }
        for (number, name) in ["a.example", "b.example", "c.example"].enumerated() {
            try await gateway.send(Int64(number), from: Self.bob, to: "alice@\(name)")
            while try await gateway.run({ $0.leg.servers?.routes.last?.state }) == .idle { try await pause() }
        }
        let first = try await domain.stream()
        let states = { try await gateway.run { $0.leg.servers?.routes.map(\.state) } }
        #expect(try await states() == [.negotiating, .queued, .queued])
        #expect(try await domain.listener.accepted.rest().isEmpty)
        // A failure is an end.
        try await first.close()
        let second = try await domain.stream(to: "b.example")
        #expect(try await gateway.run { $0.leg.servers?.routes.last?.state } == .queued)
        _ = try await second.read(through: "</db:result>")
        try await second.send("<db:result from='b.example' to='sip.example.com' type='valid'/>")
        _ = try await domain.stream(to: "c.example")
        #expect(try await gateway.run { $0.leg.servers?.routes[1].state } == .open)
        try await gateway.stop()
    }

    // MARK: Other servers

    @Test("RFC 6120 §3.2.1: a server whose certificate is wrong does not keep the next one from being tried")
    func nextServer() async throws {
        let elsewhere = Phonebook()
        let wrong = try await peer({ $0.foreign }, in: elsewhere)
        let right = try await peer(in: elsewhere)
        let address = try IPAddress("127.0.0.1")
        let servers = [wrong, right].map {
            ServerCandidate(.address(address), port: UInt16($0.port), mode: .startTLS, isConfigured: true)
        }
        let gateway = try await gateway {
            $0.policy = StreamPolicy()
            $0.servers = ["example.com": servers]
        }
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        #expect(try await right.accepted() == Self.bob)
        #expect(try await wrong.run { $0.leg.servers?.acceptedCount } == 1)
        #expect(gateway.log.details("error.code").contains("certificate-refused"))
        for server in [gateway, wrong, right] { try await server.stop() }
    }

    @Test(
        "RFC 6120 §4.9.3.19: another host is gone to when the one that names it has proved the domain, and only then",
        arguments: [true, false]
    )
    func redirects(isProved: Bool) async throws {
        // The first server of the domain believes nobody until a question is answered, which never happens.
        let elsewhere = Phonebook()
        let silent = try await PeerListener.bind()
        elsewhere.enter("sip.example.com", silent.port)
        let first = try await peer(
            { isProved ? $0.peer : $0.foreign },
            in: elsewhere,
            change: {
                PlayedDomain.trusting(&$0)
                $0.tls = ServerTLS(accepting: $0.tls.accepting, connecting: $0.tls.connecting) { _ in
                    .refused("as it is")
                }
            }
        )
        let second = try await peer()
        phonebook.enter("example.com", first.port)
        let gateway = try await gateway()
        phonebook.enter("example.com", first.port)
        elsewhere.enter("sip.example.com", silent.port)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        _ = try await silent.accepted.next()
        let port = second.port
        try await first.run { parts in
            for stream in parts.leg.servers?.accepted.values.map({ $0 }) ?? [] {
                stream.stream?.receive(.close(StreamFault(.seeOtherHost, otherHost: "server.test:\(port)")))
                stream.stream?.flush()
            }
        }
        if isProved {
            #expect(try await gateway.delivered() == CrossingID(1))
            #expect(try await second.accepted() == Self.bob)
            #expect(try await gateway.run { $0.leg.servers?.routes.first?.redirects } == 0)
        } else {
            #expect(try await gateway.failed().failure.report.protocolCode == "redirect-refused")
            #expect(try await second.run { $0.leg.servers?.acceptedCount } == 0)
        }
        for server in [gateway, first, second] { try await server.stop() }
    }
}
