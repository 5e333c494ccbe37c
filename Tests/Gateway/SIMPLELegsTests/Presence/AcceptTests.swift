import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// The types that a watcher takes, on a route whose documents go in Message/CPIM objects.
@Suite("SIMPLELeg: Accept of a watcher")
struct AcceptTests {
    private static let switches = [("pres.carrier", "cpim")]

    @Test(
        "PRES-043, SIP-SUB-008, RFC 3856 §6.7: what the watcher takes decides, also after a restart",
        arguments: [
            ("Accept: application/pidf+xml", "application/pidf+xml"), ("Accept: message/cpim", "message/cpim"),
            ("Accept: application/*, message/cpim", "message/cpim"), ("Accept: -", "message/cpim"),
            ("Accept: */*, message/cpim;q=0", "application/pidf+xml"),
        ]
    )
    func types(_ accept: String, _ type: String) throws {
        let peer = try Neighbor(switches: Self.switches)
        #expect(try peer.admitted(accept).notify.values("Content-Type") == [type])
        let usage = try #require(peer.stage.host.usages.values.first)
        #expect(usage.details?.phase == "active" && usage.details?.callID == "c1@example.net")
        let next = try Neighbor(switches: Self.switches)
        next.stage.host.approved = [Neighbor.inward]
        next.say("<show>away</show>")
        #expect(next.stage.leg.restore(usage, delay: 0))
        next.stage.leg.presenceChanged(Neighbor.inward)
        #expect(try #require(next.taken().last).values("Content-Type") == [type])
    }

    @Test("RFC 3856 §6.7: a refresh with an Accept says it anew, one without leaves what was said")
    func refreshed() throws {
        let peer = try Neighbor(switches: Self.switches)
        let (answer, first) = try peer.admitted("Accept: -")
        #expect(first.values("Content-Type") == ["message/cpim"])
        for (cseq, accept) in [(2, "Accept: application/pidf+xml"), (3, "Accept: -")] {
            try peer.refresh(in: answer, cseq: cseq, accept)
            peer.store()
            let notify = try #require(peer.taken().last)
            #expect(notify.values("Content-Type") == ["application/pidf+xml"])
            peer.answer(notify, 200)
        }
    }
}
