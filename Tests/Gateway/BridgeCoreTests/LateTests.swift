import Testing

@testable import BridgeCore

/// Messages that come too late, or come back.
@Suite("Bridge: what is not sent")
struct LateTests {
    @Test(
        "RFC 3428 §7: a message that came too late is stored, answered, and ends as expired without being sent",
        arguments: [nil, 400_000_000] as [UInt64?]
    )
    func expiredAtArrival(hold: UInt64?) {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        let now = driver.now.wall
        #expect(driver.offer(to: .xmpp, hold: hold, deadline: now - 10_000).words == ["store 1"])
        #expect(driver.handle(.committed([CrossingID(1)])).words == ["acknowledge 1 1", "expired 1"])
        #expect(driver.offer(to: .xmpp, deadline: now + 1).words == ["store 2"])
        #expect(driver.handle(.committed([CrossingID(2)])).words == ["acknowledge 2 2", "send 2 first"])
        #expect(driver.advance(milliseconds: 2_000).words == [])
        #expect(driver.bridge.balance.expired == 1 && driver.bridge.balance.sent == 1)
        #expect(driver.bridge.balance.holds)
        #expect(driver.bridge.openItems == 1)
    }

    @Test("MSG-079: what crossed comes back from the other shore within 10 s and is refused as a loop; later it is not")
    func loop() {
        var driver = BridgeDriver()
        _ = driver.handle(.hopUp("proxy"))
        func offer(to target: Shore, own: UInt64, loop: UInt64) -> Offer {
            Offer(
                kind: .message,
                target: target,
                sender: "juliet@example.com",
                recipient: "romeo@example.net",
                hop: "proxy",
                lane: "",
                cargo: Cargo(source: [1], wire: [2]),
                generation: "g",
                loopKey: loop,
                ownKey: own
            )
        }
        // Seen from either shore the same text between the same two users has the same key.
        #expect(driver.handle(.offered(offer(to: .cpim, own: 1, loop: 2))).words == ["store 1"])
        #expect(driver.handle(.offered(offer(to: .cpim, own: 1, loop: 2))).words == ["store 2"])
        let returned = offer(to: .xmpp, own: 2, loop: 1)
        #expect(driver.handle(.offered(returned)).words == ["refuse loop"])
        #expect(driver.bridge.balance.refused == 1 && driver.bridge.balance.holds)
        // The two halves of the memory live for one window each.
        _ = driver.advance(milliseconds: 10_000)
        _ = driver.advance(milliseconds: 10_000)
        #expect(driver.handle(.offered(returned)).words == ["store 3"])
    }

    @Test("A held answer goes out when its item expires before")
    func heldAnswerExpires() {
        var driver = BridgeDriver()
        _ = driver.advance(milliseconds: 1_000)
        _ = driver.offer(to: .xmpp, hop: "xmpp:example.net", hold: 3_000_000_000, deadline: driver.now.wall + 500)
        #expect(driver.handle(.committed([CrossingID(1)])).words == [])
        #expect(driver.advance(milliseconds: 1_000).words == ["acknowledge 1 1", "expired 1"])
        #expect(driver.advance(milliseconds: 3_000).words == [])
        #expect(driver.bridge.balance.holds)
    }
}
