import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Subscriptions that neighbors made, from their first NOTIFY to their end.
@Suite("SIMPLELeg: NOTIFY to a neighbor")
struct NotifyOutTests {
    @Test("SIP-SUB-009: a refresh has a new expiry and gets the full state at once")
    func refresh() throws {
        let peer = try Neighbor()
        let (answer, first) = try peer.admitted()
        peer.pass(300)
        try peer.refresh(in: answer, cseq: 2)
        #expect(peer.taken().isEmpty)
        peer.store()
        let sent = peer.taken()
        #expect(sent.first?.values("Expires") == ["600"])
        let notify = try #require(sent.last)
        #expect(notify.values("Subscription-State") == ["active;expires=600"])
        #expect(notify.sipBody.contains("balcony"))
        let numbers = [first, notify].map { $0.values("CSeq").first.flatMap { Int($0.prefix { $0 != " " }) } ?? 0 }
        #expect(numbers[1] > numbers[0])
        peer.answer(notify, 200)
        peer.pass(599)
        #expect(peer.taken().isEmpty)
        peer.pass(2)
        #expect(peer.taken().last?.values("Subscription-State") == ["terminated;reason=timeout"])
    }

    @Test("SIP-SUB-010: what runs out is told so and is gone, without a state that could be true")
    func expiry() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        peer.pass(601)
        let last = try #require(peer.taken().last)
        #expect(last.values("Subscription-State") == ["terminated;reason=timeout"])
        #expect(!last.sipBody.contains("<basic>open</basic>"))
        peer.answer(last, 200)
        #expect(peer.told.last == "stopped" && peer.stage.host.usages.isEmpty)
        try peer.refresh(in: answer, cseq: 2)
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 481"])
    }

    @Test("SIP-SUB-006: Expires 0 in a dialog ends it with one NOTIFY, and the presentity hears of it once")
    func unsubscribe() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 2, "Expires: 0")
        peer.store()
        let sent = peer.taken()
        #expect(sent.first?.values("Expires") == ["0"])
        #expect(sent.last?.values("Subscription-State") == ["terminated;reason=timeout"])
        try peer.refresh(in: answer, cseq: 3)
        peer.store()
        #expect(peer.taken().last?.hasPrefix("SIP/2.0 481") == true)
        peer.answer(try #require(sent.last), 200)
        #expect(peer.told.filter { $0 == "stopped as asked" }.count == 1)
        #expect(peer.stage.host.usages.isEmpty)
    }

    @Test("RFC 3261 §12.2.2: a request in a dialog that comes too late is 500, one of no dialog 481")
    func order() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 1)
        try peer.refresh(in: answer, cseq: 5, "From: <sip:romeo@example.net>;tag=other")
        try peer.refresh(in: answer, cseq: 5, "Call-ID: another@example.net")
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 500", "SIP/2.0 481", "SIP/2.0 481"])
        #expect(peer.stage.host.usages.count == 1)
    }

    @Test("SIP-SUB-005, -016: a refresh that asks too little, or for another event, changes nothing")
    func badRefresh() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 2, "Expires: 1")
        peer.store()
        try peer.refresh(in: answer, cseq: 3, "Event: presence;id=7")
        peer.store()
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 423", "SIP/2.0 481"])
        peer.pass(10)
        peer.say("<show>away</show>")
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().last?.contains("away") == true)
    }

    @Test("A refresh that cannot be stored is refused, and the subscription stays")
    func refreshNotStored() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 2)
        peer.store(false)
        let sent = peer.taken()
        #expect(sent.first?.hasPrefix("SIP/2.0 503") == true)
        for notify in sent.dropFirst() { peer.answer(notify, 200) }
        #expect(!peer.told.contains("stopped"))
        peer.pass(10)
        peer.say("<show>dnd</show>")
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().last?.contains("dnd") == true)
    }

    @Test("RFC 6665 §4.2.1: a second refresh before the first one is stored is told to come again")
    func hastyRefresh() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        try peer.refresh(in: answer, cseq: 2)
        try peer.refresh(in: answer, cseq: 3)
        let sent = peer.taken()
        #expect(sent.map { $0.prefix(11) } == ["SIP/2.0 500"] && sent.first?.values("Retry-After") == ["1"])
    }

    @Test("SIP-SUB-013: ten changes in a second are one NOTIFY at once and one after five seconds, with the last state")
    func pace() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.pass(10)
        var notifies: [String] = []
        for number in 1...10 {
            peer.say("<status>number \(number).</status>")
            peer.stage.leg.presenceChanged(Neighbor.inward)
            for notify in peer.taken() {
                notifies.append(notify)
                peer.answer(notify, 200)
            }
            peer.pass(0.1)
        }
        #expect(notifies.count == 1 && notifies.first?.contains("number 1.") == true)
        peer.pass(3.8)
        #expect(peer.taken().isEmpty)
        peer.pass(0.3)
        let late = peer.taken()
        #expect(late.count == 1 && late.first?.contains("number 10.") == true)
    }

    @Test("SIP-SUB-012: one NOTIFY at a time; what happens meanwhile is told by the next, with the newest state")
    func oneAtATime() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.pass(10)
        peer.say("<show>away</show>")
        peer.stage.leg.presenceChanged(Neighbor.inward)
        let first = peer.taken()
        #expect(first.count == 1)
        for show in ["chat", "xa", "dnd"] {
            peer.pass(0.1)
            peer.say("<show>\(show)</show>")
            peer.stage.leg.presenceChanged(Neighbor.inward)
        }
        #expect(peer.taken().isEmpty)
        peer.answer(try #require(first.first), 200)
        peer.pass(6)
        let second = peer.taken()
        #expect(second.count == 1 && second.first?.contains("dnd") == true)
    }

    @Test(
        "SIP-SUB-011: a NOTIFY that is refused for good takes the subscription away",
        arguments: [404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]
    )
    func refused(_ status: Int) throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.pass(10)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.told.last == "stopped" && peer.stage.host.usages.isEmpty)
        peer.pass(10)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        #expect(peer.taken().isEmpty)
    }

    @Test("SIP-SUB-011: 500 and 503 keep it, and the state is told again later", arguments: [500, 503])
    func troubled(_ status: Int) throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.pass(10)
        peer.say("<show>away</show>")
        peer.stage.leg.presenceChanged(Neighbor.inward)
        peer.answer(try #require(peer.taken().last), status)
        #expect(peer.taken().isEmpty && peer.told.last != "stopped")
        peer.pass(11)
        let again = peer.taken()
        #expect(again.count == 1 && again.first?.contains("away") == true)
    }

    @Test("SIP-SUB-011: a NOTIFY without an answer takes the subscription away")
    func unanswered() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        peer.pass(10)
        peer.stage.leg.presenceChanged(Neighbor.inward)
        for _ in 1...33 { peer.pass(1) }
        #expect(peer.told.last == "stopped" && peer.stage.host.usages.isEmpty)
    }

    @Test("RFC 6665 §4.3: Record-Route is copied into the answer and is the way of the NOTIFY")
    func routes() throws {
        let proxies = "<sip:127.0.0.1:5071;lr>, <sip:10.9.9.9;lr>"
        let peer = try Neighbor()
        let (answer, notify) = try peer.admitted("Record-Route: \(proxies)")
        #expect(answer.values("Record-Route").joined(separator: ", ") == proxies)
        #expect(notify.values("Route").joined(separator: ", ") == proxies)
        #expect(peer.stage.wire.sent.last?.flow.remotePort == 5_071)
    }

    @Test(
        "A dialog leads only to literal addresses of trusted neighbors, and else to the next hop",
        arguments: [
            ("<sip:romeo@127.0.0.1:5099>", 5_099, "UDP"), ("<sip:romeo@10.1.2.3:5099>", 5_070, "UDP"),
            ("<sip:romeo@evil.example:5099>", 5_070, "UDP"), ("<sip:romeo@[::1]:5099>", 5_099, "UDP"),
            ("<sip:romeo@127.0.0.1:5099;transport=tcp>", 5_099, "TCP"), ("<sip:romeo@127.0.0.1>", 5_060, "UDP"),
            ("<sips:romeo@127.0.0.1:5099>", 5_070, "UDP"), ("<sip:romeo@127.0.0.1:5099;transport=tls>", 5_070, "UDP"),
            ("<sip:romeo@127.0.0.1:5099;maddr=10.1.2.3>", 5_070, "UDP"),
        ]
    )
    func destinations(_ contact: String, _ port: Int, _ transport: String) throws {
        let peer = try Neighbor()
        peer.subscribe("Contact: \(contact)")
        peer.store()
        let flow = try #require(peer.stage.wire.sent.last).flow
        let notify = try #require(peer.taken().last)
        #expect(notify.hasPrefix("NOTIFY " + contact.dropFirst().prefix { $0 != ">" && $0 != ";" }))
        #expect(["127.0.0.1", "::1"].contains(flow.remoteAddress) && flow.remotePort == port, "\(flow)")
        #expect(notify.values("Via").first?.hasPrefix("SIP/2.0/\(transport) ") == true)
    }

    @Test("RFC 3261 §12.2.1.1: the NOTIFY follows a Contact that changes, to a trusted neighbor and away from one")
    func movedContact() throws {
        let peer = try Neighbor()
        let (answer, _) = try peer.admitted()
        #expect(peer.stage.wire.sent.last?.flow.remotePort == 5_070)
        let moves = [
            ("127.0.0.1:5098", 5_098), ("127.0.0.1:5099", 5_099), ("10.1.2.3:5098", 5_070), ("[::1]:5098", 5_098),
        ]
        for (number, (host, port)) in moves.enumerated() {
            try peer.refresh(in: answer, cseq: number + 2, "Contact: <sip:romeo@\(host)>")
            peer.store()
            let flow = try #require(peer.stage.wire.sent.last).flow
            let notify = try #require(peer.taken().last)
            #expect(notify.hasPrefix("NOTIFY sip:romeo@\(host) SIP/2.0\r\n"))
            #expect(flow.remotePort == port, "\(host)")
            peer.answer(notify, 200)
        }
    }

    @Test("RFC 3261 §18.1.1: a NOTIFY of more than 1300 bytes goes by TCP, and says so, with the port for TCP")
    func large() throws {
        let peer = try Neighbor()
        peer.say("<status>\(String(repeating: "wherefore ", count: 150))</status>")
        let notify = try peer.admitted().notify
        #expect(notify.utf8.count > 1_300)
        #expect(peer.stage.wire.sent.last?.flow.transport == .tcp)
        #expect(notify.values("Via").first?.hasPrefix("SIP/2.0/TCP 127.0.0.1:5062;") == true)
    }

    @Test("SIP-SUB-022: a stored subscription goes on, with numbers that were never used, also after the next restart")
    func restored() throws {
        let peer = try Neighbor()
        let (answer, notify) = try peer.admitted()
        var sequence = Self.sequence(notify)
        var usage = try #require(peer.stage.host.usages.values.first)
        for _ in 1...3 {
            let next = try Neighbor()
            next.stage.host.approved = [Neighbor.inward]
            next.say("<show>away</show>")
            #expect(next.stage.leg.restore(usage, delay: 0))
            next.stage.leg.presenceChanged(Neighbor.inward)
            let notify = try #require(next.taken().last)
            #expect(notify.values("From") == answer.values("To"))
            #expect(Self.sequence(notify) > sequence)
            sequence = Self.sequence(notify)
            if let stored = next.stage.host.usages[usage.id] { usage = stored }
            next.answer(notify, 200)
            try next.refresh(in: answer, cseq: 9)
            next.store()
            let sent = next.taken()
            #expect(sent.first?.hasPrefix("SIP/2.0 200") == true)
            sequence = max(sequence, sent.map(Self.sequence).max() ?? 0)
        }
    }

    @Test("SIP-SUB-022: one that ran out meanwhile is ended at once")
    func restoredLate() throws {
        let peer = try Neighbor()
        _ = try peer.admitted()
        let usage = try #require(peer.stage.host.usages.values.first)
        let next = try Neighbor()
        next.stage.host.pass(seconds: 7_200)
        #expect(next.stage.leg.restore(usage, delay: 0))
        next.pass(0)
        #expect(next.taken().last?.values("Subscription-State") == ["terminated;reason=timeout"])
    }

    @Test("What cannot be read is not taken up")
    func notRestored() throws {
        let peer = try Neighbor()
        for kind in [StoredUsage.Kind.notifier, .subscriber, .publisher] {
            for state in [[], [0], [0, 200, 1], [UInt8](repeating: 1, count: 40)] as [[UInt8]] {
                let usage = StoredUsage(id: 7, kind: kind, key: Neighbor.inward, expires: 0, state: state)
                #expect(!peer.stage.leg.restore(usage, delay: 0))
            }
        }
    }

    private static func sequence(_ text: String) -> Int {
        guard text.hasPrefix("NOTIFY ") else { return 0 }
        return text.values("CSeq").first.flatMap { Int($0.prefix { $0 != " " }) } ?? 0
    }
}
