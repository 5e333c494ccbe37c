import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Who subscribes at a presence server to what is published there.
@Suite("SIMPLELeg: SUBSCRIBE to watchers")
struct WatcherTests {
    private static let key = WatchKey(watcher: "romeo@example.net", presentity: "juliet@example.com", target: .xmpp)

    private static func server(
        winfo: String = "on",
        _ more: [(String, String)] = []
    ) throws -> Neighbor { try Neighbor(switches: [("pres.mode", "publish"), ("sub.winfo", winfo)] + more) }

    private static func part(isOpen: Bool = true) -> PresencePart {
        let type = isOpen ? "" : " type='unavailable'"
        let text = "<presence xmlns='jabber:client' from='juliet@example.com/b' to='romeo@example.net'\(type)/>"
        return PresencePart(name: "b", isOpen: isOpen, content: Array(text.utf8), seen: 1_772_366_400_000)
    }

    /// Publishes juliet, and returns what leaves after the answer.
    private static func publish(_ peer: Neighbor, _ tag: String = "a") throws -> [String] {
        peer.stage.leg.publish(part(), of: key)
        peer.answer(try #require(peer.taken().last), 200, "SIP-ETag: \(tag)", "Expires: 3600")
        return peer.taken()
    }

    /// A subscription to juliet's watchers that stands.
    private static func watching(_ more: [(String, String)] = []) throws -> (peer: Neighbor, subscribe: String) {
        let peer = try server(winfo: "on", more)
        let subscribe = try #require(try publish(peer).last)
        peer.answer(subscribe, 200, "Expires: 3600", "Contact: <sip:127.0.0.1:5070>")
        return (peer, subscribe)
    }

    /// Tells a document about watchers.
    private static func tell(
        _ peer: Neighbor,
        _ subscribe: String,
        cseq: Int = 1,
        version: Int = 0,
        state: String = "full",
        subscription: String = "active;expires=3600",
        _ watchers: String
    ) throws {
        let body =
            "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='\(version)' state='\(state)'>"
            + "<watcher-list resource='sip:juliet@example.com' package='presence'>\(watchers)</watcher-list>"
            + "</watcherinfo>"
        try peer.notify(
            subscribe,
            subscription,
            cseq: cseq,
            ["Event: presence.winfo", "From: <sip:juliet@example.com>;tag=n1"],
            type: SIMPLELeg.watchers,
            body: body
        )
        peer.store()
    }

    private static func watcher(_ name: String, _ status: String = "pending") -> String {
        "<watcher id='\(name)' event='subscribe' status='\(status)' display-name='\(name)'>"
            + "sip:\(name)@example.net</watcher>"
    }

    @Test("RFC 3857 §4: when a user is published, the server is asked who watches")
    func begins() throws {
        let peer = try Self.server()
        let sent = try Self.publish(peer)
        let subscribe = try #require(sent.first)
        #expect(sent.count == 1 && subscribe.hasPrefix("SUBSCRIBE sip:juliet@example.com SIP/2.0\r\n"))
        #expect(subscribe.values("Event") == ["presence.winfo"])
        #expect(subscribe.values("Accept") == ["application/watcherinfo+xml"])
        #expect(subscribe.values("To") == ["<sip:juliet@example.com>"] && subscribe.values("Expires") == ["3600"])
        #expect(subscribe.values("From").first?.hasPrefix("<sip:juliet@example.com>;tag=") == true)
        #expect(subscribe.values("Contact") == ["<sip:127.0.0.1:5060>"])
        #expect(peer.stage.leg.subscriptionsHeld.made == 1)
    }

    @Test("sub.winfo: off asks nobody, and nor does a route on which nothing is published")
    func off() throws {
        #expect(try Self.publish(try Self.server(winfo: "off")).isEmpty)
        let notifying = try Neighbor(switches: [("sub.winfo", "on")])
        notifying.stage.leg.publish(Self.part(), of: Self.key)
        #expect(notifying.taken().isEmpty)
    }

    @Test("RFC 3857 §4.7.1: watchers who are pending or waiting are told of, and the NOTIFY counts once that is stored")
    func told() throws {
        let (peer, subscribe) = try Self.watching()
        let watchers = Self.watcher("romeo") + Self.watcher("paris", "waiting") + Self.watcher("nurse", "active")
        try Self.tell(peer, subscribe, watchers)
        #expect(peer.told == ["awaiting romeo@example.net romeo", "awaiting paris@example.net paris"])
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        try Self.tell(peer, subscribe, cseq: 2, version: 1, state: "partial", Self.watcher("tybalt"))
        #expect(peer.told.last == "awaiting tybalt@example.net tybalt")
    }

    @Test("A document of a subscription that is not active means nothing")
    func pending() throws {
        let (peer, subscribe) = try Self.watching()
        try Self.tell(peer, subscribe, subscription: "pending;expires=3600", Self.watcher("romeo"))
        #expect(peer.told.isEmpty && peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
    }

    @Test("RFC 3858 §4: a document that is missing has the whole asked for, once, and an older one is not read")
    func versions() throws {
        let (peer, subscribe) = try Self.watching()
        try Self.tell(peer, subscribe, version: 4, "")
        _ = peer.taken()
        try Self.tell(peer, subscribe, cseq: 2, version: 6, state: "partial", Self.watcher("romeo"))
        #expect(peer.told == ["awaiting romeo@example.net romeo"])
        let refresh = try #require(peer.taken().first { $0.hasPrefix("SUBSCRIBE") })
        #expect(refresh.hasPrefix("SUBSCRIBE sip:romeo@127.0.0.1:5070 SIP/2.0\r\n"))
        #expect(refresh.values("Event") == ["presence.winfo"] && refresh.values("Expires") == ["3600"])
        peer.answer(refresh, 200, "Expires: 3600")
        try Self.tell(peer, subscribe, cseq: 3, version: 5, state: "partial", Self.watcher("paris"))
        #expect(peer.told.count == 1 && !peer.taken().contains { $0.hasPrefix("SUBSCRIBE") })
        try Self.tell(peer, subscribe, cseq: 4, version: 7, Self.watcher("paris"))
        #expect(peer.told.last == "awaiting paris@example.net paris")
    }

    @Test("RFC 3857 §4.3: a server that leaves out one version after the other is asked for the whole once")
    func gaps() throws {
        let (peer, subscribe) = try Self.watching()
        try Self.tell(peer, subscribe, version: 1, "")
        _ = peer.taken()
        var asked = 0
        for step in 1...5 {
            try Self.tell(peer, subscribe, cseq: 1 + step, version: 1 + 2 * step, state: "partial", "")
            for request in peer.taken() where request.hasPrefix("SUBSCRIBE") {
                asked += 1
                peer.answer(request, 200, "Expires: 3600")
            }
        }
        #expect(asked == 1)
        try Self.tell(peer, subscribe, cseq: 7, version: 12, "")
        try Self.tell(peer, subscribe, cseq: 8, version: 14, state: "partial", "")
        #expect(peer.taken().contains { $0.hasPrefix("SUBSCRIBE") })
    }

    @Test("A watcher of a domain that the server may not speak for is not told of; nor is one whom the route blocks")
    func foreign() throws {
        let (peer, subscribe) = try Self.watching()
        let watcher = "<watcher id='x' event='subscribe' status='pending'>sip:x@example.org</watcher>"
        try Self.tell(peer, subscribe, watcher)
        #expect(peer.told.isEmpty)
        let (blocking, other) = try Self.watching([("sub.policy", "block")])
        try Self.tell(blocking, other, Self.watcher("romeo"))
        #expect(blocking.told.isEmpty)
        let (listing, third) = try Self.watching([("sub.policy.block", "romeo@example.net")])
        try Self.tell(listing, third, Self.watcher("romeo") + Self.watcher("paris"))
        #expect(listing.told == ["awaiting paris@example.net paris"])
    }

    @Test("A document that cannot be read is on record, and changes nothing")
    func broken() throws {
        let (peer, subscribe) = try Self.watching()
        try Self.tell(peer, subscribe, "<!DOCTYPE x>")
        #expect(peer.told.isEmpty && peer.stage.host.refusals.count == 1)
        #expect(peer.taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
    }

    @Test("When the user is not published any more, the subscription ends")
    func ends() throws {
        let (peer, subscribe) = try Self.watching()
        try Self.tell(peer, subscribe, "")
        _ = peer.taken()
        peer.pass(10)
        peer.stage.leg.publish(Self.part(isOpen: false), of: Self.key)
        peer.answer(try #require(peer.taken().last), 200, "Expires: 0")
        let end = try #require(peer.taken().last)
        #expect(end.hasPrefix("SUBSCRIBE ") && end.values("Expires") == ["0"])
        peer.answer(end, 200, "Expires: 0")
        try Self.tell(peer, subscribe, cseq: 2, version: 1, subscription: "terminated;reason=timeout", "")
        #expect(peer.stage.leg.subscriptionsHeld.made == 0)
    }

    @Test(
        "A server that does not tell is asked no more while the user is published, and it is on record",
        arguments: [403, 489]
    )
    func refused(status: Int) throws {
        let peer = try Self.server()
        peer.answer(try #require(try Self.publish(peer).last), status)
        #expect(peer.stage.host.refusals.map(\.code) == ["watcherinfo-\(status)"])
        #expect(peer.stage.leg.subscriptionsHeld.made == 0)
        peer.pass(3_300)
        peer.answer(try #require(peer.taken().last), 200, "SIP-ETag: b", "Expires: 3600")
        #expect(peer.taken().isEmpty)
    }

    @Test("A failure that may pass is followed by another try after ten minutes, with a first document of its own")
    func again() throws {
        let peer = try Self.server()
        peer.answer(try #require(try Self.publish(peer).last), 500)
        peer.pass(599)
        #expect(peer.taken().isEmpty)
        peer.pass(1)
        let next = try #require(peer.taken().last)
        #expect(next.hasPrefix("SUBSCRIBE ") && next.values("CSeq") == ["1 SUBSCRIBE"])
        peer.answer(next, 200, "Expires: 3600", "Contact: <sip:127.0.0.1:5070>")
        try Self.tell(peer, next, Self.watcher("romeo"))
        try Self.tell(peer, next, cseq: 2, version: 9, subscription: "terminated;reason=deactivated", "")
        _ = peer.taken()
        peer.pass(60)
        let third = try #require(peer.taken().last)
        #expect(third.hasPrefix("SUBSCRIBE ") && third.values("Call-ID") != next.values("Call-ID"))
        peer.answer(third, 200, "Expires: 3600", "Contact: <sip:127.0.0.1:5070>")
        try Self.tell(peer, third, Self.watcher("paris"))
        #expect(peer.told == ["awaiting romeo@example.net romeo", "awaiting paris@example.net paris"])
    }

    @Test("The subscription is refreshed in its dialog")
    func refreshed() throws {
        let (peer, subscribe) = try Self.watching()
        try Self.tell(peer, subscribe, "")
        _ = peer.taken()
        peer.pass(3_241)
        let refresh = try #require(peer.taken().first { $0.hasPrefix("SUBSCRIBE") })
        #expect(refresh.values("Event") == ["presence.winfo"] && refresh.values("Expires") == ["3600"])
        #expect(refresh.values("Call-ID") == subscribe.values("Call-ID"))
    }

    @Test("Publications that are taken up after a restart ask for their watchers anew, at the pace")
    func pace() throws {
        let peer = try Neighbor(switches: [("pres.mode", "publish"), ("sub.winfo", "on")]) {
            $0.subscriptionPace = 1_000_000_000
        }
        _ = try Self.publish(peer)
        let usage = try #require(peer.stage.host.usages.values.first)
        let next = try Neighbor(switches: [("pres.mode", "publish"), ("sub.winfo", "on")]) {
            $0.subscriptionPace = 1_000_000_000
        }
        for number in 1...3 {
            var copy = usage
            copy.id = UInt64(number)
            copy.key = WatchKey(watcher: "romeo@example.net", presentity: "u\(number)@example.com", target: .xmpp)
            #expect(next.stage.leg.restore(copy, delay: 0))
        }
        var users: Set<Substring> = []
        let subscribes = {
            // Copies of a request that is not answered do not count.
            let asked = Set(next.taken().filter { $0.hasPrefix("SUBSCRIBE") }.map { $0.prefix { $0 != "\r\n" } })
            defer { users.formUnion(asked) }
            return asked.subtracting(users).count
        }
        #expect(subscribes() == 0)
        next.pass(0)
        #expect(subscribes() == 1)
        for _ in 1...2 {
            next.pass(1)
            #expect(subscribes() == 1)
        }
        next.pass(1)
        #expect(subscribes() == 0)
    }

    @Test("SIP-SUB-007, REQ2779-5.1.2: nobody is told who watches a user")
    func secret() throws {
        let peer = try Self.server()
        peer.subscribe("Event: presence.winfo", "Accept: application/watcherinfo+xml")
        let answer = try #require(peer.taken().last)
        #expect(answer.hasPrefix("SIP/2.0 489") && answer.values("Allow-Events") == ["presence"])
    }

    @Test("RFC 3858 §4: who is known comes first; of whom a whole document does not tell any more, that is told")
    func listed() throws {
        let (peer, subscribe) = try Self.watching()
        let keys = ["romeo@example.net", "paris@example.net", "eve@example.edu"].map {
            WatchKey(watcher: $0, presentity: "juliet@example.com", target: .xmpp)
        }
        peer.stage.host.announced = keys
        try Self.tell(peer, subscribe, Self.watcher("tybalt") + Self.watcher("romeo"))
        #expect(
            peer.told == [
                "awaiting romeo@example.net romeo", "awaiting tybalt@example.net tybalt", "unlisted paris@example.net",
            ]
        )
        // What tells of some says nothing of the others.
        try Self.tell(peer, subscribe, cseq: 2, version: 1, state: "partial", Self.watcher("tybalt"))
        #expect(peer.told.count == 4 && peer.told.last == "awaiting tybalt@example.net tybalt")
    }
}
