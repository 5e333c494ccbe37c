import BridgeCore
import Foundation
import Ledger
import SIPMessages
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// What the log of crossings says of presence.
    @Suite("Records of presence")
    struct PresenceRecordTests {
        /// A person with elements of a namespace.
        private static func person(_ namespace: String, _ elements: String...) -> String {
            "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' xmlns:e='\(namespace)' id='p1'>"
                + elements.joined() + "</dm:person>"
        }

        @Test("RPID-047, CIPID-008, PIDF-003, -010: a document's record has each class of loss and each note once")
        func documents() async throws {
            try await Stage.play { stage in
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                let orchard = Stage.tuple("orchard")
                let rpid = Self.person(
                    "urn:ietf:params:xml:ns:pidf:rpid",
                    "<e:sphere><e:work/></e:sphere>",
                    "<e:privacy><e:audio/></e:privacy>"
                )
                let cipid = Self.person(
                    "urn:ietf:params:xml:ns:pidf:cipid",
                    "<e:card>http://example.net/card</e:card>",
                    "<e:map>http://example.net/map</e:map>",
                    "<e:sound>http://example.net/sound</e:sound>"
                )
                let bodies = [
                    Stage.document(orchard), Stage.document(orchard + rpid), Stage.document(orchard + cipid),
                    Stage.document(orchard).replacingOccurrences(of: "entity='pres:romeo@example.net'", with: ""),
                    Stage.document(orchard + orchard),
                ]
                for (place, body) in bodies.enumerated() {
                    #expect(try await stage.notify(subscribe, cseq: place + 1, body: body) == 200)
                }
                try await stage.recorded(.presence, bodies.count)
                let records = try stage.records(.presence)
                #expect(records.map(\.reason) == Array(repeating: "notify", count: bodies.count))
                #expect(
                    records.map { $0.losses ?? [] } == [[], ["presence.document"], ["presence.document"], [], []]
                )
                #expect(
                    records.map { $0.outcome ?? [:] } == [
                        [:], [:], [:], ["note": "pidf-missing-entity"], ["note": "pidf-repeated-id"],
                    ]
                )
            }
        }

        @Test("RFC 3922 §5.1.8: the record of a NOTIFY of the gateway says what the presence had that no row names")
        func notifications() async throws {
            try await Stage.play { stage in
                try await stage.approvedWatcher()
                try await stage.wait(seconds: 5)
                try await stage.say(nil, "<x xmlns='urn:example:x'/><y xmlns='urn:example:x'/>")
                _ = try await stage.notification()
                try await stage.recorded(.presence)
                let record = try #require(try stage.records(.presence).last)
                #expect(record.leg == "xmpp" && record.reason == "notify" && record.losses == ["presence.element"])
            }
        }

        @Test("ERR-018, RFC 6121 §4.4.2: an error about presence that was shown is on record, and ends nothing")
        func shownInVain() async throws {
            try await Stage.play { stage in
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                let orchard = Stage.document(Stage.tuple("orchard"))
                #expect(try await stage.notify(subscribe, body: orchard) == 200)
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
                try await stage.server.send(
                    "<presence type='error' from='juliet@example.com' to='romeo@example.net/orchard'>"
                        + "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
                        + "</presence>"
                )
                try await stage.eventually("the error is on record") {
                    try stage.records(.subscription).last?.reason == "error item-not-found"
                }
                #expect(try stage.records(.subscription).last?.sender?.before == "juliet@example.com")
                try await stage.wait(seconds: 6)
                let garden = Stage.document(Stage.tuple("garden"))
                #expect(try await stage.notify(subscribe, cseq: 2, body: garden) == 200)
                #expect(try await stage.shown().kind == "available romeo@example.net/garden juliet@example.com")
            }
        }
    }
}
