import Interworking
import SIPMessages
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// The small values of the leg.
@Suite("Pieces of the SIP leg")
struct PieceTests {
    @Test("An address is trusted in every spelling, and only itself")
    func trust() {
        let peers = TrustedPeers(["127.0.0.1": ["b.example", "a.example"], "2001:DB8:0::1": ["c.example"]])
        #expect(peers.domains(of: "127.0.0.1") == ["a.example", "b.example"])
        #expect(peers.domains(of: "::ffff:127.0.0.1") == ["a.example", "b.example"])
        #expect(peers.domains(of: "2001:db8::1") == ["c.example"])
        #expect(peers.domains(of: "2001:db8::2") == nil)
        #expect(peers.domains(of: "127.0.0.11") == nil)
        #expect(peers.domains(of: "127.0.0.11") == nil)
        #expect(peers.domains(of: "127.0.0.1") == ["a.example", "b.example"])
        #expect(peers.domains(of: "") == nil)
    }

    @Test("Numbers of one conversation rise, whatever the clock does")
    func numbers() {
        var conversations = Conversations()
        let now: Int64 = 1_800_000_000_000
        let first = conversations.next("c", now: now)
        let second = conversations.next("c", now: now)
        let back = conversations.next("c", now: now - 60_000)
        let later = conversations.next("c", now: now + 60_000)
        #expect(first < second && second < back && back < later)
        #expect(later < 1 << 31)
        var restarted = Conversations(lead: conversations.reserved)
        #expect(restarted.next("c", now: now + 1_000) > first)
    }

    @Test("The name of a neighbor tells transport, address and port apart")
    func names() {
        var route = Stage.route
        #expect(route.name == "sip:udp:127.0.0.1:5070")
        route.transport = "tcp"
        route.address = "::1"
        #expect(route.name == "sip:tcp:[::1]:5070")
        #expect(route.destination == .init(transport: .tcp, address: "::1", port: 5070))
    }

    @Test("What the configuration says of a neighbor is a fact; of others nothing is")
    func facts() {
        var route = Stage.route
        route.isCongestionSafe = true
        route.largestMessage = 20_000
        let settings = Stage.settings(route)
        #expect(settings.peerFacts(of: "example.net").isCongestionSafe)
        #expect(settings.peerFacts(of: "example.net").requestLimit == 20_000)
        #expect(!settings.peerFacts(of: "example.org").isCongestionSafe)
    }
}
