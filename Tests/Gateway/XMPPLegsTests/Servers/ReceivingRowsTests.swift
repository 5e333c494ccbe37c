import BridgeCore
import Foundation
import Loopback
import NIOCore
import TLSChannels
import TestAuthority
import Testing

@testable import XMPPLegs
@testable import XMPPStreams

@Suite("Streams that peers open, on bare sockets", .timeLimit(.minutes(2)))
struct ReceivingRowsTests {
    private let phonebook = Phonebook()

    private func gateway(
        change: (inout XMPPLegSettings.Server) -> Void = { _ in }
    ) async throws -> FederatedServer {
        try await PlayedDomain.gateway(in: phonebook, change: change)
    }

    @Test("RFC 6120 §4.9.3.3: a fourth stream for one pair takes the place of the oldest, which is told conflict")
    func conflict() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        var callers: [PlayedCaller] = []
        for number in 0..<4 {
            let caller = try await PlayedCaller.call(gateway)
            try await caller.prove(by: domain)
            callers.append(caller)
            if number == 2 { #expect(try await gateway.run { $0.leg.servers?.accepted.count } == 3) }
        }
        let end = try await callers[0].socket.readToEnd()
        #expect(end.contains("<conflict xmlns=") && end.hasSuffix("</stream:stream>"))
        for number in 1..<4 {
            try await callers[number].write(as: "u\(number)")
            #expect(try await gateway.accepted() == "u\(number)@example.com")
        }
        // A place that has become free is one.
        try await callers[1].socket.close()
        while try await gateway.run({ $0.leg.servers?.accepted.count }) != 2 { try await pause() }
        let last = try await PlayedCaller.call(gateway)
        try await last.prove(by: domain)
        try await callers[2].write(as: "u2")
        #expect(try await gateway.accepted() == "u2@example.com")
        for caller in callers[2...] + [last] { try await caller.socket.close() }
        while try await gateway.run({ $0.leg.servers?.accepted.isEmpty }) != true { try await pause() }
        #expect(try await gateway.run { $0.leg.servers?.standing.isEmpty } == true)
        try await gateway.stop()
    }

    @Test("RFC 6120 §4.9.3.11, §8.1.3, §8.2.3: an undefined type is answered bad-request, and the stream stays")
    func undefinedType() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        try await caller.socket.send(
            "<iq type='subscribe' id='a b&#10;c' from='alice@example.com/A b' to='bob@sip.example.com/x'>"
                + "<query xmlns='jabber:iq:roster'/></iq>"
        )
        let back = try await domain.believing()
        let answer = try await back.read(through: "</iq>")
        #expect(answer.contains("type='error'") && answer.contains("<bad-request xmlns="))
        // Both addresses change places as they came, the id is the same, and nothing else comes back.
        #expect(PlayedCaller.attribute("to", in: answer) == "alice@example.com/A b")
        #expect(PlayedCaller.attribute("from", in: answer) == "bob@sip.example.com/x")
        #expect(["a b&#10;c", "a b&#xA;c"].contains(PlayedCaller.attribute("id", in: answer)))
        #expect(!answer.contains("jabber:iq:roster"))
        try await caller.write(as: "alice")
        #expect(try await gateway.accepted() == "alice@example.com")
        try await gateway.stop()
    }

    @Test("XMP-ADR-03 RFC 6120 §8.2.3: a domain in another spelling is answered in its normal form")
    func spelling() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        try await caller.socket.send(
            "<iq type='get' id='p' from='alice@Example.com/A' to='Sip.Example.com.'><ping xmlns='urn:xmpp:ping'/></iq>"
        )
        let answer = try await domain.believing().read(through: "type='result'")
        #expect(PlayedCaller.attribute("to", in: answer) == "alice@example.com/A")
        #expect(PlayedCaller.attribute("from", in: answer) == "sip.example.com")
        try await gateway.stop()
    }

    @Test("RFC 6120 §8.2.3, §8.3.1: results and errors are never answered, whomever they are for")
    func answersOfNothing() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        let error = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        for to in ["bob@sip.example.com", "bob@sip.example.com/x", "sip.example.com", "b d@sip.example.com"] {
            for stanza in ["iq type='error'", "iq type='result'", "message type='error'", "presence type='error'"] {
                let name = stanza.prefix { $0 != " " }
                let content = stanza.hasSuffix("'error'") ? error : ""
                try await caller.socket.send(
                    "<\(stanza) id='x' from='alice@example.com/a' to='\(to)'>\(content)</\(name)>"
                )
            }
        }
        try await caller.socket.send(
            "<iq type='get' id='last' from='alice@example.com/a' to='sip.example.com'><ping xmlns='urn:xmpp:ping'/></iq>"
        )
        let answer = try await domain.believing().read(through: "id='last'")
        #expect(answer.split(separator: "<").count == 1)
        try await gateway.stop()
    }

    @Test("XEP-0198 §3, §4: what is bounced or passed over is counted and committed like the rest")
    func bounced() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        try await caller.socket.send("<enable xmlns='urn:xmpp:sm:3'/>")
        #expect(try await caller.socket.read(through: "/>").contains("<enabled "))
        try await caller.socket.send("<enable xmlns='urn:xmpp:sm:3'/>")
        #expect(try await caller.socket.read(through: "</failed>").contains("<unexpected-request "))
        try await caller.write(as: "alice", to: "b d@sip.example.com")
        try await caller.socket.send("<presence from='alice@example.com/a' to='b d@sip.example.com'/>")
        try await caller.write(as: "alice")
        try await caller.socket.send("<r xmlns='urn:xmpp:sm:3'/>")
        _ = try await caller.socket.read(through: "h='3'")
        let answer = try await domain.believing().read(through: "</message>")
        #expect(answer.contains("<jid-malformed xmlns=") && answer.contains("to='alice@example.com/a'"))
        // A bounced stanza alone is committed, too.
        try await caller.write(as: "alice", to: "b d@sip.example.com")
        try await caller.socket.send("<r xmlns='urn:xmpp:sm:3'/>")
        _ = try await caller.socket.read(through: "h='4'")
        try await gateway.stop()
    }

    @Test(
        "XEP-0220 §2.5: a sender that cannot be asked about is told why",
        arguments: [
            ("nowhere.example", "remote-server-not-found"), ("closed.example", "remote-connection-failed"),
            ("lost.example", "remote-server-timeout"),
        ]
    )
    func dialbackErrors(name: String, condition: String) async throws {
        let gateway = try await gateway()
        phonebook.enter("closed.example", 1)
        let lost = try await PlayedDomain.open("lost.example", in: phonebook)
        let caller = try await PlayedCaller.call(gateway, as: name)
        try await caller.show()
        if name == lost.name { try await lost.stream().close() }
        let answer = try await caller.socket.read(through: "</db:result>")
        #expect(answer.contains("type='error'") && answer.contains("<\(condition) xmlns="))
        #expect(try await gateway.run { $0.leg.servers?.questions.isEmpty } == true)
        try await gateway.stop()
    }

    @Test(
        "XEP-0220 §2.5, RFC 6120 §13.7.1: a sender is told that TLS, or a certificate, is missing",
        arguments: [true, false]
    )
    func missing(isTLS: Bool) async throws {
        let gateway = try await gateway {
            $0.policy.usual = .init(
                encryption: isTLS ? .required : .optional,
                authentication: isTLS ? .dialback : .certificate
            )
        }
        let caller = try await PlayedCaller.call(gateway)
        try await caller.show()
        let answer = try await caller.socket.read(through: "</db:result>")
        #expect(answer.contains(isTLS ? "<policy-violation xmlns=" : "<not-authorized xmlns="))
        try await gateway.stop()
    }

    @Test("XEP-0205 §3: twenty questions that nobody answers are all that one address has, and stall nobody else")
    func silentServers() async throws {
        let gateway = try await gateway { $0.receiving.verifications = 100 }
        let silent = try await PeerListener.bind()
        for number in 0...20 { phonebook.enter("s\(number).example", silent.port) }
        let caller = try await PlayedCaller.call(gateway, as: "s0.example")
        for number in 0..<20 { try await caller.show("s\(number).example") }
        while try await gateway.run({ $0.leg.servers?.questions.count }) != 20 { try await pause() }
        let other = try await PlayedCaller.call(gateway, as: "s20.example")
        try await other.show()
        let answer = try await other.socket.read(through: "</db:result>")
        #expect(answer.contains("<resource-constraint xmlns="))
        // An answer gives its place back.
        let first = try await silent.accepted.next()
        try await first.close()
        while try await gateway.run({ $0.leg.servers?.questions.count }) != 19 { try await pause() }
        try await other.show()
        while try await gateway.run({ $0.leg.servers?.questions.count }) != 20 { try await pause() }
        try await gateway.stop()
    }

    @Test("XEP-0220 §2.5: a server that does not answer about a key in time is told as that, and holds no place")
    func answersInTime() async throws {
        let gateway = try await gateway { $0.bounds.answers = 300_000_000 }
        let silent = try await PeerListener.bind()
        phonebook.enter("s0.example", silent.port)
        let caller = try await PlayedCaller.call(gateway, as: "s0.example")
        try await caller.show()
        #expect(try await caller.socket.read(through: "</db:result>").contains("<remote-server-timeout xmlns="))
        #expect(try await gateway.run { $0.leg.servers?.questions.isEmpty } == true)
        try await gateway.stop()
    }

    @Test("RFC 6120 §4.9.3.17: more questions about keys than are open at one time are not asked")
    func questionsAreBounded() async throws {
        let gateway = try await gateway { $0.bounds.verifications = 1 }
        let silent = try await PeerListener.bind()
        for number in 0...1 { phonebook.enter("s\(number).example", silent.port) }
        let caller = try await PlayedCaller.call(gateway, as: "s0.example")
        try await caller.show()
        while try await gateway.run({ $0.leg.servers?.questions.count }) != 1 { try await pause() }
        try await caller.show("s1.example")
        #expect(try await caller.socket.read(through: "</db:result>").contains("<resource-constraint xmlns="))
        try await gateway.stop()
    }

    @Test("XEP-0205 §3: one connection too many in a minute is turned away before any XML, though none is open")
    func perMinute() async throws {
        let gateway = try await gateway { $0.bounds.strangersPerMinute = 2 }
        for _ in 0..<2 {
            try await PlayedCaller.call(gateway).socket.close()
            while try await gateway.run({ $0.leg.servers?.accepted.isEmpty }) != true { try await pause() }
        }
        let third = try await Peer.connect(to: try .init(ipAddress: "127.0.0.1", port: gateway.port))
        #expect(try await third.readToEnd().contains("<resource-constraint xmlns="))
        try await gateway.stop()
    }

    @Test("RFC 6120 §8.2.3: an answer to a question of ours counts from the domain that was asked, and no other")
    func spoofedAnswer() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let other = try await PlayedDomain.open("example.org", in: phonebook)
        try await gateway.send(1, from: "bob@sip.example.com", to: "alice@example.com")
        let out = try await domain.believing()
        _ = try await out.read(through: "<iq ")
        let id = PlayedCaller.attribute("id", in: " " + (try await out.read(through: "</iq>")))
        #expect(id.utf8.count >= 16)
        let forger = try await PlayedCaller.call(gateway, as: "example.org")
        try await forger.prove(by: other)
        for from in ["example.org", "bob@example.org"] {
            try await forger.socket.send("<iq type='result' id='\(id)' from='\(from)' to='sip.example.com'/>")
        }
        try await forger.write(as: "carol")
        var calls: [RecordingHost.Call] = []
        _ = try await gateway.next { call -> Bool? in
            calls.append(call)
            if case .accepted = call { return true }
            if case .refused = call { return true }
            return nil
        }
        #expect(!calls.contains { if case .delivered = $0 { true } else { false } })
        let peer = try await PlayedCaller.call(gateway)
        try await peer.prove(by: domain)
        try await peer.socket.send("<iq type='result' id='\(id)' from='example.com' to='sip.example.com'/>")
        #expect(try await gateway.delivered() == CrossingID(1))
        try await gateway.stop()
    }

    @Test("RFC 6120 §4.9.3.20: at the end every stream is told system-shutdown, behind what was sent")
    func shutdown() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        try await gateway.send(1, from: "bob@sip.example.com", to: "alice@example.com")
        let out = try await domain.believing()
        _ = try await out.read(through: "</message>")
        try await gateway.send(2, from: "bob@sip.example.com", to: "alice@example.com", body: "last")
        try await gateway.run { $0.leg.stop() }
        // The peers' streams first: what they brought last may have to be answered.
        #expect(try await caller.socket.read(through: "</stream:stream>").contains("<system-shutdown xmlns="))
        try await caller.socket.send("</stream:stream>")
        let end = try await out.read(through: "</stream:stream>")
        #expect(end.contains("last</body>") && end.contains("<system-shutdown xmlns="))
        try await out.send("</stream:stream>")
        try await gateway.stop()
        #expect(try await gateway.run { $0.host.failures.isEmpty })
    }

    @Test(
        "RFC 6121 §4.3: a peer's stream that ends by a fault leaves presence in doubt, one that is just closed does not"
    )
    func doubt() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        var callers: [PlayedCaller] = []
        for _ in 0..<2 {
            let caller = try await PlayedCaller.call(gateway)
            try await caller.prove(by: domain)
            callers.append(caller)
        }
        try await gateway.run { parts in
            parts.leg.links["sip.example.com"]?.write(RouteRowsTests.written("presence"), to: "example.com")
        }
        _ = try await domain.believing().read(through: "/>")
        let isDown = { (call: RecordingHost.Call) in if case .peerDown = call { true } else { false } }
        try await callers[0].socket.send("</stream:stream>")
        _ = try await callers[0].socket.readToEnd()
        while try await gateway.run({ $0.leg.servers?.accepted.count }) != 1 { try await pause() }
        #expect(try await gateway.run { $0.host.calls }.contains(where: isDown) == false)
        try await callers[1].socket.send(
            "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
        )
        #expect(try await gateway.next { if case .peerDown(let peer, _) = $0 { peer } else { nil } } == "example.com")
        try await gateway.stop()
    }

    @Test("XEP-0198 §4: a stream ends for good only when the ledger has what came on it")
    func shutdownWaits() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        try await caller.socket.send("<enable xmlns='urn:xmpp:sm:3'/>")
        _ = try await caller.socket.read(through: "/>")
        try await gateway.run { $0.isHolding = true }
        try await caller.write(as: "alice")
        while try await gateway.run({ $0.held.count }) < 1 { try await pause() }
        try await gateway.run { parts in
            parts.leg.stop()
            parts.leg.stored(parts.held[0])
        }
        let end = try await caller.socket.read(through: "</stream:stream>")
        #expect(end.contains("h='1'") && end.contains("<system-shutdown xmlns="))
        try await gateway.stop()
    }

    @Test("RFC 6120 §4.9.3.16: a stream whose peer's certificate expires is ended with reset")
    func expiry() async throws {
        let all = try Certificates.made.get()
        let authority = try Authority("expiry")
        let gateway = try await FederatedServer.start(
            "sip.example.com",
            certificate: all.gateway,
            roots: all.roots + authority.root.certificate,
            in: phonebook,
            serving: ["example.com"]
        )
        let end = Date(timeIntervalSinceNow: 4)
            .ISO8601Format(.init(dateSeparator: .omitted, timeSeparator: .omitted)).filter { $0 != "T" }
        let brief = try authority.issue("brief", names: ["DNS:example.com"], dates: ("20250101000000Z", end))
        let peer = try await FederatedServer.start(
            "example.com",
            certificate: try brief.credentials(),
            roots: all.roots,
            in: phonebook,
            serving: ["sip.example.com"]
        )
        try await peer.send(1, from: "alice@example.com", to: "bob@sip.example.com")
        #expect(try await peer.delivered() == CrossingID(1))
        try await peer.run { $0.leg.servers?.routes.first?.hasPresence = true }
        #expect(try await peer.next { if case .peerDown(let peer, _) = $0 { peer } else { nil } } == "sip.example.com")
        #expect(try await peer.run { $0.leg.servers?.routes.first?.failure?.code } == "reset")
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("XEP-0198 §5: another domain cannot resume a stream whose id it has got hold of, nor end it")
    func stolenID() async throws {
        let all = try Certificates.made.get()
        let gateway = try await gateway()
        var servers: [FederatedServer] = []
        for (domain, certificate) in [("example.org", all.foreign), ("example.com", all.peer)] {
            let server = try await FederatedServer.start(
                domain,
                certificate: certificate,
                roots: all.roots,
                in: phonebook,
                serving: ["sip.example.com"]
            )
            servers.append(server)
        }
        try await servers[0].send(1, from: "carol@example.org", to: "bob@sip.example.com")
        #expect(try await servers[0].delivered() == CrossingID(1))
        let live = try #require(try await gateway.run { $0.leg.servers?.resumable.keys.first })
        let broken = DomainPair(normalized: "sip.example.com", "example.org")
        try await gateway.run { parts in
            let left = StreamManagement(pair: broken, id: "broken", limits: .init())
            parts.leg.servers?.sessions.keep(left, StreamArrivals(), now: parts.leg.now.monotonic)
        }
        let thief = DomainPair(normalized: "example.com", "sip.example.com")
        for (number, id) in [(Int64(2), live), (3, "broken")] {
            try await servers[1].run { parts in
                guard let streams = parts.leg.servers, let link = streams.links["example.com"],
                    let route = streams.route(from: link, to: "sip.example.com")
                else { return }
                route.stream?.receive(.close(nil))
                route.stream?.flush()
            }
            while try await servers[1].run({ $0.leg.servers?.routes.first?.stream != nil }) { try await pause() }
            try await servers[1].run { parts in
                let left = StreamManagement(pair: thief, id: id, limits: .init())
                parts.leg.servers?.routes.first?.session = (left, until: .max)
            }
            try await servers[1].send(number, from: "alice@example.com", to: "bob@sip.example.com")
            #expect(try await servers[1].delivered() == CrossingID(number))
        }
        // The one still stands, the other may still be resumed.
        #expect(try await gateway.run { $0.leg.servers?.resumable[live] != nil })
        #expect(
            try await gateway.run { parts in
                parts.leg.servers?.sessions.take("broken", for: [broken], now: parts.leg.now.monotonic) != nil
            }
        )
        for server in servers + [gateway] { try await server.stop() }
    }

    @Test("XEP-0198 §5: a session is handed over once the ledger has everything that came on it")
    func handOver() async throws {
        let gateway = try await gateway()
        let domain = try await PlayedDomain.open(in: phonebook)
        let caller = try await PlayedCaller.call(gateway)
        try await caller.prove(by: domain)
        let order = try await gateway.run { parts -> [String] in
            guard let streams = parts.leg.servers, let stream = streams.accepted.values.first else { return [] }
            let pair = DomainPair(normalized: "sip.example.com", "example.com")
            var management = StreamManagement(pair: pair, id: "s", limits: .init())
            management.arrived()
            let arrivals = StreamArrivals()
            var book = ArrivalBook()
            _ = book.came(1, on: arrivals)
            streams.sessions.keep(management, arrivals, now: parts.leg.now.monotonic)
            let order = Order()
            streams.findSession("s", for: stream) { order.steps.append("found \($0?.handled ?? 9)") }
            order.steps.append("asked")
            let number = book.submit() ?? 0
            order.steps.append("submitted")
            book.stored(number).tell()
            streams.findSession("s", for: stream) { order.steps.append($0 == nil ? "gone" : "found again") }
            return order.steps
        }
        #expect(order == ["asked", "submitted", "found 1", "gone"])
        try await gateway.stop()
    }

    private final class Order {
        var steps: [String] = []
    }
}
