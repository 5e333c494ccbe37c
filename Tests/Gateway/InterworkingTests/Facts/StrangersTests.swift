import Addressing
import Testing

@testable import Interworking

@Suite("Strangers of the XMPP shore")
struct StrangersTests {
    private func facts(strangers: Bool) -> Facts {
        var facts = MessageSamples().facts
        facts.servesStrangers = strangers
        facts.refusedDomains = ["bad.example"]
        return facts
    }

    @Test("RFC 3860 §3.4.2: strangers are served where they are accepted, but for the CPIM shore and who is refused")
    func domains() {
        let open = facts(strangers: true)
        let closed = facts(strangers: false)
        for (domain, opened, asked) in [
            ("example.com", true, true), ("example.org", true, false), ("example.net", false, false),
            ("bad.example", false, false),
        ] {
            #expect(open.servesOnXMPP(domain) == opened, "\(domain)")
            #expect(closed.servesOnXMPP(domain) == asked, "\(domain)")
        }
        var unknown = Facts(now: 0, gatewayDomain: "gw.example")
        #expect(unknown.servesOnXMPP("example.org"))
        unknown.refusedDomains = ["example.org"]
        #expect(!unknown.servesOnXMPP("example.org"))
    }

    @Test("A MESSAGE to a stranger crosses where strangers are accepted")
    func messages() throws {
        var samples = MessageSamples()
        let stranger = "sip:nurse@example.org"
        #expect(try samples.received(uri: stranger).refusal?.auditCode == "unknown-domain")
        samples.facts = facts(strangers: true)
        #expect(try samples.received(uri: stranger).value?.recipient.jid.description == "nurse@example.org")
        #expect(try samples.received(uri: "sip:x@bad.example").refusal?.auditCode == "unknown-domain")
        #expect(try samples.received(uri: "sip:mercutio@example.net").refusal?.auditCode == "loop")
    }

    @Test("The CPIM shore has no strangers: a stanza leaves for its configured domains alone")
    func stanzas() throws {
        var samples = MessageSamples()
        samples.facts = facts(strangers: true)
        #expect(try samples.pivot("<body>hi</body>", to: "x@example.org").refusal?.auditCode == "unknown-domain")
        #expect(try samples.pivot("<body>hi</body>", to: "x@example.com").refusal?.auditCode == "loop")
    }

    @Test("RFC 8048 §8.1: a stranger may watch, and be watched, where strangers are accepted")
    func presence() throws {
        var samples = PresenceSamples()
        let stranger = "nurse@example.org/a"
        #expect(try samples.operation(type: "subscribe", from: stranger).refusal?.auditCode == "foreign-sender")
        #expect(try samples.subscribed(uri: "sip:nurse@example.org").refusal?.auditCode == "unknown-domain")
        samples.facts = facts(strangers: true)
        #expect(try samples.operation(type: "subscribe", from: stranger).value != nil)
        #expect(try samples.operation(type: "subscribe", from: "x@bad.example").refusal?.auditCode == "foreign-sender")
        #expect(try samples.operation(type: "subscribe", from: "x@example.net").refusal?.auditCode == "foreign-sender")
        #expect(
            try samples.subscribed(uri: "sip:nurse@example.org").value?.user.jid.description == "nurse@example.org"
        )
        #expect(try samples.subscribed(uri: "sip:x@bad.example").refusal?.auditCode == "unknown-domain")
    }

    @Test("Facts keep whether strangers are served, and who is refused")
    func lines() throws {
        let usual = Facts(now: 0, gatewayDomain: "gw.example")
        #expect(!usual.lines.contains { $0.hasPrefix("serves-strangers") || $0.hasPrefix("refused-domain") })
        var facts = usual
        facts.servesStrangers = true
        facts.refusedDomains = ["bad.example", "worse.example"]
        #expect(facts.lines.contains("serves-strangers=yes"))
        #expect(try FactsText(facts.lines, defaults: usual).facts == facts)
        // The first line replaces what was refused before.
        let replaced = try FactsText(["serves-strangers=no", "refused-domain=Other.example"], defaults: facts).facts
        #expect(!replaced.servesStrangers)
        #expect(replaced.refusedDomains == ["other.example"])
        #expect(throws: FactsError.self) { try FactsText(["serves-strangers=perhaps"], defaults: usual) }
        #expect(throws: FactsError.self) { try FactsText(["refused-domain=a b"], defaults: usual) }
    }
}
