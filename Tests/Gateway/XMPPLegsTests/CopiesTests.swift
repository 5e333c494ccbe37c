import BridgeCore
import Foundation
import Interworking
import Testing
import XMPPStanzas

@testable import XMPPLegs

/// Copies of messages are named where the recipient's server knows addresses.
@Suite("XMPPLeg: servers are asked for addresses")
struct CopiesTests {
    private static let object = [
        "From: <im:bob@sip.example.com>", "To: <im:alice@example.com>", "cc: <im:nurse@example.com>", "",
        "Content-Type: text/plain", "", "hi",
    ].joined(separator: "\r\n")

    private static func stage(_ switches: String = "msg.cc: addresses") throws -> Stage {
        let stage = try Stage.open()
        stage.host.generation = try ShippedTables.generation(switches)
        return stage
    }

    /// The message with a copy as it leaves, and what the leg writes by itself meanwhile.
    private func crossing(_ stage: Stage, object: String = Self.object) throws -> (stanza: String, asked: String) {
        try stage.serve("<message from='alice@example.com' to='bob@sip.example.com' id='a1'><body>hi</body></message>")
        let arrival = try #require(stage.host.arrivals.last)
        let facts = Facts(now: stage.now.wall, gatewayDomain: "gw.example.com")
        let translator = MessageTranslator(generation: stage.host.generation)
        let pivot = try #require(translator.pivot(fromCPIM: Array(object.utf8)[...], facts: facts).value)
        let departure = try #require(stage.leg.departure(of: arrival.with(pivot)).value)
        return (String(decoding: departure.wire, as: UTF8.self), try stage.written())
    }

    private func id(_ asked: String) throws -> String {
        let start = try #require(asked.range(of: "id='")).upperBound
        return String(asked[start...].prefix { $0 != "'" })
    }

    private func answer(_ id: String, from server: String = "example.com", _ features: String...) -> String {
        let list = features.map { "<feature var='\($0)'/>" }.joined()
        return "<iq type='result' from='\(server)' to='sip.example.com' id='\(id)'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info'>\(list)</query></iq>"
    }

    private static let addresses = "http://jabber.org/protocol/address"

    @Test("CPIM-036, XEP-0033 §2: the server is asked once; copies are named when it has said that it knows them")
    func asked() throws {
        let stage = try Self.stage()
        let first = try crossing(stage)
        #expect(!first.stanza.contains("nurse"))
        #expect(first.asked.contains("type='get'") && first.asked.contains("to='example.com'"))
        #expect(first.asked.contains("disco#info"))
        let second = try crossing(stage)
        #expect(second.asked.isEmpty && !second.stanza.contains("nurse"))
        let id = try id(first.asked)
        try stage.serve(answer(id, from: "eve.example", Self.addresses))
        #expect(try !crossing(stage).stanza.contains("nurse"))
        try stage.serve(answer(id, "urn:example:x", Self.addresses))
        let told = try crossing(stage)
        #expect(told.stanza.contains("jid='nurse@example.com'") && told.stanza.contains("type='cc'"))
        #expect(told.asked.isEmpty)
    }

    @Test("a server that refuses or does not know addresses gets none", arguments: [true, false])
    func unknown(refuses: Bool) throws {
        let stage = try Self.stage()
        let id = try id(try crossing(stage).asked)
        try stage.serve(
            refuses
                ? "<iq type='error' from='example.com' to='sip.example.com' id='\(id)'/>" : answer(id, "urn:example:x")
        )
        let told = try crossing(stage)
        #expect(told.asked.isEmpty && !told.stanza.contains("nurse") && told.stanza.contains("hi"))
    }

    @Test("nobody is asked for messages without copies, or where copies are dropped")
    func quiet() throws {
        let alone = Self.object.replacingOccurrences(of: "cc: <im:nurse@example.com>\r\n", with: "")
        #expect(try crossing(try Self.stage(), object: alone).asked.isEmpty)
        #expect(try crossing(try Self.stage("msg.cc: drop")).asked.isEmpty)
    }

    @Test("a server is asked again when the link was lost before it answered")
    func lost() throws {
        let stage = try Self.stage()
        #expect(try !crossing(stage).asked.isEmpty)
        try stage.server.lose()
        stage.pass(seconds: 2)
        try stage.shake()
        _ = try stage.written()
        #expect(try crossing(stage).asked.contains("disco#info"))
    }
}
