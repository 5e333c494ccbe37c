import BridgeCore
import Interworking
import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import TestAuthority
import Testing
import XMLStreams
import XMPPStreams

@testable import XMPPLegs

/// An authority and the certificates of two servers, made once.
struct Certificates: Sendable {
    static let made = Result { try Certificates() }

    let roots: [UInt8]
    let gateway: TLSCredentials
    let peer: TLSCredentials
    let foreign: TLSCredentials
    let expired: TLSCredentials
    let own: (gateway: TLSCredentials, peer: TLSCredentials)

    init() throws {
        let authority = try Authority("federation")
        let late = ("20200101000000Z", "20210101000000Z")
        roots = authority.root.certificate
        gateway = try authority.issue("gw", names: ["DNS:sip.example.com"]).credentials()
        peer = try authority.issue("peer", names: ["DNS:example.com"]).credentials()
        foreign = try authority.issue("foreign", names: ["DNS:example.org"]).credentials()
        expired = try authority.issue("expired", names: ["DNS:example.com"], dates: late).credentials()
        own = (
            try authority.issue("own-gw", names: ["DNS:sip.example.com"], selfSigned: true).credentials(),
            try authority.issue("own-peer", names: ["DNS:example.com"], selfSigned: true).credentials()
        )
    }
}

@Suite("Streams between servers, from leg to leg", .timeLimit(.minutes(2)))
struct FederationTests {
    private static let bob = "bob@sip.example.com"
    private static let alice = "alice@example.com"

    /// The gateway, which serves sip.example.com, and a peer, which serves example.com.
    private func pair(
        peer certificate: (Certificates) -> TLSCredentials = { $0.peer },
        gateway own: (Certificates) -> TLSCredentials = { $0.gateway },
        change: (inout XMPPLegSettings.Server) -> Void = { _ in },
        changePeer: (inout XMPPLegSettings.Server) -> Void = { _ in }
    ) async throws -> (gateway: FederatedServer, peer: FederatedServer, phonebook: Phonebook) {
        let all = try Certificates.made.get()
        let phonebook = Phonebook()
        let gateway = try await FederatedServer.start(
            "sip.example.com",
            certificate: own(all),
            roots: all.roots,
            in: phonebook,
            serving: ["example.com"],
            change: change
        )
        let peer = try await FederatedServer.start(
            "example.com",
            certificate: certificate(all),
            roots: all.roots,
            in: phonebook,
            serving: ["sip.example.com"],
            change: changePeer
        )
        return (gateway, peer, phonebook)
    }

    @Test("RFC 6120 §4, XEP-0220 §2.1: messages cross in order on one stream, and each is proved by a certificate")
    func order() async throws {
        let (gateway, peer, _) = try await pair()
        for number in 1...200 {
            try await gateway.send(Int64(number), from: "u\(number)@sip.example.com", to: Self.alice)
        }
        for number in 1...200 { #expect(try await peer.accepted() == "u\(number)@sip.example.com") }
        for number in 1...200 { #expect(try await gateway.delivered() == CrossingID(Int64(number))) }
        let proofs = try await peer.run { Set($0.host.arrivals.map(\.account.proof)) }
        let peers = try await peer.run { Set($0.host.arrivals.map(\.account.peer)) }
        #expect(proofs == ["pkix"] && peers == ["sip.example.com"])
        #expect(try await peer.run { $0.leg.servers?.accepted.count } == 1)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("XEP-0198 §4: what is not stored is not acknowledged, whatever was stored behind it")
    func storedFirst() async throws {
        let (gateway, peer, _) = try await pair()
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        try await peer.run { $0.isHolding = true }
        try await gateway.send(2, from: Self.bob, to: Self.alice)
        while try await peer.run({ $0.held.count }) < 1 { try await pause() }
        try await gateway.send(3, from: Self.bob, to: Self.alice)
        while try await peer.run({ $0.held.count }) < 2 { try await pause() }
        // The later one first.
        try await peer.run { parts in
            parts.leg.stored(parts.held[1])
            parts.isHolding = false
        }
        try await gateway.send(4, from: Self.bob, to: Self.alice)
        while try await peer.run({ $0.host.arrivals.count }) < 4 { try await pause() }
        #expect(try await gateway.run { $0.host.calls.filter(\.isDelivery).count } == 1)
        try await peer.run { $0.leg.stored($0.held[0]) }
        for number in 2...4 { #expect(try await gateway.delivered() == CrossingID(Int64(number))) }
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("RFC 6120 §8.3.3.16: a domain without a server is told as that, at once and for good")
    func noServer() async throws {
        let (gateway, peer, phonebook) = try await pair()
        phonebook.enter("example.com", nil)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let (id, failure) = try await gateway.failed()
        #expect(id == CrossingID(1) && failure.retry == .never)
        #expect(failure.report.protocolCode == "remote-server-not-found")
        #expect(String(decoding: failure.response, as: UTF8.self).contains("remote-server-not-found"))
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("RFC 6120 §3.3: a server out of reach holds its neighbor, and takes everything in order when it is back")
    func outOfReach() async throws {
        let (gateway, peer, phonebook) = try await pair()
        phonebook.enter("example.com", 1)
        try await gateway.send([1, 2, 3], from: Self.bob, to: Self.alice)
        // The bridge puts each one in front of the others.
        for number in [3, 2, 1] {
            let (id, failure) = try await gateway.failed()
            #expect(id == CrossingID(Int64(number)))
            guard case .hop(after: .some) = failure.retry else {
                Issue.record("\(failure)")
                continue
            }
        }
        phonebook.enter("example.com", peer.port)
        // A try that comes too early goes back.
        var number: Int64 = 4
        while true {
            try await gateway.send(number, from: Self.bob, to: Self.alice)
            let call = try await gateway.next { call -> Bool? in
                switch call {
                case .delivered: true
                case .failed: false
                default: nil
                }
            }
            if call { break }
            number += 1
        }
        #expect(try await peer.accepted() == Self.bob)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("RFC 6120 §3.2: a server that keeps a stream half-finished is given up in time, and its place is free")
    func halfFinished() async throws {
        let (gateway, peer, phonebook) = try await pair(change: { $0.bounds.search = 300_000_000 })
        let silent = try await PeerListener.bind()
        phonebook.enter("example.com", silent.port)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let (_, failure) = try await gateway.failed()
        #expect(failure.report.protocolCode == "timeout-stream")
        guard case .hop(after: .some) = failure.retry else { throw Unexpected() }
        let socket = try await silent.accepted.next()
        #expect(try await socket.readToEnd().hasSuffix("</stream:stream>"))
        #expect(try await gateway.run { $0.leg.servers?.routes.first?.stream == nil })
        try await silent.close()
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("RFC 6120 §8.3.3.17: after the patience of the operator what waits fails as remote-server-timeout")
    func patience() async throws {
        let (gateway, peer, phonebook) = try await pair(change: { $0.bounds.patience = 0 })
        phonebook.enter("example.com", 1)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let (_, failure) = try await gateway.failed()
        #expect(failure.retry == .never)
        #expect(String(decoding: failure.response, as: UTF8.self).contains("remote-server-timeout"))
        try await gateway.stop()
        try await peer.stop()
    }

    @Test(
        "RFC 6120 §13.7.1: a server whose certificate is for another domain, or has expired, gets nothing",
        arguments: [true, false]
    )
    func wrongCertificate(isExpired: Bool) async throws {
        let (gateway, peer, _) = try await pair(
            peer: { isExpired ? $0.expired : $0.foreign },
            change: { $0.policy.usual.authentication = .certificate }
        )
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        let (_, failure) = try await gateway.failed()
        #expect(failure.report.protocolCode == "certificate-refused")
        #expect(failure.report.text.contains(isExpired ? "expired" : "example.org"))
        // And what it sends is not taken.
        try await peer.send(2, from: Self.alice, to: Self.bob)
        let (_, refused) = try await peer.failed()
        #expect(refused.report.protocolCode == "policy-violation")
        #expect(try await gateway.run { $0.host.arrivals.isEmpty })
        let rows = try await gateway.run { $0.leg.links(peer: "example.com").filter { $0.state == .refused } }
        #expect(rows.map(\.link) == ["s2s:sip.example.com/example.com"])
        #expect(rows.first?.reason?.contains(isExpired ? "expired" : "example.org") == true)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("A domain that is not admitted is told in link status, for as long as the last two hundred of them are")
    func notAdmitted() async throws {
        let (gateway, peer, _) = try await pair(change: { $0.policy.admission.refused = ["example.com"] })
        try await peer.send(1, from: Self.alice, to: Self.bob)
        _ = try await peer.failed()
        let row = try #require(try await gateway.run { $0.leg.links(peer: "example.com").first })
        #expect(row.state == .refused && row.direction == .in && row.remedy != nil)
        #expect(row.reason == "the peer's domain, example.com, is not admitted")
        var book = TurnedAway()
        for number in 0...TurnedAway.capacity { book.note(.notAdmitted("d\(number).example"), at: Int64(number)) }
        #expect(book.tries.count == TurnedAway.capacity && book.tries["d0.example"] == nil)
        // Nor is it connected to.
        try await gateway.send(2, from: Self.bob, to: Self.alice)
        let (_, failure) = try await gateway.failed()
        #expect(failure.retry == .never)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("What link status says of streams that stand, in both directions")
    func rows() async throws {
        let (gateway, peer, _) = try await pair()
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        let out = try #require(try await gateway.run { $0.leg.links(peer: "example.com").first })
        #expect(out.link == "s2s:sip.example.com/example.com" && out.direction == .out && out.state == .open)
        #expect(out.proof == "pkix" && out.sent == 1 && out.unconfirmed == 0 && out.weakened == nil)
        #expect(out.tls?.hasPrefix("TLS 1.3 ") == true && out.certificateEnds != nil)
        let into = try #require(try await peer.run { $0.leg.links(peer: "sip.example.com").first })
        #expect(into.direction == .in && into.state == .open && into.proof == "pkix" && into.received == 1)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("XEP-0220 §2: servers that nobody vouches for prove themselves by calling back, in both directions")
    func dialback() async throws {
        let trust: (inout XMPPLegSettings.Server) -> Void = { $0.policy.usual.authentication = .dialback }
        let (gateway, peer, _) = try await pair(
            peer: { $0.own.peer },
            gateway: { $0.own.gateway },
            change: trust,
            changePeer: trust
        )
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await peer.accepted() == Self.bob)
        #expect(try await gateway.delivered() == CrossingID(1))
        try await peer.send(2, from: Self.alice, to: Self.bob)
        #expect(try await gateway.accepted() == Self.alice)
        #expect(try await gateway.run { $0.host.arrivals.map(\.account.proof) } == ["dialback"])
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("XEP-0220 §2.2.2: a server that cannot be called back under its domain is not believed")
    func wrongKey() async throws {
        let trust: (inout XMPPLegSettings.Server) -> Void = { $0.policy.usual.authentication = .dialback }
        let (gateway, peer, phonebook) = try await pair(
            peer: { $0.own.peer },
            gateway: { $0.own.gateway },
            change: trust,
            changePeer: trust
        )
        // Whoever asks for the server of the peer's domain finds the gateway's, which has other keys.
        let other = try await FederatedServer.start(
            "example.com",
            certificate: try Certificates.made.get().own.peer,
            roots: try Certificates.made.get().roots,
            in: phonebook,
            serving: []
        ) { $0.keys = FederatedServer.keys("quite another secret") }
        try await peer.send(1, from: Self.alice, to: Self.bob)
        let (_, failure) = try await peer.failed()
        #expect(failure.report.protocolCode == "dialback-refused")
        #expect(try await gateway.run { $0.host.arrivals.isEmpty })
        for server in [gateway, peer, other] { try await server.stop() }
    }

    @Test("XEP-0198 §5: a stream that broke is resumed: nothing is lost, and nothing comes twice")
    func resumption() async throws {
        let (gateway, peer, phonebook) = try await pair()
        let wire = try await CuttableWire.lay(to: peer.port, on: MultiThreadedEventLoopGroup.singleton.next())
        phonebook.enter("example.com", wire.port)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        try await peer.run { $0.isHolding = true }
        for number in 2...20 { try await gateway.send(Int64(number), from: Self.bob, to: Self.alice) }
        while try await peer.run({ $0.host.arrivals.count }) < 20 { try await pause() }
        try await wire.cut()
        // The ledger answers only when the peer is back and waits for it.
        while try await gateway.run({ $0.leg.servers?.routes.first?.stream != nil }) { try await pause() }
        try await peer.run { parts in
            parts.isHolding = false
            for submission in parts.held { parts.leg.stored(submission) }
        }
        for number in 2...20 { #expect(try await gateway.delivered() == CrossingID(Int64(number))) }
        try await gateway.send(21, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(21))
        #expect(try await peer.run { $0.host.arrivals.count } == 21)
        try await gateway.stop()
        try await peer.stop()
        try await wire.close()
    }

    @Test("What a broken stream had not confirmed goes out again, and presence is in doubt until a stream stands")
    func broken() async throws {
        let (gateway, peer, phonebook) = try await pair(changePeer: { $0.policy.hasStreamManagement = false })
        let wire = try await CuttableWire.lay(to: peer.port, on: MultiThreadedEventLoopGroup.singleton.next())
        phonebook.enter("example.com", wire.port)
        let probe = WatchKey(watcher: Self.bob, presentity: Self.alice, target: .cpim)
        try await gateway.run { $0.leg.probe(probe) }
        _ = try await peer.next { if case .presence = $0 { true } else { nil } }
        try await wire.cut()
        #expect(try await gateway.next { if case .peerDown(let peer, _) = $0 { peer } else { nil } } == "example.com")
        #expect(try await gateway.next { if case .peerUp(let peer, _) = $0 { peer } else { nil } } == "example.com")
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        try await gateway.stop()
        try await peer.stop()
        try await wire.close()
    }

    @Test("XEP-0199 §4.1: a peer without acknowledgements confirms by the answer to a ping on its own stream")
    func ping() async throws {
        let (gateway, peer, _) = try await pair(changePeer: { $0.policy.hasStreamManagement = false })
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        #expect(try await gateway.run { $0.leg.servers?.accepted.count } == 1)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("A peer that takes stanzas and confirms none gets each a few times at most, and not without a pause")
    func fruitless() async throws {
        let (gateway, peer, phonebook) = try await pair(changePeer: { $0.policy.hasStreamManagement = false })
        // The peer cannot open a stream of its own, on which it would answer pings.
        phonebook.enter("sip.example.com", 1)
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await peer.accepted() == Self.bob)
        try await peer.run { parts in
            for stream in parts.leg.servers?.accepted.values.map({ $0 }) ?? [] { stream.yield() }
        }
        let (id, failure) = try await gateway.failed()
        #expect(id == CrossingID(1) && failure.retry == .backoff(after: nil))
        #expect(String(decoding: failure.response, as: UTF8.self).contains("remote-server-timeout"))
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("A window full of stanzas that nobody asks about opens again")
    func fullWindow() async throws {
        let (gateway, peer, _) = try await pair(change: { $0.initiating.management = .init(stanzas: 5, batch: 50) })
        let probe = WatchKey(watcher: Self.bob, presentity: Self.alice, target: .cpim)
        try await gateway.run { parts in for _ in 0..<23 { parts.leg.probe(probe) } }
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        #expect(try await peer.run { $0.host.calls.filter(\.isPresence).count } == 23)
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("RFC 6121 §4.3: presence that is in doubt while a stream stands is asked for at once")
    func doubtOnOpenStream() async throws {
        let (gateway, peer, _) = try await pair()
        let probe = WatchKey(watcher: Self.bob, presentity: Self.alice, target: .cpim)
        try await gateway.run { $0.leg.probe(probe) }
        _ = try await peer.next { if case .presence = $0 { true } else { nil } }
        try await peer.send(1, from: Self.alice, to: Self.bob)
        #expect(try await peer.delivered() == CrossingID(1))
        // The peer's stream goes without a word about a session, the gateway's stands.
        try await gateway.run { parts in
            for stream in parts.leg.servers?.accepted.values.map({ $0 }) ?? [] {
                stream.stream?.receive(.unreadable(XMLStreamError(.notWellFormed, "", offset: 0)))
            }
        }
        #expect(try await gateway.next { if case .peerDown(let peer, _) = $0 { peer } else { nil } } == "example.com")
        #expect(
            try await gateway.next { if case .peerUp(.some(let peer), _) = $0 { peer } else { nil } } == "example.com"
        )
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("XEP-0198 §4: an error that comes behind the acknowledgement is told as that of its crossing")
    func lateError() async throws {
        let (gateway, peer, _) = try await pair()
        try await gateway.send(1, from: Self.bob, to: Self.alice)
        #expect(try await gateway.delivered() == CrossingID(1))
        let error =
            "<message from='\(Self.alice)' to='\(Self.bob)' id='m1' type='error'><error type='cancel'>"
            + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        try await peer.run { parts in
            parts.leg.links["example.com"]?.write(Array(error.utf8), to: "sip.example.com")
        }
        let (id, failure) = try await gateway.failed()
        #expect(id == CrossingID(1) && failure.report.protocolCode == "service-unavailable")
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("XEP-0288 §2: where both directions were agreed on, answers go back on the stream that the peer opened")
    func bothWays() async throws {
        let (gateway, peer, phonebook) = try await pair(
            change: { $0.policy.isBidirectional = true },
            changePeer: { $0.policy.isBidirectional = true }
        )
        try await peer.send(1, from: Self.alice, to: Self.bob)
        #expect(try await peer.delivered() == CrossingID(1))
        // Nobody finds the way to the peer.
        phonebook.enter("example.com", nil)
        try await gateway.send([2, 3], from: Self.bob, to: Self.alice)
        for number in 2...3 { #expect(try await gateway.delivered() == CrossingID(Int64(number))) }
        #expect(try await peer.run { $0.leg.servers?.accepted.isEmpty } == true)
        #expect(try await peer.run { $0.host.arrivals.map(\.account.proof) } == ["pkix", "pkix"])
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("RFC 6120 §13.12: a connection too many from one address is told so and closed")
    func tooMany() async throws {
        let (gateway, peer, _) = try await pair(change: { $0.bounds.strangersPerAddress = 1 })
        let first = try await Peer.connect(to: try .init(ipAddress: "127.0.0.1", port: gateway.port))
        try await first.send("<?xml version='1.0'?>")
        while try await gateway.run({ $0.leg.servers?.accepted.count ?? 0 }) < 1 { try await pause() }
        let second = try await Peer.connect(to: try .init(ipAddress: "127.0.0.1", port: gateway.port))
        #expect(try await second.readToEnd().contains("<resource-constraint xmlns="))
        try await first.close()
        while try await gateway.run({ $0.leg.servers?.accepted.count ?? 1 }) > 0 { try await pause() }
        let third = try await Peer.connect(to: try .init(ipAddress: "127.0.0.1", port: gateway.port))
        try await third.send(
            "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "
                + "to='sip.example.com' from='example.com' version='1.0'>"
        )
        #expect(try await third.read(through: "</stream:features>").contains("<required/>"))
        try await third.close()
        try await gateway.stop()
        try await peer.stop()
    }

    @Test("The bridge's names of neighbors lead to their links")
    func hopNames() async throws {
        let (gateway, peer, _) = try await pair()
        try await gateway.run { parts in
            let link = parts.leg.links["sip.example.com"]
            #expect(link?.hop(to: "example.com") == "s2s:sip.example.com/example.com")
            #expect(parts.leg.link(ofHop: "s2s:sip.example.com/example.com") === link)
            // What was stored while a component served the domain goes to the recipient's server.
            #expect(parts.leg.link(ofHop: "xmpp:sip.example.com") === link)
            #expect(parts.leg.link(ofHop: "s2s:other.example/example.com") == nil)
        }
        try await gateway.stop()
        try await peer.stop()
    }
}

extension RecordingHost.Call {
    fileprivate var isPresence: Bool { if case .presence = self { true } else { false } }

    fileprivate var isDelivery: Bool { if case .delivered = self { true } else { false } }
}

private struct Unexpected: Error {}
