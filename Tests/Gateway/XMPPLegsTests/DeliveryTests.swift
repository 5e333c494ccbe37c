import BridgeCore
import Foundation
import Interworking
import Testing
import XMLStreams
import XMPPStanzas
import XMPPStreams

@testable import XMPPLegs

@Suite("ComponentLink: what is sent is confirmed or sent again")
struct DeliveryTests {
    private let ids = (1...3).map { CrossingID($0) }

    @Test("One ping behind a batch confirms all of it, in order", arguments: ["result", "error"])
    func barrier(type: String) throws {
        let stage = try Stage.open()
        for number in 1...3 { stage.send(Int64(number)) }
        #expect(stage.host.calls.isEmpty)
        let written = try stage.written()
        #expect(written.hasPrefix(Stage.message(1) + Stage.message(2) + Stage.message(3) + "<iq "))
        #expect(written.components(separatedBy: "<iq ").count == 2)
        try stage.serve(pong(try pingID(written), type: type))
        #expect(stage.host.calls == ids.map { .delivered($0, "pong") })
    }

    @Test("A ping that the server routes back confirms as its answer does, and is not answered")
    func routedBack() throws {
        let stage = try Stage.open()
        stage.send(1)
        let id = try pingID(try stage.written())
        try stage.serve(
            "<iq from='sip.example.com' to='sip.example.com' id='\(id)' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        )
        #expect(stage.host.calls == [.delivered(CrossingID(1), "pong")])
        #expect(try stage.written() == "")
    }

    @Test("What is sent while a ping is on its way is covered by the next")
    func nextPing() throws {
        let stage = try Stage.open()
        stage.send(1)
        let first = try pingID(try stage.written())
        stage.send(2)
        #expect(try stage.written() == Stage.message(2))
        try stage.serve(pong(first))
        #expect(stage.host.calls == [.delivered(CrossingID(1), "pong")])
        let second = try pingID(try stage.written())
        #expect(second != first)
        try stage.serve(pong(second))
        #expect(stage.host.calls.last == .delivered(CrossingID(2), "pong"))
    }

    @Test("A foreigner who guesses a ping's id confirms nothing")
    func forgedPong() throws {
        let stage = try Stage.open()
        stage.send(1)
        let id = try pingID(try stage.written())
        try stage.serve("<iq from='eve@example.com' to='sip.example.com' id='\(id)' type='result'/>")
        #expect(stage.host.calls.isEmpty)
    }

    @Test("A lost connection gives back what nobody confirmed, in order, and it goes again with the same id")
    func resent() throws {
        let stage = try Stage.open()
        stage.send(1)
        let first = try pingID(try stage.written())
        try stage.serve(pong(first))
        stage.send(2)
        _ = try stage.written()
        stage.send(3)
        _ = try stage.written()
        stage.host.calls = []
        try stage.server.lose()
        #expect(stage.host.calls == [.down(Stage.hop, [CrossingID(2), CrossingID(3)])])

        stage.host.whenUp = {
            stage.send(2, attempt: .same)
            stage.send(3, attempt: .same)
        }
        stage.pass(seconds: 2)
        try stage.shake()
        stage.host.calls = []
        let again = try stage.written()
        #expect(again.hasPrefix(Stage.message(2) + Stage.message(3) + "<iq "))
        try stage.serve(pong(try pingID(again)))
        #expect(stage.host.calls == [.delivered(CrossingID(2), "pong"), .delivered(CrossingID(3), "pong")])
    }

    @Test("What was to be sent behind the end of the link goes back to the bridge, in order")
    func stranded() throws {
        let stage = try Stage.open()
        try stage.server.lose()
        stage.host.calls = []
        stage.send(1)
        stage.send(2)
        stage.endTurn()
        #expect(stage.host.calls == [.down(Stage.hop, [CrossingID(1), CrossingID(2)])])
    }

    @Test("A server that takes nothing is not written to, and order holds when it takes again")
    func backpressure() throws {
        let stage = try Stage.open()
        try stage.server.isWritable = false
        stage.send(1)
        stage.send(2)
        #expect(try !stage.written().contains("<message"))
        try stage.server.takeMore()
        #expect(try stage.written().hasPrefix(Stage.message(1) + Stage.message(2) + "<iq "))
    }

    @Test("What waits for room is given back with what waits for confirmation, behind it")
    func queuedAtTheEnd() throws {
        let stage = try Stage.open()
        stage.send(1)
        _ = try stage.written()
        try stage.server.isWritable = false
        stage.send(2)
        try stage.server.lose()
        #expect(stage.host.calls == [.down(Stage.hop, [CrossingID(1), CrossingID(2)])])
    }

    @Test("No more stanzas than the limit wait for a confirmation")
    func unconfirmedLimit() throws {
        let stage = try Stage.open { $0.stream.unconfirmed = 2 }
        for number in 1...3 { stage.send(Int64(number)) }
        let first = try stage.written()
        #expect(first.hasPrefix(Stage.message(1) + Stage.message(2) + "<iq "))
        try stage.serve(pong(try pingID(first)))
        #expect(try stage.written().hasPrefix(Stage.message(3) + "<iq "))
    }

    @Test(
        "RFC 6120 §13.12: a stanza that is longer than the server takes is not sent, and fails as the server would say"
    )
    func tooLarge() throws {
        let stage = try Stage.open(largestStanza: 200)
        stage.send(1, body: String(repeating: "x", count: 200))
        stage.send(2)
        #expect(try stage.written().hasPrefix(Stage.message(2)))
        #expect(stage.host.calls == [.failed(CrossingID(1), "tooLarge")])
        let failure = try #require(stage.host.failures.first)
        #expect(failure.retry == .never)
        let error = try #require(MessageStanza(try XML.DocumentReader.read(failure.response[...])))
        #expect(error.error?.condition == .policyViolation)
        #expect(error.id == "m1")
        #expect(error.from == "alice@example.com")
        #expect(error.to == "bob@sip.example.com")
    }

    @Test("An item for a component that is not configured fails")
    func unknownComponent() throws {
        let stage = try Stage.open()
        let item = Stage.item(1)
        item.offer.hop = "xmpp:other.example.com"
        stage.leg.send(item, .first)
        #expect(stage.host.calls == [.failed(CrossingID(1), "no-component")])
    }

    @Test("A message error answers its crossing, also after the confirmation")
    func lateError() throws {
        let stage = try Stage.open()
        stage.send(1)
        try stage.serve(pong(try pingID(try stage.written())))
        stage.host.calls = []
        try stage.serve(
            "<message from='alice@example.com/home' to='bob@sip.example.com' id='m1' type='error'><error type='cancel'>"
                + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
        #expect(stage.host.calls == [.failed(CrossingID(1), "service-unavailable")])
        let failure = try #require(stage.host.failures.first)
        #expect(failure.retry == .never)
        let kept = try #require(MessageStanza(try XML.DocumentReader.read(failure.response[...])))
        #expect(kept.error?.condition == .serviceUnavailable)
        #expect(try stage.written() == "")
    }

    @Test(
        "An error that answers nothing is written down and not answered",
        arguments: [("m2", "alice@example.com"), ("m1", "carol@example.com")]
    )
    func strayError(id: String, from: String) throws {
        let stage = try Stage.open()
        stage.send(1)
        _ = try stage.written()
        try stage.serve("<message from='\(from)' to='bob@sip.example.com' id='\(id)' type='error'/>")
        #expect(stage.host.calls == [.refused("error-without-message")])
        #expect(try stage.written() == "")
    }
}
