import Addressing
import MappingTables
import SIPMessages
import Testing

@testable import Interworking

/// Whose a request is.
@Suite("MessageTranslator: senders")
struct SenderTests {
    private let anonymous = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a"

    private func samples(isIntermediary: Bool = true) -> MessageSamples {
        var samples = MessageSamples()
        samples.facts.peer.authenticatedDomains = ["example.net"]
        samples.facts.peer.isTrustedIntermediary = isIntermediary
        return samples
    }

    private func asserted(_ value: String) -> String { "P-Asserted-Identity: \(value)" }

    @Test("SIP-AUT-012, ADDR-047: an intermediary asserts users of its own domains only, whoever hides in From")
    func foreignIdentities() throws {
        for value in ["<sip:boss@bank.example>", "<sip:boss@sub.example.net>", "<tel:+15551234>"] {
            let refused = try samples().received(anonymous, asserted(value)).refusal
            #expect(refused?.auditCode == "identity-mismatch")
            #expect(refused?.sipStatus == 403)
            #expect(try samples().received(asserted(value)).refusal?.auditCode == "identity-mismatch")
        }
        let foreign = "From: <sip:boss@bank.example>;tag=a"
        let own = asserted("<sip:alice@example.net>")
        #expect(try samples().received(foreign, own).refusal?.auditCode == "identity-mismatch")
        #expect(try samples().stanza(anonymous, own).text.contains("from='alice@example.net'"))
    }

    @Test("SIP-AUT-010: an asserted identity goes before From, and sip: before tel:")
    func identityBeforeFrom() throws {
        let alice = "<sip:alice@example.net>"
        for values in [alice, "\"Alice\" \(alice), <tel:+1555>", "<tel:+1555>, \(alice)", "<http:x>, \(alice)"] {
            #expect(try samples().received(asserted(values)).value?.sender.jid.description == "alice@example.net")
            #expect(try samples().received(anonymous, asserted(values)).value?.sender.jid.local == "alice")
        }
        #expect(try samples().received(asserted("<http:x>")).refusal?.sipStatus == 400)
        #expect(try samples().received(asserted("<sip:alice")).refusal?.sipStatus == 400)
    }

    @Test("SIP-AUT-009, RFC 3325 §8, §9.3: not of others, and not of whom wants privacy")
    func identityIgnored() throws {
        let alice = asserted("<sip:alice@example.net>")
        let others = samples(isIntermediary: false)
        #expect(try others.received(alice).value?.sender.jid.description == "romeo@example.net")
        #expect(try others.received(asserted("<sip:boss@bank.example>")).value?.sender.jid.local == "romeo")
        #expect(try others.received(anonymous, alice).refusal?.sipStatus == 433)
        for privacy in ["id", "user;id", "id;critical", "ID"] {
            #expect(try samples().received(alice, "Privacy: \(privacy)").value?.sender.jid.local == "romeo")
            #expect(try samples().received(anonymous, alice, "Privacy: \(privacy)").refusal?.sipStatus == 433)
        }
        #expect(try samples().received(anonymous, alice, "Privacy: none").value?.sender.jid.local == "alice")
        let hidden = asserted("<sip:anonymous@anonymous.invalid>")
        #expect(try samples().received(hidden).refusal?.sipStatus == 433)
    }

    @Test("ADDR-025, ADDR-026: a sender that cannot be read is malformed, not somebody else's")
    func unreadableSenders() throws {
        let latin = try samples().received("From: <sip:f%FC@example.net>;tag=a").refusal
        #expect(latin?.auditCode != "identity-mismatch")
        #expect(latin.map { [400, 404].contains($0.sipStatus) } == true)
        let broken = try samples().received("From: <sip:cr%zy@example.net>;tag=a").refusal
        #expect(broken?.sipStatus == 400)
    }

    @Test("ADDR-045: the number of a tel: URI belongs to the domain of its row")
    func numbers() throws {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: addresses
                kind: addresses
                rows:
                  - {id: phones, xmpp: "{phone}@sms.example.net", cpim: "{phone}@example.net", overrides: same}
                  - {id: others, xmpp: "{user}@{domain}", cpim: "{user}@{domain}"}
                """
        )
        let request = try MessageSamples.message(["From: <tel:+1-212-555-0101>;tag=a"], body: Array("hi".utf8))
        let translator = MessageTranslator(generation: generation)
        let value = translator.pivot(from: request, facts: samples().facts).value
        #expect(value?.sender.jid.description == "+12125550101@sms.example.net")
        var others = samples().facts
        others.peer.authenticatedDomains = ["sms.example.net"]
        #expect(translator.pivot(from: request, facts: others).refusal?.auditCode == "identity-mismatch")
        #expect(AddressTranslator.userDomain(of: try AddressURI("tel:+1"), generation.addresses) == "sms.example.net")
        #expect(AddressTranslator.userDomain(of: try AddressURI("mailto:a@b"), generation.addresses) == nil)
        #expect(AddressTranslator.peerDomain(of: try AddressURI("xmpp:a@b"), generation.addresses).isEmpty)
    }
}
