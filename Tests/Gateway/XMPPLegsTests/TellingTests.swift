import BridgeCore
import Foundation
import Interworking
import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: senders are told")
struct TellingTests {
    private let origin = OriginText.encode([
        ("from", "alice@example.com/home"), ("to", "bob@sip.example.com"), ("link", "sip.example.com"), ("id", "a1"),
    ])

    private static func response(_ status: String) -> [UInt8] {
        let head =
            "SIP/2.0 \(status)\r\nVia: SIP/2.0/UDP gw.example.com;branch=z9hG4bK1\r\nFrom: <sip:a@example.com>;tag=1\r\n"
            + "To: <sip:b@example.net>;tag=2\r\nCall-ID: c1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"
        return Array(head.utf8)
    }

    private func report(_ code: String, _ response: [UInt8]) throws -> (Departure, MessageStanza) {
        let stage = try Stage.open()
        let failure = Failure(report: OutcomeReport(protocolCode: code), retry: .never, response: response)
        let departure = try #require(
            stage.leg.errorReport(origin: origin, failure: failure, generation: stage.host.generation)
        )
        // Sent like any item, it has to pass the last look.
        let item = Stage.item(9, kind: .error)
        item.offer.cargo.wire = departure.wire
        item.offer.cargo.identity = departure.identity
        stage.leg.send(item, .first)
        #expect(stage.host.calls.isEmpty)
        let written = try stage.written()
        let end = try #require(written.range(of: "<iq ")).lowerBound
        let element = try Stage.element(String(written[..<end]))
        return (departure, try #require(MessageStanza(element)))
    }

    @Test(
        "RFC 7247 §7.2: a failure becomes the condition of the error table",
        arguments: [
            ("404", response("404 Not Found"), StanzaError.Condition.itemNotFound),
            ("timeout", [], .remoteServerTimeout), ("expired", [], .remoteServerTimeout),
        ]
    )
    func failures(code: String, response: [UInt8], condition: StanzaError.Condition) throws {
        let (departure, stanza) = try report(code, response)
        #expect(stanza.kind == .error)
        #expect(stanza.error?.condition == condition)
        #expect(stanza.id == "a1")
        #expect(stanza.from == "bob@sip.example.com")
        #expect(stanza.to == "alice@example.com/home")
        #expect(departure.hop == Stage.hop)
        #expect(departure.lane == "")
        #expect(departure.recipient == "alice@example.com")
    }

    @Test("XMP-MSG-05, err.stranger: who has no subscription to the recipient does not learn that it is unknown")
    func strangers() throws {
        let failure = Failure(
            report: OutcomeReport(protocolCode: "404"),
            retry: .never,
            response: Self.response("404 Not Found")
        )
        let tables = try ShippedTables.generation("err.stranger: hide")
        let watch = WatchKey(watcher: "alice@example.com", presentity: "bob@sip.example.com", target: .cpim)
        let stage = try Stage.open()
        func isHidden(_ approved: Set<WatchKey>) throws -> Bool {
            stage.host.approved = approved
            let departure = try #require(stage.leg.errorReport(origin: origin, failure: failure, generation: tables))
            let text = String(decoding: departure.wire, as: UTF8.self)
            #expect(text.contains("service-unavailable") != text.contains("item-not-found"))
            return text.contains("service-unavailable")
        }
        #expect(try isHidden([]))
        #expect(try !isHidden([watch]))
        // That the recipient watches the sender says nothing of what the sender may know.
        #expect(try isHidden([watch.reversed]))
    }

    @Test(
        "What the bridge does not take is answered with the words of the error table",
        arguments: [
            (BridgeCore.Refusal.busy(retryAfter: 1), StanzaError.Condition.resourceConstraint, StanzaError.Kind.wait),
            (.storage(retryAfter: 1), .resourceConstraint, .wait), (.stopping, .resourceConstraint, .wait),
            (.loop, .policyViolation, .cancel),
        ]
    )
    func bridgeRefusals(
        refusal: BridgeCore.Refusal,
        condition: StanzaError.Condition,
        kind: StanzaError.Kind
    ) throws {
        let stage = try Stage.open()
        stage.leg.refuse(origin: origin, refusal)
        let reply = try #require(MessageStanza(try stage.stanza()))
        #expect(reply.error?.condition == condition)
        #expect(reply.error?.kind == kind)
        #expect(reply.id == "a1")
        #expect(reply.to == "alice@example.com/home")
    }

    @Test("Nobody is told of what has no origin or whose component is gone")
    func noOrigin() throws {
        let stage = try Stage.open()
        let failure = Failure(report: OutcomeReport(protocolCode: "404"), retry: .never)
        let elsewhere = OriginText.encode([
            ("from", "a@example.com"), ("to", "b@x.example.com"), ("link", "x.example.com"),
        ])
        for origin in [[], elsewhere] {
            #expect(
                stage.leg.errorReport(origin: origin, failure: failure, generation: stage.host.generation) == nil
            )
            stage.leg.refuse(origin: origin, .loop)
        }
        #expect(try stage.written() == "")
    }
}

@Suite("XMPPLeg: departures")
struct DepartureTests {
    /// An arrival of the CPIM shore, made by turning one of this shore around.
    private func arrival(_ stage: Stage, body: String) throws -> Arrival {
        try stage.serve(
            "<message from='alice@example.com/home' to='bob@sip.example.com' id='a1'><body>\(body)</body></message>"
        )
        let arrival = try #require(stage.host.arrivals.last)
        return arrival.with(between(arrival.pivot.recipient, arrival.pivot.sender, arrival.pivot))
    }

    /// The same message of somebody to somebody.
    private func between(_ sender: Correspondent, _ recipient: Correspondent, _ pivot: Pivot) -> Pivot {
        Pivot(
            message: pivot.message,
            copies: pivot.copies,
            annotations: pivot.annotations,
            sender: sender,
            recipient: recipient,
            sourceID: pivot.sourceID
        )
    }

    @Test("An arrival of the other shore leaves through the component of its sender's domain")
    func departure() throws {
        let stage = try Stage.open()
        let departure = try #require(stage.leg.departure(of: try arrival(stage, body: "hi")).value)
        #expect(departure.hop == Stage.hop)
        #expect(departure.recipient == "alice@example.com")
        let stanza = try #require(MessageStanza(try Stage.element(String(decoding: departure.wire, as: UTF8.self))))
        #expect(stanza.from?.hasPrefix("bob@sip.example.com") == true)
        #expect(stanza.bodies.map(\.text) == ["hi"])
        #expect(departure.identifiers.map(\.value) == [stanza.id])
        #expect(OriginText.decode(departure.identity)["id"] == stanza.id)
    }

    @Test("RFC 6120 §13.12: the server's limit of size is kept")
    func sizeLimit() throws {
        let stage = try Stage.open(largestStanza: 1_000)
        let arrival = try arrival(stage, body: String(repeating: "x", count: 1_500))
        #expect(stage.leg.departure(of: arrival).refusal?.code == .oversize)
    }

    @Test("A sender in a domain without a component has no way")
    func noComponent() throws {
        let stage = try Stage.open()
        let arrival = try arrival(stage, body: "hi")
        let lost = arrival.with(between(arrival.pivot.recipient, arrival.pivot.recipient, arrival.pivot))
        #expect(stage.leg.departure(of: lost).refusal?.code == .noRoute)
    }
}
