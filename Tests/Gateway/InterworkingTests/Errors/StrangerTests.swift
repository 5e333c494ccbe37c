import Addressing
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

@Suite("ErrorTranslator: err.stranger")
struct StrangerTests {
    private func error(
        _ status: Int,
        _ subscription: PresenceFacts.Subscription?,
        _ value: String = "hide"
    ) throws -> StanzaError {
        var facts = VectorRun.defaults
        facts.presence.subscription = subscription
        let stanza = try MessageSamples(settings: [("err.stranger", value)]).errors().stanza(
            for: FailureTests.response(status, "Nobody Here"),
            method: "MESSAGE",
            origin: StanzaOrigin(
                from: try JID("juliet@example.com/balcony"),
                to: try JID("romeo@example.net"),
                id: "m1",
                kind: .message
            ),
            facts: facts,
            contentNamespace: "jabber:client"
        )
        let bytes = try #require(stanza.value).bytes
        let text = HeaderText.text(bytes).replacing(
            "<message ",
            with: "<message xmlns='jabber:client' ",
            maxReplacements: 1
        )
        return StanzaError(in: try XML.DocumentReader.read(Array(text.utf8)[...]))
    }

    @Test(
        "XMP-MSG-05, RFC 6120 §8.3.3.19: to strangers an unknown and an absent recipient are the same",
        arguments: [404, 604, 480, 486, 600]
    )
    func hidden(status: Int) throws {
        for subscription in [nil, PresenceFacts.Subscription.none, .pending] {
            let error = try error(status, subscription)
            #expect(error.condition == .serviceUnavailable && error.kind == .cancel)
            #expect(error.text == nil)
        }
    }

    @Test("XMP-MSG-05, RFC 7247 §7.2: whoever may see the recipient is told, and everybody where the route tells")
    func told() throws {
        for (subscription, value) in [(PresenceFacts.Subscription.active, "hide"), (.none, "tell")] {
            let unknown = try error(404, subscription, value)
            #expect(unknown.condition == .itemNotFound && unknown.kind == .cancel && unknown.text == "Nobody Here")
            let away = try error(480, subscription, value)
            #expect(away.condition == .recipientUnavailable && away.kind == .wait && away.text == "Nobody Here")
        }
    }

    @Test(
        "XMP-MSG-05: other conditions say nothing of that",
        arguments: [(403, "forbidden"), (413, "policy-violation")]
    )
    func others(status: Int, condition: String) throws {
        #expect(try error(status, nil).condition.rawValue == condition)
    }
}
