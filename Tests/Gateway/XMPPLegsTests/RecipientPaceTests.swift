import Addressing
import BridgeCore
import Interworking
import Testing
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMP-LIM-03 RecipientPace")
struct RecipientPaceTests {
    private static let minute = RecipientPace.minute

    private func user(_ number: Int, _ domain: String = "example.com") throws -> BareJID {
        try BareJID("u\(number)@\(domain)")
    }

    @Test("XEP-0205 §4.6: a sender has so many recipients in a minute, and others have theirs")
    func sender() throws {
        var pace = RecipientPace(perSender: 3, perDomain: 0)
        let (alice, eve) = (try user(1), try user(2))
        for number in 0..<3 { #expect(pace.mayPass(from: alice, to: try user(number, "b.example"), now: 5)) }
        #expect(!pace.mayPass(from: alice, to: try user(3, "b.example"), now: 5))
        #expect(pace.mayPass(from: eve, to: try user(3, "b.example"), now: 5))
        // The minute begins with the first of them.
        #expect(!pace.mayPass(from: alice, to: try user(3, "b.example"), now: 4 + Self.minute))
        #expect(pace.mayPass(from: alice, to: try user(3, "b.example"), now: 5 + Self.minute))
    }

    @Test("Who was written to within a minute does not count again")
    func recent() throws {
        var pace = RecipientPace(perSender: 1, perDomain: 1)
        let alice = try user(1)
        for _ in 0..<5 { #expect(pace.mayPass(from: alice, to: try user(7, "b.example"), now: 5)) }
        #expect(pace.mayPass(from: alice, to: try user(7, "b.example"), now: 4 + Self.minute))
        #expect(!pace.mayPass(from: alice, to: try user(8, "b.example"), now: 4 + Self.minute))
    }

    @Test("XEP-0205 §4.6: the users of a domain have so many together, and those of other domains theirs")
    func domain() throws {
        var pace = RecipientPace(perSender: 2, perDomain: 3)
        for number in 0..<3 { #expect(pace.mayPass(from: try user(number), to: try user(9, "b.example"), now: 5)) }
        #expect(!pace.mayPass(from: try user(3), to: try user(9, "b.example"), now: 5))
        #expect(pace.mayPass(from: try user(3, "c.example"), to: try user(9, "b.example"), now: 5))
        #expect(pace.mayPass(from: try user(3), to: try user(9, "b.example"), now: 5 + Self.minute))
    }

    @Test("What a sender has too much of does not count for its domain")
    func share() throws {
        var pace = RecipientPace(perSender: 1, perDomain: 2)
        for number in 0..<5 {
            #expect(pace.mayPass(from: try user(1), to: try user(number, "b.example"), now: 5) == (number == 0))
        }
        #expect(pace.mayPass(from: try user(2), to: try user(1, "b.example"), now: 5))
    }

    @Test("0 is any number")
    func unbounded() throws {
        var pace = RecipientPace(perSender: 0, perDomain: 0)
        for number in 0..<1_000 { #expect(pace.mayPass(from: try user(1), to: try user(number, "b.example"), now: 5)) }
    }

    @Test("Of so many senders the last ones are remembered; who is forgotten begins anew")
    func memory() throws {
        var pace = RecipientPace(perSender: 1, perDomain: 0)
        let half = RecipientPace.senders / 2
        #expect(pace.mayPass(from: try user(0), to: try user(1, "b.example"), now: 5))
        for number in 1..<half { #expect(pace.mayPass(from: try user(number), to: try user(1, "b.example"), now: 5)) }
        #expect(!pace.mayPass(from: try user(0), to: try user(2, "b.example"), now: 5))
        for number in half..<2 * half + 1 {
            #expect(pace.mayPass(from: try user(number), to: try user(1, "b.example"), now: 5))
        }
        #expect(!pace.mayPass(from: try user(2 * half), to: try user(2, "b.example"), now: 5))
        #expect(pace.mayPass(from: try user(0), to: try user(2, "b.example"), now: 5))
    }
}

@Suite("XMP-LIM-03 XMPPLeg: how many a user writes to")
struct RecipientLimitTests {
    private func message(to number: Int, id: String = "m1") -> String {
        "<message from='alice@example.com/home' to='b\(number)@sip.example.com' id='\(id)'><body>hi</body></message>"
    }

    @Test("The 101st recipient in a minute is a policy-violation of type wait, is written down and does not cross")
    func messages() throws {
        let stage = try Stage.open()
        for number in 1...100 { try stage.serve(message(to: number)) }
        #expect(stage.host.arrivals.count == 100)
        #expect(try stage.written() == "")
        try stage.serve(message(to: 101, id: "m101"))
        let reply = try #require(MessageStanza(try stage.stanza()))
        #expect(reply.id == "m101")
        #expect(reply.from == "b101@sip.example.com")
        #expect(reply.error?.condition == .policyViolation)
        #expect(reply.error?.kind == .wait)
        #expect(stage.host.arrivals.count == 100)
        #expect(stage.host.calls.last == .refused("too-many-recipients"))
        // A conversation goes on, from whatever device, and others have their own share.
        try stage.serve(message(to: 7).replacing("/home", with: "/phone"))
        try stage.serve(message(to: 101).replacing("alice@", with: "carol@"))
        #expect(stage.host.arrivals.count == 102)
        stage.pass(seconds: 60)
        try stage.serve(message(to: 101))
        #expect(stage.host.arrivals.count == 103)
    }

    @Test("Requests for presence count with messages; what else is told of presence does not count")
    func presence() throws {
        let stage = try Stage.open { settings in settings.recipientsPerSender = 2 }
        func presence(_ type: String, to number: Int) -> String {
            "<presence from='alice@example.com' to='b\(number)@sip.example.com' type='\(type)' id='p1'/>"
        }
        try stage.serve(message(to: 1))
        try stage.serve(presence("subscribe", to: 2))
        for number in 3...9 { try stage.serve(presence("unsubscribe", to: number)) }
        #expect(stage.host.calls.count == 9)
        #expect(try stage.written() == "")
        try stage.serve(presence("subscribe", to: 3))
        let error = try stage.error()
        #expect(error.condition == .policyViolation)
        #expect(error.kind == .wait)
        #expect(stage.host.calls.last == .refused("too-many-recipients"))
        try stage.serve(presence("subscribe", to: 1))
        #expect(stage.host.calls.last == .presence(.subscribe(note: nil)))
    }

    @Test("A probe of a stranger counts and beyond the bound is only written down; that of a watcher is free")
    func probes() throws {
        let stage = try Stage.open { settings in settings.recipientsPerSender = 1 }
        func probe(_ number: Int) -> String {
            "<presence from='alice@example.com' to='b\(number)@sip.example.com' type='probe'/>"
        }
        try stage.serve(message(to: 1))
        try stage.serve(probe(1))
        #expect(stage.host.calls.last != .refused("too-many-recipients"))
        try stage.serve(probe(2))
        #expect(try stage.written() == "")
        #expect(stage.host.calls.last == .refused("too-many-recipients"))
        let watch = WatchKey(watcher: "alice@example.com", presentity: "b3@sip.example.com", target: .cpim)
        stage.host.approved = [watch]
        try stage.serve(probe(3))
        #expect(stage.host.calls.last != .refused("too-many-recipients"))
    }

    @Test("The users of a domain share a bound")
    func domain() throws {
        let stage = try Stage.open { settings in settings.recipientsPerDomain = 2 }
        for number in 1...2 { try stage.serve(message(to: number).replacing("alice@", with: "a\(number)@")) }
        #expect(stage.host.arrivals.count == 2)
        try stage.serve(message(to: 3))
        #expect(try stage.error().condition == .policyViolation)
        #expect(stage.host.arrivals.count == 2)
    }
}
